package omie

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	"ponte/internal/call"
	"ponte/internal/omie/omieapi"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
)

var parts = omiesim.Data{
	Clientes: []omiesim.Record{acme, {"codigo_cliente_omie": 7000000002, "razao_social": "Outra Ltda", "estado": "SP"}},
	Produtos: []omiesim.Record{tube, {"codigo_produto": 7000000104, "codigo": "SKU4", "descricao": "Filtro", "valor_unitario": 9}},
	Servicos: []omiesim.Record{
		{"intListar": omiesim.Record{"nCodServ": 7000000201}, "cabecalho": omiesim.Record{"cDescricao": "Visita", "nPrecoUnit": 150}},
		{"intListar": omiesim.Record{"nCodServ": 7000000202}, "cabecalho": omiesim.Record{"cDescricao": "Instalação", "nPrecoUnit": 300}},
	},
}

func service(id, quantity, price, discount string) record.OrderLine {
	return record.OrderLine{ID: id, Quantity: num(quantity), UnitPrice: num(price), Discount: num(discount)}
}

func used(id, quantity string) record.OrderLine {
	return record.OrderLine{ID: id, Quantity: num(quantity)}
}

func visit() record.Order {
	return record.Order{
		Customer: "7000000001", Forecast: "2026-11-30", Notes: "Tarefa Auvo: 812\nCheck-in: 23/11/2026 09:00",
		Stage: "10", Category: "1.01.02", BankAccount: omiesim.DefaultAccount, PaymentTerm: "000", Salesperson: omiesim.DefaultSeller,
		City: "SAO PAULO (SP)", UsedProducts: "EST",
		Services: []record.OrderLine{service("7000000201", "2", "150.25", "0.5"), service("7000000202", "1", "300", "0")},
		Products: []record.OrderLine{used("7000000101", "3"), used("7000000104", "1")},
	}
}

func sale() record.Order {
	return record.Order{
		Customer: "7000000001", Forecast: "2026-11-30", Notes: "Orçamento Auvo: 412",
		Stage: "10", Category: "1.01.03", BankAccount: omiesim.DefaultAccount, PaymentTerm: "000", Salesperson: omiesim.DefaultSeller, FinalConsumer: true,
		Products: []record.OrderLine{service("7000000101", "2", "20.5", "0.01"), service("7000000104", "1.5", "9", "0")},
	}
}

// orders are the two kinds with an order of each.
func orders() map[record.Kind]record.Order {
	return map[record.Kind]record.Order{record.ServiceOrder: visit(), record.SalesOrder: sale()}
}

// made makes an order and reads it back.
func (e *env) made(kind record.Kind, code string, o record.Order) record.Item {
	e.t.Helper()
	i, err := e.Of(kind).Write.Create(context.Background(), record.Draft{Kind: kind, Code: code, Order: &o})
	if err != nil {
		e.t.Fatal(err)
	}
	same(e.t, e.again(i), i, stampless, cmpopts.IgnoreFields(record.OrderLine{}, "Description"))
	return e.again(i)
}

// alter writes fields of an order and reads it back.
func (e *env) alter(now record.Item, o record.Order, fields ...string) record.Item {
	e.t.Helper()
	p := record.Patch{Kind: now.Kind, Now: now, Order: &o, Fields: record.Fields{}}
	for _, f := range fields {
		p.Fields[f] = o.Fields()[f]
	}
	i, err := e.Of(now.Kind).Write.Update(context.Background(), p)
	if err != nil {
		e.t.Fatal(err)
	}
	got := e.again(now)
	// Omie keeps the lines in an order of its own, which is nobody's edit.
	byLine := cmpopts.SortSlices(func(a, b record.OrderLine) bool {
		return a.ID+" "+a.Quantity.String() < b.ID+" "+b.Quantity.String()
	})
	same(e.t, got, i, stampless, byLine, cmpopts.IgnoreFields(record.OrderLine{}, "Description"))
	return got
}

func TestAnOrderIsReadBackAsItWasMade(t *testing.T) {
	for kind, o := range orders() {
		t.Run(string(kind), func(t *testing.T) {
			e := setup(t, Options{})
			e.seed(parts)
			got := e.made(kind, "AUVOT812S", o)
			same(t, got.Order.Fields(), o.Fields())
			title := map[record.Kind]string{record.ServiceOrder: "OS 1", record.SalesOrder: "Pedido 1"}[kind]
			if got.Title != title || got.Code != "AUVOT812S" || got.Fact(record.FactStage) != "10" {
				t.Errorf("got %q under %q in stage %q", got.Title, got.Code, got.Fact(record.FactStage))
			}
		})
	}
}

func TestAnOrderMailsAndChargesNothing(t *testing.T) {
	e := setup(t, Options{})
	e.seed(parts)
	e.made(record.ServiceOrder, "AUVOT1S", visit())
	e.made(record.SalesOrder, "AUVOT1V", sale())
	mail := e.Snapshot().OS[0].Object("Email")
	for _, flag := range []string{"cEnvRecibo", "cEnvLink", "cEnvBoleto", "cEnvPix", "cEnvViaUnica"} {
		if mail.Text(flag) != "N" {
			t.Errorf("%s is %q", flag, mail.Text(flag))
		}
	}
	pedido := e.Snapshot().Pedidos[0]
	if pedido.Text("informacoes_adicionais", "enviar_email") != "N" || pedido.Text("informacoes_adicionais", "enviar_pix") != "N" || pedido.Text("frete", "modalidade") != "9" {
		t.Errorf("got %v", pedido)
	}
}

