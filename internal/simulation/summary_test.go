package simulation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A summary is what many walks tell together.
type summary struct {
	seeds, failed                                   int
	days                                            time.Duration
	cycles, deaths, beside, restores, points, calls int
	idle, failures                                  int
	steps, faults, outcomes, waits, writes, broken  map[string]int
}

func newSummary() summary {
	return summary{
		steps: map[string]int{}, faults: map[string]int{}, outcomes: map[string]int{}, waits: map[string]int{},
		writes: map[string]int{}, broken: map[string]int{},
	}
}

func (s *summary) add(o summary) {
	s.seeds, s.failed, s.days = s.seeds+o.seeds, s.failed+o.failed, s.days+o.days
	s.cycles, s.deaths, s.beside, s.restores = s.cycles+o.cycles, s.deaths+o.deaths, s.beside+o.beside, s.restores+o.restores
	s.points, s.calls, s.idle, s.failures = s.points+o.points, s.calls+o.calls, s.idle+o.idle, s.failures+o.failures
	for _, m := range [][2]map[string]int{{s.steps, o.steps}, {s.faults, o.faults}, {s.outcomes, o.outcomes}, {s.waits, o.waits}, {s.writes, o.writes}, {s.broken, o.broken}} {
		for k, n := range m[1] {
			m[0][k] += n
		}
	}
}

func (s summary) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d seeds, %.0f virtual days, %d cycles, %d calls, %d points at which a process could die\n", s.seeds, s.days.Hours()/24, s.cycles, s.calls, s.points)
	fmt.Fprintf(&b, "%d deaths, %d second processes, %d restores of an old backup\n", s.deaths, s.beside, s.restores)
	for _, part := range []struct {
		name string
		of   map[string]int
	}{{"faults asked for", s.faults}, {"steps", s.steps}, {"writes", s.writes}, {"outcomes", s.outcomes}, {"left waiting", s.waits}} {
		fmt.Fprintf(&b, "%s: %s\n", part.name, counts(part.of))
	}
	fmt.Fprintf(&b, "duplicates %d, lost %d, unexplained %d, violations %d, overwritten %d, other %d\n", s.broken["duplicate"], s.broken["lost"],
		s.broken["unexplained"], s.broken["violation"], s.broken["overwritten"],
		s.failed-s.broken["duplicate"]-s.broken["lost"]-s.broken["unexplained"]-s.broken["violation"]-s.broken["overwritten"])
	return b.String()
}

// counts are in the order of their size.
func counts(m map[string]int) string {
	names := slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		if m[a] != m[b] {
			return m[b] - m[a]
		}
		return strings.Compare(a, b)
	})
	for n, name := range names {
		names[n] = fmt.Sprintf("%s %d", name, m[name])
	}
	return strings.Join(names, ", ")
}
