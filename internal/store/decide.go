package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ponte/internal/record"
)

// A Decision is what was decided about some records: its outcome, and what follows.
type Decision struct {
	Run, Flow string
	Settles   []record.Ref // decided by this; no longer dirty
	Outcome   string
	Reason    string // Portuguese: the rule that decided
	Links     []Link // made or changed
	Unlink    []Link
	Lives     []Life
	Redecide  []record.Ref // to be decided after all
	Plan      []Change     // all that is planned for Settles now; what was planned before is superseded
	Waits     []Wait       // all that Settles wait for now
	Conflicts []Conflict
	Events    []Event
}

// A KeyTakenError says that a change with this key was made or may have been made.
type KeyTakenError struct{ Change Change }

func (e *KeyTakenError) Error() string {
	return fmt.Sprintf("change %s is %s already", e.Change.Key, e.Change.State)
}

// Decide keeps decisions, all or none, and returns the planned changes with their ids.
func (db *DB) Decide(ctx context.Context, l Lease, decisions ...Decision) ([]Change, error) {
	var planned []Change
	err := db.under(ctx, l, "Decide", func(q query) error {
		var tokens []string
		for _, d := range decisions {
			changes, linked, err := decide(q, l, d)
			if err != nil {
				return err
			}
			planned, tokens = append(planned, changes...), append(tokens, linked...)
		}
		return wake(q, l.Account, tokens)
	})
	if err != nil {
		return nil, err
	}
	return planned, nil
}

func decide(q query, l Lease, d Decision) (planned []Change, tokens []string, err error) {
	if err := settleItems(q, l.Account, d); err != nil {
		return nil, nil, err
	}
	if err := dropLinks(q, l.Account, d.Unlink); err != nil {
		return nil, nil, err
	}
	if tokens, err = saveLinks(q, l.Account, d.Links); err != nil {
		return nil, nil, err
	}
	if err := saveLives(q, l.Account, d.Lives); err != nil {
		return nil, nil, err
	}
	if err := supersede(q, l.Account, d); err != nil {
		return nil, nil, err
	}
	for _, c := range d.Plan {
		c, err := plan(q, l, c)
		if err != nil {
			return nil, nil, err
		}
		planned = append(planned, c)
	}
	if err := replaceWaits(q, l.Account, d); err != nil {
		return nil, nil, err
	}
	if err := addConflicts(q, l.Account, d.Conflicts); err != nil {
		return nil, nil, err
	}
	if err := markDirty(q, l.Account, d.Redecide); err != nil {
		return nil, nil, err
	}
	return planned, tokens, addEvents(q, l.Account, d.Events)
}

// settleItems ends dirty marks; a new outcome or reason gets a line of history.
func settleItems(q query, account string, d Decision) error {
	for _, ref := range d.Settles {
		var outcome, reason string
		err := q.one([]any{&outcome, &reason}, `select outcome, reason from items where account = $1 and side = $2 and kind = $3 and id = $4`, account, ref.Side, ref.Kind, ref.ID)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		_, err = q.exec(`update items set dirty = false, outcome = $5, reason = $6, decided_run = $7, decided = $8
			where account = $1 and side = $2 and kind = $3 and id = $4`, account, ref.Side, ref.Kind, ref.ID, d.Outcome, d.Reason, d.Run, nowMillis())
		if err != nil {
			return err
		}
		if outcome != d.Outcome || reason != d.Reason {
			if err := addEvents(q, account, []Event{{Run: d.Run, Ref: ref, What: "decided", Text: d.Reason}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// supersede takes back what was planned for the decided records, or refused and
// left waiting, and is not planned now. What a person asked to be undone stays planned.
func supersede(q query, account string, d Decision) error {
	for _, ref := range d.Settles {
		old, err := list(q, scanChange, `select `+changeColumns+` from changes where account = $1 and source_kind = $2 and source_side = $3 and source_id = $4
			and flow = $5 and (state in ('waiting', 'failed') or state = 'planned' and not undo)`, account, ref.Kind, ref.Side, ref.ID, d.Flow)
		if err != nil {
			return err
		}
		for _, c := range old {
			if slices.ContainsFunc(d.Plan, func(p Change) bool { return p.Key == c.Key }) {
				continue
			}
			if _, err := q.exec(`update changes set state = 'superseded', cause = '', settled = $3 where account = $1 and id = $2`, account, c.ID, nowMillis()); err != nil {
				return err
			}
		}
	}
	return nil
}

// plan puts a change into the ledger, or revives the one with its key.
func plan(q query, l Lease, c Change) (Change, error) {
	c.Account, c.State, c.Epoch = l.Account, Planned, l.Epoch
	was, err := first(q, scanChange, `select `+changeColumns+` from changes where account = $1 and key = $2`, l.Account, c.Key)
	switch {
	case errors.Is(err, ErrNotFound):
		c.ID, err = numbers(q, l.Account, 1)
		if err != nil {
			return c, err
		}
		return c, putChange(q, c)
	case err != nil:
		return c, err
	}
	switch was.State {
	case Done, Sending, Unknown:
		return c, &KeyTakenError{was}
	}
	c.ID, c.Attempts, c.Created = was.ID, was.Attempts, was.Created
	if was.State == Planned {
		c.Cause, c.NotUntil = was.Cause, was.NotUntil
	}
	return c, putChange(q, c)
}
