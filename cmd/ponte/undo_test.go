package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/store"
)

const salesAccount = `
flows:
  customers: {}
  products: {stock: false}
  services: {}
  tasks: {create: sales-order, start_from: 2026-03-01, max_documents: 1000}
orders:
  sales_order: {category: "1.01.03", bank_account: 7000000300}
`

// TestALargeUndoCostsLittleMoreThanItMust: 500 orders of a run are undone
// with at most 1.1 times the cancellations and a list page for each hundred.
func TestALargeUndoCostsLittleMoreThanItMust(t *testing.T) {
	withoutRaceDetector(t)
	const tasks = 500
	for kind, account := range map[string]string{"CancelarOS": fullAccount, "CancelarPedidoVenda": salesAccount} {
		b := newBench(t, account, 40*time.Millisecond)
		b.seedTasks(tasks)
		if kind == "CancelarPedidoVenda" {
			b.sellInstead(tasks)
		}
		run := b.sync(0)
		if run.Flows[3].Created != tasks {
			t.Fatalf("%+v", run.Flows[3])
		}
		b.calls()
		out := b.ponte(0, "undo", "--account", "acme", "--run", run.ID, "--yes", "--at", b.now().Format(time.RFC3339))
		cancelled := 0
		for _, c := range b.omie.Calls() {
			if c.Call == kind {
				cancelled++
			}
		}
		a, o, faults := b.calls()
		bound := tasks + (tasks+99)/100
		t.Logf("%d calls to Omie and %d to Auvo for %d, lower bound %d, ratio %.3f", o, a, cancelled, bound, float64(a+o)/float64(bound))
		if cancelled != tasks || float64(a+o) > 1.1*float64(bound) || faults > 0 {
			t.Errorf("%s: %d calls and %d of %d cancelled, %d faults\n%s", kind, a+o, cancelled, tasks, faults, out[max(0, len(out)-500):])
		}
		b.sync(0)
		if _, o, _ := b.calls(); o > 7 {
			t.Errorf("the cycle after it made %d calls to Omie", o)
		}
		b.blameless()
	}
}

// sellInstead gives each task a product, so that it becomes a sales order.
func (b *bench) sellInstead(tasks int) {
	b.t.Helper()
	stamp := map[string]any{"dAlt": "10/03/2026", "hAlt": "08:00:00", "dInc": "10/03/2026", "hInc": "08:00:00"}
	b.seed(auvosim.Data{Products: []auvosim.Record{{"code": 4501, "productId": "0b1c2d3e-0000-4000-8000-000000000001", "externalId": "FIL-10", "name": "Filtro", "unitaryValue": 35.5, "active": true}}},
		omiesim.Data{Produtos: []omiesim.Record{{"codigo_produto": 7000000500, "codigo": "FIL-10", "descricao": "Filtro", "unidade": "UN", "ncm": "8421.39.90", "valor_unitario": 35.5, "inativo": "N", "info": stamp}}})
	if err := b.omie.Edit("clientes", 7_000_100_001, map[string]any{"estado": "SP", "cidade": "CAMPINAS (SP)"}); err != nil {
		b.t.Fatal(err)
	}
	for i := range tasks {
		err := b.auvo.Edit("tasks", fmt.Sprint(800+i), map[string]any{
			"products": []any{map[string]any{"productId": "0b1c2d3e-0000-4000-8000-000000000001", "quantity": 1, "unitaryValue": 35.5}}, "summary": nil,
		})
		if err != nil {
			b.t.Fatal(err)
		}
	}
}

