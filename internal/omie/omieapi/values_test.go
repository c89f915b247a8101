package omieapi

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNumbersAreReadHoweverTheyCome(t *testing.T) {
	for in, want := range map[string]Int{
		`7000000001`: 7000000001, `"7000000001"`: 7000000001, `" 5 "`: 5, `""`: 0, `null`: 0, `{}`: 0, `[]`: 0, `12.0`: 12, `"1e3"`: 1000, `-1`: -1,
	} {
		var n Int
		if err := json.Unmarshal([]byte(in), &n); err != nil || n != want {
			t.Errorf("%s: got %d, %v", in, n, err)
		}
	}
	for in, want := range map[string]string{
		`150.25`: "150.25", `"150.25"`: "150.25", `150.29999999999998`: "150.3", `300.50000000000006`: "300.5", `""`: "0", `null`: "0",
		`10`: "10", `-0.5`: "-0.5", `1.5e2`: "150", `0.0000000000000001`: "0", `{}`: "0",
	} {
		var d Dec
		if err := json.Unmarshal([]byte(in), &d); err != nil || d.String() != want {
			t.Errorf("%s: got %s, %v", in, d, err)
		}
		if b, err := json.Marshal(d); err != nil || string(b) != want {
			t.Errorf("%s is written as %s, %v", in, b, err)
		}
	}
	for _, bad := range []string{`"um"`, `true`, `1.5`, `99999999999999999999`} {
		if err := json.Unmarshal([]byte(bad), new(Int)); err == nil {
			t.Errorf("%s passes as a whole number", bad)
		}
	}
}

func TestTextsAreReadAsPeopleMeanThem(t *testing.T) {
	for in, want := range map[string]Text{
		`" ABC   "`: "ABC", `"1/2&quot; &amp;amp;"`: `1/2" &amp;`, `123`: "123", `null`: "", `{}`: "", `"SILVA&LTDA"`: "SILVA&LTDA", `"a&#39;b&#x41;"`: "a'bA",
	} {
		var s Text
		if err := json.Unmarshal([]byte(in), &s); err != nil || s != want {
			t.Errorf("%s: got %q, %v", in, s, err)
		}
	}
	for in, want := range map[string]SN{`"S"`: true, `"s"`: true, `true`: true, `"N"`: false, `""`: false, `null`: false} {
		var f SN
		if err := json.Unmarshal([]byte(in), &f); err != nil || f != want {
			t.Errorf("%s: got %t, %v", in, f, err)
		}
	}
}

func TestStampsAreSaoPauloTime(t *testing.T) {
	got, ok := Instante("02/01/2026", "09:10:11")
	if want := time.Date(2026, 1, 2, 12, 10, 11, 0, time.UTC); !ok || !got.Equal(want) {
		t.Errorf("got %s, %t", got, ok)
	}
	if got, ok := Instante("02/01/2026", ""); !ok || got.Hour() != 0 {
		t.Errorf("an empty hour: %s, %t", got, ok)
	}
	for _, bad := range []Text{"", "2026-01-02", "99/99/9999"} {
		if _, ok := Instante(bad, "10:00:00"); ok {
			t.Errorf("%q passes as a date", bad)
		}
	}
	de := time.Date(2026, 11, 24, 2, 30, 0, 0, time.UTC)
	want := Janela{De: "23/11/2026", HoraDe: "23:30:00", Ate: "24/11/2026", HoraAte: "00:30:00"}
	if got := NovaJanela(de, de.Add(time.Hour)); got != want {
		t.Errorf("got %+v", got)
	}
}

func TestAPageIsReadInBothDialectsAndABadRowStopsOnlyItself(t *testing.T) {
	page, err := readPage[Produto]([]byte(`{"pagina":"2","total_de_paginas":3,"registros":2,"total_de_registros":202,"cDesStatus":"Elapsed",
		"produto_servico_cadastro":[{"codigo_produto":"7","valor_unitario":1.10,"info":[]},{"codigo_produto":"x"}]}`), "produto_servico_cadastro")
	if err != nil || len(page.Itens) != 2 {
		t.Fatalf("got %+v, %v", page, err)
	}
	if page.Pagina != 2 || page.TotalDePaginas != 3 || page.Registros != 2 || page.TotalDeRegistros != 202 {
		t.Errorf("totals: %+v", page)
	}
	if p := page.Itens[0]; p.Erro != nil || p.CodigoProduto != 7 || len(p.Raw) == 0 {
		t.Errorf("the good row: %+v", p)
	}
	if p := page.Itens[1]; p.Erro == nil || string(p.Raw) != `{"codigo_produto":"x"}` {
		t.Errorf("the bad row: %+v", p)
	}
	servicos, err := readPage[Servico]([]byte(`{"nPagina":1,"nTotPaginas":1,"nRegistros":0,"nTotRegistros":0,"cadastros":null}`), "cadastros")
	if err != nil || servicos.TotalDePaginas != 1 || len(servicos.Itens) != 0 {
		t.Errorf("got %+v, %v", servicos, err)
	}
}

