package storetest

import (
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// TestAnUnclearWriteIsToldFromItsBeginningToItsEnd, and a second time apart.
func TestAnUnclearWriteIsToldFromItsBeginningToItsEnd(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		c := must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Run: "r1", Flow: "customers", Plan: []store.Change{change("k")}}))[0]
		settle := func(state string, look store.Look) {
			t.Helper()
			c.State, c.Text = state, "sem resposta"
			ok(t, db.Settle(ctx, l, store.Settlement{Change: c, Look: look}))
		}
		open := func() []store.Unclear { return must[[]store.Unclear](t)(db.UnclearWrites(ctx, "acme")) }

		c = must[store.Change](t)(db.Send(ctx, l, c.ID, time.Now()))
		settle(store.Unknown, store.Look{Method: "IncluirCliente", How: store.LookByCode})
		if _, err := db.Send(ctx, l, c.ID, time.Now()); err == nil {
			t.Error("an unclear write was sent again")
		}
		at := time.Now().Truncate(time.Millisecond)
		settle(store.Unknown, store.Look{At: at, Found: "A consulta falhou."})
		settle(store.Unknown, store.Look{How: store.LookByPerson})
		if got := open(); len(got) != 1 || got[0].Method != "IncluirCliente" || got[0].Why != "sem resposta" || got[0].Looked != 1 || !got[0].Last.Equal(at) ||
			got[0].Found != "A consulta falhou." || got[0].How != store.LookByPerson || got[0].Change.ID != c.ID || !got[0].ForPerson() || got[0].Since.IsZero() {
			t.Fatalf("unclear: %+v", got)
		}
		settle(store.Superseded, store.Look{By: "ana@aqui"})
		if got := open(); len(got) != 0 {
			t.Errorf("still unclear: %+v", got)
		}
		c = must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Run: "r2", Flow: "customers", Plan: []store.Change{change("k")}}))[0]
		c = must[store.Change](t)(db.Send(ctx, l, c.ID, time.Now()))
		settle(store.Unknown, store.Look{How: store.LookByCode})
		if got := open(); len(got) != 1 || got[0].Looked != 0 || got[0].ForPerson() {
			t.Errorf("unclear again: %+v", got)
		}
		settle(store.Done, store.Look{At: at, Found: "Encontrado."})
		past := must[[]store.Unclear](t)(db.UnclearOf(ctx, "acme", record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "55"}))
		if len(past) != 2 || past[0].As != store.Superseded || past[0].By != "ana@aqui" || past[0].Ended.IsZero() || past[1].As != store.Done || past[1].Looked != 1 || past[1].ForPerson() {
			t.Errorf("past ones: %+v", past)
		}
	})
}
