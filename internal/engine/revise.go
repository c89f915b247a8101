package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"ponte/internal/flow"
	"ponte/internal/reconcile"
	"ponte/internal/record"
	"ponte/internal/store"
)

// revise compares what a source asks for now with what Ponte last wrote, and
// reads the order only when they differ (docs/after-export.md is the table).
func (r *run) revise(ctx context.Context, d *store.Decision, f flow.Flow, i record.Item, draft flow.Draft, made flow.Made) error {
	if made.ID == "" {
		d.Waits = append(d.Waits, r.wait(f, onePair(i), "unknown-outcome", map[string]string{"side": "omie"}))
		return nil
	}
	want := draft.Order.Fields()
	link := store.Link{Kind: draft.Kind, Auvo: i.Ref().String(), Omie: made.ID, Role: store.RoleMain, Code: made.Code, Base: made.Base}
	if !made.Compared() { // taken back after a restore, or adopted
		link.Base = made.Base.With(want).With(draft.Base)
		for _, name := range unclaimed(i, want, made) {
			delete(link.Base, name)
		}
		d.Links = append(d.Links, link)
	}
	if _, known := link.Base[record.FieldNotes]; !known {
		// Erased with their customer, who is back (LGPD): what Omie holds counts as a person's.
		link.Base = link.Base.With(record.Fields{record.FieldNotes: want[record.FieldNotes]})
	}
	if sameFields(want, link.Base) {
		return nil
	}
	held, standing, err := r.orderNow(ctx, f, made)
	if err != nil {
		return err
	}
	if standing != flow.Open {
		return r.late(ctx, d, f, i, draft, link, held, standing)
	}
	return r.planRevision(ctx, d, f, i, draft, link, held)
}

// unclaimed are the fields of an order of ours, taken back after a restore, that
// differ from what Ponte would write now and that money hangs on: whether a person
// changed them in Omie or the source changed since the backup nobody can tell any
// more, so they are a conflict. What else differs counts as a person's, as all of
// an adopted order does.
func unclaimed(i record.Item, want record.Fields, made flow.Made) []string {
	if made.Held == nil || made.Adopted(i.Ref()) {
		return nil
	}
	held := made.Held.Fields()
	return slices.DeleteFunc([]string{record.FieldCustomer, record.FieldServices, record.FieldProducts}, func(name string) bool {
		return record.Same(name, want[name], held[name])
	})
}

func sameFields(a, b record.Fields) bool {
	return !slices.ContainsFunc(orderFields, func(f string) bool { return !record.Same(f, a[f], b[f]) })
}

// orderNow reads an order as Omie holds it, and says how it stands. One that is
// not there is kept as missing, so that no later look-up leans on it.
func (r *run) orderNow(ctx context.Context, f flow.Flow, made flow.Made) (record.Item, flow.Standing, error) {
	ref := record.Ref{Kind: made.Kind, Side: record.Omie, ID: made.ID}
	if gone, err := r.Store.MissingSince(ctx, r.Account.ID, ref); err != nil || !gone.Before(r.start) {
		return record.Item{}, flow.Gone, err // this run asked already, and Omie answers with a fault
	}
	held, found, err := r.readAgain(ctx, ref)
	if err != nil {
		return held, "", err
	}
	if !found {
		err = r.Store.MarkMissing(ctx, r.lease, []record.Ref{ref}, r.Now())
		return held, flow.Gone, err
	}
	links, err := r.Store.Links(ctx, r.Account.ID, made.Kind, record.Omie, made.ID)
	return held, flow.StandingOf(held, found, len(links) > 1, f.Derive.Settings(r.Account).FrozenStages), err
}

// late deals with a change that came after its order was billed, cancelled,
// frozen or deleted: nothing is written, a person is told what changed (P8).
// Where the order already holds what the source asks for, nobody is needed.
func (r *run) late(ctx context.Context, d *store.Decision, f flow.Flow, i record.Item, draft flow.Draft, link store.Link, held record.Item, standing flow.Standing) error {
	want, now := draft.Order.Fields(), link.Base
	if held.Order != nil {
		now = held.Order.Fields()
	}
	var changes []reconcile.Change
	for _, name := range orderFields {
		if !record.Same(name, want[name], link.Base[name]) && !record.Same(name, want[name], now[name]) {
			changes = append(changes, reconcile.Change{Field: name, From: now[name], To: want[name]})
		}
	}
	if len(changes) == 0 {
		link.Base = link.Base.With(want).With(draft.Base)
		d.Links = append(d.Links, link)
		return nil
	}
	detail, err := r.orderDetail(ctx, flow.Made{Kind: draft.Kind, ID: link.Omie, Code: link.Code}, standing)
	if err != nil {
		return err
	}
	// A further edit is one that nobody has seen, but of an order that is gone.
	cause, about := "changed-after-billing", flow.About("changed-after-billing", detail, record.Digest(want))
	if standing == flow.Gone {
		cause, about = "deleted-in-omie", flow.About("deleted-in-omie", detail)
	}
	if err := r.tell(ctx, func(t flow.Titles) { detail["changes"] = flow.OrderChanges(changes, t) }); err != nil {
		return err
	}
	w := r.orderWait(f, i, link.Omie, cause, detail)
	w.About = about
	d.Waits = append(d.Waits, w)
	return nil
}

