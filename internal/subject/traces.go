package subject

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"ponte/internal/record"
)

// Gone stands where a text of an erased person stood.
const Gone = "[apagado]"

// How long a text must be, in bytes, to be looked for in other records' history, and how
// many digits one of digits alone must have: shorter ones stand in too many other words
// and numbers.
const (
	shortest       = 6
	shortestNumber = 8
)

// telling tells whether a text is somebody's: a single word may be any word ("Cliente",
// "Fundos"), and stays where others say it.
func telling(text string) bool {
	switch {
	case len(text) < shortest:
		return false
	case onlyOf(text, "0123456789 ()+-./"):
		digits := strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }), "")
		return len(digits) >= shortestNumber && strings.Trim(digits, digits[:1]) != ""
	}
	return strings.ContainsAny(text, "@0123456789") || len(strings.Fields(text)) > 1
}

// Traces are the texts by which a customer's data is found in sentences about it:
// its document as it is stored and as it is written, names, telephones, e-mails and
// address, in the forms in which rows and JSON hold them; longest first.
func Traces(items ...record.Item) []string {
	var out []string
	for _, i := range items {
		f := i.Fields
		for _, name := range []string{record.FieldName, record.FieldLegalName, record.FieldAddress, record.FieldComplement, record.FieldPhone, record.FieldDocument, record.FieldEmail} {
			out = append(out, f[name])
		}
		if i.Kind == record.Customer {
			out = append(out, i.Title)
		}
		out = append(out, record.FormatTaxID(f[record.FieldDocument]))
		out = append(out, record.Emails(f[record.FieldEmail])...)
		out = append(out, rowTexts(i.Raw)...)
	}
	return forms(out)
}

// forms are the telling texts, each also as JSON writes it and folded.
func forms(texts []string) []string {
	seen := map[string]bool{}
	var out []string
	add := func(t string) {
		if t = strings.TrimSpace(t); telling(t) && !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	for _, t := range texts {
		add(t)
		if b, err := json.Marshal(strings.TrimSpace(t)); err == nil {
			add(strings.Trim(string(b), `"`))
		}
		add(record.Fold(t))
	}
	slices.SortFunc(out, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return out
}

// rowNames are the members of the vendors' rows that name a person or say how to reach them.
var rowNames = []string{
	"razao_social", "nome_fantasia", "cnpj_cpf", "email", "telefone1_numero", "telefone2_numero", "fax_numero", "endereco", "contato",
	"description", "name", "legalname", "cpfcnpj", "phonenumber", "address", "adresscomplement", "complemento", "manager", "responsavel",
}

// rowTexts are the texts of those members.
func rowTexts(raw json.RawMessage) []string {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var row map[string]any
	if len(raw) == 0 || dec.Decode(&row) != nil {
		return nil
	}
	var out []string
	for name, value := range row {
		if slices.Contains(rowNames, strings.ToLower(name)) {
			out = append(out, textsOf(value)...)
		}
	}
	return out
}

func textsOf(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case json.Number:
		return []string{v.String()}
	case []any:
		var out []string
		for _, one := range v {
			out = append(out, textsOf(one)...)
		}
		return out
	}
	return nil
}

// Unshared are those of the traces that no other customer has, and those that one has:
// what two customers share (an accountant's e-mail) is the other's, too, and stays theirs.
func Unshared(traces []string, others [][]string) (own, shared []string) {
	theirs := map[string]bool{}
	for _, o := range others {
		for _, t := range o {
			theirs[t] = true
		}
	}
	for _, t := range traces {
		if theirs[t] {
			shared = append(shared, t)
		} else {
			own = append(own, t)
		}
	}
	return own, shared
}
