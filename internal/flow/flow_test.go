package flow

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"

	"ponte/internal/config"
	"ponte/internal/reconcile"
	"ponte/internal/record"
)

// account parses flows and orders as the accounts file has them.
func account(t testing.TB, body string) config.Account {
	t.Helper()
	text := "accounts:\n  - id: acme\n    auvo: {api_key: k, api_token: t}\n    omie: {app_key: k, app_secret: s}\n"
	for line := range strings.SplitSeq(body, "\n") {
		text += "    " + line + "\n"
	}
	file, err := config.Parse(strings.NewReader(text), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return file.Accounts[0]
}

const orders = `
orders:
  service_order: {category: "1.01.02", bank_account: 1, salespeople: {501: 77}, city: SAO PAULO (SP), project: 5}
  sales_order: {category: "1.01.03", bank_account: 2, salespeople: {501: 88}}
`

func dec(s string) decimal.Decimal { return decimal.MustParse(s) }

func TestTheTableIsInOrderAndNamed(t *testing.T) {
	if got := Names(); !slices.Equal(got, []string{"customers", "products", "services", "quotations", "tasks"}) {
		t.Errorf("order %v: a quotation comes before the task that it names", got)
	}
	for _, f := range All {
		if (f.Mirror == nil) == (f.Derive == nil) {
			t.Errorf("%s is not exactly one of mirror and derive", f.Name)
		}
		if got, ok := Named(f.Name); !ok || got.Kind != f.Kind {
			t.Errorf("Named(%s) = %v, %v", f.Name, got.Kind, ok)
		}
		if got, ok := Of(f.Kind); !ok || got.Name != f.Name {
			t.Errorf("Of(%s) = %v, %v", f.Kind, got.Name, ok)
		}
	}
	if _, ok := Named("cars"); ok {
		t.Error("a flow that is not there was found")
	}
}

func TestWhichCustomersAreMade(t *testing.T) {
	for _, c := range []struct {
		name, customers string
		side            record.Side
		active, tags    string
		ok              bool
		why             string
	}{
		{"from Omie, tagged", "", record.Omie, "true", "cliente,VIP", true, ""},
		{"from Omie, tagged with accents aside", "tags: [Cliente São]", record.Omie, "true", "CLIENTE SAO", true, ""},
		{"from Omie, untagged", "", record.Omie, "true", "", true, ""},
		{"from Omie, a supplier", "", record.Omie, "true", "Fornecedor", false, "não tem a tag"},
		{"from Auvo", "", record.Auvo, "true", "", true, ""},
		{"from Auvo, one way", "direction: omie-to-auvo", record.Auvo, "true", "", false, "só leva clientes do Omie"},
		{"from Omie, the other way", "direction: auvo-to-omie", record.Omie, "true", "", false, "só leva clientes do Auvo"},
		{"inactive, made", "", record.Omie, "false", "", true, ""},
		{"inactive, skipped", "inactive: skip", record.Omie, "false", "", false, "pula inativos"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := account(t, "flows: {customers: {"+c.customers+"}}")
			i := record.Item{Side: c.side, ID: "55", Fields: record.Fields{"active": c.active, "external_id": "7", "name": "X"}, Facts: map[string]string{record.FactTags: c.tags}}
			got := makeCustomer(a, i)
			if got.OK != c.ok || !strings.Contains(got.Why, c.why) {
				t.Errorf("%+v", got)
			}
			if _, sent := got.Fields["external_id"]; sent {
				t.Error("the external id is sent among the fields")
			}
		})
	}
}

