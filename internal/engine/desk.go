package engine

import (
	"context"
	"slices"
	"time"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// Retry has waiting records decided again, as a person (by) says, and what is to
// be made again of them (Remakes) made again.
func Retry(ctx context.Context, db *store.DB, lease store.Lease, refs []record.Ref, again []Remake, by string) error {
	if err := MakeAgain(ctx, db, lease, again...); err != nil {
		return err
	}
	return db.RetryWaits(ctx, lease, refs, saidOf("retried", "Uma pessoa ("+by+") mandou tentar de novo.", refs...)...)
}

// UnclearAbout are the writes of unknown outcome that records' decisions planned:
// such a record is not retried, since the write is looked up before anything else
// is done with it (P1).
func UnclearAbout(ctx context.Context, db *store.DB, account string, refs ...record.Ref) ([]store.Unclear, error) {
	all, err := db.UnclearWrites(ctx, account)
	return slices.DeleteFunc(all, func(u store.Unclear) bool { return !slices.Contains(refs, u.Change.Source) }), err
}

// RemakesOf are the orders that Retry makes again of these records.
func RemakesOf(ctx context.Context, db *store.DB, account string, refs ...record.Ref) ([]Remake, error) {
	var out []Remake
	for _, ref := range refs {
		if f, ok := flow.Of(ref.Kind); !ok || f.Derive == nil {
			continue // only sources have orders
		}
		again, err := Remakes(ctx, db, account, ref)
		if err != nil {
			return nil, err
		}
		out = append(out, again...)
	}
	return out, nil
}

// UndidOf are the links of which WriteAgain has undone fields written again for
// these records, each once.
func UndidOf(ctx context.Context, db *store.DB, account string, refs ...record.Ref) ([]store.Link, error) {
	var out []store.Link
	for _, ref := range refs {
		link, undone, err := Undid(ctx, db, account, ref)
		if err != nil {
			return nil, err
		}
		known := slices.ContainsFunc(out, func(l store.Link) bool { return l.Kind == link.Kind && l.Auvo == link.Auvo })
		if undone && !known {
			out = append(out, link)
		}
	}
	return out, nil
}

// Ignore keeps waits out of sight until an instant, and returns how many of them
// still stood as they were seen. Its last day is that of the place.
func Ignore(ctx context.Context, db *store.DB, lease store.Lease, waits []store.Wait, until time.Time, place *time.Location, why, by string) (int, error) {
	return db.Ignore(ctx, lease, waits, store.Ignoring{
		Until: until, Why: why, By: by, At: time.Now(),
		Said: "Uma pessoa (" + by + ") mandou ignorar até " + LastDay(until, place).Format("02/01/2006") + ": " + why,
	})
}

// LastDay is the last day on which something is ignored until an instant.
func LastDay(until time.Time, place *time.Location) time.Time {
	return until.In(place).Add(-time.Second)
}

// Resolve settles a record's open conflicts for a person, as Take does, and tells
// its history.
func Resolve(ctx context.Context, db *store.DB, lease store.Lease, ref record.Ref, open []store.Conflict, side record.Side, by string, fields ...string) ([]string, error) {
	settled, err := Take(ctx, db, lease, open, side, fields...)
	if err != nil || len(settled) == 0 {
		return settled, err
	}
	return settled, db.AddEvents(ctx, lease, saidOf("resolved", "Uma pessoa ("+by+") escolheu o valor do "+side.Title()+".", ref)...)
}

func saidOf(what, text string, refs ...record.Ref) []store.Event {
	events := make([]store.Event, 0, len(refs))
	for _, ref := range refs {
		events = append(events, store.Event{At: time.Now(), Ref: ref, What: what, Text: text})
	}
	return events
}

// OpenConflicts are the newest conflicts of the fields that a record waits for, one a field.
func OpenConflicts(ctx context.Context, db *store.DB, account string, ref record.Ref) ([]store.Conflict, error) {
	all, err := db.Conflicts(ctx, account, ref.Kind, ref.Side, ref.ID)
	if err != nil {
		return nil, err
	}
	waiting, err := fieldsInConflict(ctx, db, account, ref, all)
	if err != nil {
		return nil, err
	}
	var open []store.Conflict
	slices.SortStableFunc(all, func(a, b store.Conflict) int { return b.At.Compare(a.At) })
	for _, c := range all {
		if !slices.ContainsFunc(open, func(o store.Conflict) bool { return o.Field == c.Field && o.Omie == c.Omie }) {
			open = append(open, c)
		}
	}
	return slices.DeleteFunc(open, func(c store.Conflict) bool { return c.Settled != "" || !slices.Contains(waiting, c.Field) }), nil
}

// fieldsInConflict are the fields of which a record, or the one on the other side
// of its conflicts, waits for a person's choice.
func fieldsInConflict(ctx context.Context, db *store.DB, account string, ref record.Ref, conflicts []store.Conflict) ([]string, error) {
	refs := []record.Ref{ref}
	for _, c := range conflicts {
		for _, r := range []record.Ref{{Kind: c.Kind, Side: record.Auvo, ID: c.Auvo}, {Kind: c.Kind, Side: record.Omie, ID: c.Omie}} {
			if !slices.Contains(refs, r) {
				refs = append(refs, r)
			}
		}
	}
	var fields []string
	for _, r := range refs {
		waits, err := db.WaitsOf(ctx, account, r)
		if err != nil {
			return nil, err
		}
		for _, w := range waits {
			if w.Cause == "conflict" {
				fields = append(fields, flow.ConflictFields(w.Detail)...)
			}
		}
	}
	return fields, nil
}
