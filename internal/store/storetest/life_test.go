package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ponte/internal/record"
	"ponte/internal/store"
)

func TestALifeIsKeptPerSourceAndKindOfOrderAndCopied(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		task := record.Ref{Kind: record.Task, Side: record.Auvo, ID: "812"}
		undone := record.Life{Epoch: 1, Undone: time.UnixMilli(1_773_144_000_000).UTC(), Why: "cobrado à mão"}
		for _, life := range []record.Life{{Epoch: 1}, undone} {
			must[[]store.Change](t)(db.Decide(t.Context(), l, store.Decision{Lives: []store.Life{
				{Source: task, Kind: record.ServiceOrder, Life: life},
				{Source: record.Ref{Kind: record.Quotation, Side: record.Auvo, ID: "812"}, Kind: record.SalesOrder, Life: record.Life{Epoch: 7}},
			}}))
		}
		other := place{t, ":memory:", ring(t)}.open()
		ok(t, store.Copy(t.Context(), db, other, "acme"))
		for _, from := range []*store.DB{db, other} {
			lives := must[map[record.Kind]record.Life](t)(from.Lives(t.Context(), "acme", task))
			if diff := cmp.Diff(map[record.Kind]record.Life{record.ServiceOrder: undone}, lives); diff != "" {
				t.Error(diff)
			}
		}
	})
}

func TestADecisionMayHaveRecordsDecidedAgain(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, page("r1", true, nil, item("1", "Um"))))
		settled := store.Decision{Settles: []record.Ref{customer("1")}, Outcome: store.OutcomeUnchanged}
		for _, again := range []bool{false, true} {
			if again {
				settled.Redecide = settled.Settles
			}
			must[[]store.Change](t)(db.Decide(t.Context(), l, settled))
			if s := must[store.ItemState](t)(db.ItemState(t.Context(), "acme", customer("1"))); s.Dirty != again {
				t.Errorf("dirty %v, want %v", s.Dirty, again)
			}
		}
	})
}