func TestKeysUnderWhichRecordsAreMadeAndMatched(t *testing.T) {
	auvo, omie := record.Item{Side: record.Auvo, ID: "55", Code: "7001"}, record.Item{Side: record.Omie, ID: "7001", Code: "AUVOC55"}
	if a, o := customers.Code(auvo), customers.Code(omie); a != "AUVOC55" || o != "7001" {
		t.Errorf("codes %q, %q", a, o)
	}
	for _, m := range customers.Matches[:2] {
		if m.Value(auvo) != m.Value(omie) {
			t.Errorf("%s: %q and %q", m.Why, m.Value(auvo), m.Value(omie))
		}
	}
	if got := byIntegrationCode.Key(record.Omie, "55"); got.Value != "AUVOC55" {
		t.Errorf("key in Omie %v", got)
	}
	if got := byIntegrationCode.Value(record.Item{Side: record.Omie, Code: "ERP-1"}); got != "" {
		t.Errorf("a foreign integration code matches Auvo's %q", got)
	}
	withDocument := record.Item{Keys: []record.Key{{Name: record.KeyDocument, Value: "1"}}}
	if Doubtful(withDocument, withDocument) || !Doubtful(withDocument, record.Item{}) {
		t.Error("doubt is where one has no document")
	}
	if products.Code(record.Item{Keys: []record.Key{{Name: record.KeySKU, Value: "FIL"}}}) != "FIL" || services.Code(omie) != "7001" {
		t.Error("codes of products and services")
	}
	if got := makeInAuvo(config.Account{}, auvo); got.OK {
		t.Error("what exists only in Auvo was made somewhere")
	}
	inactive := record.Item{Side: record.Omie, Facts: map[string]string{record.FactInactive: "true"}}
	if services.Make(config.Account{}, inactive).OK || !products.Make(config.Account{}, inactive).OK {
		t.Error("inactive: a product carries its status, a service has none in Auvo")
	}
}

func TestStockIsAFieldOnlyWhenItIsMirrored(t *testing.T) {
	for body, want := range map[string]bool{"flows: {products: {}}": true, "flows: {products: {stock: false}}": false} {
		a := account(t, body)
		has := slices.ContainsFunc(productRules(a), func(r reconcile.Rule) bool { return r.Field == record.FieldStock })
		if has != want || (len(products.SkipFeeds(a)) == 0) != want {
			t.Errorf("%s: field %v, skipped feeds %v", body, has, products.SkipFeeds(a))
		}
	}
}

// in is a finished task of a linked customer with one service and one product.
func in(change func(*In)) In {
	svc, prd := dec("150"), dec("71")
	i := In{
		Item: record.Item{Kind: record.Task, Side: record.Auvo, ID: "812", Source: &record.Source{
			CustomerID: "55", CustomerName: "Padaria", Status: record.StatusFinished, TaskType: "7001", CreatorID: "501", CreatorName: "Ana", WorkerID: "502", WorkerName: "Beto",
			Date: time.Date(2026, 3, 12, 11, 0, 0, 0, time.UTC), Changed: time.Date(2026, 3, 10, 11, 0, 0, 0, time.UTC), Description: "Trocar filtro",
			Services: []record.Line{{ID: "s", Name: "Visita", Quantity: dec("1"), UnitPrice: dec("150"), Total: &svc}},
			Products: []record.Line{{ID: "p", Name: "Filtro", Quantity: dec("2"), UnitPrice: dec("35.5"), Total: &prd}},
		}},
		Now: time.Date(2026, 3, 10, 9, 0, 0, 0, saoPaulo), StartFrom: time.Date(2026, 3, 1, 0, 0, 0, 0, saoPaulo),
		Customer: &record.Item{Facts: map[string]string{record.FactGroups: "301,302"}}, Omie: "7001", City: "CAMPINAS (SP)",
		Found: map[string]Ref{"s": {ID: "100"}, "p": {ID: "500"}},
	}
	if change != nil {
		change(&i)
	}
	return i
}

