package omiesim

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// seedCustomers adds n customers whose ids start at 7000002001.
func seedCustomers(e *env, n int) {
	e.t.Helper()
	var rows []Record
	for i := range n {
		rows = append(rows, Record{"codigo_cliente_omie": 7000002001 + i, "razao_social": fmt.Sprint("C", i), "nome_fantasia": "C"})
	}
	if err := e.Seed(Data{Clientes: rows}); err != nil {
		e.t.Fatal(err)
	}
}

func TestPagesHoldAHundredRowsAndTotalsSaySo(t *testing.T) {
	e := setup(t)
	seedCustomers(e, 248)
	seen := 0
	for n := 1; n <= 3; n++ {
		a := e.ok(clientes, "ListarClientes", Record{"pagina": n, "registros_por_pagina": 500})
		seen += len(a.List("clientes_cadastro"))
		if a.Int("total_de_paginas") != 3 || a.Int("total_de_registros") != 250 || int(a.Int("registros")) != len(a.List("clientes_cadastro")) {
			t.Errorf("page %d says %v", n, without(a, "clientes_cadastro"))
		}
	}
	if seen != 250 {
		t.Errorf("%d rows", seen)
	}
	e.wantNoViolation()
	e.refused(clientes, "ListarClientes", page(4))
	e.wantViolation(ReadPastEnd)
}

func TestCustomerWindowsHoldBothEndsToTheSecond(t *testing.T) {
	e := bare(t)
	var rows []Record
	for i, hour := range []string{"09:59:59", "10:00:00", "10:30:00", "11:00:00", "11:00:01"} {
		rows = append(rows, Record{"codigo_cliente_omie": 7000000001 + i, "razao_social": hour, "info": Record{"dInc": "01/01/2026", "hInc": "08:00:00", "dAlt": "23/11/2026", "hAlt": hour}})
	}
	if err := e.Seed(Data{Clientes: rows}); err != nil {
		t.Fatal(err)
	}
	window := Record{"pagina": 1, "filtrar_por_data_de": "23/11/2026", "filtrar_por_hora_de": "10:00:00", "filtrar_por_data_ate": "23/11/2026", "filtrar_por_hora_ate": "11:00:00"}
	var got []string
	for _, r := range e.ok(clientes, "ListarClientes", window).List("clientes_cadastro") {
		got = append(got, r.Text("razao_social"))
	}
	if strings.Join(got, " ") != "10:00:00 10:30:00 11:00:00" {
		t.Errorf("rows %v", got)
	}
	e.refused(clientes, "ListarClientes", merged(window, Record{"filtrar_apenas_inclusao": "S"}))
	e.ok(clientes, "ListarClientes", merged(window, Record{"filtrar_apenas_alteracao": "S"}))
}

func TestSomeCustomerFiltersAreIgnored(t *testing.T) {
	e := setup(t)
	for filter, want := range map[string]int{
		`{"estado":"AC"}`: 2, `{"email":"nobody"}`: 2, `{"cnpj_cpf":"11222333000181"}`: 1, `{"cnpj_cpf":"11.222.333/0001-81"}`: 1,
		`{"razao_social":"acme"}`: 1, `{"tags":[{"tag":"Cliente"}]}`: 1, `{"inativo":"N"}`: 2,
	} {
		var f Record
		if err := json.Unmarshal([]byte(filter), &f); err != nil {
			t.Fatal(err)
		}
		if got := len(e.ok(clientes, "ListarClientes", Record{"clientesFiltro": f}).List("clientes_cadastro")); got != want {
			t.Errorf("%s: %d rows, want %d", filter, got, want)
		}
	}
}

