package auvosim

import "net/http"

// services is /services: GUIDs, and an externalCode that is unique (auvo-api.md §7.1).
func services() *kind {
	return &kind{
		data: "services", path: "services", one: "Service", id: "id", guid: true,
		empty: http.StatusNotFound, required: []string{"title"}, keys: []string{"externalCode"},
		members: []member{
			{name: "id"},
			{name: "title", ways: both},
			{name: "description", ways: both},
			{name: "price", shape: number, ways: both},
			{name: "active", shape: boolean, ways: both, zero: true},
			{name: "externalCode", ways: both},
			{name: "fiscalServiceId", shape: object, ways: both | dropped},
		},
		filters: []filter{
			equals("id", "id"), contains("title", "title"), contains("description", "description"),
			oneOf("externalCode", "externalCode"), samePrice("price", "price"), equals("active", "active"),
		},
		adopt: func(s *Sim, r, _ Record, _ string) {
			if s.NoExternalCode {
				delete(r, "externalCode")
			}
		},
		check:  checkService,
		render: renderService,
	}
}

// checkService refuses a second service with one externalCode; the text is not
// documented (auvo-api.md §7.1, §13).
func checkService(s *Sim, id string, r Record) *reply {
	twin := s.findBy("services", "externalCode", r.Text("externalCode"))
	if twin != nil && twin.Text("id") != id {
		return told(http.StatusBadRequest, "The externalCode must be unique")
	}
	return nil
}

func renderService(s *Sim, r Record, _ view) Record {
	price := cents(figure(r["price"]))
	r["price"] = jsonNumber(price)
	if s.ServicePriceText {
		r["price"] = price.String()
	}
	r["fiscalServiceId"] = nil
	if s.NoExternalCode {
		delete(r, "externalCode")
	}
	return r
}

func samePrice(name, member string) filter {
	return filter{name: name, match: func(_ *Sim, r Record, v any) bool {
		return figure(r[member]).Cmp(figure(v)) == 0
	}}
}
