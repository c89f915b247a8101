package omiesim

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"ponte/internal/inprocess"
)

// admin calls the admin API and returns its status and body.
func (e *env) admin(route, body string) (int, Record) {
	e.t.Helper()
	verb, path, _ := strings.Cut(route, " ")
	req, err := http.NewRequest(verb, "http://omie.test/_sim/"+path, strings.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	res, err := inprocess.Transport(e.Sim).RoundTrip(req)
	if err != nil {
		e.t.Fatal(err)
	}
	data, err := io.ReadAll(res.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	if len(data) == 0 {
		return res.StatusCode, nil
	}
	out := Record{}
	if err := decode([]byte(`{"v":`+string(data)+`}`), &out); err != nil {
		e.t.Fatalf("%s: %s: %v", route, data, err)
	}
	return res.StatusCode, out
}

func TestTheAdminAPIDoesWhatPeopleAndTestsDo(t *testing.T) {
	e := setup(t)
	e.Now = nil
	id := "7000009001"
	for _, step := range []struct{ route, body string }{
		{"POST clock", `{"at":"2026-11-23T13:00:00Z"}`},
		{"POST seed", `{"os":[{"Cabecalho":{"nCodOS":` + id + `,"nCodCli":7000000001}}],"pedidos":[{"cabecalho":{"codigo_pedido":7000009002}}]}`},
		{"POST edit", `{"kind":"os","id":` + id + `,"set":{"Observacoes":{"cObsOS":"hand"}}}`},
		{"POST stage", `{"kind":"os","id":` + id + `,"stage":"20"}`},
		{"POST bill", `{"kind":"pedidos","id":7000009002}`},
		{"POST cancel", `{"kind":"os","id":` + id + `}`},
		{"POST stock", `{"codigo_produto":7000000101,"quantidade":-1.5}`},
		{"POST remove", `{"kind":"servicos","id":7000000201}`},
		{"POST settings", `{"page_cap":1,"redundancy_window":"45s","app_secret":"` + DefaultAppSecret + `","app_key":"` + DefaultAppKey + `"}`},
		{"DELETE break", ``},
		{"DELETE blocks", ``},
		{"DELETE calls", ``},
		{"DELETE violations", ``},
	} {
		if status, out := e.admin(step.route, step.body); status != http.StatusNoContent {
			t.Errorf("%s answers %d %v", step.route, status, out)
		}
	}
	_, state := e.admin("GET state", "")
	order := state.List("v", "os")[0]
	if order.Text("Observacoes", "cObsOS") != "hand" || order.Text("Cabecalho", "cEtapa") != "20" || order.Text("InfoCadastro", "cCancelada") != "S" {
		t.Errorf("the order reads %v", order)
	}
	if got := order.Text("InfoCadastro", "dDtAlt"); got != "23/11/2026" {
		t.Errorf("the shifted clock stamps %s", got)
	}
	if len(state.List("v", "servicos")) != 0 || state.List("v", "estoque")[0].Text("fisico") != "8.5" {
		t.Errorf("services %v, stock %v", state.List("v", "servicos"), state.List("v", "estoque"))
	}
	if _, out := e.admin("GET settings", ""); out.Int("v", "page_cap") != 1 || out.Int("v", "redundancy_window") != 45e9 || out.Object("v").has("app_secret") {
		t.Errorf("the settings read %v", out)
	}
}

func TestTheAdminAPIShowsCallsAndViolationsWithoutSecrets(t *testing.T) {
	e := setup(t)
	if _, out := e.admin("POST break", `{"call":"ConsultarCliente","mode":"before"}`); out.Int("v", "id") != 1 {
		t.Errorf("breaking answers %v", out)
	}
	e.refused(clientes, "ConsultarCliente", Record{"codigo_cliente_omie": 7000000001})
	e.refused(clientes, "ConsultarCliente", Record{"cnpj_cpf": "1"})
	_, out := e.admin("GET calls", "")
	calls := out.List("v")
	if len(calls) != 2 || calls[0].Text("injected") != "before" || calls[0].Int("param", "codigo_cliente_omie") != 7000000001 || calls[1].Int("status") != 500 {
		t.Errorf("calls %v", calls)
	}
	_, out = e.admin("GET violations", "")
	if v := out.List("v"); len(v) != 1 || v[0].Text("kind") != "unknown-tag" || v[0].Text("call") != "ConsultarCliente" {
		t.Errorf("violations %v", v)
	}
	for _, c := range e.Calls() {
		if strings.Contains(string(c.Param), DefaultAppSecret) || strings.Contains(c.Fault, DefaultAppSecret) {
			t.Errorf("the log tells the secret: %+v", c)
		}
	}
}

func TestTheAdminAPIRefusesWhatItDoesNotKnow(t *testing.T) {
	e := setup(t)
	for route, body := range map[string]string{
		"POST seed": `{"customers":[]}`, "POST break": `{"mode":"nonsense"}`, "POST edit": `{"kind":"os","id":1}`,
		"POST clock": `{}`, "POST settings": `{"latency":"long"}`, "POST stock": `{"codigo_produto":1,"quantidade":1}`,
	} {
		if status, out := e.admin(route, body); status != http.StatusBadRequest || out.Text("v", "error") == "" {
			t.Errorf("%s %s answers %d %v", route, body, status, out)
		}
	}
	if status, _ := e.admin("GET nothing", ""); status != http.StatusNotFound {
		t.Errorf("an unknown route answers %d", status)
	}
}
