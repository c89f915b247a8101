package web

import (
	"maps"
	"regexp"

	"ponte/internal/record"
	"ponte/internal/store"
)

// Lists tell records apart, and for that a part of a CPF or CNPJ will do, whoever
// looks. What a record holds, and what a change writes, is shown whole to who must
// decide about it; who only looks sees what is personal of it covered (covers).

// shown writes a field's value for the visit's person.
func (t *tenant) shown(name, value string) string {
	if t.covers {
		return covered(name, value)
	}
	return shown(name, value)
}

// text writes what a vendor answered, or a person wrote into a record, for the visit's person.
func (t *tenant) text(s string) string {
	if t.covers {
		return veil{isPrivate, looksPrivate}.text(s)
	}
	return s
}

// covered writes a field's canonical value without what is personal. (pure)
func covered(name, value string) string {
	switch name {
	case record.FieldDocument:
		return shown(name, hinted(value))
	case record.FieldPhone, record.FieldEmail, record.FieldAddress, record.FieldComplement:
		if value != "" {
			return cover(shown(name, value))
		}
	case record.FieldNotes:
		return veil{isPrivate, looksPrivate}.text(shown(name, value))
	}
	return shown(name, value)
}

// hinted is what lists show of a CPF or CNPJ: enough to tell it from others. (pure)
// What is neither is covered.
func hinted(doc string) string {
	switch len(doc) {
	case 0:
		return ""
	case 11:
		return document(doc[:3] + "******" + doc[9:])
	case 14:
		return document(doc[:5] + "*******" + doc[12:])
	}
	return cover(doc)
}

// looksDocument is what may be a CPF or CNPJ in a text.
var looksDocument = regexp.MustCompile(`\b[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/?[0-9A-Z]{4}-?[0-9]{2}\b|\b[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}\b`)

// hintedIn is a text, a vendor's answer say, with its CPFs and CNPJs as lists show them.
// Other numbers stay: they name records. (pure)
func hintedIn(text string) string {
	return looksDocument.ReplaceAllStringFunc(text, func(s string) string {
		if !record.ValidTaxID(s) {
			return s
		}
		return hinted(record.TaxID(s))
	})
}

// asListed is a wait as lists tell it: with no more of a document than tells it apart.
func asListed(w store.Wait) store.Wait {
	quotes := w.Cause == "invalid-document" || w.Cause == "document-taken" || w.Cause == "ambiguous-match" && w.Detail["match"] == "CPF/CNPJ"
	if v := w.Detail["value"]; quotes && v != "" {
		w.Detail = maps.Clone(w.Detail)
		w.Detail["value"] = hinted(record.TaxID(v))
	}
	return w
}
