package flow

import (
	"testing"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"ponte/internal/record"
)

func TestTheReadingThatAgreesWithAuvosTotalIsTaken(t *testing.T) {
	line := record.Line{Name: "Visita", Quantity: dec("1"), UnitPrice: dec("100")}
	costs := []record.CostLine{{Value: dec("50")}}
	percent := record.Discount{Percent: true, Value: dec("10.005")}
	for _, c := range []struct {
		name     string
		discount record.Discount
		summary  record.Summary
		due      string
		cause    string
	}{
		{"no summary", record.Discount{Value: dec("10")}, record.Summary{}, "90", ""},
		{"amount", record.Discount{Value: dec("10")}, record.Summary{Known: true, Total: dec("140")}, "90", ""},
		{"percent of the lines", record.Discount{Percent: true, Value: dec("10")}, record.Summary{Known: true, Total: dec("140")}, "90", ""},
		{"percent of everything", record.Discount{Percent: true, Value: dec("10")}, record.Summary{Known: true, Total: dec("135")}, "85", ""},
		{"neither", record.Discount{Percent: true, Value: dec("10")}, record.Summary{Known: true, Total: dec("130")}, "", "totals-differ"},
		{"percent, the half cent Auvo's way", percent, record.Summary{Known: true, Total: dec("140")}, "90", ""},
		{"percent, the half cent ours, Auvo's total unrounded", percent, record.Summary{Known: true, Total: dec("139.995")}, "89.99", ""},
		{"a percentage of nothing takes nothing", record.Discount{Percent: true}, record.Summary{Known: true, Total: dec("149.99")}, "100", ""},
		{"a discount that Auvo's total knows nothing of", record.Discount{Percent: true, Value: dec("0.001")}, record.Summary{Known: true, Total: dec("150.01")}, "100", ""},
		{"percent beyond reason", record.Discount{Percent: true, Value: dec("999999999999")}, record.Summary{}, "", "totals-differ"},
		{"negative beyond reason", record.Discount{Value: dec("-9999999999999999999")}, record.Summary{Known: true, Total: dec("1")}, "", "totals-differ"},
		{"more than there is", record.Discount{Value: dec("101")}, record.Summary{}, "", "totals-differ"},
		{"negative", record.Discount{Value: dec("-1")}, record.Summary{}, "", "totals-differ"},
	} {
		b, wait := billOf(record.Source{Services: []record.Line{line}, Costs: costs, Discount: c.discount, Summary: c.summary})
		switch {
		case (wait != nil) != (c.cause != "") || (wait != nil && wait.Cause != c.cause):
			t.Errorf("%s: %+v", c.name, wait)
		case wait == nil && b.services[0].due().Trim(0).String() != c.due:
			t.Errorf("%s: due %s, want %s", c.name, b.services[0].due(), c.due)
		}
	}
}

func TestLineDiscounts(t *testing.T) {
	for _, c := range []struct {
		name string
		line record.Line
		net  string
		ok   bool
	}{
		{"amount for the line", record.Line{Quantity: dec("3"), UnitPrice: dec("10"), Discount: record.Discount{Value: dec("5")}}, "25.00", true},
		{"amount for each unit", record.Line{Quantity: dec("3"), UnitPrice: dec("10"), Discount: record.Discount{Value: dec("5")}, DiscountPerUnit: true}, "15.00", true},
		{"percent for the line", record.Line{Quantity: dec("3"), UnitPrice: dec("10"), Discount: record.Discount{Percent: true, Value: dec("10")}}, "27.00", true},
		{"percent for each unit", record.Line{Quantity: dec("3"), UnitPrice: dec("10"), Discount: record.Discount{Percent: true, Value: dec("10")}, DiscountPerUnit: true}, "27.00", true},
		{"half a cent goes up", record.Line{Quantity: dec("1"), UnitPrice: dec("0.125")}, "0.13", true},
		{"more than the line", record.Line{Quantity: dec("1"), UnitPrice: dec("1"), Discount: record.Discount{Value: dec("2")}}, "", false},
		{"negative quantity", record.Line{Quantity: dec("-1"), UnitPrice: dec("1")}, "", false},
		{"negative price", record.Line{Quantity: dec("1"), UnitPrice: dec("-1")}, "", false},
		{"a discount beyond reason takes all of a price beyond reason", record.Line{
			Quantity: dec("999999999999"), UnitPrice: dec("1000000"), Discount: record.Discount{Value: dec("1000000")}, DiscountPerUnit: true,
		}, "", false},
		{"negative discount", record.Line{Quantity: dec("1"), UnitPrice: dec("1"), Discount: record.Discount{Value: dec("-1")}}, "", false},
		{"over a hundred percent", record.Line{Quantity: dec("1"), UnitPrice: dec("1"), Discount: record.Discount{Percent: true, Value: dec("102")}}, "", false},
		{"beyond reason", record.Line{Quantity: dec("999999999999"), UnitPrice: dec("999999999999")}, "", false},
	} {
		net, ok := lineNet(c.line)
		if ok != c.ok || (ok && net.String() != c.net) {
			t.Errorf("%s: %s, %v", c.name, net, ok)
		}
	}
}

