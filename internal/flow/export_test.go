package flow

import (
	"strings"
	"testing"

	"ponte/internal/reconcile"
	"ponte/internal/record"
)

func TestAnOrderStandsAsItWasRead(t *testing.T) {
	order := func(billed, cancelled, stage string) record.Item {
		return record.Item{Facts: map[string]string{record.FactBilled: billed, record.FactCancelled: cancelled, record.FactStage: stage}}
	}
	for _, tt := range []struct {
		held          record.Item
		found, shared bool
		want          Standing
	}{
		{order("false", "false", "10"), true, false, Open},
		{order("true", "false", "60"), true, false, Billed},
		{order("false", "true", "10"), true, false, Cancelled},
		{order("true", "true", "60"), true, false, Cancelled},
		{order("false", "false", "30"), true, false, Frozen},
		{order("true", "false", "30"), true, false, Billed},
		{order("false", "false", "30"), true, true, Shared},
		{order("true", "false", "60"), true, true, Billed},
		{record.Item{}, false, true, Gone},
	} {
		if got := StandingOf(tt.held, tt.found, tt.shared, []string{"20", "30"}); got != tt.want {
			t.Errorf("%v stands %s, want %s", tt.held.Facts, got, tt.want)
		}
	}
}

func TestAnOrderPartsFromItsSource(t *testing.T) {
	for _, tt := range []struct {
		cause    string
		standing Standing
		onDelete string
		want     Parting
	}{
		{"no-longer-ready", Open, "cancel", TellOf},
		{"no-longer-ready", Billed, "cancel", TellOf},
		{"no-longer-ready", Cancelled, "wait", LeaveIt},
		{"deleted-after-export", Open, "wait", TellOf},
		{"deleted-after-export", Open, "cancel", CancelIt},
		{"deleted-after-export", Frozen, "cancel", TellOf},
		{"deleted-after-export", Billed, "cancel", TellOf},
		{"deleted-after-export", Gone, "cancel", LeaveIt},
	} {
		if got := Part(tt.cause, tt.standing, tt.onDelete); got != tt.want {
			t.Errorf("%s, %s, %s: %q, want %q", tt.cause, tt.standing, tt.onDelete, got, tt.want)
		}
	}
}

func TestWhatChangedOfAnOrderIsSaidForPeople(t *testing.T) {
	titles := func(kind record.Kind, id string) string { return string(kind) + " " + id }
	order := func(customer, forecast, notes string, lines ...record.OrderLine) record.Fields {
		return record.Order{Customer: customer, Forecast: forecast, Notes: notes, Services: lines}.Fields()
	}
	visit := record.OrderLine{ID: "7", Quantity: dec("1.5"), UnitPrice: dec("1234.5"), Discount: dec("0.01")}
	from := order("1", "2026-03-10", "Descrição: um\nTarefa Auvo: 8", visit)
	to := order("2", "2026-03-12", "Tarefa Auvo: 8\nColaborador responsável: Ana")
	var changes []reconcile.Change
	for _, f := range []string{record.FieldCustomer, record.FieldForecast, record.FieldNotes, record.FieldServices} {
		changes = append(changes, reconcile.Change{Field: f, From: from[f], To: to[f]})
	}
	want := "Cliente: customer 1 → customer 2; Previsão de faturamento: 10/03/2026 → 12/03/2026; Descrição: “um” → nada; " +
		"Colaborador responsável: nada → “Ana”; Serviços: 1,5 × service 7 a R$ 1.234,50 (menos R$ 0,01) → nada"
	if got := OrderChanges(changes, titles); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	long := OrderChanges([]reconcile.Change{{Field: record.FieldNotes, To: "Descrição: " + strings.Repeat("á", 4000)}}, titles)
	if record.Runes(long) > 200 || !strings.HasSuffix(long, "…”") {
		t.Errorf("a long description makes a sentence of %d characters", record.Runes(long))
	}
	auvo, omie := OrderConflict(reconcile.Conflict{Field: record.FieldNotes, Auvo: "Tarefa Auvo: 8\nDescrição: dois", Omie: "Tarefa Auvo: 8\nDescrição: três"}, titles)
	if auvo != "Descrição: dois" || omie != "Descrição: três" {
		t.Errorf("the notes differ in %q and %q", auvo, omie)
	}
	if got := OrderValue(record.FieldServices, "not lines", titles); got != "not lines" {
		t.Errorf("got %q", got)
	}
}

// TestAWaitAboutAnOrderSpeaksInItsGender: “a OS … foi faturada”, “o pedido … foi faturado”.
func TestAWaitAboutAnOrderSpeaksInItsGender(t *testing.T) {
	for _, tt := range []struct {
		cause string
		kind  record.Kind
		s     Standing
		want  string
	}{
		{"changed-after-billing", record.ServiceOrder, Billed, "depois que a OS 15 foi faturada no Omie: X."},
		{"changed-after-billing", record.SalesOrder, Cancelled, "depois que o pedido 15 foi cancelado no Omie: X."},
		{"no-longer-ready", record.SalesOrder, Open, "depois que o pedido 15 foi criado: Y"},
		{"no-longer-ready", record.ServiceOrder, Billed, "depois que a OS 15 foi faturada no Omie: Y"},
		{"deleted-after-export", record.SalesOrder, Frozen, "o pedido 15 foi levado a um estágio que a conta não altera."},
		{"deleted-in-omie", record.ServiceOrder, Gone, "a OS 15 não está mais no Omie: X."},
	} {
		detail := OrderDetail(tt.kind, "15", "AUVOT8S", tt.s)
		detail["changes"], detail["why"] = "X", "Y"
		if got := Say(tt.cause, detail).Message; !strings.HasSuffix(got, tt.want) {
			t.Errorf("%q, want …%q", got, tt.want)
		}
	}
	if got := Say("deleted-after-export", OrderDetail(record.ServiceOrder, "", "AUVOT8S", Open)).Message; !strings.Contains(got, "a OS AUVOT8S") {
		t.Errorf("an order without a known number: %q", got)
	}
}
