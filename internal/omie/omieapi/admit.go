package omieapi

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/semaphore"

	"ponte/internal/call"
)

// faultWindow is the time in which Omie is assumed to count faults (§12.6).
const faultWindow = 30 * time.Minute

var (
	errBlocked = errors.New("the key is blocked")
	errPaused  = errors.New("the method has had too many faults")
)

// slot waits for a place among the requests that may run at once: one write per
// key, four reads per method. The caller must release it.
func (c *Client) slot(ctx context.Context, op operation) (release func(), err error) {
	s := c.limits(op.method).slots
	if op.mode == write {
		s = c.writing
	}
	return acquire(ctx, s)
}

func acquire(ctx context.Context, s *semaphore.Weighted) (func(), error) {
	if err := s.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	return func() { s.Release(1) }, nil
}

// admit waits until r may be sent, in real time, and remembers it as made now.
// It answers Blocked or Paused at once when r may not be sent at all.
func (c *Client) admit(ctx context.Context, r *request) error {
	for {
		if err := c.allowed(ctx, r.operation); err != nil {
			return err
		}
		wait, err := c.untilFresh(ctx, r)
		if err != nil {
			return err
		}
		if err := call.Pause(ctx, wait); err != nil {
			return err
		}
		rate := c.limits(r.method).rate
		rate.SetPace(c.pacer.Pace(ctx))
		if err := rate.Wait(ctx); err != nil {
			return err
		}
		if err := c.ip.Wait(ctx); err != nil {
			return err
		}
		claimed, err := c.claim(ctx, r)
		if claimed || err != nil {
			return err
		}
	}
}

// claim takes r's digest, unless another request with it was made while this
// one waited, and the state of the key may still change until here.
func (c *Client) claim(ctx context.Context, r *request) (bool, error) {
	c.claims.Lock()
	defer c.claims.Unlock()
	if err := c.allowed(ctx, r.operation); err != nil {
		return false, err
	}
	wait, err := c.untilFresh(ctx, r)
	if wait > 0 || err != nil {
		return false, err
	}
	return true, c.memory.Remember(ctx, c.keyName, r.digest, time.Now())
}

// allowed answers Blocked while the key is, and Paused when the method has used
// up its fault budget; Omie blocks the key at the tenth fault (§2.1).
func (c *Client) allowed(ctx context.Context, op operation) error {
	now := c.now()
	blocked, err := c.memory.Block(ctx, c.keyName)
	if err != nil {
		return err
	}
	if blocked.After(now) {
		return &call.Error{Side: "omie", Op: op.method, Reaction: call.Blocked, Until: blocked, Wait: blocked.Sub(now), Err: errBlocked}
	}
	faults, err := c.memory.Faults(ctx, c.keyName, op.method, now.Add(-faultWindow))
	if err != nil {
		return err
	}
	if len(faults) >= c.budget {
		until := faults[len(faults)-c.budget].Add(faultWindow)
		return &call.Error{Side: "omie", Op: op.method, Reaction: call.Paused, Until: until, Wait: until.Sub(now), Err: errPaused}
	}
	return nil
}

// untilFresh returns how long r would still be refused as redundant (§2.2).
func (c *Client) untilFresh(ctx context.Context, r *request) (time.Duration, error) {
	if r.again {
		return 0, nil
	}
	last, err := c.memory.LastMade(ctx, c.keyName, r.digest)
	if err != nil || last.IsZero() {
		return 0, err
	}
	return min(time.Until(last.Add(c.window+c.margin())), c.window+c.margin()), nil
}

// margin is what is added to the window, whose exact edge Omie refuses (§2.2):
// its clock starts when a request arrives, which is later than when it left.
func (c *Client) margin() time.Duration {
	switch {
	case c.window >= 10*time.Second:
		return time.Second
	case c.window <= 0:
		return 0
	}
	return max(c.window/20, 20*time.Millisecond)
}
