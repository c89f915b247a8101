package queue

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"ponte/internal/record"
	"ponte/internal/store"
)

func TestIntervalsByWhatIsKnownOfAnAccount(t *testing.T) {
	carried, full, stretched := store.Governor{Factor: 1, Load: 0.4}, store.Governor{Factor: 1, Load: 0.9}, store.Governor{Factor: 1.4, Load: 1.37}
	for _, c := range []struct {
		name           string
		a              asking
		alone, inForce time.Duration
	}{
		{"a busy account", asking{every: 10 * time.Minute, quiet: 2, governor: carried}, 10 * time.Minute, 10 * time.Minute},
		{"an idle one", asking{every: 10 * time.Minute, quiet: 3, governor: carried}, 10*time.Minute + 20*time.Second, 10*time.Minute + 20*time.Second},
		{"an idle one of a short interval", asking{every: time.Minute, quiet: 30, governor: full}, 66 * time.Second, 66 * time.Second},
		{"a silent hook", asking{every: 10 * time.Minute, quiet: 30, silent: true, governor: carried}, 10 * time.Minute, 5 * time.Minute},
		{"a silent hook, a short interval", asking{every: 3 * time.Minute, silent: true, governor: carried}, 3 * time.Minute, 2 * time.Minute},
		{"a silent hook, a shorter one", asking{every: time.Minute, silent: true, governor: carried}, time.Minute, time.Minute},
		{"a silent hook, no room", asking{every: 10 * time.Minute, silent: true, governor: full}, 10 * time.Minute, 10 * time.Minute},
		{"all are stretched", asking{every: 10 * time.Minute, governor: stretched}, 10 * time.Minute, 14 * time.Minute},
		{"idle ones too", asking{every: 10 * time.Minute, quiet: 3, governor: stretched}, 10*time.Minute + 20*time.Second, 14*time.Minute + 28*time.Second},
		{"and those whose hook is silent", asking{every: 10 * time.Minute, silent: true, governor: stretched}, 10 * time.Minute, 14 * time.Minute},
	} {
		if alone, inForce := c.a.alone(), c.a.inForce(); alone != c.alone || inForce != c.inForce {
			t.Errorf("%s: %s alone, %s in force; want %s and %s", c.name, alone, inForce, c.alone, c.inForce)
		}
	}
}

// However an account goes from idle to busy and back, and whatever the factor does:
// its next cycle comes within the interval in force, and nothing makes it come later
// than what polling promises (one interval and 60 s) less a tick and a cycle.
func TestANextCycleIsNeverLaterThanPromised(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		every := time.Duration(rapid.IntRange(1, 120).Draw(t, "minutes")) * time.Minute
		was := store.Schedule{Account: "acme", NextCycle: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)}
		for range 30 {
			a := asking{every: every, quiet: rapid.IntRange(0, 5).Draw(t, "quiet"), silent: rapid.Bool().Draw(t, "silent"), governor: store.Governor{Factor: 1, Load: 0.5}}
			if rapid.IntRange(0, 4).Draw(t, "stretched") == 0 {
				a.governor.Factor = 1 + float64(rapid.IntRange(1, 40).Draw(t, "twentieths"))/20
			}
			now := was.NextCycle.Add(time.Duration(rapid.IntRange(1, 1200).Draw(t, "late")) * time.Second)
			next := a.next(was, now)
			if gap := next.Sub(now); gap > a.inForce() || gap <= 0 {
				t.Fatalf("%+v: the next cycle comes %s after this one, of %s", a, gap, a.inForce())
			}
			// From when this one was due, unless that is over, or nothing is promised but one factor for all.
			if gap := next.Sub(was.NextCycle); was.Every > 0 && !a.governor.Stretched() && now.Before(was.NextCycle.Add(a.inForce())) && gap > a.inForce() {
				t.Fatalf("%+v: this cycle was due at %s and ended at %s, and the next is due at %s", a, was.NextCycle, now, next)
			}
			if !a.governor.Stretched() && a.inForce() > every+idleSpares {
				t.Fatalf("%+v: an interval of %s became one of %s", a, every, a.inForce())
			}
			was.NextCycle, was.Asks, was.Every = next, a.alone(), a.inForce()
		}
	})
}

