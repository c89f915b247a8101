package flow

import (
	"maps"
	"strings"

	"ponte/internal/phrasebook"
)

// vendorSays are the sentences of causes that a vendor's text brought, where no entry
// of the phrasebook explains it: such a detail has no value and no lengths.
var vendorSays = map[string]Phrase{
	"missing-field":    {"Falta preencher “{field}”. {text}", phrases["missing-field"].Hint},
	"too-long":         {"O campo “{field}” é longo demais. {text}", phrases["too-long"].Hint},
	"invalid-document": {"O CPF/CNPJ não é válido. {text}", phrases["invalid-document"].Hint},
	"refused":          phrases["refused"],
}

// explain is what a vendor's text means and what to do about it, with the vendor's
// own words attached. Only the text counts, so that what the phrasebook learns
// explains records that wait already.
func explain(cause string, detail map[string]string) (Phrase, bool) {
	said, text := detail["side"], detail["text"]
	p, vendors := vendorSays[cause]
	if _, known := variants[cause+"/"+detail["what"]]; known || !vendors || text == "" {
		return Phrase{}, false
	}
	book := phrasebook.Of(said)
	if book == nil {
		return p.fill(detail), true
	}
	e, parts, known := book.Explain(text)
	if !known {
		return p.fill(detail), true
	}
	whole := maps.Clone(detail)
	maps.Copy(whole, parts)
	whole["setting_keys"] = strings.Join(e.Settings, ",")
	return Phrase{e.Says + " {side} disse: “{text}”", e.Do}.fill(whole), true
}
