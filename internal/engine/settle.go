package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"ponte/internal/call"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// patience is how long a run waits for an unclear write to be looked up.
const patience = 75 * time.Second

// settleLeftovers deals with what a dead process left behind, before anything
// else is done: a change left sending may have been made (P1).
func (r *run) settleLeftovers(ctx context.Context) error {
	left, err := r.Store.Unsettled(ctx, r.Account.ID)
	if err != nil {
		return err
	}
	for _, c := range left {
		if c.State != store.Sending {
			continue
		}
		c.Text = "O processo que gravava parou antes da resposta."
		c.NotUntil = c.Sent.Add(r.Account.Omie.RedundancyWindow.Std())
		f, _ := r.flowOf(c)
		if err := r.becomeUnclear(ctx, f, c, ""); err != nil {
			return err
		}
	}
	return r.lookUpUnknown(ctx)
}

// settleUnknown looks up what became unclear in this run, and applies what
// that leaves to do. What is unclear still counts as waiting.
func (r *run) settleUnknown(ctx context.Context, selected []flow.Flow) error {
	left, err := r.Store.Unsettled(ctx, r.Account.ID)
	if err != nil || len(left) == 0 {
		return err
	}
	if err := r.lookUpUnknown(ctx); err != nil {
		return err
	}
	for _, f := range selected {
		t := r.tally[f.Name]
		if t == nil { // a run for hints that had nothing to do here
			continue
		}
		if err := r.note(ctx, t, r.work(call.WithMeter(ctx, &t.meter), f)); err != nil {
			return err
		}
	}
	return r.countUnknown(ctx)
}

// countUnknown counts what no look-up could clear as waiting.
func (r *run) countUnknown(ctx context.Context) error {
	left, err := r.Store.Unsettled(ctx, r.Account.ID)
	if err != nil {
		return err
	}
	for _, c := range left {
		if r.tally[c.Flow] == nil {
			continue
		}
		f, _ := flow.Named(c.Flow)
		r.countDone(f, c, store.OutcomeWaiting)
	}
	return nil
}

// lookUpUnknown looks up each unclear write, waiting out the redundancy window
// where that is near.
func (r *run) lookUpUnknown(ctx context.Context) error {
	left, err := r.Store.Unsettled(ctx, r.Account.ID)
	if err != nil {
		return err
	}
	for _, c := range left {
		if r.halted[c.To] != nil {
			continue
		}
		if err := r.waitUntil(ctx, c.NotUntil); err != nil {
			return err
		}
		f, t := r.flowOf(c)
		if err := r.note(ctx, t, r.lookUpChange(call.WithMeter(ctx, &t.meter), f, c)); err != nil {
			return err
		}
	}
	return nil
}

// flowOf is a change's flow and where its calls and outcome are counted.
func (r *run) flowOf(c store.Change) (flow.Flow, *tally) {
	f, _ := flow.Named(c.Flow)
	if r.tally[f.Name] == nil {
		r.tally[f.Name] = newTally()
	}
	return f, r.tally[f.Name]
}

// waitUntil waits, in real time, for at most patience. A sliced run gives its
// worker back for that time.
func (r *run) waitUntil(ctx context.Context, at time.Time) error {
	const atOnce = 3 * time.Second
	d := min(at.Sub(r.realNow()), patience)
	if r.opts.Yield != nil && d > atOnce {
		return &MoreError{NotBefore: r.realNow().Add(d)}
	}
	return call.Pause(ctx, d)
}

// lookUpChange finds out whether an unclear write was made. A create is looked
// up by its code; an update or cancellation by what the record holds now. What
// the vendor cannot look up stays unclear, and waits for a person.
func (r *run) lookUpChange(ctx context.Context, f flow.Flow, c store.Change) error {
	ctx = call.About(ctx, "record", c.Source.String())
	return part(ctx, "look up", func(ctx context.Context) error { return r.lookUpWrite(ctx, f, c) })
}

