package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"ponte/internal/engine"
	"ponte/internal/store"
)

// TestAnUndoThatIsAskedForIsDoneByTheNextCycle: asking reads and writes nothing
// outside; the cycle looks at each record again, leaves what was billed
// meanwhile as it is, and says so.
func TestAnUndoThatIsAskedForIsDoneByTheNextCycle(t *testing.T) {
	ctx := context.Background()
	s, db, run := ranOnce(t)
	_, lease := s.engine(db, s)
	scope := engine.UndoScope{Run: run, By: "teste"}
	calls := len(s.omie.Calls()) + len(s.auvo.Calls())
	shown, err := engine.ForeseeUndo(ctx, db, s.account, scope, s.now)
	if err != nil || len(shown.Changes) < 5 {
		t.Fatalf("%d changes, %v", len(shown.Changes), err)
	}
	no := errors.New("no")
	if _, err := engine.AskUndo(ctx, db, s.account, lease, "asked-0", scope, s.now, func(engine.UndoPlan) error { return no }); !errors.Is(err, no) || s.plannedUndo(db) {
		t.Fatalf("what nobody agreed to: %v", err)
	}
	asked, err := engine.AskUndo(ctx, db, s.account, lease, "asked-1", scope, s.now, func(p engine.UndoPlan) error {
		if !p.Same(shown) {
			t.Error("another plan than the one shown")
		}
		return nil
	})
	if err != nil || !s.plannedUndo(db) {
		t.Fatalf("the ledger does not have it: %v", err)
	}
	if now := len(s.omie.Calls()) + len(s.auvo.Calls()); now != calls {
		t.Errorf("asking made %d calls", now-calls)
	}
	again, err := engine.ForeseeUndo(ctx, db, s.account, scope, s.now)
	if err != nil || len(again.Changes) != 0 || !kept(again, "Já foi pedido") {
		t.Errorf("asked for again: %+v, %v", again, err)
	}
	// One is billed before the cycle comes to them.
	var billed string
	for _, o := range s.omie.Snapshot().OS {
		if o.Text("Cabecalho", "cCodIntOS") == "AUVOT800S" {
			billed = o.Text("Cabecalho", "nCodOS")
			id, _ := strconv.ParseInt(billed, 10, 64)
			if err := s.omie.Bill("os", id); err != nil {
				t.Fatal(err)
			}
		}
	}
	if billed == "" {
		t.Fatal("no order was made")
	}
	s.cycle(db, s)
	if codes := (&bench{omie: s.omie}).standing("AUVOT"); len(codes) != 1 || codes[0] != "AUVOT800S" {
		t.Errorf("standing: %v", codes)
	}
	changes, err := db.RunChanges(ctx, "acme", "asked-1")
	if err != nil || len(changes) != len(asked.Changes) {
		t.Fatalf("%d changes of %d, %v", len(changes), len(asked.Changes), err)
	}
	for _, c := range changes {
		want := store.Done
		if c.Code == "AUVOT800S" {
			want = store.Superseded
			if !strings.Contains(c.Text, "faturad") {
				t.Errorf("it says %q", c.Text)
			}
		}
		if c.State != want {
			t.Errorf("%s %s is %s: %s", c.Action, c.Source, c.State, c.Text)
		}
	}
	for _, c := range s.omie.Snapshot().Clientes {
		if made := c.Text("codigo_cliente_integracao") != ""; made != (c.Text("inativo") == "S") {
			t.Errorf("customer %s is inactive: %s", c.Text("razao_social"), c.Text("inativo"))
		}
	}
	s.blameless()
}

// ranOnce is a stage on which one cycle has carried everything over.
func ranOnce(t *testing.T) (s *stage, db *store.DB, run string) {
	t.Helper()
	start, real := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), time.Now()
	s = newStage(t, 20*time.Millisecond, func() time.Time { return start.Add(time.Since(real)) })
	s.seed()
	db = s.open()
	t.Cleanup(func() { s.close(db) })
	return s, db, s.cycle(db, s).ID
}

func kept(p engine.UndoPlan, text string) bool {
	for _, k := range p.Kept {
		if strings.Contains(k.Reason, text) {
			return true
		}
	}
	return false
}

func (s *stage) blameless() {
	s.t.Helper()
	(&bench{t: s.t, auvo: s.auvo, omie: s.omie}).blameless()
}

// TestAnUndoOfAFlowThatIsOffIsNotPromised: no cycle would come to it.
func TestAnUndoOfAFlowThatIsOffIsNotPromised(t *testing.T) {
	s, db, run := ranOnce(t)
	s.account.Flows.Tasks = nil
	p, err := engine.ForeseeUndo(context.Background(), db, s.account, engine.UndoScope{Run: run, By: "teste"}, s.now)
	if err != nil || !kept(p, "O fluxo está desligado") {
		t.Fatalf("%+v, %v", p.Kept, err)
	}
	for _, c := range p.Changes {
		if c.Action == "cancel" {
			t.Errorf("it promises to cancel %s", c.Code)
		}
	}
}
