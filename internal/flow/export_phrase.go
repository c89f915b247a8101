package flow

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"ponte/internal/reconcile"
	"ponte/internal/record"
)

// orderWords are the words about an order, in its gender.
var orderWords = map[record.Kind]map[string]string{
	record.ServiceOrder: {
		"order": "a OS", "made": "criada", string(Billed): "faturada no Omie", string(Cancelled): "cancelada no Omie",
		string(Frozen): "levada a um estágio que a conta não altera", string(Shared): "ligada também a outro registro do Auvo",
	},
	record.SalesOrder: {
		"order": "o pedido", "made": "criado", string(Billed): "faturado no Omie", string(Cancelled): "cancelado no Omie",
		string(Frozen): "levado a um estágio que a conta não altera", string(Shared): "ligado também a outro registro do Auvo",
	},
}

// orderWord says an order ({order}), that it was made ({made}), or how it
// stands ({state}); "" when the detail is about no order.
func orderWord(name string, detail map[string]string) string {
	words := orderWords[record.Kind(detail["order"])]
	switch name {
	case "order":
		if words == nil {
			return ""
		}
		return words["order"] + " " + cmp.Or(detail["number"], detail["code"])
	case "state":
		return words[detail["what"]]
	}
	return words[name]
}

// A Titles names a record of Omie by its kind and id.
type Titles func(kind record.Kind, id string) string

// OrderChanges says what changed of an order, old → new, for people.
func OrderChanges(changes []reconcile.Change, titles Titles) string {
	parts := make([]string, 0, len(changes))
	for _, c := range changes {
		if c.Field == record.FieldNotes {
			parts = append(parts, noteChanges(c.From, c.To)...)
			continue
		}
		parts = append(parts, FieldTitle(c.Field)+": "+OrderValue(c.Field, c.From, titles)+" → "+OrderValue(c.Field, c.To, titles))
	}
	return strings.Join(parts, "; ")
}

// OrderValue is a field of an order as people read it.
func OrderValue(field, value string, titles Titles) string {
	switch field {
	case record.FieldCustomer:
		return titles(record.Customer, value)
	case record.FieldForecast:
		if day, err := time.Parse(time.DateOnly, value); err == nil {
			return day.Format("02/01/2006")
		}
	case record.FieldServices:
		return linesText(record.Service, value, titles)
	case record.FieldProducts:
		return linesText(record.Product, value, titles)
	}
	return value
}

// OrderConflict is a field of an order that both sides changed, as people read
// it: of the notes only the lines that differ.
func OrderConflict(c reconcile.Conflict, titles Titles) (auvo, omie string) {
	if c.Field != record.FieldNotes {
		return OrderValue(c.Field, c.Auvo, titles), OrderValue(c.Field, c.Omie, titles)
	}
	ours, theirs := labelled(c.Auvo), labelled(c.Omie)
	var a, o []string
	for _, label := range record.NoteLabels {
		if ours[label] != theirs[label] {
			a, o = append(a, label+": "+shortText(ours[label])), append(o, label+": "+shortText(theirs[label]))
		}
	}
	return strings.Join(a, "; "), strings.Join(o, "; ")
}

// linesText is "3 × Visita a R$ 140,00, 1 × Limpeza"; a used product has no price.
func linesText(kind record.Kind, value string, titles Titles) string {
	lines, ok := record.FieldLines(value)
	if !ok {
		return value
	}
	parts := make([]string, 0, len(lines))
	for _, l := range lines {
		text := strings.ReplaceAll(l.Quantity.String(), ".", ",") + " × " + titles(kind, l.ID)
		if l.UnitPrice.IsPos() {
			text += " a " + record.Reais(l.UnitPrice)
		}
		if l.Discount.IsPos() {
			text += " (menos " + record.Reais(l.Discount) + ")"
		}
		parts = append(parts, text)
	}
	return cmp.Or(strings.Join(parts, ", "), "nada")
}

// noteChanges are the lines of the notes that differ, by their label.
func noteChanges(from, to string) []string {
	old, now := labelled(from), labelled(to)
	var out []string
	for _, label := range record.NoteLabels {
		if old[label] != now[label] {
			out = append(out, label+": "+quotedOr(old[label])+" → "+quotedOr(now[label]))
		}
	}
	return out
}

func labelled(notes string) map[string]string {
	out := map[string]string{}
	for _, line := range record.NoteLines(notes) {
		if label, value, ok := strings.Cut(line, ": "); ok && slices.Contains(record.NoteLabels, label) {
			out[label] = value
		}
	}
	return out
}

func quotedOr(value string) string {
	if value == "" {
		return "nada"
	}
	return "“" + shortText(value) + "”"
}

// shortText keeps a sentence readable: a description may have thousands of characters.
func shortText(text string) string {
	const most = 120
	if over := record.Runes(text) - most; over > 0 {
		return shorten(text, over)
	}
	return text
}
