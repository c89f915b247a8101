package omiesim

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ponte/internal/inprocess"
)

// inBubble runs a test on a Sim whose clock and real time are the bubble's.
func inBubble(t *testing.T, run func(t *testing.T, e *env)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := setup(t)
		e.Now, e.RedundancyWindow = nil, 0
		run(t, e)
	})
}

func page(n int) Record { return Record{"pagina": n, "registros_por_pagina": 100} }

func TestAnIdenticalRequestIsRedundantForAMinuteItsEdgeIncluded(t *testing.T) {
	inBubble(t, func(t *testing.T, e *env) {
		e.ok(clientes, "ListarClientes", page(1))
		time.Sleep(2 * time.Second)
		e.wantFault(clientes, "ListarClientes", Record{"registros_por_pagina": 100, "pagina": 1},
			"ERROR: Consumo redundante detectado. Aguarde 60 segundos para tentar novamente (REDUNDANT).")
		e.ok(clientes, "ListarClientes", Record{"pagina": 1, "registros_por_pagina": 99})
		time.Sleep(60 * time.Second)
		e.refused(clientes, "ListarClientes", page(1)) // the exact edge, and it renews the window
		time.Sleep(61 * time.Second)
		e.ok(clientes, "ListarClientes", page(1))
		e.wantViolation(Redundant)
	})
}

func TestTheFirstWindowStandsWhenItIsFixed(t *testing.T) {
	inBubble(t, func(t *testing.T, e *env) {
		e.RedundancyFixed = true
		e.ok(clientes, "ListarClientes", page(1))
		time.Sleep(2 * time.Second)
		e.wantFault(clientes, "ListarClientes", page(1), "ERROR: Consumo redundante detectado. Aguarde 58 segundos para tentar novamente (REDUNDANT).")
		time.Sleep(59 * time.Second)
		e.ok(clientes, "ListarClientes", page(1))
	})
}

func TestAnIdenticalWriteIsRedundantTooAndMayNameAClock(t *testing.T) {
	inBubble(t, func(t *testing.T, e *env) {
		e.SetClock(monday)
		sale := newSale("X")
		e.ok(pedidos, "IncluirPedido", sale)
		if got := e.refused(pedidos, "IncluirPedido", sale); !strings.Contains(got, "(REDUNDANT)") {
			t.Errorf("fault %q", got)
		}
		e.RepeatedWrites8020 = true
		e.wantFault(pedidos, "IncluirPedido", sale,
			"ERROR: Esta requisição já foi processada ou está sendo processada e você pode tentar novamente às 10:01:00. (1)")
	})
}

// faultOnce sends one call that faults, never the same one twice.
func faultOnce(e *env, n int) (int, Record) {
	return e.send(clientes, "ConsultarCliente", Record{"codigo_cliente_omie": 100 + n})
}

func TestTheTenthFaultBlocksTheKeyAndCallsExtendTheBlock(t *testing.T) {
	inBubble(t, func(t *testing.T, e *env) {
		for n := range 9 {
			faultOnce(e, n)
		}
		e.ok(clientes, "ListarClientes", page(1)) // not yet
		if status, _ := faultOnce(e, 9); status != 500 {
			t.Fatalf("the tenth fault answers %d", status)
		}
		e.wantViolation(TooManyFaults)
		time.Sleep(11 * time.Second)
		status, body := e.send(produtos, "ListarProdutos", page(1))
		if want := "ERROR: API bloqueada por consumo indevido. Tente novamente em 1800 segundos."; status != 425 || body.Text("faultstring") != want {
			t.Fatalf("%d %v, want 425 %s", status, body, want)
		}
		e.wantViolation(CalledWhileBlocked)
		e.BlockFixed = true
		time.Sleep(11 * time.Second)
		if _, body := e.send(produtos, "ListarProdutos", page(1)); !strings.Contains(body.Text("faultstring"), " 1789 segundos") {
			t.Errorf("a fixed block says %v", body)
		}
		time.Sleep(30 * time.Minute)
		e.ok(produtos, "ListarProdutos", Record{"pagina": 1, "filtrar_apenas_omiepdv": "N"})
	})
}

func TestFaultsOfOtherMethodsAndOfAnEarlierHalfHourDoNotBlock(t *testing.T) {
	inBubble(t, func(t *testing.T, e *env) {
		for n := range 9 {
			faultOnce(e, n)
		}
		e.refused(ordens, "ConsultarOS", Record{"nCodOS": 1})
		time.Sleep(31 * time.Minute)
		for n := range 9 {
			faultOnce(e, 10+n)
		}
		e.ok(clientes, "ListarClientes", page(1))
	})
}

func TestABlockMayBeOfTheMethodAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, e *env) {
		e.BlockMethodOnly = true
		for n := range 10 {
			faultOnce(e, n)
		}
		if status, _ := faultOnce(e, 10); status != 425 {
			t.Errorf("the method answers %d", status)
		}
		e.ok(clientes, "ListarClientes", page(1))
		e.LiftBlocks()
		if status, _ := faultOnce(e, 11); status != 500 {
			t.Errorf("after lifting the method answers %d", status)
		}
	})
}

