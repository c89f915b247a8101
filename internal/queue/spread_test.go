package queue

import (
	"fmt"
	"testing"
	"time"
)

func TestAccountsAreSpreadEvenlyOverTheInterval(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 3, 0, 0, time.UTC)
	const every, accounts, parts = 10 * time.Minute, 1000, 10
	var counts [parts]int
	for n := range accounts {
		id := fmt.Sprint("empresa-", n)
		at := nextCycle(id, every, now)
		if d := at.Sub(now); d <= 0 || d > every {
			t.Fatalf("%s is due in %s", id, d)
		}
		if again := nextCycle(id, every, at); again.Sub(at) != every {
			t.Fatalf("%s is due again after %s", id, again.Sub(at))
		}
		counts[int(at.Sub(now)*parts/every)%parts]++
	}
	for part, n := range counts {
		if n < accounts/parts*6/10 || n > accounts/parts*14/10 {
			t.Errorf("part %d of the interval has %d of %d accounts", part, n, accounts)
		}
	}
}

func TestSweepsAreSpreadOverTheNightOfTheAccount(t *testing.T) {
	for _, name := range []string{"America/Sao_Paulo", "America/Rio_Branco", "UTC"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
		for n := range 200 {
			id := fmt.Sprint("empresa-", n)
			at := nextSweep(id, zone, now)
			if h := at.In(zone).Hour(); h < 2 || h >= 5 || at.Sub(now) > 25*time.Hour || !at.After(now) {
				t.Fatalf("%s in %s: %s", id, name, at.In(zone))
			}
			if next := nextSweep(id, zone, at); next.Sub(at) != 24*time.Hour {
				t.Fatalf("%s in %s: then after %s", id, name, next.Sub(at))
			}
		}
	}
}

// After a stop from the evening to the morning, sweeps lie spread over the three hours
// that follow; one that was put off is not put off again, and one that is a little late not at all.
func TestSweepsThatAStopMadeLateAreSpread(t *testing.T) {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	evening, morning := time.Date(2026, 3, 10, 20, 0, 0, 0, zone), time.Date(2026, 3, 11, 8, 0, 0, 0, zone)
	const accounts = 1200
	var counts [6]int
	for n := range accounts {
		id := fmt.Sprint("empresa-", n)
		was := time.UnixMilli(nextSweep(id, zone, evening).UnixMilli()) // as it is kept
		to := putOff(id, zone, was, morning)
		if to.Before(morning) || to.Sub(morning) >= sweepSpan {
			t.Fatalf("%s is put off to %s", id, to)
		}
		counts[to.Sub(morning)*6/sweepSpan]++
		to = time.UnixMilli(to.UnixMilli())
		if next := morning.Add(24 * time.Hour); !putOff(id, zone, to, next).Equal(next) {
			t.Fatalf("%s is put off twice", id)
		}
		if soon := was.Add(lateSweep - time.Minute); !putOff(id, zone, was, soon).Equal(soon) {
			t.Fatalf("%s is put off, and was hardly late", id)
		}
	}
	for part, n := range counts {
		if n < accounts/6*6/10 || n > accounts/6*14/10 {
			t.Errorf("part %d of the hours has %d of %d accounts", part, n, accounts)
		}
	}
}
