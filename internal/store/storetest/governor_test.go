package storetest

import (
	"maps"
	"testing"
	"time"

	"ponte/internal/call"
	"ponte/internal/record"
	"ponte/internal/store"
)

func TestWhatACycleUsuallyCosts(t *testing.T) {
	for _, c := range []struct {
		calls []int
		want  float64
	}{
		{nil, 0},
		{[]int{4}, 4},
		{[]int{4, 4, 5, 4, 4, 5}, 26.0 / 6},
		{[]int{2000, 4, 4, 5}, 13.0 / 3}, // a first load
		{[]int{9, 9, 9, 4, 4, 5, 4, 4, 5}, 26.0 / 6},
	} {
		var costs store.Costs
		for _, n := range c.calls {
			costs = cycled(costs, store.Toll{Calls: map[record.Side]int{record.Auvo: n}})
		}
		if got := costs.Mean(record.Auvo); got != c.want {
			t.Errorf("%v: %v, not %v", c.calls, got, c.want)
		}
	}
}

func cycled(c store.Costs, t store.Toll) store.Costs { return c.Going(t).Ended(true, 10, time.Now()) }

// A scan of stock that comes once an hour is counted apart from the cycles, a small one
// that comes with each is not; slices are one cycle; and a first load says nothing.
func TestScansAndSlicesAreCountedAsWhatTheyAre(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	toll := func(calls, stock int) store.Toll {
		return store.Toll{Calls: map[record.Side]int{record.Omie: calls}, Stock: map[record.Side]int{record.Omie: stock}}
	}
	var c store.Costs
	c = c.Going(toll(400, 0)).Going(toll(455, 52)).Ended(false, 10, now) // a first load
	if got := c.Scans[record.Omie]; len(c.Cycles) != 0 || got.Calls != 52 || !got.At.Equal(now) {
		t.Errorf("after the first load: %+v", c)
	}
	for range 9 {
		now = now.Add(10 * time.Minute)
		c = c.Going(toll(3, 0)).Ended(true, 10, now)
	}
	if c.Mean(record.Omie) != 3 || c.Scans[record.Omie].Calls != 52 {
		t.Errorf("after nine cycles: %+v", c)
	}
	c = c.Going(toll(30, 28)).Going(toll(28, 27)).Ended(true, 10, now) // in two slices
	if got := c.Scans[record.Omie]; c.Mean(record.Omie) != 3 || got.Calls != 55 || !got.At.Equal(now) || c.Open.Calls != nil {
		t.Errorf("after the next scan: %+v", c)
	}
	for range 6 {
		c = c.Going(toll(2, 0)).Going(toll(11, 10)).Ended(true, 10, now)
	}
	if c.Mean(record.Omie) != 13 || c.Scans[record.Omie].Calls != 55 {
		t.Errorf("a small scan in each cycle: %+v", c)
	}
	if c = c.Going(toll(3, 0)).Ended(true, 10, now.Add(25*time.Hour)); len(c.Scans) != 0 {
		t.Errorf("no scan for a day: %+v", c)
	}
}

func TestCostsAreKeptOverSlicesAndReadAsTheyWereKeptBefore(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		var jobs []store.Job
		must[[]store.Job](t)(db.Dispatch(t.Context(), taken(&jobs)))
		costs := func() store.Costs { return must[store.Schedule](t)(db.Schedule(t.Context(), "acme")).Costs }
		first := store.Costs{}.Going(store.Toll{Calls: map[record.Side]int{record.Omie: 7}})
		ok(t, db.KeepCosts(t.Context(), l, first))
		ok(t, db.KeepCosts(t.Context(), l, costs().Going(store.Toll{Calls: map[record.Side]int{record.Omie: 5}, Stock: map[record.Side]int{record.Omie: 1}})))
		if c := costs(); c.Open.Calls[record.Omie] != 12 || c.Open.Stock[record.Omie] != 1 {
			t.Errorf("%+v", c)
		}
		if _, err := db.SQL().ExecContext(t.Context(), `update schedules set costs = '{"auvo":[4,5],"omie":[8]}'`); err != nil {
			t.Fatal(err)
		}
		if c := costs(); c.Mean(record.Auvo) != 4.5 || c.Mean(record.Omie) != 8 {
			t.Errorf("%+v", c)
		}
	})
}