func TestRatesAreCountedPerMethodAndPerIP(t *testing.T) {
	for _, c := range []struct {
		about            string
		perMethod, perIP int
	}{{"per method", 3, 0}, {"per IP", 0, 3}} {
		t.Run(c.about, func(t *testing.T) {
			inBubble(t, func(t *testing.T, e *env) {
				e.PerMinute, e.PerIPMinute = c.perMethod, c.perIP
				for n := range 3 {
					e.ok(clientes, "ListarClientes", Record{"pagina": 1, "registros_por_pagina": 10 + n})
				}
				status, body := e.send(clientes, "ListarClientes", Record{"pagina": 1, "registros_por_pagina": 20})
				if status != 429 || body.Int("error_code") != 429 || body.Text("error_message") != "Too Many Requests" {
					t.Fatalf("%d %v", status, body)
				}
				e.wantViolation(OverRate)
				time.Sleep(time.Minute)
				e.ok(clientes, "ListarClientes", Record{"pagina": 1, "registros_por_pagina": 20})
			})
		})
	}
}

func TestOtherSoftwareLeavesLessOfTheRatesAndIsNobodysFault(t *testing.T) {
	inBubble(t, func(t *testing.T, e *env) {
		e.PerMinute, e.Others = 5, 3
		for n := range 2 {
			e.ok(clientes, "ListarClientes", Record{"pagina": 1, "registros_por_pagina": 10 + n})
		}
		if status, _ := e.send(clientes, "ListarClientes", Record{"pagina": 1, "registros_por_pagina": 20}); status != 429 {
			t.Errorf("the third call beside others is answered %d", status)
		}
		e.wantNoViolation()
		e.PerMinute, e.Others = 2, 1
		time.Sleep(time.Minute)
		e.ok(clientes, "ListarClientes", Record{"pagina": 1, "registros_por_pagina": 30})
		e.Others = 0
		e.ok(clientes, "ListarClientes", Record{"pagina": 1, "registros_por_pagina": 31})
		e.Others = 1
		if status, _ := e.send(clientes, "ListarClientes", Record{"pagina": 1, "registros_por_pagina": 32}); status != 429 {
			t.Errorf("over the rate alone: %d", status)
		}
		e.wantViolation(OverRate)
		e.PerMinute, e.Others, e.OthersWrite = 0, 0, 2
		var statuses []int
		for n := range 4 {
			status, _ := e.send(pedidos, "IncluirPedido", newSale(fmt.Sprint("P", n), Record{"cabecalho": Record{"data_previsao": dateOf(time.Now())}}))
			statuses = append(statuses, status)
		}
		if !slices.Equal(statuses, []int{200, 500, 200, 500}) {
			t.Errorf("writes beside another writer are answered %v", statuses)
		}
	})
}

func TestReadsRunFourAtATimeAndWritesAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, e *env) {
		e.Latency = time.Second
		count := func(calls int, service, call string, param func(int) Record) map[int]int {
			var wg sync.WaitGroup
			var mu sync.Mutex
			statuses := map[int]int{}
			for n := range calls {
				wg.Go(func() {
					status, _ := e.send(service, call, param(n))
					mu.Lock()
					defer mu.Unlock()
					statuses[status]++
				})
			}
			wg.Wait()
			return statuses
		}
		reads := count(5, clientes, "ListarClientes", func(n int) Record { return Record{"pagina": 1, "registros_por_pagina": 10 + n} })
		if reads[200] != 4 || reads[429] != 1 {
			t.Errorf("five reads at once answer %v", reads)
		}
		e.wantViolation(TooParallel)
		writes := count(2, pedidos, "IncluirPedido", func(n int) Record {
			return newSale(fmt.Sprint("P", n), Record{"cabecalho": Record{"data_previsao": dateOf(time.Now())}})
		})
		if writes[200] != 1 || writes[500] != 1 {
			t.Errorf("two writes at once answer %v", writes)
		}
		e.wantViolation(ParallelWrite)
	})
}

func TestAHangEndsWithTheClientsPatience(t *testing.T) {
	inBubble(t, func(t *testing.T, e *env) {
		e.Break(Fault{Call: "IncluirOS", Mode: Hang, Commit: true})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		body := `{"call":"IncluirOS","app_key":"` + DefaultAppKey + `","app_secret":"` + DefaultAppSecret + `","param":[` + string(mustJSON(t, newOS("H1"))) + `]}`
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://omie.test"+ordens, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := inprocess.Transport(e.Sim).RoundTrip(req); err == nil {
			t.Fatal("the hung call answered")
		}
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("it took %v", took)
		}
		e.ok(ordens, "ConsultarOS", Record{"cCodIntOS": "H1"})
	})
}
