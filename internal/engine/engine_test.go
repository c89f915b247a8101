package engine_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"

	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
	"ponte/internal/store"
	"ponte/internal/store/sqlitetest"
)

// A stage is an account, its store and two sides in memory, on one clock.
type stage struct {
	t          testing.TB
	db         *store.DB
	auvo, omie *recordtest.Memory
	account    config.Account
	clock      time.Time
	runs       int
}

const everything = `accounts:
  - id: acme
    auvo: {api_key: k, api_token: t}
    omie: {app_key: k, app_secret: s}
    flows:
      customers: {}
      products: {}
      services: {}
      tasks: {create: both, start_from: 2026-03-01}
      quotations: {approved_stages: [Aprovado], start_from: 2026-03-01}
    orders:
      service_order: {category: "1.01.02", bank_account: 1}
      sales_order: {category: "1.01.03", bank_account: 1}
`

func newStage(t testing.TB) *stage {
	t.Helper()
	db := sqlitetest.Open(t)
	s := &stage{t: t, db: db, clock: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return s.clock }
	s.auvo = &recordtest.Memory{Side: record.Auvo, Now: now, Later: []string{record.FieldPrice}}
	s.omie = &recordtest.Memory{Side: record.Omie, Now: now}
	s.configure(everything)
	return s
}

func (s *stage) configure(yaml string) {
	s.t.Helper()
	file, err := config.Parse(strings.NewReader(yaml), func(string) (string, bool) { return "", false })
	if err != nil {
		s.t.Fatal(err)
	}
	s.account = file.Accounts[0]
	err = s.db.SaveAccount(s.t.Context(), store.Account{ID: "acme", Settings: []byte(s.account.Settings())}, nil)
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) run(opts engine.Options) store.Run {
	s.t.Helper()
	var run store.Run
	s.runs++
	err := engine.WithLease(s.t.Context(), s.db, "acme", "test", 0, func(ctx context.Context, lease store.Lease) error {
		e := &engine.Engine{Store: s.db, Auvo: s.auvo.System(), Omie: s.omie.System(), Account: s.account, Now: func() time.Time { return s.clock }}
		var err error
		run, err = e.Run(ctx, lease, fmt.Sprintf("run-%d", s.runs), opts)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range run.Flows {
		if f.Read != f.Created+f.Updated+f.Unchanged+f.Excluded+f.Waiting+f.Failed {
			s.t.Errorf("%s: the counts do not close: %+v", f.Flow, f)
		}
	}
	return run
}

func (s *stage) pass(d time.Duration) { s.clock = s.clock.Add(d) }

func (s *stage) wrote() []string {
	out := slices.Concat(prefixed("auvo ", s.auvo.Writes), prefixed("omie ", s.omie.Writes))
	s.auvo.Writes, s.omie.Writes = nil, nil
	return out
}

func prefixed(p string, in []string) []string {
	var out []string
	for _, s := range in {
		out = append(out, p+s)
	}
	return out
}

func (s *stage) expect(what string, want ...string) {
	s.t.Helper()
	if got := s.wrote(); !slices.Equal(got, want) {
		waits, _ := s.db.Waits(s.t.Context(), "acme")
		s.t.Errorf("%s: wrote\n  %s\nwant\n  %s\nwaits: %+v", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "), waits)
	}
}

func customer(id, name, document, external string) record.Item {
	i := record.Item{Kind: record.Customer, ID: id, Title: name, Fields: record.Fields{
		record.FieldName: name, record.FieldDocument: document, record.FieldActive: "true", record.FieldExternalID: external,
		record.FieldPhone: "", record.FieldEmail: "",
	}, Keys: []record.Key{{Name: record.KeyName, Value: record.Fold(name)}}}
	if document != "" {
		i.Keys = append(i.Keys, record.Key{Name: record.KeyDocument, Value: document})
	}
	return i
}

func product(id, sku, name string) record.Item {
	return record.Item{Kind: record.Product, ID: id, Title: name, Fields: record.Fields{
		record.FieldName: name, record.FieldActive: "true", record.FieldPrice: "35.5", record.FieldExternalID: sku,
	}, Keys: []record.Key{{Name: record.KeySKU, Value: sku}}}
}

func service(id, name string) record.Item {
	return record.Item{Kind: record.Service, ID: id, Title: name, Fields: record.Fields{
		record.FieldName: name, record.FieldPrice: "150", record.FieldExternalID: id,
	}, Keys: []record.Key{{Name: record.KeyTitle, Value: record.Fold(name)}}}
}

func TestAFirstCycleCarriesEachRecordOnceAndTheNextIsQuiet(t *testing.T) {
	s := newStage(t)
	s.omie.Put(customer("7001", "Academia", "44555666000141", "7001"))
	s.auvo.Put(customer("55", "Padaria", "11222333000181", ""))
	s.omie.Put(product("500", "SKU-1", "Filtro"))
	s.omie.Put(service("100", "Visita"))
	run := s.run(engine.Options{})
	if !run.Complete {
		t.Errorf("not complete: %+v", run)
	}
	s.expect("first run",
		"auvo create customer 7001", "auvo update customer 55 [external_id]", "auvo create product SKU-1", "auvo update product 900002 [price]", "auvo create service 100",
		"omie create customer AUVOC55")
	for range 3 {
		s.pass(10 * time.Minute)
		s.run(engine.Options{})
		s.expect("at rest")
	}
	s.pass(10 * time.Minute)
	s.run(engine.Options{Full: true})
	s.expect("sweep at rest")
}

func task(id, customer string) record.Item {
	total := decimal.MustParse("300.50")
	return record.Item{Kind: record.Task, ID: id, Title: "Tarefa " + id, Source: &record.Source{
		CustomerID: customer, CustomerName: "Padaria", Status: record.StatusFinished, TaskType: "1",
		Date: time.Date(2026, 3, 10, 11, 0, 0, 0, time.UTC), Changed: time.Date(2026, 3, 10, 11, 30, 0, 0, time.UTC),
		Services: []record.Line{{ID: "svc", ExternalCode: "100", Name: "Visita", Quantity: decimal.MustParse("2"), UnitPrice: decimal.MustParse("150.25"), Total: &total}},
	}, Keys: []record.Key{{Name: record.KeyCustomer, Value: customer}}}
}

func TestATaskOfANewCustomerMakesTheCustomerAndOneOrder(t *testing.T) {
	s := newStage(t)
	s.omie.Put(service("100", "Visita"))
	c := s.auvo.Put(customer("55", "Padaria", "11222333000181", ""))
	s.pass(48 * time.Hour) // the customer is outside the window: known, not carried
	s.auvo.Put(task("812", c.ID))
	run := s.run(engine.Options{})
	s.expect("first run", "auvo create service 100", "auvo update customer 55 [external_id]", "omie create customer AUVOC55", "omie create service-order AUVOT812S")
	if !run.Complete {
		t.Errorf("not complete: %+v", run)
	}
	s.pass(10 * time.Minute)
	s.run(engine.Options{})
	s.expect("at rest")
}