func TestWhenATaskIsReady(t *testing.T) {
	for _, c := range []struct {
		name, tasks string
		change      func(*In)
		excluded    string
		cause       string
		orders      int
	}{
		{name: "ready", orders: 2},
		{name: "another status", change: func(i *In) { i.Item.Source.Status = record.StatusOpened }, excluded: "“aberta”"},
		{name: "another status that the account takes", tasks: "statuses: [opened]", change: func(i *In) { i.Item.Source.Status = record.StatusOpened }, orders: 2},
		{name: "another type", tasks: "task_types: [7002]", excluded: "tipo da tarefa (7001)"},
		{name: "its type", tasks: "task_types: [7002, 7001]", orders: 2},
		{name: "no group of the account's", tasks: "customer_groups: [999]", excluded: "grupos"},
		{name: "a group of the account's", tasks: "customer_groups: [302]", orders: 2},
		{name: "customer not known", tasks: "customer_groups: [302]", change: func(i *In) { i.Customer = nil }, excluded: "grupos"},
		{name: "changed before the start", change: func(i *In) { i.StartFrom = i.Now }, excluded: "antes de 10/03/2026"},
		{name: "changed before the start, but exported", change: func(i *In) { i.StartFrom = i.Now; i.Made = []Made{{Kind: record.ServiceOrder, ID: "1"}} }, orders: 2},
		{name: "deleted", change: func(i *In) { i.Item.Source.Deleted = true }, excluded: "excluída"},
		{name: "deleted after export", change: func(i *In) { i.Item.Source.Deleted = true; i.Made = []Made{{Kind: record.ServiceOrder}} }, cause: "deleted-after-export"},
		{name: "no longer ready", change: func(i *In) { i.Item.Source.Status = record.StatusPaused; i.Made = []Made{{Kind: record.SalesOrder}} }, cause: "no-longer-ready"},
		{name: "pendency, ignored", change: func(i *In) { i.Item.Source.Pendency = "voltar" }, orders: 2},
		{name: "pendency, held", tasks: "hold_pending: true", change: func(i *In) { i.Item.Source.Pendency = "voltar" }, cause: "pending"},
		{name: "blank pendency", tasks: "hold_pending: true", change: func(i *In) { i.Item.Source.Pendency = "  " }, orders: 2},
		{name: "quoted, wait", change: func(i *In) { i.Billed = []record.Ref{{ID: "412"}} }, cause: "billed-by-quotation"},
		{name: "quoted, skip", tasks: "quoted: skip", change: func(i *In) { i.Billed = []record.Ref{{ID: "412"}} }, excluded: "orçamento 412"},
		{name: "quoted, bill", tasks: "quoted: bill", change: func(i *In) { i.Billed = []record.Ref{{ID: "412"}} }, orders: 2},
		{name: "quoted after it was exported itself", change: func(i *In) {
			i.Billed = []record.Ref{{ID: "412"}}
			i.Made = []Made{{Kind: record.ServiceOrder, ID: "1"}}
		}, orders: 2},
		{name: "no customer", change: func(i *In) { i.Item.Source.CustomerID = "" }, cause: "missing-customer"},
		{name: "customer not linked", change: func(i *In) { i.Omie = "" }, cause: "missing-customer"},
		{name: "customer inactive", change: func(i *In) { i.Inactive = true }, cause: "refused"},
		{name: "service not found", change: func(i *In) { delete(i.Found, "s") }, cause: "missing-service"},
		{name: "product not found", change: func(i *In) { delete(i.Found, "p") }, cause: "missing-product"},
		{name: "product inactive", change: func(i *In) { i.Found["p"] = Ref{ID: "500", Inactive: true} }, cause: "refused"},
		{name: "a line of nothing is left out", change: func(i *In) { i.Item.Source.Products[0].Quantity = dec("0"); i.Item.Source.Products[0].Total = nil }, orders: 1},
		{name: "nothing at all", change: func(i *In) { i.Item.Source.Products, i.Item.Source.Services = nil, nil }, cause: "nothing-to-bill"},
		{name: "totals differ", change: func(i *In) { *i.Item.Source.Services[0].Total = dec("149.98") }, cause: "totals-differ"},
		{name: "one cent apart is none", change: func(i *In) { *i.Item.Source.Services[0].Total = dec("149.99") }, orders: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := "flows: {tasks: {create: both"
			if c.tasks != "" {
				body += ", " + c.tasks
			}
			out := tasks.Decide(account(t, body+"}}"+orders), in(c.change))
			check(t, out, c.excluded, c.cause, c.orders)
		})
	}
}

