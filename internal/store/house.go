package store

import (
	"context"
	"slices"
	"time"

	"ponte/internal/record"
)

// DropRaws drops the payloads of at most n items that are as they are since before an
// instant, and returns how many. Their sums stay, by which an unchanged row is known.
func (db *DB) DropRaws(ctx context.Context, before time.Time, n int) (dropped int, err error) {
	err = db.securely(ctx, func() error {
		return db.change(ctx, "DropRaws", func(q query) error {
			type old struct {
				account string
				ref     record.Ref
			}
			all, err := list(q, func(r row) (o old, err error) {
				err = r.Scan(&o.account, &o.ref.Side, &o.ref.Kind, &o.ref.ID)
				return o, err
			}, `select account, side, kind, id from items where raw_at > 0 and raw_at <= $1 order by account, raw_at limit $2`+db.differ.skip, before, n)
			if err != nil {
				return err
			}
			for _, o := range all {
				k, err := dropRaw(q, o.account, o.ref)
				if err != nil {
					return err
				}
				dropped += k
			}
			return nil
		})
	})
	if err != nil {
		return 0, err
	}
	return dropped, nil
}

func dropRaw(q query, account string, ref record.Ref) (int, error) {
	return q.exec(`update items set raw = '', raw_at = 0 where account = $1 and side = $2 and kind = $3 and id = $4`, account, ref.Side, ref.Kind, ref.ID)
}

// Keep is how long history is kept, from when it was made: before these instants it goes.
type Keep struct {
	Records time.Time // of customers, products and services
	Fiscal  time.Time // of tasks, quotations and documents, and of runs
}

// A forgotten table is one whose old rows go, in the order in which they came.
type forgotten struct {
	table, by, at string
	until         func(Keep) time.Time
	also          string // of which rows; those that do not go are passed over
}

const mirrorKinds = `kind in ('customer', 'product', 'service')`

// forgettable says what goes (docs/lgpd.md). The ledger keeps for good what was made
// under which code, and what was done with documents: by that nothing is made twice (P1).
var forgettable = []forgotten{
	{"events", "seq", "at", func(k Keep) time.Time { return k.Records }, mirrorKinds},
	{"events", "seq", "at", func(k Keep) time.Time { return k.Fiscal }, ""},
	{"conflicts", "seq", "at", func(k Keep) time.Time { return k.Records }, `settled <> '' and ` + mirrorKinds},
	{"conflicts", "seq", "at", func(k Keep) time.Time { return k.Fiscal }, `settled <> ''`},
	{"changes", "id", "created", func(k Keep) time.Time { return k.Records }, `action = 'update' and state in ('done', 'superseded', 'failed') and ` + mirrorKinds},
	{"runs", "seq", "started", func(k Keep) time.Time { return k.Fiscal }, `finished > 0 and id not in (select run from flow_runs where flow_runs.account = runs.account)
		and seq < (select max(seq) from runs as newest where newest.account = runs.account)`},
}

// A Place is how far old rows were walked over, by account and part of the walk.
type Place map[string]int64

// Forget drops what is older than it is kept, from at most n rows of each table that it
// looks at; more tells that there may be others. It goes on from place.
func (db *DB) Forget(ctx context.Context, k Keep, place Place, n int) (dropped int, more bool, err error) {
	accounts, err := list(db.ask(ctx), scanName, `select account from accounts order by account`)
	if err != nil {
		return 0, false, err
	}
	for _, account := range accounts {
		for i, f := range forgettable {
			at := account + "/" + string(rune('a'+i))
			gone, seen, last, err := db.forget(ctx, account, f, k, place[at], n)
			if err != nil {
				return dropped, false, err
			}
			place[at] = max(place[at], last)
			dropped, more = dropped+gone, more || seen == n
		}
	}
	return dropped, more, nil
}

// forget looks at the n rows behind a place, and returns up to where they are old.
func (db *DB) forget(ctx context.Context, account string, f forgotten, k Keep, after int64, n int) (gone, seen int, last int64, err error) {
	before := millis(f.until(k))
	also := f.also
	if also != "" {
		also = " and (" + also + ")"
	}
	err = db.securely(ctx, func() error {
		return db.change(ctx, "Forget", func(q query) error {
			type line struct{ by, at int64 }
			lines, err := list(q, func(r row) (l line, err error) {
				err = r.Scan(&l.by, &l.at)
				return l, err
			}, `select `+f.by+`, `+f.at+` from `+f.table+` where account = $1 and `+f.by+` > $2 order by `+f.by+` limit $3`, account, after, n)
			if err != nil {
				return err
			}
			old := slices.IndexFunc(lines, func(l line) bool { return l.at >= before })
			if old < 0 {
				old = len(lines)
			}
			if seen = old; old == 0 {
				return nil
			}
			last = lines[old-1].by
			gone, err = q.exec(`delete from `+f.table+` where account = $1 and `+f.by+` > $2 and `+f.by+` <= $3`+also, account, after, last)
			return err
		})
	})
	return gone, seen, last, err
}

// draftDays is after how many days a draft goes that nobody goes on with, its keys with it.
const draftDays = 90

// DropEnded drops what ended by itself: doors that nobody may use any more, drafts that
// nobody goes on with, hints that were read, and how unclear writes ended.
func (db *DB) DropEnded(ctx context.Context, now time.Time, k Keep) (dropped int, err error) {
	err = db.securely(ctx, func() error {
		dropped, err = db.dropEnded(ctx, now, k)
		return err
	})
	return dropped, err
}

func (db *DB) dropEnded(ctx context.Context, now time.Time, k Keep) (dropped int, err error) {
	for _, e := range []struct {
		text string
		at   time.Time
	}{
		{`delete from sessions where expires > 0 and expires <= $1`, now},
		{`delete from invitations where expires > 0 and expires <= $1`, now.AddDate(0, 0, -30)},
		{`delete from passages where expires <= $1`, now},
		{`delete from attempts where since <= $1`, now.AddDate(0, 0, -1)},
		{`delete from drafts where updated <= $1 and not exists (select 1 from drafts_works w where w.draft = drafts.draft and (w.asked > $1 or w.done > $1 or w.ended > $1))
			and not exists (select 1 from drafts_choices c where c.draft = drafts.draft and c.at > $1)`, now.AddDate(0, 0, -draftDays)},
		{`delete from hints where settled <> 0 and received < $1`, now.Add(-hintsLast)},
		{`delete from unclear where ended > 0 and ended < $1`, k.Fiscal},
	} {
		err := db.change(ctx, "DropEnded", func(q query) error {
			n, err := q.exec(e.text, e.at)
			dropped += n
			return err
		})
		if err != nil {
			return dropped, err
		}
	}
	return dropped, nil
}
