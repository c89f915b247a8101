package queue_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"ponte/internal/queue"
	"ponte/internal/store"
)

// TestAnAskingIsAnsweredOnceByOneOfTwoProcesses, after a first try that failed.
func TestAnAskingIsAnsweredOnceByOneOfTwoProcesses(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn)
		if err := h.db.AddDraft(t.Context(), store.Draft{ID: "polo", Settings: []byte(`{"id":"polo"}`)}); err != nil {
			t.Fatal(err)
		}
		var tries, atOnce, most atomic.Int64
		find := func(_ context.Context, of store.Owner, work string, number int64) (w store.Work, err error) {
			most.Store(max(most.Load(), atOnce.Add(1)))
			defer atOnce.Add(-1)
			if tries.Add(1) == 1 {
				return w, errors.New("the store is away")
			}
			time.Sleep(100 * time.Millisecond)
			return store.Work{Owner: of, Work: work, Number: number, Answered: "about " + of.ID + " " + work, Answer: []byte(`[]`), Said: "said"}, nil
		}
		q := h.process("one", queue.Config{Find: find})
		h.process("two", queue.Config{Find: find})
		polo := store.Owner{ID: "polo", Draft: true}
		if err := h.db.AskWork(t.Context(), polo, "lists", "x", q.Ask); err != nil {
			t.Fatal(err)
		}
		var w store.Work
		h.eventually("an answer", func() bool {
			works, err := h.db.Works(t.Context(), polo)
			w = works["lists"]
			return err == nil && !w.Pending()
		})
		time.Sleep(300 * time.Millisecond)
		if w.Answered != "about polo lists" || string(w.Answer) != "[]" || w.Said != "said" || tries.Load() != 2 || most.Load() != 1 {
			t.Errorf("%+v after %d tries, %d at once", w, tries.Load(), most.Load())
		}
	})
}

// TestAnAccountsAskingWaitsForItsRun: one account's calls come from one place.
func TestAnAccountsAskingWaitsForItsRun(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn, "acme")
		l, err := h.db.Acquire(t.Context(), "acme", "a run", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		var found atomic.Value
		q := h.process("one", queue.Config{Find: func(_ context.Context, of store.Owner, work string, number int64) (store.Work, error) {
			found.Store(of)
			return store.Work{Owner: of, Work: work, Number: number, Answer: []byte(`[]`)}, nil
		}})
		of := store.Owner{ID: "acme"}
		if err := h.db.AskWork(t.Context(), of, "hooks", "https://ponte.example", q.Ask); err != nil {
			t.Fatal(err)
		}
		time.Sleep(500 * time.Millisecond)
		if found.Load() != nil {
			t.Fatal("it was found out beside a run")
		}
		if err := h.db.Release(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		h.eventually("an answer", func() bool {
			works, err := h.db.Works(t.Context(), of)
			return err == nil && !works["hooks"].Pending() && found.Load() == of
		})
	})
}
