package flow

import (
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

// missingParts says what an order needs and Omie does not have yet: the
// customer, a product, a service (contract.md, Causes).
func missingParts(in In, p plan) *Wait {
	src := in.Item.Source
	switch {
	case src.CustomerID == "":
		return &Wait{Cause: "missing-customer", Detail: map[string]string{"why": "none"}}
	case in.Omie == "":
		return &Wait{
			Cause:  "missing-customer",
			Detail: map[string]string{"name": src.CustomerName, "id": src.CustomerID},
			Lacks:  []Lack{{record.Customer, record.Auvo, record.Key{Name: record.KeyID, Value: src.CustomerID}}},
		}
	case in.Inactive:
		return &Wait{
			Cause: "refused", Detail: map[string]string{"text": "O cliente está inativo no Omie.", "name": src.CustomerName},
			Lacks: []Lack{{record.Customer, record.Omie, record.Key{Name: record.KeyID, Value: in.Omie}}},
		}
	}
	if p.create.Service() {
		if w := missingServices(in, p); w != nil {
			return w
		}
	}
	return missingProducts(in, p)
}

func missingServices(in In, p plan) *Wait {
	for _, l := range in.Item.Source.Services {
		if id, _ := p.service(in, l); id == "" && l.Quantity.IsPos() {
			return missing("missing-service", record.Service, l, record.KeyID)
		}
	}
	return nil
}

// missingProducts: products matter to sales orders and, as used products, to service orders.
func missingProducts(in In, p plan) *Wait {
	for _, l := range in.Item.Source.Products {
		found := in.Found[l.ID]
		switch {
		case !l.Quantity.IsPos():
		case found.ID == "":
			return missing("missing-product", record.Product, l, record.KeySKU)
		case found.Inactive:
			return &Wait{
				Cause: "refused", Detail: map[string]string{"text": "O produto está inativo no Omie.", "name": l.Name},
				Lacks: []Lack{{record.Product, record.Omie, record.Key{Name: record.KeyID, Value: found.ID}}},
			}
		}
	}
	return nil
}

func missing(cause string, kind record.Kind, l record.Line, omieKey string) *Wait {
	w := &Wait{Cause: cause, Detail: map[string]string{"name": l.Name, "code": l.ExternalCode, "id": l.ID}}
	w.Lacks = append(w.Lacks, Lack{kind, record.Auvo, record.Key{Name: record.KeyID, Value: l.ID}})
	if l.Code != "" {
		w.Lacks = append(w.Lacks, Lack{kind, record.Auvo, record.Key{Name: record.KeyID, Value: l.Code}})
	}
	w.Lacks = append(w.Lacks, Lack{kind, record.Auvo, record.Key{Name: record.KeyGUID, Value: l.ID}})
	if l.ExternalCode != "" {
		w.Lacks = append(w.Lacks, Lack{kind, record.Omie, record.Key{Name: omieKey, Value: l.ExternalCode}})
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
		names = append(names, name+m.Code)
	}
	return strings.Join(names, " e ")
}
