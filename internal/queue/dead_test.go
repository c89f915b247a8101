package queue_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"ponte/internal/queue"
	"ponte/internal/store"
)

// rows are River's own.
func (h *house) rows() riverdriver.Executor {
	if pool := h.db.Pool(); pool != nil {
		return riverpgxv5.New(pool).GetExecutor()
	}
	return riversqlite.New(h.db.SQL()).GetExecutor()
}

// jobs are those of a kind, the oldest first.
func (h *house) jobs(kind string) []*rivertype.JobRow {
	h.t.Helper()
	all, err := h.rows().JobGetByKindMany(h.t.Context(), &riverdriver.JobGetByKindManyParams{Kind: []string{kind}})
	if err != nil {
		h.t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b *rivertype.JobRow) int { return int(a.ID - b.ID) })
	return all
}

// died leaves the newest job of a kind as one whose worker was killed some time ago.
func (h *house) died(kind string, ago time.Duration) {
	h.t.Helper()
	all := h.jobs(kind)
	if len(all) == 0 {
		h.t.Fatalf("there is no job of the kind %s", kind)
	}
	job, at := all[len(all)-1], time.Now().Add(-ago)
	_, err := h.rows().JobUpdateFull(h.t.Context(), &riverdriver.JobUpdateFullParams{
		ID: job.ID, StateDoUpdate: true, State: rivertype.JobStateRunning, FinalizedAtDoUpdate: true,
		AttemptDoUpdate: true, Attempt: 1, AttemptedAtDoUpdate: true, AttemptedAt: &at, AttemptedByDoUpdate: true, AttemptedBy: []string{"dead"},
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// looks notes each look for what people must be told.
func (h *house) looks(into chan<- bool) func(context.Context, store.Poster) error {
	return func(context.Context, store.Poster) error { into <- true; return nil }
}

func nobody(context.Context, string, int64, bool) error { return nil }

func stop(t *testing.T, q *queue.Queue) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := q.Stop(ctx); err != nil {
		t.Error(err)
	}
}

// A tick and a look whose worker was killed keep none of the later ones away.
func TestTicksAndLooksGoOnAfterOneDied(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn, "alfa")
		looks := make(chan bool, 1000)
		c := queue.Config{Tick: time.Second, Look: time.Second, Watch: h.looks(looks), Send: nobody}
		one := h.process("one", c)
		h.eventually("alfa ran", 15*time.Second, func() bool { return h.ran("alfa") && len(looks) > 0 })
		stop(t, one)
		h.died("dispatch", 0)
		h.died("watch", 0)
		had := len(looks)
		h.process("two", c)
		h.add("beta")
		h.eventually("beta ran, and there was another look", 20*time.Second, func() bool { return h.ran("beta") && len(looks) > had })
	})
}
