package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// gatherDocuments finds the documents that mention a source. Another source of the
// same work that a document mentions counts as billed until a person says that the
// document is not its own.
func (r *run) gatherDocuments(ctx context.Context, in *flow.In, others []record.Ref) (err error) {
	if in.Omie == "" {
		return nil
	}
	if in.Mentioned, err = r.mentioned(ctx, *in); err != nil {
		return err
	}
	for _, ref := range others {
		other, err := r.Store.Item(ctx, r.Account.ID, ref)
		if errors.Is(err, store.ErrNotFound) || slices.Contains(in.Billed, ref) {
			continue
		}
		if err != nil {
			return err
		}
		docs, err := r.mentioned(ctx, flow.In{Item: other, Omie: in.Omie})
		if err != nil {
			return err
		}
		if len(docs) > 0 {
			in.Billed = append(in.Billed, ref)
		}
	}
	return nil
}

// mentioned are the documents of a source's customer that mention it, open or
// billed, and that no person said are another's.
func (r *run) mentioned(ctx context.Context, in flow.In) ([]flow.Document, error) {
	var docs []flow.Document
	keys := record.MentionKeys(in.Item)
	for _, kind := range orderKinds {
		for _, key := range keys {
			found, err := r.Store.ItemsByKey(ctx, r.Account.ID, record.Omie, kind, key)
			if err != nil {
				return nil, err
			}
			for _, o := range found {
				offered, err := r.offered(ctx, in, o)
				if err != nil {
					return nil, err
				}
				if offered && !slices.ContainsFunc(docs, func(d flow.Document) bool { return d.Kind == kind && d.ID == o.ID }) {
					docs = append(docs, document(o, key))
				}
			}
		}
	}
	return docs, nil
}

// offered tells whether a document that mentions a source may be the source's.
func (r *run) offered(ctx context.Context, in flow.In, o record.Item) (bool, error) {
	if o.Order == nil || o.Order.Customer != in.Omie || o.Fact(record.FactCancelled) == "true" {
		return false, nil
	}
	if slices.ContainsFunc(in.Made, func(m flow.Made) bool { return m.Kind == o.Kind && m.ID == o.ID }) {
		return false, nil
	}
	gone, err := r.missing(ctx, o.Ref())
	if err != nil || gone != "" {
		return false, err
	}
	mark, err := r.Store.Mark(ctx, r.Account.ID, ApartMark(in.Item.Ref(), o.Ref()))
	return mark == "", err
}

func document(o record.Item, key record.Key) flow.Document {
	d := flow.Document{Kind: o.Kind, ID: o.ID, Title: o.Title, Made: o.Fact(record.FactMade), Total: o.Fact(record.FactTotal)}
	for _, m := range o.Mentions {
		if m.Of == key.Value {
			d.Mention = m
		}
	}
	return d
}

// readDocuments reads the documents for which a source would wait again, so that
// one that was cancelled or taken away meanwhile holds it no longer. What this run
// has read stays as it is.
func (r *run) readDocuments(ctx context.Context, docs []flow.Document) (read bool, err error) {
	for _, d := range docs {
		ref := record.Ref{Kind: d.Kind, Side: record.Omie, ID: d.ID}
		state, err := r.Store.ItemState(ctx, r.Account.ID, ref)
		if err != nil || state.Seen == r.id {
			return read, err
		}
		_, found, err := r.readAgain(ctx, ref)
		if err != nil {
			return read, err
		}
		if read = true; !found {
			if err := r.Store.MarkMissing(ctx, r.lease, []record.Ref{ref}, r.Now()); err != nil {
				return read, err
			}
		}
	}
	return read, nil
}

// lookEvery is how often the orders that changed are read before another is made.
// An order that somebody types meanwhile, for a source that is exported before the
// next look, is not seen: one list each hour is what a busy account can afford.
const lookEvery = time.Hour

// lookForOrders reads, before a source's order is made, the orders that Omie
// holds: all of them after a restore, else those that changed since the last look,
// once an hour at most. It tells whether it read any.
func (r *run) lookForOrders(ctx context.Context, f flow.Flow, in flow.In, d store.Decision) (bool, error) {
	switch {
	case r.recoveryDue(ctx, d):
		return r.recoverOrders(ctx, f)
	case r.forgotten(in.Item):
		return r.readKinds(ctx, f, r.makes())
	case slices.ContainsFunc(d.Waits, func(w store.Wait) bool { return w.Cause == "document-exists" }):
		return r.readDocuments(ctx, in.Mentioned)
	case makesOrder(d):
		return r.look(ctx, f)
	}
	return false, nil
}

// look reads the orders that changed since the last look, when that is due. While
// Omie takes no calls it is put off: what is planned meanwhile is looked at before
// it is sent (overtaken).
func (r *run) look(ctx context.Context, f flow.Flow) (bool, error) {
	if r.indexd || r.unseen != nil || r.halted[record.Omie] != nil {
		return false, r.unseen
	}
	r.unseen = r.eachOrderFeed(func(kind record.Kind, feed record.Feed) error {
		since, err := r.lookSince(ctx, kind, feed)
		if err != nil || since.IsZero() {
			return err
		}
		return r.recoverFeed(ctx, f, kind, feed, record.Window{Since: since, Until: r.start.AddDate(1, 0, 0)}, ignorePage)
	})
	r.indexd = r.unseen == nil
	return true, r.unseen
}

