package queue_test

import (
	"context"
	"testing"
	"time"

	"ponte/internal/call"
	"ponte/internal/engine"
	"ponte/internal/queue"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
	"ponte/internal/store"
)

// A stop while a vendor takes thirty seconds to answer is over within the fifteen that it
// may take (contract.md), whether the call hears that it is cut off or not, and the work
// is there for the next process.
func TestAStopDoesNotWaitForAVendor(t *testing.T) {
	for name, vendor := range map[string]func(context.Context) error{
		"that is cut off":          func(ctx context.Context) error { return call.Pause(ctx, 30*time.Second) },
		"that nothing can cut off": func(context.Context) error { time.Sleep(30 * time.Second); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, db *store.DB) {
				a := accountOf(t, "alfa")
				if err := db.SaveAccount(t.Context(), store.Account{ID: "alfa", Settings: []byte(a.Settings())}, nil); err != nil {
					t.Fatal(err)
				}
				auvo, omie := &recordtest.Memory{Side: record.Auvo, Now: time.Now}, &recordtest.Memory{Side: record.Omie, Now: time.Now}
				slow := omie.System()
				customers := *slow.Customers
				feed := customers.Feeds[0]
				feed.List = func(ctx context.Context, _ record.Window, _ func(record.Page) error) error { return vendor(ctx) }
				customers.Feeds = []record.Feed{feed}
				slow.Customers = &customers
				e := &engine.Engine{Store: db, Auvo: auvo.System(), Omie: slow, Account: a, Now: time.Now}
				q, err := queue.New(t.Context(), queue.Config{
					Store: db, Holder: "bubble", Poll: 5 * time.Second, Rates: func() map[record.Side]float64 { return nil },
					Engine: func(context.Context, string) (*engine.Engine, error) { return e, nil },
				})
				if err != nil {
					t.Fatal(err)
				}
				if err := q.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				for s := (store.Schedule{}); !s.Working; s, _ = db.Schedule(t.Context(), "alfa") {
					time.Sleep(time.Second)
				}
				began := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), 13*time.Second) // as serve does
				defer cancel()
				err = q.Stop(ctx)
				if took := time.Since(began); took > 15*time.Second {
					t.Errorf("it stopped after %s: %v", took, err)
				}
				time.Sleep(time.Minute) // the call ends
				jobs, err := q.Jobs(t.Context())
				if s, serr := db.Schedule(t.Context(), "alfa"); err != nil || serr != nil || s.Working || s.Run == "" || jobs["available"]+jobs["scheduled"]+jobs["running"] == 0 {
					t.Errorf("%+v, %v: %v, %v", s, jobs, err, serr)
				}
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
