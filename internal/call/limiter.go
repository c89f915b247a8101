package call

import (
	"context"
	"time"

	"golang.org/x/time/rate"
)

// A Limiter lets at most n calls through in any 60 seconds, bursts included
// (P7). A nil Limiter lets everything through.
type Limiter struct{ bucket *rate.Limiter }

// PerMinute returns a Limiter for n calls in any 60 seconds. A small burst is
// taken out of the steady rate, so that burst + 60 s of refill never exceed n.
func PerMinute(n int) *Limiter {
	n = max(n, 1)
	burst := max(n/40, 1)
	steady := max(float64(n-burst), 0.5) / 60
	return &Limiter{rate.NewLimiter(rate.Limit(steady), burst)}
}

// Wait blocks until one call may be made, in real time, or ctx ends. A deadline
// that comes first is waited for: a call that cannot be made in time is no
// failure before the time is over.
func (l *Limiter) Wait(ctx context.Context) error {
	if l == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	turn := l.bucket.Reserve()
	timer := time.NewTimer(turn.Delay())
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		turn.Cancel()
		return ctx.Err()
	}
}

// Interval returns the steady time between two calls, for estimates.
func (l *Limiter) Interval() time.Duration {
	if l == nil {
		return 0
	}
	return time.Duration(float64(time.Second) / float64(l.bucket.Limit()))
}
