package backups

import (
	"slices"
	"testing"
	"time"
)

func zone(t *testing.T) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.ParseInLocation("2006-01-02 15:04", text, zone(t))
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func TestACopyIsDueOnceANight(t *testing.T) {
	for _, test := range []struct {
		made, now string
		due       bool
	}{
		{"", "2026-11-29 10:00", true},
		{"2026-11-29 10:00", "2026-11-29 10:10", false},
		{"2026-11-29 10:00", "2026-11-30 00:59", false},
		{"2026-11-29 10:00", "2026-11-30 01:00", true},
		{"2026-11-30 01:03", "2026-11-30 23:59", false},
		{"2026-11-30 00:30", "2026-11-30 01:00", true},
		{"2026-11-30 01:00", "2026-12-09 12:00", true},
		{"2027-01-30 01:00", "2026-12-09 12:00", true}, // the clock was set back
	} {
		var names []string
		if test.made != "" {
			names = []string{nameAt(at(t, test.made)), "notes.txt"}
		}
		if got := due(names, at(t, test.now), zone(t)); got != test.due {
			t.Errorf("a copy of %q is followed at %s: %v", test.made, test.now, got)
		}
	}
}

func TestSurplusLeavesWhatOthersPutThere(t *testing.T) {
	now := at(t, "2026-11-29 10:00")
	day := func(n int) string { return nameAt(now.AddDate(0, 0, -n)) }
	names := []string{
		day(3), day(0), day(1), day(2), "ponte.db", "ponte-before-upgrade.db", "ponte-20261101T000000Z.db.gz", ".lock",
		day(5) + ".123.part", day(5) + ".123.part-journal", day(0) + ".9.part", "other.part",
	}
	got := surplus(names, 2, now)
	want := []string{day(5) + ".123.part", day(5) + ".123.part-journal", day(3), day(2)}
	if !slices.Equal(got, want) {
		t.Errorf("surplus:\n%q, not\n%q", got, want)
	}
	if got := surplus([]string{day(0)}, 0, now); len(got) > 0 {
		t.Errorf("the only copy is dropped: %q", got)
	}
}
