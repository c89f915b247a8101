package omie

import "ponte/internal/record"

// What an order takes: so many lines (docs/apis/omie.md §12.12), and notes of
// so many characters (§12.13).
const (
	mostLines = 199
	mostNotes = 4000
)

// checkOrder knows what Omie would refuse of an order. billed is the field of
// the lines without which there is nothing to bill.
func checkOrder(d record.Draft, billed string) []record.Trouble {
	o := d.Order
	if o == nil {
		return nil
	}
	lines := map[string][]record.OrderLine{record.FieldServices: o.Services, record.FieldProducts: o.Products}
	var out []record.Trouble
	for _, need := range []struct {
		field   string
		missing bool
	}{
		{record.FieldCustomer, record.Number(o.Customer) == 0},
		{record.FieldForecast, omieDay(o.Forecast) == ""},
		{billed, len(lines[billed]) == 0},
	} {
		if need.missing {
			out = append(out, record.Trouble{Field: need.field, Cause: "missing-field"})
		}
	}
	out = append(out, tooLong(record.FieldNotes, o.Notes, mostNotes)...)
	for _, field := range []string{record.FieldServices, record.FieldProducts} {
		out = append(out, checkLines(field, lines[field])...)
	}
	return out
}

// checkLines: a line needs its record and a quantity above 0 (docs/apis/omie.md §6.4).
func checkLines(field string, lines []record.OrderLine) []record.Trouble {
	if len(lines) > mostLines {
		return []record.Trouble{{Field: field, Cause: "too-long", Limit: mostLines}}
	}
	for _, l := range lines {
		if record.Number(l.ID) == 0 || !l.Quantity.IsPos() {
			return []record.Trouble{{Field: field, Cause: "missing-field", Value: l.Description}}
		}
	}
	return nil
}
