package auvosim

import (
	"net/url"
	"strings"
	"testing"
)

func TestAZeroSimHasUsersGroupsAndTaskTypes(t *testing.T) {
	c := setup(t, &Sim{})
	equal(t, "users", len(c.rows("/v2/users", "{}")), 3)
	equal(t, "task types", len(c.rows("/taskTypes/", "")), 3)
	_, groups := c.do("GET", "/v2/customerGroups", "")
	equal(t, "groups", groups, `{"result":[{"description":"Contrato","id":301},{"description":"Avulso","id":302}]}`)
	c.wantNoted()
}

func TestASeededTaskIsFilledConsistently(t *testing.T) {
	c := setup(t, &Sim{})
	c.seed(`{"customers":[{"id":55,"description":"Padaria","externalId":"7000","address":"Rua Um, 10"}],
		"services":[{"id":"0b1c2d3e-0000-4000-8000-000000000001","title":"Visita","price":"100.00","externalCode":"S1"}],
		"products":[{"id":4501,"name":"Filtro","unitaryValue":"$35.50","externalId":"PRD-7"}],
		"tasks":[{"taskID":812,"customerId":55,"taskType":7001,"idUserTo":502,"taskDate":"2026-02-04T08:00:00","taskStatus":5,"orientation":"Trocar",
		  "services":[{"name":"Visita","quantity":2,"discount":{"value":10,"type":"Valor"}}],
		  "products":[{"code":4501,"quantity":1.5,"unitaryValue":10}]}]}`)
	task := c.want(200, "GET", "/v2/tasks/812", "")
	for name, want := range map[string]string{
		"customerDescription": "Padaria", "customerExternalId": "7000", "taskTypeDescription": "Corretiva", "userToName": "Beto Lima",
		"address": "Rua Um, 10", "finished": "true", "checkInDate": "2026-02-04T08:10:00", "checkOutDate": "2026-02-04T09:40:00",
		"duration": "01:30:00", "dateLastUpdate": "2026-02-04T12:00:00", "deliveredDate": "0001-01-01T00:00:00",
	} {
		equal(t, name, task.Text(name), want)
	}
	service, product := task.List("services")[0], task.List("products")[0]
	equal(t, "service id", service.Text("id"), "0b1c2d3e-0000-4000-8000-000000000001")
	equal(t, "service total", service.Text("totalValue"), "190.00")
	equal(t, "product total", product.Text("totalValue"), "15.00")
	equal(t, "product code", product.Text("externalCode"), "PRD-7")
	equal(t, "summary", encoded(t, task["summary"]),
		`{"discount":{"type":"Valor","value":0},"totalAdditionalCosts":0.00,"totalProducts":15.00,"totalServices":190.00,"totalValue":205.00}`)
	c.wantNoted()
}

func TestTasksWithoutDatesAreRefusedInTheLiveWords(t *testing.T) {
	c := setup(t, &Sim{})
	one := func(target string) string {
		return `{"errorCode":168,"errors":["Start date and end date are required when customerId is not provided"],"message":"Bad request","target":"` + target + `"}`
	}
	for filter, want := range map[string]string{
		`{}`:                              "[" + one("startDate") + "," + one("endDate") + "]",
		`{"dateLastUpdate":"2026-01-01"}`: "[" + one("startDate") + "," + one("endDate") + "]",
		`{"startDate":"2026-01-01"}`:      "[" + one("endDate") + "]",
	} {
		for _, path := range []string{"/tasks", "/tasks/GetDeletedTasks"} {
			status, body := c.do("GET", path+"?paramFilter="+url.QueryEscape(filter), "")
			equal(t, filter, status, 400)
			equal(t, filter, body, want)
		}
	}
	equal(t, "with a customer", len(c.rows("/tasks", `{"customerId":1}`)), 0)
}

