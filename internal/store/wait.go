package store

import (
	"context"
	"time"

	"ponte/internal/record"
)

func nowMillis() int64 { return millis(time.Now()) }

const waitColumns = `seq, run, flow, kind, side, id, change, auvo, omie, title, cause, about, detail, needs, since, attempts`

// selectWaits reads waits with what a person said about them.
const selectWaits = `select w.seq, w.run, w.flow, w.kind, w.side, w.id, w.change, w.auvo, w.omie, w.title, w.cause, w.about, w.detail, w.needs, w.since, w.attempts,
	coalesce(i.until, 0), coalesce(i.why, ''), coalesce(i.by_whom, '') ` + fromWaits

// fromWaits are waits, each with the ignore that is about it.
const fromWaits = `from waits w
	left join ignores i on i.account = w.account and i.kind = w.kind and i.side = w.side and i.id = w.id and i.flow = w.flow and i.cause = w.cause and i.about = w.about `

type waitRow struct {
	Wait
	seq, change int64
}

func scanWait(r row) (waitRow, error) {
	var w waitRow
	var detail, needs string
	var since, ignored int64
	err := r.Scan(&w.seq, &w.Run, &w.Flow, &w.Ref.Kind, &w.Ref.Side, &w.Ref.ID, &w.change, &w.Auvo, &w.Omie, &w.Title, &w.Cause, &w.About, &detail, &needs,
		&since, &w.Attempts, &ignored, &w.Why, &w.By)
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
	return list(q, scanWait, selectWaits+`where w.account = $1 and w.kind = $2 and w.side = $3 and w.id = $4 order by w.seq`, account, ref.Kind, ref.Side, ref.ID)
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
		account, seq, w.Run, w.Flow, w.Ref.Kind, w.Ref.Side, w.Ref.ID, change, w.Auvo, w.Omie, w.Title, w.Cause, w.About,
		encode(w.Detail), encode(w.Needs), orNow(w.Since), w.Attempts,
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
// the same cause keeps since when, how often, and the run that found it.
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
		w.Run = d.Run
		if was, ok := old[w.Ref][w.Cause]; ok {
			w.Since, w.Attempts, w.Run = was.Since, max(w.Attempts, was.Attempts), was.Run
		}
		if err := addWait(q, account, w, 0); err != nil {
			return err
		}
	}
	for _, ref := range d.Settles {
		if err := endOutdated(q, account, d.Run, ref); err != nil {
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
		w.Run = s.Change.Run
		for _, was := range rows {
			if was.Cause == w.Cause && was.change == s.Change.ID {
				w.Since, w.Run = was.Since, was.Run
			}
		}
		if err := addWait(q, account, w, s.Change.ID); err != nil {
			return err
		}
	}
	if len(s.Waits) == 0 {
		return nil
	}
	return endOutdated(q, account, s.Change.Run, s.Change.Source)
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
	return plain(list(db.ask(ctx), scanWait, selectWaits+`where w.account = $1 order by w.since, w.seq`, account))
}

// WaitsOf returns what a record waits for.
func (db *DB) WaitsOf(ctx context.Context, account string, ref record.Ref) ([]Wait, error) {
	return plain(waitsOf(db.ask(ctx), account, ref))
}

// RunWaits returns what a run left waiting and still waits: what it found first,
// decided last, or could not write.
func (db *DB) RunWaits(ctx context.Context, account, run string) ([]Wait, error) {
	return plain(list(db.ask(ctx), scanWait, selectWaits+`where w.account = $1 and (w.run = $2
		or exists (select 1 from items t where t.account = w.account and t.kind = w.kind and t.side = w.side and t.id = w.id and t.decided_run = $2)
		or exists (select 1 from changes c where c.account = w.account and c.source_kind = w.kind and c.source_side = w.side and c.source_id = w.id and c.run = $2))
		order by w.since, w.seq`, account, run))
}

// RetryWaits has records decided again, ignored ones too, which show again; a
// refused update is planned anew.
func (db *DB) RetryWaits(ctx context.Context, l Lease, refs []record.Ref, events ...Event) error {
	return db.under(ctx, l, "RetryWaits", func(q query) error {
		for _, ref := range refs {
			_, err := q.exec(`update changes set state = 'superseded', settled = $5 where account = $1 and source_kind = $2 and source_side = $3 and source_id = $4
				and state in ('waiting', 'failed') and action <> 'create'`, l.Account, ref.Kind, ref.Side, ref.ID, nowMillis())
			if err != nil {
				return err
			}
			if err := dropIgnores(q, l.Account, ref); err != nil {
				return err
			}
		}
		if err := addEvents(q, l.Account, events); err != nil {
			return err
		}
		return markDirty(q, l.Account, refs)
	})
}
