package omie

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"ponte/internal/call"
	"ponte/internal/omie/omieapi"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
)

// monday is the simulated time of the tests, 10:00 in São Paulo.
var monday = time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC)

// An env is a simulated Omie and the side over it. At the end of a test the
// simulator must have seen no breach of a rule, and no fault that the test did
// not announce.
type env struct {
	*omiesim.Sim
	record.System
	t      *testing.T
	faults int // announced
	// unfiltered has the numbers that ListarPedidos asks for taken out of the call.
	unfiltered bool
}

var orderNumbers = regexp.MustCompile(`"numero_pedido_(de|ate)":\d+,?`)

// ServeHTTP hands a call to the simulator.
func (e *env) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if e.unfiltered {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			e.t.Error(err)
		}
		body = bytes.ReplaceAll(orderNumbers.ReplaceAll(body, nil), []byte(",}"), []byte("}"))
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	e.Sim.ServeHTTP(w, r)
}

func setup(t *testing.T, opts Options, set ...func(*omiesim.Sim)) *env {
	t.Helper()
	e := &env{t: t, Sim: &omiesim.Sim{Now: func() time.Time { return monday }, RedundancyWindow: -1, PerMinute: -1, PerIPMinute: -1}}
	for _, f := range set {
		f(e.Sim)
	}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	e.System = New(omieapi.New(omieapi.Config{
		BaseURL: server.URL + "/api/v1", AppKey: omiesim.DefaultAppKey, AppSecret: omiesim.DefaultAppSecret,
		RatePerMinute: 1_000_000, RedundancyWindow: time.Nanosecond, FaultBudget: 100,
	}), opts)
	t.Cleanup(e.blameless)
	return e
}

func (e *env) blameless() {
	for _, v := range e.Violations() {
		e.t.Errorf("violation: %+v", v)
	}
	faults := 0
	for _, c := range e.Calls() {
		if c.Fault != "" {
			faults++
			if faults > e.faults {
				e.t.Errorf("fault: %s: %s", c.Call, c.Fault)
			}
		}
	}
}

func (e *env) seed(d omiesim.Data) {
	e.t.Helper()
	if err := e.Seed(d); err != nil {
		e.t.Fatal(err)
	}
}

// find looks records up by keys of one name.
func (e *env) find(kind record.Kind, near record.Near, name string, values ...string) []record.Item {
	e.t.Helper()
	var keys []record.Key
	for _, v := range values {
		keys = append(keys, record.Key{Name: name, Value: v})
	}
	items, err := e.Of(kind).Find.Find(context.Background(), keys, near)
	if err != nil {
		e.t.Fatal(err)
	}
	return items
}

// again reads one record by its id.
func (e *env) again(was record.Item) record.Item {
	e.t.Helper()
	items := e.find(was.Kind, record.Near{}, record.KeyID, was.ID)
	if len(items) != 1 {
		e.t.Fatalf("%s is there %d times", was.Ref(), len(items))
	}
	return items[0]
}

func ids(items []record.Item) []string {
	out := []string{}
	for _, i := range items {
		out = append(out, i.ID)
	}
	return out
}

func same(t *testing.T, got, want any, opts ...cmp.Option) {
	t.Helper()
	opts = append(opts, cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) }))
	if d := cmp.Diff(want, got, opts...); d != "" {
		t.Errorf("got + instead of -:\n%s", d)
	}
}

func num(s string) decimal.Decimal { return decimal.MustParse(s) }

func TestAListIsReadToTheEndThatItsAnswersState(t *testing.T) {
	e := setup(t, Options{}, func(s *omiesim.Sim) { s.NoConsumer, s.PageCap = true, 2 })
	for n := range 5 {
		e.seed(omiesim.Data{Clientes: []omiesim.Record{{"codigo_cliente_omie": 7000000001 + n, "razao_social": fmt.Sprint("C", n)}}})
	}
	items, pages := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Customers, "customers"), record.Window{})
	same(t, ids(items), []string{"7000000001", "7000000002", "7000000003", "7000000004", "7000000005"})
	same(t, pages, []record.Page{
		{Received: 2, Declared: 5, Number: 1}, {Received: 2, Declared: 5, Number: 2}, {Received: 1, Declared: 5, Number: 3, Last: true},
	})
}

