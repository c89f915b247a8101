package engine

import (
	"context"
	"slices"

	"ponte/internal/flow"
	"ponte/internal/reconcile"
	"ponte/internal/record"
	"ponte/internal/store"
)

// linkKnown links, once per kind, what the first whole reads found on both
// sides and no window carried over (contract.md, First contact). It writes
// nothing: the fields that are equal are what both sides agree on from now on,
// so that the first edit of an old record is no conflict (P4).
func (r *run) linkKnown(ctx context.Context, f flow.Flow) error {
	mark := "known-linked/" + string(f.Kind)
	done, err := r.Store.Mark(ctx, r.Account.ID, mark)
	if err != nil || done != "" {
		return err
	}
	if ready, err := r.bothIndexed(ctx, f); err != nil || !ready {
		return err
	}
	known, err := readIndex(ctx, r.Store, r.Account.ID, f.Kind)
	if err != nil {
		return err
	}
	found, err := known.pairs(ctx, f)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(found, batch) {
		links, err := r.knownLinks(ctx, f, some)
		if err != nil {
			return err
		}
		if _, err := r.Store.Decide(ctx, r.lease, links); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return r.Store.SetMark(ctx, r.lease, mark, r.id)
}

// bothIndexed tells whether both sides of a mirror were read whole.
func (r *run) bothIndexed(ctx context.Context, f flow.Flow) (bool, error) {
	for _, side := range []record.Side{record.Omie, record.Auvo} {
		for _, feed := range r.side(side).Of(f.Kind).Feeds {
			c, err := r.Store.Cursor(ctx, r.Account.ID, cursorName(side, feed))
			if err != nil || (c.Indexed.IsZero() && !feed.Partial) {
				return false, err
			}
		}
	}
	return true, nil
}

// knownLinks links pairs, with what their fields have in common.
func (r *run) knownLinks(ctx context.Context, f flow.Flow, found []matched) (store.Decision, error) {
	d := store.Decision{Run: r.id, Flow: f.Name}
	var err error
	full := map[record.Side]map[string]record.Item{}
	for _, side := range []record.Side{record.Auvo, record.Omie} {
		var ids []string
		for _, m := range found {
			ids = append(ids, m.on(side).ID)
		}
		if full[side], err = r.Store.Items(ctx, r.Account.ID, side, f.Kind, ids); err != nil {
			return d, err
		}
	}
	for _, m := range found {
		p := pair{full[record.Auvo][m.auvo.ID], full[record.Omie][m.omie.ID]}
		agreed := reconcile.Merge(reconcile.Input{Auvo: p.auvo.Fields, Omie: p.omie.Fields, Rules: f.Mirror.Rules(r.Account)}).Agreed
		if d.Redecide, err = r.alsoWaiting(ctx, d.Redecide, p); err != nil {
			return d, err
		}
		d.Events = append(d.Events, r.linkedEvents(p, m.why)...)
		d.Links = append(d.Links, store.Link{Kind: f.Kind, Auvo: p.auvo.ID, Omie: p.omie.ID, Role: store.RoleMain, How: m.why, Base: agreed})
	}
	return d, nil
}

// alsoWaiting adds those of a pair that wait, after a restore: what they wait for
// may be over, since their partner was made meanwhile.
func (r *run) alsoWaiting(ctx context.Context, refs []record.Ref, p pair) ([]record.Ref, error) {
	if !r.back.On() {
		return refs, nil
	}
	for _, ref := range []record.Ref{p.auvo.Ref(), p.omie.Ref()} {
		waits, err := r.Store.WaitsOf(ctx, r.Account.ID, ref)
		if err != nil {
			return nil, err
		}
		if len(waits) > 0 {
			refs = append(refs, ref)
		}
	}
	return refs, nil
}
