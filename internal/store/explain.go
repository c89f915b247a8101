package store

import (
	"context"
	"time"

	"ponte/internal/record"
)

const eventColumns = `at, run, kind, side, id, what, said, detail`

func scanEvent(r row) (Event, error) {
	var e Event
	var at int64
	var detail string
	err := r.Scan(&at, &e.Run, &e.Ref.Kind, &e.Ref.Side, &e.Ref.ID, &e.What, &e.Text, &detail)
	e.At = instant(at)
	if detail != "" {
		e.Detail = []byte(detail)
	}
	return e, err
}

// AddEvents adds lines to records' histories (P11).
func (db *DB) AddEvents(ctx context.Context, l Lease, events ...Event) error {
	return db.under(ctx, l, "AddEvents", func(q query) error { return addEvents(q, l.Account, events) })
}

// Events returns a record's history, oldest line first.
func (db *DB) Events(ctx context.Context, account string, ref record.Ref) ([]Event, error) {
	return list(db.ask(ctx), scanEvent, `select `+eventColumns+` from events
		where account = $1 and kind = $2 and side = $3 and id = $4 order by seq`, account, ref.Kind, ref.Side, ref.ID)
}

func addEvents(q query, account string, events []Event) error {
	if len(events) == 0 {
		return nil
	}
	next, err := numbers(q, account, len(events))
	if err != nil {
		return err
	}
	rows := make([][]any, len(events))
	for i, e := range events {
		rows[i] = []any{account, next + int64(i), orNow(e.At), e.Run, e.Ref.Kind, e.Ref.Side, e.Ref.ID, e.What, e.Text, e.Detail}
	}
	return q.insert("events", "account, seq, "+eventColumns, "", rows)
}

// dated gives events the run and the time of what they are part of, where they lack them.
func dated(events []Event, run string, at time.Time) []Event {
	out := make([]Event, len(events))
	for i, e := range events {
		e.Run = orText(e.Run, run)
		if e.At.IsZero() {
			e.At = at
		}
		out[i] = e
	}
	return out
}

const conflictColumns = `at, run, kind, auvo, omie, field, base, in_auvo, in_omie, settled, settled_by`

func scanConflict(r row) (Conflict, error) {
	var c Conflict
	var at int64
	err := r.Scan(&at, &c.Run, &c.Kind, &c.Auvo, &c.Omie, &c.Field, &c.Base, &c.InAuvo, &c.InOmie, &c.Settled, &c.By)
	c.At = instant(at)
	return c, err
}

// Conflicts returns the conflicts that a record ever had, oldest first (P4).
func (db *DB) Conflicts(ctx context.Context, account string, kind record.Kind, side record.Side, id string) ([]Conflict, error) {
	where := `auvo = $3`
	if side == record.Omie {
		where = `omie = $3`
	}
	return list(db.ask(ctx), scanConflict, `select `+conflictColumns+` from conflicts where account = $1 and kind = $2 and `+where+` order by seq`,
		account, kind, id)
}

func addConflicts(q query, account string, d Decision) error {
	if len(d.Conflicts) == 0 {
		return nil
	}
	next, err := numbers(q, account, len(d.Conflicts))
	if err != nil {
		return err
	}
	rows := make([][]any, len(d.Conflicts))
	for i, c := range d.Conflicts {
		if c.At.IsZero() {
			c.At = d.At
		}
		rows[i] = []any{account, next + int64(i), c.At, orText(c.Run, d.Run), c.Kind, c.Auvo, c.Omie, c.Field, c.Base, c.InAuvo, c.InOmie, c.Settled, c.By}
	}
	return q.insert("conflicts", "account, seq, "+conflictColumns, "", rows)
}
