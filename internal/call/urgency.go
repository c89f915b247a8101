package call

import "context"

// An Urgency says how soon a call is wanted when the IP's budget is short: a
// document is what a company bills with, a stock level is looked at now and then.
// The zero value, whatever nobody said, is the most urgent: a person waits for it.
type Urgency int

// The urgencies, the most urgent first.
const (
	Documents Urgency = iota
	Customers
	Catalogues
	Stock
)

type urgencyKey struct{}

// WithUrgency returns a context whose calls are as urgent as that.
func WithUrgency(ctx context.Context, u Urgency) context.Context {
	return context.WithValue(ctx, urgencyKey{}, u)
}

func urgencyOf(ctx context.Context) Urgency {
	u, _ := ctx.Value(urgencyKey{}).(Urgency)
	return u
}
