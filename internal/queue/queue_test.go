package queue_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"

	"ponte/internal/queue"
	"ponte/internal/record"
	"ponte/internal/store"
)

func TestEachAccountRunsAtOnceAndThenInItsTime(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn, "alfa", "beta", "gama")
		h.sides["alfa"].omie.Put(customer("7001", "Academia"))
		h.process("one", queue.Config{Tick: time.Second})
		for id := range h.sides {
			h.eventually(id+" ran", func() bool { return h.ran(id) })
			h.eventually(id+" rests", func() bool {
				s, err := h.db.Schedule(t.Context(), id)
				return err == nil && !s.Working && s.Run == "" && s.NextCycle.After(time.Now()) && s.NextSweep.After(time.Now())
			})
		}
		if got := h.sides["alfa"].auvo.Items(record.Customer); len(got) != 1 {
			t.Errorf("auvo holds %+v", got)
		}
		// An account that comes later is found by the next tick; a paused one is left alone.
		h.add("delta")
		h.eventually("delta ran", func() bool { return h.ran("delta") })
	})
}

// A delivery that finds the job running is kept away by its uniqueness; were that
// all, it would wait for the next tick, which here never comes (stack.md §3.5).
func TestADeliveryWhileTheJobRunsIsNotLost(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn, "alfa")
		s := h.sides["alfa"]
		s.omie.Put(customer("7001", "Academia"))
		q := h.process("one", queue.Config{Tick: time.Hour, Gather: time.Millisecond})
		h.eventually("the first cycle", func() bool { return h.ran("alfa") })
		s.hold = make(chan struct{})
		was := s.reads.Load()
		h.hint("alfa", "7001", q)
		h.eventually("the run for the hint is at work", func() bool { return s.reads.Load() > was })
		s.omie.Edit(record.Ref{Kind: record.Customer, Side: record.Omie, ID: "7001"}, record.Fields{record.FieldPhone: "1199990000"})
		h.hint("alfa", "7001", q) // while it is read
		h.hint("alfa", "7002", q)
		close(s.hold)
		h.eventually("all hints settled", func() bool { return h.openHints("alfa") == 0 })
		h.eventually("the change is across", func() bool {
			return s.auvo.Items(record.Customer)[0].Fields[record.FieldPhone] == "1199990000"
		})
	})
}

func TestNoDeliveryIsLostHoweverItFallsAndNoAccountRunsTwice(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn, "alfa", "beta")
		for _, s := range h.sides {
			s.omie.Put(customer("7001", "Academia"))
		}
		c := queue.Config{Tick: time.Hour, Gather: time.Millisecond}
		all := []*queue.Queue{h.process("one", c), h.process("two", c)}
		for id := range h.sides {
			h.eventually(id+" ran", func() bool { return h.ran(id) })
		}
		var wg sync.WaitGroup
		for n := range 4 {
			wg.Go(func() {
				for i := range 15 {
					h.hint([]string{"alfa", "beta"}[n%2], fmt.Sprint(8000+100*n+i), all[n/2])
					time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
				}
			})
		}
		wg.Wait()
		for id, s := range h.sides {
			h.eventually(id+"'s hints are settled", func() bool { return h.openHints(id) == 0 })
			if s.atOnce.Load() > 1 {
				t.Errorf("%s was read %d times at once", id, s.atOnce.Load())
			}
		}
	})
}

