package engine

import (
	"context"
	"errors"
	"slices"
	"strings"

	"ponte/internal/call"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// An UndoScope is what a person wants undone.
type UndoScope struct {
	Run  string       // all that this run did; or
	Refs []record.Ref // the orders of these tasks and quotations, and the newest writes of these pairs
	By   string       // who asks, for the history
	Why  string       // the reason, for the history
	Act  store.Act    // is written with what is planned
}

// An UndoPlan is what an undo will do and what it cannot, said before anything is done.
type UndoPlan struct {
	Changes []store.Change // one vendor write each
	Kept    []Kept
	Brakes  []string // Portuguese: what a brake will hold until a person releases it
}

// Kept is something that is not undone, and why.
type Kept struct {
	Ref    record.Ref
	Title  string
	Reason string // one Portuguese sentence
}

// Calls are the writes that the plan makes, by side.
func (p UndoPlan) Calls() map[record.Side]int {
	calls := map[record.Side]int{}
	for _, c := range p.Changes {
		calls[c.To]++
	}
	return calls
}

// Counts are how many of each sort the plan undoes: orders to cancel, records to make
// inactive, and records to give their former values back.
func (p UndoPlan) Counts() (cancelled, inactive, restored int) {
	for _, c := range p.Changes {
		switch {
		case c.Action == "cancel":
			cancelled++
		case MakesInactive(c):
			inactive++
		default:
			restored++
		}
	}
	return cancelled, inactive, restored
}

// Digest names what the plan does.
func (p UndoPlan) Digest() string { return planDigest(p.Changes) }

// Same tells whether two plans do the same.
func (p UndoPlan) Same(o UndoPlan) bool { return p.Digest() == o.Digest() }

// Undone is what became of an undo: its changes as the ledger has them now.
type Undone struct {
	Plan       UndoPlan
	Done, Left []store.Change
	Errors     []error // why a side took no more calls
}

// PlanUndo reads the state of what would be undone, and says what can be.
func (e *Engine) PlanUndo(ctx context.Context, lease store.Lease, id string, scope UndoScope) (UndoPlan, error) {
	r, err := e.beginUndo(ctx, lease, id)
	if err != nil {
		return UndoPlan{}, err
	}
	return r.planUndo(ctx, scope)
}

// Undo plans, asks agree, and does what it planned: orders are cancelled first,
// then records that Ponte made are made inactive and fields get their former values
// back. All of it stands in the ledger, in one transaction, before the first call: an
// undo that was cut short goes on when it is run again, and else with the next sync.
func (e *Engine) Undo(ctx context.Context, lease store.Lease, id string, scope UndoScope, agree func(UndoPlan) error) (Undone, error) {
	r, err := e.beginUndo(ctx, lease, id)
	if err != nil {
		return Undone{}, err
	}
	var out Undone
	if out.Plan, err = r.planUndo(ctx, scope); err != nil {
		return out, err
	}
	if err := agree(out.Plan); err != nil {
		return out, err
	}
	if err := r.keepUndo(e.Store.WithAct(ctx, scope.Act), out.Plan); err != nil {
		return out, err
	}
	if err := r.undoAll(ctx); err != nil {
		return out, err
	}
	for _, t := range r.tally {
		if t.err != nil {
			out.Errors = append(out.Errors, t.err)
		}
	}
	out.Done, out.Left, err = r.undoneNow(ctx)
	return out, err
}

func (e *Engine) beginUndo(ctx context.Context, lease store.Lease, id string) (*run, error) {
	r, err := e.begin(ctx, lease, id, Options{})
	if err != nil {
		return nil, err
	}
	r.undoes = true
	for _, f := range flow.All {
		r.tally[f.Name] = newTally()
	}
	// A death may have left a write unclear: it is looked up before anything else (P1).
	return r, r.settleLeftovers(ctx)
}

const undoAsked = ") mandou desfazer"

// because is the reason of the scope's changes.
func (s UndoScope) because() string {
	said := "Uma pessoa (" + s.By + undoAsked
	if s.Why == "" {
		return said + "."
	}
	return said + ": " + s.Why
}

// whyOf is the reason that the person gave for a change that undoes.
func whyOf(c store.Change) string {
	_, why, _ := strings.Cut(c.Reason, undoAsked+": ")
	return why
}

// keepUndo puts the plan into the ledger, all or nothing.
func (r *run) keepUndo(ctx context.Context, p UndoPlan) error {
	byFlow := map[string]*store.Decision{}
	var decisions []store.Decision
	for _, c := range p.Changes {
		d := byFlow[c.Flow]
		if d == nil {
			d = &store.Decision{Run: r.id, Flow: c.Flow}
			byFlow[c.Flow] = d
		}
		d.Plan = append(d.Plan, c)
		d.Events = append(d.Events, r.changeEvent(c, "undo", c.Reason))
	}
	for _, f := range flow.All {
		if d := byFlow[f.Name]; d != nil {
			decisions = append(decisions, *d)
		}
	}
	_, err := r.Store.Decide(ctx, r.lease, decisions...)
	return err
}

// undoAll makes the planned writes of undos, orders before what they name, and
// looks up what became unclear on the way.
func (r *run) undoAll(ctx context.Context) error {
	for range 2 {
		for _, f := range slices.Backward(flow.All) {
			if err := r.undoFlow(ctx, f); err != nil {
				return err
			}
		}
		left, err := r.Store.Unsettled(ctx, r.Account.ID)
		if err != nil || len(left) == 0 {
			return err
		}
		if err := r.lookUpUnknown(ctx); err != nil {
			return err
		}
	}
	return nil
}

// undoFlow makes a flow's planned writes of undos.
func (r *run) undoFlow(ctx context.Context, f flow.Flow) error {
	planned, err := r.Store.Planned(ctx, r.Account.ID, f.Name)
	if err != nil || !slices.ContainsFunc(planned, func(c store.Change) bool { return c.Undo }) {
		return err
	}
	t := r.tally[f.Name]
	return r.note(ctx, t, r.carryOut(call.WithMeter(ctx, &t.meter), f, nil))
}

// undoneNow tells what became of the undo's changes, and gives the sources that
// have no order left their outcome.
func (r *run) undoneNow(ctx context.Context) (done, left []store.Change, err error) {
	changes, err := r.Store.RunChanges(ctx, r.Account.ID, r.id)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range changes {
		if c.State != store.Done {
			left = append(left, c)
			continue
		}
		done = append(done, c)
		if err := r.closeUndone(ctx, c); err != nil {
			return nil, nil, err
		}
	}
	return done, left, nil
}

// closeUndone decides a source whose orders were all undone: it needs no call.
func (r *run) closeUndone(ctx context.Context, c store.Change) error {
	f, _ := flow.Named(c.Flow)
	i, err := r.Store.Item(ctx, r.Account.ID, c.Source)
	if f.Derive == nil || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	in := flow.In{Item: i, Now: r.Now().In(r.place)}
	if in.Made, err = r.made(ctx, c.Source); err != nil {
		return err
	}
	if in.Lives, err = r.Store.Lives(ctx, r.Account.ID, c.Source); err != nil || in.Undone() == "" {
		return err
	}
	_, err = r.Store.Decide(ctx, r.lease, r.verdict(f, i, store.OutcomeExcluded, in.Undone()))
	return err
}
