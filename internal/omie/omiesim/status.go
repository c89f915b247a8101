package omiesim

import (
	"encoding/json"
	"strings"
)

// ok is the pair of a write that succeeded; its names differ per module
// (omie-api.md §1.4).
func (s *Sim) ok(r Record, code, text, words string) Record {
	r[code], r[text] = s.statusCode("0"), words
	return r
}

// statusCode comes as a string or as a number (omie-api.md §1.4, §10.8.18).
func (s *Sim) statusCode(code string) any {
	if s.NumericStatus {
		return json.Number(code)
	}
	return code
}

var entities = strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;")

// shown escapes the HTML entities of names, as reads carry them
// (omie-api.md §4.2, §10.5).
func (s *Sim) shown(r Record, names ...string) {
	if s.PlainText {
		return
	}
	for _, name := range names {
		if text, ok := r[name].(string); ok {
			r[name] = entities.Replace(text)
		}
	}
}

// checkCode refuses an integration code with special characters, where the
// account is said to (omie-api.md §10.7, disputed; the words are [infer]).
func (s *Sim) checkCode(tag, code string) *fault {
	if s.RefuseSpecialCodes && bareDocument(code) != code {
		return refuse("Client-102", "ERROR: Existem caracteres especiais não permitidos para um código! - tag: [%s]", tag)
	}
	return nil
}
