package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ponte/internal/record"
)

// A Decision is what was decided about some records, usually one.
type Decision struct {
	Run       string
	Flow      string
	Settles   []record.Ref // the records that are decided by it: no longer dirty
	Outcome   string
	Reason    string // the rule that decided, in Portuguese
	Links     []Link
	Unlink    []Link
	Plan      []Change
	Waits     []Wait
	Conflicts []Conflict
	Events    []Event
	At        time.Time // zero: now
}

// A KeyTakenError says that a planned change has the key of one that was made,
// or may have been: it must not be made again (P1).
type KeyTakenError struct{ Change Change }

func (e *KeyTakenError) Error() string {
	return fmt.Sprintf("change %d under key %s is %s already", e.Change.ID, e.Change.Key, e.Change.State)
}

// Decide writes decisions, all or none, and returns the planned changes with
// their numbers. What each does to its records:
//
//   - They are no longer dirty, and keep outcome and reason. History gets a
//     line when either differs from before.
//   - Links are made or changed by their Auvo record; a new one wakes what waits for it.
//   - Their planned changes that the plan does not have are superseded. A key
//     of the plan that the ledger has already is replaced (planned), or planned
//     again with its attempts (waiting, failed, superseded); any other state is
//     a *KeyTakenError and nothing is written.
//   - Their waits in the flow are replaced. One with the same cause keeps its
//     age, attempts and whether it is ignored.
func (db *DB) Decide(ctx context.Context, l Lease, decisions ...Decision) ([]Change, error) {
	var planned []Change
	err := db.under(ctx, l, "Decide", func(q query) error {
		var tokens []string
		for _, d := range decisions {
			d.At = orNow(d.At)
			changes, woken, err := decideOne(q, l, d)
			if err != nil {
				return err
			}
			planned, tokens = append(planned, changes...), append(tokens, woken...)
		}
		// Last, so that a link of one decision wakes what another left waiting.
		return wake(q, l.Account, tokens)
	})
	if err != nil {
		return nil, err
	}
	return planned, nil
}

func decideOne(q query, l Lease, d Decision) (planned []Change, tokens []string, err error) {
	decided, err := settleRefs(q, l.Account, d)
	if err != nil {
		return nil, nil, err
	}
	if err := dropLinks(q, l.Account, d.Unlink); err != nil {
		return nil, nil, err
	}
	if tokens, err = saveLinks(q, l.Account, d.Links); err != nil {
		return nil, nil, err
	}
	if err := supersede(q, l.Account, d); err != nil {
		return nil, nil, err
	}
	if planned, err = planAll(q, l, d); err != nil {
		return nil, nil, err
	}
	if err := replaceWaits(q, l.Account, d); err != nil {
		return nil, nil, err
	}
	if err := addConflicts(q, l.Account, d); err != nil {
		return nil, nil, err
	}
	return planned, tokens, addEvents(q, l.Account, append(decided, dated(d.Events, d.Run, d.At)...))
}

// settleRefs ends the dirty marks and returns the history of what is decided otherwise than before.
func settleRefs(q query, account string, d Decision) ([]Event, error) {
	var events []Event
	for _, ref := range d.Settles {
		before, err := first(q, scanState, `select dirty, outcome, reason, decided, seen_run, missing from items
			where account = $1 and side = $2 and kind = $3 and id = $4`, account, ref.Side, ref.Kind, ref.ID)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		_, err = q.exec(`update items set dirty = false, outcome = $5, reason = $6, decided_run = $7, decided = $8
			where account = $1 and side = $2 and kind = $3 and id = $4`,
			account, ref.Side, ref.Kind, ref.ID, d.Outcome, d.Reason, d.Run, d.At)
		if err != nil {
			return nil, err
		}
		if before.Outcome != d.Outcome || before.Reason != d.Reason {
			events = append(events, Event{At: d.At, Run: d.Run, Ref: ref, What: "decided", Text: d.Reason,
				Detail: []byte(encode(map[string]string{"flow": d.Flow, "outcome": d.Outcome}))})
		}
	}
	return events, nil
}

// supersede ends the planned changes of the decided records that the new plan lacks.
func supersede(q query, account string, d Decision) error {
	for _, ref := range d.Settles {
		old, err := changes(q, account, `source_kind = $2 and source_side = $3 and source_id = $4 and state = 'planned'`, ref.Kind, ref.Side, ref.ID)
		if err != nil {
			return err
		}
		for _, c := range old {
			if slices.ContainsFunc(d.Plan, func(p Change) bool { return p.Key == c.Key }) {
				continue
			}
			if _, err := q.exec(`update changes set state = 'superseded', settled = $3 where account = $1 and id = $2`, account, c.ID, d.At); err != nil {
				return err
			}
		}
	}
	return nil
}

func planAll(q query, l Lease, d Decision) ([]Change, error) {
	planned := make([]Change, 0, len(d.Plan))
	for _, c := range d.Plan {
		c.Account, c.Epoch, c.State = l.Account, l.Epoch, Planned
		c.Run, c.Flow, c.Created = orText(c.Run, d.Run), orText(c.Flow, d.Flow), d.At
		c, err := planOne(q, c)
		if err != nil {
			return nil, err
		}
		planned = append(planned, c)
	}
	return planned, nil
}

// planOne puts a change into the ledger, in the place of one with its key that nobody may have made yet.
func planOne(q query, c Change) (Change, error) {
	old, err := findChange(q, c.Account, `key = $2`, c.Key)
	switch {
	case errors.Is(err, ErrNotFound):
		if c.ID, err = numbers(q, c.Account, 1); err != nil {
			return Change{}, err
		}
	case err != nil:
		return Change{}, err
	case old.State == Done, old.State == Sending, old.State == Unknown:
		return Change{}, &KeyTakenError{old}
	default:
		c.ID, c.Attempts, c.Created, c.Sent = old.ID, old.Attempts, old.Created, old.Sent
	}
	return c, putChange(q, c)
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
