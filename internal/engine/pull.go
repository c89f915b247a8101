package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ponte/internal/call"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A readError is a feed that could not be read to its end: its cursor stays,
// and the next run reads it again (P2).
type readError struct {
	feed string
	why  string
}

func (e *readError) Error() string { return fmt.Sprintf("cannot read %s: %s", e.feed, e.why) }

// pull reads the feeds of a flow: its own kind on both sides, and for a derive
// what its orders need, where no mirror keeps it.
func (r *run) pull(ctx context.Context, f flow.Flow) error {
	if f.Derive != nil {
		if err := r.indexParts(ctx); err != nil {
			return err
		}
	}
	var all error
	for _, side := range []record.Side{record.Omie, record.Auvo} {
		access := r.side(side).Of(f.Kind)
		if access == nil {
			continue
		}
		read := r.pullSide
		if r.opts.Hints {
			read = r.pullHinted
		}
		err := read(ctx, f, side, access)
		if err == nil {
			err = r.readHinted(ctx, f, side, access)
		}
		r.unread[f.Name+"/"+string(side)] = err != nil
		all = errors.Join(all, err)
	}
	if r.opts.Hints && all == nil {
		return r.pullTargets(ctx, f)
	}
	return all
}

// indexParts reads the index of the kinds that orders need and that no mirror
// of this account has read: once, and where the mirror is off, in each run what
// has changed since.
func (r *run) indexParts(ctx context.Context) error {
	for _, kind := range []record.Kind{record.Customer, record.Product, record.Service} {
		f, _ := flow.Of(kind)
		for _, side := range []record.Side{record.Omie, record.Auvo} {
			for _, feed := range r.side(side).Of(kind).Feeds {
				if err := r.indexFeed(ctx, f, side, feed); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (r *run) indexFeed(ctx context.Context, f flow.Flow, side record.Side, feed record.Feed) error {
	c, err := r.Store.Cursor(ctx, r.Account.ID, cursorName(side, feed))
	if err != nil || feed.Partial || !r.indexDue(f, feed, c) {
		return err
	}
	return r.read(ctx, f, side, feed, c, false)
}

// indexDue leaves feeds alone that a mirror reads, that this run has read, or
// that would have to be read whole again.
func (r *run) indexDue(f flow.Flow, feed record.Feed, c store.Cursor) bool {
	if c.Indexed.IsZero() {
		return true
	}
	return !r.opts.Hints && !f.On(r.Account) && feed.Cycle && feed.Windowed && !c.Newest.IsZero() && c.Indexed.Before(r.start)
}

// pullSide reads one side's feeds of a kind; a side that is halted is skipped.
func (r *run) pullSide(ctx context.Context, f flow.Flow, side record.Side, access *record.Access) error {
	for _, feed := range access.Feeds {
		if r.skips(f, feed) {
			continue
		}
		if err := r.halted[side]; err != nil {
			return err
		}
		c, err := r.Store.Cursor(ctx, r.Account.ID, cursorName(side, feed))
		if err != nil {
			return err
		}
		if !r.opts.Full && r.thrifty(ctx, side, feed, c) {
			if err := r.readMoved(ctx, f, side, feed); err != nil {
				return err
			}
		}
		if r.hadRead(c) || !r.due(ctx, f, side, feed, c) {
			continue
		}
		if err := r.read(ctx, f, side, feed, c, true); err != nil {
			return err
		}
		if err := r.yield(); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) skips(f flow.Flow, feed record.Feed) bool {
	return f.Mirror != nil && f.Mirror.SkipFeeds != nil && slices.Contains(f.Mirror.SkipFeeds(r.Account), feed.Name)
}

// due tells whether a feed is read in this run. An Omie feed known to be empty
// answers with a fault, which is risked at most twice an hour.
func (r *run) due(ctx context.Context, f flow.Flow, side record.Side, feed record.Feed, c store.Cursor) bool {
	if r.opts.Full || (f.Mirror != nil && c.Indexed.IsZero()) {
		return true
	}
	if !feed.Cycle || r.thrifty(ctx, side, feed, c) {
		return false
	}
	if side == record.Omie && c.Newest.IsZero() && r.start.Sub(c.Done) < 30*time.Minute {
		n, err := r.Store.Count(ctx, r.Account.ID, side, f.Kind)
		return err != nil || n > 0
	}
	return true
}

func cursorName(side record.Side, feed record.Feed) string { return string(side) + "/" + feed.Name }

// A reading is one feed being read.
type reading struct {
	run    *run
	flow   flow.Flow
	side   record.Side
	feed   record.Feed
	cursor store.Cursor
	window record.Window
	carry  bool         // false: an index for other flows' sake
	told   store.Cursor // how far the windows had come before this read
	wide   bool         // a distrusted source is read whole, for what its windows lost
	lost   bool         // a window that should have shown a change did not
	from   time.Time    // the newest change known before this read
	began  time.Time    // in real time, of its first slice
	rows   int
	pages  int
	seen   int
	twice  bool // an empty answer was asked for a second time
}

// read reads one feed's window. The cursor moves with the last page, and only
// when the rows received are the rows declared (P2).
func (r *run) read(ctx context.Context, f flow.Flow, side record.Side, feed record.Feed, c store.Cursor, carry bool) error {
	rd := &reading{run: r, flow: f, side: side, feed: feed, cursor: c, carry: carry, began: r.realNow()}
	rd.cursor.Feed = cursorName(side, feed)
	rd.from, rd.told = c.Newest, rd.cursor
	if err := rd.widen(ctx); err != nil {
		return err
	}
	switch {
	case rd.wide:
		rd.window = record.Window{Until: r.start}
	case carry:
		rd.window = r.window(f, side, feed, c)
	case c.Indexed.IsZero() || r.opts.Full:
		rd.window = record.Window{Until: r.start}
	default:
		rd.window = record.Window{Since: c.Newest, Until: r.start}
	}
	if err := rd.takeUp(ctx); err != nil {
		return err
	}
	if feed.Partial {
		ctx = call.WithUrgency(ctx, call.Stock)
	}
	if err := rd.list(ctx); err != nil {
		return err
	}
	if err := rd.noteScan(ctx); err != nil {
		return err
	}
	r.listed[rd.cursor.Feed] = true
	if err := rd.noteTrust(ctx); err != nil {
		return err
	}
	if rd.window.Since.IsZero() && !feed.Partial && carry {
		return r.sweepMissing(ctx, f, rd)
	}
	return nil
}

// widen reads a source whole whose windows were found to lose changes.
func (rd *reading) widen(ctx context.Context) error {
	if !rd.carry || rd.run.opts.Full || !rd.feed.Cycle || !rd.feed.Windowed || rd.told.Indexed.IsZero() {
		return nil
	}
	var err error
	rd.wide, err = rd.run.wide(ctx, rd.cursor.Feed, rd.told)
	return err
}

// errQuiet ends a read whose first page proves that nothing changed.
var errQuiet = errors.New("nothing changed")

// list reads the feed's pages. A quiet feed is read no further than its first
// page (P3), whose total then counts for all.
func (rd *reading) list(ctx context.Context) error {
	err := rd.feed.List(ctx, rd.window, func(p record.Page) error { return rd.page(ctx, p) })
	if errors.Is(err, errAgain) {
		rd.twice = true
		return rd.list(ctx)
	}
	if errors.Is(err, errQuiet) {
		return nil
	}
	return err
}

// errAgain ends a read that found nothing where that means much.
var errAgain = errors.New("nothing found: read again")

// doubtful tells whether an empty answer is asked for again. Auvo says 404 for an
// empty list, and a gateway says it in passing (docs/apis/auvo.md, Lists): believed
// at first contact, all that Auvo has would be made there again (P1), and after a
// gap no later window reaches back over it (P2).
func (rd *reading) doubtful() bool {
	first := rd.told.Done.IsZero() && (rd.flow.Mirror != nil || rd.feed.Windowed)
	gap := rd.feed.Windowed && rd.run.start.Sub(rd.told.Done) > 2*rd.run.every
	return rd.side == record.Auvo && rd.rows == 0 && (first || gap) && !rd.twice
}

// quiet tells whether a page is the first of many of which nothing changed:
// the window starts at the newest change known, every row of the page is as it
// was, and the vendor declares just as many records as we know to have changed
// since. Many records share a stamp after an import. One of those that is
// edited again leaves the total as it is: it is found by the group check, once
// an hour, or by the sweep.
func (rd *reading) quiet(ctx context.Context, p record.Page, sights []store.Sight) (bool, error) {
	if p.Last || p.Number != 1 || rd.side != record.Omie || rd.window.Since.IsZero() || !rd.window.Since.Equal(rd.from) {
		return false, nil
	}
	for _, s := range sights {
		if s.New || s.Changed || s.Dirty {
			return false, nil
		}
	}
	known, err := rd.run.Store.CountSince(ctx, rd.run.Account.ID, rd.side, rd.flow.Kind, rd.window.Since)
	if err != nil || known != p.Declared {
		return false, err
	}
	return rd.groupUntouched(ctx, known)
}

// dueAgain tells whether so much time has passed since a mark was last set by it, and
// sets it then; first: it never was.
func (r *run) dueAgain(ctx context.Context, mark string, after time.Duration) (due, first bool, err error) {
	last, err := r.Store.Mark(ctx, r.Account.ID, mark)
	if err != nil {
		return false, false, err
	}
	if at, err := time.Parse(time.RFC3339, last); err == nil && r.start.Sub(at) < after {
		return false, false, nil
	}
	return true, last == "", r.Store.SetMark(ctx, r.lease, mark, r.start.UTC().Format(time.RFC3339))
}

// groupUntouched asks, once an hour, how many records still carry exactly the
// newest stamp known: as many as before means that none was edited since.
func (rd *reading) groupUntouched(ctx context.Context, known int) (bool, error) {
	due, first, err := rd.run.dueAgain(ctx, "group-checked/"+rd.cursor.Feed, time.Hour)
	if err != nil || !due || first {
		return err == nil, err
	}
	declared := 0
	err = rd.feed.List(ctx, record.Window{Since: rd.from, Until: rd.from}, func(p record.Page) error {
		declared = p.Declared
		return errQuiet
	})
	if err != nil && !errors.Is(err, errQuiet) {
		return false, err
	}
	return declared == known, nil
}

func (rd *reading) page(ctx context.Context, p record.Page) error {
	rd.rows += p.Received
	rd.pages = max(rd.pages, p.Number)
	if err := addsUp(rd.cursor.Feed, p, rd.rows); err != nil {
		return err
	}
	if p.Last && rd.doubtful() {
		return errAgain
	}
	seen, err := rd.take(ctx, p.Items)
	if err != nil {
		return err
	}
	rd.seen += len(seen)
	write := store.PageWrite{
		Run: rd.run.id, Feed: rd.cursor.Feed, Kind: rd.flow.Kind, Side: rd.side, Partial: rd.feed.Partial, Seen: seen,
		Covers: rd.carry && rd.feed.Hooked && !rd.cursor.Done.IsZero(),
	}
	if p.Last {
		if err := rd.emptied(ctx); err != nil {
			return err
		}
		write.Cursor = rd.moved()
	}
	write.Reading = rd.soFar(p)
	sights, err := rd.run.savePage(ctx, rd.feed, write)
	if err != nil {
		return err
	}
	if err := rd.count(ctx, seen, sights); err != nil {
		return err
	}
	if err := rd.drift(ctx, p, seen, sights); err != nil {
		return err
	}
	if err := rd.compare(ctx, sights); err != nil {
		return err
	}
	quiet, err := rd.quiet(ctx, p, sights)
	if err != nil {
		return err
	}
	if !quiet {
		return rd.pause(write)
	}
	last := store.PageWrite{Run: rd.run.id, Feed: rd.cursor.Feed, Kind: rd.flow.Kind, Side: rd.side, Cursor: rd.moved()}
	if _, err := rd.run.Store.SavePage(ctx, rd.run.lease, last); err != nil {
		return err
	}
	return errQuiet
}

// compare has the sweep decide again what it read and what stands linked: a
// difference between two records that were both read before shows in no feed.
func (rd *reading) compare(ctx context.Context, sights []store.Sight) error {
	if !rd.run.opts.Full || rd.flow.Mirror == nil || !rd.carry {
		return nil
	}
	var refs []record.Ref
	for _, s := range sights {
		switch s.Outcome {
		case store.OutcomeCreated, store.OutcomeUpdated, store.OutcomeUnchanged, outcomePlanned:
			refs = append(refs, s.Ref)
		}
	}
	return rd.run.Store.Redecide(ctx, rd.run.lease, refs...)
}

// addsUp refuses the last page of a list whose pages held other than the declared rows (P2).
func addsUp(feed string, p record.Page, rows int) error {
	if !p.Last || p.Declared < 0 || rows == p.Declared {
		return nil
	}
	return &readError{feed, fmt.Sprintf("the pages held %d rows and the vendor declared %d", rows, p.Declared)}
}

// take decides which items of a page are carried over, and notes the newest change.
func (rd *reading) take(ctx context.Context, items []record.Item) ([]store.Seen, error) {
	var from time.Time
	if rd.carry { // a flow that is off has no settings to ask
		from = rd.run.carryFrom(rd.flow, rd.cursor)
	}
	all := rd.run.opts.Full || (rd.flow.Mirror != nil && rd.flow.Mirror.FirstLoad && rd.side == record.Omie)
	seen := make([]store.Seen, 0, len(items))
	for _, i := range items {
		if i.Changed.After(rd.cursor.Newest) {
			rd.cursor.Newest = i.Changed
		}
		i, err := rd.fuller(ctx, i)
		if err != nil {
			return nil, err
		}
		known, err := rd.known(ctx, i)
		if err != nil {
			return nil, err
		}
		if !known {
			continue
		}
		recent := rd.recent(i, from) || (i.Source != nil && i.Source.Deleted)
		seen = append(seen, store.Seen{Item: i, Carry: rd.carry && (all || recent), News: rd.carry && rd.late(i), Edits: !rd.told.Done.IsZero()})
	}
	return seen, nil
}

// recent tells whether an item changed inside the window that is carried over.
// A feed without times is carried whole once its kind was indexed.
func (rd *reading) recent(i record.Item, from time.Time) bool {
	if i.Changed.IsZero() {
		return rd.feed.Cycle && (!rd.cursor.Done.IsZero() || rd.flow.Derive != nil)
	}
	return !i.Changed.Before(from)
}

// late tells whether windows before this read should have shown an item as it
// is: new to us now, it is decided now.
func (rd *reading) late(i record.Item) bool {
	if rd.flow.Mirror != nil {
		return !rd.told.Done.IsZero() && !rd.told.Indexed.IsZero()
	}
	return !rd.told.Done.IsZero() && !i.Changed.Before(rd.told.Since)
}

// fuller returns what is stored of a source of the same version: list rows may
// lack what a read by id gave (docs/apis/auvo.md, Tasks). The sweep believes
// only rows that are whole, and has others read by id where an edit that left its
// stamp as it was could still be followed.
func (rd *reading) fuller(ctx context.Context, i record.Item) (record.Item, error) {
	whole := i.Fact(record.FactPartial) == ""
	if i.Source == nil || i.Source.Deleted || i.Version == "" || (rd.run.opts.Full && whole) {
		return i, nil
	}
	stored, err := rd.run.Store.Item(ctx, rd.run.Account.ID, i.Ref())
	if errors.Is(err, store.ErrNotFound) {
		return i, nil
	}
	if err != nil || stored.Version != i.Version || stored.Source.Deleted {
		return i, err
	}
	if rd.run.opts.Full {
		if follows, err := rd.run.follows(ctx, i.Ref()); err != nil || follows {
			return i, err
		}
	}
	return stored, nil
}

// known drops deleted sources that Ponte never read: nothing was made of them, but
// for what a backup that was put back knows nothing of.
func (rd *reading) known(ctx context.Context, i record.Item) (bool, error) {
	if i.Source == nil || !i.Source.Deleted || rd.run.back.On() {
		return true, nil
	}
	_, err := rd.run.Store.Item(ctx, rd.run.Account.ID, i.Ref())
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// fewRecords may be gone all at once; more are not believed to be.
const fewRecords = 5

// emptied is the brake on a whole read that finds nothing where there was something (P9).
func (rd *reading) emptied(ctx context.Context) error {
	if rd.rows > 0 || !rd.window.Since.IsZero() || rd.feed.Partial {
		return nil
	}
	n, err := rd.run.Store.Count(ctx, rd.run.Account.ID, rd.side, rd.flow.Kind)
	if err != nil || n < fewRecords || rd.flow.Derive != nil {
		return err
	}
	return &readError{rd.cursor.Feed, fmt.Sprintf("the list came back empty, and %d records were known; nothing was taken as gone", n)}
}

// moved is the cursor once the last page is stored.
func (rd *reading) moved() *store.Cursor {
	c := rd.cursor
	if rd.carry { // an index for another flow's sake processes nothing
		if c.Done.IsZero() {
			c.Since = rd.window.Since
		}
		if c.Done.Before(rd.run.start) { // a run for hints may have come further meanwhile
			c.Done = rd.run.start
		}
	}
	if rd.window.Since.IsZero() {
		c.Since = time.Time{}
	}
	if rd.window.Since.IsZero() || !rd.carry {
		c.Indexed = rd.run.start
	}
	return &c
}

// count gives each record read its outcome: that of its last decision, until
// this run decides again.
func (rd *reading) count(ctx context.Context, seen []store.Seen, sights []store.Sight) error {
	t := rd.run.tally[rd.flow.Name]
	carried := map[string]store.Seen{}
	for _, s := range seen {
		carried[s.Item.ID] = s
	}
	for _, s := range sights { // what a partial page does not know has no sight
		if s.Changed && rd.side == record.Auvo {
			if err := rd.run.ripple(ctx, s.Ref); err != nil {
				return err
			}
		}
		if t == nil || !rd.counts(carried[s.Ref.ID], s) {
			continue
		}
		key, err := rd.run.keyOf(ctx, s.Ref)
		if err != nil {
			return err
		}
		t.set(key, standing(s))
	}
	return nil
}

// standing is what a record that is read again counts as: what was made or
// changed by an earlier run is unchanged now.
func standing(s store.Sight) string {
	switch s.Outcome {
	case store.OutcomeCreated, store.OutcomeUpdated:
		return store.OutcomeUnchanged
	}
	return s.Outcome
}

// counts tells whether a record was read in the contract's sense: a stock row
// or a deleted source only when it changed, anything else inside its window.
func (rd *reading) counts(seen store.Seen, s store.Sight) bool {
	if rd.feed.Partial || (seen.Item.Source != nil && seen.Item.Source.Deleted) {
		return s.Dirty
	}
	return seen.Carry || s.Dirty
}

// keyOf is the counting key of a record: that of its pair once it is linked.
func (r *run) keyOf(ctx context.Context, ref record.Ref) (string, error) {
	link, err := r.Store.Link(ctx, r.Account.ID, ref.Kind, ref.Side, ref.ID)
	if errors.Is(err, store.ErrNotFound) {
		return refKey(ref), nil
	}
	if err != nil {
		return "", err
	}
	return pairKey(ref.Kind, link.Auvo, link.Omie), nil
}

func refKey(ref record.Ref) string {
	if ref.Side == record.Auvo {
		return pairKey(ref.Kind, ref.ID, "")
	}
	return pairKey(ref.Kind, "", ref.ID)
}

// ripple has sources decided again that look at a record which changed.
func (r *run) ripple(ctx context.Context, ref record.Ref) error {
	switch ref.Kind {
	case record.Customer:
		return r.regroup(ctx, ref.ID)
	case record.Task:
		return r.redate(ctx, ref.ID)
	}
	return nil
}

// redate has the exported quotations of a changed task decided again: its date
// is their forecast (design.md §7).
func (r *run) redate(ctx context.Context, task string) error {
	quotations, err := r.Store.ItemsByKey(ctx, r.Account.ID, record.Auvo, record.Quotation, record.Key{Name: record.KeyTask, Value: task})
	if err != nil {
		return err
	}
	for _, q := range quotations {
		made, err := r.made(ctx, q.Ref())
		if err != nil {
			return err
		}
		if len(made) > 0 {
			if err := r.Store.Redecide(ctx, r.lease, q.Ref()); err != nil {
				return err
			}
		}
	}
	return nil
}

// regroup has the excluded tasks of a changed customer decided again: its
// groups may be those that the account takes (design.md §7).
func (r *run) regroup(ctx context.Context, customer string) error {
	for _, kind := range []record.Kind{record.Task, record.Quotation} {
		items, err := r.Store.ItemsByKey(ctx, r.Account.ID, record.Auvo, kind, record.Key{Name: record.KeyCustomer, Value: customer})
		if err != nil {
			return err
		}
		for _, i := range items {
			state, err := r.Store.ItemState(ctx, r.Account.ID, i.Ref())
			if err != nil {
				return err
			}
			if state.Outcome == store.OutcomeExcluded {
				if err := r.Store.Redecide(ctx, r.lease, i.Ref()); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
