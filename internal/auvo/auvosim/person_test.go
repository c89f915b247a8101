package auvosim

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPeopleMoveTheStampOfTheLastChange(t *testing.T) {
	at := time.Date(2026, 2, 4, 15, 0, 0, 0, time.UTC)
	c := setup(t, &Sim{Now: func() time.Time { return at }})
	c.seed(severalTasks)
	at = at.Add(time.Hour)
	for name, act := range map[string]func() error{
		"customers/55": func() error {
			return c.sim.Edit("customers", "55", map[string]any{"description": "Nova", "email": []string{"a@b.test"}})
		},
		"tasks/2": func() error { return c.sim.MoveTask("2", 2) },
		"tasks/4": func() error {
			return c.sim.FinishTask("4", Items{Services: []Record{{"name": "Visita", "quantity": 2, "unitaryValue": 10}}})
		},
		"tasks/1": func() error { return c.sim.Edit("task", "1", map[string]any{"orientation": "outra"}) },
	} {
		if err := act(); err != nil {
			t.Fatal(name, err)
		}
		equal(t, name, c.want(200, "GET", "/"+name, "").Text("dateLastUpdate"), "2026-02-04T13:00:00")
	}
	equal(t, "renamed", c.want(200, "GET", "/customers/55", "").Text("description"), "Nova")
	task := c.want(200, "GET", "/tasks/4", "")
	equal(t, "finished", task.Text("finished")+task.Text("taskStatus"), "true5")
	equal(t, "checked out", task.Text("checkOutDate"), "2026-02-04T13:00:00")
	equal(t, "total", task.Object("summary").Text("totalValue"), "20.00")
	if err := c.sim.MoveTask("4", 1); err != nil {
		t.Fatal(err)
	}
	task = c.want(200, "GET", "/tasks/4", "")
	equal(t, "opened again", task.Text("finished")+task.Text("checkIn")+task.Text("checkInDate"), "falsefalse")
}

func TestItemEditsMayLeaveTheStamp(t *testing.T) {
	at := time.Date(2026, 2, 4, 15, 0, 0, 0, time.UTC)
	c := setup(t, &Sim{Now: func() time.Time { return at }, ItemEditsKeepDate: true})
	c.seed(`{"tasks":[{"taskID":1}]}`)
	at = at.Add(time.Hour)
	if err := c.sim.Edit("tasks", "1", map[string]any{"products": []any{map[string]any{"name": "B", "unitaryValue": 5}}}); err != nil {
		t.Fatal(err)
	}
	r := c.want(200, "GET", "/tasks/1", "")
	equal(t, "stamp", r.Text("dateLastUpdate"), "2026-02-04T12:00:00")
	equal(t, "total", r.Object("summary").Text("totalValue"), "5.00")
}

