package queue_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"ponte/internal/engine"
	"ponte/internal/queue"
	"ponte/internal/store"
)

// A job that fails is tried again after 5, 10, 15 seconds and so on, up to a minute: no
// tick takes its worker for dead and tries at once.
func TestAJobThatFailsIsTriedMoreAndMoreSeldom(t *testing.T) {
	inBubble(t, func(t *testing.T, db *store.DB) {
		a := accountOf(t, "alfa")
		if err := db.SaveAccount(t.Context(), store.Account{ID: "alfa", Settings: []byte(a.Settings())}, nil); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var tries []time.Time
		q, err := queue.New(t.Context(), queue.Config{
			Store: db, Holder: "bubble", Poll: 5 * time.Second,
			Engine: func(context.Context, string) (*engine.Engine, error) {
				mu.Lock()
				defer mu.Unlock()
				tries = append(tries, time.Now())
				return nil, errors.New("no key")
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(15 * time.Minute)
		if err := q.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if len(tries) < 15 || len(tries) > 22 {
			t.Errorf("%d tries", len(tries))
		}
		for n := 1; n < len(tries); n++ {
			want := min(time.Duration(n)*5*time.Second, time.Minute)
			if gap := tries[n].Sub(tries[n-1]); gap < want-7*time.Second || gap > want+7*time.Second { // River lets go of them five seconds early in a bubble, where SQLite's clock is not ours
				t.Errorf("try %d came %s after the one before, not %s", n+1, gap, want)
			}
		}
		if s, err := db.Schedule(t.Context(), "alfa"); err != nil || s.Job != 1 || s.Working {
			t.Errorf("%+v, %v", s, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestNoTickTakesAFailedJobForADeadOne(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn, "alfa")
		h.sides["alfa"].broken = errors.New("no key")
		h.process("one", queue.Config{Tick: time.Second})
		h.eventually("it failed twice", func() bool {
			all := h.jobs("account")
			return len(all) > 0 && len(all[0].Errors) > 1
		})
		if all := h.jobs("account"); len(all) != 1 {
			t.Errorf("%d jobs", len(all))
		}
	})
}
