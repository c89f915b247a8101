package storetest

import (
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// TestDriftIsWhatWasFoundSinceTheSweepBeforeTheLast: a sweep that was cut short
// counts with the one that followed, and two in a row show the second alone.
func TestDriftIsWhatWasFoundSinceTheSweepBeforeTheLast(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx, at := t.Context(), time.Date(2026, 3, 10, 3, 0, 0, 0, time.UTC)
		add := func(run string, whole bool, missed int) {
			t.Helper()
			ok(t, db.AddSweep(ctx, l, store.Sweep{
				Run: run, Flow: "customers", Source: "auvo/customers", At: at, Until: at, Whole: whole, Seen: 100, Missed: missed,
				Examples: make([]store.Drift, missed),
			}))
		}
		drift := func(missed, seen int) {
			t.Helper()
			got := must[[]store.Sweep](t)(db.Drift(ctx, "acme"))
			if len(got) != 1 || got[0].Missed != missed || got[0].Seen != seen || got[0].Drifted() != missed {
				t.Fatalf("%+v, want %d of %d", got, missed, seen)
			}
		}
		if got := must[[]store.Sweep](t)(db.Drift(ctx, "acme")); len(got) != 0 {
			t.Fatalf("before the first sweep: %+v", got)
		}
		add("1", false, 2) // a page
		add("1", true, 1)  // the last page
		drift(3, 200)
		add("2", false, 4) // cut short
		drift(7, 300)
		add("3", true, 0)
		drift(4, 200)
		add("4", false, 1) // a wider read after it
		drift(5, 300)
		add("5", true, 0)
		drift(1, 200)
		add("6", true, 0)
		drift(0, 100)
		if got := must[[]store.Sweep](t)(db.Sweeps(ctx, "acme", "1")); len(got) != 1 || got[0].Missed != 3 || len(got[0].Examples) != 3 || !got[0].Until.Equal(at) {
			t.Errorf("run 1: %+v", got)
		}
	})
}

// TestASightTellsWhatAChangedItemWas, and whether it is carried by its kind of news.
func TestASightTellsWhatAChangedItemWas(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		save := func(name string, s store.Seen) store.Sight {
			t.Helper()
			s.Item = record.Item{Kind: record.Customer, Side: record.Auvo, ID: "1", Fields: record.Fields{"name": name}, Raw: []byte(`{"n":"` + name + `"}`)}
			sights := must[[]store.Sight](t)(db.SavePage(t.Context(), l, store.PageWrite{Run: "r", Feed: "f", Kind: record.Customer, Side: record.Auvo, Seen: []store.Seen{s}}))
			return sights[0]
		}
		if s := save("A", store.Seen{Edits: true}); !s.New || s.Dirty {
			t.Errorf("a new record is no edit: %+v", s)
		}
		if s := save("A", store.Seen{News: true}); s.Dirty {
			t.Errorf("what an index knew is no news: %+v", s)
		}
		s := save("B", store.Seen{Edits: true})
		if !s.Changed || !s.Dirty || s.Was.Fields["name"] != "A" || string(s.Was.Raw) != `{"n":"A"}` {
			t.Errorf("an edit is decided, and its sight tells what was: %+v", s)
		}
	})
}
