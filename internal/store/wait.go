package store

import (
	"context"
	"slices"
	"time"

	"ponte/internal/record"
)

const waitColumns = `flow, kind, side, id, auvo, omie, title, cause, detail, needs, since, attempts, ignored, why`

func scanWait(r row) (Wait, error) {
	var w Wait
	var detail, needs string
	var since, ignored int64
	err := r.Scan(&w.Flow, &w.Ref.Kind, &w.Ref.Side, &w.Ref.ID, &w.Auvo, &w.Omie, &w.Title, &w.Cause, &detail, &needs,
		&since, &w.Attempts, &ignored, &w.Why)
	if err != nil {
		return Wait{}, err
	}
	w.Since, w.Ignored = instant(since), instant(ignored)
	if err := decode(detail, &w.Detail); err != nil {
		return Wait{}, err
	}
	return w, decode(needs, &w.Needs)
}

// waits answers a question about what waits, newest last; where may use $2 and up.
func waits(q query, account, where string, args ...any) ([]Wait, error) {
	return list(q, scanWait, `select `+waitColumns+` from waits where account = $1 and `+where+` order by since, seq`,
		append([]any{account}, args...)...)
}

const waitOfRef = `kind = $2 and side = $3 and id = $4`

// Waits returns what waits for a person, newest last, with what is ignored.
func (db *DB) Waits(ctx context.Context, account string) ([]Wait, error) {
	return waits(db.ask(ctx), account, `seq > 0`)
}

// WaitsOf returns what of one record waits.
func (db *DB) WaitsOf(ctx context.Context, account string, ref record.Ref) ([]Wait, error) {
	return waits(db.ask(ctx), account, waitOfRef, ref.Kind, ref.Side, ref.ID)
}

// SetIgnored takes records' waits out of sight until then, with the reason
// that a person gave; the zero time brings them back.
func (db *DB) SetIgnored(ctx context.Context, l Lease, refs []record.Ref, until time.Time, why string) error {
	return db.under(ctx, l, "SetIgnored", func(q query) error {
		for _, r := range refs {
			_, err := q.exec(`update waits set ignored = $5, why = $6 where account = $1 and `+waitOfRef, l.Account, r.Kind, r.Side, r.ID, until, why)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// RetryWaits has records decided again. Their waiting changes are superseded,
// but not creates: their keys exist once, and the new decision plans them again.
func (db *DB) RetryWaits(ctx context.Context, l Lease, refs []record.Ref) error {
	return db.under(ctx, l, "RetryWaits", func(q query) error {
		for _, r := range refs {
			_, err := q.exec(`update changes set state = 'superseded', settled = $5 where account = $1 and source_kind = $2 and source_side = $3
				and source_id = $4 and state = 'waiting' and action <> 'create'`, l.Account, r.Kind, r.Side, r.ID, time.Now())
			if err != nil {
				return err
			}
		}
		return redecide(q, l.Account, refs)
	})
}

// replaceWaits puts a decision's waits in the place of its records' waits in its flow.
func replaceWaits(q query, account string, d Decision) error {
	var old []Wait
	for _, r := range d.Settles {
		gone, err := takeWaits(q, account, waitOfRef+` and flow = $5`, r.Kind, r.Side, r.ID, d.Flow)
		if err != nil {
			return err
		}
		old = append(old, gone...)
	}
	for _, w := range d.Waits {
		w.Flow = orText(w.Flow, d.Flow)
		if w.Ref.ID == "" && len(d.Settles) > 0 {
			w.Ref = d.Settles[0]
		}
		if err := addWait(q, account, 0, aged(w, old, d.At)); err != nil {
			return err
		}
	}
	return nil
}

// changeWaits puts a settlement's waits in the place of those that earlier
// settlements of the change made, and of its source's with the same cause.
func changeWaits(q query, account string, s Settlement) error {
	c := s.Change
	old, err := takeWaits(q, account, `change = $2`, c.ID)
	if err != nil {
		return err
	}
	for _, w := range s.Waits {
		w.Flow = orText(w.Flow, c.Flow)
		if w.Ref.ID == "" {
			w.Ref = c.Source
		}
		same, err := takeWaits(q, account, waitOfRef+` and flow = $5 and cause = $6`, w.Ref.Kind, w.Ref.Side, w.Ref.ID, w.Flow, w.Cause)
		if err != nil {
			return err
		}
		if err := addWait(q, account, c.ID, aged(w, append(old, same...), s.At)); err != nil {
			return err
		}
	}
	return nil
}

// takeWaits removes waits and returns them.
func takeWaits(q query, account, where string, args ...any) ([]Wait, error) {
	old, err := waits(q, account, where, args...)
	if err != nil || len(old) == 0 {
		return nil, err
	}
	args = append([]any{account}, args...)
	_, err = q.exec(`delete from wait_needs where account = $1 and wait in (select seq from waits where account = $1 and `+where+`)`, args...)
	if err != nil {
		return nil, err
	}
	_, err = q.exec(`delete from waits where account = $1 and `+where, args...)
	return old, err
}

// aged gives a wait the age, the attempts and the rest of one with its cause.
func aged(w Wait, old []Wait, at time.Time) Wait {
	i := slices.IndexFunc(old, func(o Wait) bool { return o.Ref == w.Ref && o.Cause == w.Cause })
	if i < 0 {
		if w.Since.IsZero() {
			w.Since = at
		}
		return w
	}
	w.Since, w.Attempts = old[i].Since, max(w.Attempts, old[i].Attempts)
	w.Ignored, w.Why = old[i].Ignored, old[i].Why
	return w
}

// addWait stores a wait, made by the settlement of change (0: by a decision).
func addWait(q query, account string, change int64, w Wait) error {
	seq, err := numbers(q, account, 1)
	if err != nil {
		return err
	}
	slices.Sort(w.Needs)
	w.Needs = slices.Compact(w.Needs)
	err = q.insert("waits", "account, seq, change, "+waitColumns, "", [][]any{{account, seq, change, w.Flow, w.Ref.Kind, w.Ref.Side, w.Ref.ID,
		w.Auvo, w.Omie, w.Title, w.Cause, encode(w.Detail), encode(w.Needs), w.Since, w.Attempts, w.Ignored, w.Why}})
	if err != nil {
		return err
	}
	needs := make([][]any, 0, len(w.Needs))
	for _, token := range w.Needs {
		needs = append(needs, []any{account, token, seq, w.Ref.Kind, w.Ref.Side, w.Ref.ID})
	}
	return q.insert("wait_needs", "account, token, wait, kind, side, id", "", needs)
}
