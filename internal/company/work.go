package company

import (
	"encoding/json"
	"fmt"
	"time"

	"ponte/internal/auvo/auvosim"
)

// A task is one that a technician works on.
type task struct {
	id       int64
	customer *customer
	worker   person
	status   int
}

// The states of a task (auvo-api.md §8.2).
const (
	opened         = 1
	inDisplacement = 2
	checkedIn      = 3
	checkedOut     = 4
	finished       = 5
	paused         = 6
)

const firstTask = 81200001

// An errand is a kind of task of the seed: its state, what it used, and what
// is particular about it.
type errand struct {
	status             int
	services, products int
	special            func(auvosim.Record)
}

// day is one day's tasks.
var day = []errand{
	{status: finished, services: 1},
	{status: finished, services: 2, products: 1},
	{status: finished, services: 1, products: 2, special: func(r auvosim.Record) {
		r["summary"] = map[string]any{"discount": map[string]any{"value": 10, "type": "Porcentagem"}}
	}},
	{status: finished, products: 2},
	{status: finished, services: 1, products: 1, special: func(r auvosim.Record) {
		r["additionalCosts"] = []any{map[string]any{"code": travelCost}}
	}},
	{status: finished, services: 1, special: func(r auvosim.Record) { // a part that Omie lacks
		r["products"] = []any{map[string]any{"code": looseProduct, "quantity": 1}}
	}},
	{status: checkedOut, services: 1},
	{status: checkedIn},
	{status: checkedIn},
	{status: inDisplacement},
	{status: opened},
	{status: opened},
	{status: opened},
	{status: opened},
	{status: paused, services: 1},
}

var orders = []string{
	"Ar-condicionado da sala de reunião não gela; cliente pede retorno até as 14h.",
	"Preventiva mensal do contrato: limpar filtros e medir pressões.",
	"Câmara fria acima de 5 °C desde ontem à noite.",
	"Condensadora fazendo ruído; verificar motor e suportes.",
	"Instalar split novo na recepção. Levar escada.",
	"Pingando água pela evaporadora; checar dreno.",
	"Equipamento desarma o disjuntor ao ligar.",
	"Vazamento de gás na linha de sucção; localizar e corrigir.",
	"Orçar a troca dos três equipamentos do 2º andar.",
}

func (c *Company) planDay(a *auvosim.Data) {
	c.lastTask = firstTask - 1
	for range c.scale {
		for _, e := range day {
			a.Tasks = append(a.Tasks, c.seedTask(e))
		}
	}
}

// seedTask writes a task that was last changed a while ago.
func (c *Company) seedTask(e errand) auvosim.Record {
	t, r := c.newTask(c.recent())
	t.status = e.status
	changed := c.recent()
	r["taskStatus"], r["dateLastUpdate"], r["creationDate"] = e.status, auvoStamp(changed), auvoStamp(c.from)
	if e.status >= checkedIn {
		r["checkInDate"] = auvoStamp(later(changed.Add(-70*time.Minute), midnight(c.now)))
	}
	if e.status == checkedOut || e.status == finished {
		r["checkOutDate"] = auvoStamp(changed)
	}
	items := c.items(e.services, e.products)
	r["services"], r["products"] = items.Services, items.Products
	if e.special != nil {
		e.special(r)
	}
	c.keep(t)
	return r
}

// keep remembers a task among the open or the finished ones.
func (c *Company) keep(t *task) {
	if t.status == finished {
		c.finished = append(c.finished, t)
		return
	}
	c.tasks = append(c.tasks, t)
}

// newTask plans work for a customer that both sides can take.
func (c *Company) newTask(at time.Time) (*task, auvosim.Record) {
	c.lastTask++
	who, ok := pickIf(c, c.customers, func(k *customer) bool { return k.auvo != 0 && !k.odd })
	if !ok {
		panic("company: no customer to work for")
	}
	t := &task{id: c.lastTask, customer: who, worker: pick(c, c.technicians()), status: opened}
	return t, auvosim.Record{
		"taskID": t.id, "customerId": who.auvo, "idUserFrom": c.people[0].id, "idUserTo": t.worker.id,
		"taskType": corrective + c.rand.IntN(warranty-corrective+1), "taskDate": auvoStamp(at), "priority": 1 + c.rand.IntN(3),
		"orientation": pick(c, orders), "taskStatus": opened, "sendDigitalOs": true,
	}
}