// amount draws a price or quantity as people and hostile vendors write them.
func amount(t *rapid.T, label string, most int64, scale int) decimal.Decimal {
	return decimal.MustNew(rapid.Int64Range(0, most).Draw(t, label), rapid.IntRange(0, scale).Draw(t, label+" scale"))
}

func drawLine(t *rapid.T, perUnit bool) record.Line {
	l := record.Line{ID: "x", Quantity: amount(t, "quantity", 50_000, 3), UnitPrice: amount(t, "price", 5_000_000, 6), DiscountPerUnit: perUnit}
	switch rapid.IntRange(0, 3).Draw(t, "discount") {
	case 1:
		l.Discount = record.Discount{Percent: true, Value: amount(t, "percent", 100, 0)}
	case 2:
		l.Discount = record.Discount{Value: amount(t, "off", 500, 2)}
	}
	return l
}

// TestDocumentsAddUpToTheCent (P12): whatever the discounts, what the lines are
// billed at adds up to their nets less the discount of the whole; each line as
// Omie reckons it (quantity × price with at most four decimals, rounded to the
// cent either way, less the discount) is exactly what it is billed at.
func TestDocumentsAddUpToTheCent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		perUnit := rapid.Bool().Draw(t, "per unit")
		src := record.Source{}
		for range rapid.IntRange(1, 6).Draw(t, "services") {
			src.Services = append(src.Services, drawLine(t, perUnit))
		}
		for range rapid.IntRange(0, 6).Draw(t, "products") {
			src.Products = append(src.Products, drawLine(t, perUnit))
		}
		if rapid.Bool().Draw(t, "whole discount") {
			src.Discount = record.Discount{Percent: true, Value: amount(t, "whole", 100, 1)}
		}
		b, wait := billOf(src)
		if wait != nil {
			return // a line's discount was more than the line, and that waits
		}
		nets, dues := decimal.Zero, decimal.Zero
		for _, l := range b.lines() {
			nets, dues = must(nets.Add(l.net)), must(dues.Add(l.due()))
			o := l.orderLine("1")
			gross := record.Cents(must(o.Quantity.Mul(o.UnitPrice)))
			if even := must(o.Quantity.Mul(o.UnitPrice)).Round(2); !even.Equal(gross) {
				t.Fatalf("line %+v comes to half a cent: %+v", l.line, o)
			}
			if o.UnitPrice.Trim(0).Scale() > 4 || o.Discount.IsNeg() || !must(gross.Sub(o.Discount)).Equal(l.due()) || l.due().IsNeg() {
				t.Fatalf("line %+v due %s becomes %+v", l.line, l.due(), o)
			}
		}
		off, _ := wholeDiscount(src, nets, decimal.Zero)
		if !must(nets.Sub(off)).Equal(dues) {
			t.Fatalf("nets %s less %s are billed at %s", nets, off, dues)
		}
	})
}

// TestAuvosOwnCentIsBilled (P12): where Auvo rounded a line the other way, the
// order's line is what Auvo shows, and its discount is never negative.
func TestAuvosOwnCentIsBilled(t *testing.T) {
	for _, c := range []struct{ quantity, price, total, summary, unit, discount, due string }{
		{"1", "0.125", "0.12", "", "0.1251", "0.01", "0.12"},
		{"3", "33.335", "100.02", "", "33.34", "0", "100.02"}, // Auvo rounded up further than we
		{"1", "0.125", "0.125", "", "0.1251", "0", "0.13"},    // not rounded at all: ours
		{"1", "150", "149.99", "", "150", "0.01", "149.99"},
		{"0.5", "0.01", "0.02", "", "0.04", "0", "0.02"},
		{"1", "10", "9.99", "10.01", "10", "0", "10"}, // only ours agrees with the summary
	} {
		total := dec(c.total)
		src := record.Source{Products: []record.Line{{Quantity: dec(c.quantity), UnitPrice: dec(c.price), Total: &total}}}
		if c.summary != "" {
			src.Summary = record.Summary{Known: true, Total: dec(c.summary)}
		}
		b, wait := billOf(src)
		if wait != nil {
			t.Errorf("%+v waits: %v", c, wait)
			continue
		}
		l := b.products[0]
		o := l.orderLine("1")
		if o.UnitPrice.Trim(0).String() != c.unit || o.Discount.String() != c.discount || l.due().Trim(0).String() != c.due {
			t.Errorf("%+v: price %s, discount %s, due %s", c, o.UnitPrice, o.Discount, l.due())
		}
	}
}

