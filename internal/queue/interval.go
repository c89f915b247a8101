package queue

import (
	"time"

	"ponte/internal/store"
)

// An asking is what decides how long it is until an account's next cycle. (pure)
type asking struct {
	every    time.Duration // the account's own interval
	quiet    int           // cycles in a row that wrote nothing
	silent   bool          // a hook that it was heard by is heard no more
	governor store.Governor
}

// An account that has been idle for a while is asked a little less often, by what a
// change found by polling may take beyond the interval (60 s) less what a tick and a
// cycle take of that. One whose hook fell silent is asked twice as often, while there
// is room in the budgets: its people are used to better.
const (
	idleAfter  = 3 // cycles
	idleSpares = 20 * time.Second
	idleShare  = 10 // an interval spares a tenth of itself at most
	tightest   = 2 * time.Minute
	roomy      = 0.8 // load up to which there is room
)

func (a asking) idle() bool { return a.quiet >= idleAfter && !a.silent }

// alone is the interval that the account would have if it were alone. (pure)
func (a asking) alone() time.Duration {
	if a.idle() {
		return a.every + min(idleSpares, a.every/idleShare)
	}
	return a.every
}

// inForce is the interval that it has. (pure)
func (a asking) inForce() time.Duration {
	switch {
	case a.governor.Stretched():
		return time.Duration(float64(a.alone()) * a.governor.Factor).Round(time.Second)
	case a.silent && a.governor.Load < roomy:
		return min(a.every, max(a.every/2, tightest))
	}
	return a.alone()
}

// next is when an account's next cycle is due, when the one of a schedule ended now.
// Who is on time goes on from where it is, so that going idle and back moves nobody
// closer to others. A first cycle, one that was late and any while all are stretched
// goes to the account's own place in the interval; but a late one is followed within
// the interval from when it was due, where that is still to come. (pure)
func (a asking) next(was store.Schedule, now time.Time) time.Time {
	every := a.inForce()
	place, kept := nextCycle(was.Account, every, now), was.NextCycle.Add(every)
	switch {
	case was.Every == 0, a.governor.Stretched(), !kept.After(now):
		return place
	case was.Every <= was.Asks && now.Sub(was.NextCycle) < every/4:
		return kept
	case kept.Before(place):
		return kept
	}
	return place
}
