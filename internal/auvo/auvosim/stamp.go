package auvosim

import (
	"strings"
	"time"
	_ "time/tzdata" // the image may hold no zone files
)

// The vendor's date forms (auvo-api.md §3.6): no offset, Brasília time.
const (
	secondLayout = "2006-01-02T15:04:05"
	dayLayout    = "2006-01-02"
	spacedLayout = "2006-01-02 15:04:05"
)

var brasilia = mustZone("America/Sao_Paulo")

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// stamp writes at as the vendor does.
func stamp(at time.Time, layout string) string { return at.In(brasilia).Format(layout) }

// parseStamp reads a date in any form that the API accepts or answers; day says
// that it had no time. An offset, if there is one, is honoured.
func parseStamp(text string) (at time.Time, day, ok bool) {
	text = strings.TrimSpace(text)
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, false, true
	}
	for _, layout := range []string{secondLayout, spacedLayout, "2006-01-02T15:04:05.999999999", dayLayout} {
		if at, err := time.ParseInLocation(layout, text, brasilia); err == nil {
			return at, layout == dayLayout, true
		}
	}
	return time.Time{}, false, false
}

// isFrom reports that the stored stamp is at or after the filter's date.
func isFrom(stored, from string) bool {
	have, _, ok := parseStamp(stored)
	least, _, okFrom := parseStamp(from)
	return ok && okFrom && !have.Before(least)
}

// isUntil reports that the stored stamp is at or before the filter's date; a
// bare day includes the whole day (auvo-api.md §8.4).
func isUntil(stored, until string) bool {
	have, _, ok := parseStamp(stored)
	most, day, okUntil := parseStamp(until)
	if !ok || !okUntil {
		return false
	}
	if day {
		return have.Before(most.AddDate(0, 0, 1))
	}
	return !have.After(most)
}
