package engine

import (
	"slices"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// How long after a write of ours a hook may still tell of it. Omie delivers
// within seconds and repeats what failed every ten minutes
// (docs/apis/omie.md §9.3); Auvo says nothing of when.
const (
	apiEchoLasts = 5 * time.Minute
	echoLasts    = time.Minute
)

// echoes are the hints about a record that only tell what we wrote ourselves:
// reading the record again would show what we know. Where the vendor says that
// a program did it, any number of them within a few minutes of a write of ours;
// else one for each write, so that a person's edit of the same minute still has
// its own. What is wrongly taken for an echo is found by the next cycle. (pure)
func echoes(hints []store.Hint, writes []store.Change) []store.Hint {
	var out []store.Hint
	spent := map[int64]bool{}
	for _, h := range hints {
		n := slices.IndexFunc(writes, func(c store.Change) bool { return !spent[c.ID] && toldBy(h, c) })
		if n < 0 || h.Notice.Feed != "" {
			continue
		}
		out = append(out, h)
		spent[writes[n].ID] = !h.Notice.ByAPI
	}
	return out
}

// toldBy tells whether a hint may be the echo of a write.
func toldBy(h store.Hint, c store.Change) bool {
	if c.State != store.Done || targetRef(c) != h.Notice.Ref || h.Notice.Gone {
		return false
	}
	lasts := echoLasts
	if h.Source == record.Omie {
		if !h.Notice.ByAPI {
			return false // Omie names the person
		}
		lasts = apiEchoLasts
	}
	late := h.Received.Sub(c.Sent)
	return late >= 0 && late <= lasts
}
