package auvoapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/sethvargo/go-retry"

	"ponte/internal/call"
)

// The pauses before each repeat, in multiples of Config.Backoff. After a fault
// there are three tries. After a rate answer the pauses grow until they add up
// to twelve, which is the minute that the limit counts in.
var (
	faultPauses = []time.Duration{1, 2}
	ratePauses  = []time.Duration{1, 2, 4, 5}
)

// longestPause is how long a call waits by itself when Auvo names a time; what
// takes longer is the caller's to plan.
const longestPause = time.Minute

// do makes r, repeats it where that is safe, and returns the body of a success.
// Its error is always a *call.Error.
func (c *Client) do(ctx context.Context, r request) ([]byte, error) {
	var a answer
	var failed *call.Error
	tries := 0
	r.tries = new(int)
	pause := retry.BackoffFunc(func() (time.Duration, bool) {
		tries++
		return c.pauseAfter(a, tries)
	})
	err := retry.Do(ctx, pause, func(ctx context.Context) error {
		a, failed = c.attempt(ctx, r)
		switch {
		case failed == nil:
			return nil
		case a.sent && r.mayRepeat(failed.Reaction):
			return retry.RetryableError(failed)
		}
		return failed
	})
	switch {
	case failed != nil:
		return nil, failed // of the last try, also when the context ended in a pause
	case err != nil:
		return nil, notSent(r.op(), err)
	}
	return a.body, nil
}

// mayRepeat tells whether the same request may be made again here. Retry proves
// that nothing was done, so that even a POST may; an unclear POST may not, since
// Auvo has no idempotency key (P1; docs/apis/auvo.md, Writing).
func (r request) mayRepeat(reaction call.Reaction) bool {
	return reaction == call.Retry || (reaction == call.Unclear && r.method != http.MethodPost)
}

// pauseAfter returns how long to wait after the try of that number, and whether
// to stop instead. A rate answer holds back the account's other requests too.
func (c *Client) pauseAfter(a answer, tries int) (pause time.Duration, stop bool) {
	steps := faultPauses
	limited := isRateLimit(a.status, a.body)
	if limited {
		steps = ratePauses
	}
	asked, named := retryAfter(a.header, time.Now())
	if tries > len(steps) || asked > longestPause {
		return 0, true
	}
	pause = steps[tries-1] * c.backoff
	if named && asked > 0 {
		pause = asked
	}
	if limited {
		c.holdBack(time.Now().Add(pause))
	}
	return pause, false
}

// holdBack lets no request of the account leave before until.
func (c *Client) holdBack(until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if until.After(c.held) {
		c.held = until
	}
}

// retryAfter reads the header of that name: seconds, or a date against now.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, 24*60*60)) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}
