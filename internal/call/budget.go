package call

import (
	"context"
	"sync"
	"time"
)

// A Budget is what a process may call of one vendor from its IP, shared fairly by
// all its accounts (P7). While there is enough nobody waits; when there is not,
// a line says who is next. A nil Budget's shares let everything through.
type Budget struct {
	side string
	rate *Limiter

	mu    sync.Mutex
	line  line
	alarm *time.Timer // for the next turn
}

// NewBudget returns a budget of n calls to a side in any 60 seconds, bursts included.
func NewBudget(side string, n int) *Budget { return &Budget{side: side, rate: PerMinute(n)} }

// Share returns an account's share. Keep one per account and process.
func (b *Budget) Share() *Share {
	if b == nil {
		return nil
	}
	return &Share{budget: b}
}

// Steady is how many calls a minute the budget carries for as long as one likes, at
// its present pace.
func (b *Budget) Steady() float64 { return b.rate.Steady(time.Now()) }

// Pace is how much of the rate is used: less than all after Share.Yield.
func (b *Budget) Pace() Pace { return b.rate.Pace() }

// serve lets turns through while the rate allows it, and sets the alarm for the next.
func (b *Budget) serve() {
	for len(b.line.waiting) > 0 {
		if wait := b.rate.take(time.Now()); wait > 0 {
			b.wake(wait)
			return
		}
		close(b.line.next().come)
	}
}

func (b *Budget) wake(after time.Duration) {
	if b.alarm != nil {
		b.alarm.Stop()
	}
	b.alarm = time.AfterFunc(after, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.serve()
	})
}

// A Share is one account's part of a Budget.
type Share struct {
	budget *Budget
	place  place
}

// Wait blocks until one call may be made, in real time, or ctx ends, and counts it
// on the context's toll.
func (s *Share) Wait(ctx context.Context) error {
	if s == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	t := s.join(urgencyOf(ctx))
	select {
	case <-t.come:
		payToll(ctx, s.budget.side)
		return nil
	case <-ctx.Done():
		s.leave(t)
		return ctx.Err()
	}
}

func (s *Share) join(u Urgency) *turn {
	b := s.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.line.join(&s.place, u)
	b.serve()
	return t
}

func (s *Share) leave(t *turn) {
	s.budget.mu.Lock()
	defer s.budget.mu.Unlock()
	s.budget.line.leave(&s.place, t)
}

// Yield has the whole budget slow down: somebody else calls from this IP, and the
// vendor said so.
func (s *Share) Yield(now time.Time, why string) {
	if s != nil {
		s.budget.rate.Yield(now, why)
	}
}
