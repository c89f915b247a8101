package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ponte/internal/call"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// dying is the panic of a process that dies.
type dying struct{ point string }

// die runs once and dies at the nth commit or vendor write; it tells whether
// it got that far.
func (s *stage) die(n int) (died bool) {
	count := 0
	at := func(point string) {
		count++
		if count == n {
			panic(dying{point})
		}
	}
	s.db.Seam(at)
	fail := func(action string, _ record.Draft) error { at("write " + action); return nil }
	s.auvo.Fail, s.omie.Fail = fail, fail
	defer func() {
		s.db.Seam(nil)
		s.auvo.Fail, s.omie.Fail = nil, nil
		if p := recover(); p != nil {
			if _, ok := p.(dying); !ok {
				panic(p)
			}
			died = true
		}
	}()
	s.runs++
	lease, err := s.db.Acquire(s.t.Context(), "acme", "test", time.Minute)
	if err != nil {
		s.t.Fatal(err)
	}
	e := &engine.Engine{Store: s.db, Auvo: s.auvo.System(), Omie: s.omie.System(), Account: s.account, Now: func() time.Time { return s.clock }}
	if _, err := e.Run(s.t.Context(), lease, fmt.Sprintf("run-%d", s.runs), engine.Options{}); err != nil {
		s.t.Fatal(err)
	}
	return false
}

// TestADeathAtAnyStepMakesNothingTwiceAndLosesNothing walks every store commit
// and every vendor write of a run of tasks: the process dies there, and the
// next one finds one document each (P1, P2).
func TestADeathAtAnyStepMakesNothingTwiceAndLosesNothing(t *testing.T) {
	for n := 1; ; n++ {
		s := newStage(t)
		s.account.Omie.RedundancyWindow = 0
		s.seedWork()
		if !s.die(n) {
			if n < 30 {
				t.Fatalf("the run had only %d steps", n)
			}
			t.Logf("%d deaths", n-1)
			return
		}
		s.run(engine.Options{})
		s.pass(time.Minute)
		s.run(engine.Options{})
		s.wrote()
		s.run(engine.Options{})
		s.expect(fmt.Sprintf("at rest after death %d", n))
		s.onlyOnce(n)
	}
}

func (s *stage) seedWork() {
	s.omie.Put(service("100", "Visita"))
	s.omie.Put(product("500", "SKU-1", "Filtro"))
	s.omie.Put(customer("7001", "Academia", "44555666000141", "7001"))
	c := s.auvo.Put(customer("55", "Padaria", "11222333000181", ""))
	s.auvo.Put(task("812", c.ID))
	s.auvo.Put(task("813", c.ID))
}

func (s *stage) onlyOnce(n int) {
	s.t.Helper()
	for kind, want := range map[record.Kind]int{record.ServiceOrder: 2, record.Customer: 2} {
		if got := len(s.omie.Items(kind)); got != want {
			s.t.Errorf("death %d: Omie has %d of kind %s, want %d", n, got, kind, want)
		}
	}
	for kind, want := range map[record.Kind]int{record.Product: 1, record.Customer: 2, record.Service: 1} {
		if got := len(s.auvo.Items(kind)); got != want {
			s.t.Errorf("death %d: Auvo has %d of kind %s, want %d", n, got, kind, want)
		}
	}
	codes := map[string]bool{}
	for _, o := range s.omie.Items(record.ServiceOrder) {
		if codes[o.Code] {
			s.t.Errorf("death %d: code %s twice", n, o.Code)
		}
		codes[o.Code] = true
	}
}

// TestAnUnclearWriteIsLookedUpBeforeAnythingElse: committed or not, the answer is lost.
func TestAnUnclearWriteIsLookedUpBeforeAnythingElse(t *testing.T) {
	for _, committed := range []bool{true, false} {
		s := newStage(t)
		s.account.Omie.RedundancyWindow = 0
		s.seedWork()
		lost := map[string]bool{}
		s.omie.Fail = func(action string, d record.Draft) error {
			if action != "create" || lost[d.Code] {
				return nil
			}
			lost[d.Code] = true
			if committed {
				s.omie.Fail, _ = nil, s.omie.Fail
				_, err := s.omie.System().Of(d.Kind).Write.Create(t.Context(), d)
				if err != nil {
					t.Fatal(err)
				}
			}
			return &call.Error{Side: "omie", Op: action, Reaction: call.Unclear}
		}
		s.run(engine.Options{})
		s.run(engine.Options{})
		s.onlyOnce(0)
		waits, err := s.db.Waits(t.Context(), "acme")
		if err != nil || len(waits) > 0 {
			t.Errorf("committed %v: waits %+v, %v", committed, waits, err)
		}
	}
}

// TestALostLeaseWritesNothing: a second process took the account.
func TestALostLeaseWritesNothing(t *testing.T) {
	s := newStage(t)
	s.seedWork()
	lease, err := s.db.Acquire(t.Context(), "acme", "first", time.Nanosecond)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.Acquire(t.Context(), "acme", "second", time.Minute); err != nil {
		t.Fatal(err)
	}
	e := &engine.Engine{Store: s.db, Auvo: s.auvo.System(), Omie: s.omie.System(), Account: s.account, Now: func() time.Time { return s.clock }}
	if _, err := e.Run(context.Background(), lease, "run", engine.Options{}); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("err = %v", err)
	}
	s.expect("without the lease")
	if got := strings.Join(s.wrote(), " "); got != "" {
		t.Error(got)
	}
}
