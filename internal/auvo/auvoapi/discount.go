package auvoapi

import (
	"strings"

	"github.com/govalues/decimal"
)

// A Discount is an amount, or a percentage, of what it stands at.
type Discount struct {
	Percent bool
	Value   decimal.Decimal
}

// discountTypes are the texts of type in every resource, in lower case. The
// text for a percentage in a task is not documented: these are all candidates
// (docs/apis/auvo.md, Discounts).
var discountTypes = map[string]bool{
	"valor": false, "monetario": false, "monetário": false, "monetary": false, "value": false, "amount": false, "0": false,
	"percentual": true, "porcentagem": true, "percentage": true, "percent": true, "%": true, "1": true,
}

// discount reads a member {type, value}. A type nobody knows is a problem
// unless there is nothing to discount.
func (o *object) discount(name string) Discount {
	in := o.inner(name)
	d := Discount{Value: in.number("value").Decimal}
	if d.Value.IsZero() {
		return Discount{}
	}
	kind := strings.ToLower(strings.TrimSpace(in.text("type")))
	percent, known := discountTypes[kind]
	if !known {
		in.note("type", "is unknown: "+clean(kind))
	}
	d.Percent = percent
	return d
}
