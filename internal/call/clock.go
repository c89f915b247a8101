package call

import (
	"net/http"
	"sync/atomic"
	"time"
)

// A Clock remembers how far a server's clock is from ours, by the Date header
// of its newest answer. Its zero value knows nothing.
type Clock struct{ skew atomic.Pointer[time.Duration] }

// See notes an answer's Date header, which has a precision of one second.
func (c *Clock) See(h http.Header) {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	skew := at.Sub(time.Now().Truncate(time.Second))
	c.skew.Store(&skew)
}

// Skew is how far the server's clock was ahead of ours; false before any answer told.
func (c *Clock) Skew() (time.Duration, bool) {
	skew := c.skew.Load()
	if skew == nil {
		return 0, false
	}
	return *skew, true
}
