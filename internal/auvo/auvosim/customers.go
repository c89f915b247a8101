package auvosim

import (
	"net/http"
	"strings"
	"unicode"
)

// customers is /customers (auvo-api.md §4.2, §4.4).
func customers() *kind {
	return &kind{
		data: "customers", path: "customers", one: "Customer", id: "id", first: 700001,
		created: "creationDate", updated: "dateLastUpdate", empty: http.StatusNotFound,
		required: []string{"name"}, keys: []string{"externalId"},
		options: []string{"replaceData", "identifierBycpfCnpj", "allowLegalNameClear"},
		members: []member{
			{name: "id", shape: integer},
			{name: "name", ways: both, most: 500},
			{name: "description", ways: both, most: 500},
			{name: "legalName", ways: both, most: 100},
			{name: "externalId", ways: both, most: 255},
			{name: "cpfCnpj", ways: both},
			{name: "phoneNumber", shape: texts, ways: both},
			{name: "email", shape: texts, ways: both},
			{name: "manager", ways: both, most: 500},
			{name: "managerJobPosition", ways: both},
			{name: "note", ways: both, most: 5000},
			{name: "address", ways: both},
			{name: "adressComplement", ways: both, most: 1000},
			{name: "latitude", shape: number, ways: both},
			{name: "longitude", shape: number, ways: both},
			{name: "maximumVisitTime", shape: integer, ways: both},
			{name: "unitMaximumTime", shape: integer, ways: both},
			{name: "groupsId", shape: integers, ways: both},
			{name: "managerTeamsId", shape: integers, ways: both},
			{name: "managersId", shape: integers, ways: both},
			{name: "segmentId", shape: integer, ways: both},
			{name: "active", shape: boolean, ways: both, zero: true},
			{name: "contacts", shape: list, ways: post},
			{name: "attachments", shape: list, ways: post | dropped},
			{name: "uriAttachments", shape: texts},
			{name: "creationDate", shape: moment},
			{name: "dateLastUpdate", shape: moment},
		},
		filters: []filter{
			equals("id", "id"), contains("description", "name"), oneOf("externalId", "externalId"),
			sameDocument("cpfCnpj", "cpfCnpj"), contains("legalName", "legalName"),
			equals("segmentId", "segmentId"), holds("groupId", "groupsId"), equals("active", "active"),
			from("dateLastUpdate", "dateLastUpdate"), creationDay(),
		},
		adopt:    adoptCustomer,
		complete: func(_ *Sim, r Record) { nameCustomer(r) },
		check:    checkCustomer,
		render:   renderCustomer,
	}
}

// nameCustomer gives a seeded customer both of its names.
func nameCustomer(r Record) {
	if r.Text("name") == "" {
		r["name"] = r.Text("description")
	}
	if r.Text("description") == "" {
		r["description"] = r.Text("name")
	}
}

// adoptCustomer takes the name from either member, name first (auvo-api.md §4.2),
// and clears legalName only when the request says that it may.
func adoptCustomer(s *Sim, r, body Record, method string) {
	if _, named := r["name"]; !named {
		if d, ok := r["description"]; ok {
			r["name"] = d
		}
	}
	if name, ok := r["name"]; ok {
		r["description"] = name
		if s.StaleDescription && method != http.MethodPost {
			delete(r, "description")
		}
	}
	if method == http.MethodPut && r.Text("legalName") == "" && !body.Bool("allowLegalNameClear") {
		delete(r, "legalName")
	}
}

// checkCustomer refuses groups and managers that do not exist (auvo-api.md §4.2)
// and, when the switch says so, a second customer with one identifier (§4.6).
func checkCustomer(s *Sim, id string, r Record) *reply {
	if bad := s.missing(r, "groupsId", "groups"); bad != nil {
		return bad
	}
	if bad := s.missing(r, "managersId", "users"); bad != nil {
		return bad
	}
	if !s.RefuseDuplicates {
		return nil
	}
	for _, name := range []string{"externalId", "cpfCnpj"} {
		twin := s.findBy("customers", name, r.Text(name))
		if twin != nil && twin.Text("id") != id {
			return told(http.StatusConflict, "A customer with the given "+name+" already exists.")
		}
	}
	return nil
}

// missing refuses ids in a list that name no record; zeros mean none (auvo-api.md §3.7).
func (s *Sim) missing(r Record, name, data string) *reply {
	for _, id := range asList(r[name]) {
		if text := scalar(id); text != "0" && s.find(data, text) == nil {
			return told(http.StatusBadRequest, "The "+name+" "+text+" does not exist")
		}
	}
	return nil
}

// renderCustomer answers id and description; name is added to the answers of
// writes (auvo-api.md §13 "Customers").
func renderCustomer(s *Sim, r Record, v view) Record {
	if s.NewCustomerModel {
		r["customerId"] = r["id"]
		delete(r, "id")
		delete(r, "description")
		return r
	}
	if v != written && !s.StaleDescription {
		delete(r, "name")
	}
	return r
}

// sameDocument compares letters and digits only (auvo-api.md §13 "cpfCnpj filter").
func sameDocument(name, member string) filter {
	return filter{name: name, match: func(_ *Sim, r Record, v any) bool {
		return plain(r.Text(member)) == plain(scalar(v))
	}}
}

func plain(document string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToUpper(c)
		}
		return -1
	}, document)
}

// creationDay selects the day, or has no effect as seen live (auvo-api.md §4.4).
func creationDay() filter {
	return filter{name: "creationDate", date: true, match: func(s *Sim, r Record, v any) bool {
		if !s.CreationDateFilter {
			return true
		}
		have, _, ok := parseStamp(r.Text("creationDate"))
		want, _, okWant := parseStamp(scalar(v))
		return ok && okWant && stamp(have, dayLayout) == stamp(want, dayLayout)
	}}
}
