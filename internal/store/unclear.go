package store

import (
	"context"
	"errors"
	"time"

	"ponte/internal/record"
)

// How an unclear write is looked up.
const (
	LookByCode   = "code"   // a create: by its integration code
	LookByMatch  = "match"  // a create without a look-up by code: as its source would be matched
	LookAtRecord = "record" // an update or a cancellation: by what the record holds
	LookByPerson = "person" // the vendor has no look-up for it
)

// An Unclear is a write whose outcome nobody knew, from when that was so until it
// was found out.
type Unclear struct {
	Change Change // as it is now
	Method string // the vendor's method; "" when the process died before it could say
	Why    string // what came back instead of an answer
	Since  time.Time
	How    string // Look…
	Looked int    // how often it was looked up
	Last   time.Time
	Found  string // what the last look-up found, in Portuguese
	Ended  time.Time
	As     string // the state in which the change left: done: it was made; superseded: it was not; "" while unclear
	By     string // the person who said so; "" when a look-up did
}

// ForPerson tells whether a person may say how it ended: nothing can look it up, or
// what did came to nothing.
func (u Unclear) ForPerson() bool { return u.Ended.IsZero() && (u.How == LookByPerson || u.Looked > 0) }

// A Look is what is known of an unclear write's outcome.
type Look struct {
	Method string // with a change that becomes unclear
	How    string // "": as before
	At     time.Time
	Found  string // with At: what the look-up found
	By     string // the person who says so
}

// noteUnclear keeps the course of an unclear write: it begins when the change
// becomes unknown and ends when it is so no more.
func noteUnclear(q query, account string, was string, c Change, look Look) error {
	if was != Unknown {
		if c.State != Unknown {
			return nil
		}
		seq, err := numbers(q, account, 1)
		if err != nil {
			return err
		}
		return q.insert("unclear", "account, seq, change, method, why, since, how, looked, last, found, ended, ended_as, by_whom", "",
			[][]any{{account, seq, c.ID, look.Method, c.Text, nowMillis(), look.How, 0, 0, "", 0, "", ""}})
	}
	if !look.At.IsZero() {
		if _, err := q.exec(`update unclear set looked = looked + 1, last = $3, found = $4 where account = $1 and change = $2 and ended = 0`,
			account, c.ID, look.At, look.Found); err != nil {
			return err
		}
	}
	if look.How != "" {
		if _, err := q.exec(`update unclear set how = $3 where account = $1 and change = $2 and ended = 0`, account, c.ID, look.How); err != nil {
			return err
		}
	}
	if c.State == Unknown {
		return nil
	}
	_, err := q.exec(`update unclear set ended = $3, ended_as = $4, by_whom = $5 where account = $1 and change = $2 and ended = 0`, account, c.ID, nowMillis(), c.State, look.By)
	return err
}

const unclearColumns = `change, method, why, since, how, looked, last, found, ended, ended_as, by_whom`

type unclearRow struct {
	Unclear
	change int64
}

func scanUnclear(r row) (unclearRow, error) {
	var u unclearRow
	var since, last, ended int64
	err := r.Scan(&u.change, &u.Method, &u.Why, &since, &u.How, &u.Looked, &last, &u.Found, &ended, &u.As, &u.By)
	u.Since, u.Last, u.Ended = instant(since), instant(last), instant(ended)
	return u, err
}

// UnclearWrites returns the writes whose outcome nobody knows now, oldest first.
func (db *DB) UnclearWrites(ctx context.Context, account string) ([]Unclear, error) {
	return db.unclear(ctx, account, `ended = 0 and change in (select id from changes where account = $1 and state = 'unknown')`)
}

// UnclearOf returns the unclear writes, past ones included, that a record's
// decisions planned or that write it, oldest first.
func (db *DB) UnclearOf(ctx context.Context, account string, ref record.Ref) ([]Unclear, error) {
	column := "omie"
	if ref.Side == record.Auvo {
		column = "auvo"
	}
	return db.unclear(ctx, account, `change in (
		select id from changes where account = $1 and source_kind = $2 and source_side = $3 and source_id = $4
		union select id from changes where account = $1 and kind = $2 and `+column+` = $4)`, ref.Kind, ref.Side, ref.ID)
}

func (db *DB) unclear(ctx context.Context, account, where string, args ...any) ([]Unclear, error) {
	rows, err := list(db.ask(ctx), scanUnclear, `select `+unclearColumns+` from unclear where account = $1 and `+where+` order by seq`, append([]any{account}, args...)...)
	var out []Unclear
	for _, u := range rows {
		if u.Change, err = db.Change(ctx, account, u.change); errors.Is(err, ErrNotFound) {
			continue
		} else if err != nil {
			return nil, err
		}
		out = append(out, u.Unclear)
	}
	return out, err
}