// TestALargeUndoThatIsKilledIsFinishedByRunningItAgainOrByTheNextSync runs the real program
// and kills it (kill -9) in the middle of an undo. Each order is cancelled once, and
// after a retry each task has exactly one that stands.
func TestALargeUndoThatIsKilledIsFinishedByRunningItAgainOrByTheNextSync(t *testing.T) {
	withoutRaceDetector(t)
	const tasks = 20
	type killed struct {
		*bench
		run, by string
	}
	var all []killed // all are killed before the first goes on, which waits for a dead process's lease to end
	for n, after := range []time.Duration{100, 130, 160, 200, 240, 300} {
		b := newBench(t, fullAccount, time.Second)
		b.omie.Latency = 5 * time.Millisecond // before the first call: calls read it
		b.seedTasks(tasks)
		run := b.sync(0)
		b.kill(after*time.Millisecond, "undo", "--account", "acme", "--run", run.ID, "--yes", "--at", b.now().Format(time.RFC3339))
		all = append(all, killed{b, run.ID, []string{"undo", "sync"}[n%2]})
	}
	for _, b := range all {
		at := []string{"--account", "acme", "--at", b.now().Format(time.RFC3339)}
		before := b.cancelled()
		if b.by == "sync" {
			b.ponte(0, append([]string{"sync"}, at...)...)
		}
		if b.by == "undo" && before < tasks {
			b.ponte(0, append([]string{"undo", "--run", b.run, "--yes"}, at...)...)
		}
		t.Logf("%d of %d were cancelled when it was killed; %s went on", before, tasks, b.by)
		// One killed before its plan stood in the ledger did nothing: it is run again.
		if done := b.cancelled(); done == 0 && before == 0 && b.by == "sync" {
			b.ponte(0, append([]string{"undo", "--run", b.run, "--yes"}, at...)...)
		}
		if n := b.cancelled(); n != tasks {
			t.Errorf("%d of %d are cancelled", n, tasks)
		}
		b.ponte(0, "retry", "--account", "acme", "--run", b.run, "--yes")
		b.sync(0)
		for i := range tasks {
			if codes := b.standing(fmt.Sprintf("AUVOT%dS", 800+i)); len(codes) != 1 || !strings.HasSuffix(codes[0], "R1") {
				t.Errorf("task %d has %v", 800+i, codes)
			}
		}
		b.blameless()
	}
}

// cancelled counts the cancelled service orders.
func (b *bench) cancelled() int {
	n := 0
	for _, o := range b.omie.Snapshot().OS {
		if o.Text("InfoCadastro", "cCancelada") == "S" {
			n++
		}
	}
	return n
}

// standing are the codes of the open service orders that begin with code.
func (b *bench) standing(code string) []string {
	var out []string
	for _, o := range b.omie.Snapshot().OS {
		if c := o.Text("Cabecalho", "cCodIntOS"); strings.HasPrefix(c, code) && o.Text("InfoCadastro", "cCancelada") != "S" {
			out = append(out, c)
		}
	}
	return out
}

// TestDeathAtEachStepOfAnUndoLarge walks every vendor call and store commit of an undo of
// a run: the process dies there, and the same undo, or the next cycle, finishes it.
// What was undone stays so, and a retry makes each order once.
func TestDeathAtEachStepOfAnUndoLarge(t *testing.T) {
	withoutRaceDetector(t)
	const window = 20 * time.Millisecond
	start, real := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), time.Now()
	now := func() time.Time { return start.Add(time.Since(real)) }
	for n := 1; ; n++ {
		s := newStage(t, window, now)
		s.seed()
		db := s.open()
		run := s.cycle(db, s).ID
		s.close(db)
		point := s.dieDoing(n, func(db *store.DB, over http.RoundTripper) { s.undo(db, over, run) })
		if point == "" {
			t.Logf("%d deaths", n-1)
			if n < 30 {
				t.Errorf("the undo had only %d steps", n-1)
			}
			return
		}
		db = s.open()
		if planned := s.plannedUndo(db); n%2 == 0 && planned {
			s.cycle(db, s)
		} else {
			s.undo(db, s, run)
		}
		s.undone(fmt.Sprintf("death %d, %s", n, point))
		s.cycle(db, s)
		s.undone(fmt.Sprintf("a cycle after death %d, %s", n, point))
		s.again(db)
		s.cycle(db, s)
		s.close(db)
		s.madeAgain(fmt.Sprintf("death %d, %s", n, point))
	}
}

