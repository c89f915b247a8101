package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// office is the life of the office and of the field, on both screens.
var office = []verb{
	{"opens", 6, func(d *dice) []string { return []string{d.fresh("t"), d.name("c"), d.one("7001", "7001", "7002")} }, openTask},
	{"finishes", 12, func(d *dice) []string { return append([]string{d.name("t")}, d.items()...) }, finish},
	{"moves", 3, func(d *dice) []string { return []string{d.name("t"), d.one("2", "3", "4", "6", "5")} }, func(w *world, at words) {
		w.tried(w.auvo.MoveTask(taskID(at.at(0)), at.int(1)))
	}},
	{"amends", 4, func(d *dice) []string { return append([]string{d.name("t")}, d.items()...) }, amend},
	{"discounts", 2, func(d *dice) []string { return []string{d.name("t"), d.one("10%", "7.77", "3%", "0.01")} }, func(w *world, at words) {
		percent, isPercent := strings.CutSuffix(at.at(1), "%")
		w.editTask(at.at(0), map[string]any{"summary": map[string]any{"discount": map[string]any{
			"value": json.Number(percent), "type": map[bool]string{true: "Porcentagem", false: "Valor"}[isPercent],
		}}})
	}},
	{"reassigns", 1, func(d *dice) []string { return []string{d.name("t"), d.one("501", "502", "503")} }, func(w *world, at words) {
		w.editTask(at.at(0), map[string]any{"idUserTo": at.int(1)})
	}},
	{"rewrites", 1, func(d *dice) []string { return []string{d.name("t"), d.fresh("v")} }, func(w *world, at words) {
		w.editTask(at.at(0), map[string]any{"orientation": "Visita " + at.at(1)})
	}},
	{"redates", 2, func(d *dice) []string { return []string{d.name("t"), d.one("-1", "1", "3")} }, func(w *world, at words) {
		w.editTask(at.at(0), map[string]any{"taskDate": stamp(w.now().AddDate(0, 0, at.int(1)))})
	}},
	{"hands-over", 1, func(d *dice) []string { return []string{d.name("t"), d.name("c")} }, func(w *world, at words) {
		if to := w.auvoIDOf(at.at(1)); to != "" {
			w.editTask(at.at(0), map[string]any{"customerId": to})
		}
	}},
	{"deletes", 2, func(d *dice) []string { return []string{d.one(d.name("t"), d.name("t"), d.name("q"))} }, func(w *world, at words) {
		if strings.HasPrefix(at.at(0), "q") {
			w.tried(w.auvo.Remove("quotations", quoteID(at.at(0))))
			return
		}
		w.tried(w.auvo.Remove("tasks", taskID(at.at(0))))
	}},

	{"offers", 2, func(d *dice) []string {
		return append([]string{d.fresh("q"), d.name("c"), d.one("-", "-", d.name("t"))}, d.items()...)
	}, offer},
	{"stages", 6, func(d *dice) []string {
		return []string{d.name("q"), d.one("Aprovado", "Aprovado", "Aprovado", "Em aberto", "Reprovado")}
	}, func(w *world, at words) {
		w.tried(w.auvo.SetStage(quoteID(at.at(0)), strings.Join(at[1:], " ")))
	}},
	{"requotes", 2, func(d *dice) []string { return append([]string{d.name("q")}, d.items()...) }, requote},

	{"auvo-edits", 8, customerEdit, func(w *world, at words) {
		if id := w.auvoIDOf(at.at(0)); id != "" {
			w.tried(w.auvo.Edit("customers", id, auvoEdit(at.at(1), at.at(0), strings.TrimPrefix(at.at(2), "v"))))
		}
	}},
	{"omie-edits", 8, customerEdit, func(w *world, at words) {
		if id := w.omieIDOf(at.at(0)); id != 0 {
			w.tried(w.omie.Edit("clientes", id, omieEdit(at.at(1), at.at(0), strings.TrimPrefix(at.at(2), "v"), w.h.setting("name"))))
		}
	}},
	{"quarrels", 5, customerQuarrel, func(w *world, at words) {
		verbNamed("auvo-edits").do(w, words{at.at(0), at.at(1), at.at(2)})
		verbNamed("omie-edits").do(w, words{at.at(0), at.at(1), at.at(3)})
	}},
	{"auvo-wins", 2, newCustomer, func(w *world, at words) {
		w.tried(w.auvo.Seed(auvosim.Data{Customers: []auvosim.Record{newAuvoCustomer(at.at(0), at.at(1), at.at(2))}}))
	}},
	{"omie-wins", 2, newCustomer, func(w *world, at words) {
		w.tried(w.omie.Seed(omiesim.Data{Clientes: []omiesim.Record{newOmieCustomer(at.at(0), at.at(1), at.at(2))}}))
	}},
	{"auvo-loses", 1, func(d *dice) []string { return []string{d.name("c")} }, func(w *world, at words) {
		if id := w.auvoIDOf(at.at(0)); id != "" {
			w.tried(w.auvo.Remove("customers", id))
		}
	}},
	{"omie-loses", 1, func(d *dice) []string { return []string{d.name("c")} }, func(w *world, at words) {
		if id := w.omieIDOf(at.at(0)); id != 0 && !w.inUse(id) {
			w.tried(w.omie.Remove("clientes", id))
		}
	}},

	{"renames", 2, func(d *dice) []string { return []string{d.name("p"), d.fresh("v")} }, func(w *world, at words) {
		w.editProduct(at.at(0), map[string]any{"descricao": "Produto " + at.at(0) + " " + at.at(1)})
	}},
	{"prices", 2, func(d *dice) []string { return []string{d.name("p"), d.one("12.34", "0.37", "99.99", "35.5", "10")} }, func(w *world, at words) {
		w.editProduct(at.at(0), map[string]any{"valor_unitario": json.Number(at.at(1))})
	}},
	{"recodes", 1, func(d *dice) []string { return []string{d.name("p"), d.fresh("v")} }, func(w *world, at words) {
		w.editProduct(at.at(0), map[string]any{"codigo": sku(at.at(0), at.at(1))})
		w.witness.recoded[sku(at.at(0), at.at(1))] = true
	}},
	{"retires", 1, func(d *dice) []string { return []string{d.name("p"), d.one("S", "N")} }, func(w *world, at words) {
		w.editProduct(at.at(0), map[string]any{"inativo": at.at(1)})
	}},
	{"stocks", 3, func(d *dice) []string { return []string{d.name("p"), d.one("5", "-3", "1", "-20")} }, func(w *world, at words) {
		w.tried(w.omie.MoveStock(omieProducts+ordinal(at.at(0)), 0, at.at(1)))
	}},
	{"adds", 1, func(d *dice) []string { return []string{d.fresh("p")} }, func(w *world, at words) {
		w.tried(w.omie.Seed(omiesim.Data{Produtos: []omiesim.Record{newProduct(at.at(0))}}))
	}},
	{"types", 1, func(d *dice) []string { return []string{d.name("p")} }, func(w *world, at words) {
		if code := w.skuOf(at.at(0)); find(w.auvo.Snapshot().Products, "externalId", code) == nil { // typed in by hand
			w.witness.byHand[code] = true
			w.tried(w.auvo.Seed(auvosim.Data{Products: []auvosim.Record{{"id": auvoProducts + 1000 + ordinal(at.at(0)), "name": "Produto à mão", "externalId": code, "unitaryValue": 1}}}))
		}
	}},
	{"mistypes", 1, func(d *dice) []string { return []string{d.name("p"), d.fresh("v")} }, func(w *world, at words) {
		if known := find(w.auvo.Snapshot().Products, "externalId", w.skuOf(at.at(0))); known != nil {
			w.tried(w.auvo.Edit("products", known.Text("id"), map[string]any{"name": "Trocado " + at.at(1)}))
		}
	}},
	{"adds-service", 1, func(d *dice) []string { return []string{d.fresh("s")} }, func(w *world, at words) {
		w.tried(w.omie.Seed(omiesim.Data{Servicos: []omiesim.Record{newService(at.at(0))}}))
	}},
	{"renames-service", 1, func(d *dice) []string { return []string{d.name("s"), d.fresh("v")} }, func(w *world, at words) {
		w.editService(at.at(0), map[string]any{"cDescricao": "Serviço " + at.at(0) + " " + at.at(1)})
	}},
	{"prices-service", 1, func(d *dice) []string { return []string{d.name("s"), d.one("12.34", "200", "0.5")} }, func(w *world, at words) {
		w.editService(at.at(0), map[string]any{"nPrecoUnit": json.Number(at.at(1))})
	}},

	{"bills", 3, documentOf, func(w *world, at words) { w.onDocument(at, w.omie.Bill) }},
	{"cancels", 2, documentOf, func(w *world, at words) { w.onDocument(at, w.omie.Cancel) }},
	{"advances", 2, func(d *dice) []string { return append(documentOf(d), d.one("20", "50")) }, func(w *world, at words) {
		w.onDocument(at, func(kind string, id int64) error { return w.omie.SetStage(kind, id, at.at(2)) })
	}},
	{"tears-up", 2, documentOf, tearUp},
	{"annotates", 2, func(d *dice) []string { return append(documentOf(d), d.fresh("v")) }, annotate},
	{"haggles", 2, func(d *dice) []string { return append(documentOf(d), d.one("2", "4", "9")) }, haggle},
}

