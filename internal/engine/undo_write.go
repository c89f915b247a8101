package engine

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"ponte/internal/flow"
	"ponte/internal/reconcile"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A sighting is what a look at a record found, and when, in real time.
type sighting struct {
	at    time.Time
	found bool
}

// How long the state of an order is believed before it is cancelled (P8), and how
// many records of a mirror are read ahead of their writes.
const (
	stateLasts = time.Minute
	readAhead  = 49
)

// lookAt reads records again, many at a time, and remembers which are there.
func (r *run) lookAt(ctx context.Context, side record.Side, kind record.Kind, ids []string, since time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	if r.stored {
		return r.believe(ctx, side, kind, ids)
	}
	keys := make([]record.Key, 0, len(ids))
	for _, id := range ids {
		keys = append(keys, record.Key{Name: record.KeyID, Value: id})
	}
	at := r.realNow()
	items, err := r.search(ctx, side, kind, keys, record.Near{Since: since})
	if err != nil {
		return err
	}
	for _, id := range ids {
		r.sights[record.Ref{Kind: kind, Side: side, ID: id}] = sighting{at: at}
	}
	for _, i := range items {
		r.sights[i.Ref()] = sighting{at, true}
	}
	return nil
}

// standing is an order as it was just read, and how it stands.
func (r *run) standing(ctx context.Context, f flow.Flow, ref record.Ref) (record.Item, flow.Standing, error) {
	if !r.sights[ref].found {
		return record.Item{}, flow.Gone, nil
	}
	held, err := r.Store.Item(ctx, r.Account.ID, ref)
	if err != nil {
		return held, "", err
	}
	links, err := r.Store.Links(ctx, r.Account.ID, ref.Kind, record.Omie, ref.ID)
	return held, flow.StandingOf(held, true, len(links) > 1, r.frozenStages(f)), err
}

// frozenStages are those of a flow, which has none while it is off.
func (r *run) frozenStages(f flow.Flow) []string {
	if !f.On(r.Account) {
		return nil
	}
	return f.Derive.Settings(r.Account).FrozenStages
}

// undoStale looks at a record once more before something of it is undone. What
// somebody billed, cancelled, removed or edited since stays as it is (P4, P8).
func (r *run) undoStale(ctx context.Context, f flow.Flow, c store.Change) (stale bool, err error) {
	if err := r.lookAhead(ctx, f, c); err != nil {
		return true, r.note(ctx, r.tally[f.Name], err) // unread, unsent: it stays planned
	}
	if c.Action == "cancel" {
		held, standing, err := r.standing(ctx, f, targetRef(c))
		if err != nil || standing == flow.Open {
			return err != nil, err
		}
		return true, r.dropUndo(ctx, c, flow.NotCancelled(c.Kind, held.Fact(record.FactNumber), c.Code, standing))
	}
	if !r.sights[targetRef(c)].found {
		return true, r.dropUndo(ctx, c, flow.Kept("vanished", map[string]string{"side": string(c.To)}))
	}
	return r.restoreStale(ctx, f, c)
}

// lookAhead reads the record of a change, and of those that wait behind it, unless
// it was just read.
func (r *run) lookAhead(ctx context.Context, f flow.Flow, c store.Change) error {
	seen := r.sights[targetRef(c)]
	if !seen.at.IsZero() && (!isOrder(c.Kind) || r.realNow().Sub(seen.at) < stateLasts) {
		return nil
	}
	planned, err := r.Store.Planned(ctx, r.Account.ID, f.Name)
	if err != nil {
		return err
	}
	links, targets := []store.Link{}, []string{targetRef(c).ID}
	for _, p := range planned {
		if !p.Undo || p.Kind != c.Kind || p.To != c.To || (!isOrder(c.Kind) && len(targets) >= readAhead) {
			continue
		}
		links = append(links, store.Link{Kind: p.Kind, Code: p.Code})
		if p.ID != c.ID {
			targets = append(targets, targetRef(p).ID)
		}
	}
	since := r.start
	if isOrder(c.Kind) {
		since = r.since(ctx, links)
	}
	return r.lookAt(ctx, c.To, c.Kind, targets, since)
}

