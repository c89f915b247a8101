package engine

import (
	"context"
	"fmt"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// Pairings are the unlinked records of a mirror's kind and what each may be on the
// other side, from the store alone. Nothing is decided or written.
func Pairings(ctx context.Context, db *store.DB, account string, f flow.Flow) ([]flow.Pairing, error) {
	if f.Mirror == nil {
		return nil, fmt.Errorf("%s are not matched: only customers, products and services are", f.Name)
	}
	linked := map[record.Ref]bool{}
	links, err := db.AllLinks(ctx, account, f.Kind)
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		linked[l.On(record.Auvo)], linked[l.On(record.Omie)] = true, true
	}
	marks, err := db.Marks(ctx, account, apartPrefix+string(f.Kind)+":")
	if err != nil {
		return nil, err
	}
	sides := map[record.Side][]record.Item{}
	for _, side := range []record.Side{record.Auvo, record.Omie} {
		if sides[side], err = unlinked(ctx, db, account, f.Kind, side, linked); err != nil {
			return nil, err
		}
	}
	apart := func(auvo, omie record.Ref) bool { return marks[ApartMark(auvo, omie)] != "" }
	return flow.Pairings(f, sides[record.Auvo], sides[record.Omie], apart), nil
}

// unlinked are a side's records that are there, may cross and have no partner.
func unlinked(ctx context.Context, db *store.DB, account string, kind record.Kind, side record.Side, linked map[record.Ref]bool) ([]record.Item, error) {
	gone, err := db.MissingIDs(ctx, account, side, kind)
	if err != nil {
		return nil, err
	}
	var out []record.Item
	err = db.EachItem(ctx, account, side, kind, func(i record.Item) error {
		if i.Never == "" && !gone[i.ID] && !linked[i.Ref()] {
			i.Raw = nil
			out = append(out, i)
		}
		return ctx.Err()
	})
	return out, err
}