func customerEdit(d *dice) []string {
	field := d.one("name", "phone", "phone", "email", "email", "address", "complement", "complement", "document", "active")
	v := d.fresh("v")
	switch {
	case field == "active":
		v = d.one("on", "off")
	case d.chance(10) && field != "name" && field != "document":
		v = "-"
	}
	return []string{d.name("c"), field, v}
}

// customerQuarrel: both sides change one field of one customer.
func customerQuarrel(d *dice) []string {
	return []string{d.name("c"), d.one("name", "phone", "email", "complement"), d.fresh("v"), d.fresh("v")}
}

// newCustomer is one of its own, or with the name or the document of another.
func newCustomer(d *dice) []string {
	other := d.name("c")
	name := d.fresh("c")
	switch d.IntN(5) {
	case 0:
		return []string{name, other, name}
	case 1:
		return []string{name, name, other}
	}
	return []string{name, name, name}
}

// items are what a technician used, or a quotation offers.
func (d *dice) items() []string {
	var all []string
	for range 1 + d.IntN(3) {
		name := d.one("s0", "s1", "s2", d.name("p"), d.name("p"))
		all = append(all, name+":"+d.one("", "2", "3", "0.5", "1.37")+":"+d.one("", "", "5%", "0.35"))
	}
	return all
}

