package store

import (
	"context"
	"errors"
	"time"

	"ponte/internal/record"
)

// A Reading is how far a run read a list that it has not read to its end.
type Reading struct {
	Feed     string
	Run      string
	Window   record.Window // with its place
	Received int           // rows so far
	Cursor   Cursor        // of which the newest change seen so far counts
	Began    time.Time     // when its first page was asked for
	Saved    time.Time     // when this page was stored
}

const readingColumns = `feed, run, since, until, sweep, page, size, declared, received, newest, began, saved`

// Continues tells whether a reading is the beginning of a run's read of a window.
func (r Reading) Continues(run string, w record.Window) bool {
	return r.Run == run && r.Window.Since.Equal(instant(millis(w.Since))) && r.Window.Until.Equal(instant(millis(w.Until))) && r.Window.Sweep == w.Sweep
}

// Reading returns how far a feed's list was read by a run that gave up in the
// middle of it; the zero Reading when none did.
func (db *DB) Reading(ctx context.Context, account, feed string) (Reading, error) {
	r, err := first(db.ask(ctx), scanReading, `select `+readingColumns+` from readings where account = $1 and feed = $2`, account, feed)
	if errors.Is(err, ErrNotFound) {
		return Reading{}, nil
	}
	return r, err
}

// Readings returns how far every list of an account was read of which the end has not come yet.
func (db *DB) Readings(ctx context.Context, account string) ([]Reading, error) {
	return list(db.ask(ctx), scanReading, `select `+readingColumns+` from readings where account = $1 order by feed`, account)
}

func scanReading(r row) (Reading, error) {
	var at Reading
	var since, until, newest, began, saved int64
	w := &at.Window
	err := r.Scan(&at.Feed, &at.Run, &since, &until, &w.Sweep, &w.After.Page, &w.After.Size, &w.After.Declared, &at.Received, &newest, &began, &saved)
	w.Since, w.Until, at.Cursor.Newest, at.Began, at.Saved = instant(since), instant(until), instant(newest), instant(began), instant(saved)
	return at, err
}

func saveReading(q query, account string, r Reading) error {
	w := r.Window
	return q.insert("readings", "account, "+readingColumns,
		`on conflict (account, feed) do update set run = excluded.run, since = excluded.since, until = excluded.until, sweep = excluded.sweep,
		page = excluded.page, size = excluded.size, declared = excluded.declared, received = excluded.received, newest = excluded.newest,
		began = excluded.began, saved = excluded.saved`,
		[][]any{{account, r.Feed, r.Run, w.Since, w.Until, w.Sweep, w.After.Page, w.After.Size, w.After.Declared, r.Received, r.Cursor.Newest, r.Began, r.Saved}})
}

func dropReading(q query, account, feed string) error {
	_, err := q.exec(`delete from readings where account = $1 and feed = $2`, account, feed)
	return err
}
