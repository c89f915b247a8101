package flow

import (
	"strings"
	"testing"

	"ponte/internal/record"
)

// TestADocumentThatMentionsATaskIsOfferedAndAnAdoptedOneBillsIt has a row for each
// thing that another's document may be to a task.
func TestADocumentThatMentionsATaskIsOfferedAndAnAdoptedOneBillsIt(t *testing.T) {
	doc := Document{Kind: record.ServiceOrder, ID: "9", Title: "OS 15", Made: "2026-03-05", Total: "1200.5", Mention: record.Mention{Text: "Tarefa 812", Where: "nas observações"}}
	adopted := func(i *In) {
		i.Made = []Made{{Kind: record.ServiceOrder, ID: "9", Title: "OS 15", Base: AdoptedBase(*i.Item.Source)}}
	}
	for _, c := range []struct {
		name     string
		change   func(*In)
		cause    string
		says     string
		excluded bool
		orders   int
	}{
		{name: "mentioned", change: func(i *In) { i.Mentioned = []Document{doc} }, cause: "document-exists", says: "OS 15, de 05/03/2026, de R$ 1.200,50 (“Tarefa 812” nas observações)."},
		{name: "mentioned by two", change: func(i *In) { i.Mentioned = []Document{doc, {Kind: record.SalesOrder, ID: "7", Title: "Pedido 3"}} }, cause: "document-exists", says: "E mais 1 que a cita(m): Pedido 3 (sales-order:7)."},
		{name: "mentioned, date and total unknown", change: func(i *In) { i.Mentioned = []Document{{Title: "OS 15"}} }, cause: "document-exists", says: "data desconhecida, de valor desconhecido"},
		{name: "mentioned, not ready", change: func(i *In) { i.Mentioned = []Document{doc}; i.Item.Source.Status = record.StatusPaused }, excluded: true},
		{name: "mentioned, and cannot be made", change: func(i *In) { i.Mentioned = []Document{doc}; i.Found = nil }, cause: "missing-service"},
		{name: "mentioned, and has all its orders", change: func(i *In) {
			i.Mentioned = []Document{doc}
			i.Made = []Made{{Kind: record.ServiceOrder, ID: "1", Code: "AUVOT812S"}, {Kind: record.SalesOrder, ID: "2", Code: "AUVOT812V"}}
		}, orders: 2},
		{name: "mentioned, and lacks one order", change: func(i *In) {
			i.Mentioned = []Document{doc}
			i.Made = []Made{{Kind: record.ServiceOrder, ID: "1", Code: "AUVOT812S"}}
		}, cause: "document-exists"},
		{name: "adopted: the other kind is still made", change: adopted, orders: 2},
		{name: "adopted with used products: it bills all", change: func(i *In) { adopted(i); i.Made[0].Held = &record.Order{Products: []record.OrderLine{{}}} }, orders: 1},
		{name: "adopted, and could not have been made", change: func(i *In) { adopted(i); i.Found = nil }, says: "Uma pessoa ligou OS 15"},
		{name: "adopted, edited since", change: func(i *In) { adopted(i); i.Item.Source.Services[0].Quantity = dec("2") }, cause: "changed-after-billing", says: "ligou OS 15"},
		{name: "adopted, other words since", change: func(i *In) { adopted(i); i.Item.Source.Description = "outra" }, orders: 2},
		{name: "adopted while not ready", change: func(i *In) { adopted(i); i.Item.Source.Status = record.StatusPaused }, excluded: true},
		{name: "adopted, deleted since", change: func(i *In) { adopted(i); i.Item.Source.Deleted = true }, cause: "deleted-after-export"},
		{name: "adopted and compared, not ready since", change: func(i *In) {
			adopted(i)
			i.Made[0].Base[record.FieldCustomer] = "7001"
			i.Item.Source.Status = record.StatusPaused
		}, cause: "no-longer-ready"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := tasks.Decide(account(t, "flows: {tasks: {create: both}}"+orders), in(c.change))
			cause, says := "", out.Reason
			if out.Wait != nil {
				cause, says = out.Wait.Cause, Say(out.Wait.Cause, out.Wait.Detail).Message
			}
			if cause != c.cause || !strings.Contains(says, c.says) || (out.Excluded != "") != c.excluded || len(out.Orders) != c.orders {
				t.Errorf("%q: %s; excluded %q, %d orders", cause, says, out.Excluded, len(out.Orders))
			}
		})
	}
}

func TestAnOrderIsAdoptedWhenItsCodeIsNotItsSources(t *testing.T) {
	source := record.Ref{Kind: record.Task, Side: record.Auvo, ID: "812"}
	for code, want := range map[string]bool{"AUVOT812S": false, "AUVOT812SR1": false, "": true, "812": true, "AUVOT813S": true, "AUVOQ812S": true} {
		if got := (Made{ID: "1", Code: code}).Adopted(source); got != want {
			t.Errorf("code %q is adopted: %v", code, got)
		}
	}
	if (Made{Code: ""}).Adopted(source) {
		t.Error("an order whose outcome is unknown counts as adopted")
	}
}
