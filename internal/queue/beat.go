package queue

import (
	"context"
	"time"
)

// beats is how often a process says that it works, and what it may call.
const beats = 30 * time.Second

// dropWithin is how long a stop may take to say so: who is not heard is forgotten soon.
const dropWithin = 500 * time.Millisecond

// beat says so until ctx ends.
func (c Config) beat(ctx context.Context) {
	ticker := time.NewTicker(beats)
	defer ticker.Stop()
	for {
		if err := c.Store.SaveWorker(ctx, c.Holder, c.Rates()); err != nil && ctx.Err() == nil {
			c.Log.Error("cannot say what this process may call", "error", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// startBeat begins to beat, and returns what ends it.
func (c Config) startBeat(ctx context.Context) (stop func()) {
	if c.Rates == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.beat(ctx)
	}()
	return func() {
		cancel()
		<-done
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropWithin)
		defer cancel()
		if err := c.Store.DropWorker(ctx, c.Holder); err != nil {
			c.Log.Error("cannot say that this process works no more", "error", err)
		}
	}
}
