package auvo

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/auvo/auvosim"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
)

// at is a wall clock's time in São Paulo.
func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, auvoapi.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func money(s string) *decimal.Decimal { d := num(s); return &d }

func seedSources(e *env, d auvosim.Data) {
	d.Customers = append(d.Customers, acme)
	d.Products = append(d.Products, tube)
	d.Services = append(d.Services, visit)
	e.seed(d)
}

var job = auvosim.Record{
	"taskID": 812, "idUserFrom": 501, "idUserTo": 502, "customerId": 55, "taskType": 7001, "taskDate": "2026-11-23T08:00:00", "checkInDate": "2026-11-23T08:10:00",
	"orientation": "Trocar filtro", "pendency": "falta peça", "taskUrl": "https://app.auvo.test/t/1", "taskStatus": 5, "finished": true, "dateLastUpdate": "2026-11-23T09:30:00",
	"products":        []any{auvosim.Record{"productId": tubeGUID, "quantity": 2, "unitaryValue": 20.5, "discount": auvosim.Record{"value": 1, "type": "Valor"}}},
	"services":        []any{auvosim.Record{"id": visitGUID, "quantity": 1, "unitaryValue": 150.25}},
	"additionalCosts": []any{auvosim.Record{"name": "Pedágio", "unitaryValue": 12.3}},
	"summary":         auvosim.Record{"discount": auvosim.Record{"value": 10, "type": "Porcentagem"}},
}

// TestATaskDatedBefore2000IsNotListed: Auvo demands both bounds of the task's date,
// and these are as wide as live clients use (auvoapi.TaskFilter). A task that is
// dated on the last evening of 1999 changed when you like: no list shows it.
func TestATaskDatedBefore2000IsNotListed(t *testing.T) {
	e := setup(t, Options{})
	before, after := maps.Clone(job), maps.Clone(job)
	before["taskID"], before["taskDate"] = 811, "1999-12-31T23:59:59"
	after["taskID"], after["taskDate"] = 813, "2000-01-01T00:00:00"
	seedSources(e, auvosim.Data{Tasks: []auvosim.Record{before, job, after}})
	var got []string
	items, _ := recordtest.Read(t, recordtest.FeedOf(t, e.Tasks, "tasks"), record.Window{Since: monday.Add(-24 * time.Hour), Until: monday})
	for _, i := range items {
		got = append(got, i.ID)
	}
	if !slices.Equal(got, []string{"812", "813"}) {
		t.Errorf("listed %v", got)
	}
}

func TestATaskIsReadAsASource(t *testing.T) {
	e := setup(t, Options{})
	seedSources(e, auvosim.Data{Tasks: []auvosim.Record{job}})
	want := record.Item{
		Kind: record.Task, Side: record.Auvo, ID: "812", Title: "Tarefa 812", Keys: []record.Key{{Name: "customer", Value: "55"}},
		Source: &record.Source{
			CustomerID: "55", CustomerName: "ACME & Filhos", Date: at("2026-11-23 08:00:00"), CheckIn: at("2026-11-23 08:10:00"), Changed: at("2026-11-23 09:30:00"),
			Status: "finished", TaskType: "7001", Pendency: "falta peça", Description: "Trocar filtro", Link: "https://app.auvo.test/t/1",
			CreatorID: "501", CreatorName: "Ana Souza", WorkerID: "502", WorkerName: "Beto Lima",
			Products: []record.Line{{
				ID: tubeGUID, Code: "4501", ExternalCode: "SKU1", Name: `Tubo 1/2"`, Quantity: num("2"), UnitPrice: num("20.5"), Total: money("40"), Discount: record.Discount{Value: num("1")},
			}},
			Services: []record.Line{{ID: visitGUID, ExternalCode: "7000000201", Name: "Visita  Técnica", Quantity: num("1"), UnitPrice: num("150.25"), Total: money("150.25")}},
			Costs:    []record.CostLine{{Name: "Pedágio", Value: num("12.3")}},
			Discount: record.Discount{Percent: true, Value: num("10")},
			Summary:  record.Summary{Known: true, Products: num("40"), Services: num("150.25"), Costs: num("12.3"), Total: num("182.3")},
		},
	}
	got := e.again(record.Task, "812")
	got.Source.CustomerName, got.Source.Services[0].Name = strings.TrimSpace(got.Source.CustomerName), strings.TrimSpace(got.Source.Services[0].Name)
	same(t, got, want, stampless)
	if !got.Changed.Equal(at("2026-11-23 09:30:00")) || got.Version != "2026-11-23T12:30:00Z" {
		t.Errorf("changed %v in version %q", got.Changed, got.Version)
	}
}

func TestATaskHasTheStatusThatItsNumberOrItsEndSays(t *testing.T) {
	for number, want := range map[int]string{0: "", 1: "opened", 2: "in-displacement", 3: "checked-in", 4: "checked-out", 5: "finished", 6: "paused", 9: ""} {
		if got := taskItem(auvoapi.Task{TaskID: 1, TaskStatus: number}).Source.Status; got != want {
			t.Errorf("status %d is %q, want %q", number, got, want)
		}
	}
	if got := taskItem(auvoapi.Task{TaskStatus: 4, Finished: true}).Source.Status; got != "finished" {
		t.Errorf("a finished task is %q", got)
	}
}

