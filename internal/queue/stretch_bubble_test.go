package queue_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"ponte/internal/call"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/queue"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
	"ponte/internal/store"
)

// metered is a side whose lists of customers draw on a budget, a call a page.
func metered(m *recordtest.Memory, share *call.Share, made func()) record.System {
	s := m.System()
	customers := *s.Customers
	feed := customers.Feeds[0]
	list := feed.List
	feed.List = func(ctx context.Context, w record.Window, page func(record.Page) error) error {
		if err := share.Wait(ctx); err != nil {
			return err
		}
		made()
		return list(ctx, w, page)
	}
	customers.Feeds = []record.Feed{feed}
	s.Customers = &customers
	return s
}

// Sixteen accounts of two minutes behind an IP that carries eleven of them: nobody
// calls more than the IP may, all are stretched, and all alike.
func TestCyclesThatAnIPDoesNotCarryAreStretchedAlike(t *testing.T) {
	const accounts, perMinute, settled, watched = 16, 6, 25 * time.Minute, 20 * time.Minute
	inBubble(t, func(t *testing.T, db *store.DB) {
		var mu sync.Mutex
		var calls []time.Time
		auvo, omie := call.NewBudget("auvo", perMinute), call.NewBudget("omie", 1000)
		engines := map[string]*engine.Engine{}
		for n := range accounts {
			id := fmt.Sprintf("empresa-%02d", n)
			a := accountOf(t, id)
			a.Every = config.Duration(2 * time.Minute)
			if err := db.SaveAccount(t.Context(), store.Account{ID: id, Settings: []byte(a.Settings())}, nil); err != nil {
				t.Fatal(err)
			}
			left, right := &recordtest.Memory{Side: record.Auvo, Now: time.Now}, &recordtest.Memory{Side: record.Omie, Now: time.Now}
			right.Put(customer("7001", "Academia"))
			engines[id] = &engine.Engine{
				Store: db, Account: a, Now: time.Now,
				Auvo: metered(left, auvo.Share(), func() {
					mu.Lock()
					defer mu.Unlock()
					calls = append(calls, time.Now())
				}),
				Omie: metered(right, omie.Share(), func() {}),
			}
		}
		q, err := queue.New(t.Context(), queue.Config{
			Store: db, Holder: "bubble", Poll: 5 * time.Second, Tick: 5 * time.Second, Workers: 4, // a call of more would wait longer than a job may
			Engine: func(_ context.Context, id string) (*engine.Engine, error) { return engines[id], nil },
			Rates: func() map[record.Side]float64 {
				return map[record.Side]float64{record.Auvo: auvo.Steady(), record.Omie: omie.Steady()}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(settled)
		from := time.Now()
		time.Sleep(watched)
		g, err := db.Governor(t.Context())
		if err != nil || g.Factor < 1.4 || g.Factor > 1.7 || g.Side != record.Auvo {
			t.Errorf("governor %+v: %v", g, err)
		}
		if err := q.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		for i := range calls[:len(calls)-perMinute] {
			if d := calls[i+perMinute].Sub(calls[i]); d < time.Minute {
				t.Fatalf("%d calls within %s", perMinute+1, d)
			}
		}
		var gaps []time.Duration
		for id := range engines {
			s, err := db.Schedule(t.Context(), id)
			if err != nil || s.Every <= s.Asks {
				t.Errorf("%s: %+v, %v", id, s.Pacing, err)
			}
			gaps = append(gaps, meanGap(t, db, id, from))
		}
		least, most := slices.Min(gaps), slices.Max(gaps)
		t.Logf("factor %v, cycles come after %s to %s, %d calls", g.Factor, least, most, len(calls))
		if least < 150*time.Second || most > least*5/4 {
			t.Errorf("cycles come after %s to %s", least, most)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}

// meanGap is how long it is from one cycle of an account to the next, from an instant on.
func meanGap(t *testing.T, db *store.DB, id string, from time.Time) time.Duration {
	t.Helper()
	runs, err := db.Runs(t.Context(), id, 50)
	if err != nil {
		t.Fatal(err)
	}
	runs = slices.DeleteFunc(runs, func(r store.Run) bool { return r.Started.Before(from) || r.Finished.IsZero() })
	if len(runs) < 3 {
		t.Fatalf("%s ran %d times", id, len(runs))
	}
	return runs[0].Started.Sub(runs[len(runs)-1].Started) / time.Duration(len(runs)-1)
}

// Six accounts of ten minutes with large catalogues, which are scanned once an hour: their
// cycles alone would take a tenth of what the IP carries, the scans take more than all of
// the rest.
func TestScansOfLargeCataloguesAreReckonedWith(t *testing.T) {
	const accounts, carries, scan = 6, 6.5, 60
	inBubble(t, func(t *testing.T, db *store.DB) {
		budget := call.NewBudget("omie", 1000) // so that the test need not wait
		engines := map[string]*engine.Engine{}
		for n := range accounts {
			id := fmt.Sprintf("empresa-%02d", n)
			a := accountOf(t, id)
			if err := db.SaveAccount(t.Context(), store.Account{ID: id, Settings: []byte(a.Settings())}, nil); err != nil {
				t.Fatal(err)
			}
			left, right := &recordtest.Memory{Side: record.Auvo, Now: time.Now}, &recordtest.Memory{Side: record.Omie, Now: time.Now}
			right.Put(customer("7001", "Academia"))
			engines[id] = &engine.Engine{Store: db, Account: a, Now: time.Now, Auvo: left.System(), Omie: scanned(right, budget.Share(), scan)}
		}
		q, err := queue.New(t.Context(), queue.Config{
			Store: db, Holder: "bubble", Poll: 5 * time.Second,
			Engine: func(_ context.Context, id string) (*engine.Engine, error) { return engines[id], nil },
			Rates:  func() map[record.Side]float64 { return map[record.Side]float64{record.Omie: carries} },
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(150 * time.Minute)
		g, err := db.Governor(t.Context())
		if err != nil || g.Load < 1 || g.Load > 1.05 || g.Factor < 1.15 || g.Factor > 1.3 || g.Side != record.Omie {
			t.Errorf("governor %+v: %v", g, err)
		}
		for id := range engines {
			s, err := db.Schedule(t.Context(), id)
			if err != nil || s.Costs.Scans[record.Omie].Calls != scan || s.Costs.Mean(record.Omie) > 2 {
				t.Errorf("%s costs %+v, %v", id, s.Costs, err)
			}
		}
		t.Logf("load %v, factor %v", g.Load, g.Factor)
		if err := q.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}

// scanned is a side whose list of customers is a call a page, and whose stock takes so many once an hour.
func scanned(m *recordtest.Memory, share *call.Share, calls int) record.System {
	s := metered(m, share, func() {})
	customers := *s.Customers
	feed := customers.Feeds[0]
	list := feed.List
	var last time.Time
	feed.List = func(ctx context.Context, w record.Window, page func(record.Page) error) error {
		if time.Since(last) >= engine.ScanHour-time.Minute {
			last = time.Now()
			for range calls {
				if err := share.Wait(call.WithUrgency(ctx, call.Stock)); err != nil {
					return err
				}
			}
		}
		return list(ctx, w, page)
	}
	customers.Feeds = []record.Feed{feed}
	s.Customers = &customers
	return s
}