func TestLongWorkGivesItsWorkerBackAndHintsComeBetween(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn, "alfa")
		s := h.sides["alfa"]
		s.omie.Put(customer("7001", "Cliente 7001"))
		q := h.process("one", queue.Config{Tick: time.Hour, Gather: time.Millisecond, Slice: 300 * time.Millisecond})
		h.eventually("the first cycle's job ended", func() bool { // else it would take the next cycle in as well
			jobs := h.jobs("account")
			return h.ran("alfa") && len(jobs) == 1 && jobs[0].State == rivertype.JobStateCompleted
		})
		first, _ := h.db.LastRun(t.Context(), "alfa")
		for i := range 45 { // fifteen pages
			s.omie.Put(customer(fmt.Sprint(8000+i), fmt.Sprint("Cliente ", 8000+i)))
		}
		s.slow = 100 * time.Millisecond
		if _, err := h.db.Hasten(t.Context(), "alfa", q.Enqueue); err != nil {
			t.Fatal(err)
		}
		h.eventually("a slice ended in the middle", func() bool {
			sched, err := h.db.Schedule(t.Context(), "alfa")
			return err == nil && sched.Run != "" && s.reads.Load() > 2
		})
		h.eventually("the cycle ended", func() bool {
			last, err := h.db.LastRun(t.Context(), "alfa")
			return err == nil && last.ID != first.ID && last.Complete
		})
		if got := len(s.auvo.Items(record.Customer)); got != 46 {
			t.Errorf("auvo holds %d customers", got)
		}
		if all := h.jobs("account"); all[len(all)-1].Priority != 2 || all[len(all)-2].Priority != 1 {
			t.Errorf("the work that was asked for went on before the others': %d, then %d", all[len(all)-2].Priority, all[len(all)-1].Priority)
		}
		pages := 0
		for _, r := range s.omie.Reads {
			if r == "list customers" {
				pages++
			}
		}
		if pages > 24 { // sixteen, the first cycle's, and those of slices that ended before they were stored
			t.Errorf("%d pages were read", pages)
		}
	})
}

func TestAStopIsQuickAndTheWorkGoesOnElsewhere(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn, "alfa")
		s := h.sides["alfa"]
		for i := range 60 {
			s.omie.Put(customer(fmt.Sprint(8000+i), fmt.Sprint("Cliente ", 8000+i)))
		}
		s.slow = 100 * time.Millisecond
		one := h.process("one", queue.Config{Tick: time.Hour, Stop: 3 * time.Second})
		h.eventually("it is at work", func() bool { return s.reading.Load() > 0 })
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		if err := one.Stop(ctx); err != nil {
			t.Errorf("it did not stop in time: %v", err)
		}
		if h.ran("alfa") {
			t.Fatal("the run was over before the stop")
		}
		s.slow = 0
		h.process("two", queue.Config{Tick: time.Hour})
		h.eventually("the other process ended the run", func() bool { return h.ran("alfa") })
		if got := len(s.auvo.Items(record.Customer)); got != 60 {
			t.Errorf("auvo holds %d customers", got)
		}
	})
}

// The tick's schedule is in the leader's memory: the next leader ticks on.
func TestTicksOutliveTheLeader(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn, "alfa")
		one := h.process("one", queue.Config{Tick: time.Second})
		h.eventually("alfa ran", func() bool { return h.ran("alfa") })
		h.process("two", queue.Config{Tick: time.Second})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := one.Stop(ctx); err != nil {
			t.Error(err)
		}
		h.add("beta")
		h.eventually("beta ran", func() bool { return h.ran("beta") })
	})
}

func TestProcessesThatStartTogetherOnAFreshDatabaseAllStart(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn)
		var wg sync.WaitGroup
		for n := range 4 {
			wg.Go(func() {
				db, err := store.Open(t.Context(), dsn, h.ring)
				if err != nil {
					t.Error(err)
					return
				}
				defer func() { _ = db.Close() }()
				if _, err := queue.New(t.Context(), queue.Config{Store: db, Holder: fmt.Sprint(n)}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

// A hook that never stops to speak, an import in Omie say, keeps no cycle away.
func TestACycleComesBetweenHintsThatNeverEnd(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn, "alfa")
		h.sides["alfa"].omie.Put(customer("7001", "Academia"))
		h.sides["alfa"].slow = 200 * time.Millisecond // so that hints come while others are read
		q := h.process("one", queue.Config{Tick: time.Hour, Gather: 200 * time.Millisecond})
		h.eventually("the first cycle", func() bool { return h.ran("alfa") })
		ended := make(chan bool)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer close(ended)
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-ended:
					return
				case <-time.After(50 * time.Millisecond):
					h.hint("alfa", fmt.Sprint(8000+i), q)
				}
			}
		})
		h.eventually("hints are worked", func() bool {
			s, err := h.db.Schedule(t.Context(), "alfa")
			return err == nil && s.Hinted > 0 && s.Working
		})
		if _, err := h.db.Hasten(t.Context(), "alfa", q.Enqueue); err != nil {
			t.Error(err)
		}
		h.eventually("the cycle", func() bool {
			s, err := h.db.Schedule(t.Context(), "alfa")
			return err == nil && s.NextCycle.After(time.Now())
		})
	})
}

