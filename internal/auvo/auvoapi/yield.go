package auvoapi

import (
	"context"
	"time"
)

// yield slows down when Auvo says that too much is asked: we keep to nine tenths of
// the limit, so somebody else calls, too. Auvo counts by IP, all accounts together
// (docs/apis/auvo.md, Limits): the process's budget yields as well as the key's
// rate. It returns the share that the key uses from here on, 0 as before.
func (c *Client) yield(ctx context.Context, r request, a answer) float64 {
	if !isRateLimit(a.status, a.body) {
		return 0
	}
	why := r.route() + ": rate limit"
	c.ip.Yield(time.Now(), why)
	return c.pacer.Yield(ctx, why)
}
