package queue

import (
	"sort"
	"time"

	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// When the budgets of all workers' IPs cannot carry each account's interval, all
// intervals grow by one factor, so that nobody's data is older than another's.

// ForCycles is the part of what an IP carries that cycles are planned for. The rest is
// for hints, sweeps and people.
const ForCycles = 0.98

// reckon is by how much all intervals are stretched, after they were stretched as
// was says. (pure)
func reckon(was store.Governor, loads []store.Load, budget map[record.Side]float64) store.Governor {
	g := store.Governor{}
	g.Load, g.Side = load(loads, budget, 1)
	g.Factor = factor(was.Factor, fitting(loads, budget), g.Load)
	return g
}

// load is what the accounts' cycles, stretched by a factor, take of the shortest of the
// budgets, in calls a minute by side; 1 is all of it. A scan of stock comes once an hour,
// however often cycles do, or with each cycle where they are rarer. (pure)
func load(loads []store.Load, budget map[record.Side]float64, factor float64) (most float64, side record.Side) {
	for _, s := range []record.Side{record.Auvo, record.Omie} {
		calls := 0.0
		for _, l := range loads {
			every := l.Every.Minutes() * factor
			calls += l.Calls[s]/every + l.Scans[s]/max(every, engine.ScanHour.Minutes())
		}
		if budget[s] > 0 && calls/budget[s] > most {
			most, side = calls/budget[s], s
		}
	}
	return most, side
}

// Factors are twentieths, rounded up. One that is too small grows at once; one that
// is larger than needed stays until two steps are to be gained, since each change
// gives every account another place in the interval.
const (
	factorStep  = 20
	factorStays = 0.1
	factorMost  = 10_000
)

// fitting is the smallest factor by which the cycles fit into the budgets. (pure)
func fitting(loads []store.Load, budget map[record.Side]float64) float64 {
	steps := sort.Search((factorMost-1)*factorStep, func(n int) bool {
		most, _ := load(loads, budget, 1+float64(n)/factorStep)
		return most <= 1+1e-9
	})
	return float64(factorStep+steps) / factorStep
}

// factor is by how much intervals are stretched that would have to be by wanted, under a
// load, when was it was. (pure)
func factor(was, wanted, load float64) float64 {
	if wanted > was || wanted < was-factorStays+1e-9 || (wanted == 1 && load < 1-factorStays/2) {
		return wanted
	}
	return was
}

// governs is how often it is reckoned.
const governs = time.Minute
