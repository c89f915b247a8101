package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// clocksDiffer is how far a vendor's clock may be from ours before the doctor
// says so: what is stamped that near to a window's end may have missed it.
const clocksDiffer = time.Minute

// driftOf tells why a whole read found a record that the source's windows had
// not told: "" when nothing was wrong. told is how far the windows had come
// before this read.
func driftOf(told store.Cursor, feed record.Feed, s store.Sight, now record.Item) string {
	switch {
	case !s.New && (!s.Changed || s.SameRow): // the same row, which we read differently now
		return ""
	case !feed.Cycle, !feed.Windowed:
		return store.DriftUnasked
	case now.Changed.After(told.Done.Add(-clocksDiffer)): // the next window shows it
		return ""
	case !s.New && now.Changed.Equal(s.Was.Changed) && now.Fact(record.FactPartial) != "": // what a list row lacks is no edit
		return ""
	case !s.New && now.Changed.Equal(s.Was.Changed):
		return store.DriftUnstamped
	case s.New && now.Changed.Before(told.Since): // before the first window
		return ""
	}
	return store.DriftMissed
}

// drift counts what a page of a whole read found and the windows had not told.
// A death before it is kept loses a page's counts; the records themselves are
// repaired.
func (rd *reading) drift(ctx context.Context, p record.Page, seen []store.Seen, sights []store.Sight) error {
	if !rd.judges() {
		return nil
	}
	items := map[record.Ref]record.Item{}
	for _, s := range seen {
		items[s.Item.Ref()] = s.Item
	}
	sum := rd.blankSweep()
	sum.Whole, sum.Seen = p.Last && rd.run.opts.Full, len(sights)
	for _, s := range sights {
		why := driftOf(rd.told, rd.feed, s, items[s.Ref])
		if why == "" {
			continue
		}
		rd.add(&sum, why, s, items[s.Ref])
	}
	return rd.run.Store.AddSweep(ctx, rd.run.lease, sum)
}

// judges tells whether a read can be held against the windows before it: it is
// one of those that look for what they missed, and no first one.
func (rd *reading) judges() bool {
	indexed := rd.flow.Mirror == nil || !rd.told.Indexed.IsZero()
	return rd.carry && (rd.run.opts.Full || rd.wide) && indexed && !rd.told.Done.IsZero()
}

func (rd *reading) blankSweep() store.Sweep {
	return store.Sweep{Run: rd.run.id, Flow: rd.flow.Name, Source: rd.cursor.Feed, At: rd.run.start, Until: rd.told.Done}
}

// add counts one record.
func (rd *reading) add(sum *store.Sweep, why string, s store.Sight, now record.Item) {
	switch why {
	case store.DriftMissed:
		sum.Missed++
		// A fault in passing hides a change from one window: the next overlaps it.
		rd.lost = rd.lost || now.Changed.Before(rd.told.Done.Add(-rd.run.every-clocksDiffer))
	case store.DriftUnstamped:
		sum.Unstamped++
		rd.lost = true
	case store.DriftUnasked:
		sum.Unasked++
	}
	d := store.Drift{Ref: s.Ref, Title: cmp.Or(now.Title, s.Was.Title), Why: why, Changed: now.Changed.UTC()}
	if why != store.DriftUnasked {
		d.Since, d.Until = rd.shownBy(now.Changed)
	}
	sum.Examples = append(sum.Examples, withValues(d, s, now)...)
}

// shownBy is the window that should have shown a change: the first that ended after it.
func (rd *reading) shownBy(changed time.Time) (since, until time.Time) {
	every := rd.run.every
	until = rd.told.Done
	for until.Add(-every).After(changed) && until.Add(-every).After(rd.told.Since) {
		until = until.Add(-every)
	}
	return until.Add(-2 * every), until
}

// withValues gives the example a line for each field that differs; a source,
// whose fields are a whole document, has its one line.
func withValues(d store.Drift, s store.Sight, now record.Item) []store.Drift {
	if s.New || len(now.Fields) == 0 {
		return []store.Drift{d}
	}
	var out []store.Drift
	for _, name := range now.Fields.Names() {
		if from, to := s.Was.Fields[name], now.Fields[name]; from != to {
			d.Field, d.From, d.To = name, from, to
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		out = append(out, d)
	}
	return out
}

// A distrust is a source whose windows lost changes: until it ends, the source
// is read whole in between, as often as its size allows.
type distrust struct {
	Since time.Time `json:"since"` // when it was found
	Rows  int       `json:"rows"`  // what a whole read holds
}

// A source is distrusted for a week; then its windows get another chance, and the
// next sweep tells.
const distrustLasts = 7 * 24 * time.Hour

// Whole reads of a distrusted source: in each cycle while that costs at most ten
// calls, else hourly while it costs at most a hundred; beyond that only the sweep.
const (
	rowsEachCycle = 1_000
	rowsHourly    = 10_000
)

// DistrustMark names the mark that says a source's windows lose changes.
func DistrustMark(source string) string { return "distrust/" + source }

// Distrusted tells whether a source's mark says at an instant that its windows lose changes.
func Distrusted(mark string, at time.Time) bool {
	d, ok := readDistrust(mark)
	return ok && at.Sub(d.Since) < distrustLasts
}

func readDistrust(mark string) (distrust, bool) {
	var d distrust
	return d, mark != "" && json.Unmarshal([]byte(mark), &d) == nil
}

// noteTrust keeps, after a whole read, that the source's windows lost changes.
func (rd *reading) noteTrust(ctx context.Context) error {
	if !rd.lost {
		return nil
	}
	raw, err := json.Marshal(distrust{rd.run.start, rd.rows})
	if err != nil {
		return err
	}
	return rd.run.Store.SetMark(ctx, rd.run.lease, DistrustMark(rd.cursor.Feed), string(raw))
}

// wide tells whether a distrusted source is read whole in this cycle.
func (r *run) wide(ctx context.Context, source string, c store.Cursor) (bool, error) {
	mark, err := r.Store.Mark(ctx, r.Account.ID, DistrustMark(source))
	if err != nil || !Distrusted(mark, r.start) {
		return false, err
	}
	d, _ := readDistrust(mark)
	switch {
	case d.Rows <= rowsEachCycle:
		return true, nil
	case d.Rows <= rowsHourly:
		return r.start.Sub(c.Indexed) >= time.Hour, nil
	}
	return false, nil
}

// noteGone counts records that a whole read found gone.
func (rd *reading) noteGone(ctx context.Context, gone []record.Item) error {
	if len(gone) == 0 || !rd.judges() {
		return nil
	}
	sum := rd.blankSweep()
	sum.Gone = len(gone)
	for _, i := range gone {
		sum.Examples = append(sum.Examples, store.Drift{Ref: i.Ref(), Title: i.Title, Why: store.DriftGone, Changed: i.Changed.UTC()})
	}
	return rd.run.Store.AddSweep(ctx, rd.run.lease, sum)
}
