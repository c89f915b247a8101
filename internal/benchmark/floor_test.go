package benchmark

import (
	"maps"
	"testing"
	"time"

	"ponte/internal/company"
)

func TestATownInWhichEverythingWaitsIsNotWell(t *testing.T) {
	for what, c := range map[string]struct {
		due, made int
		well      bool
	}{
		"all there": {100, 100, true}, "four in five": {100, 80, true}, "one less": {100, 79, false}, "everything waits": {100, 0, false}, "nothing due": {0, 0, false},
	} {
		if why := tooLittle(c.due, c.made); (len(why) == 0) != c.well {
			t.Errorf("%s: %q", what, why)
		}
	}
}

func TestATownInWhichNothingHappensProvesNothing(t *testing.T) {
	full := lived{companies: 20, ticks: 3600, happened: 6883, failed: 10, hinted: 1309, kept: 1309, arrived: company.Arrivals{CustomersInAuvo: 477, CustomersInOmie: 472, ServiceOrders: 779, SalesOrders: 852}}
	if why := full.tooQuiet(); len(why) > 0 {
		t.Errorf("a soak as it was on 29 November: %q", why)
	}
	for what, lose := range map[string]func(*lived){
		"it stood still":                 func(l *lived) { l.ticks = 1700 },
		"nothing happened":               func(l *lived) { l.happened = 0 },
		"all that happened did not do":   func(l *lived) { l.failed = l.happened },
		"no hook was delivered":          func(l *lived) { l.hinted, l.kept = 0, 0 },
		"a hook was lost":                func(l *lived) { l.kept-- },
		"no customer came to Auvo":       func(l *lived) { l.arrived.CustomersInAuvo = 0 },
		"no customer came to Omie":       func(l *lived) { l.arrived.CustomersInOmie = 0 },
		"hardly an order was made":       func(l *lived) { l.arrived.ServiceOrders, l.arrived.SalesOrders = 9, 9 },
		"nobody lived there all the day": func(l *lived) { *l = lived{} },
	} {
		l := full
		if lose(&l); len(l.tooQuiet()) == 0 {
			t.Errorf("%s, and it is well", what)
		}
	}
}

func TestACycleThatIsLongOverdueIsLateWhereItDoesNotCome(t *testing.T) {
	from := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	to := from.Add(150 * time.Second)
	before := map[string]time.Time{
		"done in the window": from.Add(time.Minute), "late in the window": from.Add(time.Minute), "an hour overdue": from.Add(-time.Hour),
		"just due at the end": to.Add(-5 * time.Second), "due later": to.Add(time.Minute), "an hour overdue, and done": from.Add(-time.Hour),
	}
	after := maps.Clone(before)
	after["done in the window"], after["an hour overdue, and done"] = to.Add(8*time.Minute), to.Add(8*time.Minute)
	if due, done, late := cyclesOf(before, after, to); due != 4 || done != 2 || late != 2 {
		t.Errorf("%d due, %d done, %d late", due, done, late)
	}
}
