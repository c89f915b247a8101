package engine

import (
	"context"
	"errors"
	"time"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// sweepOrders looks again, in a sweep and by list pages, at the orders that Ponte
// made: which were billed, cancelled or deleted meanwhile, so that explain and
// status know. Kinds of which none is known are left alone: an empty list is a fault.
func (r *run) sweepOrders(ctx context.Context, f flow.Flow) error {
	if f.Derive == nil || !r.opts.Full || r.looked {
		return nil
	}
	r.looked = true
	for _, kind := range orderKinds {
		risky, err := r.maybeEmpty(ctx, kind)
		if err != nil {
			return err
		}
		if risky {
			continue
		}
		if err := r.sweepKind(ctx, f, kind); err != nil {
			return err
		}
	}
	return nil
}

// maybeEmpty tells whether the list of a kind of order may be empty. Where all that
// were known seem gone, which a stale list may feign, it is risked once a day.
func (r *run) maybeEmpty(ctx context.Context, kind record.Kind) (bool, error) {
	known, err := r.Store.KnownID(ctx, r.Account.ID, record.Omie, kind)
	if err != nil || known != "" {
		return false, err
	}
	ever, err := r.Store.Count(ctx, r.Account.ID, record.Omie, kind)
	if err != nil || ever == 0 {
		return true, err
	}
	due, _, err := r.dueAgain(ctx, "gone-asked/"+string(kind), 20*time.Hour)
	return !due, err
}

func (r *run) sweepKind(ctx context.Context, f flow.Flow, kind record.Kind) error {
	blank := store.Sweep{Run: r.id, Flow: f.Name, Source: string(record.Omie) + "/" + string(kind) + "s", At: r.start}
	err := r.readOrders(ctx, f, kind, func(p record.Page, sights []store.Sight) error {
		sum := blank
		sum.Whole, sum.Seen = p.Last, len(sights)
		for _, s := range sights {
			now := itemOf(p.Items, s.Ref)
			was, is := flow.OrderState(s.Was), flow.OrderState(now)
			written := !s.HadRow // by Ponte
			if !s.Changed || s.SameRow || written && was == is {
				continue
			}
			sum.Unasked++
			sum.Examples = append(sum.Examples, store.Drift{
				Ref: s.Ref, Title: now.Title, Why: store.DriftUnasked, Field: "state", From: was, To: is, Changed: now.Changed.UTC(),
			})
		}
		return r.Store.AddSweep(ctx, r.lease, sum)
	})
	if err != nil {
		return err
	}
	return r.ordersGone(ctx, f, kind, blank)
}

func itemOf(items []record.Item, ref record.Ref) record.Item {
	for _, i := range items {
		if i.Ref() == ref {
			return i
		}
	}
	return record.Item{}
}

// ordersGone marks the orders of the window that a second read does not find
// either. They are looked up by code, in lists: Omie's read of one sales order
// faults when it is gone.
func (r *run) ordersGone(ctx context.Context, f flow.Flow, kind record.Kind, sum store.Sweep) error {
	unseen, err := r.Store.Unseen(ctx, r.Account.ID, kind, record.Omie, r.id)
	if err != nil {
		return err
	}
	w := r.ordersWindow(f)
	var keys []record.Key
	var within []record.Item
	for _, o := range unseen {
		if _, ours := record.ParseOrderCode(o.Code); ours && (o.Changed.IsZero() || o.Changed.After(w.Since)) {
			keys, within = append(keys, record.Key{Name: record.KeyCode, Value: o.Code}), append(within, o)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	found, err := r.search(ctx, record.Omie, kind, keys, record.Near{Since: w.Since})
	if errors.Is(err, record.ErrNoLookup) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, o := range within {
		if itemOf(found, o.Ref()).ID != "" {
			continue
		}
		sum.Gone++
		sum.Examples = append(sum.Examples, store.Drift{Ref: o.Ref(), Title: o.Title, Why: store.DriftGone, Changed: o.Changed.UTC()})
		if err := r.orderGone(ctx, o); err != nil {
			return err
		}
	}
	if sum.Gone == 0 {
		return nil
	}
	return r.Store.AddSweep(ctx, r.lease, sum)
}

func (r *run) orderGone(ctx context.Context, o record.Item) error {
	if err := r.Store.MarkMissing(ctx, r.lease, []record.Ref{o.Ref()}, r.Now()); err != nil {
		return err
	}
	return r.Store.AddEvents(ctx, r.lease, r.orderEvent(o, o.Title+" não existe mais no Omie; a varredura não o achou.")...)
}

// orderEvent is a line in the history of an order's source.
func (r *run) orderEvent(o record.Item, text string) []store.Event {
	key, ours := record.ParseOrderCode(o.Code)
	if !ours {
		return nil
	}
	return []store.Event{{At: r.Now(), Run: r.id, Ref: key.Source, What: "read", Text: text}}
}

// becameOf are the lines of history about orders that were billed, cancelled or
// opened again since they were read last.
func (r *run) becameOf(seen []store.Seen, sights []store.Sight) []store.Event {
	now := map[record.Ref]record.Item{}
	for _, s := range seen {
		now[s.Item.Ref()] = s.Item
	}
	var events []store.Event
	for _, s := range sights {
		o := now[s.Ref]
		if was, is := flow.OrderState(s.Was), flow.OrderState(o); s.Changed && was != is {
			events = append(events, r.orderEvent(o, o.Title+" no Omie: "+was+" → "+is+".")...)
		}
	}
	return events
}