func (r *run) lookUpWrite(ctx context.Context, f flow.Flow, c store.Change) error {
	items, how, err := r.written(ctx, f, c)
	if errors.Is(err, record.ErrNoLookup) {
		return r.leaveToPerson(ctx, f, c)
	}
	if err == nil && c.Action == "create" {
		items, err = r.unparted(ctx, c, items)
	}
	if err != nil {
		return errors.Join(err, r.noteFailedLook(ctx, c, how, err))
	}
	ctx = context.WithoutCancel(ctx)
	look := store.Look{How: how, At: r.realNow()}
	switch {
	case len(items) == 0:
		look.Found = "Nada foi encontrado."
		return r.notMade(ctx, c, look)
	case c.Action == "create":
		look.Found = "Encontrado: " + items[0].ID + "."
		return r.settleFound(ctx, f, c, items[0], "Tinha sido criado no "+c.To.Title()+" apesar da resposta incerta.", look)
	case c.Action == "cancel" && items[0].Fact(record.FactCancelled) != "true", c.Action == "update" && !wasMade(c, items[0]):
		look.Found = "O registro não tem o que foi pedido."
		return r.notMade(ctx, c, look)
	}
	look.Found = "O registro tem o que foi pedido."
	return r.settleFound(ctx, f, c, items[0], "Tinha sido gravado no "+c.To.Title()+" apesar da resposta incerta.", look)
}

// noteFailedLook keeps that a look-up came to nothing; the write stays unclear.
// What our own fault budget held back asked nobody.
func (r *run) noteFailedLook(ctx context.Context, c store.Change, how string, err error) error {
	if e, failed := errors.AsType[*call.Error](err); !failed || e.Reaction == call.Paused || ctx.Err() != nil {
		return nil
	}
	look := store.Look{How: how, At: r.realNow(), Found: "A consulta falhou: " + call.Shorten(err.Error())}
	return r.Store.Settle(ctx, r.lease, store.Settlement{Change: c, Look: look})
}