func TestBatchesLeaveOutWhatIsNotThere(t *testing.T) {
	e := setup(t)
	e.ok(ordens, "IncluirOS", newOS("A1"))
	for _, c := range []struct {
		service, call, array string
		param                Record
	}{
		{clientes, "ListarClientes", "clientes_cadastro", Record{"clientesPorCodigo": []any{Record{"codigo_cliente_omie": 7000000001}, Record{"codigo_cliente_integracao": "NO"}}}},
		{produtos, "ListarProdutos", "produto_servico_cadastro", Record{"filtrar_apenas_omiepdv": "N", "produtosPorCodigo": []any{Record{"codigo": "SKU1"}, Record{"codigo": "NO"}}}},
		{ordens, "ListarOS", "osCadastro", Record{"filtrar_por_codigo": []any{Record{"cCodIntOS": "A1"}, Record{"cCodIntOS": "NO"}}}},
	} {
		if got := len(e.ok(c.service, c.call, c.param).List(c.array)); got != 1 {
			t.Errorf("%s: %d rows", c.call, got)
		}
	}
}

func TestProductsAreHiddenUnlessPointsOfSaleAreTurnedOff(t *testing.T) {
	e := setup(t)
	e.wantFault(produtos, "ListarProdutos", page(1), "ERROR: Não existem registros para a página [1]!")
	r := e.ok(produtos, "ListarProdutos", merged(page(1), Record{"filtrar_apenas_omiepdv": "N"})).List("produto_servico_cadastro")[0]
	if got := r.Text("descricao"); got != "Tubo 1/2&quot;" {
		t.Errorf("the name is %q, want its entity escaped", got)
	}
	if r.Int("quantidade_estoque") != 0 {
		t.Error("quantidade_estoque is not 0")
	}
}

func TestStockIsThatOfTheDefaultLocationUnlessAllAreAskedFor(t *testing.T) {
	e := setup(t)
	if err := e.Seed(Data{
		Locais:   []Record{{"codigo_local_estoque": 7000000401, "descricao": "Van", "padrao": "N"}},
		Produtos: []Record{{"codigo_produto": 7000000102, "codigo": "SKU2", "descricao": "Sem movimento"}},
		Estoque:  []Record{{"codigo_produto": 7000000101, "codigo_local_estoque": 7000000401, "fisico": 5}},
	}); err != nil {
		t.Fatal(err)
	}
	rows := e.ok(estoque, "ListarPosEstoque", Record{"nPagina": 1}).List("produtos")
	if len(rows) != 1 || rows[0].Text("nSaldo") != "8" || rows[0].Int("codigo_local_estoque") != DefaultPlace {
		t.Errorf("the default location: %v", rows)
	}
	if rows := e.ok(estoque, "ListarPosEstoque", Record{"nPagina": 1, "lista_local_estoque": "TODOS"}).List("produtos"); len(rows) != 2 {
		t.Errorf("all locations: %v", rows)
	}
	if rows := e.ok(estoque, "ListarPosEstoque", Record{"nPagina": 1, "cExibeTodos": "S"}).List("produtos"); len(rows) != 2 || rows[1].Text("nSaldo") != "0" {
		t.Errorf("with products without movement: %v", rows)
	}
}

func TestShowingAllStockForcesFiftyRows(t *testing.T) {
	e := bare(t)
	var rows []Record
	for i := range 60 {
		rows = append(rows, Record{"codigo": fmt.Sprint("S", i), "descricao": fmt.Sprint("P", i)})
	}
	if err := e.Seed(Data{Produtos: rows}); err != nil {
		t.Fatal(err)
	}
	if a := e.ok(estoque, "ListarPosEstoque", Record{"nPagina": 1, "nRegPorPagina": 100, "cExibeTodos": "S"}); a.Int("nRegistros") != 50 || a.Int("nTotPaginas") != 2 {
		t.Errorf("%v", without(a, "produtos"))
	}
}

func TestStockLeavesAtBillingAndComesBackAtCancellation(t *testing.T) {
	e := setup(t)
	level := func() string {
		return e.ok(estoque, "ListarPosEstoque", Record{"nPagina": 1}).List("produtos")[0].Text("fisico")
	}
	sale := e.ok(pedidos, "IncluirPedido", newSale("V1")).Int("codigo_pedido")
	row := e.ok(estoque, "ListarPosEstoque", Record{"nPagina": 1}).List("produtos")[0]
	if row.Text("nPendente") != "3" || row.Text("fisico") != "10" || row.Text("nSaldo") != "8" {
		t.Errorf("with an open order: %v", row)
	}
	if err := e.Bill("pedidos", sale); err != nil {
		t.Fatal(err)
	}
	if level() != "7" {
		t.Errorf("after billing: %s", level())
	}
	if err := e.Cancel("pedidos", sale); err != nil {
		t.Fatal(err)
	}
	if level() != "10" {
		t.Errorf("after cancelling: %s", level())
	}
	if err := e.MoveStock(7000000101, 0, "-2.5"); err != nil {
		t.Fatal(err)
	}
	if level() != "7.5" {
		t.Errorf("after a movement: %s", level())
	}
}