func check(t *testing.T, out Out, excluded, cause string, orders int) {
	t.Helper()
	if (excluded == "") != (out.Excluded == "") || !strings.Contains(out.Excluded, excluded) {
		t.Errorf("excluded %q, want %q", out.Excluded, excluded)
	}
	if got := causeOf(out); got != cause {
		t.Errorf("cause %q, want %q", got, cause)
	}
	if len(out.Orders) != orders {
		t.Errorf("%d orders, want %d: %+v", len(out.Orders), orders, out.Orders)
	}
}

func causeOf(out Out) string {
	if out.Wait == nil {
		return ""
	}
	return out.Wait.Cause
}

func TestWhenAQuotationIsReady(t *testing.T) {
	for _, c := range []struct {
		name, flows string
		change      func(*In)
		excluded    string
		cause       string
		orders      int
	}{
		{name: "approved by name", orders: 1},
		{name: "approved by id", flows: "quotations: {approved_stages: [\"3\"]}", orders: 1},
		{name: "another stage", change: func(i *In) { i.Item.Source.StageName, i.Item.Source.StageID = "aprovado", "4" }, excluded: "“aprovado”"},
		{name: "cancelled", change: func(i *In) { i.Item.Source.StageCancelled = true }, excluded: "cancelado"},
		{name: "its task has a document, no tasks flow", change: func(i *In) { i.Billed = []record.Ref{{ID: "812"}} }, cause: "billed-by-task"},
		{name: "its task has a document, skip", flows: "quotations: {approved_stages: [Aprovado]}, tasks: {create: sales-order, quoted: skip}", change: func(i *In) { i.Billed = []record.Ref{{ID: "812"}} }, excluded: "tarefa 812"},
		{name: "its task has a document, bill", flows: "quotations: {approved_stages: [Aprovado]}, tasks: {create: sales-order, quoted: bill}", change: func(i *In) { i.Billed = []record.Ref{{ID: "812"}} }, orders: 1},
		{name: "both documents", flows: "quotations: {approved_stages: [Aprovado], create: both}", orders: 2},
		{name: "as a service order", flows: "quotations: {approved_stages: [Aprovado], create: service-order}", orders: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			flows := c.flows
			if flows == "" {
				flows = "quotations: {approved_stages: [Aprovado]}"
			}
			i := in(func(i *In) {
				i.Item.Kind, i.Item.ID = record.Quotation, "412"
				i.Item.Source.StageID, i.Item.Source.StageName, i.Item.Source.Requested = "3", "Aprovado", time.Date(2026, 3, 9, 3, 0, 0, 0, time.UTC)
				if c.change != nil {
					c.change(i)
				}
			})
			out := quotations.Decide(account(t, "flows: {"+flows+"}"+orders), i)
			check(t, out, c.excluded, c.cause, c.orders)
			for _, o := range out.Orders {
				if !strings.HasPrefix(o.Code, "AUVOQ412") || o.Order.Notes != "Orçamento Auvo: 412\nSolicitado em: 09/03/2026\nCriado por: 501" {
					t.Errorf("%s: %q", o.Code, o.Order.Notes)
				}
			}
		})
	}
}

