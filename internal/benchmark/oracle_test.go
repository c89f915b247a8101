package benchmark

import (
	"fmt"
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A judge looks at one account at rest. It shares no rule with engine or flow.
type judge struct {
	*town
	id    string
	auvo  auvosim.Data
	omie  omiesim.Data
	waits []store.Wait
}

// check looks at both sides of every account, after quiet.
func (tw *town) check() {
	for _, a := range tw.vendors.accounts {
		waits, err := tw.db.Waits(tw.t.Context(), a.id)
		if err != nil {
			tw.t.Fatal(err)
		}
		j := &judge{tw, a.id, a.auvo.Snapshot(), a.omie.Snapshot(), waits}
		j.once()
		j.customers()
		j.catalogue()
		j.documents()
		j.settled()
	}
}

func (j *judge) fail(format string, args ...any) { j.t.Errorf(j.id+": "+format, args...) }

// waiting tells whether a record waits, with a cause.
func (j *judge) waiting(kind record.Kind, side record.Side, id string) bool {
	return slices.ContainsFunc(j.waits, func(w store.Wait) bool {
		on := w.Auvo
		if side == record.Omie {
			on = w.Omie
		}
		return w.Cause != "" && w.Ref.Kind == kind && (on == id || w.Ref == record.Ref{Kind: kind, Side: side, ID: id})
	})
}

// once: no code and no external id names two records (P1).
func (j *judge) once() {
	seen := map[string]int{}
	for _, r := range j.omie.OS {
		seen["OS "+strings.TrimSpace(r.Text("Cabecalho", "cCodIntOS"))]++
	}
	for _, r := range j.omie.Pedidos {
		seen["pedido "+r.Text("cabecalho", "codigo_pedido_integracao")]++
	}
	for _, r := range j.omie.Clientes {
		seen["cliente "+r.Text("codigo_cliente_integracao")]++
		if tax := digits(r.Text("cnpj_cpf")); tax != "" {
			seen["tax id in Omie "+tax]++
		}
	}
	for _, r := range j.auvo.Customers {
		seen["customer "+r.Text("externalId")]++
		if tax := digits(r.Text("cpfCnpj")); tax != "" {
			seen["tax id in Auvo "+tax]++
		}
	}
	for _, r := range j.auvo.Products {
		seen["product "+r.Text("externalId")]++
	}
	for _, r := range j.auvo.Services {
		seen["service "+r.Text("externalCode")]++
	}
	for code, n := range seen {
		if n > 1 && !strings.HasSuffix(code, " ") {
			j.fail("%d records carry %s", n, code)
		}
	}
}

// customers: each has its partner, equal in what is mapped, or waits, or is left out.
func (j *judge) customers() {
	partnered := map[string]bool{}
	for _, c := range j.auvo.Customers {
		partner := j.partner(c)
		if partner != nil {
			partnered[partner.Text("codigo_cliente_omie")] = true
		}
		switch {
		case j.waiting(record.Customer, record.Auvo, c.Text("id")):
		case partner == nil:
			j.fail("customer %s of Auvo has no partner in Omie and does not wait", c.Text("id"))
		default:
			j.agree(c, partner)
		}
	}
	for _, o := range j.omie.Clientes {
		id := o.Text("codigo_cliente_omie")
		if o.Text("razao_social") == "Cliente Consumidor" {
			continue // Omie's own: never made in Auvo (design.md §7)
		}
		if !partnered[id] && !j.waiting(record.Customer, record.Omie, id) && !j.excluded(record.Customer, record.Omie, id) {
			j.fail("customer %s of Omie has no partner in Auvo, does not wait and is not left out", id)
		}
	}
}

func (j *judge) partner(c auvosim.Record) omiesim.Record {
	for _, o := range j.omie.Clientes {
		if c.Text("externalId") == o.Text("codigo_cliente_omie") {
			return o
		}
	}
	return nil
}

func (j *judge) agree(c auvosim.Record, o omiesim.Record) {
	for _, f := range [][3]string{
		{"name", c.Text("description"), o.Text("razao_social")},
		{"tax id", digits(c.Text("cpfCnpj")), digits(o.Text("cnpj_cpf"))},
		{"telephone", digits(first(c["phoneNumber"])), digits(o.Text("telefone1_ddd") + o.Text("telefone1_numero"))},
		{"e-mail", strings.ToLower(first(c["email"])), strings.ToLower(o.Text("email"))},
		{"complement", c.Text("adressComplement"), o.Text("complemento")},
		{"active", fmt.Sprint(c.Bool("active")), fmt.Sprint(o.Text("inativo") != "S")},
	} {
		if f[1] != f[2] {
			j.fail("customer %s: %s is %q in Auvo and %q in Omie", c.Text("id"), f[0], f[1], f[2])
		}
	}
}

func first(list any) string {
	switch all := list.(type) {
	case []any:
		if len(all) > 0 {
			return fmt.Sprint(all[0])
		}
	case []string:
		if len(all) > 0 {
			return all[0]
		}
	}
	return ""
}

// digits are the letters and digits of a text: tax ids have both.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if (r >= '0' && r <= '9') || (r >= 'A' && r <= 'Z') {
			return r
		}
		return -1
	}, strings.ToUpper(text))
}

