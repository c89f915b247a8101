package engine

import (
	"context"

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
	var links []store.Decision
	keep := func(least int) error {
		if len(links) < least {
			return nil
		}
		_, err := r.Store.Decide(ctx, r.lease, links...)
		links = links[:0]
		return err
	}
	err = r.Store.EachItem(ctx, r.Account.ID, record.Omie, f.Kind, func(i record.Item) error {
		d, err := r.knownLink(ctx, f, i)
		if err != nil || d == nil {
			return err
		}
		links = append(links, *d)
		return keep(batch)
	})
	if err != nil {
		return err
	}
	if err := keep(1); err != nil {
		return err
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

// knownLink links an Omie record with the Auvo record that is its best match
// and whose best match it is; nil when there is none.
func (r *run) knownLink(ctx context.Context, f flow.Flow, i record.Item) (*store.Decision, error) {
	o, m, err := r.bestMatch(ctx, f, i)
	if err != nil || o.ID == "" {
		return nil, err
	}
	back, _, err := r.bestMatch(ctx, f, o)
	if err != nil || back.ID != i.ID {
		return nil, err
	}
	p := pairOf(i, o)
	agreed := reconcile.Merge(reconcile.Input{Auvo: p.auvo.Fields, Omie: p.omie.Fields, Rules: f.Mirror.Rules(r.Account)}).Agreed
	return &store.Decision{
		Run: r.id, Flow: f.Name, Events: r.linkedEvents(p, m.Why),
		Links: []store.Link{{Kind: f.Kind, Auvo: p.auvo.ID, Omie: p.omie.ID, Role: store.RoleMain, How: m.Why, Base: agreed}},
	}, nil
}

// bestMatch is the other side's record that a record's best key names alone,
// and that key. It is the zero item for a record that is linked, never crosses
// or did not read, and where the best key says more than one.
func (r *run) bestMatch(ctx context.Context, f flow.Flow, i record.Item) (record.Item, flow.Match, error) {
	linked, err := r.linked(ctx, i)
	if err != nil || linked || i.Never != "" || i.Fact(record.FactProblem) != "" {
		return record.Item{}, flow.Match{}, err
	}
	for _, m := range f.Mirror.Matches {
		g, err := r.group(ctx, f, m, i)
		switch {
		case err != nil || g.ambiguous():
			return record.Item{}, m, err
		case len(g.other(i.Side)) == 1:
			return g.other(i.Side)[0], m, nil
		}
	}
	return record.Item{}, flow.Match{}, nil
}