// TestBothOrdersTogetherBillAuvosTotal (P12): with totals as Auvo states them,
// each line at most a cent from ours, the service order and the sales order
// together come to Auvo's total to the cent, whatever they are discounted by.
func TestBothOrdersTogetherBillAuvosTotal(t *testing.T) {
	a := account(t, "flows: {tasks: {create: both}}"+orders)
	rapid.Check(t, func(t *rapid.T) {
		i := in(nil)
		src := i.Item.Source
		gross := decimal.Zero
		lines := func(id string) []record.Line {
			var out []record.Line
			for range rapid.IntRange(1, 4).Draw(t, id) {
				l := record.Line{ID: id, Quantity: amount(t, "quantity", 5_000, 2), UnitPrice: amount(t, "price", 500_000, 4)}
				l.Quantity = must(l.Quantity.Add(decimal.One))
				net, _ := lineNet(l)
				stated := must(net.Add(decimal.MustNew(rapid.Int64Range(-1, 1).Draw(t, "cent"), 2)))
				if stated.IsNeg() {
					stated = net
				}
				l.Total = &stated
				gross = must(gross.Add(stated))
				out = append(out, l)
			}
			return out
		}
		src.Services, src.Products = lines("s"), lines("p")
		if rapid.Bool().Draw(t, "amount") {
			src.Discount = record.Discount{Value: record.Cents(must(gross.Quo(dec("7"))))}
			src.Summary = record.Summary{Known: true, Total: must(gross.Sub(src.Discount.Value))}
		} else {
			src.Discount = record.Discount{Percent: true, Value: amount(t, "percent", 99, 1)}
			off := must(percentOf(gross, src.Discount.Value))
			// Auvo may round the net, or the discount; and halves to even.
			src.Summary = record.Summary{Known: true, Total: rapid.SampledFrom([]decimal.Decimal{
				record.Cents(must(gross.Sub(off))), must(gross.Sub(record.Cents(off))), must(gross.Sub(off)).Round(2),
			}).Draw(t, "total")}
		}
		out := tasks.Decide(a, i)
		if out.Wait != nil {
			t.Fatalf("waits: %+v", out.Wait)
		}
		billed := decimal.Zero
		for _, o := range out.Orders {
			for _, l := range append(o.Order.Services, o.Order.Products...) {
				billed = must(must(billed.Add(record.Cents(must(l.Quantity.Mul(l.UnitPrice))))).Sub(l.Discount))
				if l.Discount.IsNeg() || l.UnitPrice.Scale() > 4 {
					t.Fatalf("line %+v", l)
				}
			}
		}
		if !billed.Equal(src.Summary.Total) {
			t.Fatalf("billed %s, Auvo's total is %s", billed, src.Summary.Total)
		}
	})
}

// FuzzBill: no amounts panic, whatever a vendor sends.
func FuzzBill(f *testing.F) {
	f.Add("1", "100", "0", "0", "100", false)
	f.Add("9999999999999999999", "0.0000000000000000001", "1", "50", "1e18", true)
	f.Add("999999999999", "10000000.00001", "0", "-9999999999999999999", "9999999999999999999", false)
	f.Add("0.0000000000000000001", "1", "0", "999999999999", "0.01", true)
	f.Fuzz(func(_ *testing.T, quantity, price, off, whole, total string, percent bool) {
		parse := func(s string) decimal.Decimal {
			d, err := decimal.Parse(s)
			if err != nil {
				return decimal.Zero
			}
			return d
		}
		stated := parse(total)
		line := record.Line{Quantity: parse(quantity), UnitPrice: parse(price), Discount: record.Discount{Value: parse(off), Percent: percent}}
		other := line
		other.Total, other.DiscountPerUnit = &stated, true
		src := record.Source{
			Services: []record.Line{line}, Products: []record.Line{other},
			Costs: []record.CostLine{{Value: parse(price)}}, Discount: record.Discount{Value: parse(whole), Percent: percent},
			Summary: record.Summary{Known: percent, Total: stated},
		}
		if b, wait := billOf(src); wait == nil {
			for _, l := range b.lines() {
				l.orderLine("1")
			}
		}
	})
}
