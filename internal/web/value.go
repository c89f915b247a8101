package web

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"ponte/internal/record"
)

// shown writes a field's canonical value (record.Fields) for people.
func shown(name, value string) string {
	if value == "" {
		return "(vazio)"
	}
	switch name {
	case record.FieldActive:
		return map[string]string{"true": "Ativo", "false": "Inativo"}[value]
	case record.FieldDocument:
		return document(value)
	case record.FieldPhone:
		return phone(value)
	case record.FieldPrice:
		return reais(value)
	case record.FieldStock:
		return strings.Replace(value, ".", ",", 1)
	case record.FieldForecast:
		if day, err := time.Parse(time.DateOnly, value); err == nil {
			return day.Format("02/01/2006")
		}
	case record.FieldServices, record.FieldProducts:
		return orderLines(value, nil)
	}
	return value
}

// document writes a CPF or CNPJ with its punctuation.
func document(v string) string {
	switch len(v) {
	case 11:
		return v[:3] + "." + v[3:6] + "." + v[6:9] + "-" + v[9:]
	case 14:
		return v[:2] + "." + v[2:5] + "." + v[5:8] + "/" + v[8:12] + "-" + v[12:]
	}
	return v
}

func phone(v string) string {
	switch len(v) {
	case 10:
		return "(" + v[:2] + ") " + v[2:6] + "-" + v[6:]
	case 11:
		return "(" + v[:2] + ") " + v[2:7] + "-" + v[7:]
	}
	return v
}

func reais(v string) string {
	d, err := record.ParseAmount(v)
	if err != nil {
		return v
	}
	return record.Reais(d)
}

// orderLines writes the lines of a document, which are compared as JSON, a line
// each; names are the items' by id, as far as known.
func orderLines(v string, names map[string]string) string {
	var rows []struct{ ID, Quantity, Price, Discount string }
	if json.Unmarshal([]byte(v), &rows) != nil {
		return v
	}
	var out []string
	for _, r := range rows {
		text := strings.Replace(r.Quantity, ".", ",", 1) + " × " + cmp.Or(names[r.ID], "item "+r.ID)
		if r.Price != "0" && r.Price != "" {
			text += " a " + reais(r.Price)
		}
		if r.Discount != "0" && r.Discount != "" {
			text += " menos " + reais(r.Discount)
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}