func TestWhatEachCreateSettingMakes(t *testing.T) {
	decide := func(create string, change func(*In)) Out {
		return tasks.Decide(account(t, "flows: {tasks: {create: "+create+"}}"+orders), in(change))
	}
	only := func(services, products bool) func(*In) {
		return func(i *In) {
			if !services {
				i.Item.Source.Services = nil
			}
			if !products {
				i.Item.Source.Products = nil
			}
		}
	}
	for _, c := range []struct {
		create             string
		services, products bool
		codes, cause, says string
	}{
		{"service-order", true, true, "AUVOT812S", "", "Os produtos (R$ 71,00) vão como produtos utilizados"},
		{"service-order", true, false, "AUVOT812S", "", ""},
		{"service-order", false, true, "", "nothing-to-bill", ""},
		{"sales-order", true, true, "AUVOT812V", "", "Os serviços (R$ 150,00) não têm lugar"},
		{"sales-order", false, true, "AUVOT812V", "", ""},
		{"sales-order", true, false, "", "nothing-to-bill", ""},
		{"both", true, true, "AUVOT812S AUVOT812V", "", ""},
		{"both", true, false, "AUVOT812S", "", ""},
		{"both", false, true, "AUVOT812V", "", ""},
	} {
		out := decide(c.create, only(c.services, c.products))
		var codes []string
		for _, o := range out.Orders {
			codes = append(codes, o.Code)
		}
		if strings.Join(codes, " ") != c.codes || causeOf(out) != c.cause || !strings.Contains(out.Reason, c.says) {
			t.Errorf("%s, services %v, products %v: %v %q %q", c.create, c.services, c.products, codes, causeOf(out), out.Reason)
		}
	}
	used := decide("service-order", nil).Orders[0].Order
	if used.UsedProducts != "EST" || len(used.Products) != 1 || !used.Products[0].UnitPrice.IsZero() || used.City != "SAO PAULO (SP)" || used.Project != 5 || used.Salesperson != 77 {
		t.Errorf("service order %+v", used)
	}
	if both := decide("both", nil); len(both.Orders[0].Order.Products) != 0 || both.Orders[1].Order.Salesperson != 88 {
		t.Errorf("both: %+v", both.Orders)
	}
	kept := decide("both", func(i *In) {
		i.Made = []Made{{Kind: record.ServiceOrder, ID: "1", Base: record.Fields{BaseMadeAs: "service-order"}}}
	})
	if len(kept.Orders) != 1 {
		t.Errorf("exported as a service order, then set to both: %+v", kept.Orders)
	}
}

func TestAdditionalCosts(t *testing.T) {
	costs := func(i *In) {
		i.Item.Source.Costs = []record.CostLine{{Name: "Pedágio", Value: dec("12.50")}, {Name: "Km", Value: dec("7.5")}}
	}
	left := tasks.Decide(account(t, "flows: {tasks: {create: both}}"+orders), in(costs))
	if !strings.Contains(left.Reason, "Os custos adicionais (R$ 20,00) ficam de fora") || len(left.Orders[0].Order.Services) != 1 {
		t.Errorf("%q %+v", left.Reason, left.Orders[0].Order.Services)
	}
	carried := tasks.Decide(account(t, "flows: {tasks: {create: both, additional_costs_service: 900}}"+orders), in(costs))
	last := carried.Orders[0].Order.Services[1]
	if last.ID != "900" || last.UnitPrice.String() != "20" || strings.Contains(carried.Reason, "custos") {
		t.Errorf("%q %+v", carried.Reason, last)
	}
}

func TestAServiceLineUsesTheRulesTheLinkedOrTheFallbackService(t *testing.T) {
	fallback := strings.Replace(orders, "city:", "fallback_service: 300, city:", 1)
	for _, c := range []struct {
		name, body string
		found      string
		id, descr  string
	}{
		{"linked", orders, "100", "100", ""},
		{"fallback, with the line's own name", fallback, "", "300", "Visita"},
		{"the rule's", orders + "  rules: [{when: {flow: tasks}, service: 400}]\n", "100", "400", "Visita"},
	} {
		out := tasks.Decide(account(t, "flows: {tasks: {create: service-order}}"+c.body), in(func(i *In) { i.Found["s"] = Ref{ID: c.found} }))
		if len(out.Orders) != 1 {
			t.Fatalf("%s: %+v", c.name, out)
		}
		if l := out.Orders[0].Order.Services[0]; l.ID != c.id || l.Description != c.descr {
			t.Errorf("%s: %+v", c.name, l)
		}
	}
}

