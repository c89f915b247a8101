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
