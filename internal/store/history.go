package store

import (
	"context"
	"errors"
	"strings"

	"ponte/internal/record"
)

func addConflicts(q query, account string, conflicts []Conflict) error {
	if len(conflicts) == 0 {
		return nil
	}
	next, err := numbers(q, account, len(conflicts))
	if err != nil {
		return err
	}
	var rows [][]any
	for i, c := range conflicts {
		rows = append(rows, []any{account, next + int64(i), orNow(c.At), c.Run, c.Kind, c.Auvo, c.Omie, c.Field, c.Base, c.InAuvo, c.InOmie, c.Settled, c.By})
	}
	return q.insert("conflicts", "account, seq, at, run, kind, auvo, omie, field, base, in_auvo, in_omie, settled, settled_by", "", rows)
}

func scanConflict(r row) (Conflict, error) {
	var c Conflict
	var at int64
	err := r.Scan(&at, &c.Run, &c.Kind, &c.Auvo, &c.Omie, &c.Field, &c.Base, &c.InAuvo, &c.InOmie, &c.Settled, &c.By)
	c.At = instant(at)
	return c, err
}

// Conflicts returns a record's conflicts, oldest first.
func (db *DB) Conflicts(ctx context.Context, account string, kind record.Kind, side record.Side, id string) ([]Conflict, error) {
	column := "omie"
	if side == record.Auvo {
		column = "auvo"
	}
	return list(db.ask(ctx), scanConflict, `select at, run, kind, auvo, omie, field, base, in_auvo, in_omie, settled, settled_by
		from conflicts where account = $1 and kind = $2 and `+column+` = $3 order by seq`, account, kind, id)
}

func addEvents(q query, account string, events []Event) error {
	if len(events) == 0 {
		return nil
	}
	next, err := numbers(q, account, len(events))
	if err != nil {
		return err
	}
	var rows [][]any
	for i, e := range events {
		rows = append(rows, []any{account, next + int64(i), orNow(e.At), e.Run, e.Ref.Kind, e.Ref.Side, e.Ref.ID, e.What, e.Text, e.Detail})
	}
	return q.insert("events", "account, seq, at, run, kind, side, id, what, said, detail", "", rows)
}

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

const eventColumns = `at, run, kind, side, id, what, said, detail`

// AddEvents adds lines of history.
func (db *DB) AddEvents(ctx context.Context, l Lease, events ...Event) error {
	return db.under(ctx, l, "AddEvents", func(q query) error { return addEvents(q, l.Account, events) })
}

// Events returns a record's history, oldest first.
func (db *DB) Events(ctx context.Context, account string, ref record.Ref) ([]Event, error) {
	return list(db.ask(ctx), scanEvent, `select `+eventColumns+` from events where account = $1 and kind = $2 and side = $3 and id = $4 order by seq`,
		account, ref.Kind, ref.Side, ref.ID)
}

// RunEvents returns a run's lines of history of one sort, oldest first.
func (db *DB) RunEvents(ctx context.Context, account, run, what string) ([]Event, error) {
	return list(db.ask(ctx), scanEvent, `select `+eventColumns+` from events where account = $1 and run = $2 and what = $3 order by seq`, account, run, what)
}

// Search returns up to n items that a text names: an id, a CPF/CNPJ, a SKU,
// another key, or else words of the title. It reads indexes alone until it knows
// which items they are: a catalogue is large, and a person waits.
func (db *DB) Search(ctx context.Context, account, what string, n int) ([]record.Item, error) {
	q, what := db.ask(ctx), strings.TrimSpace(what)
	refs, err := list(q, scanRef, `select kind, side, id from items where account = $1 and side in ('auvo', 'omie') and kind in `+tuple(3, len(record.Kinds))+` and id = $2`,
		append([]any{account, what}, anys(record.Kinds)...)...)
	if err != nil {
		return nil, err
	}
	keyed, err := list(q, scanRef, `select distinct kind, side, id from item_keys where account = $1 and value in ($2, $3) order by kind, side, id limit $4`,
		account, what, record.TaxID(what), n)
	if err != nil {
		return nil, err
	}
	if refs = append(refs, keyed...); len(refs) == 0 {
		if refs, err = titled(q, account, what, n); err != nil {
			return nil, err
		}
	}
	return itemsOf(q, account, refs, n)
}