func TestUsedProductsSentAgainWithIAreTakenTwice(t *testing.T) {
	e := setup(t)
	e.StockLeavesAtOnce = true
	used := Record{"produtosUtilizados": Record{"cAcaoProdUtilizados": "EST", "cCodCategRem": "", "produtoUtilizado": []any{Record{"nCodProdutoPU": 7000000101, "nQtdePU": 2, "cAcaoItemPU": "I"}}}}
	id := e.ok(ordens, "IncluirOS", newOS("A1", used)).Int("nCodOS")
	e.ok(ordens, "AlterarOS", merged(Record{"Cabecalho": Record{"nCodOS": id}}, used))
	if got := e.ok(estoque, "ListarPosEstoque", Record{"nPagina": 1}).List("produtos")[0].Text("fisico"); got != "6" {
		t.Errorf("left in stock: %s, want 10 less twice 2", got)
	}
	row := e.ok(ordens, "ListarOS", page(1)).List("osCadastro")[0]
	if row.has("produtosUtilizados") {
		t.Error("the list shows used products unasked")
	}
	row = e.ok(ordens, "ListarOS", Record{"pagina": 1, "cExibirProdutos": "S"}).List("osCadastro")[0]
	if got := len(row.List("produtosUtilizados", "produtoUtilizado")); got != 2 {
		t.Errorf("%d lines of used products", got)
	}
}

func TestAlteringItemsGoesByActionUnlessTheAccountReplaces(t *testing.T) {
	for _, replaces := range []bool{false, true} {
		e := setup(t)
		e.AlterReplacesItems = replaces
		id := e.ok(ordens, "IncluirOS", newOS("A1", Record{"ServicosPrestados": []any{
			Record{"nCodServico": 7000000201, "nQtde": 1, "nValUnit": 10}, Record{"nCodServico": 7000000201, "nQtde": 1, "nValUnit": 20},
		}})).Int("nCodOS")
		items := e.ok(ordens, "ConsultarOS", Record{"nCodOS": id}).List("ServicosPrestados")
		e.ok(ordens, "AlterarOS", Record{"Cabecalho": Record{"nCodOS": id}, "ServicosPrestados": []any{
			Record{"nSeqItem": 1, "nIdItem": items[0]["nIdItem"], "cAcaoItem": "A", "nQtde": 3},
			Record{"nSeqItem": 3, "cAcaoItem": "I", "nCodServico": 7000000201, "nQtde": 1, "nValUnit": 5},
		}})
		want := map[bool]string{false: "55", true: "35"}[replaces]
		if got := e.ok(ordens, "ConsultarOS", Record{"nCodOS": id}).Text("Cabecalho", "nValorTotal"); got != want {
			t.Errorf("replaces %v: total %s, want %s", replaces, got, want)
		}
		if !replaces {
			e.ok(ordens, "AlterarOS", Record{"Cabecalho": Record{"nCodOS": id}, "ServicosPrestados": []any{
				Record{"nSeqItem": 2, "nIdItem": items[1]["nIdItem"], "cAcaoItem": "E"},
			}})
			if got := len(e.ok(ordens, "ConsultarOS", Record{"nCodOS": id}).List("ServicosPrestados")); got != 2 {
				t.Errorf("after excluding one: %d items", got)
			}
		}
	}
}

