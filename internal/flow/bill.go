package flow

import (
	"slices"

	"github.com/govalues/decimal"

	"ponte/internal/record"
)

// A bill is a source's lines with what each is worth after every discount, to
// the cent (P12).
type bill struct {
	services []billLine
	products []billLine
	costs    decimal.Decimal // additional costs, which no discount of the whole touches
}

// A billLine is a line, its value net of its own discount, and the share of
// the whole's discount that falls on it.
type billLine struct {
	line  record.Line
	net   decimal.Decimal
	share decimal.Decimal
}

// due is what the line is billed at.
func (l billLine) due() decimal.Decimal { return must(l.net.Sub(l.share)) }

// billOf works out a source's lines, spreads the discount of the whole over
// all of them by largest remainder, and compares with the totals that Auvo
// states; a difference of more than one cent waits (design.md §7). Within that
// cent Auvo's own item totals are billed, so that the documents add up to what
// Auvo shows (P12), unless only Ponte's agree with its summary.
func billOf(src record.Source) (bill, *Wait) {
	b, wait := readBill(src)
	if wait != nil {
		return bill{}, wait
	}
	if stated := b.asStated(); stated.spread(src) == nil {
		return stated, nil
	}
	return b, b.spread(src)
}

// readBill reads a source's lines and costs, worth what Ponte reckons.
func readBill(src record.Source) (b bill, wait *Wait) {
	if b.services, wait = billLines(src.Services); wait != nil {
		return b, wait
	}
	if b.products, wait = billLines(src.Products); wait != nil {
		return b, wait
	}
	for _, c := range src.Costs {
		if !sane(c.Value) {
			return b, totalsDiffer("amount", c.Name, "", "")
		}
		b.costs = must(b.costs.Add(record.Cents(c.Value)))
	}
	return b, nil
}

func billLines(lines []record.Line) ([]billLine, *Wait) {
	var out []billLine
	for _, l := range lines {
		net, ok := lineNet(l)
		if !ok {
			return nil, totalsDiffer("amount", l.Name, "", "")
		}
		if l.Total != nil && differ(net, *l.Total) {
			return nil, totalsDiffer("line", l.Name, record.Reais(net), record.Reais(*l.Total))
		}
		if l.Quantity.IsPos() {
			out = append(out, billLine{line: l, net: net})
		}
	}
	return out, nil
}

// asStated is the bill with the item totals that Auvo states in whole cents.
func (b *bill) asStated() bill {
	out := bill{services: slices.Clone(b.services), products: slices.Clone(b.products), costs: b.costs}
	for _, l := range out.lines() {
		if total := l.line.Total; total != nil && wholeCents(*total) && !total.IsNeg() {
			l.net = record.Cents(*total)
		}
	}
	return out
}

func wholeCents(d decimal.Decimal) bool { return record.Cents(d).Equal(d) }

// lineNet is quantity × unit price less the line's own discount, to the cent.
// It fails for what cannot be billed: a negative quantity, price or result.
func lineNet(l record.Line) (decimal.Decimal, bool) {
	if !sane(l.Quantity) || !sane(l.UnitPrice) || !sane(l.Discount.Value) {
		return decimal.Zero, false
	}
	gross, err := l.Quantity.Mul(l.UnitPrice)
	if err != nil || !sane(gross) {
		return decimal.Zero, false
	}
	off, err := lineDiscount(l, gross)
	if err != nil {
		return decimal.Zero, false
	}
	net, err := gross.Sub(off)
	if err != nil {
		return decimal.Zero, false
	}
	net = record.Cents(net)
	return net, sane(net)
}

// sane tells whether an amount is one that a company bills: not negative and
// under a trillion, so that sums of them never overflow.
func sane(d decimal.Decimal) bool { return !d.IsNeg() && d.Cmp(trillion) < 0 }

var trillion = decimal.MustNew(1_000_000_000_000, 0)

// spread shares the discount of the whole out and checks the summary.
func (b *bill) spread(src record.Source) *Wait {
	var weights []decimal.Decimal
	total := decimal.Zero
	for _, l := range b.lines() {
		weights = append(weights, l.net)
		total = must(total.Add(l.net))
	}
	off, wait := wholeDiscount(src, total, b.costs)
	if wait != nil {
		return wait
	}
	shares, _ := record.Spread(off, weights)
	for i, l := range b.lines() {
		l.share = shares[i]
	}
	return nil
}

func (b *bill) lines() []*billLine {
	var all []*billLine
	for i := range b.services {
		all = append(all, &b.services[i])
	}
	for i := range b.products {
		all = append(all, &b.products[i])
	}
	return all
}

// differ tells whether two totals are more than one cent apart.
func differ(a, b decimal.Decimal) bool {
	diff, err := a.Sub(b)
	return err != nil || diff.Abs().Cmp(cent) > 0
}

var cent = decimal.MustNew(1, 2)

func totalsDiffer(what, name, ours, theirs string) *Wait {
	return &Wait{Cause: "totals-differ", Detail: map[string]string{"what": what, "name": name, "ours": ours, "theirs": theirs}}
}

// orderLine is a billed line as Omie takes it: the unit price with at most 4
// decimals, rounded up where needed, and a discount that makes the line exact.
func (l billLine) orderLine(id string) record.OrderLine {
	unit := offHalfCent(l.line.Quantity, record.RoundUp4(l.line.UnitPrice))
	gross := record.Cents(must(l.line.Quantity.Mul(unit)))
	if gross.Cmp(l.due()) < 0 { // Auvo rounded the line up
		unit = offHalfCent(l.line.Quantity, record.RoundUp4(must(l.due().Quo(l.line.Quantity))))
		gross = record.Cents(must(l.line.Quantity.Mul(unit)))
	}
	return record.OrderLine{
		ID: id, Quantity: l.line.Quantity.Trim(0), UnitPrice: unit,
		Discount: must(gross.Sub(l.due())).Trim(0),
	}
}

// offHalfCent raises a unit price by its last decimal where the line would
// come to exactly half a cent: nobody says which way Omie rounds that. Once is
// enough, since a step of whole cents (a quantity in hundreds) meets no half.
func offHalfCent(quantity, unit decimal.Decimal) decimal.Decimal {
	if gross := must(quantity.Mul(unit)).Trim(0); gross.Scale() == 3 && gross.Coef()%10 == 5 {
		return must(unit.Add(lastDecimal))
	}
	return unit
}

var lastDecimal = decimal.MustNew(1, 4)

// must unwraps decimal arithmetic on amounts that lineNet has bounded.
func must(d decimal.Decimal, err error) decimal.Decimal {
	if err != nil {
		panic("flow: amounts beyond 19 digits: " + err.Error())
	}
	return d
}
