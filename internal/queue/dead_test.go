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
	h.diedJob(all[len(all)-1], ago)
}

func (h *house) diedJob(job *rivertype.JobRow, ago time.Duration) {
	h.t.Helper()
	at := time.Now().Add(-ago)
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
		h.eventually("alfa ran", func() bool { return h.ran("alfa") && len(looks) > 0 })
		stop(t, one)
		h.died("dispatch", 0)
		h.died("watch", 0)
		had := len(looks)
		h.process("two", c)
		h.add("beta")
		h.eventually("beta ran, and there was another look", func() bool { return h.ran("beta") && len(looks) > had })
	})
}

// What a process that was killed ten minutes ago left behind, one job of each kind: the
// next process's rescuer begins at once, and each is done once more where it is still to be done.
func TestWhatBecomesOfEachKindOfJobThatIsRescuedByItsAge(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn, "alfa")
		found := make(chan string, 100)
		c := queue.Config{Tick: time.Second, Look: time.Second, Watch: h.looks(make(chan bool, 1000)), Send: nobody, Find: finds(found)}
		one := h.process("one", c)
		h.eventually("alfa rests", func() bool {
			s, err := h.db.Schedule(t.Context(), "alfa")
			return err == nil && h.ran("alfa") && !s.Working && len(h.jobs("dispatch")) > 0 && len(h.jobs("watch")) > 0
		})
		stop(t, one)
		first, _ := h.db.LastRun(t.Context(), "alfa")
		old, older := h.draft("polo", one), h.draft("nilo", one)
		ago := time.Now().Add(-10 * time.Minute)
		_, err := h.rows().JobInsertFull(t.Context(), &riverdriver.JobInsertFullParams{
			Kind: "message", EncodedArgs: []byte(`{"account":"alfa","message":1}`), Metadata: []byte(`{}`), Priority: 1, Queue: "tell", MaxAttempts: 12,
			State: rivertype.JobStateRunning, Attempt: 1, AttemptedAt: &ago, AttemptedBy: []string{"dead"}, ScheduledAt: &ago,
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{"dispatch", "watch", "account"} {
			h.died(kind, 10*time.Minute)
		}
		ids := map[string]int64{}
		for _, kind := range []string{"dispatch", "watch", "account", "message"} {
			all := h.jobs(kind)
			ids[kind] = all[len(all)-1].ID
		}
		h.diedJob(old, 10*time.Minute)
		h.diedJob(older, 21*time.Minute)
		h.process("two", c)
		state := func(kind string) rivertype.JobState {
			job, err := h.rows().JobGetByID(t.Context(), &riverdriver.JobGetByIDParams{ID: ids[kind]})
			if err != nil {
				t.Fatal(err)
			}
			return job.State
		}
		h.eventually("each is rescued", func() bool {
			return state("dispatch") == rivertype.JobStateDiscarded && state("watch") == rivertype.JobStateDiscarded && // others came
				state("account") == rivertype.JobStateCompleted && // there was nothing left to do
				state("message") == rivertype.JobStateRetryable // comes again in its time
		})
		h.eventually("the older asking is answered", func() bool { return len(found) > 0 })
		if got := <-found; got != "nilo" {
			t.Errorf("%s was answered, within what an asking may take", got)
		}
		if last, _ := h.db.LastRun(t.Context(), "alfa"); last.ID != first.ID {
			t.Error("alfa ran once more, before its time")
		}
	})
}

// An asking whose worker died is asked again as soon as its lease is dead, not when its
// time is over, and is answered once.
func TestAnAskingWhoseWorkerDiedIsAskedAgain(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn)
		found := make(chan string, 100)
		c := queue.Config{Tick: time.Second, Find: finds(found)}
		one := h.process("one", c)
		stop(t, one)
		h.diedJob(h.draft("polo", one), time.Minute)
		if _, err := h.db.Acquire(t.Context(), "polo", "one, draft job 1.1", time.Second); err != nil {
			t.Fatal(err)
		}
		h.process("two", c)
		h.eventually("an answer", func() bool {
			works, err := h.db.Works(t.Context(), store.Owner{ID: "polo", Draft: true})
			return err == nil && !works["lists"].Pending()
		})
		time.Sleep(2500 * time.Millisecond) // two ticks more
		if n := len(found); n != 1 {
			t.Errorf("it was found out %d times", n)
		}
		if n := len(h.jobs("draft")); n != 2 {
			t.Errorf("%d jobs", n)
		}
	})
}

// finds answers all askings, and notes whose they were.
func finds(into chan<- string) func(context.Context, store.Owner, string, int64) (store.Work, error) {
	return func(_ context.Context, of store.Owner, work string, number int64) (store.Work, error) {
		into <- of.ID
		return store.Work{Owner: of, Work: work, Number: number, Answer: []byte(`[]`)}, nil
	}
}

// draft adds a draft that asked for its lists, and returns the asking's job.
func (h *house) draft(id string, q *queue.Queue) *rivertype.JobRow {
	h.t.Helper()
	if err := h.db.AddDraft(h.t.Context(), store.Draft{ID: id, Settings: []byte(`{"id":"` + id + `"}`)}); err != nil {
		h.t.Fatal(err)
	}
	if err := h.db.AskWork(h.t.Context(), store.Owner{ID: id, Draft: true}, "lists", "x", q.Ask); err != nil {
		h.t.Fatal(err)
	}
	all := h.jobs("draft")
	return all[len(all)-1]
}