const severalTasks = `{"customers":[{"id":55,"description":"Padaria","groupsId":[301]}],"tasks":[
	{"taskID":1,"taskDate":"2026-02-04T00:00:00","dateLastUpdate":"2026-02-04T10:00:00","taskStatus":5,"customerId":55,"taskType":7001,"externalId":"X"},
	{"taskID":2,"taskDate":"2026-02-04T23:59:59","dateLastUpdate":"2026-02-05T10:00:00","taskStatus":1,"taskType":7002,"idUserTo":502},
	{"taskID":3,"taskDate":"2026-02-05T00:00:00","dateLastUpdate":"2026-02-05T10:00:01","taskStatus":5,"checkinType":2,"pendency":"peça"},
	{"taskID":4,"taskDate":"2026-02-06T08:00:00","dateLastUpdate":"2026-02-06T10:00:00","taskStatus":3}]}`

func TestTaskFilters(t *testing.T) {
	c := setup(t, &Sim{})
	c.seed(severalTasks)
	const wide = `"startDate":"2000-01-01T00:00:00","endDate":"2099-12-31T23:59:59"`
	for filter, want := range map[string]string{
		`{` + wide + `}`: "1,2,3,4",
		`{"startDate":"2026-02-04","endDate":"2026-02-04"}`:                               "1,2",
		`{"StartDate":"2026-02-04T23:59:59","endDate":"2026-02-05T00:00:00"}`:             "2,3",
		`{` + wide + `,"dateLastUpdate":"2026-02-05T10:00:00"}`:                           "2,3,4",
		`{"startDate":"2026-02-04","endDate":"2026-02-04","dateLastUpdate":"2026-02-05"}`: "2",
		`{"customerId":55}`:                     "1",
		`{` + wide + `,"customerGroupId":301}`:  "1",
		`{` + wide + `,"type":7002}`:            "2",
		`{` + wide + `,"typeList":"7001,7002"}`: "1,2",
		`{` + wide + `,"status":0}`:             "2,4",
		`{` + wide + `,"status":1}`:             "3",
		`{` + wide + `,"status":2}`:             "1",
		`{` + wide + `,"status":3}`:             "1,3",
		`{` + wide + `,"status":4}`:             "1,2,3,4",
		`{` + wide + `,"status":5}`:             "3",
		`{` + wide + `,"status":7}`:             "4",
		`{` + wide + `,"idUserTo":502}`:         "2",
		`{` + wide + `,"externalId":"X,Y"}`:     "1",
	} {
		equal(t, filter, strings.Join(ids(c.rows("/tasks", filter), "taskID"), ","), want)
	}
	c.wantNoted()
}

func TestADeletedTaskIs404AndListedByItsDate(t *testing.T) {
	c := setup(t, &Sim{})
	c.seed(severalTasks)
	c.want(204, "DELETE", "/tasks/1", "")
	if err := c.sim.Remove("tasks", "4"); err != nil {
		t.Fatal(err)
	}
	c.want(404, "GET", "/tasks/1", "")
	c.want(404, "GET", "/tasks/4", "")
	equal(t, "by date", strings.Join(ids(c.rows("/tasks/GetDeletedTasks", `{"startDate":"2026-02-06","endDate":"2026-02-06"}`), "taskID"), ","), "4")
	c.sim.Set(func(s *Sim) { s.DeletedByDeletionDate = true })
	equal(t, "by deletion", len(c.rows("/tasks/GetDeletedTasks", `{"startDate":"2026-02-04","endDate":"2026-02-04"}`)), 2)
}

func TestInconsistentTotalsStayAsSeeded(t *testing.T) {
	c := setup(t, &Sim{})
	c.seed(`{"tasks":[{"taskID":1,"services":[{"name":"Visita","quantity":2,"unitaryValue":10,"totalValue":99}],"summary":{"totalValue":1.5}}]}`)
	r := c.want(200, "GET", "/tasks/1", "")
	equal(t, "item", r.List("services")[0].Text("totalValue"), "99")
	equal(t, "services", r.Object("summary").Text("totalServices"), "99.00")
	equal(t, "whole", r.Object("summary").Text("totalValue"), "1.5")
}

