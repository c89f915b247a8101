package auvosim

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/govalues/decimal"
)

// amount reads a number as JSON number or as any text that the API is known to
// take or give: "12.50", "12,50", "2.500,00", "$12.50", "R$ 12,50" (auvo-api.md §3.7).
func amount(v any) (decimal.Decimal, error) {
	text := strings.TrimSpace(scalar(v))
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "R"), "$"))
	if comma := strings.LastIndex(text, ","); comma > strings.LastIndex(text, ".") {
		text = strings.ReplaceAll(text[:comma], ".", "") + "." + text[comma+1:]
	}
	if text == "" {
		return decimal.Zero, nil
	}
	d, err := decimal.Parse(strings.ReplaceAll(text, ",", ""))
	if err != nil {
		return decimal.Zero, fmt.Errorf("%q is no number: %w", text, err)
	}
	return d, nil
}

// figure is amount for values that were checked when they were stored.
func figure(v any) decimal.Decimal {
	d, err := amount(v)
	if err != nil {
		return decimal.Zero
	}
	return d
}

func jsonNumber(d decimal.Decimal) json.Number { return json.Number(d.String()) }

// sum, less, times and share are decimal arithmetic on bounded figures; what
// would overflow 19 digits counts as zero, which no seed of a test reaches.
func sum(a, b decimal.Decimal) decimal.Decimal   { return settled(a.Add(b)) }
func less(a, b decimal.Decimal) decimal.Decimal  { return settled(a.Sub(b)) }
func times(a, b decimal.Decimal) decimal.Decimal { return settled(a.Mul(b)) }

func settled(d decimal.Decimal, err error) decimal.Decimal {
	if err != nil {
		return decimal.Zero
	}
	return d
}

// cents rounds half away from zero to two places, always two.
func cents(d decimal.Decimal) decimal.Decimal {
	half := decimal.MustNew(5, 3)
	if d.IsNeg() {
		half = half.Neg()
	}
	return sum(d, half).Trunc(2).Pad(2)
}

// discounted takes a discount {value, type} off whole, per times: a percentage
// of whole, or value for each of times.
func discounted(whole decimal.Decimal, discount Record, per decimal.Decimal) decimal.Decimal {
	value := figure(discount["value"])
	if isPercent(discount["type"]) {
		return less(whole, times(whole, times(value, decimal.MustNew(1, 2))))
	}
	return less(whole, times(value, per))
}

// isPercent tells a percentage by the texts of quotations ("Percentual"), of
// requests (1) and the candidates for tasks (auvo-api.md §8.3).
func isPercent(kind any) bool {
	text := strings.ToLower(scalar(kind))
	return text == "1" || strings.HasPrefix(text, "p")
}
