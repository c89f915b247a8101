package auvo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/auvo/auvosim"
	"ponte/internal/call"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
)

func people(n int) (all []auvosim.Record) {
	for i := range n {
		all = append(all, auvosim.Record{"id": 55 + i, "description": fmt.Sprint("C", i)})
	}
	return all
}

func TestAListIsReadToTheEndThatItsAnswersState(t *testing.T) {
	for name, set := range map[string]func(*auvosim.Sim){
		"live envelope": func(*auvosim.Sim) {}, "portal's envelope": func(s *auvosim.Sim) { s.PageInformation = true },
	} {
		t.Run(name, func(t *testing.T) {
			e := setup(t, Options{}, set)
			e.seed(auvosim.Data{Customers: people(201)})
			items, pages := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Customers, "customers"), record.Window{})
			if len(items) != 201 {
				t.Errorf("%d items", len(items))
			}
			same(t, pages, []record.Page{
				{Received: 100, Declared: 201, Number: 1}, {Received: 100, Declared: 201, Number: 2}, {Received: 1, Declared: 201, Number: 3, Last: true},
			})
		})
	}
}

func TestAListThatIsGivenUpIsTakenUpBehindItsLastPage(t *testing.T) {
	e := setup(t, Options{})
	e.seed(auvosim.Data{Customers: people(201)})
	recordtest.TakesUp(t, recordtest.FeedOf(t, e.Customers, "customers"), record.Window{})
}

func TestAnEmptyListIsOneLastPageWithoutItems(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusNotFound} {
		e := setup(t, Options{}, func(s *auvosim.Sim) {
			s.EmptyStatus = map[string]int{"customers": status, "tasks": status, "deletedtasks": status, "quotations": status, "products": status, "services": status}
		})
		for _, kind := range []record.Kind{record.Customer, record.Product, record.Service, record.Task, record.Quotation} {
			for _, feed := range e.Of(kind).Feeds {
				items, pages := recordtest.Read(e.t, feed, record.Window{Until: monday})
				same(t, ids(items), []string{})
				same(t, pages, []record.Page{{Number: 1, Last: true}})
			}
		}
	}
}

func TestAReadStopsAtTheFirstErrorOfItsReader(t *testing.T) {
	e := setup(t, Options{})
	e.seed(auvosim.Data{Customers: people(101)})
	stop := errors.New("stop")
	err := recordtest.FeedOf(e.t, e.Customers, "customers").List(context.Background(), record.Window{}, func(record.Page) error { return stop })
	if !errors.Is(err, stop) || len(e.calls()) != 1 {
		t.Errorf("got %v after %v, want stop after one call", err, e.calls())
	}
}

func TestARowThatAPageLacksIsSeenInItsTotals(t *testing.T) {
	e := setup(t, Options{})
	e.seed(auvosim.Data{Customers: people(2)})
	e.Break(auvosim.Fault{Path: "/customers", Mode: "short-page"})
	_, pages := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Customers, "customers"), record.Window{})
	same(t, pages, []record.Page{{Received: 1, Declared: 2, Number: 1, Last: true}})
}

func TestARowWithoutAnIDOnlyCounts(t *testing.T) {
	fetch := func(context.Context, int) (auvoapi.Page[auvoapi.Customer], error) {
		return auvoapi.Page[auvoapi.Customer]{Items: []auvoapi.Customer{{Name: "Ana"}, {ID: 55}}, Page: 1, PageSize: 100, Total: 2, HasTotal: true}, nil
	}
	var got record.Page
	take := func(c auvoapi.Customer) (record.Item, bool) { return (&side{}).customerItem(c), true }
	if err := eachPage(context.Background(), record.Place{}, fetch, take, func(p record.Page) error { got = p; return nil }); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(ids(got.Items)) != "[55]" || got.Received != 2 {
		t.Errorf("got %v of %d rows", ids(got.Items), got.Received)
	}
}

func TestErrorsOfTheClientPassThrough(t *testing.T) {
	e := setup(t, Options{})
	e.Break(auvosim.Fault{Mode: "fault", Status: http.StatusUnauthorized, Times: -1})
	err := recordtest.FeedOf(e.t, e.Products, "products").List(context.Background(), record.Window{}, func(record.Page) error { return nil })
	if call.ReactionOf(err) != call.Credentials {
		t.Errorf("got %v, want a refused key", err)
	}
	if _, err := e.Customers.Find.Find(context.Background(), []record.Key{{Name: record.KeyID, Value: "55"}}, record.Near{}); call.ReactionOf(err) != call.Credentials {
		t.Errorf("got %v, want a refused key", err)
	}
	e.Mend()
	e.ResetCalls()
}

func TestARowThatDoesNotReadSaysWhatDidNot(t *testing.T) {
	row := auvoapi.Row{Raw: []byte(`{"id":55}`), Problems: []string{"email: is not an array", "active: is neither true nor false"}}
	i := (&side{}).customerItem(auvoapi.Customer{Row: row, ID: 55})
	if got := i.Fact(record.FactProblem); got != "email: is not an array; active: is neither true nor false" || string(i.Raw) != `{"id":55}` {
		t.Errorf("got %q of %s", got, i.Raw)
	}
}
