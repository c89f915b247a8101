package store

import (
	"context"
	"time"

	"ponte/internal/record"
)

func nowMillis() int64 { return millis(time.Now()) }

const waitColumns = `seq, flow, kind, side, id, change, auvo, omie, title, cause, detail, needs, since, attempts, ignored, why`

type waitRow struct {
	Wait
	seq, change int64
}

func scanWait(r row) (waitRow, error) {
	var w waitRow
	var detail, needs string
	var since, ignored int64
	err := r.Scan(&w.seq, &w.Flow, &w.Ref.Kind, &w.Ref.Side, &w.Ref.ID, &w.change, &w.Auvo, &w.Omie, &w.Title, &w.Cause, &detail, &needs, &since, &w.Attempts, &ignored, &w.Why)
	if err != nil {
		return w, err
	}
	w.Since, w.Ignored = instant(since), instant(ignored)
	if err := decode(detail, &w.Detail); err != nil {
		return w, err
	}
	return w, decode(needs, &w.Needs)
}

func waitsOf(q query, account string, ref record.Ref) ([]waitRow, error) {
	return list(q, scanWait, `select `+waitColumns+` from waits where account = $1 and kind = $2 and side = $3 and id = $4 order by seq`, account, ref.Kind, ref.Side, ref.ID)
}

func dropWait(q query, account string, w waitRow) error {
	if _, err := q.exec(`delete from wait_needs where account = $1 and wait = $2`, account, w.seq); err != nil {
		return err
	}
	_, err := q.exec(`delete from waits where account = $1 and seq = $2`, account, w.seq)
	return err
}

func addWait(q query, account string, w Wait, change int64) error {
	seq, err := numbers(q, account, 1)
	if err != nil {
		return err
	}
	err = q.insert("waits", "account, "+waitColumns, "", [][]any{{
		account, seq, w.Flow, w.Ref.Kind, w.Ref.Side, w.Ref.ID, change, w.Auvo, w.Omie, w.Title, w.Cause,
		encode(w.Detail), encode(w.Needs), orNow(w.Since), w.Attempts, w.Ignored, w.Why,
	}})
	if err != nil {
		return err
	}
	var needs [][]any
	for _, t := range w.Needs {
		needs = append(needs, []any{account, t, seq, w.Ref.Kind, w.Ref.Side, w.Ref.ID})
	}
	return q.insert("wait_needs", "account, token, wait, kind, side, id", "on conflict do nothing", needs)
}

// replaceWaits gives the decided records exactly the decision's waits; one of
// the same cause keeps since when, how often, and whether it is ignored.
func replaceWaits(q query, account string, d Decision) error {
	old := map[record.Ref]map[string]waitRow{}
	for _, ref := range d.Settles {
		rows, err := waitsOf(q, account, ref)
		if err != nil {
			return err
		}
		old[ref] = map[string]waitRow{}
		for _, w := range rows {
			if w.Flow != d.Flow {
				continue
			}
			old[ref][w.Cause] = w
			if err := dropWait(q, account, w); err != nil {
				return err
			}
		}
	}
	for _, w := range d.Waits {
		if was, ok := old[w.Ref][w.Cause]; ok {
			w.Since, w.Attempts, w.Ignored, w.Why = was.Since, max(w.Attempts, was.Attempts), was.Ignored, was.Why
		}
		if err := addWait(q, account, w, 0); err != nil {
			return err
		}
	}
	return nil
}

// changeWaits adds the waits that a change's settlement makes, and ends those
// that it made before.
func changeWaits(q query, account string, s Settlement) error {
	rows, err := waitsOf(q, account, s.Change.Source)
	if err != nil {
		return err
	}
	for _, w := range rows {
		if w.change == s.Change.ID && (s.ClearCauses || len(s.Waits) > 0) {
			if err := dropWait(q, account, w); err != nil {
				return err
			}
		}
	}
	for _, w := range s.Waits {
		for _, was := range rows {
			if was.Cause == w.Cause && was.change == s.Change.ID {
				w.Since, w.Ignored, w.Why = was.Since, was.Ignored, was.Why
			}
		}
		if err := addWait(q, account, w, s.Change.ID); err != nil {
			return err
		}
	}
	return nil
}

func plain(rows []waitRow, err error) ([]Wait, error) {
	out := make([]Wait, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.Wait)
	}
	return out, err
}

// Waits returns all that waits, ignored ones included, newest last.
func (db *DB) Waits(ctx context.Context, account string) ([]Wait, error) {
	return plain(list(db.ask(ctx), scanWait, `select `+waitColumns+` from waits where account = $1 order by since, seq`, account))
}

// WaitsOf returns what a record waits for.
func (db *DB) WaitsOf(ctx context.Context, account string, ref record.Ref) ([]Wait, error) {
	return plain(waitsOf(db.ask(ctx), account, ref))
}

// SetIgnored keeps records out of sight until an instant, with a reason.
func (db *DB) SetIgnored(ctx context.Context, l Lease, refs []record.Ref, until time.Time, why string) error {
	return db.under(ctx, l, "SetIgnored", func(q query) error {
		for _, ref := range refs {
			if _, err := q.exec(`update waits set ignored = $5, why = $6 where account = $1 and kind = $2 and side = $3 and id = $4`,
				l.Account, ref.Kind, ref.Side, ref.ID, until, why); err != nil {
				return err
			}
		}
		return nil
	})
}

// RetryWaits has records decided again; a refused update is planned anew.
func (db *DB) RetryWaits(ctx context.Context, l Lease, refs []record.Ref) error {
	return db.under(ctx, l, "RetryWaits", func(q query) error {
		for _, ref := range refs {
			_, err := q.exec(`update changes set state = 'superseded', settled = $5 where account = $1 and source_kind = $2 and source_side = $3 and source_id = $4
				and state in ('waiting', 'failed') and action <> 'create'`, l.Account, ref.Kind, ref.Side, ref.ID, nowMillis())
			if err != nil {
				return err
			}
		}
		return markDirty(q, l.Account, refs)
	})
}
