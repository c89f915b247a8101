package call

import (
	"context"
	"time"
)

// Pause waits for d, or until ctx ends: then it returns ctx's error, at once where
// it has ended before.
func Pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
