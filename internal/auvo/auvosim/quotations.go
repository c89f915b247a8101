package auvosim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/govalues/decimal"
)

// quotations is /quotations in the new words; the old ones are a switch (auvo-api.md §9).
func quotations() *kind {
	return &kind{
		data: "quotations", path: "quotations", one: "Quotation", id: "publicId", first: 401,
		created: "registerDate", updated: "lastUpdateDate", layout: dayLayout, empty: http.StatusOK,
		members: []member{
			{name: "publicId", shape: integer},
			{name: "customerId", shape: integer, ways: both},
			{name: "customerName"},
			{name: "customerExternalId"},
			{name: "externalCode", ways: both},
			{name: "taskId", shape: integer, ways: post},
			{name: "leadName", ways: both},
			{name: "internalNote", ways: both},
			{name: "taskIds", shape: integers, ways: both},
			{name: "requesterUserId", shape: integer, zero: whole(501)},
			{name: "responsibleEmployeeId"},
			{name: "registerDate", shape: day},
			{name: "requestDate", shape: day, ways: both},
			{name: "expireDate", shape: day, ways: both},
			{name: "lastUpdateDate", shape: day},
			{name: "observations", ways: both},
			{name: "descount"},
			{name: "publicLink"},
			{name: "payment", shape: object, ways: both},
			{name: "products", shape: list, ways: post},
			{name: "services", shape: list, ways: post},
			{name: "aditionalCosts", shape: list},
			{name: "contacts", shape: list},
			{name: "currentStage", shape: object},
			{name: "summary", shape: object},
			{name: "alterations", shape: list},
			// What only requests say (§9.4).
			{name: "statusId", shape: integer, ways: both | dropped},
			{name: "responsibleUserId", shape: integer, ways: both | dropped},
			{name: "discountType", ways: both | dropped},
			{name: "discountValue", shape: number, ways: both | dropped},
			{name: "additionalCosts", shape: list, ways: post | dropped},
			{name: "attachments", shape: list, ways: both | dropped},
		},
		filters: []filter{
			equals("publicId", "publicId"), oneOf("usersId", "requesterUserId"), oneOf("customersId", "customerId"),
			{name: "productsId", match: hasProduct},
			from("requestStartDate", "requestDate"), until("requestEndDate", "requestDate"),
			from("lastUpdateStartDate", "lastUpdateDate"), until("lastUpdateEndDate", "lastUpdateDate"),
			{name: "currentStage", match: func(_ *Sim, r Record, v any) bool {
				return slices.Contains(choices(v), r.Object("currentStage").Text("description"))
			}},
		},
		adopt: adoptQuotation, complete: completeQuotation, render: renderQuotation,
	}
}

func hasProduct(_ *Sim, r Record, v any) bool {
	return slices.ContainsFunc(r.List("products"), func(p Record) bool {
		return slices.Contains(choices(v), p.Text("productId"))
	})
}

func completeQuotation(s *Sim, r Record) {
	r["responsibleEmployeeId"] = orElse(r.Text("responsibleEmployeeId"), func(f string) string { return guid(f, 502) }, "users")
	for _, name := range []string{"requestDate", "registerDate"} {
		if r.Text(name) == "" {
			r[name] = stamp(s.now(), dayLayout)
		}
	}
	s.completeStage(r)
	for _, line := range r.List("products") {
		s.completeQuotedProduct(line)
	}
	for _, line := range r.List("services") {
		s.completeQuotedService(line)
	}
	completeQuotedTotals(r)
}

// completeQuotedProduct: quotations name products by the numeric id and write
// prices as text (auvo-api.md §9.1).
func (s *Sim) completeQuotedProduct(line Record) {
	p := s.find("products", line.Text("productId"))
	if p == nil {
		p = s.findBy("products", "externalId", line.Text("externalCode"))
	}
	line.setDefault("productId", whole(p.Int("id")))
	line.setDefault("externalCode", p.Text("externalId"))
	priceQuoted(line, p["unitaryValue"])
}

func (s *Sim) completeQuotedService(line Record) {
	v := s.find("services", line.Text("serviceId"))
	if v == nil {
		v = s.findBy("services", "externalCode", line.Text("externalCode"))
	}
	if v == nil {
		v = s.findBy("services", "title", line.Text("name"))
	}
	line.setDefault("serviceId", orElse(v.Text("id"), s.newGUID, "quotedservice"))
	line.setDefault("externalCode", v.Text("externalCode"))
	line.setDefault("name", v.Text("title"))
	line.setDefault("description", v.Text("description"))
	line.setDefault("dateRegister", stamp(s.now(), dayLayout))
	priceQuoted(line, v["price"])
}