func (s *stage) close(db *store.DB) {
	s.t.Helper()
	if err := db.Close(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) undo(db *store.DB, over http.RoundTripper, run string) {
	s.t.Helper()
	e, lease := s.engine(db, over)
	scope := engine.UndoScope{Run: run, By: "teste"}
	if _, err := e.Undo(context.Background(), lease, fmt.Sprintf("undo-%d", s.runs), scope, func(engine.UndoPlan) error { return nil }); err != nil {
		s.t.Fatal(err)
	}
}

// plannedUndo tells whether the ledger knows of an undo that is not finished.
func (s *stage) plannedUndo(db *store.DB) bool {
	s.t.Helper()
	for _, name := range flow.Names() {
		planned, err := db.Planned(context.Background(), "acme", name)
		if err != nil {
			s.t.Fatal(err)
		}
		if slices.ContainsFunc(planned, func(c store.Change) bool { return c.Undo }) {
			return true
		}
	}
	return false
}

// undone checks that nothing of the run stands: every order is cancelled, the customer
// that was made is inactive.
func (s *stage) undone(after string) {
	s.t.Helper()
	omie := s.omie.Snapshot()
	for _, o := range omie.OS {
		if o.Text("InfoCadastro", "cCancelada") != "S" {
			s.t.Errorf("%s: %s stands", after, o.Text("Cabecalho", "cCodIntOS"))
		}
	}
	for _, p := range omie.Pedidos {
		if p.Text("infoCadastro", "cancelado") != "S" {
			s.t.Errorf("%s: %s stands", after, p.Text("cabecalho", "codigo_pedido_integracao"))
		}
	}
	for _, c := range omie.Clientes {
		if made := c.Text("codigo_cliente_integracao") != ""; made != (c.Text("inativo") == "S") {
			s.t.Errorf("%s: customer %s is inactive: %s", after, c.Text("razao_social"), c.Text("inativo"))
		}
	}
}

// again has a person retry all that was undone.
func (s *stage) again(db *store.DB) {
	s.t.Helper()
	ctx := context.Background()
	_, lease := s.engine(db, s)
	for _, id := range []string{"800", "801", "900"} {
		orders, err := engine.Remakes(ctx, db, "acme", record.Ref{Kind: record.Task, Side: record.Auvo, ID: id})
		if err == nil {
			err = engine.MakeAgain(ctx, db, lease, orders...)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	for _, ref := range []record.Ref{{Kind: record.Customer, Side: record.Auvo, ID: "55"}, {Kind: record.Product, Side: record.Auvo, ID: "4501"}} {
		link, undid, err := engine.Undid(ctx, db, "acme", ref)
		if err == nil && undid {
			err = engine.WriteAgain(ctx, db, lease, link)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// madeAgain checks that each order stands once, under the next code.
func (s *stage) madeAgain(after string) {
	s.t.Helper()
	b := bench{omie: s.omie}
	for _, code := range []string{"AUVOT800S", "AUVOT801S", "AUVOT900S"} {
		if codes := b.standing(code); len(codes) != 1 || codes[0] != code+"R1" {
			s.t.Errorf("%s: of %s stand %v", after, code, codes)
		}
	}
	for _, v := range s.omie.Violations() {
		s.t.Errorf("%s: omie %+v", after, v)
	}
}

// TestAnUndoThatNobodyAgreesToChangesNothing: what a person does not want after
// reading the plan is not in the ledger, and was not sent.
func TestAnUndoThatNobodyAgreesToChangesNothing(t *testing.T) {
	s, db, run := ranOnce(t)
	e, lease := s.engine(db, s)
	no := errors.New("no")
	var shown engine.UndoPlan
	_, err := e.Undo(context.Background(), lease, "undo", engine.UndoScope{Run: run, By: "teste"}, func(p engine.UndoPlan) error {
		shown = p
		return no
	})
	if !errors.Is(err, no) || len(shown.Changes) < 4 {
		t.Errorf("%d changes, %v", len(shown.Changes), err)
	}
	for _, c := range s.omie.Calls() {
		if strings.HasPrefix(c.Call, "Cancelar") {
			t.Errorf("called %s", c.Call)
		}
	}
	if s.plannedUndo(db) {
		t.Error("the ledger has it")
	}
	again, err := e.PlanUndo(context.Background(), lease, "another", engine.UndoScope{Run: run, By: "teste"})
	if err != nil || !again.Same(shown) {
		t.Errorf("the same plan is another: %v", err)
	}
}
