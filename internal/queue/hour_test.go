package queue_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/queue"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
	"ponte/internal/secret"
	"ponte/internal/store"
	"ponte/internal/store/sqlitetest"
)

// inBubble runs a test in a synctest bubble, with a store on SQLite; the test closes it.
func inBubble(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	path := sqlitetest.Migrated(t)
	ring, err := secret.Open(secret.Options{Database: path})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(t.Context(), path, ring)
		if err != nil {
			t.Fatal(err)
		}
		test(t, db)
	})
}

// Seventy minutes of two accounts, in a bubble whose clock jumps: each runs at once and
// then every ten minutes, at its own time, and twenty seconds later each once it is idle.
func TestCyclesKeepToTheirInterval(t *testing.T) {
	inBubble(t, func(t *testing.T, db *store.DB) {
		accounts := map[string]config.Account{}
		for _, id := range []string{"alfa", "beta"} {
			accounts[id] = accountOf(t, id)
			if err := db.SaveAccount(t.Context(), store.Account{ID: id, Settings: []byte(accounts[id].Settings())}, nil); err != nil {
				t.Fatal(err)
			}
		}
		auvo := &recordtest.Memory{Side: record.Auvo, Now: time.Now}
		omie := &recordtest.Memory{Side: record.Omie, Now: time.Now}
		q, err := queue.New(t.Context(), queue.Config{
			Store: db, Holder: "bubble", Poll: 5 * time.Second,
			Engine: func(_ context.Context, id string) (*engine.Engine, error) {
				return &engine.Engine{Store: db, Auvo: auvo.System(), Omie: omie.System(), Account: accounts[id], Now: time.Now}, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(70 * time.Minute)
		if err := q.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		for id := range accounts {
			runs, err := db.Runs(t.Context(), id, 20)
			if err != nil || len(runs) < 6 || len(runs) > 8 {
				t.Errorf("%s ran %d times (%v)", id, len(runs), err)
				continue
			}
			slices.Reverse(runs)
			for n := 2; n < len(runs); n++ { // the first ran at once
				gap, want := runs[n].Started.Sub(runs[n-1].Started), 10*time.Minute
				if n > 2 { // three cycles in a row wrote nothing
					want += 20 * time.Second
				}
				if gap < want-20*time.Second || gap > want+20*time.Second {
					t.Errorf("%s ran again after %s, want %s", id, gap, want)
				}
			}
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}