func TestOrdersAreFoundByCodeWithoutAFault(t *testing.T) {
	for _, forecasts := range []bool{false, true} {
		for kind, o := range orders() {
			t.Run(string(kind), func(t *testing.T) {
				e := setup(t, Options{}, func(s *omiesim.Sim) { s.OrdersWindowIsForecast = forecasts })
				e.seed(parts)
				first, second := e.made(kind, "AUVOT1S", o), e.made(kind, "AUVOT2S", o)
				near := record.Near{KnownID: first.ID, Since: monday}
				same(t, ids(e.find(kind, near, record.KeyCode, "AUVOT2S")), []string{second.ID})
				same(t, ids(e.find(kind, near, record.KeyCode, "AUVOT9S")), []string{})
				near.Since = monday.AddDate(-1, 0, 0)
				same(t, ids(e.find(kind, near, record.KeyCode, "AUVOT2S", "AUVOT1S")), []string{first.ID, second.ID})
				same(t, ids(e.find(kind, near, record.KeyID, "none", second.ID)), []string{second.ID})
				if _, err := e.Of(kind).Find.Find(context.Background(), []record.Key{{Name: record.KeyName}}, near); !errors.Is(err, record.ErrNoLookup) {
					t.Errorf("got %v for a name", err)
				}
			})
		}
	}
}

func TestAnOrderThatIsGoneIsNotFound(t *testing.T) {
	e := setup(t, Options{})
	e.faults = 1
	same(t, ids(e.find(record.SalesOrder, record.Near{}, record.KeyID, "7000000999")), []string{})
}

// TestAnOrderThatAPersonDeletedCostsNoFault: as long as an order of about its number is there.
func TestAnOrderThatAPersonDeletedCostsNoFault(t *testing.T) {
	for kind, o := range orders() {
		t.Run(string(kind), func(t *testing.T) {
			e := setup(t, Options{})
			e.seed(parts)
			gone, stays := e.made(kind, "AUVOT1S", o), e.made(kind, "AUVOT2S", o)
			list := map[record.Kind]string{record.ServiceOrder: "os", record.SalesOrder: "pedidos"}[kind]
			if err := e.Remove(list, record.Number(gone.ID)); err != nil {
				t.Fatal(err)
			}
			for was, want := range map[string][]string{gone.ID: {}, stays.ID: {stays.ID}} {
				near := record.Near{KnownID: stays.ID, Numbers: map[string]string{gone.ID: gone.Fact(record.FactNumber), stays.ID: stays.Fact(record.FactNumber)}}
				same(t, ids(e.find(kind, near, record.KeyID, was)), want)
			}
		})
	}
}

// TestAnOrderIsConsultedWhereTheNumberFilterIsNotApplied: absence from a list of
// other numbers proves nothing.
func TestAnOrderIsConsultedWhereTheNumberFilterIsNotApplied(t *testing.T) {
	e := setup(t, Options{})
	e.seed(parts)
	e.unfiltered = true
	first := e.made(record.SalesOrder, "AUVOT1V", sale())
	near := record.Near{Numbers: map[string]string{first.ID: "4000", "7000000999": "4000"}} // a person may have renumbered it
	same(t, ids(e.find(record.SalesOrder, near, record.KeyID, first.ID)), []string{first.ID})
	e.made(record.SalesOrder, "AUVOT2V", sale())
	e.faults = 1
	same(t, ids(e.find(record.SalesOrder, near, record.KeyID, "7000000999")), []string{})
}

func TestOrdersAreListedByTheirWindow(t *testing.T) {
	for kind, o := range orders() {
		t.Run(string(kind), func(t *testing.T) {
			e := setup(t, Options{})
			e.seed(parts)
			made := e.made(kind, "AUVOT1S", o)
			feed := e.Of(kind).Feeds[0]
			if feed.Cycle || !feed.Windowed {
				t.Errorf("the feed is %+v", feed)
			}
			items, _ := recordtest.Read(e.t, feed, record.Window{Since: monday.AddDate(-1, 0, 0), Until: monday.AddDate(1, 0, 0)})
			same(t, items, []record.Item{made}, stampless)
			e.faults = 1
			items, _ = recordtest.Read(e.t, feed, record.Window{Since: monday.AddDate(-1, 0, 0), Until: monday.AddDate(0, 0, -2)})
			same(t, ids(items), []string{})
		})
	}
}

func TestAPercentageIsReadAsAnAmount(t *testing.T) {
	for _, tt := range []struct{ kind, percent, value, want string }{
		{"V", "0", "1.5", "1.5"}, {"P", "10", "0", "6.68"}, {"", "0", "9", "0"},
	} {
		got := discountOf(omieapi.Text(tt.kind), *dec(num(tt.percent)), *dec(num(tt.value)), *dec(num("3")), *dec(num("22.25")))
		if !got.Equal(num(tt.want)) {
			t.Errorf("%+v is %s", tt, got)
		}
	}
}

