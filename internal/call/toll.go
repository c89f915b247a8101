package call

import "context"

// A Toll counts all that is drawn from an IP's budget: logins and repeats, too.
type Toll struct{ all, stock Meter }

func (t *Toll) pay(side string, u Urgency) {
	t.all.Add(side)
	if u == Stock {
		t.stock.Add(side)
	}
}

// Calls returns how many calls to side were drawn.
func (t *Toll) Calls(side string) int { return t.all.Count(side) }

// Stock returns how many of them were as urgent as stock is.
func (t *Toll) Stock(side string) int { return t.stock.Count(side) }

type tollKey struct{}

// WithToll returns a context of which t counts what is drawn.
func WithToll(ctx context.Context, t *Toll) context.Context {
	return context.WithValue(ctx, tollKey{}, t)
}

func payToll(ctx context.Context, side string) {
	if t, ok := ctx.Value(tollKey{}).(*Toll); ok {
		t.pay(side, urgencyOf(ctx))
	}
}
