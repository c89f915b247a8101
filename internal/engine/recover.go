package engine

import (
	"context"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// An account whose database was put back (store.Recovery) reads both sides of its
// mirrors whole again, since its cursors say that they never were; what was planned
// is decided again; and before a source is decided its orders are taken back. All
// of that stands in the store, so that a death while it recovers loses nothing of it.

// outlastWindow: a database that was put back has forgotten what Omie was asked last,
// and must not ask it again within Omie's window (docs/apis/omie.md, P7).
func (r *run) outlastWindow(ctx context.Context) error {
	if !r.back.On() {
		return nil
	}
	return r.waitUntil(ctx, r.back.Since.Add(r.Account.Omie.RedundancyWindow.Std()))
}

// recoverKnown takes the orders back, before anything is decided, of the kinds of
// which one is known: their lists are not empty, which would be a fault. The rest is
// read before the next order is made (recoveryDue).
func (r *run) recoverKnown(ctx context.Context, f flow.Flow) error {
	if f.Derive == nil || r.indexd || !r.back.On() {
		return nil
	}
	mark, err := r.Store.Mark(ctx, r.Account.ID, ordersIndexed)
	if err != nil || mark != "" {
		return err
	}
	var known []record.Kind
	for _, kind := range orderKinds {
		id, err := r.Store.KnownID(ctx, r.Account.ID, record.Omie, kind)
		if err != nil {
			return err
		}
		if id != "" {
			known = append(known, kind)
		}
	}
	if len(known) < len(orderKinds) {
		_, err = r.readKinds(ctx, f, known)
		return err
	}
	_, err = r.recoverOrders(ctx, f)
	return err
}

// recovered ends the account's recovery with a run that read all its flows to their end.
func (r *run) recovered(ctx context.Context, done store.Run) error {
	if !r.back.On() || !done.Complete || len(r.opts.Flows) > 0 || r.opts.Hints {
		return nil
	}
	return r.Store.EndRecovery(ctx, r.lease)
}
