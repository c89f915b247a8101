package omiesim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"ponte/internal/inprocess"
)

func TestDisputedReadingsAreChosenByAField(t *testing.T) {
	customer := Record{"codigo_cliente_integracao": "A-1", "razao_social": "x", "nome_fantasia": "x", "cnpj_cpf": "52998224725", "cidade": "XIQUE-XIQUE (BA)"}
	product := Record{"codigo": "S9", "descricao": `TUBO 1/2"`, "unidade": "UN", "ncm": "84159020"}
	for _, c := range []struct {
		about, service, call string
		param                Record
		byDefault, set       bool // whether the call is answered
		change               func(*Sim)
	}{
		{"special characters in a code", clientes, "IncluirCliente", without(customer, "cidade"), true, false, func(s *Sim) { s.RefuseSpecialCodes = true }},
		{"a CPF without pessoa_fisica", clientes, "IncluirCliente", without(customer, "cidade"), true, false, func(s *Sim) { s.CPFNeedsPessoaFisica = true }},
		{"a city that the register lacks", clientes, "IncluirCliente", customer, false, true, func(s *Sim) { s.AnyCity = true }},
		{"a product's description a second time", produtos, "IncluirProduto", product, false, true, func(s *Sim) { s.RepeatedDescriptions = true }},
		{"pages past a hundred rows", clientes, "ListarClientes", Record{"pagina": 2, "registros_por_pagina": 500}, true, false, func(s *Sim) { s.PageCap = 500 }},
		{"another key", clientes, "ListarClientes", page(1), true, false, func(s *Sim) { s.AppKey, s.AppSecret = "1", "2" }},
		{"a business fault in HTTP 200", clientes, "ConsultarCliente", Record{"codigo_cliente_omie": 1}, false, true, func(s *Sim) { s.FaultsInOK = true }},
	} {
		t.Run(c.about, func(t *testing.T) {
			for _, on := range []bool{false, true} {
				e := setup(t)
				seedCustomers(e, 150)
				want := c.byDefault
				if on {
					c.change(e.Sim)
					want = c.set
				}
				if status, body := e.send(c.service, c.call, c.param); (status == http.StatusOK) != want {
					t.Errorf("set %v: %d %v", on, status, body)
				}
			}
		})
	}
}

func TestTextMayComePlainAndCodesTrimmed(t *testing.T) {
	e := setup(t)
	e.PlainText, e.TrimmedCodes = true, true
	e.ok(ordens, "IncluirOS", newOS("A1"))
	if got := e.ok(clientes, "ConsultarCliente", Record{"codigo_cliente_omie": 7000000001}).Text("razao_social"); got != "ACME & FILHOS LTDA" {
		t.Errorf("the name reads %q", got)
	}
	if got := e.ok(ordens, "ConsultarOS", Record{"cCodIntOS": "A1"}).Text("Cabecalho", "cCodIntOS"); got != "A1" {
		t.Errorf("the code reads %q", got)
	}
}

func TestServicesMayBringTheirUsedProducts(t *testing.T) {
	for _, brings := range []bool{false, true} {
		e := setup(t)
		e.ServicesBringProducts = brings
		if err := e.Edit("servicos", 7000000201, map[string]any{"produtosUtilizados": map[string]any{"produtoUtilizado": []any{map[string]any{"nCodProdutoPU": 7000000101, "nQtdePU": 1}}}}); err != nil {
			t.Fatal(err)
		}
		id := e.ok(ordens, "IncluirOS", newOS("A1")).Int("nCodOS")
		if got := len(e.ok(ordens, "ConsultarOS", Record{"nCodOS": id}).List("produtosUtilizados", "produtoUtilizado")); (got == 1) != brings {
			t.Errorf("brings %v: %d used products", brings, got)
		}
	}
}

func TestAGatewayMayRefuseParametersOfTheMediaType(t *testing.T) {
	e := setup(t)
	e.RefuseCharset = true
	req, err := http.NewRequest(http.MethodPost, "http://omie.test/api/v1/geral/clientes/", strings.NewReader(string(envelope(t, "ListarClientes", page(1)))))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	res, err := inprocess.Transport(e.Sim).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusInternalServerError {
		t.Errorf("status %d", res.StatusCode)
	}
}

func TestRetryAfterIsSentOnRequest(t *testing.T) {
	e := setup(t)
	e.RetryAfter = 7
	e.Break(Fault{Mode: ManyCalls})
	res, err := e.post(clientes, envelope(t, "ListarClientes", page(1)))
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Header.Get("Retry-After"); got != "7" {
		t.Errorf("Retry-After %q", got)
	}
}

func TestTagsMatchCaseApartAndScalarsAreTyped(t *testing.T) {
	e := setup(t)
	p := newOS("A1", Record{"Cabecalho": Record{"cEtapa": 10, "nCodCli": "7000000001"}})
	p["cabecalho"], p["servicosprestados"] = p["Cabecalho"], p["ServicosPrestados"]
	e.ok(ordens, "IncluirOS", without(p, "Cabecalho", "ServicosPrestados"))
	head := e.Snapshot().OS[0].Object("Cabecalho")
	if head["cEtapa"] != "10" || head["nCodCli"] != json.Number("7000000001") {
		t.Errorf("stored as %#v and %#v", head["cEtapa"], head["nCodCli"])
	}
}

func TestOneSimServesManyClientsAtOnce(t *testing.T) {
	e := setup(t)
	e.Parallel, e.PerMinute, e.PerIPMinute = -1, -1, -1
	e.Break(Fault{Call: "IncluirOS", Mode: After, Rate: 0.3})
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for i := range 20 {
				e.send(ordens, "IncluirOS", newOS(fmt.Sprint("N", n, "X", i)))
				e.send(clientes, "ListarClientes", page(1))
				e.Snapshot()
				e.Calls()
			}
		})
	}
	wg.Wait()
	if got := len(e.Snapshot().OS); got != 160 {
		t.Errorf("%d orders, want 160", got)
	}
}
