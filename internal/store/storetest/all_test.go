package storetest

import (
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// TestWhatAllOfAKindAreMatchedByIsReadAtOnce: items by id, those that vanished,
// every link and the marks of a prefix.
func TestWhatAllOfAKindAreMatchedByIsReadAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		must[[]store.Sight](t)(db.SavePage(ctx, l, page("r1", false, nil, item("1", "Um"), item("2", "Dois"), item("3", "Três"))))
		ok(t, db.MarkMissing(ctx, l, []record.Ref{{Kind: record.Customer, Side: record.Omie, ID: "2"}}, time.Now()))
		if got := must[map[string]record.Item](t)(db.Items(ctx, "acme", record.Omie, record.Customer, []string{"1", "3", "9"})); len(got) != 2 || got["3"].Title != "Três" {
			t.Errorf("items = %+v", got)
		}
		if got := must[map[string]bool](t)(db.MissingIDs(ctx, "acme", record.Omie, record.Customer)); len(got) != 1 || !got["2"] {
			t.Errorf("missing = %v", got)
		}
		link := func(auvo, omie, how string) store.Link {
			return store.Link{Kind: record.Customer, Auvo: auvo, Omie: omie, How: how}
		}
		must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Links: []store.Link{link("55", "1", "a"), link("56", "3", "b"), link("55", "3", "c")}}))
		must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Links: []store.Link{link("55", "3", "")}}))
		links := must[[]store.Link](t)(db.AllLinks(ctx, "acme", record.Customer))
		if len(links) != 2 || links[0].Auvo != "55" || links[0].Omie != "3" || links[0].How != "c" || links[1].Auvo != "56" {
			t.Errorf("links = %+v", links)
		}
		for name, value := range map[string]string{"apart/customer:a": "1", "apart/task:a": "1", "apart": "1", "Apart/customer:b": "1", "apart/customer:ç": ""} {
			ok(t, db.SetMark(ctx, l, name, value))
		}
		if got := must[map[string]string](t)(db.Marks(ctx, "acme", "apart/customer:")); len(got) != 2 || got["apart/customer:a"] != "1" {
			t.Errorf("marks = %v", got)
		}
	})
}
