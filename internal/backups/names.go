package backups

import (
	"slices"
	"strings"
	"time"
)

// What is in a folder is told by names alone, so that files which others put there
// are never touched. (pure)

const (
	stamp = "20060102T150405Z"
	first = "ponte-"
	last  = ".db"
)

// night is the hour from which a day's copy is due: before the sweeps, which start at two.
const night = 1

// abandoned is the age at which what a dead process left half written goes.
const abandoned = 24 * time.Hour

func nameAt(at time.Time) string { return first + at.UTC().Format(stamp) + last }

// madeAt reads a copy's name.
func madeAt(name string) (time.Time, bool) {
	middle, is := strings.CutPrefix(name, first)
	middle, ends := strings.CutSuffix(middle, last)
	at, err := time.Parse(stamp, middle)
	return at, is && ends && err == nil
}

// halfWritten reads the name of a copy that is being written, or was: a copy's name,
// something, and .part.
func halfWritten(name string) (time.Time, bool) {
	if !strings.HasSuffix(name, ".part") && !strings.HasSuffix(name, ".part-journal") {
		return time.Time{}, false
	}
	copied, _, cut := strings.Cut(name, last+".")
	at, is := madeAt(copied + last)
	return at, cut && is
}

func newest(names []string) time.Time {
	var at time.Time
	for _, name := range names {
		if made, is := madeAt(name); is && made.After(at) {
			at = made
		}
	}
	return at
}

// due tells whether no copy was made since the last night began. One from the future,
// made before a clock was set back, does not count.
func due(names []string, now time.Time, zone *time.Location) bool {
	local := now.In(zone)
	began := time.Date(local.Year(), local.Month(), local.Day(), night, 0, 0, 0, zone)
	if began.After(now) {
		began = time.Date(local.Year(), local.Month(), local.Day()-1, night, 0, 0, 0, zone)
	}
	past := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		made, is := madeAt(name)
		return is && made.After(now.Add(time.Minute))
	})
	return newest(past).Before(began)
}

// surplus are the copies beyond the newest so many, and what was left half written.
func surplus(names []string, keep int, now time.Time) []string {
	var copies, gone []string
	for _, name := range names {
		if _, is := madeAt(name); is {
			copies = append(copies, name)
		} else if began, is := halfWritten(name); is && now.Sub(began) > abandoned {
			gone = append(gone, name)
		}
	}
	slices.Sort(copies) // by time, since names are stamps
	return append(gone, copies[:max(0, len(copies)-max(keep, 1))]...)
}
