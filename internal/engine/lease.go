package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ponte/internal/call"
	"ponte/internal/store"
)

// How long a lease lasts without renewal, how often its holder renews it, and
// how long a second command waits for it (contract.md).
const (
	leaseLasts = 30 * time.Second
	leaseRenew = 10 * time.Second
	LeaseWait  = 60 * time.Second
)

// WithLease takes the account's lease, keeps it alive while do runs, and gives
// it back. Somebody else's lease is waited for; after wait the error names the
// holder. When the lease is lost, do's context ends with store.ErrLeaseLost as
// its cause.
func WithLease(ctx context.Context, db *store.DB, account, holder string, wait time.Duration, do func(context.Context, store.Lease) error) error {
	lease, err := acquire(ctx, db, account, holder, wait)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		keep(ctx, db, lease, cancel)
	}()
	doErr := do(ctx, lease)
	cancel(nil)
	<-kept
	release := db.Release(context.WithoutCancel(ctx), lease)
	if errors.Is(release, store.ErrLeaseLost) {
		release = nil // lost already: whoever has it keeps it
	}
	return errors.Join(doErr, release)
}

// A HeldError says that somebody else kept an account's lease all the time.
type HeldError struct{ Account, Holder string }

func (e *HeldError) Error() string {
	return fmt.Sprintf("account %s is in use by %s: try again when it is done", e.Account, e.Holder)
}

func acquire(ctx context.Context, db *store.DB, account, holder string, wait time.Duration) (store.Lease, error) {
	deadline := time.Now().Add(wait)
	for {
		lease, err := db.Acquire(ctx, account, holder, leaseLasts)
		held, busy := errors.AsType[*store.LeaseHeldError](err)
		if !busy {
			return lease, err
		}
		if time.Now().After(deadline) {
			return lease, &HeldError{account, held.Holder}
		}
		if err := call.Pause(ctx, 500*time.Millisecond); err != nil {
			return lease, err
		}
	}
}

// keep renews the lease until ctx ends; a lost lease ends ctx.
func keep(ctx context.Context, db *store.DB, lease store.Lease, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(leaseRenew)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := db.Renew(ctx, lease, leaseLasts); errors.Is(err, store.ErrLeaseLost) {
				cancel(err)
				return
			}
		}
	}
}
