package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// Long work is cut into slices: asked by Options.Yield at points where nothing is
// half done, a run gives its worker back and goes on later under its id, here or
// elsewhere, from what is stored: feeds that it has read are not read again, a
// list is taken up behind its last page, what is to be decided is dirty, and what
// is to be sent stands in the ledger.

// A MoreError is what a run answers that gave its worker back before its end.
// The same run goes on with Options.Start.
type MoreError struct {
	NotBefore time.Time // in real time; zero: at once
}

func (e *MoreError) Error() string { return "the run gave its worker back and goes on later" }

// Ending says that it is no failure (span.Ending).
func (e *MoreError) Ending() string { return "goes on later" }

// yield ends the slice when its time is over. It is asked only where something
// was done, so that every slice comes on.
func (r *run) yield() error {
	if r.opts.Yield == nil || !r.opts.Yield() {
		return nil
	}
	return &MoreError{}
}

// gaveBack tells whether an error is the end of a slice. What joined it is met
// again by the next one.
func gaveBack(err error) (*MoreError, bool) { return errors.AsType[*MoreError](err) }

// hadRead tells whether an earlier slice of this run read a feed to its end.
func (r *run) hadRead(c store.Cursor) bool {
	if r.opts.Start.IsZero() {
		return false
	}
	if r.opts.Full {
		return !c.Indexed.Before(r.start)
	}
	return !c.Done.Before(r.start)
}

// takeUp goes on with a list that an earlier slice of this run did not finish.
func (rd *reading) takeUp(ctx context.Context) error {
	if rd.run.opts.Start.IsZero() {
		return nil
	}
	was, err := rd.run.Store.Reading(ctx, rd.run.Account.ID, rd.cursor.Feed)
	if err != nil || !was.Continues(rd.run.id, rd.window) {
		return err
	}
	rd.window.After, rd.rows, rd.began = was.Window.After, was.Received, was.Began
	if was.Cursor.Newest.After(rd.cursor.Newest) {
		rd.cursor.Newest = was.Cursor.Newest
	}
	return nil
}

// soFar is how far the list was read with a page; nil where the run is not
// sliced, or the list cannot be taken up behind it.
func (rd *reading) soFar(p record.Page) *store.Reading {
	if rd.run.opts.Yield == nil || p.Last || p.Size == 0 {
		return nil
	}
	w := rd.window
	w.After = p.Place()
	return &store.Reading{Feed: rd.cursor.Feed, Run: rd.run.id, Window: w, Received: rd.rows, Cursor: rd.cursor, Began: rd.began, Saved: rd.run.realNow()}
}

// pause ends the slice between two pages of a list that can be taken up again.
func (rd *reading) pause(w store.PageWrite) error {
	if w.Reading == nil {
		return nil
	}
	return rd.run.yield()
}

// earlierSlices are the counts of the run's slices before this one.
func (r *run) earlierSlices(ctx context.Context) error {
	if r.opts.Start.IsZero() {
		return nil
	}
	was, err := r.Store.RunOf(ctx, r.Account.ID, r.id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("cannot go on with run %s: %w", r.id, err)
	}
	r.earlier = map[string]store.FlowRun{}
	for _, f := range was.Flows {
		r.earlier[f.Flow] = f
	}
	return nil
}

// together adds the counts of a run's slices up: a record that an earlier slice
// read and a later one changed counts in both.
func together(a, b store.FlowRun) store.FlowRun {
	b.Read, b.Created, b.Updated = a.Read+b.Read, a.Created+b.Created, a.Updated+b.Updated
	b.Unchanged, b.Excluded = a.Unchanged+b.Unchanged, a.Excluded+b.Excluded
	b.Waiting, b.Failed, b.Conflicts = a.Waiting+b.Waiting, a.Failed+b.Failed, a.Conflicts+b.Conflicts
	calls := map[string]int{}
	for _, f := range []store.FlowRun{a, b} {
		for side, n := range f.Calls {
			calls[side] += n
		}
	}
	b.Calls = calls
	return b
}

// flowRuns are the finished counts, in the table's order.
func (r *run) flowRuns() []store.FlowRun {
	var out []store.FlowRun
	for _, f := range flow.All {
		t, ok := r.tally[f.Name]
		was, had := r.earlier[f.Name]
		switch {
		case ok && had:
			out = append(out, together(was, t.run(f.Name)))
		case ok:
			out = append(out, t.run(f.Name))
		case had:
			out = append(out, was)
		}
	}
	return out
}
