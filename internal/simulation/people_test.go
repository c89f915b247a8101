package simulation

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// people are what people press in Ponte.
var people = []verb{
	{"retries", 4, nothing, func(w *world, _ words) { w.press(w.retry) }},
	{"releases", 2, nothing, func(w *world, _ words) { w.press(w.release) }},
	{"takes", 3, func(d *dice) []string { return []string{d.one("auvo", "omie")} }, func(w *world, at words) {
		w.press(func(l store.Lease) error { return w.take(l, record.Side(at.at(0))) })
	}},
	{"links", 1, func(d *dice) []string { return []string{d.name("c"), d.name("c"), d.one("main", "site")} }, func(w *world, at words) {
		w.press(func(l store.Lease) error {
			return w.pair(at, func(ctx context.Context, a, o record.Item) error {
				_ = engine.LinkByHand(ctx, w.db, l, a, o, at.at(2)) // what is linked is not linked again: the person reads why
				return nil
			})
		})
	}},
	{"unlinks", 1, func(d *dice) []string { c := d.name("c"); return []string{c, c} }, func(w *world, at words) {
		w.press(func(l store.Lease) error {
			return w.pair(at, func(ctx context.Context, a, o record.Item) error { return engine.UnlinkByHand(ctx, w.db, l, a, o) })
		})
	}},
}

// press does something under the account's lease, as a command does.
func (w *world) press(do func(store.Lease) error) {
	ctx := context.Background()
	lease, err := w.db.Acquire(ctx, "acme", "person", w.place.lease)
	if held, busy := errors.AsType[*store.LeaseHeldError](err); busy {
		w.waitFor(held)
		lease, err = w.db.Acquire(ctx, "acme", "person", w.place.lease)
	}
	if err == nil {
		err = errors.Join(do(lease), w.db.Release(ctx, lease))
	}
	if err != nil {
		w.fail("person", "%v", err)
	}
}

func (w *world) waits() []store.Wait {
	waits, err := w.db.Waits(context.Background(), "acme")
	w.must(err)
	return waits
}

func (w *world) retry(l store.Lease) error {
	var refs []record.Ref
	for _, wait := range w.waits() {
		refs = append(refs, wait.Ref)
	}
	return w.db.RetryWaits(context.Background(), l, refs)
}

func (w *world) release(l store.Lease) error {
	w.witness.released = true
	for _, f := range []string{"customers", "products", "services", "quotations", "tasks"} {
		if _, err := w.db.ReleaseHold(context.Background(), l, f, "a person"); err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("release %s: %w", f, err)
		}
	}
	return nil
}

// take settles every open conflict for one side.
func (w *world) take(l store.Lease, side record.Side) error {
	ctx := context.Background()
	for _, wait := range w.waits() {
		if wait.Cause != "conflict" {
			continue
		}
		all, err := w.db.Conflicts(ctx, "acme", wait.Ref.Kind, record.Auvo, wait.Auvo)
		if err != nil {
			return err
		}
		var open []store.Conflict
		slices.Reverse(all)
		for _, c := range all {
			if c.Settled == "" && !slices.ContainsFunc(open, func(o store.Conflict) bool { return o.Field == c.Field && o.Omie == c.Omie }) {
				open = append(open, c)
			}
		}
		w.witness.takes(open, side)
		if _, err := engine.Take(ctx, w.db, l, open, side); err != nil {
			return err
		}
	}
	return nil
}

// takes: a person gave up what the office wrote on a document, or left it as it is.
func (m *witness) takes(open []store.Conflict, side record.Side) {
	for _, c := range open {
		if c.Kind == record.Customer {
			continue
		}
		for _, letter := range []string{"S", "V"} {
			code := map[record.Kind]string{record.Task: "AUVOT", record.Quotation: "AUVOQ"}[c.Kind] + c.Auvo + letter
			m.left[code+" "+c.Field] = side == record.Omie
			if side == record.Omie {
				continue
			}
			m.office = deleteEdits(deleteEdits(m.office, code, "lines"), code, "notes")
		}
	}
}

// pair finds two records that Ponte knows.
func (w *world) pair(at words, do func(context.Context, record.Item, record.Item) error) error {
	ctx := context.Background()
	a, errA := w.db.Item(ctx, "acme", record.Ref{Kind: record.Customer, Side: record.Auvo, ID: w.auvoIDOf(at.at(0))})
	o, errO := w.db.Item(ctx, "acme", record.Ref{Kind: record.Customer, Side: record.Omie, ID: fmt.Sprint(w.omieIDOf(at.at(1)))})
	if err := errors.Join(errA, errO); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	}
	w.witness.byHand[a.ID], w.witness.byHand[o.ID] = true, true
	return do(ctx, a, o)
}