func documentOf(d *dice) []string {
	return []string{d.one(d.name("t"), d.name("t"), d.name("q")), d.one("os", "pedidos")}
}

func taskID(name string) string  { return fmt.Sprint(firstTask + ordinal(name)) }
func quoteID(name string) string { return fmt.Sprint(firstQuote + ordinal(name)) }

func finish(w *world, at words) {
	task := w.auvo.Snapshot().Find("tasks", taskID(at.at(0)))
	if task == nil || task.Bool("finished") {
		return
	}
	amend(w, at)
}

// amend adds items to a task and leaves it finished.
func amend(w *world, at words) {
	services, products := w.lines(at[min(1, len(at)):], false)
	w.tried(w.auvo.FinishTask(taskID(at.at(0)), auvosim.Items{Services: services, Products: products}))
}

func requote(w *world, at words) {
	services, products := w.lines(at[min(1, len(at)):], true)
	if len(services)+len(products) == 0 {
		return
	}
	w.tried(w.auvo.Edit("quotations", quoteID(at.at(0)), map[string]any{"services": services, "products": products}))
}

func (w *world) editTask(name string, set map[string]any) {
	w.tried(w.auvo.Edit("tasks", taskID(name), set))
}

func (w *world) editProduct(name string, set map[string]any) {
	w.tried(w.omie.Edit("produtos", omieProducts+ordinal(name), set))
}

