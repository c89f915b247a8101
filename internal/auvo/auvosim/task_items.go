package auvosim

import (
	"encoding/json"

	"github.com/govalues/decimal"
)

// The lists of items of a task, with how an item finds its catalogue entry
// (auvo-api.md §8.3).
var taskLines = []struct {
	list  string
	total string // in the summary
	fill  func(s *Sim, line Record)
}{
	{"products", "totalProducts", (*Sim).fillProductLine},
	{"services", "totalServices", (*Sim).fillServiceLine},
	{"additionalCosts", "totalAdditionalCosts", (*Sim).fillCostLine},
}

func (s *Sim) completeLines(r Record) {
	for _, lines := range taskLines {
		rows := r.List(lines.list)
		for _, line := range rows {
			line.setDefault("userResponsibleCode", r["idUserTo"])
			line.setDefault("userResponsible", s.find("users", line.Text("userResponsibleCode")).Text("name"))
			line.setDefault("dateRegister", stamp(s.now(), secondLayout))
			line.setDefault("dateEdit", nil)
			lines.fill(s, line)
		}
		r[lines.list] = listOf(rows)
	}
}

func (s *Sim) fillProductLine(line Record) {
	p := s.findBy("products", "productId", line.Text("productId"))
	if p == nil && line.Text("code") != "" {
		p = s.find("products", line.Text("code"))
	}
	if p == nil {
		p = s.findBy("products", "externalId", line.Text("externalCode"))
	}
	if p == nil {
		p = s.findBy("products", "name", line.Text("name"))
	}
	line.setDefault("productId", orElse(p.Text("productId"), s.newGUID, "taskproduct"))
	line.setDefault("code", whole(p.Int("id")))
	line.setDefault("externalCode", p.Text("externalId"))
	line.setDefault("name", p.Text("name"))
	line.setDefault("description", p.Text("description"))
	s.priceLine(line, p["unitaryValue"])
}

func (s *Sim) fillServiceLine(line Record) {
	v := s.find("services", line.Text("id"))
	if v == nil {
		v = s.findBy("services", "externalCode", line.Text("externalCode"))
	}
	if v == nil {
		v = s.findBy("services", "title", line.Text("name"))
	}
	line.setDefault("id", orElse(v.Text("id"), s.newGUID, "taskservice"))
	line.setDefault("externalCode", v.Text("externalCode"))
	line.setDefault("name", v.Text("title"))
	s.priceLine(line, v["price"])
}

// fillCostLine knows a cost by GUID, by the int code or by name; it has
// neither quantity nor discount.
func (s *Sim) fillCostLine(line Record) {
	var cost Record
	for _, c := range s.state.tables["additionalcosts"].rows {
		if line.Text("additionalCostId") == costGUID(c) || line.Text("code") == c.Text("id") || line.Text("name") == c.Text("name") {
			cost = c
			break
		}
	}
	guid := ""
	if cost != nil {
		guid = costGUID(cost)
	}
	line.setDefault("additionalCostId", orElse(guid, s.newGUID, "taskcost"))
	line.setDefault("code", whole(cost.Int("id")))
	line.setDefault("name", cost.Text("name"))
	line["unitaryValue"] = jsonNumber(figure(firstOf(line["unitaryValue"], cost["value"])))
}

func orElse(known string, fresh func(string) string, family string) string {
	if known != "" {
		return known
	}
	return fresh(family)
}

func firstOf(values ...any) any {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}

// priceLine settles quantity, price and discount, and the total unless the seed
// gave one: quantity × unit price − discount, the discount being the line's
// (auvo-api.md §13 "Item totalValue"), rounded to the cent.
func (s *Sim) priceLine(line Record, price any) {
	line["quantity"] = jsonNumber(figure(firstOf(line["quantity"], json.Number("1"))))
	line["unitaryValue"] = jsonNumber(figure(firstOf(line["unitaryValue"], price)))
	discount := s.discountOf(line["discount"])
	line["discount"] = map[string]any(discount)
	if line["totalValue"] != nil {
		return
	}
	total := times(figure(line["quantity"]), figure(line["unitaryValue"]))
	if !s.GrossItems {
		total = discounted(total, discount, decimal.One)
	}
	line["totalValue"] = jsonNumber(cents(total))
}

// discountOf reads a discount of a task: {value, type}, or an amount alone.
func (s *Sim) discountOf(v any) Record {
	d := asRecord(v)
	if d == nil {
		d = Record{"value": firstOf(v, json.Number("0"))}
	}
	kind := scalar(d["type"])
	switch {
	case kind == "" || kind == "0":
		kind = "Valor"
	case kind == "1":
		kind = s.percentText()
	}
	return Record{"value": jsonNumber(figure(d["value"])), "type": kind}
}

func (s *Sim) percentText() string {
	if s.PercentText != "" {
		return s.PercentText
	}
	return "Porcentagem"
}

// completeSummary adds up what the seed's summary does not say itself; totals
// that it does say stay, right or wrong.
func (s *Sim) completeSummary(r Record) {
	given := r.Object("summary")
	if given == nil {
		given = Record{}
	}
	discount := s.discountOf(given["discount"])
	all := decimal.Zero
	for _, lines := range taskLines {
		shown, net := s.addUp(r.List(lines.list))
		given.setDefault(lines.total, jsonNumber(shown))
		all = sum(all, net)
	}
	given["discount"] = map[string]any(discount)
	given.setDefault("totalValue", jsonNumber(cents(discounted(all, discount, decimal.One))))
	r["summary"] = map[string]any(given)
}

// addUp returns the sum of the item totals as shown, and the same net of the
// items' discounts.
func (s *Sim) addUp(rows []Record) (shown, net decimal.Decimal) {
	shown, net = decimal.Zero.Pad(2), decimal.Zero.Pad(2)
	for _, line := range rows {
		total := figure(firstOf(line["totalValue"], line["unitaryValue"]))
		shown = sum(shown, total)
		if d := line.Object("discount"); s.GrossItems && d != nil {
			total = discounted(total, d, decimal.One)
		}
		net = sum(net, total)
	}
	return shown, net
}
