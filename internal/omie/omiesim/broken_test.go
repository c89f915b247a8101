package omiesim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ponte/internal/inprocess"
)

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func envelope(t *testing.T, call string, param Record) []byte {
	t.Helper()
	return mustJSON(t, Record{"call": call, "app_key": DefaultAppKey, "app_secret": DefaultAppSecret, "param": []any{param}})
}

func TestAWriteMayBreakBeforeOrAfterItIsDone(t *testing.T) {
	for mode, done := range map[string]int{Before: 0, After: 1} {
		t.Run(mode, func(t *testing.T) {
			e := setup(t)
			e.Break(Fault{Call: "IncluirOS", Mode: mode})
			e.wantFault(ordens, "IncluirOS", newOS("X"), "SOAP-ERROR: Broken response from Application Server (4)")
			if got := len(e.Snapshot().OS); got != done {
				t.Errorf("%d orders were made, want %d", got, done)
			}
			if c := e.Calls()[0]; c.Injected != mode || c.Status != 500 {
				t.Errorf("the log says %+v", c)
			}
			e.wantNoViolation()
		})
	}
}

func TestACutAnswerEndsUnexpectedlyInProcessAndOnASocket(t *testing.T) {
	e := setup(t)
	server := httptest.NewServer(e.Sim)
	defer server.Close()
	for name, client := range map[string]*http.Client{"socket": server.Client(), "process": {Transport: inprocess.Transport(e.Sim)}} {
		e.Break(Fault{Mode: Cut})
		res, err := client.Post(server.URL+ordens, "application/json", strings.NewReader(string(envelope(t, "IncluirOS", newOS(name)))))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(res.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: reading ends with %v", name, err)
		}
		e.ok(ordens, "ConsultarOS", Record{"cCodIntOS": name})
	}
}

func TestGatewayPagesAreHTML(t *testing.T) {
	e := setup(t)
	e.Break(Fault{Mode: HTML, Commit: true})
	status, body := e.raw(ordens, json.RawMessage(envelope(t, "IncluirOS", newOS("X"))))
	if status != http.StatusBadGateway || !strings.HasPrefix(string(body), "<html>") {
		t.Errorf("%d %s", status, body)
	}
	if len(e.Snapshot().OS) != 1 {
		t.Error("the committed write is not there")
	}
}

func TestRefusalsComeOnRequest(t *testing.T) {
	e := setup(t)
	for _, c := range []struct {
		fault  Fault
		status int
		text   string
	}{
		{Fault{Mode: ManyCalls}, 429, ""},
		{Fault{Mode: Credentials}, 403, "A chave de acesso está inválida ou o aplicativo está suspenso."},
		{Fault{Mode: Refusal, Text: "O período contábil de maio foi bloqueado"}, 500, "O período contábil de maio foi bloqueado"},
		{Fault{Mode: Before, Text: "PROTO_BYEBYE"}, 500, "PROTO_BYEBYE"},
		{Fault{Mode: Refusal, Text: "x", Status: 200}, 200, "x"},
		{Fault{Mode: Block}, 425, "ERROR: API bloqueada por consumo indevido. Tente novamente em 1800 segundos."},
	} {
		e.Break(c.fault)
		status, body := e.send(clientes, "ListarClientes", page(1))
		if status != c.status || body.Text("faultstring") != c.text {
			t.Errorf("%s: %d %v", c.fault.Mode, status, body)
		}
	}
	e.wantNoViolation()
	if status, _ := e.send(clientes, "ListarClientes", page(1)); status != 425 {
		t.Errorf("the block does not last: %d", status)
	}
}

func TestAFaultChoosesItsCalls(t *testing.T) {
	e := setup(t)
	e.Break(Fault{Call: "ListarClientes", Mode: ManyCalls, Nth: 2, Times: 2})
	e.Break(Fault{Has: "7000000101", Mode: ManyCalls, Times: -1})
	var statuses []string
	for range 4 {
		status, _ := e.send(clientes, "ListarClientes", page(1))
		statuses = append(statuses, fmt.Sprint(status))
	}
	if got := strings.Join(statuses, " "); got != "200 429 429 200" {
		t.Errorf("statuses %s", got)
	}
	for range 3 {
		if status, _ := e.send(produtos, "ConsultarProduto", Record{"codigo_produto": 7000000101}); status != 429 {
			t.Errorf("status %d", status)
		}
	}
	e.Mend()
	e.ok(produtos, "ConsultarProduto", Record{"codigo_produto": 7000000101})
}

func TestARateBreaksTheSameCallsForTheSameSeed(t *testing.T) {
	run := func(seed uint64) (out string) {
		e := setup(t)
		e.RandSeed = seed
		e.Break(Fault{Mode: ManyCalls, Rate: 0.5})
		for range 30 {
			status, _ := e.send(clientes, "ListarClientes", page(1))
			out += fmt.Sprint(status, " ")
		}
		return out
	}
	if one := run(7); one != run(7) || one == run(8) || !strings.Contains(one, "200") || !strings.Contains(one, "429") {
		t.Errorf("with seed 7: %s", one)
	}
}

func TestListsMayLie(t *testing.T) {
	e := setup(t)
	e.Break(Fault{Mode: LyingTotals, Rows: 3})
	if a := e.ok(clientes, "ListarClientes", page(1)); a.Int("total_de_registros") != 5 || len(a.List("clientes_cadastro")) != 2 {
		t.Errorf("lying totals: %v", a)
	}
	e.Break(Fault{Mode: ShortPage})
	if a := e.ok(clientes, "ListarClientes", page(1)); a.Int("registros") != 2 || len(a.List("clientes_cadastro")) != 1 {
		t.Errorf("short page: %v", a)
	}
	e.Break(Fault{Mode: Stale, Times: -1})
	e.ok(clientes, "AlterarCliente", Record{"codigo_cliente_omie": 7000000001, "email": "new@example.test"})
	if r := e.ok(clientes, "ConsultarCliente", Record{"codigo_cliente_omie": 7000000001}); r.Text("email") != "a@example.test" {
		t.Errorf("a stale read answers %v", r["email"])
	}
	e.Mend()
	if r := e.ok(clientes, "ConsultarCliente", Record{"codigo_cliente_omie": 7000000001}); r.Text("email") != "new@example.test" {
		t.Errorf("after mending %v", r["email"])
	}
}

func TestASlowCallTakesItsTime(t *testing.T) {
	inBubble(t, func(t *testing.T, e *env) {
		e.Break(Fault{Mode: Slow, Seconds: 42})
		e.Break(Fault{Mode: Hang, Seconds: 8, Nth: 1})
		began := time.Now()
		e.ok(clientes, "ListarClientes", page(1))
		if status, _ := e.raw(clientes, json.RawMessage(envelope(t, "ListarClientes", page(2)))); status != http.StatusGatewayTimeout {
			t.Errorf("the hang ends with %d", status)
		}
		if took := time.Since(began); took != 50*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}
