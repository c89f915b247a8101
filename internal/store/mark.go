package store

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"
)

// numbers takes n numbers of the account's sequence and returns the first.
func numbers(q query, account string, n int) (int64, error) {
	last, err := q.number(`insert into sequences (account, last) values ($1, $2)
		on conflict (account) do update set last = sequences.last + excluded.last returning last`, account, n)
	return last - int64(n) + 1, err
}

// Mark returns a named value of the engine, "" when it is not set.
func (db *DB) Mark(ctx context.Context, account, name string) (string, error) {
	var value string
	err := db.ask(ctx).one([]any{&value}, `select value from marks where account = $1 and name = $2`, account, name)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return value, err
}

// Marks returns the named values of the engine whose names begin with prefix.
func (db *DB) Marks(ctx context.Context, account, prefix string) (map[string]string, error) {
	marks := map[string]string{}
	err := db.ask(ctx).each(func(r row) error {
		var name, value string
		err := r.Scan(&name, &value)
		marks[name] = value
		return err
	}, `select name, value from marks where account = $1 and substr(name, 1, $2) = $3`, account, utf8.RuneCountInString(prefix), prefix)
	return marks, err
}

// SetMark keeps a named value of the engine.
func (db *DB) SetMark(ctx context.Context, l Lease, name, value string) error {
	return db.under(ctx, l, "SetMark", func(q query) error {
		_, err := q.exec(`insert into marks (account, name, value) values ($1, $2, $3)
			on conflict (account, name) do update set value = excluded.value`, l.Account, name, value)
		return err
	})
}

// SetMarks keeps named values of the engine, all or none; empty ones are forgotten.
func (db *DB) SetMarks(ctx context.Context, l Lease, marks map[string]string) error {
	return db.under(ctx, l, "SetMarks", func(q query) error { return putMarks(q, l.Account, marks) })
}

func putMarks(q query, account string, marks map[string]string) error {
	var rows [][]any
	for name, value := range marks {
		if value != "" {
			rows = append(rows, []any{account, name, value})
			continue
		}
		if _, err := q.exec(`delete from marks where account = $1 and name = $2`, account, name); err != nil {
			return err
		}
	}
	return q.insert("marks", "account, name, value", `on conflict (account, name) do update set value = excluded.value`, rows)
}

const cursorColumns = `feed, done, newest, indexed, since`

func scanCursor(r row) (Cursor, error) {
	var c Cursor
	var done, newest, indexed, since int64
	err := r.Scan(&c.Feed, &done, &newest, &indexed, &since)
	c.Done, c.Newest, c.Indexed, c.Since = instant(done), instant(newest), instant(indexed), instant(since)
	return c, err
}

// Cursor returns how far a feed was read; all but Feed is zero when it never was.
func (db *DB) Cursor(ctx context.Context, account, feed string) (Cursor, error) {
	c, err := first(db.ask(ctx), scanCursor, `select `+cursorColumns+` from cursors where account = $1 and feed = $2`, account, feed)
	if errors.Is(err, ErrNotFound) {
		return Cursor{Feed: feed}, nil
	}
	return c, err
}

// Cursors returns the account's cursors by feed.
func (db *DB) Cursors(ctx context.Context, account string) ([]Cursor, error) {
	return list(db.ask(ctx), scanCursor, `select `+cursorColumns+` from cursors where account = $1 order by feed`, account)
}

// Processed returns by feed the instant before which every change was processed.
func (db *DB) Processed(ctx context.Context, account string) (map[string]time.Time, error) {
	cursors, err := db.Cursors(ctx, account)
	done := map[string]time.Time{}
	for _, c := range cursors {
		done[c.Feed] = c.Done
	}
	return done, err
}

func saveCursor(q query, account string, c Cursor) error {
	_, err := q.exec(`insert into cursors (account, `+cursorColumns+`) values ($1, $2, $3, $4, $5, $6)
		on conflict (account, feed) do update set done = excluded.done, newest = excluded.newest, indexed = excluded.indexed, since = excluded.since`,
		account, c.Feed, c.Done, c.Newest, c.Indexed, c.Since)
	return err
}
