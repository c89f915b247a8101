package call

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Eleven accounts of one budget for ten minutes, all of them with answers that take
// 150 ms; one keeps twenty calls under way, the others two.
func TestABudgetIsKeptToAndSharedFairly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n, accounts, minutes = 360, 11, 10
		b := NewBudget("auvo", n)
		ctx, cancel := context.WithTimeout(t.Context(), minutes*time.Minute)
		defer cancel()
		var mu sync.Mutex
		var at []time.Time
		calls := make([]int, accounts)
		var all sync.WaitGroup
		for a := range accounts {
			share, slots := b.Share(), 2
			if a == 0 {
				slots = 20
			}
			for range slots {
				all.Go(func() {
					for share.Wait(ctx) == nil {
						mu.Lock()
						at = append(at, time.Now())
						calls[a]++
						mu.Unlock()
						time.Sleep(150 * time.Millisecond)
					}
				})
			}
		}
		all.Wait()
		for i := range at[:len(at)-n] {
			if at[i+n].Sub(at[i]) < time.Minute {
				t.Fatalf("%d calls within %v", n+1, at[i+n].Sub(at[i]))
			}
		}
		if share := float64(len(at)) / (minutes * n); share < 0.95 {
			t.Errorf("%.3f of the rate was used", share)
		}
		for a, got := range calls {
			const first = n / 40 // the burst that is there before anybody else is
			if want := len(at) / accounts; got < want-2 || got > want+first+2 {
				t.Errorf("account %d made %d of %d calls", a, got, len(at))
			}
		}
	})
}

// While 200 accounts look at their catalogues with more than the budget carries, a
// document goes within two calls' time.
func TestADocumentGoesBeforeManyCatalogues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget("omie", 60)
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for range 200 {
			share := b.Share()
			all.Go(func() {
				for share.Wait(WithUrgency(ctx, Catalogues)) == nil {
				}
			})
		}
		time.Sleep(time.Hour + 100*time.Millisecond)
		office := b.Share()
		for range 5 {
			began := time.Now()
			if err := office.Wait(t.Context()); err != nil || time.Since(began) > 2100*time.Millisecond {
				t.Errorf("a document waited %v: %v", time.Since(began), err)
			}
		}
		cancel()
		all.Wait()
	})
}

func TestABudgetIsNotHeldUpByWhoGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget("auvo", 1)
		first, second := b.Share(), b.Share()
		var toll Toll
		ctx := WithToll(t.Context(), &toll)
		if err := first.Wait(ctx); err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if err := first.Wait(short); err != context.DeadlineExceeded {
			t.Error(err)
		}
		began := time.Now()
		if err := second.Wait(WithUrgency(ctx, Stock)); err != nil || time.Since(began) > 2*time.Minute {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if toll.Calls("auvo") != 2 || toll.Stock("auvo") != 1 || toll.Calls("omie") != 0 {
			t.Errorf("the toll counts %d, %d of them for stock", toll.Calls("auvo"), toll.Stock("auvo"))
		}
		var none *Budget
		if err := none.Share().Wait(ctx); err != nil {
			t.Error(err)
		}
	})
}