// overtaken tells whether somebody else's document mentions the source of an order
// that an earlier run planned, and that a brake, a block or a pause has held since.
func (r *run) overtaken(ctx context.Context, f flow.Flow, c store.Change, source record.Item) (bool, error) {
	if c.Run == r.id {
		return false, nil
	}
	if _, err := r.look(ctx, f); err != nil {
		return false, err
	}
	made, err := r.made(ctx, c.Source)
	if err != nil {
		return false, err
	}
	docs, err := r.mentioned(ctx, flow.In{Item: source, Omie: c.Order.Customer, Made: made})
	return len(docs) > 0, err
}

// lookSince is where a look begins: at the newest change known, so that the list
// answers with at least that order and is no fault (design.md §7, Reading). Zero:
// nothing is looked at, since an order may not be there or the last look is recent.
func (r *run) lookSince(ctx context.Context, kind record.Kind, feed record.Feed) (time.Time, error) {
	c, err := r.Store.Cursor(ctx, r.Account.ID, cursorName(record.Omie, feed))
	switch {
	case err != nil || r.start.Sub(c.Done) < lookEvery:
		return time.Time{}, err
	case !c.Newest.IsZero():
		return c.Newest, nil
	}
	n, err := r.Store.Count(ctx, r.Account.ID, record.Omie, kind)
	if err != nil || n == 0 {
		return time.Time{}, err
	}
	return c.Done, nil // none was there; the account's own were made since
}

func (r *run) eachOrderFeed(do func(record.Kind, record.Feed) error) error {
	for _, kind := range orderKinds {
		if err := r.halted[record.Omie]; err != nil {
			return err
		}
		for _, feed := range r.Omie.Of(kind).Feeds {
			if err := do(kind, feed); err != nil {
				return err
			}
		}
	}
	return nil
}

// AdoptByHand joins a source and a document that a person says is the source's:
// what the document holds counts as theirs, and no other is made (P1, P4).
func AdoptByHand(ctx context.Context, db *store.DB, lease store.Lease, source, order record.Item) error {
	links, err := db.Links(ctx, lease.Account, order.Kind, record.Auvo, source.Ref().String())
	if err != nil {
		return err
	}
	if len(links) > 0 {
		return fmt.Errorf("%s has %s %s already: unlink that first", source.Ref(), order.Kind, links[0].Omie)
	}
	if order.Fact(record.FactCancelled) == "true" {
		return fmt.Errorf("%s is cancelled in Omie", order.Ref())
	}
	lives, err := db.Lives(ctx, lease.Account, source.Ref())
	if err != nil {
		return err
	}
	ours := record.OrderKey{Source: source.Ref(), Kind: order.Kind, Epoch: lives[order.Kind].Epoch}
	made, err := db.ChangeByKey(ctx, lease.Account, CreateKey(record.Omie, order.Kind, ours.Code()))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if made.State == store.Sending || made.State == store.Unknown {
		return fmt.Errorf("whether Ponte made a %s of %s is not known yet: the next cycle looks it up", order.Kind, source.Ref())
	}
	d := store.Decision{
		Links: []store.Link{{
			Kind: order.Kind, Auvo: source.Ref().String(), Omie: order.ID, Role: store.RoleMain, Code: order.Code,
			How: "por uma pessoa", Base: flow.AdoptedBase(*source.Source),
		}},
		Events: byHand("linked", "Uma pessoa ligou "+source.Title+" e "+order.Title+".", source, order),
	}
	return saidByHand(ctx, db, lease, source, order, "", d)
}

// RefuseByHand keeps a source and a document apart that a person says is another's.
// One that Ponte made is not parted: that is what undo is for.
func RefuseByHand(ctx context.Context, db *store.DB, lease store.Lease, source, order record.Item) error {
	links, err := db.Links(ctx, lease.Account, order.Kind, record.Auvo, source.Ref().String())
	if err != nil {
		return err
	}
	d := store.Decision{Events: byHand("unlinked", "Uma pessoa disse que "+order.Title+" não é de "+source.Title+".", source, order)}
	for _, l := range links {
		if l.Omie != order.ID {
			continue
		}
		if m := (flow.Made{ID: l.Omie, Code: l.Code}); !m.Adopted(source.Ref()) {
			return fmt.Errorf("Ponte made %s for %s: take it back with ponte undo", order.Ref(), source.Ref())
		}
		d.Unlink = append(d.Unlink, l)
	}
	return saidByHand(ctx, db, lease, source, order, "1", d)
}

// saidByHand keeps what a person said of a source and a document, and has the
// source and the others of its work decided again. The decision comes last: after
// a death before it, the person says it again.
func saidByHand(ctx context.Context, db *store.DB, lease store.Lease, source, order record.Item, apart string, d store.Decision) error {
	others, err := sameWork(ctx, db, lease.Account, source)
	if err != nil {
		return err
	}
	if err := db.RetryWaits(ctx, lease, append(others, source.Ref())); err != nil {
		return err
	}
	if err := db.SetMark(ctx, lease, ApartMark(source.Ref(), order.Ref()), apart); err != nil {
		return err
	}
	_, err = db.Decide(ctx, lease, d)
	return err
}
