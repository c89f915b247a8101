package call

import (
	"context"
	"sync"
)

// A Toll counts all that is drawn from an IP's budget: logins and repeats, too.
type Toll struct {
	mu           sync.Mutex
	calls, stock map[string]int
}

func (t *Toll) pay(side string, u Urgency) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.calls == nil {
		t.calls, t.stock = map[string]int{}, map[string]int{}
	}
	t.calls[side]++
	if u == Stock {
		t.stock[side]++
	}
}

// Calls returns how many calls to side were drawn.
func (t *Toll) Calls(side string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.calls[side]
}

// Stock returns how many of them were as urgent as stock is.
func (t *Toll) Stock(side string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stock[side]
}

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