// leaveToPerson: nobody can look the write up. What is linked meanwhile was made,
// by whoever says so; anything else waits for a person to say.
func (r *run) leaveToPerson(ctx context.Context, f flow.Flow, c store.Change) error {
	if c.Action == "create" && f.Mirror != nil {
		link, err := r.Store.Link(ctx, r.Account.ID, c.Kind, c.Source.Side, c.Source.ID)
		if err == nil {
			return r.Store.Settle(ctx, r.lease, madeByHand(c, link.On(c.To).ID, r.Now(), ""))
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	detail := map[string]string{"side": string(c.To), "text": c.Text, "what": "person", "ref": c.Source.String()}
	waits, err := r.changeWaits(ctx, f, c, "unknown-outcome", detail)
	if err != nil {
		return err
	}
	return r.Store.Settle(ctx, r.lease, store.Settlement{Change: c, Waits: waits, Outcome: store.OutcomeWaiting, Look: store.Look{How: store.LookByPerson}})
}

// written looks up the record that an unclear change makes or changes, and says
// how. A create that has no look-up by its code is looked up as its source would
// be matched: an Auvo that keeps no external codes knows a service by its title.
func (r *run) written(ctx context.Context, f flow.Flow, c store.Change) (items []record.Item, how string, err error) {
	near := record.Near{Since: c.Created, Certain: c.Action == "create"}
	if c.Action != "create" {
		items, err = r.search(ctx, c.To, c.Kind, []record.Key{{Name: record.KeyID, Value: targetRef(c).ID}}, near)
		return items, store.LookAtRecord, err
	}
	items, err = r.search(ctx, c.To, c.Kind, []record.Key{{Name: record.KeyCode, Value: c.Code}}, near)
	if !errors.Is(err, record.ErrNoLookup) || f.Mirror == nil {
		return items, store.LookByCode, err
	}
	source, err := r.Store.Item(ctx, r.Account.ID, c.Source)
	if err != nil {
		return nil, store.LookByMatch, err
	}
	source = asSent(source, c)
	for _, m := range f.Mirror.Matches {
		key := m.Key(c.To, m.Value(source))
		if key.Value == "" || key.Name == record.KeyCode {
			continue
		}
		if items, err := r.search(ctx, c.To, c.Kind, []record.Key{key}, near); !errors.Is(err, record.ErrNoLookup) {
			return items, store.LookByMatch, err
		}
	}
	return nil, store.LookByPerson, record.ErrNoLookup
}

// asSent is a source with the title under which it was sent: a person may have
// given it another since, under which nothing would be found (P1).
func asSent(source record.Item, c store.Change) record.Item {
	name, sent := sentFields(c)[record.FieldName]
	if !sent {
		return source
	}
	other := slices.DeleteFunc(slices.Clone(source.Keys), func(k record.Key) bool { return k.Name == record.KeyTitle })
	source.Keys = slices.Concat(other, record.Keys(record.Key{Name: record.KeyTitle, Value: record.FoldTitle(name)}))
	return source
}

// wasMade tells whether a record holds what an update was to write.
func wasMade(c store.Change, now record.Item) bool {
	fields := now.Fields
	if now.Order != nil {
		fields = now.Order.Fields()
	}
	for name, to := range sentFields(c) {
		if !record.Same(name, fields[name], to) {
			return false
		}
	}
	return true
}

// notMade: the look-up found nothing, so nothing was made; the source is
// decided again and the change, if still wanted, is planned anew.
func (r *run) notMade(ctx context.Context, c store.Change, look store.Look) error {
	if c.Undo { // nothing decides it again: it is sent again, once its record was looked at
		c.State, c.Cause, c.NotUntil = store.Planned, "", time.Time{}
		delete(r.sights, targetRef(c))
		return r.Store.Settle(ctx, r.lease, store.Settlement{Change: c, ClearCauses: true, Look: look})
	}
	return r.Store.Settle(ctx, r.lease, unmade(c, r.Now(), r.changeEvent(c, "answered", "A gravação incerta não foi feita; o Ponte decide de novo."), look))
}

func unmade(c store.Change, at time.Time, e store.Event, look store.Look) store.Settlement {
	c.State, c.Cause, c.Settled = store.Superseded, "", at
	c.Text = "Não foi gravado; decidido de novo."
	return store.Settlement{Change: c, ClearCauses: true, Redecide: []record.Ref{c.Source}, Events: []store.Event{e}, Look: look}
}

// settleExists: the record is there already. Made under our code it is ours,
// and its id is adopted; else it is read, and matched like any other.
func (r *run) settleExists(ctx context.Context, f flow.Flow, c store.Change, e *call.Error) error {
	if c.Action != "create" { // linked already: another record holds what it was to hold
		return r.settleRefused(ctx, f, c, e)
	}
	if e.Ours {
		items, err := r.find(ctx, c.To, c.Kind, []record.Key{{Name: record.KeyCode, Value: c.Code}}, r.start.AddDate(-1, 0, 0))
		if err == nil && len(items) > 0 {
			return r.adopt(ctx, f, c, items[0], e)
		}
		if e.ID == "" || err != nil {
			return r.settleUnclear(ctx, f, c, e)
		}
	}
	if e.ID == "" || c.Attempts > 1 {
		return r.settleRefused(ctx, f, c, e)
	}
	items, err := r.find(ctx, c.To, c.Kind, []record.Key{{Name: record.KeyID, Value: e.ID}}, r.start)
	if err != nil || len(items) == 0 {
		return errors.Join(r.settleRefused(ctx, f, c, e), err)
	}
	if e.Ours {
		return r.adopt(ctx, f, c, items[0], e)
	}
	items, err = r.unparted(ctx, c, items)
	if err != nil || len(items) == 0 {
		return errors.Join(r.settleRefused(ctx, f, c, e), err)
	}
	return r.supersede(ctx, c, "Já existe no "+c.To.Title()+" ("+e.ID+"); o Ponte procura a ligação.")
}

// adopt takes what exists under our code as made, unless a person parted it from
// the source: then the refusal stands.
func (r *run) adopt(ctx context.Context, f flow.Flow, c store.Change, found record.Item, e *call.Error) error {
	ours, err := r.unparted(ctx, c, []record.Item{found})
	if err != nil || len(ours) == 0 {
		return errors.Join(r.settleRefused(ctx, f, c, e), err)
	}
	return r.settleDone(ctx, f, c, found, "Já existia no "+c.To.Title()+" com o nosso código.")
}

// unparted leaves out the records found that a person declared to be others than
// the change's source (ponte unlink).
func (r *run) unparted(ctx context.Context, c store.Change, found []record.Item) ([]record.Item, error) {
	source := record.Item{Kind: c.Source.Kind, Side: c.Source.Side, ID: c.Source.ID}
	refs, err := r.apart(ctx, source, found)
	return without(found, refs), err
}
