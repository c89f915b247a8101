package omiesim

import (
	"sync"
	"time"
)

const (
	dateLayout = "02/01/2006"
	hourLayout = "15:04:05"
	byAPI      = "WEBSERVICE" // uInc/uAlt of a change made by API (omie-api.md §3.3)
	byPerson   = "P000000001" // uAlt of a change made on the screen
)

// saoPaulo is the clock of all of Omie's stamps and windows (omie-api.md §10.3).
var saoPaulo = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		return time.FixedZone("-03", -3*60*60)
	}
	return loc
})

// now is the simulated time. The lock is held.
func (s *Sim) now() time.Time { return s.base().Add(s.shift) }

func (s *Sim) base() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// SetClock makes the simulated time at, from which it runs on.
func (s *Sim) SetClock(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shift = at.Sub(s.base())
}

func dateOf(t time.Time) string { return t.In(saoPaulo()).Format(dateLayout) }
func hourOf(t time.Time) string { return t.In(saoPaulo()).Format(hourLayout) }

// touch sets the stamps of the last change, and those of inclusion on a new record.
func (s *Sim) touch(k *kind, r Record, user string) {
	at, names := s.now(), k.stamps
	if names.block == "" {
		return
	}
	info := cloned(r.block(names.block))
	if info.empty(names.dInc) {
		info[names.dInc], info[names.hInc], info[names.uInc] = dateOf(at), hourOf(at), user
	}
	info[names.dAlt], info[names.hAlt], info[names.uAlt] = dateOf(at), hourOf(at), user
	r[names.block] = map[string]any(info)
}

// stampMissing completes a seeded record's stamps: a record that was never
// edited has dAlt equal to its inclusion (omie-api.md §10.3).
func (s *Sim) stampMissing(k *kind, r Record) {
	names := k.stamps
	if names.block == "" {
		return
	}
	info, at := r.block(names.block), s.now()
	if info.empty(names.dInc) {
		info[names.dInc], info[names.hInc] = dateOf(at), hourOf(at)
		if !info.empty(names.dAlt) {
			info[names.dInc], info[names.hInc] = info[names.dAlt], info[names.hAlt]
		}
	}
	info.fill(names.hInc, "00:00:00")
	info.fill(names.uInc, byPerson)
	if info.empty(names.dAlt) {
		info[names.dAlt], info[names.hAlt] = info[names.dInc], info[names.hInc]
	}
	info.fill(names.hAlt, "00:00:00")
	info.fill(names.uAlt, info[names.uInc])
}

// moment reads a date and an hour in São Paulo. ok is false when the date is none.
func moment(date, hour string) (t time.Time, ok bool) {
	if hour == "" {
		hour = "00:00:00"
	}
	t, err := time.ParseInLocation(dateLayout+" "+hourLayout, date+" "+hour, saoPaulo())
	return t, err == nil
}
