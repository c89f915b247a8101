package store

import (
	"context"
	"fmt"
	"time"

	"ponte/internal/record"
)

const changeColumns = `id, key, run, flow, kind, source_kind, source_side, source_id, auvo, omie, title, action, target, code,
	fields, doc, reason, state, cause, said, answer, attempts, not_until, epoch, created, sent, settled`

func scanChange(r row) (Change, error) {
	var c Change
	var fields, doc string
	var notUntil, created, sent, settled int64
	err := r.Scan(&c.Account, &c.ID, &c.Key, &c.Run, &c.Flow, &c.Kind, &c.Source.Kind, &c.Source.Side, &c.Source.ID, &c.Auvo, &c.Omie,
		&c.Title, &c.Action, &c.To, &c.Code, &fields, &doc, &c.Reason, &c.State, &c.Cause, &c.Text, &c.Answer, &c.Attempts,
		&notUntil, &c.Epoch, &created, &sent, &settled)
	if err != nil {
		return Change{}, err
	}
	c.NotUntil, c.Created, c.Sent, c.Settled = instant(notUntil), instant(created), instant(sent), instant(settled)
	if err := decode(fields, &c.Fields); err != nil {
		return Change{}, err
	}
	return c, decode(doc, &c.Order)
}

func changeValues(c Change) []any {
	doc := ""
	if c.Order != nil {
		doc = encode(c.Order)
	}
	return []any{c.Account, c.ID, c.Key, c.Run, c.Flow, c.Kind, c.Source.Kind, c.Source.Side, c.Source.ID, c.Auvo, c.Omie,
		c.Title, c.Action, c.To, c.Code, encode(c.Fields), doc, c.Reason, c.State, c.Cause, c.Text, c.Answer, c.Attempts,
		c.NotUntil, c.Epoch, c.Created, c.Sent, c.Settled}
}

// putChange writes a change whole. Its id, key and time of creation are forever.
func putChange(q query, c Change) error {
	return q.insert("changes", "account, "+changeColumns, `on conflict (account, id) do update set run = excluded.run,
		flow = excluded.flow, kind = excluded.kind, source_kind = excluded.source_kind, source_side = excluded.source_side,
		source_id = excluded.source_id, auvo = excluded.auvo, omie = excluded.omie, title = excluded.title, action = excluded.action,
		target = excluded.target, code = excluded.code, fields = excluded.fields, doc = excluded.doc, reason = excluded.reason,
		state = excluded.state, cause = excluded.cause, said = excluded.said, answer = excluded.answer, attempts = excluded.attempts,
		not_until = excluded.not_until, epoch = excluded.epoch, sent = excluded.sent, settled = excluded.settled`, [][]any{changeValues(c)})
}

// changes answers a question about the ledger, oldest change first; where may use $2 and up.
func changes(q query, account, where string, args ...any) ([]Change, error) {
	return list(q, scanChange, `select account, `+changeColumns+` from changes where account = $1 and `+where+` order by id`,
		append([]any{account}, args...)...)
}

func findChange(q query, account, where string, args ...any) (Change, error) {
	found, err := changes(q, account, where, args...)
	if err != nil {
		return Change{}, err
	}
	if len(found) == 0 {
		return Change{}, ErrNotFound
	}
	return found[0], nil
}

// Planned returns a flow's changes that are still to be made, oldest first; of all flows for "".
func (db *DB) Planned(ctx context.Context, account, flow string) ([]Change, error) {
	return changes(db.ask(ctx), account, `state = 'planned' and (flow = $2 or cast($2 as text) = '')`, flow)
}

// Unsettled returns the changes that were sent and whose outcome nobody knows.
func (db *DB) Unsettled(ctx context.Context, account string) ([]Change, error) {
	return changes(db.ask(ctx), account, `state in ('sending', 'unknown')`)
}

// Change returns a change by its number, or ErrNotFound.
func (db *DB) Change(ctx context.Context, account string, id int64) (Change, error) {
	return findChange(db.ask(ctx), account, `id = $2`, id)
}

// ChangeByKey returns a change by its key, or ErrNotFound.
func (db *DB) ChangeByKey(ctx context.Context, account, key string) (Change, error) {
	return findChange(db.ask(ctx), account, `key = $2`, key)
}

// ChangesByCode returns the changes whose integration code begins with
// prefix: a document and the ones made again after it (R1, R2…).
func (db *DB) ChangesByCode(ctx context.Context, account, prefix string) ([]Change, error) {
	return changes(db.ask(ctx), account, `code <> '' and substr(code, 1, length(cast($2 as text))) = $2`, prefix)
}

// ChangesOf returns the changes in any state that a record's decisions made,
// or that write the record itself.
func (db *DB) ChangesOf(ctx context.Context, account string, ref record.Ref) ([]Change, error) {
	own := `kind = $2 and auvo = $4`
	if ref.Side == record.Omie {
		own = `kind = $2 and omie = $4`
	}
	return changes(db.ask(ctx), account, `((source_kind = $2 and source_side = $3 and source_id = $4) or (`+own+`))`,
		ref.Kind, ref.Side, ref.ID)
}

// CountDone returns how many changes with this action were made, of the given kinds or of all.
func (db *DB) CountDone(ctx context.Context, account, action string, kinds ...record.Kind) (int, error) {
	question, args := `select count(*) from changes where account = $1 and state = 'done' and action = $2`, []any{account, action}
	if len(kinds) > 0 {
		question, args = question+` and kind in `+tuple(3, len(kinds)), append(args, anys(kinds)...)
	}
	n, err := db.ask(ctx).number(question, args...)
	return int(n), err
}

// Send records that a change is about to be made, right before the vendor is
// called: whoever dies behind this line leaves a change that is looked up
// before it is made again (P1). Only a planned, unknown or waiting one can be sent.
func (db *DB) Send(ctx context.Context, l Lease, id int64, at time.Time) (Change, error) {
	var c Change
	err := db.under(ctx, l, "Send", func(q query) error {
		n, err := q.exec(`update changes set state = 'sending', attempts = attempts + 1, epoch = $3, sent = $4
			where account = $1 and id = $2 and state in ('planned', 'unknown', 'waiting')`, l.Account, id, l.Epoch, at)
		if err != nil {
			return err
		}
		if c, err = findChange(q, l.Account, `id = $2`, id); err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("change %d cannot be sent: it is %s", id, c.State)
		}
		return nil
	})
	if err != nil {
		return Change{}, err
	}
	return c, nil
}