func TestAListThatIsGivenUpIsTakenUpBehindItsLastPage(t *testing.T) {
	e := setup(t, Options{}, func(s *omiesim.Sim) { s.NoConsumer, s.PageCap = true, 2 })
	for n := range 5 {
		e.seed(omiesim.Data{
			Clientes: []omiesim.Record{{"codigo_cliente_omie": 7000000001 + n, "razao_social": fmt.Sprint("C", n)}},
			Produtos: []omiesim.Record{{"codigo_produto": 7000000501 + n, "codigo": fmt.Sprint("P", n), "descricao": fmt.Sprint("P", n)}},
		})
	}
	recordtest.TakesUp(t, recordtest.FeedOf(t, e.Customers, "customers"), record.Window{})
	recordtest.TakesUp(t, recordtest.FeedOf(t, e.Products, "products"), record.Window{})
}

func TestAnEmptyListIsOneLastPageWithoutItems(t *testing.T) {
	e := setup(t, Options{}, func(s *omiesim.Sim) { s.NoConsumer = true })
	e.faults = 1
	items, pages := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Customers, "customers"), record.Window{})
	same(t, ids(items), []string{})
	same(t, pages, []record.Page{{Number: 1, Last: true}})
}

func TestAReadStopsAtTheFirstErrorOfItsReader(t *testing.T) {
	e := setup(t, Options{}, func(s *omiesim.Sim) { s.PageCap = 1 })
	e.seed(omiesim.Data{Clientes: []omiesim.Record{{"razao_social": "A"}, {"razao_social": "B"}}})
	stop := errors.New("stop")
	err := recordtest.FeedOf(e.t, e.Customers, "customers").List(context.Background(), record.Window{}, func(record.Page) error { return stop })
	if !errors.Is(err, stop) || len(e.Calls()) != 1 {
		t.Errorf("got %v after %d calls, want stop after 1", err, len(e.Calls()))
	}
}

func TestAWindowHoldsWhatChangedInItAndIsCheckedAgain(t *testing.T) {
	changed := func(id int, hour string) omiesim.Record {
		return omiesim.Record{"codigo_cliente_omie": id, "razao_social": "C", "info": omiesim.Record{"dInc": "01/01/2026", "hInc": "08:00:00", "dAlt": "23/11/2026", "hAlt": hour}}
	}
	e := setup(t, Options{})
	e.seed(omiesim.Data{Clientes: []omiesim.Record{changed(7000000001, "08:59:59"), changed(7000000002, "09:00:00"), changed(7000000003, "10:30:00")}})
	w := record.Window{Since: monday.Add(-time.Hour), Until: monday}
	items, _ := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Customers, "customers"), w)
	same(t, ids(items), []string{"7000000002"})
	if got := items[0]; !got.Changed.Equal(w.Since) || got.Version != "23/11/2026 09:00:00" {
		t.Errorf("changed %v in version %q", got.Changed, got.Version)
	}
	for at, want := range map[time.Time]bool{w.Since.Add(-time.Second): false, w.Since: true, w.Until.AddDate(0, 0, 2): false, {}: true} {
		if got := w.Holds(at); got != want {
			t.Errorf("within %v is %v", at, got)
		}
	}
}

func TestErrorsOfTheClientPassThrough(t *testing.T) {
	e := setup(t, Options{})
	e.faults = 1
	e.Break(omiesim.Fault{Mode: omiesim.Block})
	err := recordtest.FeedOf(e.t, e.Products, "products").List(context.Background(), record.Window{}, func(record.Page) error { return nil })
	if call.ReactionOf(err) != call.Blocked {
		t.Errorf("got %v, want a block", err)
	}
}

func TestARowThatDoesNotReadWaitsWithoutFields(t *testing.T) {
	row := omieapi.Linha{Raw: []byte(`{"cabecalho":{"nPrecoUnit":"caro"},"intListar":{"nCodServ":"7000000201"}}`), Erro: errors.New("no decimal")}
	i := unreadable(record.Item{ID: "0", Fields: record.Fields{"name": ""}}, row, "intListar", "nCodServ")
	if i.ID != "7000000201" || i.Fields != nil || i.Fact(record.FactProblem) != "no decimal" {
		t.Errorf("got %+v", i)
	}
	row.Raw = []byte(`{"intListar":[]}`)
	if i := unreadable(record.Item{}, row, "intListar", "nCodServ"); i.ID != noID {
		t.Errorf("got id %q of a row without one", i.ID)
	}
}
