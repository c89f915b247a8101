package simulation

import (
	"maps"
	"slices"
)

// shrink finds a shorter history that still breaks the promise: it leaves out
// ever smaller runs of steps, then what strikes inside cycles, then settings. It
// stops when nothing more can go, or after so many tries.
func shrink(h history, tries int, fails func(history) bool) history {
	still := func(next history) bool {
		tries--
		return tries >= 0 && fails(next)
	}
	for {
		before := h.String()
		h = shrinkSteps(h, still)
		h = shrinkCycles(h, still)
		h = shrinkSettings(h, still)
		if tries <= 0 || h.String() == before {
			return h
		}
	}
}

func shrinkSteps(h history, still func(history) bool) history {
	for size := max(len(h.steps)/2, 1); ; size /= 2 {
		for from := 0; from < len(h.steps); {
			next := h
			next.steps = slices.Delete(slices.Clone(h.steps), from, min(from+size, len(h.steps)))
			if still(next) {
				h = next
				continue
			}
			from += size
		}
		if size == 1 {
			return h
		}
	}
}

// shrinkCycles makes cycles plain, and takes what happens meanwhile out of them.
func shrinkCycles(h history, still func(history) bool) history {
	for n, s := range h.steps {
		if s[0] != "cycle" || len(s) == 1 {
			continue
		}
		tries := [][]step{{{"cycle"}}}
		if at := slices.Index(s, "meanwhile"); at > 0 {
			tries = append(tries, []step{{"cycle"}, s[at+1:]}, []step{s[at+1:], {"cycle"}})
		}
		for _, instead := range tries {
			next := h
			next.steps = slices.Replace(slices.Clone(h.steps), n, n+1, instead...)
			if still(next) {
				return shrinkCycles(next, still)
			}
		}
	}
	return h
}

func shrinkSettings(h history, still func(history) bool) history {
	for _, name := range slices.Sorted(maps.Keys(h.with)) {
		next := h
		next.with = maps.Clone(h.with)
		delete(next.with, name)
		if still(next) {
			h = next
		}
	}
	return h
}
