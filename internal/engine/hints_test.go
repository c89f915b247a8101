package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// hint has a hook say something about records, long after any write of ours.
func (s *stage) hint(topic string, refs ...record.Ref) { s.hintAt(time.Hour, topic, refs...) }

// hintAt is hint, some time from now.
func (s *stage) hintAt(in time.Duration, topic string, refs ...record.Ref) {
	s.t.Helper()
	for _, ref := range refs {
		n := record.Notice{Topic: topic, Ref: ref, Gone: strings.HasSuffix(topic, "gone"), ByAPI: strings.HasSuffix(topic, "api")}
		if _, err := s.db.AddHints(s.t.Context(), "acme", store.Delivery{Source: ref.Side, At: time.Now().Add(in), Body: []byte(topic), Notices: []record.Notice{n}}); err != nil {
			s.t.Fatal(err)
		}
	}
}

// outcomes are those of all hints, oldest first.
func (s *stage) outcomes() string {
	s.t.Helper()
	all, err := s.db.Hints(s.t.Context(), "acme", 100)
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for _, h := range slices.Backward(all) {
		out = append(out, h.Outcome)
	}
	return strings.Join(out, " ")
}

// reads are what both sides were asked since the last look.
func (s *stage) reads() string {
	out := slices.Concat(prefixed("auvo ", s.auvo.Reads), prefixed("omie ", s.omie.Reads))
	s.auvo.Reads, s.omie.Reads = nil, nil
	return strings.Join(out, ", ")
}

func (s *stage) expectReads(what, want string) {
	s.t.Helper()
	if got := s.reads(); got != want {
		s.t.Errorf("%s: read\n  %s\nwant\n  %s", what, got, want)
	}
}

func ref(kind record.Kind, side record.Side, id string) record.Ref {
	return record.Ref{Kind: kind, Side: side, ID: id}
}

// settled is a stage at rest with two linked customers, a product and a service.
func settledStage(t *testing.T) *stage {
	t.Helper()
	s := newStage(t)
	for _, c := range []record.Item{customer("7001", "Academia", "44555666000141", "7001"), customer("7002", "Padaria", "11222333000181", "7002")} {
		c.Fields[record.FieldPhone] = "1133334444"
		s.omie.Put(c)
	}
	s.omie.Put(service("100", "Visita"))
	s.run(engine.Options{})
	s.pass(10 * time.Minute)
	s.run(engine.Options{})
	s.wrote()
	s.reads()
	return s
}

func TestAHintedRecordCrossesWithOneReadAndNothingElseIsRead(t *testing.T) {
	s := settledStage(t)
	s.pass(time.Minute)
	s.omie.Edit(ref(record.Customer, record.Omie, "7001"), record.Fields{record.FieldPhone: "11999990000"})
	s.hint("ClienteFornecedor.Alterado", ref(record.Customer, record.Omie, "7001"))
	run := s.run(engine.Options{Hints: true})
	s.expect("hinted", "auvo update customer 900001 [phone]")
	s.expectReads("hinted", "auvo list customers, omie list customers") // the side that is written to as well (P4)
	if len(run.Flows) != 1 || run.Flows[0].Flow != "customers" || run.Flows[0].Updated != 1 {
		t.Errorf("flows = %+v", run.Flows)
	}
	if got := s.outcomes(); got != "read" {
		t.Errorf("outcomes = %s", got)
	}
	s.run(engine.Options{Hints: true})
	s.expectReads("nothing is open", "")
}

func TestManyHintsOfAKindCostOneList(t *testing.T) {
	s := settledStage(t)
	s.pass(time.Minute)
	both := []record.Ref{ref(record.Customer, record.Auvo, "900001"), ref(record.Customer, record.Auvo, "900002")}
	for n, r := range both {
		s.auvo.Edit(r, record.Fields{record.FieldPhone: "1199999000" + string(rune('0'+n))})
	}
	s.hint("Cliente/Alteracao", both...)
	s.run(engine.Options{Hints: true})
	s.expectReads("two", "auvo list customers, omie list customers")
	s.expect("two", "omie update customer 7001 [phone]", "omie update customer 7002 [phone]")
	s.pass(time.Minute)
	s.auvo.Edit(both[0], record.Fields{record.FieldPhone: "11888880000"})
	s.hint("Cliente/Alteracao again", both[0])
	s.run(engine.Options{Hints: true})
	s.expectReads("one", "auvo find customer 900001, omie list customers")
	s.expect("one", "omie update customer 7001 [phone]")
}

