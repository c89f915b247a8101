package queue

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ponte/internal/call"
	"ponte/internal/engine"
	"ponte/internal/store"
)

// What a process may call by default (contract.md), and what an idle cycle of five
// flows calls (P3; cmd/ponte's thrift test counts it).
const (
	auvoRate, omieRate = 360, 864
	auvoCalls          = 4 // customers, tasks, deleted tasks, quotations
	omieCalls          = 3 // customers, products, services; and the scan of stock
	tokenLasts         = 28 * time.Minute
	stockPage          = 96 // the fewest rows of a page, see docs/benchmarks.md
)

// idle is the interval of an account that was left alone for a while.
func idle(every time.Duration) time.Duration { return asking{every: every, quiet: idleAfter}.alone() }

// auvoCost is what an idle cycle calls at Auvo, its part of a login included.
func auvoCost(every time.Duration) float64 {
	return auvoCalls + 1/(math.Floor(tokenLasts.Minutes()/idle(every).Minutes())+1)
}

// omieCost is what an idle cycle calls at Omie with so many products in stock.
func omieCost(every time.Duration, products int) float64 {
	pages := math.Ceil(float64(products) / stockPage)
	if pages > engine.ScanEachCycle {
		pages *= min(idle(every).Hours(), 1)
	}
	return omieCalls + pages
}

// carries is how many idle accounts an IP carries.
func carries(rate int, every time.Duration, calls float64) int {
	return int(ForCycles * call.NewBudget("", rate).Steady() * idle(every).Minutes() / calls)
}

// capacity are the rows of the table of docs/scaling.md.
func capacity() (rows []string) {
	thousands := func(n int) string {
		if n < 1000 {
			return fmt.Sprint(n)
		}
		return fmt.Sprintf("%d,%03d", n/1000, n%1000)
	}
	for _, every := range []time.Duration{5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour} {
		auvo := carries(auvoRate, every, auvoCost(every))
		row := fmt.Sprintf("| %d min | %.2f | %s |", int(every.Minutes()), auvoCost(every), thousands(auvo))
		for _, products := range []int{90, 900, 5000} {
			omie := carries(omieRate, every, omieCost(every, products))
			row += fmt.Sprintf(" %.1f: %s |", omieCost(every, products), thousands(omie))
		}
		rows = append(rows, row+fmt.Sprintf(" **%s** |", thousands(min(auvo, carries(omieRate, every, omieCost(every, 90))))))
	}
	return rows
}

func TestTheCapacityTableIsWhatIsReckoned(t *testing.T) {
	text, err := os.ReadFile("../../docs/scaling.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range capacity() {
		if !strings.Contains(string(text), row+"\n") {
			t.Errorf("docs/scaling.md lacks\n%s", row)
		}
	}
	const promise = "One IP carries 800 idle accounts at 10 minutes within the vendors' limits"
	if !strings.Contains(string(text), promise) {
		t.Errorf("docs/scaling.md does not say: %s", promise)
	}
	if n := carries(auvoRate, 10*time.Minute, auvoCost(10*time.Minute)); n < 800 {
		t.Errorf("one IP carries %d accounts", n)
	}
}

// Two hours of 800 idle accounts' calls to Auvo, with answers that take 150 ms, at
// their places in the interval and from one IP: never more than it may, and a
// change is found within what polling promises, one interval and 60 s.
func TestOneIPCarries800IdleAccountsAtTenMinutes(t *testing.T) {
	const accounts, hours = 800, 2
	synctest.Test(t, func(t *testing.T) {
		budget := call.NewBudget("auvo", auvoRate)
		a := asking{every: 10 * time.Minute, quiet: idleAfter}
		end := time.Now().Add(hours * time.Hour)
		var mu sync.Mutex
		var at []time.Time
		var gaps []time.Duration // from one read of a list to the next
		var all sync.WaitGroup
		for n := range accounts {
			id, share := fmt.Sprint("empresa-", n), budget.Share()
			all.Go(func() {
				was := store.Schedule{Account: id, Pacing: store.Pacing{Asks: a.alone(), Every: a.inForce()}}
				was.NextCycle = nextCycle(id, a.every, time.Now()).Add(time.Duration(n%21) * idleSpares) // each went idle in a time of its own
				var read [auvoCalls]time.Time
				for cycle := n; was.NextCycle.Before(end); cycle++ {
					time.Sleep(time.Until(was.NextCycle))
					calls := auvoCalls
					if cycle%3 == 0 { // a token serves three cycles
						calls++
					}
					for list := range calls {
						if err := share.Wait(t.Context()); err != nil {
							t.Error(err)
						}
						mu.Lock()
						at = append(at, time.Now())
						if list < auvoCalls {
							if !read[list].IsZero() {
								gaps = append(gaps, time.Since(read[list]))
							}
							read[list] = time.Now()
						}
						mu.Unlock()
						time.Sleep(150 * time.Millisecond)
					}
					was.NextCycle = a.next(was, time.Now())
				}
			})
		}
		all.Wait()
		for i := range at[:len(at)-auvoRate] {
			if d := at[i+auvoRate].Sub(at[i]); d < time.Minute {
				t.Fatalf("%d calls within %s", auvoRate+1, d)
			}
		}
		slices.Sort(gaps)
		p99, most := gaps[len(gaps)*99/100], gaps[len(gaps)-1]
		t.Logf("%d calls, %.0f a minute; a list is read again after %s, p99 %s, %s at most", len(at), float64(len(at))/hours/60, gaps[len(gaps)/2], p99, most)
		if p99 > 10*time.Minute+45*time.Second || most > 11*time.Minute { // a tick may come 15 s late
			t.Errorf("a list is read again after %s, p99 %s", most, p99)
		}
	})
}