// restoreStale leaves out the fields that were edited since the plan was made, and
// those that the vendor is known to refuse.
func (r *run) restoreStale(ctx context.Context, f flow.Flow, c store.Change) (stale bool, err error) {
	held, err := r.Store.Item(ctx, r.Account.ID, targetRef(c))
	if err != nil {
		return false, err
	}
	written := make([]reconcile.Change, 0, len(c.Fields))
	for _, w := range c.Fields {
		written = append(written, reconcile.Change{Field: w.Name, From: w.To, To: w.From})
	}
	restore, edited := reconcile.TakeBack(written, held.Fields)
	fields, why := r.acceptable(f, c.To, restore)
	if len(fields) == len(c.Fields) {
		return false, nil
	}
	for _, e := range edited {
		why = append(why, flow.Kept("edited", editedDetail(e)))
	}
	text := strings.Join(why, " ")
	if len(fields) == 0 {
		return true, r.dropUndo(ctx, c, text)
	}
	c.Fields = fields
	return false, r.Store.Settle(ctx, r.lease, store.Settlement{Change: c, Events: []store.Event{r.changeEvent(c, "undo", text)}})
}

// dropUndo leaves something as it is, and says why.
func (r *run) dropUndo(ctx context.Context, c store.Change, why string) error {
	c.State, c.Cause, c.Text, c.Settled = store.Superseded, "", why, r.Now()
	return r.Store.Settle(ctx, r.lease, store.Settlement{
		Change: c, ClearCauses: true, Events: []store.Event{r.changeEvent(c, "undo", "Não foi desfeito: "+why)},
	})
}

// settleUndone keeps what was undone in one transaction with the change's own
// state. An order parts from its source, whose life says that a person wants none; a
// field's values on both sides are kept, so that their difference is nobody's edit.
// A death just before leaves the change sending: it is looked up by what the record
// holds, and settled here.
func (r *run) settleUndone(ctx context.Context, f flow.Flow, c store.Change, item record.Item, how string, look store.Look) error {
	s := store.Settlement{
		Change: c, Items: []record.Item{item}, ClearCauses: true, Outcome: store.OutcomeUpdated, Redecide: []record.Ref{c.Source}, Look: look,
		Events: []store.Event{r.changeEvent(c, "undone", undoneText(c, item, how))},
	}
	var err error
	if c.Action == "cancel" {
		err = r.partOrder(ctx, &s, c)
	} else {
		err = r.keepApart(ctx, &s, c, item)
	}
	if err != nil {
		return err
	}
	if err := r.Store.Settle(ctx, r.lease, s); err != nil {
		return err
	}
	r.countDone(f, c, store.OutcomeUpdated)
	if r.Progress != nil {
		r.Progress(c)
	}
	return nil
}

func undoneText(c store.Change, item record.Item, how string) string {
	text := "Desfeito: voltou ao que era no " + c.To.Title() + "."
	if c.Action == "cancel" {
		text = "Desfeito: " + flow.OrderStands(c.Kind, item.Fact(record.FactNumber), c.Code, flow.Cancelled) + "."
	}
	if how != "" {
		text += " " + how
	}
	return text
}

// partOrder ends the link of a cancelled order; its code stays used, the next is R1.
func (r *run) partOrder(ctx context.Context, s *store.Settlement, c store.Change) error {
	links, err := r.Store.Links(ctx, r.Account.ID, c.Kind, record.Omie, c.Omie)
	if err != nil {
		return err
	}
	key, _ := record.ParseOrderCode(c.Code)
	s.Unlink = links
	s.Lives = []store.Life{{Source: c.Source, Kind: c.Kind, Life: record.Life{Epoch: key.Epoch, Undone: r.Now(), Why: whyOf(c)}}}
	return nil
}

// keepApart notes what both sides hold of the fields that got their former values
// back, but for those on which they agree by now, or that one side does not hold.
func (r *run) keepApart(ctx context.Context, s *store.Settlement, c store.Change, item record.Item) error {
	link, err := r.Store.Link(ctx, r.Account.ID, c.Kind, c.Source.Side, c.Source.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	other, err := r.Store.Item(ctx, r.Account.ID, c.Source)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	link.Undone = maps.Clone(link.Undone)
	if link.Undone == nil {
		link.Undone = map[string]record.Values{}
	}
	p := pairOf(item, other)
	for field, to := range sentFields(c) {
		switch held, holds := other.Fields[field]; {
		case holds && record.Same(field, held, to):
			link.Base = link.Base.With(record.Fields{field: to})
			delete(link.Undone, field)
		case holds:
			link.Undone[field] = record.Values{Auvo: p.auvo.Fields[field], Omie: p.omie.Fields[field]}
		}
	}
	s.Links = []store.Link{link}
	return nil
}
