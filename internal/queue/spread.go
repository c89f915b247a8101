package queue

import (
	"hash/fnv"
	"time"
)

// Every account has its own place within the interval and within the night, by
// its id, so that accounts never start together, whenever the process did. (pure)

// nextCycle is the account's next place in the interval after now.
func nextCycle(account string, every time.Duration, now time.Time) time.Time {
	phase := time.Duration(share(account, uint64(every)))
	at := now.Truncate(every).Add(phase)
	if !at.After(now) {
		at = at.Add(every)
	}
	return at
}

// The sweep starts between two and five in the morning.
const (
	sweepFrom = 2
	sweepSpan = 3 * time.Hour
)

// nextSweep is the account's next place in the night after now, in its zone.
func nextSweep(account string, zone *time.Location, now time.Time) time.Time {
	local := now.In(zone)
	for day := range 3 {
		night := time.Date(local.Year(), local.Month(), local.Day()+day, sweepFrom, 0, 0, 0, zone)
		if at := night.Add(time.Duration(share("sweep/"+account, uint64(sweepSpan)))); at.After(now) {
			return at
		}
	}
	return now.Add(24 * time.Hour)
}

// lateSweep is by how much a sweep is late that is put off: a stop made it so.
const lateSweep = time.Hour

// putOff is when a sweep is to start that was due at was and did not start before now.
// After a night's stop those of all accounts are due at once, so each goes to its own
// place in the hours to come; but one that was put off before starts now, lest a
// computer that is on for an hour a day never sweeps.
func putOff(account string, zone *time.Location, was, now time.Time) time.Time {
	planned := nextSweep(account, zone, was.Add(-time.Millisecond))
	if now.Sub(was) < lateSweep || planned.UnixMilli() != was.UnixMilli() {
		return now
	}
	return now.Add(time.Duration(share("sweep/"+account, uint64(sweepSpan))))
}

// share is a number below n, the same for a name for ever.
func share(name string, n uint64) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	sum := h.Sum64()
	sum ^= sum >> 33 // names that differ in their last letter alone lie far apart
	sum *= 0xff51afd7ed558ccd
	sum ^= sum >> 33
	return int64(sum % n)
}
