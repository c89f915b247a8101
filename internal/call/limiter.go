package call

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Limiter lets at most n calls through in any 60 seconds, bursts included
// (P7), and fewer while its Pace yields to others. A nil Limiter lets everything
// through.
type Limiter struct {
	most   int
	bucket *rate.Limiter

	mu   sync.Mutex
	pace Pace
	used float64 // the share of the rate that the bucket was last set to
}

// PerMinute returns a Limiter for n calls in any 60 seconds.
func PerMinute(n int) *Limiter {
	n = max(n, 1)
	steady, burst := split(n, 1)
	return &Limiter{most: n, bucket: rate.NewLimiter(rate.Limit(steady/60), burst), used: 1}
}

// split parts n calls in any 60 seconds, of which a share is used, into a steady
// rate a minute and a burst: a small burst is taken out of the steady rate, so that
// burst + 60 s of refill never exceed n. (pure)
func split(n int, share float64) (steady float64, burst int) {
	most := float64(n) * share
	burst = max(int(most)/40, 1)
	return max(most-float64(burst), 0.5), burst
}

// Wait blocks until one call may be made, in real time, or ctx ends. A deadline
// that comes first is waited for: a call that cannot be made in time is no
// failure before the time is over.
func (l *Limiter) Wait(ctx context.Context) error {
	if l == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	l.keepPace(time.Now())
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

// take takes one call when it may be made now, and else returns when to ask again.
func (l *Limiter) take(now time.Time) (wait time.Duration) {
	l.keepPace(now)
	if l.bucket.AllowN(now, 1) {
		return 0
	}
	missing := 1 - l.bucket.TokensAt(now)
	return max(time.Duration(missing/float64(l.bucket.Limit())*float64(time.Second)), time.Microsecond)
}

// Steady is how many calls a minute it lets through for as long as one likes, at
// its pace of an instant.
func (l *Limiter) Steady(now time.Time) float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	steady, _ := split(l.most, l.pace.At(now))
	return steady
}

// Pace is how much of its rate it uses.
func (l *Limiter) Pace() Pace {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pace
}

// SetPace has it use only a share of its rate.
func (l *Limiter) SetPace(p Pace) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pace = p
}

// Yield halves its pace.
func (l *Limiter) Yield(now time.Time, why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pace = l.pace.Yielded(now, why)
}

// keepPace sets the bucket to the pace of an instant.
func (l *Limiter) keepPace(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	share := l.pace.At(now)
	if share == l.used {
		return
	}
	l.used = share
	steady, burst := split(l.most, share)
	l.bucket.SetBurstAt(now, burst)
	l.bucket.SetLimitAt(now, rate.Limit(steady/60))
}
