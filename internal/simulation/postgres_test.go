package simulation

import (
	"fmt"
	"testing"
	"time"

	"ponte/internal/store/pgtest"
)

// TestWalksOnPostgreSQL walks a few histories on the other database. A socket
// cannot live in a bubble, so that here time passes by being set forward, and
// what Ponte waits for in real time is short.
func TestWalksOnPostgreSQL(t *testing.T) {
	for seed := range uint64(*onPostgres) {
		t.Run(fmt.Sprint("seed ", 501+seed), func(t *testing.T) {
			t.Parallel()
			h := drawHistory(501 + seed)
			w, err := newWorld(t, h, place{dsn: pgtest.New(t), window: 20 * time.Millisecond, lease: 500 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			defer w.close()
			w.walk()
			if len(w.problems) > 0 {
				t.Errorf("# %s\n%s", joined(w.problems), h)
			}
		})
	}
}
