package engine

import (
	"context"
	"errors"
	"slices"
	"strings"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// soleTaken is the wait for a value that another record of the side holds, which
// the vendor would refuse with everything else that is sent with it (Omie: one
// customer a CPF/CNPJ); nil when nobody does. self is the record that is written,
// "" one that is made. It ends when the holder changes.
func (r *run) soleTaken(ctx context.Context, f flow.Flow, p pair, to record.Side, value, self string) (*store.Wait, error) {
	s := f.Mirror.Sole
	key := record.Key{Name: s.Key, Value: record.TaxID(value)}
	if key.Value == "" {
		return nil, nil
	}
	holders, err := r.holders(ctx, to, f.Kind, key)
	if err != nil {
		return nil, err
	}
	n := slices.IndexFunc(holders, func(i record.Item) bool { return i.ID != self })
	if n < 0 {
		return nil, nil
	}
	w := r.wait(f, p, s.Cause, map[string]string{"field": s.Field, "value": value, "holder": holders[n].Title, "other": holders[n].ID})
	w.Needs = []string{store.TokenItem(holders[n].Ref())}
	return &w, nil
}

// A fieldWait is a field that is known to be refused, and the wait that says so.
type fieldWait struct {
	field string
	wait  store.Wait
}

// refusable are the fields of a draft that the side is known to refuse.
func (r *run) refusable(ctx context.Context, f flow.Flow, p pair, to record.Side, d record.Draft, self string) ([]fieldWait, error) {
	var out []fieldWait
	for _, t := range r.side(to).Of(f.Kind).Write.Check(d) {
		out = append(out, fieldWait{t.Field, r.troubleWait(f, p, t)})
	}
	if d.Fields[record.FieldActive] == "false" && to == record.Omie && self != "" {
		standing, err := r.sitesStand(ctx, f, p)
		if err != nil {
			return nil, err
		}
		if standing != nil {
			out = append(out, fieldWait{record.FieldActive, *standing})
		}
	}
	s := f.Mirror.Sole
	if s == nil || s.Side != to || slices.ContainsFunc(out, func(w fieldWait) bool { return w.field == s.Field }) {
		return out, nil
	}
	taken, err := r.soleTaken(ctx, f, p, to, d.Fields[s.Field], self)
	if taken != nil {
		out = append(out, fieldWait{s.Field, *taken})
	}
	return out, err
}

// sitesStand is the wait of an Omie record that its main Auvo record would make
// inactive while sites that are active use it; nil when none does.
func (r *run) sitesStand(ctx context.Context, f flow.Flow, p pair) (*store.Wait, error) {
	links, err := r.Store.Links(ctx, r.Account.ID, f.Kind, record.Omie, p.omie.ID)
	if err != nil {
		return nil, err
	}
	var names, needs []string
	for _, l := range links {
		if l.Role != store.RoleSite {
			continue
		}
		site, err := r.Store.Item(ctx, r.Account.ID, l.On(record.Auvo))
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		gone, err := r.missing(ctx, site.Ref())
		if err != nil {
			return nil, err
		}
		if gone == "" && !inactive(site) {
			names, needs = append(names, site.Title+" ("+site.ID+")"), append(needs, store.TokenItem(site.Ref()))
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	w := r.wait(f, p, "sites-stand", map[string]string{"sites": strings.Join(names, "; "), "other": p.omie.ID})
	w.Needs = needs
	return &w, nil
}

// withStaleID is the base of a pair to which Auvo's external id belongs when it
// names a record of Omie that vanished or that a person parted from this one: it is
// no foreign value then, and the partner's takes its place (contract.md, First contact).
func (r *run) withStaleID(ctx context.Context, p pair, base record.Fields) (record.Fields, error) {
	held := p.auvo.Fields[record.FieldExternalID]
	if _, agreed := base[record.FieldExternalID]; agreed || held == "" || held == p.omie.ID {
		return base, nil
	}
	old, err := r.Store.Item(ctx, r.Account.ID, record.Ref{Kind: p.omie.Kind, Side: record.Omie, ID: held})
	if errors.Is(err, store.ErrNotFound) {
		return base, nil
	}
	if err != nil {
		return nil, err
	}
	gone, err := r.missing(ctx, old.Ref())
	if err != nil {
		return nil, err
	}
	parted, err := r.apart(ctx, p.auvo, []record.Item{old})
	if err != nil || (gone == "" && len(parted) == 0) {
		return base, err
	}
	return base.With(record.Fields{record.FieldExternalID: held}), nil
}
