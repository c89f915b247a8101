package record

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/govalues/decimal"
)

// An Order is a service order or a sales order as Ponte makes it or Omie holds it.
type Order struct {
	Customer string `json:"customer"` // Omie id
	Forecast string `json:"forecast"` // yyyy-mm-dd
	Notes    string `json:"notes"`

	Stage       string `json:"stage,omitempty"`
	Category    string `json:"category,omitempty"`
	BankAccount int64  `json:"bank_account,omitempty"`
	PaymentTerm string `json:"payment_term,omitempty"`
	Project     int64  `json:"project,omitempty"`
	Salesperson int64  `json:"salesperson,omitempty"`

	// Service orders only.
	City                 string `json:"city,omitempty"`
	UsedProducts         string `json:"used_products,omitempty"` // EST or REM
	UsedProductsCategory string `json:"used_products_category,omitempty"`
	// Sales orders only.
	FinalConsumer bool `json:"final_consumer,omitempty"`

	Services []OrderLine `json:"services,omitempty"`
	Products []OrderLine `json:"products,omitempty"`
}

// An OrderLine is a service or a product on an order. A used product of a
// service order has no price.
type OrderLine struct {
	ID          string          `json:"id"` // Omie: nCodServ or codigo_produto
	Description string          `json:"description,omitempty"`
	Quantity    decimal.Decimal `json:"quantity"`
	UnitPrice   decimal.Decimal `json:"unit_price"`
	Discount    decimal.Decimal `json:"discount"` // amount off the line
}

// Fields returns the mapped fields of the order: what is compared with what
// Ponte last wrote. Only Ponte's own lines of the notes take part.
func (o Order) Fields() Fields {
	return Fields{
		FieldCustomer: o.Customer,
		FieldForecast: o.Forecast,
		FieldNotes:    OwnNotes(o.Notes),
		FieldServices: linesField(o.Services),
		FieldProducts: linesField(o.Products),
	}
}

// linesField is the canonical form of lines, sorted: id, quantity, price and
// discount with no trailing zeros; descriptions do not take part, since Omie completes them.
func linesField(lines []OrderLine) string {
	if len(lines) == 0 {
		return ""
	}
	rows := make([]lineRow, len(lines))
	for i, l := range lines {
		rows[i] = lineRow{l.ID, l.Quantity.Trim(0).String(), l.UnitPrice.Trim(0).String(), l.Discount.Trim(0).String()}
	}
	// Omie keeps an order of its own after an alteration, which is nobody's edit.
	slices.SortFunc(rows, func(a, b lineRow) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Quantity, b.Quantity), cmp.Compare(a.Price, b.Price), cmp.Compare(a.Discount, b.Discount))
	})
	b, err := json.Marshal(rows)
	if err != nil {
		panic("record: order lines do not marshal: " + err.Error())
	}
	return string(b)
}

// A lineRow is a line as it stands in a field.
type lineRow struct {
	ID       string `json:"id"`
	Quantity string `json:"quantity"`
	Price    string `json:"price"`
	Discount string `json:"discount"`
}

// FieldLines reads the lines back out of a services or products field; false
// for what is no such field.
func FieldLines(value string) ([]OrderLine, bool) {
	if value == "" {
		return nil, true
	}
	var rows []lineRow
	if json.Unmarshal([]byte(value), &rows) != nil {
		return nil, false
	}
	out := make([]OrderLine, len(rows))
	for n, r := range rows {
		quantity, err1 := decimal.Parse(r.Quantity)
		price, err2 := decimal.Parse(r.Price)
		discount, err3 := decimal.Parse(r.Discount)
		if cmp.Or(err1, err2, err3) != nil {
			return nil, false
		}
		out[n] = OrderLine{ID: r.ID, Quantity: quantity, UnitPrice: price, Discount: discount}
	}
	return out, true
}

// NoteLabels are the labels of Ponte's own lines in an order's notes, in order
// (contract.md, Observações).
var NoteLabels = []string{
	"Tarefa Auvo", "Orçamento Auvo", "Solicitado em", "Descrição", "Colaborador responsável",
	"Agendada para", "Check-in", "OS digital", "Criada por", "Criado por",
}

// OwnNotes returns Ponte's own lines of an order's notes, in their order.
// Omie gives line breaks back in several ways (omie-api.md §10.5).
func OwnNotes(notes string) string {
	var own []string
	for _, line := range NoteLines(notes) {
		if isOwnNote(line) {
			own = append(own, line)
		}
	}
	return strings.Join(own, "\n")
}

// ReplaceOwnNotes returns notes with Ponte's own lines replaced by own, placed
// where the first of them stood (or at the end), other lines kept.
func ReplaceOwnNotes(notes, own string) string {
	var out []string
	placed := false
	for _, line := range NoteLines(notes) {
		if !isOwnNote(line) {
			out = append(out, line)
			continue
		}
		if !placed {
			out, placed = append(out, own), true
		}
	}
	if !placed {
		out = append(out, own)
	}
	return strings.Join(out, "\n")
}

// NoteLines splits notes at line breaks in any of the forms in which Omie returns them.
func NoteLines(notes string) []string {
	notes = strings.NewReplacer("\r\n", "\n", "||", "\n", "|", "\n", "\r", "\n").Replace(notes)
	var lines []string
	for line := range strings.SplitSeq(notes, "\n") {
		if line = strings.TrimRight(line, " \t"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func isOwnNote(line string) bool {
	label, _, found := strings.Cut(line, ": ")
	if !found {
		return false
	}
	for _, l := range NoteLabels {
		if l == label {
			return true
		}
	}
	return false
}