func (w *world) editService(name string, set map[string]any) {
	w.tried(w.omie.Edit("servicos", omieServices+ordinal(name), map[string]any{"cabecalho": set}))
}

func (w *world) inUse(customer int64) bool {
	for _, d := range documents(w.omie.Snapshot()) {
		if d.customer == fmt.Sprint(customer) {
			return true
		}
	}
	return false
}

// document finds a person's document on the screen: by its source, of its kind.
func (w *world) document(at words) (document, bool) {
	code := sourceCode(at.at(0), at.at(1))
	for _, d := range documents(w.omie.Snapshot()) {
		if d.code == code && !d.cancelled {
			return d, true
		}
	}
	return document{}, false
}

func sourceCode(name, kind string) string {
	letter := map[string]string{"os": "S", "pedidos": "V"}[kind]
	if strings.HasPrefix(name, "q") {
		return "AUVOQ" + quoteID(name) + letter
	}
	return "AUVOT" + taskID(name) + letter
}

// onDocument does what a person may do to a document that is still open.
func (w *world) onDocument(at words, do func(kind string, id int64) error) {
	if d, found := w.document(at); found && !d.billed {
		if w.witness.during() > 0 {
			w.witness.between++
		}
		w.tried(do(d.kind, d.number()))
	}
}

func tearUp(w *world, at words) {
	w.onDocument(at, func(kind string, id int64) error {
		code, m := sourceCode(at.at(0), at.at(1)), w.witness
		m.gone[code] = true
		m.office = deleteEdits(deleteEdits(m.office, code, "lines"), code, "notes")
		left, err := w.db.Unsettled(context.Background(), "acme")
		w.must(err)
		for _, c := range left {
			m.unheard[c.Code] = m.unheard[c.Code] || c.Code == code // looked up now it is not there: it is made
		}
		return w.omie.Remove(kind, id)
	})
}

// annotate adds a line of the office's own to the notes.
func annotate(w *world, at words) {
	line := "Escritório: " + at.at(2)
	w.officeEdit(at, "notes", line, func(d document) bool { return strings.Contains(d.notes, line) }, func(d document) map[string]any {
		notes := d.notes + "\n" + line
		if d.kind == "os" {
			return map[string]any{"Observacoes": map[string]any{"cObsOS": notes}}
		}
		return map[string]any{"observacoes": map[string]any{"obs_venda": notes}}
	})
}

// haggle changes the quantity of a document's first line.
func haggle(w *world, at words) {
	holds := func(d document) bool { return len(d.billedLines()) > 0 && d.billedLines()[0].quantity == at.at(2) }
	w.officeEdit(at, "lines", "quantity "+at.at(2), holds, func(d document) map[string]any { return d.withQuantity(at.at(2)) })
}

func (w *world) officeEdit(at words, field, text string, holds func(document) bool, set func(document) map[string]any) {
	w.onDocument(at, func(kind string, id int64) error {
		d, _ := w.document(at)
		m := w.witness
		if holds(d) {
			return nil // it stands there already, as Ponte wrote it: nobody's edit
		}
		if field == "lines" { // a person's second thought replaces the first
			m.office = deleteEdits(m.office, d.code, field)
		}
		m.office = append(m.office, officeEdit{code: d.code, field: field, holds: holds, text: text, cycle: m.during()})
		return w.omie.Edit(kind, id, set(d))
	})
}

func deleteEdits(all []officeEdit, code, field string) []officeEdit {
	var left []officeEdit
	for _, e := range all {
		if e.code != code || e.field != field {
			left = append(left, e)
		}
	}
	return left
}