func priceQuoted(line Record, price any) {
	line["amount"] = jsonNumber(figure(firstOf(line["amount"], json.Number("1"))))
	line["unitaryValue"] = figure(firstOf(line["unitaryValue"], price)).Pad(2).String()
	line["unitaryDiscount"] = quotedDiscount(line["unitaryDiscount"])
}

func quotedDiscount(v any) map[string]any {
	d := asRecord(v)
	kind := d.Text("type")
	if kind == "" {
		kind = "Monetario"
	}
	return map[string]any{"type": kind, "value": jsonNumber(figure(firstOf(d["value"], json.Number("0"))))}
}

// completeQuotedTotals adds up what the summary does not say itself: lines net
// of their unit discounts, gross their sum, net that less the whole discount.
func completeQuotedTotals(r Record) {
	given := r.Object("summary")
	if given == nil {
		given = Record{}
	}
	gross := decimal.Zero.Pad(2)
	for list, total := range map[string]string{"products": "totalProducts", "services": "totalServices"} {
		all := decimal.Zero.Pad(2)
		for _, line := range r.List(list) {
			all = sum(all, quotedTotal(line))
		}
		given.setDefault(total, jsonNumber(all))
		gross = sum(gross, figure(given[total]))
	}
	costs := decimal.Zero.Pad(2)
	for _, line := range r.List("aditionalCosts") {
		costs = sum(costs, figure(line["value"]))
	}
	given.setDefault("totalAdditionalCosts", jsonNumber(costs))
	given.setDefault("grossTotalValue", jsonNumber(sum(gross, costs)))
	given["discount"] = quotedDiscount(given["discount"])
	whole := figure(given["grossTotalValue"])
	net := discounted(whole, given.Object("discount"), decimal.One)
	given.setDefault("netTotalValue", jsonNumber(cents(net)))
	r["descount"] = cents(less(whole, net)).String()
	r["summary"] = map[string]any(given)
}

func quotedTotal(line Record) decimal.Decimal {
	n := figure(line["amount"])
	d := line.Object("unitaryDiscount")
	return cents(discounted(times(n, figure(line["unitaryValue"])), d, n))
}

// adoptQuotation reads statusId, the discount and additionalCosts of requests (auvo-api.md §9.4).
func adoptQuotation(s *Sim, r, body Record, _ string) {
	if key, ok := nameIn(body, "statusId"); ok {
		r["currentStage"] = s.stageNamed(scalar(body[key]))
	}
	if key, ok := nameIn(body, "discountValue"); ok {
		r["summary"] = map[string]any{"discount": map[string]any{"type": body["discountType"], "value": body[key]}}
	}
	if key, ok := nameIn(body, "additionalCosts"); ok {
		r["aditionalCosts"] = body[key]
	}
}

// joinQuotation names the customer.
func joinQuotation(s *Sim, r Record) {
	customer := s.find("customers", r.Text("customerId"))
	joinText(r, "customerName", customer, "name")
	joinText(r, "customerExternalId", customer, "externalId")
}

func renderQuotation(s *Sim, r Record, _ view) Record {
	joinQuotation(s, r)
	for _, name := range []string{"internalNote", "leadName"} {
		if r.Text(name) == "" {
			r[name] = nil
		}
	}
	if s.OldQuotations {
		return oldQuotation(r)
	}
	return r
}

// oldQuotation answers in the words of the previous documents (auvo-api.md §9.1 *old*).
func oldQuotation(r Record) Record {
	r["taskID"], r["CurrentStage"] = r["taskId"], r["currentStage"]
	for _, line := range r.List("products") {
		line["amout"], line["UnitaryValue"] = line["amount"], line["unitaryValue"]
		dropAll(line, "amount", "unitaryValue", "externalCode")
	}
	for _, name := range []string{"registerDate", "requestDate"} {
		if text := r.Text(name); text != "" && !strings.Contains(text, "T") {
			r[name] = text + "T00:00:00"
		}
	}
	dropAll(r, "taskId", "currentStage", "customerExternalId", "externalCode", "leadName", "internalNote",
		"expireDate", "lastUpdateDate", "payment", "services", "responsibleEmployeeId")
	return r
}
