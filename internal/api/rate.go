package api

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/time/rate"
)

// rates are how often each token may ask, in this process. Only tokens that are good
// have one, so there are as many as there are tokens.
type rates struct {
	each  rate.Limit
	burst int
	mu    *sync.Mutex
	by    map[string]*rate.Limiter
}

func newRates(perMinute, burst int) rates {
	return rates{rate.Limit(float64(perMinute) / 60), max(burst, 1), &sync.Mutex{}, map[string]*rate.Limiter{}}
}

func (r rates) of(token string) *rate.Limiter {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.by[token]
	if l == nil {
		l = rate.NewLimiter(r.each, r.burst)
		r.by[token] = l
	}
	return l
}

// seconds is how long it takes until n more requests are allowed, in whole seconds.
func (r rates) seconds(n float64) int { return int(math.Ceil(max(n, 0) / float64(r.each))) }

// policy is the limit as RateLimit-Policy has it.
func (r rates) policy() string {
	return fmt.Sprintf(`"token";q=%d;w=%d`, r.burst, r.seconds(float64(r.burst)))
}

// limit counts a request, and says how many are left (draft-ietf-httpapi-ratelimit-headers).
func (a *API) limit(c huma.Context, v *Visit) error {
	l, now := a.rates.of(v.token.ID), a.Now()
	allowed := l.AllowN(now, 1)
	left := max(l.TokensAt(now), 0)
	c.SetHeader("RateLimit-Policy", a.rates.policy())
	c.SetHeader("RateLimit", fmt.Sprintf(`"token";r=%d;t=%d`, int(left), a.rates.seconds(float64(a.rates.burst)-left)))
	if allowed {
		return nil
	}
	return retryAfter(Refuse(http.StatusTooManyRequests, "the token asks too often: %d requests a minute, at most %d at once", a.PerMinute, a.rates.burst), a.rates.seconds(1-left))
}

// retryAfter has a refusal say when the same request may be sent again.
func retryAfter(err error, seconds int) error {
	return withHeader(err, "Retry-After", strconv.Itoa(max(seconds, 1)))
}

// RetryAfter is retryAfter for whoever registers operations.
func RetryAfter(err error, in time.Duration) error {
	return retryAfter(err, int(math.Ceil(in.Seconds())))
}
