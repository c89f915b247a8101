package store

import (
	"context"
	"slices"
	"time"

	"ponte/internal/record"
)

// An Ignoring is what a person says about waits that shall not be shown.
type Ignoring struct {
	Until time.Time
	Why   string
	By    string
	At    time.Time
	Said  string // the line of history
}

// What the history says when an ignored wait shows again by itself.
const (
	saidOver    = "O prazo para ignorar acabou; espera de novo por uma pessoa."
	saidChanged = "O que estava ignorado mudou; espera de novo por uma pessoa."
)

const ignoreColumns = `account, kind, side, id, flow, cause, about, until, why, by_whom, at`

// Ignore keeps waits out of sight, and returns how many of them still stood as they
// were seen. The same wait made anew by a later decision stays ignored; another
// cause, or the same one about something else, is another wait.
func (db *DB) Ignore(ctx context.Context, l Lease, waits []Wait, g Ignoring) (n int, err error) {
	err = db.under(ctx, l, "Ignore", func(q query) error {
		var rows [][]any
		var events []Event
		for _, w := range waits {
			there, err := q.number(`select count(*) from waits where account = $1 and kind = $2 and side = $3 and id = $4 and flow = $5 and cause = $6 and about = $7`,
				l.Account, w.Ref.Kind, w.Ref.Side, w.Ref.ID, w.Flow, w.Cause, w.About)
			if err != nil {
				return err
			}
			if there == 0 {
				continue
			}
			n++
			rows = append(rows, []any{l.Account, w.Ref.Kind, w.Ref.Side, w.Ref.ID, w.Flow, w.Cause, w.About, g.Until, g.Why, g.By, orNow(g.At)})
			if e := (Event{At: g.At, Ref: w.Ref, What: "ignored", Text: g.Said}); !told(events, e) {
				events = append(events, e)
			}
		}
		err := q.insert("ignores", ignoreColumns, `on conflict (account, kind, side, id, flow, cause, about) do update set
			until = excluded.until, why = excluded.why, by_whom = excluded.by_whom, at = excluded.at`, distinct(rows))
		if err != nil {
			return err
		}
		return addEvents(q, l.Account, events)
	})
	return n, err
}

// told tells whether a record's history has the line already: a record may wait
// for several things at once.
func told(events []Event, e Event) bool {
	return slices.ContainsFunc(events, func(o Event) bool { return o.Ref == e.Ref && o.Text == e.Text })
}

// distinct drops rows with the key of one before: PostgreSQL refuses to write a
// row twice in one insert.
func distinct(rows [][]any) [][]any {
	const key = 7
	seen := map[string]bool{}
	return slices.DeleteFunc(rows, func(r []any) bool {
		k := encode(r[:key])
		was := seen[k]
		seen[k] = true
		return was
	})
}

// EndIgnores shows again what was ignored until then, and returns how many waits
// that are.
func (db *DB) EndIgnores(ctx context.Context, l Lease, run string, at time.Time) (n int, err error) {
	err = db.under(ctx, l, "EndIgnores", func(q query) error {
		n, err = showAgain(q, l.Account, run, saidOver, `until <= $2`, at)
		return err
	})
	return n, err
}

// endOutdated ends what was ignored of a record when the same cause is now about
// something else.
func endOutdated(q query, account, run string, ref record.Ref) error {
	_, err := showAgain(q, account, run, saidChanged, `kind = $2 and side = $3 and id = $4
		and exists (select 1 from waits w where `+sameRecord+` and w.cause = ignores.cause)
		and not exists (select 1 from waits w where `+sameRecord+` and w.cause = ignores.cause and w.about = ignores.about)`,
		ref.Kind, ref.Side, ref.ID)
	return err
}

const sameRecord = `w.account = ignores.account and w.kind = ignores.kind and w.side = ignores.side and w.id = ignores.id and w.flow = ignores.flow`

// showAgain forgets the ignores that a condition picks, and tells the history of
// those whose record still waits.
func showAgain(q query, account, run, said, where string, args ...any) (int, error) {
	args = append([]any{account}, args...)
	refs, err := list(q, scanRef, `select distinct kind, side, id from ignores where account = $1 and `+where+`
		and exists (select 1 from waits w where `+sameRecord+` and w.cause = ignores.cause)`, args...)
	if err != nil {
		return 0, err
	}
	if _, err := q.exec(`delete from ignores where account = $1 and `+where, args...); err != nil {
		return 0, err
	}
	var events []Event
	for _, ref := range refs {
		events = append(events, Event{Run: run, Ref: ref, What: "returned", Text: said})
	}
	return len(refs), addEvents(q, account, events)
}

// dropIgnores shows a record again at once.
func dropIgnores(q query, account string, ref record.Ref) error {
	_, err := q.exec(`delete from ignores where account = $1 and kind = $2 and side = $3 and id = $4`, account, ref.Kind, ref.Side, ref.ID)
	return err
}
