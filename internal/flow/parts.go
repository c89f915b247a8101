package flow

import (
	"cmp"
	"strings"
	"time"
	_ "time/tzdata" // the zone must be known on machines without zone files

	"github.com/govalues/decimal"

	"ponte/internal/record"
)

// saoPaulo is the zone of both vendors' stamps, whatever the account's zone is.
var saoPaulo = func() *time.Location {
	place, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		panic("flow: America/Sao_Paulo is not in the embedded zone data: " + err.Error())
	}
	return place
}()

var one = decimal.One

func sum(lines []billLine) decimal.Decimal {
	total := decimal.Zero
	for _, l := range lines {
		total = must(total.Add(l.due()))
	}
	return total
}

// missingParts says what an order needs and Omie does not have yet, or has
// inactive: the customer, a service, a product (contract.md, Causes).
func missingParts(in In, p plan) *Wait {
	if w := missingCustomer(in); w != nil {
		return w
	}
	if p.create.Service() {
		if w := missingServices(in, p); w != nil {
			return w
		}
	}
	return missingProducts(in)
}

func missingCustomer(in In) *Wait {
	src := in.Item.Source
	switch {
	case src.CustomerID == "":
		return &Wait{Cause: "missing-customer", Detail: map[string]string{"what": "none"}}
	case in.Omie == "":
		return &Wait{
			Cause:  "missing-customer",
			Detail: map[string]string{"name": src.CustomerName, "id": src.CustomerID},
			Lacks:  customerLacks(in),
		}
	case in.Inactive:
		return inactive(record.Customer, in.Omie, src.CustomerName)
	}
	return nil
}

// customerLacks are what would end the wait for a customer: its own change, or
// a customer in Omie that matches it.
func customerLacks(in In) []Lack {
	lacks := []Lack{{record.Customer, record.Auvo, record.Key{Name: record.KeyID, Value: in.Item.Source.CustomerID}}}
	if in.Customer == nil {
		return lacks
	}
	for _, m := range customers.Matches {
		if value := m.Value(*in.Customer); value != "" {
			lacks = append(lacks, Lack{record.Customer, record.Omie, m.Key(record.Omie, value)})
		}
	}
	return lacks
}

func missingServices(in In, p plan) *Wait {
	for _, l := range in.Item.Source.Services {
		id, own := p.service(in, l)
		switch {
		case !l.Quantity.IsPos():
		case id == "":
			return missing("missing-service", record.Service, l, record.KeyID)
		case own && in.found(l).Inactive:
			return inactive(record.Service, id, l.Name)
		}
	}
	return nil
}

// missingProducts: products matter to sales orders and, as used products, to service orders.
func missingProducts(in In) *Wait {
	for _, l := range in.Item.Source.Products {
		found := in.found(l)
		switch {
		case !l.Quantity.IsPos():
		case found.ID == "":
			return missing("missing-product", record.Product, l, record.KeySKU)
		case found.Inactive:
			return inactive(record.Product, found.ID, l.Name)
		}
	}
	return nil
}

// inactive is the wait for a record that Omie would refuse on an order because
// it is inactive there.
func inactive(kind record.Kind, id, name string) *Wait {
	return &Wait{
		Cause: "refused", Detail: map[string]string{"what": "inactive", "kind": string(kind), "name": name},
		Lacks: []Lack{{kind, record.Omie, record.Key{Name: record.KeyID, Value: id}}},
	}
}

func missing(cause string, kind record.Kind, l record.Line, omieKey string) *Wait {
	w := &Wait{Cause: cause, Detail: map[string]string{"name": l.Name, "code": l.ExternalCode, "id": l.ID}}
	for _, lack := range []Lack{
		{kind, record.Auvo, record.Key{Name: record.KeyID, Value: l.ID}},
		{kind, record.Auvo, record.Key{Name: record.KeyID, Value: l.Code}},
		{kind, record.Auvo, record.Key{Name: record.KeyGUID, Value: l.ID}},
		{kind, record.Omie, record.Key{Name: omieKey, Value: l.ExternalCode}},
	} {
		if lack.Key.Value != "" {
			w.Lacks = append(w.Lacks, lack)
		}
	}
	return w
}

func madeNames(made []Made) string {
	var names []string
	for _, m := range made {
		name := "pedido de venda "
		if m.Kind == record.ServiceOrder {
			name = "OS "
		}
		names = append(names, cmp.Or(m.Title, name+m.Code))
	}
	return strings.Join(names, " e ")
}