func TestWhatAPersonCannotDo(t *testing.T) {
	s := &Sim{}
	for name, err := range map[string]error{
		"unknown kind":   s.Edit("budgets", "1", nil),
		"unknown id":     s.Edit("customers", "1", nil),
		"unknown member": s.Edit("users", "501", map[string]any{"nome": "x"}),
		"another id":     s.Edit("users", "501", map[string]any{"userID": 9}),
		"unknown status": s.MoveTask("1", 9),
		"unknown seed":   s.Seed(Data{Customers: []Record{{"nome": "x"}}}),
		"wrong type":     s.Seed(Data{Tasks: []Record{{"taskDate": "soon"}}}),
		"no quotation":   s.SetStage("1", "Aprovado"),
		"nothing there":  s.Remove("tasks", "1"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestASnapshotSeedsAnEqualSim(t *testing.T) {
	c := setup(t, &Sim{})
	c.seed(severalTasks)
	c.seed(`{"products":[{"name":"A","unitaryValue":"R$ 1.234,50"}],"services":[{"title":"S"}],"additionalcosts":[{"name":"KM","value":7}],
		"quotations":[{"customerId":55,"products":[{"productId":4501,"amount":2}]}]}`)
	if err := c.sim.Remove("tasks", "4"); err != nil {
		t.Fatal(err)
	}
	want := c.sim.Snapshot()
	other := &Sim{Now: func() time.Time { return time.Unix(0, 0) }}
	if err := other.Seed(want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, other.Snapshot()); diff != "" {
		t.Error(diff)
	}
	want.Customers[0]["description"] = "changed outside"
	equal(t, "untouched", c.sim.Snapshot().Customers[0].Text("description"), "Padaria")
}

func TestQuotations(t *testing.T) {
	at := time.Date(2026, 2, 5, 2, 0, 0, 0, time.UTC) // still the 4th in Brasília
	c := setup(t, &Sim{Now: func() time.Time { return at }})
	c.seed(`{"customers":[{"id":55,"description":"Padaria"}],"products":[{"id":4501,"name":"Filtro","unitaryValue":35.5,"externalId":"PRD-7"}],
		"quotations":[{"publicId":412,"customerId":55,"requestDate":"2026-02-01","products":[{"productId":4501,"amount":2,"unitaryDiscount":{"type":"Monetario","value":0.5}}],
		"summary":{"discount":{"type":"Percentual","value":10}}}]}`)
	r := c.want(200, "GET", "/quotations/412", "")
	equal(t, "customer", r.Text("customerName"), "Padaria")
	equal(t, "line", encoded(t, r["products"]), `[{"amount":2,"externalCode":"PRD-7","productId":4501,"unitaryDiscount":{"type":"Monetario","value":0.5},"unitaryValue":"35.50"}]`)
	equal(t, "net", r.Object("summary").Text("grossTotalValue")+" "+r.Object("summary").Text("netTotalValue"), "70.00 63.00")
	equal(t, "descount", r.Text("descount"), "7.00")
	equal(t, "days", r.Text("lastUpdateDate")+" "+r.Text("requestDate"), "2026-02-04 2026-02-01")
	at = at.AddDate(0, 0, 2)
	if err := c.sim.SetStage("412", "Aprovado"); err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]int{
		`{"lastUpdateStartDate":"2026-02-06"}`: 1, `{"lastUpdateStartDate":"2026-02-07"}`: 0, `{"lastUpdateEndDate":"2026-02-05"}`: 0,
		`{"currentStage":"Aprovado,Outro"}`: 1, `{"currentStage":"Enviado"}`: 0, `{"customersId":[55]}`: 1, `{"productsId":[1]}`: 0, `{"requestEndDate":"2026-02-01"}`: 1,
	} {
		equal(t, filter, len(c.rows("/quotations", filter)), want)
	}
	r = c.want(200, "PATCH", "/quotations/412", `[{"op":"replace","path":"statusId","value":4}]`)
	equal(t, "stage", r.Object("currentStage").Text("description"), "Reprovado")
	if err := c.sim.SetStage("412", "Ganho"); err != nil {
		t.Fatal(err)
	}
	equal(t, "made stage", c.want(200, "GET", "/quotations/412", "").Object("currentStage").Text("id"), "5")
	c.sim.Set(func(s *Sim) { s.OldQuotations = true })
	r = c.want(200, "GET", "/quotations/412", "")
	line := r.List("products")[0]
	equal(t, "old words", line.Text("amout")+line.Text("UnitaryValue")+r.Object("CurrentStage").Text("description"), "235.50Ganho")
	equal(t, "old times", r.Text("requestDate"), "2026-02-01T00:00:00")
}

func TestServicesAndCostsInTasksAndQuotations(t *testing.T) {
	c := setup(t, &Sim{})
	c.seed(`{"services":[{"title":"Visita","price":80,"externalCode":"S1"}],"additionalcosts":[{"id":901,"name":"KM","value":7}]}`)
	c.want(200, "PUT", "/additionalcosts/901", `{"name":"KM rodado","value":8}`)
	c.seed(`{"tasks":[{"taskID":1,"additionalCosts":[{"code":901}]}]}`)
	cost := c.want(200, "GET", "/tasks/1", "").List("additionalCosts")[0]
	equal(t, "cost", cost.Text("name")+" "+cost.Text("unitaryValue"), "KM rodado 8")
	equal(t, "cost GUID", len(cost.Text("additionalCostId")), 36)
	r := c.want(201, "POST", "/quotations", `{"statusId":3,"services":[{"externalCode":"S1","amount":2}],"additionalCosts":[{"costId":901,"value":"8.00"}],"discountType":"Monetario","discountValue":18}`)
	service := r.List("services")[0]
	equal(t, "service", service.Text("name")+" "+service.Text("unitaryValue"), "Visita 80.00")
	equal(t, "net", r.Object("summary").Text("netTotalValue"), "150.00")
	equal(t, "stage", r.Object("currentStage").Text("description"), "Aprovado")
	equal(t, "by price", len(c.rows("/services", `{"price":"80.00"}`)), 1)
	c.wantNoted()
}
