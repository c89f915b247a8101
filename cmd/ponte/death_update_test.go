package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/config"
	"ponte/internal/omie/omiesim"
)

const (
	deathVisit = "0b1c2d3e-0000-4000-8000-0000000000a1"
	deathPart  = "0b1c2d3e-0000-4000-8000-000000000001"
)

// seedExported exports the tasks of seed and two more: 901, whose service order
// uses a product that leaves the stock at once, and 902, which has both orders.
// Then lines of these come and change, and task 800, whose order is to be
// cancelled then, is deleted.
func (s *stage) seedExported() {
	s.t.Helper()
	only := config.CreateServiceOrder
	s.account.Flows.Tasks.OnDelete = "cancel"
	s.account.Orders.Rules = []config.Rule{{When: config.When{TaskTypes: []int64{7002}}, Create: &only}}
	s.omie.StockLeavesAtOnce = true
	s.seed()
	b := &bench{t: s.t, auvo: s.auvo, omie: s.omie, day: benchDay}
	var more []auvosim.Record
	for id, kind := range map[int]int{901: 7002, 902: 7001} {
		more = append(more, auvosim.Record{
			"taskID": id, "customerId": 1001, "taskType": kind, "idUserFrom": 501, "idUserTo": 502, "taskStatus": 5, "finished": true, "taskDate": "2026-03-10T08:00:00", "dateLastUpdate": "2026-03-10T08:45:00",
			"services": []any{map[string]any{"id": deathVisit, "quantity": 1, "unitaryValue": 80}},
			"products": []any{map[string]any{"productId": deathPart, "quantity": 1, "unitaryValue": 35.5}},
		})
	}
	b.seed(auvosim.Data{Tasks: more}, omiesim.Data{})
	// A sales order needs the customer's UF.
	if err := s.omie.Edit("clientes", 7000100001, map[string]any{"estado": "SP", "cidade": "CAMPINAS (SP)"}); err != nil {
		s.t.Fatal(err)
	}
	s.process()
	edited := map[string]any{
		"services": []any{map[string]any{"id": deathVisit, "quantity": 3, "unitaryValue": 70}, map[string]any{"id": deathVisit, "quantity": 1, "unitaryValue": 20}},
		"products": []any{map[string]any{"productId": deathPart, "quantity": 2, "unitaryValue": 35.5}, map[string]any{"productId": deathPart, "quantity": 5, "unitaryValue": 30}}, "summary": nil,
	}
	for _, err := range []error{s.auvo.Edit("tasks", "901", edited), s.auvo.Edit("tasks", "902", edited), s.auvo.Remove("tasks", "800")} {
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// process makes one cycle in a process of its own.
func (s *stage) process() {
	s.t.Helper()
	db := s.open()
	s.cycle(db, s)
	if err := db.Close(); err != nil {
		s.t.Fatal(err)
	}
}

// followed checks that every order followed its source once, whatever happened before.
func (s *stage) followed(after string) {
	s.t.Helper()
	omie := s.omie.Snapshot()
	got := map[string]string{}
	for _, o := range omie.OS {
		code := o.Text("Cabecalho", "cCodIntOS")
		for _, item := range o.List("ServicosPrestados") {
			got[code] += " " + item.Text("nQtde") + "×" + item.Text("nValUnit")
		}
		for _, used := range o.List("produtosUtilizados", "produtoUtilizado") {
			got[code] += " −" + used.Text("nQtdePU")
		}
		if o.Text("InfoCadastro", "cCancelada") == "S" {
			got[code] += " cancelled"
		}
	}
	for _, p := range omie.Pedidos {
		for _, item := range p.List("det") {
			got[p.Text("cabecalho", "codigo_pedido_integracao")] += " " + item.Text("produto", "quantidade") + "×" + item.Text("produto", "valor_unitario")
		}
	}
	for code, want := range map[string]string{
		"AUVOT800S": " 1×150 cancelled", "AUVOT801S": " 1×150", "AUVOT900S": " 1×80", "AUVOT902S": " 3×70 1×20", "AUVOT902V": " 2×35.5 5×30", "AUVOT901S": " 3×70 1×20 −2 −5",
	} {
		if got[code] != want {
			s.t.Errorf("%s: %s holds%s, want%s", after, code, got[code], want)
		}
		delete(got, code)
	}
	if len(got) > 0 {
		s.t.Errorf("%s: documents too many: %v", after, got)
	}
	if stock := omie.Estoque[0].Text("fisico"); stock != "3" { // 10, less the 2 and 5 that service order 901 uses
		s.t.Errorf("%s: the stock is %s, want 3", after, stock)
	}
	for _, v := range s.omie.Violations() {
		s.t.Errorf("%s: omie %+v", after, v)
	}
}

// rests checks that a further cycle writes nothing in Omie.
func (s *stage) rests(after string) {
	s.t.Helper()
	s.omie.ResetCalls()
	s.process()
	for _, c := range s.omie.Calls() {
		if !strings.HasPrefix(c.Call, "Listar") {
			s.t.Errorf("%s: a further cycle calls %s", after, c.Call)
		}
	}
}

// TestDeathWhileExportedOrdersFollowTheirSourcesLarge walks every call about an order
// and every commit of a decision or its outcome: the process dies there, and the
// next one alters each order once: no line twice, no stock out twice (P1, P4).
func TestDeathWhileExportedOrdersFollowTheirSourcesLarge(t *testing.T) {
	withoutRaceDetector(t)
	const window = 20 * time.Millisecond
	start, real := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), time.Now()
	now := func() time.Time { return start.Add(time.Since(real)) }
	for n := 1; ; n++ {
		s := newStage(t, window, now)
		s.seedExported()
		s.counts = func(point string) bool {
			for _, part := range []string{"/servicos/os", "/produtos/pedido", "Decide", "Send", "Settle"} {
				if strings.Contains(point, part) {
					return true
				}
			}
			return false
		}
		point := s.dieAt(n)
		if point == "" {
			t.Logf("%d deaths", n-1)
			if n < 30 {
				t.Errorf("the run had only %d steps", n-1)
			}
			return
		}
		after := fmt.Sprintf("death %d, %s", n, point)
		s.process()
		s.followed(after)
		s.rests(after)
	}
}

// TestAnUnclearAlterationIsLookedUpByWhatTheOrderHolds: whether it was made or
// not, the order follows its source in the same run, once.
func TestAnUnclearAlterationIsLookedUpByWhatTheOrderHolds(t *testing.T) {
	const window = 20 * time.Millisecond
	start, real := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), time.Now()
	now := func() time.Time { return start.Add(time.Since(real)) }
	for _, call := range []string{"AlterarOS", "AlterarPedidoVenda", "CancelarOS"} {
		for _, mode := range []string{omiesim.Before, omiesim.After, omiesim.Cut, omiesim.HTML} {
			after := call + " unclear, " + mode
			s := newStage(t, window, now)
			s.seedExported()
			s.omie.Break(omiesim.Fault{Call: call, Mode: mode, Times: 1})
			s.process()
			s.followed(after)
			s.rests(after)
		}
	}
}