func TestTaskTotalsWithDiscounts(t *testing.T) {
	const seed = `{"tasks":[{"taskID":1,"services":[{"name":"A","quantity":3,"unitaryValue":10.005,"discount":{"value":10,"type":"Porcentagem"}}],
		"products":[{"name":"B","quantity":2,"unitaryValue":5,"discount":1}],"additionalCosts":[{"name":"KM","unitaryValue":7}],
		"summary":{"discount":{"value":1,"type":1}}}]}`
	for name, test := range map[string]struct {
		sim   *Sim
		items string
		sums  string
	}{
		"net":   {&Sim{}, "27.01 9.00", "27.01 9.00 7.00 42.58"},
		"gross": {&Sim{GrossItems: true}, "30.02 10.00", "30.02 10.00 7.00 42.59"},
	} {
		t.Run(name, func(t *testing.T) {
			c := setup(t, test.sim)
			c.seed(seed)
			r := c.want(200, "GET", "/tasks/1", "")
			equal(t, "items", r.List("services")[0].Text("totalValue")+" "+r.List("products")[0].Text("totalValue"), test.items)
			sum := r.Object("summary")
			equal(t, "summary", strings.Join([]string{sum.Text("totalServices"), sum.Text("totalProducts"), sum.Text("totalAdditionalCosts"), sum.Text("totalValue")}, " "), test.sums)
			equal(t, "discount", encoded(t, sum["discount"]), `{"type":"Porcentagem","value":1}`)
		})
	}
}

func TestTaskListsMayLackItemsOrTimes(t *testing.T) {
	c := setup(t, &Sim{TaskListWithoutItems: true, TaskListWithoutChecks: true})
	c.seed(severalTasks)
	r := c.rows("/tasks", `{"customerId":55}`)[0]
	if r["services"] != nil || r["summary"] != nil || r.Text("checkInDate") != "" {
		t.Errorf("got %v", r)
	}
	if r = c.want(200, "GET", "/tasks/1", ""); r.Object("summary") == nil || r.Text("checkInDate") == "" {
		t.Errorf("got %v", r)
	}
}

func TestAPostedTaskTakesTheWordsOfRequests(t *testing.T) {
	c := setup(t, &Sim{})
	c.seed(`{"services":[{"id":"0b1c2d3e-0000-4000-8000-000000000001","title":"Visita","price":1}]}`)
	body := `{"idUserFrom":501,"orientation":"x","priority":"2","taskServices":[{"serviceId":"0b1c2d3e-0000-4000-8000-000000000001","quantity":2,"value":50,"discountType":1,"discountValue":10}],"taskDiscount":{"type":0,"value":5}}`
	r := c.want(201, "POST", "/tasks", body)
	equal(t, "summary", r.Object("summary").Text("totalValue"), "85.00")
	path := "/tasks/" + r.Text("taskID")
	r = c.want(200, "PUT", path+"/services", `{"taskServices":[{"serviceId":"0b1c2d3e-0000-4000-8000-000000000001","quantity":1}]}`)
	equal(t, "after PUT", r.Object("summary").Text("totalValue"), "40.00")
	r = c.want(200, "DELETE", path+"/services", `["0b1c2d3e-0000-4000-8000-000000000001"]`)
	equal(t, "items left", len(r.List("services")), 0)
	c.want(400, "PATCH", path, `[{"op":"replace","path":"taskStatus","value":5}]`)
	c.want(200, "PATCH", path, `[{"op":"replace","path":"externalId","value":"K"}]`)
	if err := c.sim.MoveTask(r.Text("taskID"), 3); err != nil {
		t.Fatal(err)
	}
	status, text := c.do("PATCH", path, `[{"op":"replace","path":"idUserTo","value":502}]`)
	if status != 400 || !strings.Contains(text, "check in") {
		t.Errorf("got %d %s", status, text)
	}
}
