package company

import "strings"

// Arrivals counts what has come to a side from the other, as the simulators
// hold it: what somebody else claims to have sent does not count.
type Arrivals struct {
	CustomersInAuvo int // made there from Omie's
	CustomersInOmie int // made there from Auvo's
	Linked          int // the company's own on both sides, joined by the external id
	Products        int // made in Auvo
	Stocked         int // products in Auvo that show a stock
	Services        int // in Auvo, with their code in Omie
	ServiceOrders   int
	SalesOrders     int
}

// An Arrival is one count with its name.
type Arrival struct {
	Name  string
	Count int
}

// Each lists the counts for people.
func (a Arrivals) Each() []Arrival {
	return []Arrival{
		{"customers in Auvo", a.CustomersInAuvo},
		{"customers in Omie", a.CustomersInOmie},
		{"customers linked", a.Linked},
		{"products in Auvo", a.Products},
		{"products with stock", a.Stocked},
		{"services in Auvo", a.Services},
		{"service orders", a.ServiceOrders},
		{"sales orders", a.SalesOrders},
	}
}

// Missing names what has not arrived at all.
func (a Arrivals) Missing() []string {
	var names []string
	for _, one := range a.Each() {
		if one.Count == 0 {
			names = append(names, one.Name)
		}
	}
	return names
}

// Arrived looks into both simulators. It must not run beside Live.
func (c *Company) Arrived() Arrivals {
	var a Arrivals
	c.countInAuvo(&a)
	c.countInOmie(&a)
	return a
}

// countInAuvo tells records that the company entered itself by their ids. Its
// own have neither external ids nor stock until somebody writes them.
func (c *Company) countInAuvo(a *Arrivals) {
	customers, products := map[int64]bool{}, map[int64]bool{looseProduct: true}
	for _, k := range c.customers {
		customers[k.auvo] = true
	}
	for _, p := range c.products {
		products[p.auvo] = true
	}
	held := c.Auvo.Snapshot()
	for _, r := range held.Customers {
		switch {
		case r.Text("externalId") == "":
		case customers[r.Int("id")]:
			a.Linked++
		default:
			a.CustomersInAuvo++
		}
	}
	for _, r := range held.Products {
		if !products[r.Int("id")] {
			a.Products++
		}
		if strings.Trim(r.Text("totalStock"), "0.") != "" {
			a.Stocked++
		}
	}
	for _, r := range held.Services {
		if r.Text("externalCode") != "" {
			a.Services++
		}
	}
}

// countInOmie tells what came by API by its integration code; the office enters none.
func (c *Company) countInOmie(a *Arrivals) {
	held := c.Omie.Snapshot()
	for _, r := range held.Clientes {
		if r.Text("codigo_cliente_integracao") != "" {
			a.CustomersInOmie++
		}
	}
	for _, r := range held.OS {
		if strings.TrimSpace(r.Text("Cabecalho", "cCodIntOS")) != "" {
			a.ServiceOrders++
		}
	}
	for _, r := range held.Pedidos {
		if r.Text("cabecalho", "codigo_pedido_integracao") != "" {
			a.SalesOrders++
		}
	}
}
