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
// cent, less the discount) is exactly what it is billed at.
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

// FuzzBill: no amounts panic, whatever a vendor sends.
func FuzzBill(f *testing.F) {
	f.Add("1", "100", "0", "0", "100", false)
	f.Add("9999999999999999999", "0.0000000000000000001", "1", "50", "1e18", true)
	f.Fuzz(func(_ *testing.T, quantity, price, off, whole, total string, percent bool) {
		parse := func(s string) decimal.Decimal {
			d, err := decimal.Parse(s)
			if err != nil {
				return decimal.Zero
			}
			return d
		}
		src := record.Source{
			Services: []record.Line{{Quantity: parse(quantity), UnitPrice: parse(price), Discount: record.Discount{Value: parse(off), Percent: percent}}},
			Costs:    []record.CostLine{{Value: parse(price)}}, Discount: record.Discount{Value: parse(whole), Percent: percent},
			Summary: record.Summary{Known: true, Total: parse(total)},
		}
		if b, wait := billOf(src); wait == nil {
			for _, l := range b.services {
				l.orderLine("1")
			}
		}
	})
}
