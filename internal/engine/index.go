package engine

import (
	"context"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// An index is what matching all records of a kind needs of them, in memory: asking
// the store for each costs eight questions a record.
type index struct {
	items map[record.Side][]record.Item // without fields and payload, by id
	by    map[record.Side]map[record.Key][]record.Item
	joint map[record.Ref]bool // linked
	split map[string]bool     // ApartMark
}

func readIndex(ctx context.Context, db *store.DB, account string, kind record.Kind) (*index, error) {
	x := &index{
		items: map[record.Side][]record.Item{}, by: map[record.Side]map[record.Key][]record.Item{record.Auvo: {}, record.Omie: {}},
		joint: map[record.Ref]bool{}, split: map[string]bool{},
	}
	for _, side := range []record.Side{record.Auvo, record.Omie} {
		gone, err := db.MissingIDs(ctx, account, side, kind)
		if err != nil {
			return nil, err
		}
		err = db.EachItem(ctx, account, side, kind, func(i record.Item) error {
			if !gone[i.ID] && i.Never == "" {
				x.add(i)
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	links, err := db.AllLinks(ctx, account, kind)
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		x.joint[l.On(record.Auvo)], x.joint[l.On(record.Omie)] = true, true
	}
	marks, err := db.Marks(ctx, account, apartPrefix+string(kind)+":")
	if err != nil {
		return nil, err
	}
	for name, value := range marks {
		x.split[name] = value != ""
	}
	return x, nil
}

func (x *index) add(i record.Item) {
	i.Fields, i.Raw = nil, nil
	x.items[i.Side] = append(x.items[i.Side], i)
	keys := append(record.Keys(record.Key{Name: record.KeyID, Value: i.ID}, record.Key{Name: record.KeyCode, Value: i.Code}), i.Keys...)
	by, seen := x.by[i.Side], map[record.Key]bool{}
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			by[k] = append(by[k], i)
		}
	}
}

func (x *index) holders(_ context.Context, side record.Side, _ record.Kind, key record.Key) ([]record.Item, error) {
	return x.by[side][key], nil
}

func (x *index) linked(_ context.Context, i record.Item) (bool, error) { return x.joint[i.Ref()], nil }

func (x *index) apart(_ context.Context, i record.Item, candidates []record.Item) ([]record.Ref, error) {
	var refs []record.Ref
	for _, o := range candidates {
		if p := pairOf(i, o); x.split[ApartMark(p.auvo.Ref(), p.omie.Ref())] {
			refs = append(refs, o.Ref())
		}
	}
	return refs, nil
}

// matched are two records that are each other's best match, and by which rule.
type matched struct {
	pair
	why string
}

// pairs are the unlinked records of both sides that are each other's best match.
func (x *index) pairs(ctx context.Context, f flow.Flow) ([]matched, error) {
	var found []matched
	for _, i := range x.items[record.Omie] {
		o, m, err := x.best(ctx, f, i)
		if err != nil {
			return nil, err
		}
		if o.ID == "" {
			continue
		}
		back, _, err := x.best(ctx, f, o)
		if err != nil {
			return nil, err
		}
		if back.ID == i.ID {
			found = append(found, matched{pairOf(i, o), m.Why})
		}
	}
	return found, nil
}

// best is the other side's record that a record's best key names alone, and that
// key. It is the zero item for a record that is linked or did not read, and where
// the best key says more than one.
func (x *index) best(ctx context.Context, f flow.Flow, i record.Item) (record.Item, flow.Match, error) {
	if x.joint[i.Ref()] || i.Fact(record.FactProblem) != "" {
		return record.Item{}, flow.Match{}, nil
	}
	for _, m := range f.Mirror.Matches {
		g, err := groupOf(ctx, x, f.Kind, m, i)
		switch {
		case err != nil || g.ambiguous():
			return record.Item{}, m, err
		case len(g.other(i.Side)) == 1:
			return g.other(i.Side)[0], m, nil
		}
	}
	return record.Item{}, flow.Match{}, nil
}
