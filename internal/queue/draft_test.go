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
		find := func(_ context.Context, draft, work string, number int64) (w store.DraftWork, err error) {
			most.Store(max(most.Load(), atOnce.Add(1)))
			defer atOnce.Add(-1)
			if tries.Add(1) == 1 {
				return w, errors.New("the store is away")
			}
			time.Sleep(100 * time.Millisecond)
			return store.DraftWork{Draft: draft, Work: work, Number: number, Answered: "about " + draft + " " + work, Answer: []byte(`[]`), Said: "said"}, nil
		}
		q := h.process("one", queue.Config{Draft: find})
		h.process("two", queue.Config{Draft: find})
		if err := h.db.AskDraftWork(t.Context(), "polo", "lists", "x", q.AskDraft); err != nil {
			t.Fatal(err)
		}
		var w store.DraftWork
		h.eventually("an answer", 30*time.Second, func() bool {
			works, err := h.db.DraftWorks(t.Context(), "polo")
			w = works["lists"]
			return err == nil && !w.Pending()
		})
		time.Sleep(300 * time.Millisecond)
		if w.Answered != "about polo lists" || string(w.Answer) != "[]" || w.Said != "said" || tries.Load() != 2 || most.Load() != 1 {
			t.Errorf("%+v after %d tries, %d at once", w, tries.Load(), most.Load())
		}
	})
}
