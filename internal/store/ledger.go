package store

import (
	"context"
	"fmt"
	"time"

	"ponte/internal/record"
)

const changeColumns = `account, id, key, run, flow, kind, source_kind, source_side, source_id, auvo, omie, title, action, target,
	code, fields, doc, reason, state, cause, said, answer, attempts, not_until, epoch, created, sent, settled, undo`

func scanChange(r row) (Change, error) {
	var c Change
	var fields, doc string
	var notUntil, created, sent, settled int64
	err := r.Scan(&c.Account, &c.ID, &c.Key, &c.Run, &c.Flow, &c.Kind, &c.Source.Kind, &c.Source.Side, &c.Source.ID, &c.Auvo, &c.Omie, &c.Title,
		&c.Action, &c.To, &c.Code, &fields, &doc, &c.Reason, &c.State, &c.Cause, &c.Text, &c.Answer, &c.Attempts, &notUntil, &c.Epoch, &created, &sent, &settled, &c.Undo)
	if err != nil {
		return c, err
	}
	c.NotUntil, c.Created, c.Sent, c.Settled = instant(notUntil), instant(created), instant(sent), instant(settled)
	if err := decode(fields, &c.Fields); err != nil {
		return c, err
	}
	return c, decode(doc, &c.Order)
}

// putChange writes a change whole.
func putChange(q query, c Change) error {
	doc := ""
	if c.Order != nil {
		doc = encode(c.Order)
	}
	return q.insert("changes", changeColumns, `on conflict (account, id) do update set run = excluded.run, flow = excluded.flow, kind = excluded.kind,
		source_kind = excluded.source_kind, source_side = excluded.source_side, source_id = excluded.source_id, auvo = excluded.auvo, omie = excluded.omie,
		title = excluded.title, action = excluded.action, target = excluded.target, code = excluded.code, fields = excluded.fields, doc = excluded.doc,
		reason = excluded.reason, state = excluded.state, cause = excluded.cause, said = excluded.said, answer = excluded.answer, attempts = excluded.attempts,
		not_until = excluded.not_until, epoch = excluded.epoch, sent = excluded.sent, settled = excluded.settled, undo = excluded.undo`,
		[][]any{{
			c.Account, c.ID, c.Key, c.Run, c.Flow, c.Kind, c.Source.Kind, c.Source.Side, c.Source.ID, c.Auvo, c.Omie, c.Title, c.Action, c.To,
			c.Code, encode(c.Fields), doc, c.Reason, c.State, c.Cause, c.Text, c.Answer, c.Attempts, c.NotUntil, c.Epoch, orNow(c.Created), c.Sent, c.Settled, c.Undo,
		}})
}

// Planned returns a flow's planned changes, oldest first.
func (db *DB) Planned(ctx context.Context, account, flow string) ([]Change, error) {
	return list(db.ask(ctx), scanChange, `select `+changeColumns+` from changes where account = $1 and flow = $2 and state = 'planned' order by id`, account, flow)
}

// Unsettled returns the changes that are sending or whose outcome is unknown.
func (db *DB) Unsettled(ctx context.Context, account string) ([]Change, error) {
	return list(db.ask(ctx), scanChange, `select `+changeColumns+` from changes where account = $1 and state in ('sending', 'unknown') order by id`, account)
}

// Change returns one change.
func (db *DB) Change(ctx context.Context, account string, id int64) (Change, error) {
	return first(db.ask(ctx), scanChange, `select `+changeColumns+` from changes where account = $1 and id = $2`, account, id)
}

// ChangeByKey returns the change with a key, or ErrNotFound.
func (db *DB) ChangeByKey(ctx context.Context, account, key string) (Change, error) {
	return first(db.ask(ctx), scanChange, `select `+changeColumns+` from changes where account = $1 and key = $2`, account, key)
}

// ChangesOf returns the changes that a record's decisions planned or that write it, oldest first.
func (db *DB) ChangesOf(ctx context.Context, account string, ref record.Ref) ([]Change, error) {
	column := "omie"
	if ref.Side == record.Auvo {
		column = "auvo"
	}
	return list(db.ask(ctx), scanChange, `select `+changeColumns+` from changes where account = $1 and id in (
		select id from changes where account = $1 and source_kind = $2 and source_side = $3 and source_id = $4
		union select id from changes where account = $1 and kind = $2 and `+column+` = $4) order by id`, account, ref.Kind, ref.Side, ref.ID)
}

// RunChanges returns the changes that a run planned last, oldest first.
func (db *DB) RunChanges(ctx context.Context, account, run string) ([]Change, error) {
	return list(db.ask(ctx), scanChange, `select `+changeColumns+` from changes where account = $1 and run = $2 order by id`, account, run)
}

// CountDone returns how many changes of an action and these kinds were made.
func (db *DB) CountDone(ctx context.Context, account, action string, kinds ...record.Kind) (int, error) {
	if len(kinds) == 0 {
		return 0, nil
	}
	n, err := db.ask(ctx).number(`select count(*) from changes where account = $1 and action = $2 and state = 'done' and kind in `+tuple(3, len(kinds)),
		append([]any{account, action}, anys(kinds)...)...)
	return int(n), err
}

// Send marks a change as being sent; it stands so before the vendor's call (P1).
// Only what is planned is sent: an unclear write is looked up first.
func (db *DB) Send(ctx context.Context, l Lease, id int64, at time.Time) (Change, error) {
	var c Change
	err := db.under(ctx, l, "Send", func(q query) error {
		n, err := q.exec(`update changes set state = 'sending', cause = '', attempts = attempts + 1, sent = $3, epoch = $4
			where account = $1 and id = $2 and state = 'planned'`, l.Account, id, at, l.Epoch)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("change %d is not to be sent", id)
		}
		c, err = first(q, scanChange, `select `+changeColumns+` from changes where account = $1 and id = $2`, l.Account, id)
		return err
	})
	return c, err
}
