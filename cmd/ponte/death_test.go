package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/cli"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/inprocess"
	"ponte/internal/omie/omiesim"
	"ponte/internal/secret"
	"ponte/internal/store"
	"ponte/internal/store/sqlitetest"
)

// A stage is both simulators without a socket, a store and an account.
type stage struct {
	t       *testing.T
	auvo    *auvosim.Sim
	omie    *omiesim.Sim
	path    string
	account config.Account
	now     func() time.Time
	runs    int
	// counts are the steps at which dieAt may die; nil: all.
	counts func(point string) bool
}

const stageAccount = `accounts:
  - id: acme
    auvo: {base_url: "http://auvo.test/v2", api_key: %q, api_token: %q, rate_per_minute: 1000000}
    omie: {base_url: "http://omie.test/api/v1", app_key: %q, app_secret: %q, rate_per_minute: 1000000, redundancy_window: %s}
    flows: {customers: {}, products: {}, services: {}, tasks: {create: both, start_from: 2026-03-01}}
    orders:
      service_order: {category: "1.01.02", bank_account: 7000000300}
      sales_order: {category: "1.01.03", bank_account: 7000000300}
`

func newStage(t *testing.T, window time.Duration, now func() time.Time) *stage {
	t.Helper()
	s := &stage{t: t, path: sqlitetest.Migrated(t), now: now}
	s.auvo = &auvosim.Sim{PerMinute: -1, Now: now}
	s.omie = &omiesim.Sim{PerMinute: -1, PerIPMinute: -1, RedundancyWindow: window, NoConsumer: true, Now: now}
	text := fmt.Sprintf(stageAccount, auvosim.DefaultAPIKey, auvosim.DefaultAPIToken, omiesim.DefaultAppKey, omiesim.DefaultAppSecret, window)
	file, err := config.Parse(strings.NewReader(text), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	s.account = file.Accounts[0]
	return s
}

// RoundTrip hands each call to its simulator.
func (s *stage) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == "auvo.test" {
		return inprocess.Transport(s.auvo).RoundTrip(r)
	}
	return inprocess.Transport(s.omie).RoundTrip(r)
}

// openStore opens a store on SQLite with the key file beside it, as a process does.
func openStore(path string) (*store.DB, error) {
	ring, err := secret.Open(secret.Options{Database: path})
	if err != nil {
		return nil, err
	}
	return store.Open(context.Background(), path, ring)
}

