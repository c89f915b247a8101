package subject

import (
	"strings"

	"ponte/internal/record"
)

// A Query is whom a text names, other than by the number of a record.
type Query struct {
	What  string // document, email, phone, name
	Value string // in the canonical form of a field; of a name, folded
}

// Parse reads a CPF/CNPJ with or without punctuation, an e-mail, a telephone, or words
// of a name. Eleven digits are a CPF where their check digits are right, else a telephone.
func Parse(who string) Query {
	who = strings.TrimSpace(who)
	phone := record.Phone("", who)
	switch {
	case strings.Contains(who, "@"):
		return Query{"email", record.EmailList([]string{who})}
	case record.ValidTaxID(who):
		return Query{"document", record.TaxID(who)}
	case len(phone) >= 8 && onlyOf(who, "0123456789 ()+-."):
		return Query{"phone", phone}
	}
	return Query{"name", record.Fold(who)}
}

func onlyOf(text, chars string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(chars, r) }) < 0
}

// Matches tells whether a customer's item is of whom the query names.
func (q Query) Matches(i record.Item) bool {
	if i.Kind != record.Customer || q.Value == "" {
		return false
	}
	switch q.What {
	case "document":
		return i.Fields[record.FieldDocument] == q.Value
	case "email":
		for _, one := range record.Emails(i.Fields[record.FieldEmail]) {
			if strings.EqualFold(one, q.Value) {
				return true
			}
		}
		return false
	case "phone":
		return samePhone(i.Fields[record.FieldPhone], q.Value)
	}
	return hasWords(record.Fold(i.Title), q.Value)
}

// samePhone: one of the two may lack its area.
func samePhone(a, b string) bool {
	a, b = strings.TrimPrefix(a, "+55"), strings.TrimPrefix(b, "+55")
	return len(a) >= 8 && len(b) >= 8 && (strings.HasSuffix(a, b) || strings.HasSuffix(b, a))
}

func hasWords(title, words string) bool {
	for _, w := range strings.Fields(words) {
		if !strings.Contains(title, w) {
			return false
		}
	}
	return words != ""
}
