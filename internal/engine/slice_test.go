package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// slices runs one run in slices that end at every nth question, each in a new
// process, and returns it and how many slices it took.
func (s *stage) slices(nth int, opts engine.Options) (store.Run, int) {
	s.t.Helper()
	s.runs++
	id := fmt.Sprintf("run-%d", s.runs)
	for n := 1; ; n++ {
		asked := 0
		opts.Yield = func() bool { asked++; return asked == nth }
		run, err := s.slice(id, opts)
		more, gaveBack := errors.AsType[*engine.MoreError](err)
		switch {
		case !gaveBack && err != nil:
			s.t.Fatal(err)
		case !gaveBack:
			return run, n
		case n > 500 || !more.NotBefore.IsZero():
			s.t.Fatalf("slice %d: %+v", n, more)
		case !run.Finished.IsZero():
			s.t.Errorf("a run that goes on is finished: %+v", run)
		}
		opts.Start = run.Started
		s.pass(3 * time.Second)
	}
}

func (s *stage) slice(id string, opts engine.Options) (run store.Run, err error) {
	err = engine.WithLease(s.t.Context(), s.db, "acme", "test", 0, func(ctx context.Context, lease store.Lease) error {
		e := &engine.Engine{Store: s.db, Auvo: s.auvo.System(), Omie: s.omie.System(), Account: s.account, Now: func() time.Time { return s.clock }}
		run, err = e.Run(ctx, lease, id, opts)
		return err
	})
	return run, err
}

// peopled puts n customers on each side, one in three of them on both.
func (s *stage) peopled(n int) {
	for i := range n {
		document := fmt.Sprintf("%014d", i)
		s.omie.Put(customer(fmt.Sprint(7000+i), fmt.Sprint("Cliente ", i), document, fmt.Sprint(7000+i)))
		if i%3 == 0 {
			s.auvo.Put(customer(fmt.Sprint(100+i), fmt.Sprint("Cliente ", i), document, ""))
		}
	}
}

func TestASlicedFirstLoadDoesWhatAWholeOneDoes(t *testing.T) {
	whole := newStage(t)
	whole.peopled(20)
	whole.run(engine.Options{})
	want := whole.wrote()
	for _, nth := range []int{1, 2, 5} {
		s := newStage(t)
		s.peopled(20)
		run, n := s.slices(nth, engine.Options{})
		if n < 20/nth {
			t.Errorf("every %d: only %d slices", nth, n)
		}
		s.expect(fmt.Sprintf("every %d", nth), want...)
		if !run.Complete || run.Flows[0].Created != 13 {
			t.Errorf("every %d: %+v", nth, run.Flows[0])
		}
		// Each page once: three records a page, and one more answer where none follow.
		if lists := strings.Count(s.reads(), "omie list customers"); lists > 7 {
			t.Errorf("every %d: Omie's customers were listed %d times", nth, lists)
		}
		s.pass(10 * time.Minute)
		s.run(engine.Options{})
		s.expect("the next cycle")
	}
}

func TestASlicedSweepTakesNothingForMissing(t *testing.T) {
	s := newStage(t)
	s.peopled(20)
	s.run(engine.Options{})
	s.wrote()
	s.pass(10 * time.Minute)
	s.auvo.Remove(ref(record.Customer, record.Auvo, "103"))
	s.slices(1, engine.Options{Full: true})
	s.expect("the sweep")
	waits, _ := s.db.Waits(t.Context(), "acme")
	if len(waits) != 1 || waits[0].Cause != "vanished" || waits[0].Auvo != "103" {
		t.Errorf("waits = %+v", waits)
	}
}

func TestARunForHintsBetweenSlicesMovesNoCursorBack(t *testing.T) {
	s := newStage(t)
	s.peopled(6)
	s.run(engine.Options{})
	s.wrote()
	s.pass(10 * time.Minute)
	asked := 0
	opts := engine.Options{Yield: func() bool { asked++; return asked == 2 }}
	run, err := s.slice("sliced", opts)
	if _, gaveBack := errors.AsType[*engine.MoreError](err); !gaveBack {
		t.Fatal(err)
	}
	s.pass(time.Minute)
	s.omie.Edit(ref(record.Customer, record.Omie, "7001"), record.Fields{record.FieldEmail: "a@example.test"})
	s.hint("x", ref(record.Customer, record.Omie, "7001"))
	s.run(engine.Options{Hints: true})
	before, _ := s.db.Cursor(t.Context(), "acme", "omie/customers")
	opts.Yield, opts.Start = func() bool { return false }, run.Started
	if _, err := s.slice("sliced", opts); err != nil {
		t.Fatal(err)
	}
	if after, _ := s.db.Cursor(t.Context(), "acme", "omie/customers"); after.Done.Before(before.Done) {
		t.Errorf("the cursor went from %v back to %v", before.Done, after.Done)
	}
}
