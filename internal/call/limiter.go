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

// Wait blocks until one call may be made, in real time.
func (l *Limiter) Wait(ctx context.Context) error {
	if l == nil {
		return ctx.Err()
	}
	return l.bucket.Wait(ctx)
}

// Interval returns the steady time between two calls, for estimates.
func (l *Limiter) Interval() time.Duration {
	if l == nil {
		return 0
	}
	return time.Duration(float64(time.Second) / float64(l.bucket.Limit()))
}