func TestStagesComeWithoutTheEmptyRow(t *testing.T) {
	c, mux := setup(t)
	answers(mux, "produtos/etapafat", reply{200, `{"pagina":1,"total_de_paginas":1,"registros":8,"total_de_registros":8,
		"cadastros":[{},{"cCodOperacao":"01","etapas":[{"cCodigo":"10","cDescricao":"Ordem de Serviço"}]}]}`})
	page, err := c.ListarEtapasFaturamento(t.Context(), Paginacao{})
	if err != nil || len(page.Itens) != 1 || page.Itens[0].Etapas[0].CCodigo != "10" {
		t.Errorf("got %+v, %v", page, err)
	}
}

// The read shapes of omie-api.md §3.4, §5 and §6.8, and ConsultarPedido's wrapping.
func TestTheShapesOfTheFactSheetAreRead(t *testing.T) {
	var s Servico
	decode(t, `{"cabecalho":{"cDescricao":"Visita tecnica","nPrecoUnit":150},"impostos":"","info":{"dAlt":"01/01/2026","hAlt":"10:00:00","inativo":"S"},"intListar":{"cCodIntServ":"","nCodServ":7000000100}}`, &s)
	if at, ok := s.Info.Carimbos.Alterado(); s.IntListar.NCodServ != 7000000100 || !bool(s.Info.Inativo) || !ok || at.Hour() != 10 {
		t.Errorf("service: %+v", s)
	}
	var os OS
	decode(t, `{"Cabecalho":{"cCodIntOS":"AUVOT1S    ","cNumOS":"15","nCodOS":"7000000200","nValorTotal":300.5},"Departamentos":[],
		"InfoCadastro":{"cCancelada":"N","cFaturada":"S","dDtInc":"01/02/2026","cHrInc":"10:00:00"},"Observacoes":{},"produtosUtilizados":[],
		"ServicosPrestados":[{"nCodServico":7000000100,"nIdItem":7000000201,"nQtde":2,"nValUnit":150.25,"impostos":{"nAliqISS":2}}]}`, &os)
	if os.Cabecalho.CCodIntOS != "AUVOT1S" || os.Cabecalho.NCodOS != 7000000200 || !bool(os.InfoCadastro.CFaturada) || os.ServicosPrestados[0].NValUnit.String() != "150.25" {
		t.Errorf("service order: %+v", os)
	}
	c, mux := setup(t)
	answers(mux, "produtos/pedido", reply{200, `{"pedido_venda_produto":{"cabecalho":{"codigo_pedido":7000000600,"numero_pedido":"000000000000101"},
		"det":{"ide":{"codigo_item":9},"produto":{"codigo_produto":"7","quantidade":1,"valor_unitario":200,"tipo_desconto":"V","valor_desconto":0.01},"inf_adic":"","observacao":{"obs_item":"nota"}},
		"infoCadastro":{"cancelado":"S","dAlt":"01/02/2026","hAlt":"10:00:00"}}}`})
	p, err := c.ConsultarPedido(t.Context(), PedidoChave{CodigoPedido: 7000000600})
	if err != nil || p.Cabecalho.CodigoPedido != 7000000600 || !bool(p.InfoCadastro.Cancelado) || len(p.Det) != 1 {
		t.Fatalf("sales order: %+v, %v", p, err)
	}
	got, err := json.Marshal(p.Det[0].ItemParaAlterar())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"ide":{"codigo_item":9},"produto":{"codigo_produto":7,"quantidade":1,"valor_unitario":200,"tipo_desconto":"V","valor_desconto":0.01},"observacao":{"obs_item":"nota"}}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func decode(t *testing.T, body string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), into); err != nil {
		t.Fatal(err)
	}
}

func FuzzDecodersNeverPanic(f *testing.F) {
	f.Add([]byte(`{"pagina":1,"osCadastro":[{"Cabecalho":[],"InfoCadastro":""}]}`))
	f.Add([]byte(`{"pagina":{},"osCadastro":{"produtosUtilizados":{"produtoUtilizado":{}}}}`))
	f.Add([]byte(`{"osCadastro":[1,null,"x",[]]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, _ = readPage[OS](body, "osCadastro")
		_, _ = readPage[Pedido](body, "osCadastro")
		_, _ = readPage[Servico](body, "osCadastro")
		_, _ = readPage[Produto](body, "osCadastro")
		_, _ = readPage[PosEstoque](body, "osCadastro")
		_, _ = readPage[LocalEstoque](body, "osCadastro")
		_, _ = readPage[Categoria](body, "osCadastro")
		_, _ = readPage[ContaCorrente](body, "osCadastro")
		_, _ = readPage[Parcela](body, "osCadastro")
		_, _ = readPage[OperacaoEtapas](body, "osCadastro")
		_, _ = readPage[Vendedor](body, "osCadastro")
		_, _ = readPage[Projeto](body, "osCadastro")
		_, _ = readPage[Empresa](body, "osCadastro")
		page, err := readPage[Cliente](body, "osCadastro")
		for _, row := range page.Itens {
			if err == nil && row.Erro == nil && len(row.Raw) == 0 {
				t.Errorf("a row without its raw text in %s", body)
			}
			_, _ = RegistroParaAlterar(row.Raw)
		}
	})
}
