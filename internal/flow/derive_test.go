package flow

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ponte/internal/record"
)

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

// undone is what is known of a source of which a person undid one kind of order.
func undone(kind record.Kind) map[record.Kind]record.Life {
	return map[record.Kind]record.Life{kind: {Undone: time.Date(2026, 3, 10, 11, 0, 0, 0, time.UTC), Why: "cobrado à mão"}}
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
		{name: "deleted", change: func(i *In) { i.Item.Source.Deleted = true }, excluded: "Não existe mais"},
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
		{name: "undone", change: func(i *In) { i.Lives = undone(record.ServiceOrder) }, excluded: "Desfeito por uma pessoa em 10/03/2026 08:00 (cobrado à mão)."},
		{name: "undone, then edited so that it lacks a part", change: func(i *In) {
			i.Lives = undone(record.SalesOrder)
			i.Found = nil
		}, excluded: "Desfeito"},
		{name: "one of two undone", change: func(i *In) {
			i.Lives = undone(record.ServiceOrder)
			i.Made = []Made{{Kind: record.SalesOrder, ID: "1"}}
		}, orders: 1},
		{name: "made again", change: func(i *In) { i.Lives = map[record.Kind]record.Life{record.ServiceOrder: {Epoch: 1}} }, orders: 2},
		{name: "customer inactive", change: func(i *In) { i.Inactive = true }, cause: "refused"},
		{name: "service inactive", change: func(i *In) { i.Found["s"] = Ref{ID: "100", Inactive: true} }, cause: "refused"},
		{name: "an inactive service that is not billed", change: func(i *In) {
			i.Found["s"] = Ref{ID: "100", Inactive: true}
			i.Item.Source.Services[0].Quantity, i.Item.Source.Services[0].Total = dec("0"), nil
		}, orders: 1},
		{name: "two lines without an id", change: func(i *In) {
			i.Item.Source.Products[0].ID = ""
			i.Item.Source.Products = append(i.Item.Source.Products, i.Item.Source.Products[0])
			i.Found[""] = Ref{ID: "500"}
		}, cause: "missing-product"},
		{name: "one line without an id", change: func(i *In) { i.Item.Source.Products[0].ID = ""; i.Found[""] = Ref{ID: "500"} }, orders: 2},
		{name: "a status that nobody knows", change: func(i *In) { i.Item.Source.Status = "" }, excluded: "“desconhecido”"},
		{name: "a type that is no number", tasks: "task_types: [7001]", change: func(i *In) { i.Item.Source.TaskType = "x" }, excluded: "tipo"},
		{name: "pendency after export", tasks: "hold_pending: true", change: func(i *In) {
			i.Item.Source.Pendency = "voltar"
			i.Made = []Made{{Kind: record.ServiceOrder, ID: "1"}}
		}, orders: 2},
		{name: "quoted, skip, after it was exported itself", tasks: "quoted: skip", change: func(i *In) {
			i.Billed = []record.Ref{{ID: "412"}}
			i.Made = []Made{{Kind: record.SalesOrder, ID: "1"}}
		}, orders: 2},
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
		{name: "its task has a document, but it is exported itself", change: func(i *In) {
			i.Billed = []record.Ref{{ID: "812"}}
			i.Made = []Made{{Kind: record.SalesOrder, ID: "1"}}
		}, orders: 1},
		{name: "cancelled after export", change: func(i *In) {
			i.Item.Source.StageCancelled = true
			i.Made = []Made{{Kind: record.SalesOrder, ID: "1"}}
		}, cause: "no-longer-ready"},
		{name: "for a lead", change: func(i *In) { i.Item.Source.CustomerID = "" }, cause: "missing-customer"},
		{name: "changed before the start", change: func(i *In) { i.StartFrom = i.Now }, excluded: "antes de"},
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

// TestAMissingPartNamesWhatWouldEndTheWait: each record that the decision
// lacked, by every key that could bring it.
func TestAMissingPartNamesWhatWouldEndTheWait(t *testing.T) {
	a := account(t, "flows: {tasks: {create: both}}"+orders)
	for _, c := range []struct {
		name   string
		change func(*In)
		says   string
		lacks  []Lack
	}{
		{"customer", func(i *In) { i.Omie = "" }, "O cliente Padaria ainda não existe no Omie.", []Lack{{record.Customer, record.Auvo, record.Key{Name: record.KeyID, Value: "55"}}}},
		{"no customer", func(i *In) { i.Item.Source.CustomerID = "" }, "Não tem cliente no Auvo.", nil},
		{"inactive customer", func(i *In) { i.Inactive = true }, "O cliente “Padaria” está inativo", []Lack{{record.Customer, record.Omie, record.Key{Name: record.KeyID, Value: "7001"}}}},
		{"inactive service", func(i *In) { i.Found["s"] = Ref{ID: "100", Inactive: true} }, "O serviço “Visita” está inativo", []Lack{{record.Service, record.Omie, record.Key{Name: record.KeyID, Value: "100"}}}},
		{"product", func(i *In) {
			delete(i.Found, "p")
			i.Item.Source.Products[0].Code, i.Item.Source.Products[0].ExternalCode = "4501", "FIL"
		}, "O produto “Filtro” (código FIL) não existe no Omie.", []Lack{
			{record.Product, record.Auvo, record.Key{Name: record.KeyID, Value: "p"}},
			{record.Product, record.Auvo, record.Key{Name: record.KeyID, Value: "4501"}},
			{record.Product, record.Auvo, record.Key{Name: record.KeyGUID, Value: "p"}},
			{record.Product, record.Omie, record.Key{Name: record.KeySKU, Value: "FIL"}},
		}},
		{"service", func(i *In) { delete(i.Found, "s") }, "O serviço “Visita” não está ligado", []Lack{
			{record.Service, record.Auvo, record.Key{Name: record.KeyID, Value: "s"}}, {record.Service, record.Auvo, record.Key{Name: record.KeyGUID, Value: "s"}},
		}},
	} {
		w := tasks.Decide(a, in(c.change)).Wait
		if w == nil {
			t.Errorf("%s: does not wait", c.name)
			continue
		}
		if diff := cmp.Diff(c.lacks, w.Lacks); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if got := Say(w.Cause, w.Detail).Message; !strings.Contains(got, c.says) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