func TestTheFirstRuleThatMatchesOverrides(t *testing.T) {
	for when, matches := range map[string]bool{
		"flow: tasks": true, "flow: quotations": false, "task_types: [7001]": true, "task_types: [1]": false, "customer_groups: [302]": true, "customer_groups: [9]": false,
		"cities: [campinas]": true, "cities: [\"CAMPINAS (SP)\"]": true, "cities: [Santos]": false, "users: [501]": true, "users: [502]": true, "users: [9]": false,
		"flow: tasks, task_types: [7001], users: [9]": false,
	} {
		body := "flows: {tasks: {create: service-order}}" + orders + "  rules:\n    - when: {" + when + "}\n      stage: \"20\"\n      category: \"2.02\"\n      bank_account: 9\n      payment_term: A30\n      project: 8\n      salesperson: 6\n    - when: {}\n      stage: \"30\"\n"
		out := tasks.Decide(account(t, body), in(nil))
		o := out.Orders[0].Order
		got := o.Stage == "20" && o.Category == "2.02" && o.BankAccount == 9 && o.PaymentTerm == "A30" && o.Project == 8 && o.Salesperson == 6
		if got != matches || (!matches && (o.Stage != "30" || o.Category != "1.01.02")) {
			t.Errorf("{%s}: %+v, %s", when, o, out.Reason)
		}
	}
	out := tasks.Decide(account(t, "flows: {tasks: {create: service-order}}"+orders+"  rules: [{when: {cities: [Campinas]}, create: sales-order}]\n"), in(func(i *In) { i.City = "" }))
	if len(out.Orders) != 1 || out.Orders[0].Kind != record.ServiceOrder {
		t.Errorf("a rule by city matched a customer without one: %+v", out.Orders)
	}
}

func TestTheForecastIsSettledWhenTheDocumentIsMade(t *testing.T) {
	past, later := time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC), time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	made := func(kind record.Kind, forecast, source string) []Made {
		return []Made{{Kind: kind, ID: "1", Base: record.Fields{record.FieldForecast: forecast, BaseSourceDate: source, BaseMadeAs: "both"}}}
	}
	for _, c := range []struct {
		name   string
		kind   record.Kind
		date   time.Time
		made   []Made
		expect string
	}{
		{"the source's date", record.ServiceOrder, later, nil, "2026-03-20"},
		{"a past date stands on a service order", record.ServiceOrder, past, nil, "2026-03-05"},
		{"a past date becomes today on a sales order", record.SalesOrder, past, nil, "2026-03-10"},
		{"none becomes today", record.ServiceOrder, time.Time{}, nil, "2026-03-10"},
		{"settled: the passing of days moves nothing", record.SalesOrder, past, made(record.SalesOrder, "2026-03-06", "2026-03-05"), "2026-03-06"},
		{"a changed date of the source moves it", record.SalesOrder, later, made(record.SalesOrder, "2026-03-06", "2026-03-05"), "2026-03-20"},
		{"the night is São Paulo's", record.ServiceOrder, time.Date(2026, 3, 21, 1, 0, 0, 0, time.UTC), nil, "2026-03-20"},
	} {
		out := tasks.Decide(account(t, "flows: {tasks: {create: both}}"+orders), in(func(i *In) { i.Item.Source.Date = c.date; i.Made = c.made }))
		for _, o := range out.Orders {
			if o.Kind == c.kind && o.Order.Forecast != c.expect {
				t.Errorf("%s: %s, want %s", c.name, o.Order.Forecast, c.expect)
			}
		}
	}
}