func TestAHintedTaskBecomesItsOrderWithoutASecondRead(t *testing.T) {
	s := settledStage(t)
	s.pass(time.Minute)
	s.auvo.Put(task("812", "900001"))
	s.hint("Tarefas/Alteracao", ref(record.Task, record.Auvo, "812"))
	s.run(engine.Options{Hints: true})
	s.expect("finished", "omie create service-order AUVOT812S")
	if got := s.reads(); strings.Count(got, "task") != 1 {
		t.Errorf("read %s", got)
	}
	s.pass(10 * time.Minute)
	s.run(engine.Options{})
	s.expect("the next cycle")
}

// No hook told of the other side's edits: a run for hints sees them all the same.
func TestAHintedEditOverwritesNoEditThatNobodyAnnounced(t *testing.T) {
	s := settledStage(t)
	s.pass(time.Minute)
	s.auvo.Edit(ref(record.Customer, record.Auvo, "900001"), record.Fields{record.FieldPhone: "11888880000"})
	s.auvo.Put(customer("77", "Loja", "55666777000161", ""))
	s.pass(time.Minute)
	s.omie.Edit(ref(record.Customer, record.Omie, "7001"), record.Fields{record.FieldPhone: "11999990000"})
	s.omie.Put(customer("7003", "Loja", "55666777000161", "7003"))
	s.hint("x", ref(record.Customer, record.Omie, "7001"), ref(record.Customer, record.Omie, "7003"))
	run := s.run(engine.Options{Hints: true})
	s.expect("both sides changed", "auvo update customer 900001 [phone]", "auvo update customer 77 [external_id]")
	if run.Flows[0].Conflicts != 1 {
		t.Errorf("conflicts = %+v", run.Flows[0])
	}
}

func TestDoubledLateAndUnorderedHintsDoNoHarm(t *testing.T) {
	s := settledStage(t)
	seven := ref(record.Customer, record.Omie, "7001")
	s.pass(time.Minute)
	s.hint("early", seven) // before the change it tells of
	s.run(engine.Options{Hints: true})
	s.omie.Edit(seven, record.Fields{record.FieldPhone: "11999990000"})
	s.hint("twice", seven, seven)
	s.run(engine.Options{Hints: true})
	s.expect("doubled", "auvo update customer 900001 [phone]")
	s.reads()
	s.pass(5 * 24 * time.Hour)
	s.hint("late", seven)
	s.run(engine.Options{Hints: true})
	s.expect("late")
	if got := s.outcomes(); got != "read read read" { // "twice" is one hint
		t.Errorf("outcomes = %s", got)
	}
	s.pass(10 * time.Minute)
	s.omie.Edit(seven, record.Fields{record.FieldPhone: "11777770000"}) // and its hint is lost
	s.run(engine.Options{})
	s.expect("lost", "auvo update customer 900001 [phone]")
}

func TestAHintForARecordThatIsGoneEndsInANamedOutcome(t *testing.T) {
	s := settledStage(t)
	gone := ref(record.Customer, record.Auvo, "900001")
	s.auvo.Remove(gone)
	s.hint("changed", gone) // one read that finds nothing proves nothing
	s.run(engine.Options{Hints: true})
	if waits, _ := s.db.Waits(t.Context(), "acme"); len(waits) != 0 {
		t.Errorf("waits = %+v", waits)
	}
	s.hint("gone", gone)
	s.hint("never known, gone", ref(record.Task, record.Auvo, "4711"))
	s.run(engine.Options{Hints: true})
	waits, _ := s.db.Waits(t.Context(), "acme")
	if len(waits) != 1 || waits[0].Cause != "vanished" {
		t.Errorf("waits = %+v", waits)
	}
	if got := s.outcomes(); got != "gone gone gone" {
		t.Errorf("outcomes = %s", got)
	}
	s.expect("gone")
}

