package engine

import (
	"context"
	"errors"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// gatherLines finds what each product and service line of a source is in Omie.
func (r *run) gatherLines(ctx context.Context, in *flow.In) error {
	in.Found = map[string]flow.Ref{}
	src := in.Item.Source
	for _, part := range []struct {
		kind  record.Kind
		lines []record.Line
		omie  string // the key by which Omie holds the external code
	}{{record.Product, src.Products, record.KeySKU}, {record.Service, src.Services, record.KeyID}} {
		for _, l := range part.lines {
			ref, err := r.lineRef(ctx, part.kind, l, part.omie)
			if err != nil {
				return err
			}
			in.Found[l.ID] = ref
		}
	}
	return nil
}

// lineRef resolves one line: by the link of its Auvo record, then by the
// external code that the line itself carries.
func (r *run) lineRef(ctx context.Context, kind record.Kind, l record.Line, omieKey string) (flow.Ref, error) {
	auvo, found, err := r.auvoPart(ctx, kind, l)
	if err != nil {
		return flow.Ref{}, err
	}
	if found {
		link, err := r.Store.Link(ctx, r.Account.ID, kind, record.Auvo, auvo.ID)
		switch {
		case err == nil:
			return r.omieRef(ctx, kind, record.Key{Name: record.KeyID, Value: link.Omie})
		case !errors.Is(err, store.ErrNotFound):
			return flow.Ref{}, err
		}
	}
	for _, code := range []string{l.ExternalCode, auvo.Code} {
		if code == "" {
			continue
		}
		ref, err := r.omieRef(ctx, kind, record.Key{Name: omieKey, Value: code})
		if err != nil || ref.ID != "" {
			return ref, err
		}
	}
	if !found {
		return flow.Ref{}, nil
	}
	return r.matchedRef(ctx, kind, auvo)
}

// auvoPart is the Auvo product or service of a line: by id, by numeric code,
// by GUID, and only then read from Auvo.
func (r *run) auvoPart(ctx context.Context, kind record.Kind, l record.Line) (record.Item, bool, error) {
	keys := []record.Key{{Name: record.KeyID, Value: l.ID}, {Name: record.KeyID, Value: l.Code}, {Name: record.KeyGUID, Value: l.ID}}
	for _, key := range keys {
		if key.Value == "" {
			continue
		}
		items, err := r.itemsBy(ctx, record.Auvo, kind, key)
		if err != nil || len(items) > 0 {
			return first(items), len(items) > 0, err
		}
	}
	id := l.ID
	if kind == record.Product && l.Code != "" {
		id = l.Code // the GUID is no path in Auvo (auvo-api.md §6.1)
	}
	return r.readAgain(ctx, record.Ref{Kind: kind, Side: record.Auvo, ID: id})
}

func first(items []record.Item) record.Item {
	if len(items) == 0 {
		return record.Item{}
	}
	return items[0]
}

// omieRef is an Omie record by key, from the index, else by a look-up that
// never faults.
func (r *run) omieRef(ctx context.Context, kind record.Kind, key record.Key) (flow.Ref, error) {
	items, err := r.itemsBy(ctx, record.Omie, kind, key)
	if f, _ := flow.Of(kind); err == nil && len(items) == 0 && !f.On(r.Account) { // a mirror's index is whole
		items, err = r.find(ctx, record.Omie, kind, []record.Key{key}, r.start)
	}
	if err != nil || len(items) != 1 {
		return flow.Ref{}, err
	}
	return lineRefTo(items[0]), nil
}

func lineRefTo(omie record.Item) flow.Ref {
	return flow.Ref{ID: omie.ID, Title: omie.Title, Inactive: inactive(omie)}
}

func inactive(i record.Item) bool {
	return i.Fields[record.FieldActive] == "false" || i.Fact(record.FactInactive) == "true"
}

// matchedRef matches an unlinked Auvo record by its mirror's keys (a service
// by its title), without writing anything.
func (r *run) matchedRef(ctx context.Context, kind record.Kind, auvo record.Item) (flow.Ref, error) {
	f, _ := flow.Of(kind)
	for _, m := range f.Mirror.Matches {
		g, err := r.group(ctx, f, m, auvo)
		if err != nil {
			return flow.Ref{}, err
		}
		if !g.ambiguous() && len(g.omie) == 1 {
			return lineRefTo(g.omie[0]), nil
		}
	}
	return flow.Ref{}, nil
}

// matchOnly links a customer of an account whose customers flow is off, where
// its keys say for certain which it is; nothing is written outward.
func (r *run) matchOnly(ctx context.Context, f flow.Flow, i record.Item) error {
	for _, m := range f.Mirror.Matches {
		g, err := r.group(ctx, f, m, i)
		if err != nil || g.ambiguous() {
			return err
		}
		if len(g.omie) != 1 {
			continue
		}
		link := store.Link{Kind: f.Kind, Auvo: i.ID, Omie: g.omie[0].ID, Role: store.RoleMain, How: m.Why}
		_, err = r.Store.Decide(ctx, r.lease, store.Decision{
			Run: r.id, Flow: f.Name, Outcome: store.OutcomeUnchanged, Reason: "Ligado " + m.Why + ".",
			Links: []store.Link{link}, Events: r.linkedEvents(pair{i, g.omie[0]}, m.Why),
		})
		return err
	}
	return nil
}