func TestNotesAreAsPromised(t *testing.T) {
	i := in(func(i *In) {
		i.Item.Source.CheckIn = time.Date(2026, 3, 12, 11, 10, 0, 0, time.UTC)
		i.Item.Source.Link = "https://app.auvo.com.br/x"
		i.Item.Source.Description = "Linha um\r\nlinha dois | três\x00"
	})
	want := "Tarefa Auvo: 812\nDescrição: Linha um linha dois / três\nColaborador responsável: Beto\nAgendada para: 12/03/2026 08:00\nCheck-in: 12/03/2026 08:10\n" +
		"OS digital: https://app.auvo.com.br/x\nCriada por: 501 – Ana"
	if got := NotesText(taskNotes(i.Item, saoPaulo)); got != want {
		t.Errorf("%q", got)
	}
	bare := NotesText(taskNotes(record.Item{ID: "1", Source: &record.Source{}}, saoPaulo))
	if bare != "Tarefa Auvo: 1" {
		t.Errorf("lines without a value stay: %q", bare)
	}
	i.Item.Source.Description = strings.Repeat("ção ", 3000)
	long := NotesText(taskNotes(i.Item, saoPaulo))
	if n := len([]rune(long)); n > 4000 || n < 3990 || !strings.Contains(long, "…\nColaborador") || !strings.HasSuffix(long, "501 – Ana") {
		t.Errorf("%d characters, end %q", n, long[len(long)-40:])
	}
	if got := record.OwnNotes("Meu recado\n" + want + "\nOutro: recado"); got != want {
		t.Errorf("own notes %q", got)
	}
	if got := record.ReplaceOwnNotes("Antes\n"+want+"\nDepois", "Tarefa Auvo: 1"); got != "Antes\nTarefa Auvo: 1\nDepois" {
		t.Errorf("replaced %q", got)
	}
}

// TestEveryCauseHasASentenceAndANextStep (P6): those of contract.md and ours.
func TestEveryCauseHasASentenceAndANextStep(t *testing.T) {
	causes := strings.Fields(`ambiguous-match nothing-to-bill missing-customer missing-product missing-service invalid-document missing-field too-long
		unreadable-address refused unknown-outcome conflict changed-after-billing deleted-after-export no-longer-ready billed-by-quotation billed-by-task
		held-by-brake totals-differ credentials blocked paused`)
	for _, cause := range append(causes, Causes()...) {
		p := Say(cause, map[string]string{"name": "{hint} <b>", "field": "phone", "side": "omie", "what": "line", "create": "both"})
		if p.Message == "" || p.Hint == "" || strings.Contains(p.Message, "Espera por uma pessoa (") {
			t.Errorf("%s: %+v", cause, p)
		}
		if left := strings.ReplaceAll(p.Message+p.Hint, "{hint}", ""); strings.ContainsAny(left, "{}") {
			t.Errorf("%s leaves a placeholder: %+v", cause, p)
		}
	}
	if p := Say("never-heard-of", nil); !strings.Contains(p.Message, "never-heard-of") || p.Hint == "" {
		t.Errorf("an unknown cause: %+v", p)
	}
	if got := Say("conflict", map[string]string{"field": "phone", "auvo": "{omie}", "omie": "2"}).Message; !strings.Contains(got, "no Auvo “{omie}”, no Omie “2”") {
		t.Errorf("a detail was read as a template: %s", got)
	}
}

func TestWhichCustomerFieldsCross(t *testing.T) {
	for body, want := range map[string]struct {
		way   reconcile.Way
		legal bool
	}{
		"{}":                        {reconcile.Both, false},
		"{direction: omie-to-auvo}": {reconcile.ToAuvo, false},
		"{direction: auvo-to-omie}": {reconcile.ToOmie, false},
		"{name: nome_fantasia}":     {reconcile.Both, true},
	} {
		a := account(t, "flows: {customers: "+body+"}")
		rules := map[string]reconcile.Rule{}
		for _, r := range customerRules(a) {
			rules[r.Field] = r
		}
		_, legal := rules[record.FieldLegalName]
		if rules[record.FieldPhone].Way != want.way || legal != want.legal {
			t.Errorf("%s: %+v", body, rules)
		}
		if own := rules[record.FieldExternalID]; !own.Own || own.Way != reconcile.ToAuvo {
			t.Errorf("%s: external id %+v", body, own)
		}
		if customers.Policy(a) != reconcile.OmieWins || customers.Lookback(a).Std() != 5*time.Hour {
			t.Errorf("%s: defaults %s %v", body, customers.Policy(a), customers.Lookback(a))
		}
	}
	if omieLeads(config.Account{}) != reconcile.OmieWins {
		t.Error("Omie leads products and services")
	}
}