func TestAnOrderIsAlteredWholeAndItsItemsKeepTheirIds(t *testing.T) {
	e := setup(t)
	id := e.ok(pedidos, "IncluirPedido", newSale("V1")).Int("codigo_pedido")
	item := e.ok(pedidos, "ConsultarPedido", Record{"codigo_pedido": id}).List("pedido_venda_produto", "det")[0]
	change := newSale("", Record{"det": []any{Record{"ide": Record{"codigo_item": item.Object("ide")["codigo_item"]}, "produto": Record{"codigo_produto": 7000000101, "quantidade": 4, "valor_unitario": 20.5}}}})
	change.block("cabecalho")["codigo_pedido"] = id
	delete(change.block("cabecalho"), "codigo_pedido_integracao")
	e.ok(pedidos, "AlterarPedidoVenda", change)
	after := e.ok(pedidos, "ConsultarPedido", Record{"codigo_pedido": id}).Object("pedido_venda_produto")
	if got := after.List("det")[0].Int("ide", "codigo_item"); got != item.Int("ide", "codigo_item") || len(after.List("det")) != 1 {
		t.Errorf("items after: %v", after.List("det"))
	}
	if got := after.Text("total_pedido", "valor_total_pedido"); got != "80.5" {
		t.Errorf("total %s", got)
	}
	delete(change, "informacoes_adicionais")
	e.wantFault(pedidos, "AlterarPedidoVenda", change, "ERROR: O preenchimento da tag [codigo_categoria] é obrigatório!")
}

func TestAnUnchangedForecastMayHavePassed(t *testing.T) {
	e := setup(t)
	id := e.ok(pedidos, "IncluirPedido", newSale("V1")).Int("codigo_pedido")
	e.SetClock(monday.AddDate(0, 0, 2))
	change := newSale("")
	change.block("cabecalho")["codigo_pedido"] = id
	delete(change.block("cabecalho"), "codigo_pedido_integracao")
	e.ok(pedidos, "AlterarPedidoVenda", change)
	e.PastForecastRefused = true
	e.refused(pedidos, "AlterarPedidoVenda", change)
}

func TestBilledAndCancelledDocumentsAreNotAltered(t *testing.T) {
	for name, end := range map[string]func(*env, string, int64) error{
		"billed":    func(e *env, kind string, id int64) error { return e.Bill(kind, id) },
		"cancelled": func(e *env, kind string, id int64) error { return e.Cancel(kind, id) },
	} {
		e := setup(t)
		id := e.ok(ordens, "IncluirOS", newOS("A1")).Int("nCodOS")
		if err := end(e, "os", id); err != nil {
			t.Fatal(err)
		}
		e.refused(ordens, "AlterarOS", Record{"Cabecalho": Record{"nCodOS": id}, "Observacoes": Record{"cObsOS": "x"}})
		e.wantViolation(BilledAltered)
		r := e.ok(ordens, "ConsultarOS", Record{"nCodOS": id})
		if name == "cancelled" && (r.Text("Cabecalho", "cEtapa") != "10" || r.Text("InfoCadastro", "cCancelada") != "S") {
			t.Errorf("a cancelled OS reads %v", r)
		}
	}
}

func TestACancelledCodeStaysUsedAndAnExcludedOneIsFree(t *testing.T) {
	e := setup(t)
	id := e.ok(ordens, "IncluirOS", newOS("A1")).Int("nCodOS")
	if a := e.ok(osp, "CancelarOS", Record{"nCodOS": id, "cCancelarNfse": "N"}); a.Text("cCodStatus") != "0" {
		t.Errorf("cancelling answers %v", a)
	}
	if a := e.ok(osp, "CancelarOS", Record{"nCodOS": id, "cCancelarNfse": "N"}); a.Text("cCodStatus") != "1" {
		t.Errorf("cancelling again answers %v, want a soft refusal", a)
	}
	e.refused(ordens, "IncluirOS", newOS("A1"))
	e.ok(ordens, "ExcluirOS", Record{"nCodOS": id})
	e.ok(ordens, "IncluirOS", newOS("A1"))
	sale := e.ok(pedidos, "IncluirPedido", newSale("V1")).Int("codigo_pedido")
	e.CancelRefusal = "A NF-e já foi autorizada."
	if a := e.ok(pedfat, "CancelarPedidoVenda", Record{"nCodPed": sale}); a.Text("cCodStatus") != "1" || a.Text("cDescStatus") != e.CancelRefusal {
		t.Errorf("a refused cancellation answers %v", a)
	}
	e.NumericStatus = true
	if a := e.ok(pedidos, "StatusPedido", Record{"codigo_pedido": sale}); a.Text("cancelada") != "N" {
		t.Errorf("the order reads %v", a)
	}
	e.CancelRefusal = ""
	if a := e.ok(pedfat, "CancelarPedidoVenda", Record{"nCodPed": sale}); a["cCodStatus"] != json.Number("0") {
		t.Errorf("the status is %#v, want a number", a["cCodStatus"])
	}
}

