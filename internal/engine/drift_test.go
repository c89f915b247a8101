package engine

import (
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// TestDriftIsWhatAWindowShouldHaveShownAndDidNot walks the reasons why a whole
// read may find a record that is new or other than we knew.
func TestDriftIsWhatAWindowShouldHaveShownAndDidNot(t *testing.T) {
	first := time.Date(2026, 3, 10, 3, 0, 0, 0, time.UTC)
	done := first.Add(24 * time.Hour)
	asked := record.Feed{Name: "customers", Cycle: true, Windowed: true}
	was := record.Item{Changed: first.Add(time.Hour), Raw: []byte(`{"a":1}`)}
	at := func(d time.Duration, raw string) record.Item {
		return record.Item{Changed: done.Add(d), Raw: []byte(raw)}
	}
	changed, fresh := store.Sight{Changed: true, Was: was}, store.Sight{New: true}
	for name, c := range map[string]struct {
		feed  record.Feed
		sight store.Sight
		now   record.Item
		want  string
	}{
		"as we knew it":                            {asked, store.Sight{}, at(-time.Hour, `{"a":2}`), ""},
		"changed an hour before the last window":   {asked, changed, at(-time.Hour, `{"a":2}`), store.DriftMissed},
		"changed after the last window":            {asked, changed, at(time.Second, `{"a":2}`), ""},
		"changed as the last window ended":         {asked, changed, at(-time.Second, `{"a":2}`), ""},
		"changed under its old stamp":              {asked, changed, record.Item{Changed: was.Changed, Raw: []byte(`{"a":2}`)}, store.DriftUnstamped},
		"changed, and no stamp at all":             {asked, store.Sight{Changed: true}, record.Item{Raw: []byte(`{"a":2}`)}, store.DriftUnstamped},
		"the same row, which we read differently":  {asked, store.Sight{Changed: true, Was: was, SameRow: true}, at(-time.Hour, `{"a":1}`), ""},
		"new, stamped within the windows":          {asked, fresh, at(-time.Hour, `{}`), store.DriftMissed},
		"new, stamped before the first window":     {asked, fresh, at(-25*time.Hour, `{}`), ""},
		"new, after the last window":               {asked, fresh, at(time.Hour, `{}`), ""},
		"a list that no cycle reads":               {record.Feed{Name: "products"}, changed, at(-time.Hour, `{"a":2}`), store.DriftUnasked},
		"a list that is read whole in every cycle": {record.Feed{Name: "stock", Cycle: true, Partial: true}, changed, record.Item{}, store.DriftUnasked},
	} {
		told := store.Cursor{Done: done, Since: first}
		if got := driftOf(told, c.feed, c.sight, c.now); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestADistrustEndsAfterAWeek, and what does not read is none.
func TestADistrustEndsAfterAWeek(t *testing.T) {
	found := time.Date(2026, 3, 10, 3, 0, 0, 0, time.UTC)
	const mark = `{"since":"2026-03-10T03:00:00Z","rows":12}`
	for after, want := range map[time.Duration]bool{time.Hour: true, 6 * 24 * time.Hour: true, 7 * 24 * time.Hour: false} {
		if got := Distrusted(mark, found.Add(after)); got != want {
			t.Errorf("after %v: %v", after, got)
		}
	}
	if Distrusted("", found) || Distrusted("x", found) {
		t.Error("no mark distrusts")
	}
}
