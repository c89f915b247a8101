package call

import "time"

// A Pace is how much of its rate somebody uses who noticed that others call, too:
// the same key in another program, or another program behind the same IP. It is
// halved when a vendor says that too much is asked and we did not, and comes back
// in small steps: the others keep what they need, and we find out what is left
// (additive increase, multiplicative decrease). The zero Pace is the whole rate.
type Pace struct {
	Cut   time.Time // when it was last halved
	Share float64   // of the rate, from then on; 0: the whole
	Why   string    // what the vendor said: a method and a short word; never a secret
}

// How a Pace falls and rises. Half the rate is back after 80 minutes in quiet, and
// what is cut at once by many answers to calls under way is cut once.
const (
	leastPace = 1.0 / 8
	paceStep  = 1.0 / 16
	paceRises = 10 * time.Minute // one step
	paceRests = time.Minute      // before it may be halved again: vendors count in minutes
)

// At is the share of the rate that is used at an instant: above 0, at most 1. (pure)
func (p Pace) At(now time.Time) float64 {
	if p.Share == 0 {
		return 1
	}
	steps := max(now.Sub(p.Cut), 0) / paceRises
	return min(p.Share+float64(steps)*paceStep, 1)
}

// Yielded is the pace after the vendor said at an instant that too much is asked. (pure)
func (p Pace) Yielded(now time.Time, why string) Pace {
	if p.Share != 0 && now.Sub(p.Cut) < paceRests {
		return p
	}
	return Pace{Cut: now, Share: max(p.At(now)/2, leastPace), Why: why}
}

// Yields tells whether less than the whole rate is used at an instant. (pure)
func (p Pace) Yields(now time.Time) bool { return p.At(now) < 1 }

// Whole is when the whole rate will be used again, if nothing more is noticed. (pure)
func (p Pace) Whole() time.Time {
	if p.Share == 0 {
		return p.Cut
	}
	steps := time.Duration((1-p.Share)/paceStep + 0.999)
	return p.Cut.Add(steps * paceRises)
}