// open opens the stage's store, as a new process would.
func (s *stage) open() *store.DB {
	s.t.Helper()
	db, err := openStore(s.path)
	if err != nil {
		s.t.Fatal(err)
	}
	err = db.SaveAccount(context.Background(), store.Account{ID: "acme", Settings: []byte(s.account.Settings())}, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return db
}

// cycle makes one pass over a transport, in a process of its own.
func (s *stage) cycle(db *store.DB, over http.RoundTripper) store.Run {
	s.t.Helper()
	e, lease := s.engine(db, over)
	run, err := e.Run(context.Background(), lease, fmt.Sprintf("run-%d", s.runs), engine.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	return run
}

// engine is an engine in a process of its own, and its lease.
func (s *stage) engine(db *store.DB, over http.RoundTripper) (*engine.Engine, store.Lease) {
	s.t.Helper()
	s.runs++
	auvo, omie, err := connect(cli.Connection{Account: s.account, Memory: db.Memory(), Now: s.now, Transport: over})
	if err != nil {
		s.t.Fatal(err)
	}
	lease, err := db.Acquire(context.Background(), "acme", "test", time.Hour)
	if err != nil {
		s.t.Fatal(err)
	}
	return &engine.Engine{Store: db, Auvo: auvo, Omie: omie, Account: s.account, Now: s.now}, lease
}

// A death is the panic of a process that dies.
type death struct{ point string }

// dieAt runs a cycle and dies at its nth step; see dieDoing.
func (s *stage) dieAt(n int) (point string) {
	return s.dieDoing(n, func(db *store.DB, over http.RoundTripper) { s.cycle(db, over) })
}

// dieDoing does something and dies at its nth step: before or after a vendor call,
// before or after a store commit. It returns where; "" when there were fewer.
func (s *stage) dieDoing(n int, do func(*store.DB, http.RoundTripper)) (point string) {
	db := s.open()
	steps := 0
	step := func(at string) {
		if strings.HasSuffix(at, "SetToken") {
			return // the login has a goroutine of its own, and makes nothing
		}
		if s.counts != nil && !s.counts(at) {
			return
		}
		if steps++; steps == n {
			panic(death{at})
		}
	}
	db.Seam(step)
	defer func() {
		db.Seam(nil)
		if p := recover(); p != nil {
			d, ok := p.(death)
			if !ok {
				panic(p)
			}
			point = d.point
		}
		if err := db.Close(); err != nil {
			s.t.Error(err)
		}
	}()
	do(db, dying{s, step})
	return ""
}

// dying is a transport over which a process may die around each call but logins.
type dying struct {
	*stage
	step func(string)
}

// RoundTrip dies before the call or after the vendor has done its part.
func (d dying) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.Contains(r.URL.Path, "login") {
		return d.stage.RoundTrip(r)
	}
	d.step("before " + r.Method + " " + r.URL.Path)
	resp, err := d.stage.RoundTrip(r)
	d.step("after " + r.Method + " " + r.URL.Path)
	return resp, err
}

func (s *stage) seed() {
	s.t.Helper()
	b := &bench{t: s.t, auvo: s.auvo, omie: s.omie, day: benchDay}
	b.seedTasks(2)
	stamp := map[string]any{"dAlt": "10/03/2026", "hAlt": "08:00:00", "dInc": "10/03/2026", "hInc": "08:00:00"}
	auvo := auvosim.Data{
		Customers: []auvosim.Record{{"id": 55, "description": "Padaria Nova", "cpfCnpj": "22333444000181", "active": true, "dateLastUpdate": "2026-03-10T08:00:00"}},
		Tasks: []auvosim.Record{{
			"taskID": 900, "customerId": 55, "taskType": 7001, "idUserFrom": 501, "idUserTo": 502, "taskStatus": 5, "finished": true, "taskDate": "2026-03-10T08:00:00", "dateLastUpdate": "2026-03-10T08:45:00",
			"services": []any{map[string]any{"id": "0b1c2d3e-0000-4000-8000-0000000000a1", "quantity": 1, "unitaryValue": 80}},
			"products": []any{map[string]any{"productId": "0b1c2d3e-0000-4000-8000-000000000001", "quantity": 2, "unitaryValue": 35.5}},
		}},
		Products: []auvosim.Record{{"code": 4501, "productId": "0b1c2d3e-0000-4000-8000-000000000001", "externalId": "FIL-10", "name": "Filtro", "unitaryValue": 30, "totalStock": 1, "active": true}},
	}
	omie := omiesim.Data{
		Produtos: []omiesim.Record{{"codigo_produto": 7000000500, "codigo": "FIL-10", "descricao": "Filtro", "unidade": "UN", "ncm": "8421.39.90", "valor_unitario": 35.5, "inativo": "N", "info": stamp}},
		Estoque:  []omiesim.Record{{"codigo_produto": 7000000500, "codigo_local_estoque": omiesim.DefaultPlace, "fisico": 10}},
	}
	// The state is needed where sales orders are made (omiesim: customers without UF are refused).
	b.seed(auvo, omie)
}

// settled checks that everything arrived once, whatever happened before.
func (s *stage) settled(after string) {
	s.t.Helper()
	omie := s.omie.Snapshot()
	codes := map[string]int{}
	for _, o := range omie.OS {
		codes[o.Text("Cabecalho", "cCodIntOS")]++
	}
	for _, p := range omie.Pedidos {
		codes[p.Text("cabecalho", "codigo_pedido_integracao")]++
	}
	for _, want := range []string{"AUVOT800S", "AUVOT801S", "AUVOT900S"} {
		if codes[want] != 1 {
			s.t.Errorf("%s: %d documents with code %s", after, codes[want], want)
		}
	}
	if len(codes) > 4 || len(omie.Clientes) != 2 || len(s.auvo.Snapshot().Customers) != 2 {
		s.t.Errorf("%s: documents %v, %d customers in Omie, %d in Auvo", after, codes, len(omie.Clientes), len(s.auvo.Snapshot().Customers))
	}
	for _, v := range s.auvo.Violations() {
		s.t.Errorf("%s: auvo %+v", after, v)
	}
	for _, v := range s.omie.Violations() {
		s.t.Errorf("%s: omie %+v", after, v)
	}
}

// TestDeathAtEachVendorCallAndStoreCommitLarge walks every step of a run of tasks
// against the simulators: the process dies there, the next one finds one
// document each, none missing (P1, P2).
func TestDeathAtEachVendorCallAndStoreCommitLarge(t *testing.T) {
	withoutRaceDetector(t)
	const window = 20 * time.Millisecond
	start, real := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), time.Now()
	now := func() time.Time { return start.Add(time.Since(real)) }
	for n := 1; ; n++ {
		s := newStage(t, window, now)
		s.seed()
		point := s.dieAt(n)
		if point == "" {
			t.Logf("%d deaths", n-1)
			if n < 100 {
				t.Errorf("the run had only %d steps", n-1)
			}
			return
		}
		db := s.open()
		s.cycle(db, s)
		s.cycle(db, s)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		s.settled(fmt.Sprintf("death %d, %s", n, point))
	}
}

// TestAnUnclearOrderWaitsOutOmiesWindow runs with the vendors' own minute, in
// fake time: the answer to IncluirOS is lost, and the order is looked up by its
// code only after the redundancy window, in the same run.
func TestAnUnclearOrderWaitsOutOmiesWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		offset := time.Until(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC))
		now := func() time.Time { return time.Now().Add(offset) }
		s := newStage(t, time.Minute, now)
		s.seed()
		s.omie.Break(omiesim.Fault{Call: "IncluirOS", Mode: omiesim.After, Times: 3})
		db := s.open()
		began := time.Now()
		s.cycle(db, s)
		if waited := time.Since(began); waited < time.Minute || waited > 10*time.Minute {
			t.Errorf("the run took %v of fake time", waited)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		s.settled("three lost answers")
	})
}
