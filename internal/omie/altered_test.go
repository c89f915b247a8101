package omie

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/govalues/decimal"

	"ponte/internal/call"
	"ponte/internal/omie/omieapi"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
)

// TestAlteredLinesComeOutAsAsked: whether Omie alters item by item or replaces
// what it holds by what is sent, which is disputed (docs/apis/omie.md §6.7).
func TestAlteredLinesComeOutAsAsked(t *testing.T) {
	a, b, c := service("7000000201", "2", "150.25", "0.5"), service("7000000202", "1", "300", "0"), service("7000000201", "1", "99.99", "0")
	x, y, z := service("7000000101", "2", "20.5", "0.01"), service("7000000104", "1.5", "9", "0"), service("7000000101", "1", "7", "1")
	for _, replaces := range []bool{false, true} {
		for name, lines := range map[string][]int{
			"fewer": {0}, "more": {0, 1, 2, 2}, "other": {1, 2}, "swapped": {1, 0}, "the same": {0, 1}, "no discount": {2, 1}, "quantity in another's place": {2, 0}, "all other": {1},
		} {
			t.Run(fmt.Sprintf("%s, replaced %v", name, replaces), func(t *testing.T) {
				e := setup(t, Options{}, func(s *omiesim.Sim) { s.AlterReplacesItems = replaces })
				e.seed(parts)
				os, pedido := visit(), sale()
				os.Services, pedido.Products = nil, nil
				for _, n := range lines {
					os.Services = append(os.Services, []record.OrderLine{a, b, c}[n])
					pedido.Products = append(pedido.Products, []record.OrderLine{x, y, z}[n])
				}
				got := e.alter(e.made(record.ServiceOrder, "AUVOT1S", visit()), os, record.FieldServices)
				same(t, got.Order.Fields(), os.Fields())
				got = e.alter(e.made(record.SalesOrder, "AUVOT1V", sale()), pedido, record.FieldProducts)
				same(t, got.Order.Fields(), pedido.Fields())
			})
		}
	}
}

func TestOnlyTheUsedProductsThatDifferAreSent(t *testing.T) {
	for name, tt := range map[string]struct{ lines, want []record.OrderLine }{
		"more of one": {[]record.OrderLine{used("7000000101", "4"), used("7000000104", "1")}, nil},
		"one goes":    {[]record.OrderLine{used("7000000104", "1")}, nil},
		"one comes":   {[]record.OrderLine{used("7000000101", "3"), used("7000000104", "1"), used("7000000101", "9")}, nil},
		"all go":      {nil, nil},
		// In another order nothing differs, and Omie's order stays.
		"swapped": {[]record.OrderLine{used("7000000104", "1"), used("7000000101", "3")}, visit().Products},
	} {
		t.Run(name, func(t *testing.T) {
			e := setup(t, Options{}, func(s *omiesim.Sim) { s.StockLeavesAtOnce = true })
			e.seed(parts)
			o := visit()
			o.Products = tt.lines
			made := e.made(record.ServiceOrder, "AUVOT1S", visit())
			p := record.Patch{Now: made, Order: &o, Fields: record.Fields{record.FieldProducts: o.Fields()[record.FieldProducts]}}
			if _, err := e.ServiceOrders.Write.Update(context.Background(), p); err != nil {
				t.Fatal(err)
			}
			want := tt.want
			if want == nil {
				want = tt.lines
			}
			same(t, e.again(made).Order.Products, want)
			e.leftStock(want)
		})
	}
}

// leftStock: what is gone from stock is what the only order uses, once (§6.5).
func (e *env) leftStock(used []record.OrderLine) {
	e.t.Helper()
	left := map[string]decimal.Decimal{}
	for _, l := range used {
		sum, err := left[l.ID].Sub(l.Quantity)
		if err != nil {
			e.t.Fatal(err)
		}
		left[l.ID] = sum
	}
	for _, row := range e.Snapshot().Estoque {
		if got, want := row.Dec("fisico"), left[row.Text("codigo_produto")]; !got.Equal(want) {
			e.t.Errorf("the stock of %s is %s, want %s", row.Text("codigo_produto"), got, want)
		}
	}
}

