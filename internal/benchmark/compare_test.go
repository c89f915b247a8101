package benchmark

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ponte/internal/cli"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/secret"
	"ponte/internal/store"
)

var linked = flag.Int("linked", 20_000, "customers of each side that are compared")

// A shelf is a side with customers that nobody touches, and that answers at once.
type shelf struct {
	side  record.Side
	items []record.Item
	wide  bool // windows show everything, as after a change of every stamp
	rows  int  // read so far
}

func (s *shelf) system() record.System {
	feed := record.Feed{Name: "customers", Cycle: true, Windowed: true, List: s.list}
	return record.System{Side: s.side, Customers: &record.Access{Feeds: []record.Feed{feed}}}
}

// list gives pages of a hundred, or an empty one where a window is asked for.
func (s *shelf) list(_ context.Context, w record.Window, page func(record.Page) error) error {
	const size = 100
	items := s.items
	if !w.Since.IsZero() && !s.wide {
		items = nil
	}
	for n := w.After.Page; ; n++ {
		rows := items[min(n*size, len(items)):min((n+1)*size, len(items))]
		s.rows += len(rows)
		last := (n+1)*size >= len(items)
		if err := page(record.Page{Items: rows, Received: len(rows), Declared: len(items), Number: n + 1, Size: size, Last: last}); err != nil || last {
			return err
		}
	}
}

// shelved is a customer as a side reads it, with a row of two kB.
func shelved(side record.Side, n int) record.Item {
	id := map[record.Side]int{record.Auvo: 1000, record.Omie: firstOmie}[side] + n
	i := record.Item{Kind: record.Customer, Side: side, ID: fmt.Sprint(id), Title: customerName(n), Changed: noon, Version: "1", Fields: record.Fields{
		record.FieldName: customerName(n), record.FieldDocument: cnpj(n), record.FieldPhone: phone(n), record.FieldActive: "true",
		record.FieldEmail: fmt.Sprintf("n%d@example.test", n), record.FieldExternalID: fmt.Sprint(firstOmie + n),
	}}
	i.Keys = []record.Key{{Name: record.KeyDocument, Value: cnpj(n)}}
	i.Raw = []byte(`{"id":` + i.ID + `,"rest":"` + strings.Repeat("x", 2000) + `"}`)
	return i
}

// TestRecordsComparedASecond reads linked customers of each side, all as they were: in a
// cycle whose windows show them all, and in a sweep.
func TestRecordsComparedASecond(t *testing.T) {
	measured(t)
	each := *linked
	path := filepath.Join(ramDisk(t), "ponte.db")
	ring, err := secret.Open(secret.Options{Database: path})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), path, ring)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	file, err := config.Parse(strings.NewReader(`accounts: [{id: acme, auvo: {api_key: k, api_token: t}, omie: {app_key: k, app_secret: s}, flows: {customers: {}}}]`),
		func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	if err := cli.KeepAccount(t.Context(), db, file.Accounts[0]); err != nil {
		t.Fatal(err)
	}
	passes := 0
	auvo, omie := &shelf{side: record.Auvo}, &shelf{side: record.Omie}
	for n := range each {
		auvo.items, omie.items = append(auvo.items, shelved(record.Auvo, n)), append(omie.items, shelved(record.Omie, n))
	}
	e := &engine.Engine{Store: db, Auvo: auvo.system(), Omie: omie.system(), Account: file.Accounts[0], Now: time.Now}
	lease, err := db.Acquire(t.Context(), "acme", "benchmark", 10*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	pass := func(opts engine.Options) float64 {
		passes++
		auvo.rows, omie.rows = 0, 0
		began := time.Now()
		run, err := e.Run(t.Context(), lease, fmt.Sprintf("run-%d", passes), opts)
		if err != nil || !run.Complete {
			t.Fatalf("run %d: %v %+v", passes, err, run)
		}
		return float64(auvo.rows+omie.rows) / time.Since(began).Seconds()
	}
	pass(engine.Options{Full: true}) // first contact
	pass(engine.Options{Full: true})
	sweep := pass(engine.Options{Full: true})
	auvo.wide, omie.wide = true, true
	cycle := pass(engine.Options{})
	if auvo.rows < each { // Omie's list is read until it shows nothing new
		t.Errorf("the cycle read %d and %d rows", auvo.rows, omie.rows)
	}
	links, err := db.CountLinks(t.Context(), "acme", record.Customer)
	if err != nil || links != each {
		t.Fatalf("%d links, %v", links, err)
	}
	row(t, "engine alone: records of a cycle compared with what is stored, a second", "≥ 20,000", fmt.Sprintf("%.0f", cycle), cycle >= 20_000)
	row(t, "engine alone: records of a sweep, where each pair is merged again, a second", "", fmt.Sprintf("%.0f", sweep), true)
}