func TestWhatATaskDoesNotHaveIsEmpty(t *testing.T) {
	i := taskItem(auvoapi.Task{TaskID: 1, HasItems: true})
	if len(i.Keys) != 0 || i.Fact(record.FactPartial) != "" || i.Source.Summary.Known || !i.Changed.IsZero() || i.Version != "" {
		t.Errorf("got %+v", i)
	}
	same(t, *i.Source, record.Source{})
}

func TestAListRowWithoutItemsIsPartial(t *testing.T) {
	e := setup(t, Options{}, func(s *auvosim.Sim) { s.TaskListWithoutItems = true })
	seedSources(e, auvosim.Data{Tasks: []auvosim.Record{job}})
	items, _ := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Tasks, "tasks"), record.Window{})
	if len(items) != 1 || items[0].Fact(record.FactPartial) != "true" || e.again(record.Task, "812").Fact(record.FactPartial) != "" {
		t.Errorf("got %+v", items)
	}
}

func TestTasksAreReadByWhenTheyChangedWhateverTheirDate(t *testing.T) {
	for name, ignored := range map[string][]string{"filter works": nil, "filter ignored": {"tasks.dateLastUpdate"}} {
		t.Run(name, func(t *testing.T) {
			e := setup(t, Options{}, func(s *auvosim.Sim) { s.IgnoreFilters = ignored })
			e.seed(auvosim.Data{Tasks: []auvosim.Record{
				{"taskID": 1, "taskDate": "2021-01-01T08:00:00", "dateLastUpdate": "2026-11-23T09:00:00"},
				{"taskID": 2, "taskDate": "2026-11-23T08:00:00", "dateLastUpdate": "2026-11-22T09:00:00"},
				{"taskID": 3, "taskDate": "2040-01-01T08:00:00", "dateLastUpdate": "2026-11-23T09:59:00"},
			}})
			items, _ := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Tasks, "tasks"), record.Window{Since: monday.Add(-time.Hour), Until: monday})
			same(t, ids(items), []string{"1", "3"})
			items, _ = recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Tasks, "tasks"), record.Window{Until: monday})
			same(t, ids(items), []string{"1", "2", "3"})
		})
	}
}

func TestDeletedTasksAreReadAroundTodayAndWithoutBoundsInTheSweep(t *testing.T) {
	e := setup(t, Options{})
	e.seed(auvosim.Data{DeletedTasks: []auvosim.Record{
		{"taskID": 1, "taskDate": "2026-09-24T00:00:00"},
		{"taskID": 2, "taskDate": "2026-09-23T23:59:00"},
		{"taskID": 3, "taskDate": "2027-11-23T23:59:00"},
		{"taskID": 4, "taskDate": "2027-11-24T00:00:00"},
		{"taskID": 5, "taskDate": "2001-01-01T00:00:00"},
		{"taskID": 6, "taskDate": "2050-01-01T00:00:00"},
	}})
	items, _ := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Tasks, "deleted-tasks"), record.Window{Until: monday})
	same(t, ids(items), []string{"1", "3"})
	for _, i := range items {
		if !i.Source.Deleted {
			t.Errorf("task %s is not told as deleted", i.ID)
		}
	}
	items, _ = recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Tasks, "deleted-tasks"), record.Window{Until: monday, Sweep: true})
	same(t, ids(items), []string{"1", "2", "3", "4", "5", "6"})
}

func TestSourcesAreFoundByIDAndByNothingElse(t *testing.T) {
	e := setup(t, Options{})
	seedSources(e, auvosim.Data{Tasks: []auvosim.Record{job}, Quotations: []auvosim.Record{budget}})
	same(t, ids(e.find(record.Task, record.KeyID, "812", "813", "x")), []string{"812"})
	same(t, ids(e.find(record.Quotation, record.KeyID, "412", "413", "x")), []string{"412"})
	for _, kind := range []record.Kind{record.Task, record.Quotation} {
		if _, err := e.Of(kind).Find.Find(context.Background(), []record.Key{{Name: record.KeyCustomer, Value: "55"}}, record.Near{}); !errors.Is(err, record.ErrNoLookup) {
			t.Errorf("%s: got %v for a customer", kind, err)
		}
		if e.Of(kind).Write != nil || e.Of(kind).Stop != nil {
			t.Errorf("%s: a source is nothing that Ponte writes", kind)
		}
	}
	if err := e.Remove("tasks", "812"); err != nil {
		t.Fatal(err)
	}
	same(t, ids(e.find(record.Task, record.KeyID, "812")), []string{})
}

