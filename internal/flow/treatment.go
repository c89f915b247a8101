package flow

import (
	"strings"

	"ponte/internal/config"
)

// A Treatment is what an account's settings say of a source, its lines aside: whether
// it crosses, and how its documents are filled in. Two settings under which it is the
// same do the same with the source.
type Treatment struct {
	Out     string // Portuguese: why it does not cross; "" it does
	Waits   string // the cause for which it waits all the same
	Rule    string // Portuguese: which of the account's rules decides
	Create  config.Create
	Service config.ServiceOrder // of a service order; zero where none is made
	Sales   config.SalesOrder
	Stand   int64 // the service that stands in for every service; 0: none
	Seller  int64 // the rule's salesperson; -1: the account's
	Costs   int64 // the service that carries additional costs
}

// Treat says what settings say of a source (pure). A flow that is off treats nothing.
func Treat(f Flow, a config.Account, in In) Treatment {
	if !f.On(a) {
		return Treatment{Out: "O fluxo está desligado."}
	}
	d := f.Derive
	if why := d.excluded(a, in); why != "" {
		return Treatment{Out: why}
	}
	if w := d.Hold(a, in); w != nil && len(in.Made) == 0 {
		return Treatment{Waits: w.Cause}
	}
	rule, p := choose(a, d, in)
	t := Treatment{Rule: rule, Create: p.create, Costs: p.costs, Seller: -1}
	if p.rule.Service != nil {
		t.Stand = *p.rule.Service
	}
	if p.rule.Salesperson != nil {
		t.Seller = *p.rule.Salesperson
	}
	if p.create.Service() {
		t.Service = p.os
	}
	if p.create.Sales() {
		t.Sales = p.sale
	}
	return t
}

// Says is the treatment in one Portuguese sentence.
func (t Treatment) Says() string {
	switch {
	case t.Out != "":
		return "Fica de fora: " + t.Out
	case t.Waits != "":
		return "Espera: " + Say(t.Waits, nil).Message
	}
	var docs []string
	if t.Create.Service() {
		docs = append(docs, "ordem de serviço (etapa "+t.Service.Stage+", categoria "+t.Service.Category+")")
	}
	if t.Create.Sales() {
		docs = append(docs, "pedido de venda (etapa "+t.Sales.Stage+", categoria "+t.Sales.Category+")")
	}
	return "Vira " + strings.Join(docs, " e ") + ". " + t.Rule
}
