package engine

import (
	"time"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// window is what a feed is asked for (contract.md, Windows). On the first run
// and after a gap it starts at the earlier of (now − lookback) and (last fully
// processed − one cycle); in steady state at (last fully processed − one
// cycle). At Omie it never starts later than the newest change already known,
// so that a quiet hour still answers with at least that record: an empty
// answer there is a fault.
func (r *run) window(f flow.Flow, side record.Side, feed record.Feed, c store.Cursor) record.Window {
	if r.whole(f, feed, c) {
		return record.Window{Until: r.start, Sweep: r.opts.Full}
	}
	since, until := r.carryFrom(f, c), r.start
	if side == record.Omie {
		until = until.Add(ahead)
		if !c.Newest.IsZero() {
			since = earlier(since, c.Newest)
		}
	}
	return record.Window{Since: since, Until: until}
}

// ahead is how far Omie's clock may be ahead of ours: its windows have two ends,
// and an edit that the later end hides would be written over (P4).
const ahead = time.Hour

// whole tells whether a feed is read without bounds: the sweep, what cannot be
// windowed, and the index that a mirror reads before it makes its first record.
func (r *run) whole(f flow.Flow, feed record.Feed, c store.Cursor) bool {
	first := f.Mirror != nil && (c.Indexed.IsZero() || f.Mirror.FirstLoad && c.Done.IsZero())
	return r.opts.Full || !feed.Windowed || first
}

// carryFrom is the instant from which changes are carried over; what changed
// before may be known, and is not carried.
func (r *run) carryFrom(f flow.Flow, c store.Cursor) time.Time {
	if c.Done.IsZero() {
		return r.lookback(f)
	}
	every := r.every
	steady := c.Done.Add(-every)
	if r.start.Sub(c.Done) > 2*every {
		return earlier(steady, r.lookback(f))
	}
	return steady
}

// lookback is where the flow's first window starts: for tasks and quotations
// the lookback counts whole local days, 24h meaning 00:00 today.
func (r *run) lookback(f flow.Flow) time.Time {
	if f.Derive == nil {
		return r.start.Add(-f.Mirror.Lookback(r.Account).Std())
	}
	days := max(f.Derive.Settings(r.Account).Lookback.Days(), 1)
	return midnight(r.start.In(r.place)).AddDate(0, 0, 1-days)
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
