package omiesim

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"ponte/internal/inprocess"
)

// an env is one Sim and a client of it.
type env struct {
	*Sim
	t *testing.T
}

// monday is the simulated time of most tests, 10:00 in São Paulo.
var monday = time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC)

// setup gives a Sim with a customer, a product with stock, a service, and no
// redundancy check, so that tests may repeat themselves.
func setup(t *testing.T) *env {
	t.Helper()
	e := bare(t)
	err := e.Seed(Data{
		Clientes: []Record{{
			"codigo_cliente_omie": 7000000001, "razao_social": "ACME & FILHOS LTDA", "nome_fantasia": "ACME", "cnpj_cpf": "11222333000181",
			"estado": "SP", "cidade": "SAO PAULO (SP)", "email": "a@example.test", "tags": []any{Record{"tag": "Cliente"}},
		}},
		Produtos: []Record{{"codigo_produto": 7000000101, "codigo": "SKU1", "descricao": "Tubo 1/2\"", "valor_unitario": 20.5}},
		Estoque:  []Record{{"codigo_produto": 7000000101, "fisico": 10, "reservado": 2}},
		Servicos: []Record{{"intListar": Record{"nCodServ": 7000000201}, "cabecalho": Record{"cCodigo": "SRV1", "cDescricao": "Visita tecnica", "nPrecoUnit": 150.25, "cCodCateg": "1.01.02", "cIdTrib": "01"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func bare(t *testing.T) *env {
	t.Helper()
	return &env{t: t, Sim: &Sim{Now: func() time.Time { return monday }, RedundancyWindow: -1}}
}

// send posts one call and returns its status and body.
func (e *env) send(service, call string, param Record) (int, Record) {
	e.t.Helper()
	status, body := e.raw(service, Record{"call": call, "app_key": DefaultAppKey, "app_secret": DefaultAppSecret, "param": []any{param}})
	var out Record
	if err := decode(body, &out); err != nil {
		e.t.Fatalf("%s: %d %q: %v", call, status, body, err)
	}
	return status, out
}

func (e *env) raw(service string, envelope any) (int, []byte) {
	e.t.Helper()
	data, err := json.Marshal(envelope)
	if err != nil {
		e.t.Fatal(err)
	}
	res, err := e.post(service, data)
	if err != nil {
		e.t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	return res.StatusCode, body
}

func (e *env) post(service string, data []byte) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodPost, "http://omie.test/api/v1"+service, bytes.NewReader(data))
	if err != nil {
		e.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return (&http.Client{Transport: inprocess.Transport(e.Sim)}).Do(req)
}

// ok sends a call that must succeed.
func (e *env) ok(service, call string, param Record) Record {
	e.t.Helper()
	status, body := e.send(service, call, param)
	if status != http.StatusOK {
		e.t.Fatalf("%s: %d %v", call, status, body)
	}
	return body
}

// refused sends a call that must fault, and returns the text.
func (e *env) refused(service, call string, param Record) string {
	e.t.Helper()
	status, body := e.send(service, call, param)
	text := body.Text("faultstring")
	if status == http.StatusOK || text == "" {
		e.t.Fatalf("%s was not refused: %d %v", call, status, body)
	}
	return text
}

func (e *env) wantFault(service, call string, param Record, want string) {
	e.t.Helper()
	if got := e.refused(service, call, param); got != want {
		e.t.Errorf("%s faulted with\n%s\nwant\n%s", call, got, want)
	}
}

func (e *env) wantViolation(kind Breach) {
	e.t.Helper()
	for _, v := range e.Violations() {
		if v.Kind == kind {
			return
		}
	}
	e.t.Errorf("no violation %s in %v", kind, e.Violations())
}

func (e *env) wantNoViolation() {
	e.t.Helper()
	if v := e.Violations(); len(v) > 0 {
		e.t.Errorf("violations %v", v)
	}
}

const (
	clientes = "/geral/clientes/"
	produtos = "/geral/produtos/"
	estoque  = "/estoque/consulta/"
	servicos = "/servicos/servico/"
	ordens   = "/servicos/os/"
	osp      = "/servicos/osp/"
	pedidos  = "/produtos/pedido/"
	pedfat   = "/produtos/pedidovendafat/"
)

func newOS(code string, more ...Record) Record {
	p := Record{
		"Cabecalho":             Record{"cCodIntOS": code, "nCodCli": 7000000001, "dDtPrevisao": "23/11/2026", "cEtapa": "10", "cCodParc": "000"},
		"InformacoesAdicionais": Record{"cCodCateg": "1.01.02", "nCodCC": DefaultAccount},
		"ServicosPrestados":     []any{Record{"nCodServico": 7000000201, "nQtde": 2, "nValUnit": 150.25}},
	}
	for _, m := range more {
		merge(p, m)
	}
	return p
}

func newSale(code string, more ...Record) Record {
	p := Record{
		"cabecalho": Record{"codigo_pedido_integracao": code, "codigo_cliente": 7000000001, "data_previsao": "23/11/2026", "etapa": "10", "codigo_parcela": "000"},
		"det": []any{Record{
			"ide":     Record{"codigo_item_integracao": "1"},
			"produto": Record{"codigo_produto": 7000000101, "quantidade": 3, "valor_unitario": 20.5, "tipo_desconto": "V", "valor_desconto": 1.5},
		}},
		"informacoes_adicionais": Record{"codigo_categoria": "1.01.03", "codigo_conta_corrente": DefaultAccount, "consumidor_final": "S"},
	}
	for _, m := range more {
		merge(p, m)
	}
	return p
}

func TestAServiceOrderIsMadeListedAndConsulted(t *testing.T) {
	e := setup(t)
	made := e.ok(ordens, "IncluirOS", newOS("AUVOT1S"))
	if got := made.Text("cNumOS"); got != "000000000000001" {
		t.Errorf("the write answer's number is %q, want it padded to 15", got)
	}
	row := e.ok(ordens, "ListarOS", Record{"pagina": 1, "registros_por_pagina": 100}).List("osCadastro")[0]
	if got := row.Text("Cabecalho", "cNumOS"); got != "1" {
		t.Errorf("the list's number is %q, want it unpadded", got)
	}
	if got := row.Text("Cabecalho", "nValorTotal"); got != "300.5" {
		t.Errorf("the total is %s", got)
	}
	one := e.ok(ordens, "ConsultarOS", Record{"cCodIntOS": "AUVOT1S"})
	if got := one.Text("Cabecalho", "cCodIntOS"); len(got) != 60 || strings.TrimSpace(got) != "AUVOT1S" {
		t.Errorf("the consulted code is %q, want it padded to 60", got)
	}
	if got := row.Text("InfoCadastro", "dDtAlt") + " " + row.Text("InfoCadastro", "cHrAlt"); got != "23/11/2026 10:00:00" {
		t.Errorf("the stamp is %s, want São Paulo's time", got)
	}
	e.wantNoViolation()
}

func TestASalesOrderIsMadeListedAndConsulted(t *testing.T) {
	e := setup(t)
	made := e.ok(pedidos, "IncluirPedido", newSale("AUVOT1V"))
	if got := made.Text("numero_pedido"); got != "000000000000001" {
		t.Errorf("the number is %q, want it padded to 15", got)
	}
	row := e.ok(pedidos, "ListarPedidos", Record{"pagina": 1, "registros_por_pagina": 100}).List("pedido_venda_produto")[0]
	if got := row.Text("total_pedido", "valor_total_pedido"); got != "60" {
		t.Errorf("the total is %s", got)
	}
	if got := row.List("det")[0].Text("produto", "valor_total"); got != "60" {
		t.Errorf("the item's total is %s", got)
	}
	one := e.ok(pedidos, "ConsultarPedido", Record{"codigo_pedido_integracao": "AUVOT1V"}).Object("pedido_venda_produto")
	if one.Int("cabecalho", "codigo_pedido") != made.Int("codigo_pedido") || one.has("departamentos") {
		t.Errorf("the consulted order is %v", one)
	}
	e.wantNoViolation()
}

func TestACustomerIsMadeChangedAndListed(t *testing.T) {
	e := setup(t)
	made := e.ok(clientes, "IncluirCliente", Record{"codigo_cliente_integracao": "AUVOC5", "razao_social": "Fulano", "nome_fantasia": "Fulano", "cnpj_cpf": "52998224725", "cidade": "CURITIBA (PR)"})
	id := made.Int("codigo_cliente_omie")
	e.ok(clientes, "AlterarCliente", Record{"codigo_cliente_omie": id, "email": "f@example.test", "tags": []any{Record{"tag": "Cliente"}}})
	r := e.ok(clientes, "ConsultarCliente", Record{"codigo_cliente_omie": id})
	for name, want := range map[string]string{"cnpj_cpf": "529.982.247-25", "pessoa_fisica": "S", "estado": "PR", "cidade_ibge": "4106902", "email": "f@example.test"} {
		if got := r.Text(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if rows := e.ok(clientes, "ListarClientes", Record{"pagina": 1, "registros_por_pagina": 100}).List("clientes_cadastro"); len(rows) != 3 {
		t.Errorf("%d customers, want the seeded, the new and the built-in one", len(rows))
	}
	e.wantNoViolation()
}