func TestBudgetsOfAllWorkersAreReckonedAgainstAllCycles(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		if g := must[store.Governor](t)(db.Governor(t.Context())); g.Stretched() || g.Factor != 1 || !g.At.IsZero() {
			t.Errorf("before anybody reckoned: %+v", g)
		}
		var jobs []store.Job
		must[[]store.Job](t)(db.Dispatch(t.Context(), taken(&jobs)))
		costs := cycled(store.Costs{}, store.Toll{Calls: map[record.Side]int{record.Auvo: 4, record.Omie: 8}})
		costs = cycled(costs, store.Toll{Calls: map[record.Side]int{record.Auvo: 5, record.Omie: 60}, Stock: map[record.Side]int{record.Omie: 52}})
		due := store.Due{Cycle: time.Now().Add(time.Hour), Sweep: time.Now().Add(time.Hour)}
		due.Pacing = store.Pacing{Asks: 10 * time.Minute, Every: 14 * time.Minute, Quiet: 3, Costs: costs}
		ok(t, db.EndCycle(t.Context(), l, due))
		s := must[store.Schedule](t)(db.Schedule(t.Context(), "acme"))
		if s.Asks != due.Asks || s.Every != due.Every || s.Quiet != 3 || s.Costs.Mean(record.Auvo) != 4.5 {
			t.Errorf("%+v", s.Pacing)
		}
		reckoned := 0
		reckon := func(_ store.Governor, loads []store.Load, budget map[record.Side]float64) store.Governor {
			reckoned++
			if len(loads) != 1 || loads[0].Every != 10*time.Minute || !maps.Equal(loads[0].Calls, map[record.Side]float64{record.Auvo: 4.5, record.Omie: 8}) || !maps.Equal(loads[0].Scans, map[record.Side]float64{record.Omie: 52}) {
				t.Errorf("loads %+v", loads)
			}
			if !maps.Equal(budget, map[record.Side]float64{record.Auvo: 500.5, record.Omie: 1600}) {
				t.Errorf("budgets %v", budget)
			}
			return store.Governor{Factor: 1.4, Load: 1.375, Side: record.Auvo}
		}
		ok(t, db.Govern(t.Context(), 0, reckon)) // nobody works
		ok(t, db.SaveWorker(t.Context(), "one", map[record.Side]float64{record.Auvo: 1, record.Omie: 1}))
		ok(t, db.SaveWorker(t.Context(), "one", map[record.Side]float64{record.Auvo: 344.5, record.Omie: 800}))
		ok(t, db.SaveWorker(t.Context(), "two", map[record.Side]float64{record.Auvo: 156, record.Omie: 800}))
		ok(t, db.SaveWorker(t.Context(), "three", map[record.Side]float64{record.Auvo: 9, record.Omie: 9}))
		ok(t, db.DropWorker(t.Context(), "three"))
		ok(t, db.Govern(t.Context(), time.Minute, reckon))
		ok(t, db.Govern(t.Context(), time.Minute, reckon)) // a moment later
		g := must[store.Governor](t)(db.Governor(t.Context()))
		if reckoned != 1 || g.Factor != 1.4 || g.Load != 1.375 || g.Side != record.Auvo || time.Since(g.At) > time.Minute {
			t.Errorf("reckoned %d times: %+v", reckoned, g)
		}
		ok(t, db.SetPaused(t.Context(), "acme", true))
		ok(t, db.Govern(t.Context(), 0, func(_ store.Governor, loads []store.Load, _ map[record.Side]float64) store.Governor {
			if len(loads) != 0 {
				t.Errorf("a paused account counts: %+v", loads)
			}
			return store.Governor{Factor: 1}
		}))
	})
}

func TestAKeysPaceIsKept(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		m := db.Memory()
		if got := must[call.Pace](t)(m.Pace(t.Context(), "k")); got != (call.Pace{}) {
			t.Errorf("%+v", got)
		}
		at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
		want := call.Pace{Cut: at, Share: 0.125, Why: "IncluirOS: 429"}
		ok(t, m.SetPace(t.Context(), "k", call.Pace{Cut: at.Add(-time.Hour), Share: 0.5}))
		ok(t, m.SetPace(t.Context(), "k", want))
		if got := must[call.Pace](t)(m.Pace(t.Context(), "k")); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		c := must[store.Census](t)(db.Census(t.Context(), at.Add(time.Minute), false))
		if c.Paces["k"] != want || len(c.Paces) != 1 {
			t.Errorf("paces %+v", c.Paces)
		}
	})
}
