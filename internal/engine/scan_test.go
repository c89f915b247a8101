package engine_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/govalues/decimal"

	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A shelf is a feed of stock without a list of changes, of so many pages.
type shelf struct {
	pages int
	scans int
	found int // looked up by id
}

func (s *shelf) feed() record.Feed {
	return record.Feed{Name: "stock", Cycle: true, Partial: true, Find: s, List: func(_ context.Context, w record.Window, page func(record.Page) error) error {
		s.scans++
		for n := range s.pages {
			if err := page(record.Page{Declared: -1, Number: n + 1, Last: n+1 == s.pages}); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Find looks stock up.
func (s *shelf) Find(_ context.Context, keys []record.Key, _ record.Near) ([]record.Item, error) {
	var out []record.Item
	for _, k := range keys {
		s.found++
		out = append(out, record.Item{Kind: record.Product, Side: record.Omie, ID: k.Value, Fields: record.Fields{record.FieldStock: "4"}})
	}
	return out, nil
}

func (s *stage) runWith(shelf *shelf, opts engine.Options) {
	s.t.Helper()
	s.runs++
	omie := s.omie.System()
	products := *omie.Products
	products.Feeds = append(products.Feeds, shelf.feed())
	omie.Products = &products
	err := engine.WithLease(s.t.Context(), s.db, "acme", "test", 0, func(ctx context.Context, lease store.Lease) error {
		e := &engine.Engine{Store: s.db, Auvo: s.auvo.System(), Omie: omie, Account: s.account, Now: func() time.Time { return s.clock }}
		_, err := e.Run(ctx, lease, fmt.Sprintf("run-%d", s.runs), opts)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// Three hours of cycles, each ten minutes (design.md §7, Stock).
func TestStockIsScannedInEachCycleWhileThatIsCheapElseHourly(t *testing.T) {
	for _, c := range []struct {
		pages  int
		thrift bool
		scans  int
	}{{10, true, 18}, {11, true, 3}, {11, false, 18}} {
		s, shelf := newStage(t), &shelf{pages: c.pages}
		s.omie.Put(product("500", "SKU-1", "Filtro"))
		for range 18 {
			s.runWith(shelf, engine.Options{Thrift: c.thrift})
			s.pass(10 * time.Minute)
		}
		if shelf.scans != c.scans {
			t.Errorf("%d pages, thrift %v: %d scans in three hours, want %d", c.pages, c.thrift, shelf.scans, c.scans)
		}
		// A hook's word is followed in between, and a sweep reads everything.
		was := shelf.scans
		notice := record.Notice{Topic: "moved", Ref: ref(record.Product, record.Omie, "500"), Feed: "stock"}
		if _, err := s.db.AddHints(t.Context(), "acme", store.Delivery{Source: record.Omie, Body: []byte("moved"), Notices: []record.Notice{notice}}); err != nil {
			t.Fatal(err)
		}
		s.runWith(shelf, engine.Options{Thrift: true, Hints: true})
		if shelf.found != 1 || shelf.scans != was {
			t.Errorf("a hint: %d looked up, %d scans", shelf.found, shelf.scans-was)
		}
		s.runWith(shelf, engine.Options{Thrift: true, Full: true})
		if shelf.scans != was+1 {
			t.Errorf("the sweep made %d scans", shelf.scans-was)
		}
	}
}

// A sales order of our own moves stock: the next cycle looks at its product alone.
func TestTheStockOfOurOwnOrdersIsLookedAtBetweenScans(t *testing.T) {
	s, shelf := newStage(t), &shelf{pages: 11}
	s.omie.Put(product("500", "SKU-1", "Filtro"))
	s.omie.Put(service("100", "Visita"))
	s.auvo.Put(customer("55", "Padaria", "11222333000181", ""))
	cycle := func() {
		s.pass(10 * time.Minute)
		s.runWith(shelf, engine.Options{Thrift: true})
	}
	cycle()
	cycle()
	made := task("812", "55")
	total := decimal.MustParse("35.5")
	made.Source.Products = []record.Line{{ID: "p", ExternalCode: "SKU-1", Name: "Filtro", Quantity: decimal.MustParse("1"), UnitPrice: total, Total: &total}}
	s.auvo.Put(made)
	cycle()
	scans := shelf.scans
	if len(s.omie.Items(record.SalesOrder)) != 1 || shelf.found != 0 {
		t.Fatalf("%d sales orders, %d looked up", len(s.omie.Items(record.SalesOrder)), shelf.found)
	}
	cycle()
	cycle()
	if shelf.found != 1 || shelf.scans != scans {
		t.Errorf("after the order %d products were looked up, %d scans made", shelf.found, shelf.scans-scans)
	}
}