// titled finds the items whose title has all the words, by title.
func titled(q query, account, what string, n int) ([]record.Ref, error) {
	text, args := titledLike(what, []any{account, n})
	if text == "" {
		return nil, nil
	}
	return list(q, scanRef, `select kind, side, id from items where account = $1`+text+` order by folded limit $2`, args...)
}

// likely escapes what means something in a pattern of like.
var likely = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// titledLike is the condition that a folded title has every word of a text, after more
// arguments; "" when the text has no word.
func titledLike(what string, args []any) (string, []any) {
	text := ""
	for _, w := range strings.Fields(record.Fold(what)) {
		args = append(args, "%"+likely.Replace(w)+"%")
		text += ` and folded like ` + dollar(len(args)) + ` escape '\'`
	}
	return text, args
}

// itemsOf are up to n items, in the order of their refs, each once.
func itemsOf(q query, account string, refs []record.Ref, n int) ([]record.Item, error) {
	var items []record.Item
	seen := map[record.Ref]bool{}
	for _, ref := range refs {
		if seen[ref] || len(items) == n {
			continue
		}
		seen[ref] = true
		it, err := findItem(q, account, ref)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, nil
}

func dollar(n int) string { return strings.Trim(tuple(n, 1), "()") }

func scanHeld(r row) (Held, error) {
	var h Held
	var since int64
	var ids string
	err := r.Scan(&h.Flow, &h.Brake, &h.Plan, &h.Count, &ids, &since, &h.Release)
	h.Since = instant(since)
	return h, errors.Join(err, decode(ids, &h.Changes))
}

// Holds returns the plans that brakes hold, released ones included until they go.
func (db *DB) Holds(ctx context.Context, account string) ([]Held, error) {
	return list(db.ask(ctx), scanHeld, `select flow, brake, plan, size, change_ids, since, released_by from holds where account = $1 order by flow, brake`, account)
}

// SaveHold keeps a held plan; another one of the same flow and brake is replaced, its release with it.
func (db *DB) SaveHold(ctx context.Context, l Lease, h Held) error {
	return db.under(ctx, l, "SaveHold", func(q query) error {
		_, err := q.exec(`insert into holds (account, flow, brake, plan, size, change_ids, since, released_by) values ($1, $2, $3, $4, $5, $6, $7, $8)
			on conflict (account, flow, brake) do update set size = excluded.size, change_ids = excluded.change_ids,
				since = case when holds.plan = excluded.plan then holds.since else excluded.since end,
				released_by = case when holds.plan = excluded.plan then holds.released_by else '' end, plan = excluded.plan`,
			l.Account, h.Flow, h.Brake, h.Plan, h.Count, encode(h.Changes), orNow(h.Since), h.Release)
		return err
	})
}

// DropHold forgets a held plan.
func (db *DB) DropHold(ctx context.Context, l Lease, flow, brake string) error {
	return db.under(ctx, l, "DropHold", func(q query) error {
		_, err := q.exec(`delete from holds where account = $1 and flow = $2 and brake = $3`, l.Account, flow, brake)
		return err
	})
}

// ReleaseHold lets a flow's held plans go, and returns how many changes that are.
func (db *DB) ReleaseHold(ctx context.Context, l Lease, flow, by string) (int, error) {
	n := int64(0)
	err := db.under(ctx, l, "ReleaseHold", func(q query) error {
		var err error
		if n, err = q.number(`select coalesce(sum(size), 0) from holds where account = $1 and flow = $2 and released_by = ''`, l.Account, flow); err != nil {
			return err
		}
		_, err = q.exec(`update holds set released_by = $3 where account = $1 and flow = $2 and released_by = ''`, l.Account, flow, by)
		return err
	})
	return int(n), err
}
