package flow

import (
	"github.com/govalues/decimal"

	"ponte/internal/record"
)

// lineDiscount: a task's is for the line, a quotation's for each unit; a
// percentage comes to the same either way.
func lineDiscount(l record.Line, gross decimal.Decimal) (decimal.Decimal, error) {
	switch {
	case l.Discount.Percent:
		return percentOf(gross, l.Discount.Value)
	case l.DiscountPerUnit:
		return l.Quantity.Mul(l.Discount.Value)
	}
	return l.Discount.Value, nil
}

func percentOf(d, percent decimal.Decimal) (decimal.Decimal, error) {
	part, err := d.Mul(percent)
	if err != nil {
		return decimal.Zero, err
	}
	return part.Quo(decimal.Hundred)
}

// wholeDiscount is the discount of the whole in reais: what agrees with the
// total that Auvo states, where it states one.
func wholeDiscount(src record.Source, lines, costs decimal.Decimal) (decimal.Decimal, *Wait) {
	all := must(lines.Add(costs))
	readings, ok := discountReadings(src.Discount, lines, all)
	if !ok {
		return decimal.Zero, totalsDiffer("discount", "", record.Reais(lines), percentText(src.Discount))
	}
	if !src.Summary.Known {
		return checkDiscount(readings[0], lines)
	}
	for _, off := range readings {
		if net := must(all.Sub(off)); !differ(net, src.Summary.Total) {
			return checkDiscount(asAuvoRounds(src, off, lines, all), lines)
		}
	}
	return decimal.Zero, totalsDiffer("whole", "", record.Reais(must(all.Sub(readings[0]))), record.Reais(src.Summary.Total))
}

// discountReadings are what the discount of the whole may come to. No source
// says whether a percentage covers the additional costs too (auvo-api.md §8.3).
// It fails for amounts that nobody bills.
func discountReadings(d record.Discount, lines, all decimal.Decimal) ([]decimal.Decimal, bool) {
	if !sane(d.Value) {
		return nil, false
	}
	if !d.Percent {
		return []decimal.Decimal{record.Cents(d.Value)}, true
	}
	ofLines, err := percentOf(lines, d.Value)
	if err != nil || !sane(ofLines) {
		return nil, false
	}
	ofAll, err := percentOf(all, d.Value)
	return []decimal.Decimal{record.Cents(ofLines), record.Cents(ofAll)}, err == nil && sane(ofAll)
}

// asAuvoRounds moves a percentage's cents to where Auvo's total has them: of
// half a cent nobody says which way it goes.
func asAuvoRounds(src record.Source, off, lines, all decimal.Decimal) decimal.Decimal {
	if !src.Discount.Percent || src.Discount.Value.IsZero() || !wholeCents(src.Summary.Total) {
		return off
	}
	if theirs := must(all.Sub(src.Summary.Total)); !theirs.IsNeg() && theirs.Cmp(lines) <= 0 {
		return record.Cents(theirs)
	}
	return off
}

// checkDiscount refuses a discount of more than the lines are worth.
func checkDiscount(off, lines decimal.Decimal) (decimal.Decimal, *Wait) {
	if off.Cmp(lines) > 0 {
		return decimal.Zero, totalsDiffer("discount", "", record.Reais(lines), record.Reais(off))
	}
	return off, nil
}

func percentText(d record.Discount) string {
	if d.Percent {
		return record.Amount(d.Value) + " %"
	}
	return record.Reais(d.Value)
}
