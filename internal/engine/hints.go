package engine

import (
	"context"
	"errors"
	"slices"

	"ponte/internal/call"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A hint says "read this record again" and nothing more: what it is about is
// read through the API, stored and decided like anything else, and the hint is
// settled in the transaction of the data. So a hint may come twice, late, out
// of order or never: the record is what its side says it is, and what no hook
// told is found by the next cycle.

// hints are the open hints about one flow's kind, by what they are about.
type hints map[hinted][]store.Hint

// hinted is what a hint is about: a record, or its row in a partial feed.
type hinted struct {
	ref  record.Ref
	feed string
}

// about are the records of a side that are hinted, in the hints' order.
func (h hints) about(side record.Side, feed string) []record.Ref {
	type first struct {
		ref record.Ref
		seq int64
	}
	var all []first
	for at, told := range h {
		if at.ref.Side == side && at.feed == feed {
			all = append(all, first{at.ref, told[0].Seq})
		}
	}
	slices.SortFunc(all, func(a, b first) int { return int(a.seq - b.seq) })
	refs := make([]record.Ref, 0, len(all))
	for _, f := range all {
		refs = append(refs, f.ref)
	}
	return refs
}

// partial are the partial feeds of a side that are hinted.
func (h hints) partial(side record.Side) []string {
	var names []string
	for at := range h {
		if at.ref.Side == side && at.feed != "" && !slices.Contains(names, at.feed) {
			names = append(names, at.feed)
		}
	}
	return names
}

func seqs(told []store.Hint) []int64 {
	out := make([]int64, 0, len(told))
	for _, h := range told {
		out = append(out, h.Seq)
	}
	return out
}

// dropHints settles what no flow of this account reads.
func (r *run) dropHints(ctx context.Context) error {
	open, err := r.Store.OpenHints(ctx, r.Account.ID)
	if err != nil {
		return err
	}
	var none []int64
	for _, h := range open {
		if f, ok := flow.Of(h.Notice.Ref.Kind); !ok || !f.On(r.Account) || !r.reads(f, h.Notice) {
			none = append(none, h.Seq)
		}
	}
	return r.settleHints(ctx, store.HintUnneeded, none)
}

func (r *run) settleHints(ctx context.Context, outcome string, seqs []int64) error {
	if len(seqs) == 0 {
		return nil
	}
	return r.Store.SettleHints(ctx, r.lease, r.id, outcome, seqs...)
}

// reads tells whether a flow reads what a notice is about: its side offers the
// kind, and the account's settings make the feed needed.
func (r *run) reads(f flow.Flow, n record.Notice) bool {
	access := r.side(n.Ref.Side).Of(f.Kind)
	if access == nil {
		return false
	}
	return n.Feed == "" || slices.ContainsFunc(access.Feeds, func(feed record.Feed) bool { return feed.Name == n.Feed && !r.skips(f, feed) })
}

// takeHints takes up what is open about a flow's kind; our own writes coming
// back are settled at once. In a run for hints, idle says that the flow has
// nothing to do: no hint, nothing to be decided and nothing to be sent.
func (r *run) takeHints(ctx context.Context, f flow.Flow) (idle bool, err error) {
	r.hints = hints{}
	if ready, err := r.hintable(ctx, f); !ready || err != nil {
		return true, err
	}
	open, err := r.Store.OpenHints(ctx, r.Account.ID)
	if err != nil {
		return false, err
	}
	for _, h := range open {
		if h.Notice.Ref.Kind == f.Kind {
			at := hinted{h.Notice.Ref, h.Notice.Feed}
			r.hints[at] = append(r.hints[at], h)
		}
	}
	if err := r.dropEchoes(ctx); err != nil || !r.opts.Hints {
		return false, err
	}
	if len(r.hints) == 0 {
		if pending, err := r.pending(ctx, f); err != nil || !pending {
			return true, err
		}
	}
	if r.tally[f.Name] == nil {
		r.tally[f.Name] = newTally()
	}
	return false, nil
}

// hintable tells whether a run may take a flow's hints up. Before the first
// cycle has read everything, single records say too little: what stands on both
// sides would be made again. Their hints stay open.
func (r *run) hintable(ctx context.Context, f flow.Flow) (bool, error) {
	switch {
	case !r.opts.Hints:
		return true, nil
	case r.prior.ID == "", r.back.On(): // nor while a database that was put back is read again
		return false, nil
	case f.Mirror != nil:
		return r.bothIndexed(ctx, f)
	}
	return true, nil
}

func (r *run) dropEchoes(ctx context.Context) error {
	for at, told := range r.hints {
		writes, err := r.Store.ChangesOf(ctx, r.Account.ID, at.ref)
		if err != nil {
			return err
		}
		ours := echoes(told, writes)
		if err := r.settleHints(ctx, store.HintEcho, seqs(ours)); err != nil {
			return err
		}
		left := slices.DeleteFunc(told, func(h store.Hint) bool {
			return slices.ContainsFunc(ours, func(o store.Hint) bool { return o.Seq == h.Seq })
		})
		if r.hints[at] = left; len(left) == 0 {
			delete(r.hints, at)
		}
	}
	return nil
}

// pending tells whether a flow has something to decide or to send.
func (r *run) pending(ctx context.Context, f flow.Flow) (bool, error) {
	for _, side := range []record.Side{record.Omie, record.Auvo} {
		dirty, err := r.Store.Dirty(ctx, r.Account.ID, f.Kind, side, "", 1)
		if err != nil || len(dirty) > 0 {
			return err == nil, err
		}
	}
	changes, err := r.Store.Planned(ctx, r.Account.ID, f.Name)
	return slices.ContainsFunc(changes, func(c store.Change) bool { return c.Cause == "" }), err
}

// savePage stores a page and settles the hints about what it shows: a row of a
// partial feed answers only what was said of that feed.
func (r *run) savePage(ctx context.Context, feed record.Feed, w store.PageWrite) ([]store.Sight, error) {
	part := ""
	if feed.Partial {
		part = feed.Name
	}
	w.Hinted = map[string][]int64{}
	for _, s := range w.Seen {
		ref := record.Ref{Kind: w.Kind, Side: w.Side, ID: s.Item.ID}
		if told := r.hints[hinted{ref, part}]; len(told) > 0 {
			w.Hinted[s.Item.ID] = seqs(told)
		}
	}
	sights, err := r.Store.SavePage(ctx, r.lease, w)
	if err != nil {
		return nil, err
	}
	for _, s := range sights {
		delete(r.hints, hinted{s.Ref, part})
	}
	return sights, nil
}

// pullHinted reads the window of the feed that shows a side's hinted records:
// one list, however many they are. One record alone is cheaper by its id where
// the look-up is one call as well, and then is whole.
func (r *run) pullHinted(ctx context.Context, f flow.Flow, side record.Side, access *record.Access) error {
	refs := r.hints.about(side, "")
	for _, feed := range access.Feeds {
		if !feed.Windowed || !feed.Cycle || !byWindow(side, len(refs)) || r.skips(f, feed) {
			continue
		}
		c, err := r.Store.Cursor(ctx, r.Account.ID, cursorName(side, feed))
		if err != nil || (f.Mirror != nil && c.Indexed.IsZero()) || c.Done.IsZero() || !r.due(ctx, f, side, feed, c) {
			return err // the first cycle reads it whole
		}
		if err := r.read(ctx, f, side, feed, c, true); err != nil {
			return err
		}
	}
	return nil
}

// pullTargets reads, before a mirror writes for hints, the window of the side that
// it writes to, as a cycle does: an edit there that no hook told would be
// overwritten unseen (P4), and a record made there made again (P1). A side that
// is only written to tells of no changes, and is looked up (foundAfterAll).
func (r *run) pullTargets(ctx context.Context, f flow.Flow) error {
	if f.Mirror == nil {
		return nil
	}
	for range 2 { // what one side's window brings may be written to the other
		for _, side := range []record.Side{record.Omie, record.Auvo} {
			writes, err := r.writesTo(ctx, f, side)
			if err != nil {
				return err
			}
			if !writes {
				continue
			}
			if err := r.readTarget(ctx, f, side); err != nil {
				r.unread[f.Name+"/"+string(side)] = true
				return err
			}
		}
	}
	return nil
}

// writesTo tells whether a mirror may have something to write to a side.
func (r *run) writesTo(ctx context.Context, f flow.Flow, side record.Side) (bool, error) {
	dirty, err := r.Store.Dirty(ctx, r.Account.ID, f.Kind, side.Other(), "", 1)
	if err != nil || len(dirty) > 0 {
		return err == nil, err
	}
	changes, err := r.Store.Planned(ctx, r.Account.ID, f.Name)
	return slices.ContainsFunc(changes, func(c store.Change) bool { return c.To == side }), err
}

// readTarget reads the window of a side of a mirror, once a run.
func (r *run) readTarget(ctx context.Context, f flow.Flow, side record.Side) error {
	for _, feed := range r.side(side).Of(f.Kind).Feeds {
		if !feed.Windowed || !feed.Cycle || r.listed[cursorName(side, feed)] {
			continue
		}
		if err := r.halted[side]; err != nil {
			return err
		}
		c, err := r.Store.Cursor(ctx, r.Account.ID, cursorName(side, feed))
		if err != nil || !r.due(ctx, f, side, feed, c) {
			return err
		}
		if err := r.read(ctx, f, side, feed, c, true); err != nil {
			return err
		}
	}
	return nil
}

// byWindow tells whether hinted records are read by a list's window (pure).
func byWindow(side record.Side, records int) bool {
	return records > 1 || (records == 1 && side == record.Omie)
}

// mostByID bounds how many records a run looks up one by one for hints; the
// others stay open for the next.
const mostByID = 60

// readHinted looks up what is hinted and no list of this run showed.
func (r *run) readHinted(ctx context.Context, f flow.Flow, side record.Side, access *record.Access) error {
	if len(r.hints) == 0 {
		return nil
	}
	if err := r.halted[side]; err != nil {
		return err
	}
	for _, name := range r.hints.partial(side) {
		if err := r.readPart(ctx, f, side, access, name); err != nil {
			return err
		}
	}
	refs := r.hints.about(side, "")
	if len(refs) == 0 {
		return nil
	}
	known, err := r.Store.KnownID(ctx, r.Account.ID, side, f.Kind)
	if err != nil || (known == "" && side == record.Omie) {
		return err // Omie's answer would be a fault; a cycle reads the first one
	}
	refs = refs[:min(len(refs), mostByID)]
	found, err := access.Find.Find(ctx, idKeys(refs), record.Near{KnownID: known})
	if errors.Is(err, record.ErrNoLookup) {
		for _, ref := range refs {
			if err := r.closeHint(ctx, hinted{ref: ref}, store.HintUnseen); err != nil {
				return err
			}
		}
		return nil
	}
	if err != nil {
		return err
	}
	if err := r.takeFound(ctx, f, side, found); err != nil {
		return err
	}
	for _, ref := range refs {
		if err := r.notFound(ctx, ref); err != nil {
			return err
		}
	}
	return nil
}

func idKeys(refs []record.Ref) []record.Key {
	keys := make([]record.Key, 0, len(refs))
	for _, ref := range refs {
		keys = append(keys, record.Key{Name: record.KeyID, Value: ref.ID})
	}
	return keys
}

// takeFound stores records that were read by their ids. A source read so is
// whole, and need not be read again before its document is made.
func (r *run) takeFound(ctx context.Context, f flow.Flow, side record.Side, found []record.Item) error {
	if len(found) == 0 {
		return nil
	}
	w := r.lookedUp(f.Kind, side, found...)
	w.Covers = true
	rd := &reading{run: r, flow: f, side: side, carry: true}
	sights, err := r.savePage(ctx, rd.feed, w)
	if err != nil {
		return err
	}
	for _, i := range found {
		r.fresh[i.Ref()] = true
	}
	return rd.count(ctx, w.Seen, sights)
}

// notFound ends the hints about a record that its side no longer has. Only where
// the vendor's own word was that it was deleted is it gone for us too; else the
// deleted list or the sweep decides, since one read that finds nothing may be a
// passing fault.
func (r *run) notFound(ctx context.Context, ref record.Ref) error {
	at := hinted{ref: ref}
	told := r.hints[at]
	if len(told) == 0 {
		return nil
	}
	was, err := r.Store.Item(ctx, r.Account.ID, ref)
	known := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	deleted := slices.ContainsFunc(told, func(h store.Hint) bool { return h.Notice.Gone })
	switch {
	case known && deleted && was.Source != nil:
		return r.sourceGone(ctx, was)
	case known && deleted:
		if err := r.Store.MarkMissing(ctx, r.lease, []record.Ref{ref}, r.Now()); err != nil {
			return err
		}
	}
	return r.closeHint(ctx, at, store.HintGone)
}

func (r *run) closeHint(ctx context.Context, at hinted, outcome string) error {
	told := r.hints[at]
	delete(r.hints, at)
	return r.settleHints(ctx, outcome, seqs(told))
}

// readPart reads the hinted rows of a partial feed: by id while that is cheaper
// than the whole feed. A row of a record that we do not know says nothing yet.
func (r *run) readPart(ctx context.Context, f flow.Flow, side record.Side, access *record.Access, name string) error {
	n := slices.IndexFunc(access.Feeds, func(feed record.Feed) bool { return feed.Name == name })
	if n < 0 || access.Feeds[n].Find == nil {
		return nil
	}
	feed := access.Feeds[n]
	refs, err := r.knownRefs(ctx, feed, r.hints.about(side, name))
	if err != nil || len(refs) == 0 {
		return err
	}
	if err := r.readRows(ctx, f, side, feed, refs); err != nil {
		return err
	}
	for _, ref := range refs {
		if err := r.closeHint(ctx, hinted{ref, name}, store.HintGone); err != nil {
			return err
		}
	}
	return nil
}

// readRows reads some rows of a partial feed by id.
func (r *run) readRows(ctx context.Context, f flow.Flow, side record.Side, feed record.Feed, refs []record.Ref) error {
	found, err := feed.Find.Find(call.WithUrgency(ctx, call.Stock), idKeys(refs), record.Near{})
	if err != nil {
		return err
	}
	rd := &reading{run: r, flow: f, side: side, feed: feed, carry: true}
	w := r.lookedUp(f.Kind, side, found...)
	w.Partial = true
	sights, err := r.savePage(ctx, feed, w)
	if err != nil {
		return err
	}
	return rd.count(ctx, w.Seen, sights)
}

// knownRefs ends the hints about rows of records that we do not hold: their own
// feed brings the record first.
func (r *run) knownRefs(ctx context.Context, feed record.Feed, refs []record.Ref) ([]record.Ref, error) {
	var known []record.Ref
	for _, ref := range refs {
		_, err := r.Store.Item(ctx, r.Account.ID, ref)
		switch {
		case errors.Is(err, store.ErrNotFound):
			if err := r.closeHint(ctx, hinted{ref, feed.Name}, store.HintUnseen); err != nil {
				return nil, err
			}
		case err != nil:
			return nil, err
		default:
			known = append(known, ref)
		}
	}
	return known, nil
}
