package call

import (
	"testing"

	"pgregory.net/rapid"
)

// An office is accounts that wait in one line, each with calls of one urgency and
// so many of them at once; one that has room asks again as soon as a call came through.
type office struct {
	line     line
	places   []place
	urgency  []Urgency
	slots    []int
	waits    []int // now
	served   []int
	servedOf map[*turn]int
}

func drawOffice(t *rapid.T, urgencies func(*rapid.T, int) Urgency) *office {
	n := rapid.IntRange(2, 12).Draw(t, "accounts")
	o := &office{places: make([]place, n), urgency: make([]Urgency, n), slots: make([]int, n), waits: make([]int, n), served: make([]int, n), servedOf: map[*turn]int{}}
	for a := range n {
		o.urgency[a], o.slots[a] = urgencies(t, a), rapid.IntRange(1, 4).Draw(t, "slots")
	}
	o.slots[0] = 50 // the greedy one
	return o
}

// fill has every account ask for as much as it has room for.
func (o *office) fill() {
	for a := range o.places {
		for o.waits[a] < o.slots[a] {
			o.servedOf[o.line.join(&o.places[a], o.urgency[a])] = a
			o.waits[a]++
		}
	}
}

// serve lets one call through and returns whose it was.
func (o *office) serve() int {
	a := o.servedOf[o.line.next()]
	o.waits[a]--
	o.served[a]++
	return a
}

func TestAccountsThatAllWantMoreGetTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawOffice(t, func(*rapid.T, int) Urgency { return Catalogues })
		for range 50 * len(o.places) {
			o.fill()
			o.serve()
			for a, n := range o.served {
				if d := o.served[0] - n; d < -1 || d > 1 {
					t.Fatalf("the greedy account had %d calls and account %d had %d", o.served[0], a, n)
				}
			}
		}
	})
}

// mostBefore is how many calls of one other account go before a call of an account
// that is within its share. (pure)
func mostBefore(u Urgency) int {
	if u == Documents {
		return 1
	}
	return ahead*int(u+Stock) + 1 // what is less urgent may have waited longer
}

// Whatever the others want and however much: who is within its share waits for a
// bounded number of each other's calls, and a document for none that is less urgent.
func TestACallWithinItsShareWaitsForABoundedNumberOfOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.SampledFrom([]Urgency{Documents, Customers, Catalogues, Stock})
		o := drawOffice(t, func(t *rapid.T, _ int) Urgency { return draw.Draw(t, "urgency") })
		for range rapid.IntRange(0, 300).Draw(t, "calls before") {
			o.fill()
			o.serve()
			if rapid.IntRange(0, 9).Draw(t, "changes its mind") == 0 {
				o.urgency[rapid.IntRange(0, len(o.places)-1).Draw(t, "who")] = draw.Draw(t, "urgency")
			}
		}
		mine, urgency, count := &place{}, draw.Draw(t, "mine"), map[int]int{}
		turn := o.line.join(mine, urgency)
		for {
			o.fill()
			next := o.line.waiting[0]
			if next == turn {
				return
			}
			if urgency == Documents && next.urgency != Documents {
				t.Fatalf("a document waits behind a call of urgency %d", next.urgency)
			}
			a := o.serve()
			if count[a]++; count[a] > mostBefore(urgency) {
				t.Fatalf("a call of urgency %d waits for %d calls of account %d", urgency, count[a], a)
			}
		}
	})
}

func TestTheClockNeverStandsBehindATurnThatWaits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.SampledFrom([]Urgency{Documents, Customers, Catalogues, Stock})
		o := drawOffice(t, func(t *rapid.T, _ int) Urgency { return draw.Draw(t, "urgency") })
		for range 200 {
			o.fill()
			o.serve()
			if len(o.line.waiting) > 0 && o.line.waiting[0].at < o.line.clock {
				t.Fatalf("the clock is at %d and a turn of %d waits", o.line.clock, o.line.waiting[0].at)
			}
		}
	})
}

func TestWhoLeavesTheLineHoldsNobodyUp(t *testing.T) {
	var l line
	var a, b place
	first, second, third := l.join(&a, Documents), l.join(&b, Stock), l.join(&b, Documents)
	l.leave(&a, first)
	l.leave(&a, first)
	if a.end != 0 {
		t.Errorf("who left has had a call: %d", a.end)
	}
	if got := l.next(); got != third {
		t.Errorf("next is %+v", got)
	}
	if got := l.next(); got != second || l.next() != nil {
		t.Errorf("then %+v", got)
	}
}