func TestWhoIsOnTimeKeepsItsDistanceAndOthersGoToTheirPlaces(t *testing.T) {
	due := time.Date(2026, 3, 10, 12, 3, 20, 0, time.UTC)
	const every = 10 * time.Minute
	place := nextCycle("acme", every, due.Add(time.Minute))
	gone := place.Sub(due) + time.Second // a cycle that ends as its place has gone by
	if gone < every/4 || gone >= every {
		t.Fatalf("acme's place is %s after it was due: choose another hour", gone)
	}
	for _, c := range []struct {
		name   string
		was    store.Pacing
		quiet  int
		factor float64
		took   time.Duration
		want   time.Time
	}{
		{"on time", store.Pacing{Asks: every, Every: every}, 0, 1, time.Minute, due.Add(every)},
		{"idle now", store.Pacing{Asks: every, Every: every}, 3, 1, time.Minute, due.Add(every + idleSpares)},
		{"busy again", store.Pacing{Asks: every + idleSpares, Every: every + idleSpares}, 0, 1, time.Minute, due.Add(every)},
		{"its hook was silent", store.Pacing{Asks: every, Every: every / 2}, 0, 1, time.Minute, due.Add(every)},
		{"the first", store.Pacing{}, 0, 1, time.Minute, place},
		{"late, and its place is near", store.Pacing{Asks: every, Every: every}, 0, 1, 3 * time.Minute, earlier(due.Add(every), nextCycle("acme", every, due.Add(3*time.Minute)))},
		{"late, and its place has just gone by", store.Pacing{Asks: every, Every: every}, 0, 1, gone, due.Add(every)},
		{"later than an interval", store.Pacing{Asks: every, Every: every}, 0, 1, 11 * time.Minute, nextCycle("acme", every, due.Add(11*time.Minute))},
		{"stretched", store.Pacing{Asks: every, Every: every}, 0, 1.4, time.Minute, nextCycle("acme", 14*time.Minute, due.Add(time.Minute))},
		{"no more stretched", store.Pacing{Asks: every, Every: 14 * time.Minute}, 0, 1, time.Minute, place},
	} {
		a := asking{every: every, quiet: c.quiet, governor: store.Governor{Factor: c.factor}}
		if got := a.next(store.Schedule{Account: "acme", NextCycle: due, Pacing: c.was}, due.Add(c.took)); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func loads(n int, every time.Duration, auvo, omie float64) (all []store.Load) {
	for range n {
		all = append(all, store.Load{Every: every, Calls: map[record.Side]float64{record.Auvo: auvo, record.Omie: omie}})
	}
	return all
}

func scanning(n int, every time.Duration, auvo, omie, scan float64) []store.Load {
	all := loads(n, every, auvo, omie)
	for i := range all {
		all[i].Scans = map[record.Side]float64{record.Omie: scan}
	}
	return all
}

func TestIntervalsAreStretchedByTheShortestBudget(t *testing.T) {
	budget := map[record.Side]float64{record.Auvo: 344, record.Omie: 826}
	for _, c := range []struct {
		name   string
		loads  []store.Load
		budget map[record.Side]float64
		factor float64
		side   record.Side
	}{
		{"nobody", nil, budget, 1, ""},
		{"few", loads(20, 10*time.Minute, 4.33, 4), budget, 1, record.Auvo},
		{"all that fit", loads(790, 10*time.Minute, 4.33, 4), budget, 1, record.Auvo},
		{"a few too many", loads(800, 10*time.Minute, 4.33, 4), budget, 1.05, record.Auvo},
		{"twice too many", loads(1600, 10*time.Minute, 4.33, 4), budget, 2.05, record.Auvo},
		{"of two machines", loads(1600, 10*time.Minute, 4.33, 4), map[record.Side]float64{record.Auvo: 688, record.Omie: 1652}, 1.05, record.Auvo},
		{"large catalogues", loads(400, 10*time.Minute, 4.33, 30), budget, 1.5, record.Omie},
		{"a side without a budget is not looked at", loads(400, 10*time.Minute, 4.33, 30), map[record.Side]float64{record.Auvo: 344}, 1, record.Auvo},
		{"large catalogues, scanned once an hour", scanning(703, 10*time.Minute, 4.33, 3, 52), budget, 1, record.Omie},
		{"a few too many of them: scans come no seldomer, so cycles give way", scanning(750, 10*time.Minute, 4.33, 3, 52), budget, 1.3, record.Omie},
		{"scans alone are too many: cycles come less than once an hour", scanning(2000, 30*time.Minute, 1, 1, 52), budget, 4.3, record.Omie},
		{"intervals of many kinds", append(loads(100, time.Minute, 4, 4), loads(300, time.Hour, 4, 4)...), budget, 1.25, record.Auvo},
	} {
		g := reckon(store.Governor{Factor: 1}, c.loads, c.budget)
		if g.Factor != c.factor || g.Side != c.side {
			t.Errorf("%s: %+v; want %v by %q", c.name, g, c.factor, c.side)
		}
	}
}

// Stretched by what is reckoned, cycles fit; and what changes little changes nothing.
func TestStretchedCyclesFitAndFactorsStayPut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		budget := map[record.Side]float64{record.Auvo: 344, record.Omie: 826}
		was := store.Governor{Factor: 1}
		for range 20 {
			n := rapid.IntRange(0, 3000).Draw(t, "accounts")
			all := loads(n, time.Duration(rapid.IntRange(1, 60).Draw(t, "minutes"))*time.Minute, rapid.Float64Range(0, 20).Draw(t, "auvo"), rapid.Float64Range(0, 20).Draw(t, "omie"))
			g := reckon(was, all, budget)
			if g.Factor < 1 || g.Load > g.Factor+1e-6 {
				t.Fatalf("load %v is stretched by %v", g.Load, g.Factor)
			}
			if g.Factor > max(1, g.Load+0.05)+factorStays {
				t.Fatalf("load %v is stretched by %v", g.Load, g.Factor)
			}
			if again := reckon(g, all, budget); again.Factor != g.Factor {
				t.Fatalf("reckoned again it is %v, not %v", again.Factor, g.Factor)
			}
			was = g
		}
	})
}
