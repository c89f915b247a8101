package auvosim

import "testing"

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
