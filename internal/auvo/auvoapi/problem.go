package auvoapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"ponte/internal/call"
)

// A problem is what the body of a failure says, in any of its seven shapes
// (docs/apis/auvo.md, Errors).
type problem struct {
	text  string // never empty
	code  string // errorCode, "" when there is none
	field string // the member it is about, "" when it names none
	html  bool   // the gateway's page, not Auvo's answer
}

// jwt matches a token that a text repeats: its payload holds the account's secrets.
var jwt = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}(\.[A-Za-z0-9_-]*)*`)

func readProblem(header http.Header, body []byte, status int) problem {
	body = bytes.TrimSpace(body)
	var p problem
	switch {
	case len(body) == 0:
	case bytes.HasPrefix(body, []byte("<")) || strings.Contains(header.Get("Content-Type"), "text/html"):
		p = problem{text: "a page of HTML instead of JSON", html: true}
	case bytes.HasPrefix(body, []byte("[")):
		p = problemOfArray(body)
	case bytes.HasPrefix(body, []byte("{")):
		p = problemOfObject(body)
	default:
		p.text = strings.Trim(string(body), `"`)
	}
	p.text, p.code, p.field = clean(p.text), clean(p.code), clean(p.field)
	if p.text == "" {
		p.text = fmt.Sprintf("no text with HTTP %d", status)
	}
	return p
}

// problemOfArray joins shape c: one object per complaint.
func problemOfArray(body []byte) problem {
	var items []json.RawMessage
	if json.Unmarshal(body, &items) != nil {
		return problem{text: string(body)}
	}
	var all problem
	var texts []string
	for _, item := range items {
		one := problemOfObject(item)
		all.code, all.field = first(all.code, one.code), first(all.field, one.field)
		texts = append(texts, one.text)
	}
	all.text = joined(texts)
	return all
}

// problemOfObject reads the shapes a, b, d, e, f and g.
func problemOfObject(body []byte) problem {
	o := open(body)
	if !o.isObject {
		return problem{text: strings.Join(texts(body), "; ")}
	}
	p := problem{code: o.text("errorCode"), field: o.text("target")}
	if p.code == "0" {
		p.code = ""
	}
	said := []string{first(o.text("message"), o.text("title"))}
	said = append(said, texts(o.pick("errors"))...)
	said = append(said, texts(o.pick("error"))...)
	if p.field == "" {
		p.field = onlyMember(o.pick("errors"))
	}
	p.text = joined(said)
	if p.text == "" {
		p.text, p.field = joined(texts(body)), first(p.field, onlyMember(body))
	}
	return p
}

// texts returns all strings in raw, one or two levels down: of an array its
// elements, of an object those of its members, in the order of their names.
func texts(raw json.RawMessage) []string { return textsTo(raw, 3) }

func textsTo(raw json.RawMessage, depth int) []string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []string{text}
	}
	if depth == 0 {
		return nil
	}
	var found []string
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) == nil {
		for _, item := range items {
			found = append(found, textsTo(item, depth-1)...)
		}
		return found
	}
	o := open(raw)
	for _, name := range o.names() {
		for _, text := range textsTo(o.members[name], depth-1) {
			found = append(found, named(name, text))
		}
	}
	return found
}

// named puts the member before a text that does not mention it.
func named(member, text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	if text == "" || slices.Contains(words, member) || slices.Contains([]string{"message", "errors", "error"}, member) {
		return text
	}
	return member + ": " + text
}

// onlyMember returns the first member name of an object of field → messages.
func onlyMember(raw json.RawMessage) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || len(fields) == 0 {
		return ""
	}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	return slices.Min(names)
}

// joined puts texts in one line, each once.
func joined(texts []string) string {
	var once []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" && !slices.Contains(once, text) {
			once = append(once, text)
		}
	}
	return strings.Join(once, "; ")
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// clean makes a vendor's text fit for a log and a page: one line, no control
// characters, no token, 500 runes at most.
func clean(text string) string {
	text = jwt.ReplaceAllString(strings.ToValidUTF8(text, "�"), "[hidden]")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	return call.Shorten(strings.Join(strings.Fields(text), " "))
}