func TestOurOwnWritesComingBackAreNotReadAgain(t *testing.T) {
	s := settledStage(t)
	s.pass(time.Minute)
	s.omie.Edit(ref(record.Customer, record.Omie, "7001"), record.Fields{record.FieldPhone: "11999990000"})
	s.auvo.Put(customer("55", "Loja", "55666777000161", ""))
	s.run(engine.Options{})
	s.expect("a cycle", "auvo update customer 900001 [phone]", "auvo update customer 55 [external_id]", "omie create customer AUVOC55")
	s.reads()
	made := s.omie.Items(record.Customer)
	made = slices.DeleteFunc(made, func(i record.Item) bool { return i.Title != "Loja" })
	s.hintAt(time.Second, "Cliente/Alteracao", ref(record.Customer, record.Auvo, "900001"), ref(record.Customer, record.Auvo, "55"))
	s.hintAt(time.Second, "Incluido by api", made[0].Ref())
	s.hintAt(time.Second, "Alterado by api", made[0].Ref())
	s.run(engine.Options{Hints: true})
	s.expect("echoes")
	s.expectReads("echoes", "")
	// A second word about one write is somebody else's.
	s.hintAt(time.Second, "Cliente/Alteracao by a person", ref(record.Customer, record.Auvo, "900001"))
	s.hintAt(time.Second, "Alterado by a person", made[0].Ref())
	s.run(engine.Options{Hints: true})
	s.expectReads("a person", "omie list customers")
	if got := s.outcomes(); got != "echo echo echo echo echo read" {
		t.Errorf("outcomes = %s", got)
	}
}

func TestACycleSettlesWhatItReadsAnyway(t *testing.T) {
	s := settledStage(t)
	s.pass(10 * time.Minute)
	s.omie.Edit(ref(record.Customer, record.Omie, "7001"), record.Fields{record.FieldPhone: "11999990000"})
	s.hint("x", ref(record.Customer, record.Omie, "7001"), ref(record.ServiceOrder, record.Omie, "9"))
	s.run(engine.Options{})
	s.expect("a cycle", "auvo update customer 900001 [phone]")
	if got := s.outcomes(); got != "read unneeded" {
		t.Errorf("outcomes = %s", got)
	}
	for _, read := range strings.Split(s.reads(), ", ") {
		if strings.Contains(read, "find") {
			t.Errorf("the cycle also did: %s", read)
		}
	}
}

func TestHintsBeforeTheFirstCycleWaitForIt(t *testing.T) {
	s := newStage(t)
	s.omie.Put(customer("7001", "Academia", "44555666000141", "7001"))
	s.auvo.Put(customer("55", "Academia", "44555666000141", ""))
	s.hint("x", ref(record.Customer, record.Omie, "7001"))
	s.run(engine.Options{Hints: true})
	s.expectReads("before", "")
	s.run(engine.Options{})
	s.expect("the first cycle", "auvo update customer 55 [external_id]")
	if got := s.outcomes(); got != "read" {
		t.Errorf("outcomes = %s", got)
	}
}

func TestADeathAroundAHintedReadLosesNothing(t *testing.T) {
	for _, point := range []string{"before SavePage", "after SavePage", "before Decide", "after Send", "after SettleHints"} {
		s := settledStage(t)
		s.configure(strings.Replace(everything, "app_secret: s", "app_secret: s, base_url: 'http://127.0.0.1:1', redundancy_window: 10ms", 1))
		s.pass(time.Minute)
		s.omie.Edit(ref(record.Customer, record.Omie, "7001"), record.Fields{record.FieldPhone: "11999990000"})
		s.hint("x", ref(record.Customer, record.Omie, "7001"), ref(record.ServiceOrder, record.Omie, "9"))
		s.dieAt(point)
		s.pass(2 * time.Minute)
		s.run(engine.Options{Hints: true})
		s.expect(point, "auvo update customer 900001 [phone]")
		if got := s.outcomes(); got != "read unneeded" {
			t.Errorf("%s: outcomes = %s", point, got)
		}
	}
}

// dieAt runs until a point of the store and is dead there.
func (s *stage) dieAt(point string) {
	s.db.Seam(func(at string) {
		if at == point {
			panic(point)
		}
	})
	defer s.db.Seam(nil)
	defer func() {
		if recover() == nil {
			s.t.Errorf("survived %s", point)
		}
	}()
	lease, err := s.db.Acquire(s.t.Context(), "acme", "test", time.Minute)
	if err != nil {
		s.t.Fatal(err)
	}
	e := &engine.Engine{Store: s.db, Auvo: s.auvo.System(), Omie: s.omie.System(), Account: s.account, Now: func() time.Time { return s.clock }}
	_, err = e.Run(context.Background(), lease, "dead", engine.Options{Hints: true})
	s.t.Errorf("ended before %s: %v", point, err)
}
