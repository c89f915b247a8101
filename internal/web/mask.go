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
func masked(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return blotAll(string(raw))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if enc.Encode(blot(v, false)) != nil {
		return blotAll(string(raw))
	}
	return strings.TrimSpace(out.String())
}

// blot masks a value; private says that the name above it does.
func blot(v any, private bool) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			v[name] = blot(inner, private || isPrivate(name))
		}
		return v
	case []any:
		for i, inner := range v {
			v[i] = blot(inner, private)
		}
		return v
	case string:
		if private {
			return cover(v)
		}
		return blotAll(v)
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
	"latitude", "longitude", "senha", "password", "token", "secret", "apikey", "appkey", "assinatura", "signature", "chave", "inscricao", "banc", "agencia", "conta_corrente",
}

// privateWhole are such names that stand in the middle of many words.
var privateWhole = []string{"rg", "nif"}

func isPrivate(name string) bool {
	folded := strings.ReplaceAll(record.Fold(name), " ", "_")
	return slices.Contains(privateWhole, folded) || slices.ContainsFunc(privateNames, func(p string) bool { return strings.Contains(folded, p) })
}

var looksPrivate = regexp.MustCompile(`[\w.+-]+@[\w-]+\.[\w.-]+|\b\d{3}\.?\d{3}\.?\d{3}-?\d{2}\b|\b[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/?[0-9A-Z]{4}-?\d{2}\b|\(?\b\d{2}\)?\s?9?\d{4}-?\d{4}\b|(?i:(?:chave|token|key|secret)=)[^&\s"]+`)

func blotAll(s string) string { return looksPrivate.ReplaceAllStringFunc(s, cover) }