// items draws what a technician used: services by title, parts by code, both
// sometimes with a discount.
func (c *Company) items(services, products int) auvosim.Items {
	var it auvosim.Items
	for range services {
		if s, ok := pickIf(c, c.services, func(s *service) bool { return s.inAuvo }); ok {
			it.Services = append(it.Services, c.discounted(auvosim.Record{"name": s.title, "quantity": 1 + c.rand.IntN(2)}, true))
		}
	}
	for range products {
		if p, ok := pickIf(c, c.products, func(p *product) bool { return p.auvo != 0 }); ok {
			it.Products = append(it.Products, c.discounted(auvosim.Record{"code": p.auvo, "quantity": c.quantity(p)}, false))
		}
	}
	return it
}

// discounted takes something off a line, now and then: a percentage or, where
// the line is worth it, an amount.
func (c *Company) discounted(line auvosim.Record, worth bool) auvosim.Record {
	switch {
	case c.chance(10):
		line["discount"] = map[string]any{"value": 5, "type": "Porcentagem"}
	case worth && c.chance(10):
		line["discount"] = map[string]any{"value": json.Number("5.5"), "type": "Valor"}
	}
	return line
}

// quantity is whole, or in tenths for what is weighed or measured.
func (c *Company) quantity(p *product) json.Number {
	if p.unit == "UN" {
		return json.Number(fmt.Sprint(1 + c.rand.IntN(3)))
	}
	return json.Number(fmt.Sprintf("%d.%d", c.rand.IntN(4), 5+c.rand.IntN(5)))
}

// A quotation is one that is still negotiated.
type quotation struct {
	id       int64
	customer *customer
}

// The stages of a quotation; an Auvo account names its own (auvo-api.md §9.2).
const (
	negotiating = "Em negociação"
	approved    = "Aprovado"
)

const firstQuotation = 401

func (c *Company) quote(a *auvosim.Data) {
	c.lastQuote = firstQuotation - 1
	for range c.scale {
		for _, stage := range []string{negotiating, approved, negotiating, approved, negotiating} {
			a.Quotations = append(a.Quotations, c.newQuotation(stage, c.now))
		}
	}
}

// newQuotation offers parts, sometimes a service, sometimes with a discount.
func (c *Company) newQuotation(stage string, at time.Time) auvosim.Record {
	c.lastQuote++
	who, ok := pickIf(c, c.customers, func(k *customer) bool { return k.auvo != 0 && !k.odd })
	if !ok {
		panic("company: no customer to quote for")
	}
	if stage == negotiating {
		c.quotations = append(c.quotations, &quotation{c.lastQuote, who})
	}
	r := auvosim.Record{
		"publicId": c.lastQuote, "customerId": who.auvo, "requesterUserId": c.people[0].id,
		"currentStage": map[string]any{"description": stage},
		"requestDate":  auvoDay(at), "registerDate": auvoDay(at), "lastUpdateDate": auvoDay(at), "expireDate": auvoDay(at.AddDate(0, 0, 15)),
	}
	var products, services []any
	for range 1 + c.rand.IntN(3) {
		products = append(products, c.quotedProduct())
	}
	if s, ok := pickIf(c, c.services, func(s *service) bool { return s.inAuvo }); ok && c.chance(40) {
		services = append(services, map[string]any{"name": s.title, "amount": 1})
	}
	r["products"], r["services"] = products, services
	if c.chance(30) {
		r["summary"] = map[string]any{"discount": map[string]any{"type": "Percentual", "value": 3}}
	}
	return r
}

// quotedProduct is a line; its discount counts for each unit (auvo-api.md §9.1).
func (c *Company) quotedProduct() map[string]any {
	p, ok := pickIf(c, c.products, func(p *product) bool { return p.auvo != 0 })
	if !ok {
		panic("company: no product to quote")
	}
	line := map[string]any{"productId": p.auvo, "amount": c.quantity(p)}
	if c.chance(30) {
		line["unitaryDiscount"] = map[string]any{"type": "Monetario", "value": json.Number("1.25")}
	}
	return line
}
