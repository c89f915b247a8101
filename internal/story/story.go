// Package story tells the life of one record from what the store keeps (P11): what
// came, which rule decided, what was sent, what was answered, what waits. The
// command line (ponte explain) and the web UI show the same story. It changes
// nothing and calls no vendor.
package story

import (
	"context"
	"errors"
	"slices"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A Story is all that is known of one record.
type Story struct {
	Account   string
	Item      record.Item // the record that was asked for
	State     store.ItemState
	Auvo      *record.Item // what each side holds of it
	Omie      *record.Item
	Links     []Link // its orders' included
	Waits     []store.Wait
	Unclear   []store.Unclear
	Changes   []store.Change // oldest first
	Conflicts []store.Conflict
	Events    []store.Event // oldest first
}

// A Link is a link with what has become of the order that it joins.
type Link struct {
	store.Link
	State string // Portuguese; "" of what is no order, or was not read
}

// Tell tells the story of a record: its own and its partner's on the other side.
func Tell(ctx context.Context, db *store.DB, account string, item record.Item) (Story, error) {
	state, err := db.ItemState(ctx, account, item.Ref())
	if err != nil {
		return Story{}, err
	}
	t := teller{ctx, db, &Story{Account: account, Item: item, State: state}}
	refs, err := t.bothSides(item)
	if err != nil {
		return *t.story, err
	}
	for _, ref := range refs {
		if err := t.side(ref); err != nil {
			return *t.story, err
		}
	}
	slices.SortStableFunc(t.story.Changes, func(a, b store.Change) int { return a.Created.Compare(b.Created) })
	slices.SortStableFunc(t.story.Events, func(a, b store.Event) int { return a.At.Compare(b.At) })
	return *t.story, nil
}

// A teller gathers one story.
type teller struct {
	ctx   context.Context //nolint:containedctx // of one Tell
	db    *store.DB
	story *Story
}

// bothSides are the refs that make up the record: itself and its partners.
func (t teller) bothSides(item record.Item) ([]record.Ref, error) {
	account, refs := t.story.Account, []record.Ref{item.Ref()}
	t.set(item)
	links, err := t.db.Links(t.ctx, account, item.Kind, item.Side, item.ID)
	if err != nil {
		return nil, err
	}
	for _, kind := range []record.Kind{record.ServiceOrder, record.SalesOrder} {
		orders, err := t.db.Links(t.ctx, account, kind, record.Auvo, item.Ref().String())
		if err != nil {
			return nil, err
		}
		links = append(links, orders...)
	}
	for _, l := range links {
		link := Link{Link: l}
		other := l.On(item.Side.Other())
		partner, err := t.db.Item(t.ctx, account, other)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return nil, err
		default:
			t.set(partner)
			refs = append(refs, other)
			if link.State, err = t.orderState(partner); err != nil {
				return nil, err
			}
		}
		t.story.Links = append(t.story.Links, link)
	}
	return refs, nil
}

// orderState says what has become of an order, as far as it was read; "" of any other record.
func (t teller) orderState(i record.Item) (string, error) {
	if i.Order == nil {
		return "", nil
	}
	gone, err := t.db.MissingSince(t.ctx, t.story.Account, i.Ref())
	if err != nil || !gone.IsZero() {
		return "excluído", err
	}
	return flow.OrderState(i), nil
}

// set shows an item; of several on one side the first, which is the main one.
func (t teller) set(i record.Item) {
	at := &t.story.Omie
	if i.Side == record.Auvo {
		at = &t.story.Auvo
	}
	if *at == nil {
		*at = &i
	}
}

// side adds what the store keeps under one ref; what stands under both is told once.
func (t teller) side(ref record.Ref) error {
	account, s := t.story.Account, t.story
	waits, err := t.db.WaitsOf(t.ctx, account, ref)
	if err != nil {
		return err
	}
	s.Waits = append(s.Waits, waits...)
	unclear, err := t.db.UnclearOf(t.ctx, account, ref)
	if err != nil {
		return err
	}
	s.Unclear = addNew(s.Unclear, unclear, func(a, b store.Unclear) bool { return a.Change.ID == b.Change.ID && a.Since.Equal(b.Since) })
	changes, err := t.db.ChangesOf(t.ctx, account, ref)
	if err != nil {
		return err
	}
	s.Changes = addNew(s.Changes, changes, func(a, b store.Change) bool { return a.ID == b.ID })
	conflicts, err := t.db.Conflicts(t.ctx, account, ref.Kind, ref.Side, ref.ID)
	if err != nil {
		return err
	}
	s.Conflicts = addNew(s.Conflicts, conflicts, func(a, b store.Conflict) bool { return a == b })
	events, err := t.db.Events(t.ctx, account, ref)
	s.Events = append(s.Events, events...)
	return err
}

// addNew appends those that are not there yet.
func addNew[T any](to, all []T, same func(a, b T) bool) []T {
	for _, one := range all {
		if !slices.ContainsFunc(to, func(o T) bool { return same(o, one) }) {
			to = append(to, one)
		}
	}
	return to
}