func TestTagsAreReplacedWholeAndEmptyStringsErase(t *testing.T) {
	e := setup(t)
	e.ok(clientes, "AlterarCliente", Record{"codigo_cliente_omie": 7000000001, "email": "", "tags": []any{Record{"tag": "Fornecedor"}}})
	r := e.ok(clientes, "ConsultarCliente", Record{"codigo_cliente_omie": 7000000001})
	if len(r.List("tags")) != 1 || r.List("tags")[0].Text("tag") != "Fornecedor" || r.Text("email") != "" || r.Text("nome_fantasia") != "ACME" {
		t.Errorf("after: %v", r)
	}
	if got := r.Text("razao_social"); got != "ACME &amp; FILHOS LTDA" {
		t.Errorf("the name reads %q", got)
	}
}

func TestBothKeysOfACustomerAreRecorded(t *testing.T) {
	e := setup(t)
	e.ok(clientes, "AssociarCodIntCliente", Record{"codigo_cliente_omie": 7000000001, "codigo_cliente_integracao": "AUVOC1"})
	e.ok(clientes, "AlterarCliente", Record{"codigo_cliente_omie": 7000000001, "codigo_cliente_integracao": "AUVOC1", "email": "b@example.test"})
	e.wantViolation(BothIdentifiers)
	e.wantFault(clientes, "AlterarCliente", Record{"codigo_cliente_omie": 7000000001, "codigo_cliente_integracao": "OTHER"},
		"ERROR: Cliente não cadastrado para o Código de Integração [OTHER] !")
}

func TestStagesCountThemselvesAndStartWithAnEmptyRow(t *testing.T) {
	a := bare(t).ok("/produtos/etapafat/", "ListarEtapasFaturamento", page(1))
	rows := a.List("cadastros")
	if len(rows) != 3 || len(rows[0]) != 0 || a.Int("total_de_registros") != 14 {
		t.Errorf("%v", a)
	}
}

func TestCataloguesHaveTheirOwnWayOfBeingEmpty(t *testing.T) {
	e := bare(t)
	if a := e.ok("/geral/projetos/", "ListarProjetos", page(1)); a.Int("total_de_registros") != 0 || a["cadastro"] == nil {
		t.Errorf("no projects: %v", a)
	}
	if a := e.ok("/geral/empresas/", "ListarEmpresas", page(9)); len(a.List("empresas_cadastro")) != 1 {
		t.Errorf("companies past the end: %v", a)
	}
	e.wantFault("/geral/parcelas/", "ListarParcelas", page(9), "ERROR: Não existem registros para a página [9]!")
	if rows := e.ok("/geral/categorias/", "ListarCategorias", Record{"filtrar_por_tipo": "R"}).List("categoria_cadastro"); len(rows) != 3 {
		t.Errorf("usable income categories: %v", rows)
	}
	if rows := e.ok("/geral/contacorrente/", "ListarContasCorrentes", page(1)).List("ListarContasCorrentes"); len(rows) != 1 || rows[0].Int("nCodCC") != DefaultAccount {
		t.Errorf("accounts: %v", rows)
	}
	if rows := e.ok("/geral/cidades/", "PesquisarCidades", Record{"pagina": 1, "filtrar_cidade_contendo": "curi"}).List("lista_cidades"); len(rows) != 1 || rows[0].Text("cCod") != "CURITIBA (PR)" {
		t.Errorf("cities: %v", rows)
	}
}

