package engine

import (
	"context"
	"errors"
	"time"

	"ponte/internal/config"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// ForeseeUndo says what an undo will do and what it cannot, by what was last read:
// it calls no vendor and writes nothing.
func ForeseeUndo(ctx context.Context, db *store.DB, a config.Account, scope UndoScope, now func() time.Time) (UndoPlan, error) {
	r, err := storedUndo(ctx, db, a, store.Lease{}, "", now)
	if err != nil {
		return UndoPlan{}, err
	}
	return r.foresee(ctx, scope)
}

// AskUndo plans as ForeseeUndo does, asks agree, and leaves the plan in the ledger
// for the next cycle, as an undo that was cut short. The cycle looks at each record
// again before it takes something of it back, so that what was billed or edited
// since it was read stays (P4, P8).
func AskUndo(ctx context.Context, db *store.DB, a config.Account, lease store.Lease, id string, scope UndoScope, now func() time.Time, agree func(UndoPlan) error) (UndoPlan, error) {
	r, err := storedUndo(ctx, db, a, lease, id, now)
	if err != nil {
		return UndoPlan{}, err
	}
	p, err := r.foresee(ctx, scope)
	if err != nil {
		return p, err
	}
	if err := agree(p); err != nil {
		return p, err
	}
	return p, r.keepUndo(db.WithAct(ctx, scope.Act), p)
}

func storedUndo(ctx context.Context, db *store.DB, a config.Account, lease store.Lease, id string, now func() time.Time) (*run, error) {
	e := &Engine{Store: db, Account: a, Now: now}
	r, err := e.begin(ctx, lease, id, Options{})
	if err != nil {
		return nil, err
	}
	r.stored = true
	return r, nil
}

// foresee is planUndo without what no cycle will come to: what is asked for
// already, and flows that are off.
func (r *run) foresee(ctx context.Context, scope UndoScope) (UndoPlan, error) {
	p, err := r.planUndo(ctx, scope)
	if err != nil {
		return p, err
	}
	changes := p.Changes
	p.Changes = nil
	for _, c := range changes {
		why, err := r.notTaken(ctx, c)
		if err != nil {
			return p, err
		}
		if why != "" {
			p.Kept = append(p.Kept, Kept{c.Source, c.Title, flow.Kept(why, nil)})
			continue
		}
		p.Changes = append(p.Changes, c)
	}
	return p, nil
}

// notTaken is why the next cycle would not take up a planned undo anew; "" it does.
func (r *run) notTaken(ctx context.Context, c store.Change) (string, error) {
	if f, _ := flow.Named(c.Flow); !f.On(r.Account) {
		return "flow-off", nil
	}
	was, err := r.Store.ChangeByKey(ctx, r.Account.ID, c.Key)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	switch was.State {
	case store.Planned, store.Sending, store.Unknown:
		return "asked", err
	case store.Done:
		return "already", err
	}
	return "", err
}

// believe takes records for being as they were last read.
func (r *run) believe(ctx context.Context, side record.Side, kind record.Kind, ids []string) error {
	items, err := r.Store.Items(ctx, r.Account.ID, side, kind, ids)
	if err != nil {
		return err
	}
	gone, err := r.Store.MissingIDs(ctx, r.Account.ID, side, kind)
	if err != nil {
		return err
	}
	for _, id := range ids {
		_, held := items[id]
		r.sights[record.Ref{Kind: kind, Side: side, ID: id}] = sighting{at: r.realNow(), found: held && !gone[id]}
	}
	return nil
}
