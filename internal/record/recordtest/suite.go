package recordtest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"ponte/internal/record"
)

// A Case is one kind that a side makes and changes.
type Case struct {
	Kind  record.Kind
	Draft record.Draft  // what is made; its code is one that the side has not seen
	Edit  record.Fields // what is changed then
	// NoLookup: the vendor cannot look the kind up by code.
	NoLookup bool
}

// Suite is what the engine relies on, whatever the vendor: what was made is
// found by its code and its id, stands in the side's list, holds what was
// written, and what is not there is absent, not an error.
func Suite(t *testing.T, side record.System, cases ...Case) {
	for _, c := range cases {
		t.Run(string(c.Kind), func(t *testing.T) {
			access := side.Of(c.Kind)
			if access == nil || access.Write == nil {
				t.Fatalf("%s makes no %s", side.Side, c.Kind)
			}
			made := create(t, side, access, c)
			listed(t, access, made)
			if !c.NoLookup {
				foundBy(t, access, record.Key{Name: record.KeyCode, Value: c.Draft.Code}, made)
				absent(t, access, record.Key{Name: record.KeyCode, Value: "NOBODY"}, made)
			}
			foundBy(t, access, record.Key{Name: record.KeyID, Value: made.ID}, made)
			update(t, access, c, made)
		})
	}
}

func create(t *testing.T, side record.System, access *record.Access, c Case) record.Item {
	t.Helper()
	if troubles := access.Write.Check(c.Draft); len(troubles) > 0 {
		t.Fatalf("Check: %+v", troubles)
	}
	draft := c.Draft
	draft.Fields = record.Fields{}.With(draft.Fields)
	for _, later := range access.Later {
		delete(draft.Fields, later)
	}
	made, err := access.Write.Create(t.Context(), draft)
	if err != nil {
		t.Fatal(err)
	}
	if made.ID == "" || made.Kind != c.Kind || made.Side != side.Side {
		t.Fatalf("made %+v", made)
	}
	holds(t, "made", made, draft.Fields)
	return made
}

func holds(t *testing.T, what string, i record.Item, want record.Fields) {
	t.Helper()
	for name, value := range want {
		if !record.Same(name, i.Fields[name], value) {
			t.Errorf("%s: %s = %q, want %q", what, name, i.Fields[name], value)
		}
	}
}

// listed reads the side's first feed of the kind whole: the pages add up and show the record.
func listed(t *testing.T, access *record.Access, made record.Item) {
	t.Helper()
	var all []record.Item
	received, declared, last := 0, 0, false
	err := access.Feeds[0].List(t.Context(), record.Window{Until: time.Now()}, func(p record.Page) error {
		all = append(all, p.Items...)
		received, declared, last = received+p.Received, p.Declared, p.Last
		return nil
	})
	if err != nil || !last || (declared >= 0 && received != declared) {
		t.Fatalf("list: %v, last %v, %d rows of %d", err, last, received, declared)
	}
	n := slices.IndexFunc(all, func(i record.Item) bool { return i.ID == made.ID })
	if n < 0 {
		t.Fatalf("the list does not show %s", made.ID)
	}
	if all[n].Fingerprint() == "" || len(all[n].Raw) == 0 {
		t.Errorf("listed %+v", all[n])
	}
	holds(t, "listed", all[n], made.Fields)
}

func foundBy(t *testing.T, access *record.Access, key record.Key, want record.Item) record.Item {
	t.Helper()
	items, err := access.Find.Find(t.Context(), []record.Key{key}, record.Near{KnownID: want.ID, Since: time.Now()})
	if errors.Is(err, record.ErrNoLookup) {
		return want
	}
	if err != nil || len(items) != 1 || items[0].ID != want.ID {
		t.Fatalf("found by %v: %+v, %v", key, items, err)
	}
	return items[0]
}

func absent(t *testing.T, access *record.Access, key record.Key, known record.Item) {
	t.Helper()
	items, err := access.Find.Find(t.Context(), []record.Key{key}, record.Near{KnownID: known.ID, Since: time.Now()})
	if err != nil && !errors.Is(err, record.ErrNoLookup) || len(items) > 0 {
		t.Errorf("what is not there: %+v, %v", items, err)
	}
}

func update(t *testing.T, access *record.Access, c Case, made record.Item) {
	t.Helper()
	now := foundBy(t, access, record.Key{Name: record.KeyID, Value: made.ID}, made)
	changed, err := access.Write.Update(t.Context(), record.Patch{Kind: c.Kind, Now: now, Fields: c.Edit})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, "changed", changed, c.Edit)
	again := foundBy(t, access, record.Key{Name: record.KeyID, Value: made.ID}, made)
	holds(t, "read again", again, c.Edit)
	untouched := record.Fields{}.With(now.Fields)
	for name := range c.Edit {
		delete(untouched, name)
	}
	holds(t, "left alone", again, untouched)
}
