package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"ponte/internal/record"
)

// A Sweep is what one run's whole read of a source found that the source's
// windows had not told. Missed and Unstamped are drift, which should be 0; the
// rest nothing was supposed to tell.
type Sweep struct {
	Run    string
	Flow   string
	Source string    // the cursor's name: "auvo/customers"
	At     time.Time // when the run began, on its clock
	Until  time.Time // what changed before, the windows claimed to have told
	Whole  bool      // a sweep that read the source to its end; false: one cut short, or a wider read in between

	Seen      int // rows that the read knew
	Missed    int // the vendor's stamp lies in a window that did not show them
	Unstamped int // changed without a new stamp, so that no window could show them
	Unasked   int // the source has no list of changes: only whole reads tell
	Gone      int // no longer there; nothing tells of that
	Examples  []Drift
}

// Drifted is how many records the source failed to tell.
func (s Sweep) Drifted() int { return s.Missed + s.Unstamped }

// The ways in which a record came to be found by a whole read.
const (
	DriftMissed    = "missed"
	DriftUnstamped = "unstamped"
	DriftUnasked   = "unasked"
	DriftGone      = "gone"
)

// A Drift is one record that a whole read found.
type Drift struct {
	Ref     record.Ref `json:"record"`
	Title   string     `json:"title"`
	Why     string     `json:"why"`             // DriftMissed, …
	Field   string     `json:"field,omitempty"` // "" for a record that is new or gone
	From    string     `json:"from,omitempty"`
	To      string     `json:"to,omitempty"`
	Changed time.Time  `json:"changed,omitzero"` // by the vendor's stamp
	Since   time.Time  `json:"window_since,omitzero"`
	Until   time.Time  `json:"window_until,omitzero"` // the window that should have shown it
}

// mostExamples bounds what is kept of each source and run.
const mostExamples = 20

// sweepsLast is how long sweeps are kept.
const sweepsLast = 100 * 24 * time.Hour

const sweepColumns = `run, flow, source, at, until, whole, seen, missed, unstamped, unasked, gone, examples`

func scanSweep(r row) (Sweep, error) {
	var s Sweep
	var at, until int64
	var examples string
	err := r.Scan(&s.Run, &s.Flow, &s.Source, &at, &until, &s.Whole, &s.Seen, &s.Missed, &s.Unstamped, &s.Unasked, &s.Gone, &examples)
	s.At, s.Until = instant(at), instant(until)
	return s, errors.Join(err, decode(examples, &s.Examples))
}

// AddSweep adds to what a run's whole read of a source found: the counts add
// up, examples are kept up to a bound. Sweeps of long ago are forgotten.
func (db *DB) AddSweep(ctx context.Context, l Lease, add Sweep) error {
	return db.under(ctx, l, "AddSweep", func(q query) error {
		sum, err := first(q, scanSweep, `select `+sweepColumns+` from sweeps where account = $1 and run = $2 and source = $3`, l.Account, add.Run, add.Source)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		sum = sum.plus(add)
		seq, err := numbers(q, l.Account, 1)
		if err != nil {
			return err
		}
		if _, err := q.exec(`delete from sweeps where account = $1 and at < $2`, l.Account, add.At.Add(-sweepsLast)); err != nil {
			return err
		}
		_, err = q.exec(`insert into sweeps (account, seq, `+sweepColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
			on conflict (account, run, source) do update set whole = excluded.whole, seen = excluded.seen, missed = excluded.missed,
				unstamped = excluded.unstamped, unasked = excluded.unasked, gone = excluded.gone, examples = excluded.examples`,
			l.Account, seq, sum.Run, sum.Flow, sum.Source, sum.At, sum.Until, sum.Whole, sum.Seen, sum.Missed, sum.Unstamped, sum.Unasked, sum.Gone, encode(sum.Examples))
		return err
	})
}

func (s Sweep) plus(add Sweep) Sweep {
	sum := add
	sum.Whole = s.Whole || add.Whole
	sum.Seen, sum.Missed, sum.Unstamped = s.Seen+add.Seen, s.Missed+add.Missed, s.Unstamped+add.Unstamped
	sum.Unasked, sum.Gone = s.Unasked+add.Unasked, s.Gone+add.Gone
	sum.Examples = slices.Concat(s.Examples, add.Examples)
	sum.Examples = sum.Examples[:min(len(sum.Examples), mostExamples)]
	return sum
}

// Drift returns, for each source, what whole reads found since the sweep before
// the last one: what the last sweep found, with what one that was cut short
// before it and wider reads after it did. By source; none before the first sweep.
func (db *DB) Drift(ctx context.Context, account string) ([]Sweep, error) {
	rows, err := list(db.ask(ctx), scanSweep, `select `+sweepColumns+` from sweeps s where account = $1
		and seq > coalesce((select max(b.seq) from sweeps b where b.account = s.account and b.source = s.source and b.whole
			and b.seq < (select max(c.seq) from sweeps c where c.account = s.account and c.source = s.source and c.whole)), 0)
		order by source, seq`, account)
	if err != nil {
		return nil, err
	}
	var out []Sweep
	for _, s := range rows {
		if n := len(out); n > 0 && out[n-1].Source == s.Source {
			out[n-1] = out[n-1].plus(s)
			continue
		}
		out = append(out, s)
	}
	return out, nil
}

// Sweeps returns what a run's whole reads found, by source.
func (db *DB) Sweeps(ctx context.Context, account, run string) ([]Sweep, error) {
	return list(db.ask(ctx), scanSweep, `select `+sweepColumns+` from sweeps where account = $1 and run = $2 order by source`, account, run)
}