// excluded tells whether the account's settings leave a record out.
func (j *judge) excluded(kind record.Kind, side record.Side, id string) bool {
	state, err := j.db.ItemState(j.t.Context(), j.id, record.Ref{Kind: kind, Side: side, ID: id})
	return err == nil && state.Outcome == store.OutcomeExcluded
}

// catalogue: Auvo's products and services are Omie's, price and stock included.
func (j *judge) catalogue() {
	for _, p := range j.omie.Produtos {
		n := slices.IndexFunc(j.auvo.Products, func(r auvosim.Record) bool { return r.Text("externalId") == p.Text("codigo") })
		switch {
		case j.waiting(record.Product, record.Omie, p.Text("codigo_produto")):
		case n < 0:
			j.fail("product %s is not in Auvo", p.Text("codigo"))
		default:
			mine := j.auvo.Products[n]
			j.same("price of "+p.Text("codigo"), mine["unitaryValue"], p.Dec("valor_unitario"))
			j.same("stock of "+p.Text("codigo"), mine["totalStock"], j.balance(p.Text("codigo_produto")))
		}
	}
	for _, s := range j.omie.Servicos {
		id := s.Text("intListar", "nCodServ")
		n := slices.IndexFunc(j.auvo.Services, func(r auvosim.Record) bool { return r.Text("externalCode") == id })
		switch {
		case j.waiting(record.Service, record.Omie, id):
		case n < 0:
			j.fail("service %s is not in Auvo", id)
		default:
			j.same("price of service "+id, j.auvo.Services[n]["price"], s.Dec("cabecalho", "nPrecoUnit"))
		}
	}
}

func (j *judge) same(what string, inAuvo any, inOmie decimal.Decimal) {
	mine, err := decimal.Parse(fmt.Sprint(inAuvo))
	if inAuvo == nil {
		mine, err = decimal.Zero, nil
	}
	if err != nil || mine.Cmp(inOmie) != 0 {
		j.fail("%s is %v in Auvo and %s in Omie", what, inAuvo, inOmie)
	}
}

func (j *judge) balance(product string) decimal.Decimal {
	for _, r := range j.omie.Estoque {
		if r.Text("codigo_produto") == product {
			left, err := r.Dec("fisico").Sub(r.Dec("reservado"))
			if err != nil {
				j.t.Fatal(err)
			}
			return left
		}
	}
	return decimal.Zero
}

// documents: each finished task and each approved quotation has its document, once,
// with as many lines as there are items, or waits; nothing else has one.
func (j *judge) documents() {
	lines := map[string]int{}
	for _, r := range j.omie.OS {
		lines[strings.TrimSpace(r.Text("Cabecalho", "cCodIntOS"))] = len(r.List("ServicosPrestados"))
	}
	for _, r := range j.omie.Pedidos {
		lines[r.Text("cabecalho", "codigo_pedido_integracao")] = len(r.List("det"))
	}
	delete(lines, "")
	want := map[string]int{}
	due := func(kind record.Kind, id, code string, items int) {
		switch {
		case j.waiting(kind, record.Auvo, id):
			delete(lines, code) // there or not: the wait says why
		case items > 0:
			want[code] = items
		}
	}
	for _, t := range j.auvo.Tasks {
		if t.Int("taskStatus") == 5 {
			id := t.Text("taskID")
			due(record.Task, id, "AUVOT"+id+"S", len(t.List("services")))
			due(record.Task, id, "AUVOT"+id+"V", len(t.List("products")))
		}
	}
	for _, q := range j.auvo.Quotations {
		if q.Object("currentStage").Text("description") == "Aprovado" {
			id := q.Text("publicId")
			due(record.Quotation, id, "AUVOQ"+id+"V", len(q.List("products")))
		}
	}
	for code, n := range want {
		if lines[code] != n {
			j.fail("%s has %d lines, its source %d", code, lines[code], n)
		}
	}
	for code := range lines {
		if _, asked := want[code]; !asked {
			j.fail("%s is there, and nothing asks for it", code)
		}
	}
}

// settled: nothing is under way, undecided or without an outcome (P5).
func (j *judge) settled() {
	left, err := j.db.Unsettled(j.t.Context(), j.id)
	if err != nil {
		j.t.Fatal(err)
	}
	for _, c := range left {
		j.fail("%s of %s is %s", c.Action, c.Source, c.State)
	}
	for _, t := range j.auvo.Tasks {
		j.outcome(record.Task, record.Auvo, t.Text("taskID"))
	}
	for _, q := range j.auvo.Quotations {
		j.outcome(record.Quotation, record.Auvo, q.Text("publicId"))
	}
	for _, c := range j.auvo.Customers {
		j.outcome(record.Customer, record.Auvo, c.Text("id"))
	}
}

func (j *judge) outcome(kind record.Kind, side record.Side, id string) {
	ref := record.Ref{Kind: kind, Side: side, ID: id}
	state, err := j.db.ItemState(j.t.Context(), j.id, ref)
	switch {
	case err != nil:
		j.fail("%s: %v", ref, err)
	case state.Dirty, state.Outcome == "", state.Outcome == store.OutcomeFailed:
		j.fail("%s has no outcome: %q, undecided %v, %s", ref, state.Outcome, state.Dirty, state.Reason)
	}
}
