package engine

import (
	"context"
	"strconv"
	"time"

	"ponte/internal/flow"
	"ponte/internal/reconcile"
	"ponte/internal/record"
	"ponte/internal/store"
)

// An undoing is an undo while it is planned.
type undoing struct {
	*run
	scope  UndoScope
	orders []store.Link // orders that may be cancelled
	pairs  []undoPair   // pairs with writes that may be taken back
	plan   UndoPlan
}

// An undoPair is a pair, and the writes of it that an undo is about.
type undoPair struct {
	link   store.Link
	traces []trace
}

func (r *run) planUndo(ctx context.Context, scope UndoScope) (UndoPlan, error) {
	u := &undoing{run: r, scope: scope}
	if err := u.collect(ctx); err != nil {
		return u.plan, err
	}
	if err := u.planCancels(ctx); err != nil {
		return u.plan, err
	}
	if err := u.planRestores(ctx); err != nil {
		return u.plan, err
	}
	return u.plan, u.foreseeBrakes(ctx)
}

func (u *undoing) keep(ref record.Ref, title, reason string, detail map[string]string) {
	u.plan.Kept = append(u.plan.Kept, Kept{ref, title, flow.Kept(reason, detail)})
}

// planCancels reads the states of the orders, a page at a time, and plans to cancel
// the open ones.
func (u *undoing) planCancels(ctx context.Context) error {
	for _, kind := range orderKinds {
		var links []store.Link
		for _, l := range u.orders {
			if l.Kind == kind {
				links = append(links, l)
			}
		}
		if err := u.lookAt(ctx, record.Omie, kind, ids(links, record.Omie), u.since(ctx, links)); err != nil {
			return err
		}
		for _, l := range links {
			if err := u.planCancel(ctx, l); err != nil {
				return err
			}
		}
	}
	return nil
}

func ids(links []store.Link, side record.Side) []string {
	out := make([]string, 0, len(links))
	for _, l := range links {
		out = append(out, l.On(side).ID)
	}
	return out
}

// since is when the first of some orders may have been made.
func (r *run) since(ctx context.Context, links []store.Link) time.Time {
	first := r.start
	for _, l := range links {
		c, err := r.Store.ChangeByKey(ctx, r.Account.ID, CreateKey(record.Omie, l.Kind, l.Code))
		if err != nil {
			return r.start.AddDate(-1, 0, 0) // found after a restore: the ledger does not know when
		}
		first = earlier(first, c.Created)
	}
	return first
}

func (u *undoing) planCancel(ctx context.Context, l store.Link) error {
	key, _ := record.ParseOrderCode(l.Code)
	f, _ := flow.Of(key.Source.Kind)
	held, standing, err := u.standing(ctx, f, l.On(record.Omie))
	if err != nil {
		return err
	}
	if standing != flow.Open {
		u.plan.Kept = append(u.plan.Kept, Kept{key.Source, held.Title, flow.NotCancelled(l.Kind, held.Fact(record.FactNumber), l.Code, standing)})
		return nil
	}
	c := u.change(f, pair{auvo: record.Item{ID: key.Source.ID}, omie: held}, record.Omie, "cancel")
	c.Kind, c.Source, c.Code, c.Omie, c.Undo, c.Reason = l.Kind, key.Source, l.Code, l.Omie, true, u.scope.because()
	c.Key = "undo:cancel:omie:" + string(l.Kind) + ":" + l.Omie
	u.plan.Changes = append(u.plan.Changes, c)
	return nil
}

// planRestores reads the records of the pairs again and plans to take back what
// they still hold of Ponte's writes.
func (u *undoing) planRestores(ctx context.Context) error {
	for _, f := range flow.All {
		for _, side := range []record.Side{record.Omie, record.Auvo} {
			var written []undoPair
			var targets []string
			for _, w := range u.pairs {
				if w.link.Kind == f.Kind && len(onSide(w.traces, side)) > 0 {
					written, targets = append(written, w), append(targets, w.link.On(side).ID)
				}
			}
			if err := u.lookAt(ctx, side, f.Kind, targets, u.start); err != nil {
				return err
			}
			for _, w := range written {
				if err := u.planRestore(ctx, f, side, w); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (u *undoing) planRestore(ctx context.Context, f flow.Flow, side record.Side, w undoPair) error {
	ref := w.link.On(side)
	if !u.sights[ref].found {
		u.keep(ref, "", "vanished", map[string]string{"side": string(side)})
		return nil
	}
	held, err := u.Store.Item(ctx, u.Account.ID, ref)
	if err != nil {
		return err
	}
	on := onSide(w.traces, side)
	restore, edited := reconcile.TakeBack(writesOf(on), held.Fields)
	for _, e := range edited {
		u.keep(ref, held.Title, "edited", editedDetail(e))
	}
	other := record.Item{Kind: f.Kind, Side: side.Other(), ID: w.link.On(side.Other()).ID}
	c := u.change(f, pairOf(held, other), side, "update")
	c.Source, c.Undo, c.Reason = other.Ref(), true, u.scope.because()
	c.Fields = u.allowed(f, held, restore)
	if len(c.Fields) == 0 {
		return nil
	}
	last := on[len(on)-1].change.ID
	c.Key = "undo:" + string(side) + ":" + string(f.Kind) + ":" + ref.ID + ":after:" + strconv.FormatInt(last, 10)
	u.plan.Changes = append(u.plan.Changes, c)
	return nil
}

func editedDetail(e reconcile.Change) map[string]string {
	return map[string]string{"field": e.Field, "wrote": e.From, "held": e.To}
}

// allowed are the fields that the vendor is not known to refuse.
func (u *undoing) allowed(f flow.Flow, held record.Item, restore []reconcile.Change) []store.FieldChange {
	out, refused := u.acceptable(f, held.Side, restore)
	for _, why := range refused {
		u.plan.Kept = append(u.plan.Kept, Kept{held.Ref(), held.Title, why})
	}
	return out
}

// acceptable parts the fields to restore from those that the vendor is known to
// refuse, and says why. What is planned by what was last read is checked when its
// turn comes.
func (r *run) acceptable(f flow.Flow, side record.Side, restore []reconcile.Change) (out []store.FieldChange, refused []string) {
	fields := record.Fields{}
	for _, c := range restore {
		fields[c.Field] = c.To
	}
	if !r.stored {
		for _, t := range r.side(side).Of(f.Kind).Write.Check(record.Draft{Kind: f.Kind, Fields: fields}) {
			if _, ours := fields[t.Field]; ours {
				refused = append(refused, flow.Say(t.Cause, troubleDetail(t)).Message)
				delete(fields, t.Field)
			}
		}
	}
	for _, c := range restore {
		if _, left := fields[c.Field]; left {
			out = append(out, store.FieldChange{Name: c.Field, From: c.From, To: c.To})
		}
	}
	return out, refused
}

// foreseeBrakes says what the brakes will hold of the plan.
func (u *undoing) foreseeBrakes(ctx context.Context) error {
	for _, f := range flow.All {
		for _, b := range allBrakes {
			var picked []store.Change
			for _, c := range u.plan.Changes {
				if c.Flow == f.Name && b.picks(f, c) {
					picked = append(picked, c)
				}
			}
			why, err := b.trips(ctx, u.run, f, picked)
			if err != nil {
				return err
			}
			if why != "" && len(picked) > 0 {
				u.plan.Brakes = append(u.plan.Brakes, f.Name+": "+why)
			}
		}
	}
	return nil
}
