package web

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"ponte/internal/record"
)

// masked writes a vendor's payload with what is secret or personal blotted out:
// values of fields that by their name hold such, and what looks like a document,
// an e-mail, a telephone or a link's key wherever it stands.
func masked(raw []byte) string { return veil{isPrivate, looksPrivate}.over(raw) }

// uncovered writes it with what is personal, for who has reason to see that; what is
// secret stays covered.
func uncovered(raw []byte) string { return veil{isSecret, looksSecret}.over(raw) }

// A veil covers what names and looks give away.
type veil struct {
	name  func(string) bool
	looks *regexp.Regexp
}

func (c veil) over(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return c.text(string(raw))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if enc.Encode(c.blot(v, false)) != nil {
		return c.text(string(raw))
	}
	return strings.TrimSpace(out.String())
}

func (c veil) text(s string) string { return c.looks.ReplaceAllStringFunc(s, cover) }

// blot masks a value; private says that the name above it does.
func (c veil) blot(v any, private bool) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			v[name] = c.blot(inner, private || c.name(name))
		}
		return v
	case []any:
		for i, inner := range v {
			v[i] = c.blot(inner, private)
		}
		return v
	case string:
		if private {
			return cover(v)
		}
		return c.text(v)
	case json.Number:
		if private {
			return cover(v.String())
		}
	}
	return v
}

// cover keeps a value's first and last letters, where enough stay hidden.
func cover(s string) string {
	r := []rune(s)
	switch {
	case len(r) == 0:
		return ""
	case len(r) < 8:
		return "•••"
	}
	return string(r[:1]) + "•••" + string(r[len(r)-2:])
}

// privateNames are parts of the names, folded, of fields that hold what is personal or secret.
var privateNames = []string{
	"cpf", "cnpj", "email", "telefone", "phone", "celular", "fone", "fax", "documento_exterior", "endereco", "address", "bairro", "cep", "complement", "contact", "contato", "nascimento",
	"latitude", "longitude", "assinatura", "signature", "inscricao", "banc", "agencia", "conta_corrente",
}

// secretNames are those of fields that hold what opens something: nobody is shown that.
var secretNames = []string{"senha", "password", "token", "secret", "apikey", "api_key", "appkey", "app_key", "chave"}

// privateWhole are such names that stand in the middle of many words.
var privateWhole = []string{"rg", "nif"}

func isPrivate(name string) bool {
	folded := folded(name)
	return slices.Contains(privateWhole, folded) || hasAny(folded, privateNames) || hasAny(folded, secretNames)
}

func isSecret(name string) bool { return hasAny(folded(name), secretNames) }

func folded(name string) string { return strings.ReplaceAll(record.Fold(name), " ", "_") }

func hasAny(text string, parts []string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) })
}

// secretLook is a link's key.
const secretLook = `(?i:(?:chave|token|key|secret)=)[^&\s"]+`

var (
	looksSecret  = regexp.MustCompile(secretLook)
	looksPrivate = regexp.MustCompile(`[\w.+-]+@[\w-]+\.[\w.-]+|\b\d{3}\.?\d{3}\.?\d{3}-?\d{2}\b|\b[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/?[0-9A-Z]{4}-?\d{2}\b|\(?\b\d{2}\)?\s?9?\d{4}-?\d{4}\b|` + secretLook)
)