// Three accounts whose sweep is hours late run a cycle at once, and their sweeps later.
func TestASweepThatAStopMadeLateIsPutOffAndTheCycleIsNot(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn, "alfa", "beta", "gama")
		one := h.process("one", queue.Config{Tick: time.Second})
		for id := range h.sides {
			h.eventually(id+" rests", func() bool {
				s, err := h.db.Schedule(t.Context(), id)
				return err == nil && h.ran(id) && !s.Working && s.NextSweep.After(time.Now())
			})
		}
		stop(t, one)
		// A day went by: each is due, and its sweep since last night.
		for id := range h.sides {
			h.comesDue(id, func(was time.Time) time.Time {
				last := was.Add(-24 * time.Hour)
				for time.Since(last) < 2*time.Hour { // it is night now
					last = last.Add(-24 * time.Hour)
				}
				return last
			})
		}
		began := time.Now()
		var mu sync.Mutex
		var steps []string
		h.process("two", queue.Config{Tick: time.Second, Ended: func(step string, _ bool, _ time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			steps = append(steps, step)
		}})
		for id := range h.sides {
			h.eventually(id+" ran its cycle", func() bool {
				s, err := h.db.Schedule(t.Context(), id)
				return err == nil && s.NextCycle.After(began.Add(time.Second)) && s.NextSweep.After(began) && s.NextSweep.Before(time.Now().Add(3*time.Hour))
			})
		}
		mu.Lock()
		defer mu.Unlock()
		if slices.Contains(steps, string(store.StepSweep)) || len(steps) < 3 {
			t.Errorf("steps %v", steps)
		}
	})
}

// One worker, six accounts that are due and a seventh whose hook speaks: it is next, whether it rested or stood in the line.
func TestAHookDoesNotWaitBehindWhoIsDue(t *testing.T) {
	for name, inLine := range map[string]bool{"at rest": false, "in the line": true} {
		t.Run(name, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, dsn string) { aHookBehindWhoIsDue(t, dsn, inLine) })
		})
	}
}

func aHookBehindWhoIsDue(t *testing.T, dsn string, inLine bool) {
	h := newHouse(t, dsn, "zeta")
	h.sides["zeta"].omie.Put(customer("7001", "Academia"))
	one := h.process("one", queue.Config{Tick: time.Hour})
	h.eventually("zeta rests", func() bool {
		s, err := h.db.Schedule(t.Context(), "zeta")
		return err == nil && h.ran("zeta") && !s.Working
	})
	stop(t, one)
	due := []string{"alfa", "beta", "gama", "delta", "eta", "teta"}
	for _, id := range due {
		s := h.add(id)
		s.omie.Put(customer("7001", "Academia"))
		s.slow = 500 * time.Millisecond
	}
	jobs := len(due)
	if inLine {
		nowhere := func(context.Context, any, ...store.Job) error { return nil }
		if _, err := h.db.Dispatch(t.Context(), nowhere); err != nil { // the others are due from here on, and zeta after them
			t.Fatal(err)
		}
		h.comesDue("zeta", func(was time.Time) time.Time { return was })
		jobs++
	}
	two := h.process("two", queue.Config{Tick: time.Hour, Workers: 1, Gather: time.Millisecond})
	h.eventually("one of them is at work", func() bool {
		for _, id := range due {
			if h.sides[id].reading.Load() > 0 {
				return len(h.jobs("account")) == 1+jobs
			}
		}
		return false
	})
	h.hint("zeta", "7001", two)
	h.eventually("zeta's hint is settled", func() bool { return h.openHints("zeta") == 0 })
	ran := 0
	for _, id := range due {
		if h.ran(id) {
			ran++
		}
	}
	if ran > 3 {
		t.Errorf("%d of %d went before it", ran, len(due))
	}
}