func TestOrderWindowsMayBeOfTheForecast(t *testing.T) {
	e := setup(t)
	e.ok(pedidos, "IncluirPedido", newSale("V1", Record{"cabecalho": Record{"data_previsao": "10/12/2026"}}))
	today := Record{"pagina": 1, "filtrar_por_data_de": "23/11/2026", "filtrar_por_data_ate": "23/11/2026"}
	e.ok(pedidos, "ListarPedidos", today)
	e.OrdersWindowIsForecast = true
	e.refused(pedidos, "ListarPedidos", today)
	e.ok(pedidos, "ListarPedidos", Record{"pagina": 1, "filtrar_por_data_ate": "31/12/2026"})
}

func TestServiceOrderWindowsAreWholeDays(t *testing.T) {
	e := setup(t)
	e.ok(ordens, "IncluirOS", newOS("A1"))
	for filter, there := range map[string]bool{
		`{"filtrar_por_data_de":"23/11/2026","filtrar_por_data_ate":"23/11/2026"}`: true,
		`{"filtrar_por_data_de":"24/11/2026","filtrar_por_data_ate":"24/11/2026"}`: false, `{"filtrar_por_etapa":"10"}`: true, `{"filtrar_por_etapa":"20"}`: false,
		`{"filtrar_por_status":"N"}`: true, `{"filtrar_por_status":"C"}`: false, `{"filtrar_por_cliente":7000000001}`: true,
	} {
		var p Record
		if err := json.Unmarshal([]byte(filter), &p); err != nil {
			t.Fatal(err)
		}
		if status, _ := e.send(ordens, "ListarOS", p); (status == 200) != there {
			t.Errorf("%s answers %d", filter, status)
		}
	}
	e.wantFault(ordens, "ListarOS", Record{"filtrar_por_hora_de": "10:00:00"}, "ERROR: Tag [FILTRAR_POR_HORA_DE] não faz parte da estrutura do tipo complexo [osListarRequest]!")
}

func TestServicesAreFoundByPrefixAndWindow(t *testing.T) {
	e := setup(t)
	for filter, there := range map[string]bool{
		`{"cDescricao":"visita"}`: true, `{"cDescricao":"tecnica"}`: false, `{"cDescricao":"%tecnica"}`: true,
		`{"inativo":"S"}`: false, `{"dAlteracaoInicial":"23/11/2026","hAlteracaoInicial":"10:00:00"}`: true, `{"dAlteracaoInicial":"23/11/2026","hAlteracaoInicial":"10:00:01"}`: false,
	} {
		var p Record
		if err := json.Unmarshal([]byte(filter), &p); err != nil {
			t.Fatal(err)
		}
		if status, _ := e.send(servicos, "ListarCadastroServico", p); (status == 200) != there {
			t.Errorf("%s answers %d", filter, status)
		}
	}
}

func TestDocumentDiscountsAreExact(t *testing.T) {
	e := setup(t)
	if err := e.Seed(Data{Produtos: []Record{{"codigo_produto": 7000000103, "codigo": "S3", "descricao": "Filtro"}}}); err != nil {
		t.Fatal(err)
	}
	item := func(code string, product int64) Record {
		return Record{"ide": Record{"codigo_item_integracao": code}, "produto": Record{"codigo_produto": product, "quantidade": 1, "valor_unitario": 33.33}}
	}
	p := newSale("V1", Record{"cabecalho": Record{"tipo_desconto_pedido": "V", "valor_desconto_pedido": 10}, "det": []any{item("1", 7000000101), item("2", 7000000103), item("3", 7000000103)}})
	e.ok(pedidos, "IncluirPedido", p)
	r := e.Snapshot().Pedidos[0]
	var parts []string
	for _, item := range r.List("det") {
		parts = append(parts, item.Text("produto", "valor_desconto"))
	}
	if got := strings.Join(parts, " "); got != "3.33 3.33 3.34" || r.Text("total_pedido", "valor_total_pedido") != "89.99" {
		t.Errorf("discounts %s, total %s", got, r.Text("total_pedido", "valor_total_pedido"))
	}
	e.refused(pedidos, "IncluirPedido", newSale("V2", Record{"cabecalho": Record{"tipo_desconto_pedido": "V", "valor_desconto_pedido": 10}}))
}