// orderDetail names an order in a wait, by its number as it was last read.
func (r *run) orderDetail(ctx context.Context, m flow.Made, standing flow.Standing) (map[string]string, error) {
	number, err := r.numberOf(ctx, record.Ref{Kind: m.Kind, Side: record.Omie, ID: m.ID})
	return flow.OrderDetail(m.Kind, number, m.Code, standing), err
}

// orderWait is a source's wait about one of its orders.
func (r *run) orderWait(f flow.Flow, i record.Item, order, cause string, detail map[string]string) store.Wait {
	w := r.wait(f, onePair(i), cause, detail)
	w.Omie = order
	return w
}

// orderConflict is the wait for the fields of an order that both sides changed.
func (r *run) orderConflict(ctx context.Context, f flow.Flow, p pair, open []reconcile.Conflict) (store.Wait, error) {
	said := slices.Clone(open)
	err := r.tell(ctx, func(t flow.Titles) {
		for n, c := range open {
			said[n].Auvo, said[n].Omie = flow.OrderConflict(c, t)
		}
	})
	w := r.wait(f, p, "conflict", flow.ConflictDetail(said))
	w.About = flow.About(w.Cause, flow.ConflictDetail(open)) // what is said may be shortened
	return w, err
}

// tell has something said with the titles that Omie's records have in the store.
func (r *run) tell(ctx context.Context, say func(flow.Titles)) error {
	var first error
	say(func(kind record.Kind, id string) string {
		i, err := r.Store.Item(ctx, r.Account.ID, record.Ref{Kind: kind, Side: record.Omie, ID: id})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			first = cmp.Or(first, err)
		}
		return cmp.Or(i.Title, id)
	})
	return first
}

// planRevision plans the fields that only the source changed; a person's edits
// stay, and a field that both changed is a conflict (P4).
func (r *run) planRevision(ctx context.Context, d *store.Decision, f flow.Flow, i record.Item, draft flow.Draft, link store.Link, held record.Item) error {
	want, has := draft.Order.Fields(), held.Order.Fields()
	p := pair{auvo: i, omie: held}
	taken, err := r.taken(ctx, f.Kind, p, want, has)
	if err != nil {
		return err
	}
	rev := reconcile.Revise(link.Base, want, has, orderFields, taken)
	if open := r.noteConflicts(d, f, p, rev.Conflicts); len(open) > 0 {
		w, err := r.orderConflict(ctx, f, p, open)
		if err != nil {
			return err
		}
		d.Waits = append(d.Waits, w)
	}
	base := link.Base.With(draft.Base)
	if openConflict(rev.Conflicts, record.FieldForecast) { // the source's date is not settled yet
		base[flow.BaseSourceDate] = link.Base[flow.BaseSourceDate]
	}
	for _, name := range append(rev.Agreed, rev.Left...) {
		base[name] = want[name]
	}
	link.Base = base
	d.Links = append(d.Links, link)
	if len(rev.Write) == 0 {
		return nil
	}
	order := mergedOrder(*held.Order, draft.Order, rev.Write)
	c := r.change(f, p, record.Omie, "update")
	c.Kind, c.Source, c.Code, c.Order, c.Omie, c.Auvo = draft.Kind, i.Ref(), link.Code, &order, held.ID, i.ID
	c.Reason = "Mudou no Auvo depois de exportado."
	for _, ch := range rev.Write {
		c.Fields = append(c.Fields, store.FieldChange{Name: ch.Field, From: ch.From, To: ch.To})
	}
	c.Key = "update:omie:" + string(draft.Kind) + ":" + held.ID + ":" + r.id + ":" + record.Digest(c.Fields)
	d.Plan = append(d.Plan, c)
	return nil
}

// openConflict tells whether a field waits in conflict.
func openConflict(conflicts []reconcile.Conflict, field string) bool {
	return slices.ContainsFunc(conflicts, func(c reconcile.Conflict) bool { return c.Field == field && c.Settled == "" })
}

// mergedOrder is the order as Omie holds it with the changed fields laid over;
// in the notes only Ponte's own lines are replaced.
func mergedOrder(held, want record.Order, changes []reconcile.Change) record.Order {
	out := held
	for _, c := range changes {
		switch c.Field {
		case record.FieldCustomer:
			out.Customer = want.Customer
		case record.FieldForecast:
			out.Forecast = want.Forecast
		case record.FieldNotes:
			out.Notes = record.ReplaceOwnNotes(held.Notes, want.Notes)
		case record.FieldServices:
			out.Services = want.Services
		case record.FieldProducts:
			out.Products = want.Products
			out.UsedProducts, out.UsedProductsCategory = want.UsedProducts, want.UsedProductsCategory
		}
	}
	return out
}