func TestWhatAPersonChoseInOmieStays(t *testing.T) {
	e := setup(t, Options{})
	e.seed(parts)
	os, pedido := e.made(record.ServiceOrder, "AUVOT1S", visit()), e.made(record.SalesOrder, "AUVOT1V", sale())
	item := e.Snapshot().OS[0].List("ServicosPrestados")
	item[0]["cDescServ"], item[0]["cDadosAdicItem"] = "Visita urgente", "portaria B"
	line := e.Snapshot().Pedidos[0].List("det")
	line[0]["observacao"] = omiesim.Record{"obs_item": "frágil"}
	for _, err := range []error{
		e.Edit("os", record.Number(os.ID), map[string]any{"ServicosPrestados": item, "Cabecalho": omiesim.Record{"cCodParc": "A30"}, "Observacoes": omiesim.Record{"cObsOS": "ligar antes"}}),
		e.Edit("pedidos", record.Number(pedido.ID), map[string]any{"det": line, "cabecalho": omiesim.Record{"codigo_parcela": "A30"}}),
		e.SetStage("os", record.Number(os.ID), "30"), e.SetStage("pedidos", record.Number(pedido.ID), "20"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	os, pedido = e.again(os), e.again(pedido)
	moved := *os.Order
	moved.Forecast = "2026-12-01"
	moved.Services = slices.Clone(moved.Services)
	moved.Services[0].Quantity = num("3")
	moved.Services[0].Description = ""
	os = e.alter(os, moved, record.FieldForecast, record.FieldServices)
	moved = *pedido.Order
	moved.Forecast = "2026-12-01"
	moved.Products = slices.Clone(moved.Products)
	moved.Products[0].Quantity = num("3")
	pedido = e.alter(pedido, moved, record.FieldForecast, record.FieldProducts)

	if o := os.Order; o.Stage != "30" || o.PaymentTerm != "A30" || o.Notes != "ligar antes" || o.Forecast != "2026-12-01" || o.Services[0].Description != "Visita urgente" {
		t.Errorf("the service order holds %+v", o)
	}
	if got := e.Snapshot().OS[0].List("ServicosPrestados")[0].Text("cDadosAdicItem"); got != "portaria B" {
		t.Errorf("the item's note is %q", got)
	}
	if o := pedido.Order; o.Stage != "20" || o.PaymentTerm != "A30" || o.Forecast != "2026-12-01" {
		t.Errorf("the sales order holds %+v", o)
	}
	if got := e.Snapshot().Pedidos[0].List("det")[0].Text("observacao", "obs_item"); got != "frágil" {
		t.Errorf("the item's note is %q", got)
	}
}

func TestUnchangedLinesAreNotSentOnAServiceOrderAndSentAsReadOnASalesOrder(t *testing.T) {
	e := setup(t, Options{})
	e.seed(parts)
	os, pedido := e.made(record.ServiceOrder, "AUVOT1S", visit()), e.made(record.SalesOrder, "AUVOT1V", sale())
	for _, i := range []record.Item{os, pedido} {
		o := *i.Order
		o.Customer, o.Notes = "7000000002", "Tarefa Auvo: 9"
		got := e.alter(i, o, record.FieldCustomer, record.FieldNotes)
		same(t, got.Order, &o)
	}
}

func TestANewItemNeverTakesAnothersCode(t *testing.T) {
	held := omieapi.Pedido{Det: []omieapi.PedidoItemLido{
		{Ide: omieapi.PedidoItemIde{CodigoItem: 1, CodigoItemIntegracao: "2"}}, {Ide: omieapi.PedidoItemIde{CodigoItem: 2, CodigoItemIntegracao: "3"}},
	}}
	line := service("7", "1", "1", "0")
	var codes []string
	for _, item := range alteredItems(held, []record.OrderLine{line, line}, []record.OrderLine{line, line, line, line}) {
		codes = append(codes, item.Ide.CodigoItemIntegracao)
	}
	same(t, codes, []string{"2", "3", "1", "4"})
}

// TestALineBecomesAnotherOnlyOfTheSameRecord: by what is equal first, wherever it stands.
func TestALineBecomesAnotherOnlyOfTheSameRecord(t *testing.T) {
	named := func(l record.OrderLine, name string) record.OrderLine { l.Description = name; return l }
	a1, a2, b, c := service("1", "1", "10", "0"), service("1", "2", "10", "0"), service("2", "1", "50", "0"), service("3", "1", "50", "0")
	for name, tt := range map[string]struct {
		held, want []record.OrderLine
		at         []int
	}{
		"the same":          {[]record.OrderLine{a1, b}, []record.OrderLine{a1, b}, []int{0, 1}},
		"in another order":  {[]record.OrderLine{a1, b}, []record.OrderLine{b, a1}, []int{1, 0}},
		"a quantity":        {[]record.OrderLine{b, a1}, []record.OrderLine{a2, b}, []int{1, 0}},
		"equal before like": {[]record.OrderLine{a1, a2}, []record.OrderLine{a2}, []int{1}},
		"another record":    {[]record.OrderLine{b}, []record.OrderLine{c}, []int{-1}},
		"one more":          {[]record.OrderLine{a1}, []record.OrderLine{a1, a1}, []int{0, -1}},
		"none held":         {nil, []record.OrderLine{a1}, []int{-1}},
		"none wanted":       {[]record.OrderLine{a1}, nil, nil},
		"by its own name":   {[]record.OrderLine{named(a1, "Limpeza"), named(a1, "Reparo")}, []record.OrderLine{named(a1, "REPARO")}, []int{1}},
		"name before price": {[]record.OrderLine{named(a1, "Limpeza"), named(a2, "Reparo")}, []record.OrderLine{named(a1, "Reparo")}, []int{1}},
	} {
		if got := paired(tt.held, tt.want); !slices.Equal(got, tt.at) {
			t.Errorf("%s: %v, want %v", name, got, tt.at)
		}
	}
}

func TestEachUsedProductGoesWithItsOwnAction(t *testing.T) {
	held := omieapi.OS{ProdutosUtilizados: omieapi.OSProdutosLidos{CAcaoProdUtilizados: "REM", CCodCategRem: "1.01.02", ProdutoUtilizado: []omieapi.OSProdutoLido{
		{NIdItemPU: 1, NCodProdutoPU: 7, NQtdePU: *dec(num("2.0"))}, {NIdItemPU: 2, NCodProdutoPU: 7, NQtdePU: *dec(num("1"))}, {NIdItemPU: 3, NCodProdutoPU: 8, NQtdePU: *dec(num("1"))},
	}}}
	has := []record.OrderLine{used("7", "2"), used("7", "1"), used("8", "1")}
	got := alteredProducts(held, has, record.Order{Products: []record.OrderLine{used("7", "2"), used("7", "5"), used("9", "1")}, UsedProducts: "EST"})
	same(t, got, &omieapi.OSProdutosUtilizados{CAcaoProdUtilizados: "REM", CCodCategRem: "1.01.02", ProdutoUtilizado: []omieapi.OSProduto{
		{CAcaoItemPU: "A", NIdItemPU: 2, NCodProdutoPU: 7, NQtdePU: dec(num("5"))},
		{CAcaoItemPU: "I", NCodProdutoPU: 9, NQtdePU: dec(num("1"))},
		{CAcaoItemPU: "E", NIdItemPU: 3, NCodProdutoPU: 8, NQtdePU: dec(num("1"))},
	}})
	if got := alteredProducts(held, has, record.Order{Products: []record.OrderLine{used("8", "1"), used("7", "2"), used("7", "1")}}); got != nil {
		t.Errorf("sends %+v when nothing differs", got)
	}
}

func TestAnAlteredServiceKeepsWhatAPersonWroteAboutIt(t *testing.T) {
	held := omieapi.OSServicoLido{
		NIdItem: 3, NSeqItem: 2, NCodServico: 7, CDescServ: "urgente", CDadosAdicItem: "portaria B", CTpDesconto: "P", NAliqDesconto: *dec(num("10")),
		CRetemISS: "S", CCodCategItem: "1.01.02", NQtde: *dec(num("1")), NValUnit: *dec(num("10")), NValorOutras: *dec(num("2")),
	}
	was := service("7", "1", "10", "1")
	same(t, alteredService(held, was, was), omieapi.OSServico{
		NIdItem: 3, NSeqItem: 2, CAcaoItem: "A", NCodServico: 7, CDescServ: "urgente", CDadosAdicItem: "portaria B", CTpDesconto: "P", NAliqDesconto: dec(num("10")),
		CRetemISS: "S", CCodCategItem: "1.01.02", NQtde: dec(num("1")), NValUnit: dec(num("10")), NValorOutras: dec(num("2")),
	})
	got := alteredService(held, was, service("7", "4", "10", "0"))
	if got.CDescServ != "urgente" || got.CRetemISS != "S" || got.CTpDesconto != "V" || !got.NValorDesconto.IsZero() || got.NAliqDesconto != nil || !got.NQtde.Equal(num("4")) {
		t.Errorf("got %+v", got)
	}
}

// TestAServiceInAnothersPlaceIsANewItem: its taxes come from its own catalogue record.
func TestAServiceInAnothersPlaceIsANewItem(t *testing.T) {
	held := omieapi.OS{ServicosPrestados: []omieapi.OSServicoLido{{NIdItem: 31, NSeqItem: 4, NCodServico: 7, CTribServ: "01"}}}
	got := alteredServices(held, []record.OrderLine{service("7", "1", "10", "0")}, []record.OrderLine{service("8", "1", "10", "0")})
	if len(got) != 2 || got[0].CAcaoItem != "I" || got[0].NIdItem != 0 || got[0].NSeqItem != 5 || got[0].CTribServ != "" || got[1].CAcaoItem != "E" || got[1].NIdItem != 31 || got[1].NSeqItem != 4 {
		t.Errorf("got %+v", got)
	}
}

func TestACustomTermIsLeftAlone(t *testing.T) {
	held := omieapi.OS{Cabecalho: omieapi.OSCabecalhoLido{NCodOS: 7, CCodParc: "999", NCodVend: 5}}
	same(t, alteredHead(held, record.Order{Customer: "3", Forecast: "2026-12-01"}),
		omieapi.OSCabecalho{NCodOS: 7, NCodCli: 3, DDtPrevisao: "01/12/2026", NCodVend: 5})
}

// TestInstalmentsThatAPersonWroteGoBackAsTheyWereRead: the rest of the order may
// change, and what they divide may not.
func TestInstalmentsThatAPersonWroteGoBackAsTheyWereRead(t *testing.T) {
	e := setup(t, Options{})
	e.seed(parts)
	os, pedido := e.made(record.ServiceOrder, "AUVOT1S", visit()), e.made(record.SalesOrder, "AUVOT1V", sale())
	half := func(n int, day string, more omiesim.Record) omiesim.Record {
		more["numero_parcela"], more["valor"], more["percentual"], more["data_vencimento"] = n, 20.25, 50, day
		return more
	}
	ours := []omiesim.Record{half(1, "10/12/2026", omiesim.Record{"meio_pagamento": "17", "nao_gerar_boleto": "S"}), half(2, "10/01/2027", omiesim.Record{"quantidade_dias": 30})}
	theirs := []omiesim.Record{{"nParcela": 1, "nValor": 300, "nPercentual": 100, "dDtVenc": "10/12/2026"}}
	for _, err := range []error{
		e.Edit("pedidos", record.Number(pedido.ID), map[string]any{"cabecalho": omiesim.Record{"codigo_parcela": "999", "qtde_parcelas": 2}, "lista_parcelas": omiesim.Record{"parcela": ours}}),
		e.Edit("os", record.Number(os.ID), map[string]any{"Cabecalho": omiesim.Record{"cCodParc": "999", "nQtdeParc": 1}, "Parcelas": theirs}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	wantSale, wantOS := e.Snapshot().Pedidos[0].List("lista_parcelas", "parcela"), e.Snapshot().OS[0].List("Parcelas")
	for was, lines := range map[record.Kind]string{record.ServiceOrder: record.FieldServices, record.SalesOrder: record.FieldProducts} {
		now := e.again(map[record.Kind]record.Item{record.ServiceOrder: os, record.SalesOrder: pedido}[was])
		o := *now.Order
		o.Forecast, o.Customer, o.Notes = "2026-12-01", "7000000002", "Tarefa Auvo: 9"
		e.alter(now, o, record.FieldForecast, record.FieldCustomer, record.FieldNotes)
		_, err := e.Of(was).Write.Update(t.Context(), record.Patch{Now: e.again(now), Order: &o, Fields: record.Fields{lines: "other"}})
		if failed, ok := errors.AsType[*call.Error](err); !ok || failed.Cause != "custom-instalments" {
			t.Errorf("%s: changed lines give %v", was, err)
		}
	}
	same(t, e.Snapshot().Pedidos[0].List("lista_parcelas", "parcela"), wantSale)
	same(t, e.Snapshot().OS[0].List("Parcelas"), wantOS)
}