var budget = auvosim.Record{
	"publicId": 412, "customerId": 55, "taskId": 811, "taskIds": []any{812, 0, 811}, "requesterUserId": 501, "requestDate": "2026-11-02", "lastUpdateDate": "2026-11-23",
	"currentStage": auvosim.Record{"id": 3, "description": "Aprovado", "isCancelled": true},
	"products": []any{auvosim.Record{
		"productId": 4501, "amount": 2, "unitaryValue": "20.50", "unitaryDiscount": auvosim.Record{"type": "Percentual", "value": 10},
	}},
	"services":       []any{auvosim.Record{"serviceId": visitGUID, "amount": 1, "unitaryValue": "150.25", "unitaryDiscount": auvosim.Record{"type": "Monetario", "value": 0.25}}},
	"aditionalCosts": []any{auvosim.Record{"id": 1, "costId": 901, "description": "Frete", "value": "10.00"}},
	"summary":        auvosim.Record{"discount": auvosim.Record{"type": "Monetario", "value": 5}},
}

func TestAQuotationIsReadAsASource(t *testing.T) {
	e := setup(t, Options{})
	seedSources(e, auvosim.Data{Quotations: []auvosim.Record{budget}})
	got := e.again(record.Quotation, "412")
	got.Source.CustomerName, got.Source.Services[0].Name = strings.TrimSpace(got.Source.CustomerName), strings.TrimSpace(got.Source.Services[0].Name)
	same(t, got, record.Item{
		Kind: record.Quotation, Side: record.Auvo, ID: "412", Title: "Orçamento 412",
		Keys: []record.Key{{Name: "customer", Value: "55"}, {Name: "task", Value: "811"}, {Name: "task", Value: "812"}},
		Source: &record.Source{
			CustomerID: "55", CustomerName: "ACME & Filhos", Requested: at("2026-11-02 00:00:00"), Changed: at("2026-11-23 23:59:59"), CreatorID: "501",
			StageID: "3", StageName: "Aprovado", StageCancelled: true, TaskIDs: []string{"811", "812"},
			Products: []record.Line{{
				ID: "4501", Code: "4501", ExternalCode: "SKU1", Quantity: num("2"), UnitPrice: num("20.5"), Discount: record.Discount{Percent: true, Value: num("10")}, DiscountPerUnit: true,
			}},
			Services: []record.Line{{
				ID: visitGUID, ExternalCode: "7000000201", Name: "Visita  Técnica", Quantity: num("1"), UnitPrice: num("150.25"), Discount: record.Discount{Value: num("0.25")}, DiscountPerUnit: true,
			}},
			Costs:    []record.CostLine{{Name: "Frete", Value: num("10")}},
			Discount: record.Discount{Value: num("5")},
			Summary:  record.Summary{Known: true, Products: num("36.9"), Services: num("150"), Costs: num("10"), Total: num("191.9")},
		},
	}, stampless)
	if !got.Changed.Equal(got.Source.Changed) || got.Version != "" {
		t.Errorf("changed %v in version %q: a day is no version", got.Changed, got.Version)
	}
}

func TestAQuotationInTheOldWordsIsReadAlike(t *testing.T) {
	e := setup(t, Options{}, func(s *auvosim.Sim) { s.OldQuotations = true })
	seedSources(e, auvosim.Data{Quotations: []auvosim.Record{budget}})
	got := e.again(record.Quotation, "412").Source
	if got.StageName != "Aprovado" || len(got.TaskIDs) != 2 || len(got.Products) != 1 || !got.Products[0].Quantity.Equal(num("2")) || !got.Changed.IsZero() {
		t.Errorf("got %+v", got)
	}
}

func TestALeadHasNoCustomer(t *testing.T) {
	i := quotationItem(auvoapi.Quotation{PublicID: 1, LeadName: "Futuro"})
	if i.Source.CustomerID != "" || len(i.Keys) != 0 || i.Fact(record.FactPartial) != "true" {
		t.Errorf("got %+v", i)
	}
}

func TestADayOfChangeIsItsLastSecondAndAnHourStays(t *testing.T) {
	for given, want := range map[time.Time]time.Time{
		at("2026-11-23 00:00:00"): at("2026-11-23 23:59:59"), at("2026-11-23 10:20:30"): at("2026-11-23 10:20:30"), {}: {},
	} {
		if got := endOfDay(given); !got.Equal(want) {
			t.Errorf("%v is %v, want %v", given, got, want)
		}
	}
}

func TestQuotationsAreReadByDayWithADayOfOverlap(t *testing.T) {
	e := setup(t, Options{})
	changed := func(id int, day string) auvosim.Record { return auvosim.Record{"publicId": id, "lastUpdateDate": day} }
	e.seed(auvosim.Data{Quotations: []auvosim.Record{changed(1, "2026-11-21"), changed(2, "2026-11-22"), changed(3, "2026-11-23")}})
	feed := recordtest.FeedOf(e.t, e.Quotations, "quotations")
	items, _ := recordtest.Read(e.t, feed, record.Window{Since: monday.Add(-time.Hour), Until: monday})
	same(t, ids(items), []string{"2", "3"})
	items, _ = recordtest.Read(e.t, feed, record.Window{Until: monday})
	same(t, ids(items), []string{"1", "2", "3"})
	if !feed.Daily || !feed.Windowed || !feed.Cycle {
		t.Errorf("got %+v", feed)
	}
}