func TestBilledAndCancelledOrdersAreToldApart(t *testing.T) {
	for kind, o := range orders() {
		t.Run(string(kind), func(t *testing.T) {
			e := setup(t, Options{})
			e.seed(parts)
			billed, cancelled := e.made(kind, "AUVOT1S", o), e.made(kind, "AUVOT2S", o)
			name := map[record.Kind]string{record.ServiceOrder: "os", record.SalesOrder: "pedidos"}[kind]
			if err := e.Bill(name, record.Number(billed.ID)); err != nil {
				t.Fatal(err)
			}
			if err := e.Of(kind).Stop.Cancel(context.Background(), cancelled.ID); err != nil {
				t.Fatal(err)
			}
			billed, cancelled = e.again(billed), e.again(cancelled)
			for _, tt := range []struct {
				i                 record.Item
				billed, cancelled string
			}{{billed, "true", "false"}, {cancelled, "false", "true"}} {
				if tt.i.Fact(record.FactBilled) != tt.billed || tt.i.Fact(record.FactCancelled) != tt.cancelled {
					t.Errorf("%s has facts %v", tt.i.Title, tt.i.Facts)
				}
			}
		})
	}
}

func TestRefusalsAndUnclearWritesOfOrdersPassThrough(t *testing.T) {
	for kind, o := range orders() {
		t.Run(string(kind), func(t *testing.T) {
			e := setup(t, Options{})
			e.seed(parts)
			e.faults = 3
			method := map[record.Kind]string{record.ServiceOrder: "IncluirOS", record.SalesOrder: "IncluirPedido"}[kind]
			write := e.Of(kind).Write
			e.Break(omiesim.Fault{Call: method, Mode: omiesim.After})
			for _, want := range []call.Reaction{call.Unclear, call.Exists} {
				if _, err := write.Create(context.Background(), record.Draft{Code: "AUVOT1S", Order: &o}); call.ReactionOf(err) != want {
					t.Errorf("got %v, want %s", err, want)
				}
			}
			o.Category = "9.99"
			if _, err := write.Create(context.Background(), record.Draft{Code: "AUVOT2S", Order: &o}); call.ReactionOf(err) != call.WaitForPerson {
				t.Errorf("got %v", err)
			}
			unread := record.Patch{Now: record.Item{ID: "7"}, Order: &o}
			if _, err := write.Update(context.Background(), unread); call.ReactionOf(err) != call.GiveUp {
				t.Errorf("got %v for an order that was not read", err)
			}
		})
	}
}

func TestWhatOmieWouldRefuseOfAnOrderIsKnownBefore(t *testing.T) {
	e := setup(t, Options{})
	change := func(o record.Order, f func(*record.Order)) *record.Order { f(&o); return &o }
	for name, tt := range map[string]struct {
		kind  record.Kind
		order *record.Order
		want  []string
	}{
		"whole OS":     {record.ServiceOrder, change(visit(), func(*record.Order) {}), nil},
		"whole pedido": {record.SalesOrder, change(sale(), func(*record.Order) {}), nil},
		"no order":     {record.SalesOrder, nil, nil},
		"bare":         {record.ServiceOrder, &record.Order{}, []string{"customer missing-field 0", "forecast missing-field 0", "services missing-field 0"}},
		"no items":     {record.SalesOrder, change(sale(), func(o *record.Order) { o.Products = nil }), []string{"products missing-field 0"}},
		"odd date":     {record.SalesOrder, change(sale(), func(o *record.Order) { o.Forecast = "30/11/2026" }), []string{"forecast missing-field 0"}},
		"long notes":   {record.SalesOrder, change(sale(), func(o *record.Order) { o.Notes = strings.Repeat("á", 4001) }), []string{"notes too-long 4000"}},
		"no quantity":  {record.ServiceOrder, change(visit(), func(o *record.Order) { o.Services[0].Quantity = num("0") }), []string{"services missing-field 0"}},
		"unnamed part": {record.ServiceOrder, change(visit(), func(o *record.Order) { o.Products[0].ID = "" }), []string{"products missing-field 0"}},
		"200 products": {record.SalesOrder, change(sale(), func(o *record.Order) { o.Products = slices.Repeat(o.Products, 100) }), []string{"products too-long 199"}},
		"198 products": {record.SalesOrder, change(sale(), func(o *record.Order) { o.Products = slices.Repeat(o.Products, 99) }), nil},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, troubles(e.Of(tt.kind).Write.Check(record.Draft{Kind: tt.kind, Code: "AUVOT1S", Order: tt.order})), tt.want)
		})
	}
}

func TestNumbersOfOrdersAreShownWithoutPadding(t *testing.T) {
	for text, want := range map[string]string{"000000000000018": "18", "15": "15", "": "", "000": "000", "A-7": "A-7"} {
		if got := orderNumber(text); got != want {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
}
