package record

import (
	"testing"

	"github.com/govalues/decimal"
)

func TestLinesAreReadBackOutOfTheirField(t *testing.T) {
	d := decimal.MustParse
	lines := []OrderLine{{ID: "7", Quantity: d("2"), UnitPrice: d("150.25"), Discount: d("0.5")}, {ID: "8", Quantity: d("1.50")}}
	field := Order{Services: lines}.Fields()[FieldServices]
	got, ok := FieldLines(field)
	if back := (Order{Services: got}).Fields()[FieldServices]; !ok || back != field {
		t.Errorf("%s comes back as %s", field, back)
	}
	if got, ok := FieldLines(""); !ok || got != nil {
		t.Errorf("no lines are read as %v", got)
	}
	for _, odd := range []string{"2026-03-10", `[{"id":"7","quantity":"two"}]`, "{"} {
		if _, ok := FieldLines(odd); ok {
			t.Errorf("%q is read as lines", odd)
		}
	}
}
