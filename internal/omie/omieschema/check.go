package omieschema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// A ProblemKind says what is wrong with a tag that was sent.
type ProblemKind string

// The kinds of problem, in the order in which Check reports them.
const (
	UnknownMethod ProblemKind = "unknown-method"
	UnknownTag    ProblemKind = "unknown-tag"
	WrongType     ProblemKind = "wrong-type"
	TooLong       ProblemKind = "too-long"
	Missing       ProblemKind = "missing"
)

// A Problem is one reason for Omie to refuse a param.
type Problem struct {
	Kind   ProblemKind
	Path   string   // "det.ide.codigo_item", array positions left out
	Tag    string   // the last name of Path, as sent
	Type   string   // the complex type as faults name it, "osCadastro"
	Max    int      // with TooLong: characters allowed
	Length int      // with TooLong: characters sent
	OneOf  []string // with Missing: any of these would do
}

func (p Problem) String() string {
	switch p.Kind {
	case TooLong:
		return fmt.Sprintf("%s: %s has %d of at most %d characters", p.Kind, p.Path, p.Length, p.Max)
	case Missing:
		return fmt.Sprintf("%s: %s (%s)", p.Kind, p.Path, strings.Join(p.OneOf, " or "))
	default:
		return fmt.Sprintf("%s: %s in %s", p.Kind, p.Path, p.Type)
	}
}

// Check returns every reason that the published pages give to refuse param.
// Tags match case apart; null is accepted anywhere; a number may come as a
// numeric string and a string as a number (omie-api.md §1.2). A required tag is
// missing when it is absent, null or "".
func Check(service, method string, param map[string]any) []Problem {
	t, ok := Lookup(service, method)
	if !ok {
		return []Problem{{Kind: UnknownMethod, Path: method, Tag: method, Type: service}}
	}
	param, err := plain(param)
	if err != nil {
		return []Problem{{Kind: WrongType, Type: t.Short()}}
	}
	problems := checkObject(t, "", param)
	slices.SortStableFunc(problems, func(a, b Problem) int { return order(a.Kind) - order(b.Kind) })
	for _, r := range Required {
		if r.Method == method {
			problems = append(problems, r.missing(param)...)
		}
	}
	return problems
}

// Misspelt returns the tags of param whose case is not the documented one.
// Omie accepts them; our own writes keep to the documents.
func Misspelt(service, method string, param map[string]any) []string {
	t, ok := Lookup(service, method)
	if !ok {
		return nil
	}
	param, err := plain(param)
	if err != nil {
		return nil
	}
	return misspelt(t, "", param)
}

func misspelt(t Type, path string, obj map[string]any) []string {
	var found []string
	for _, tag := range slices.Sorted(maps.Keys(obj)) {
		f, ok := t.Field(tag)
		if ok && f.Name != tag {
			found = append(found, join(path, tag))
		}
		sub, _ := TypeNamed(f.Type)
		for _, m := range objects(obj[tag]) {
			found = append(found, misspelt(sub, join(path, tag), m)...)
		}
	}
	return found
}

func objects(v any) []map[string]any {
	switch v := v.(type) {
	case map[string]any:
		return []map[string]any{v}
	case []any:
		var out []map[string]any
		for _, item := range v {
			if m, ok := item.(map[string]any); ok {
				out = append(out, m)
			}
		}
		return out
	}
	return nil
}

// plain gives v the shapes of decoded JSON, whatever Go types it was built of.
func plain(v map[string]any) (map[string]any, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("cannot encode param: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var out map[string]any
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("cannot decode param: %w", err)
	}
	return out, nil
}

func checkObject(t Type, path string, obj map[string]any) []Problem {
	var problems []Problem
	for _, tag := range slices.Sorted(maps.Keys(obj)) {
		at := join(path, tag)
		f, ok := t.Field(tag)
		if !ok {
			problems = append(problems, Problem{Kind: UnknownTag, Path: at, Tag: tag, Type: t.Short()})
			continue
		}
		for _, p := range checkValue(f, at, obj[tag]) {
			if p.Type == "" {
				p.Tag, p.Type = tag, t.Short()
			}
			problems = append(problems, p)
		}
	}
	return problems
}

func checkValue(f Field, path string, v any) []Problem {
	wrong := []Problem{{Kind: WrongType, Path: path}}
	switch {
	case v == nil || f.Kind == Any:
		return nil
	case f.Kind == Object:
		return checkNested(f, path, v, wrong)
	case f.Kind == Array:
		items, ok := v.([]any)
		if !ok {
			return wrong
		}
		var problems []Problem
		for _, item := range items {
			problems = append(problems, checkNested(f, path, item, wrong)...)
		}
		return problems
	case !scalarFits(f.Kind, v):
		return wrong
	}
	if n := utf8.RuneCountInString(fmt.Sprint(v)); f.Kind == String && f.MaxLength > 0 && n > f.MaxLength {
		return []Problem{{Kind: TooLong, Path: path, Max: f.MaxLength, Length: n}}
	}
	return nil
}

func checkNested(f Field, path string, v any, wrong []Problem) []Problem {
	obj, ok := v.(map[string]any)
	if !ok {
		return wrong
	}
	t, _ := TypeNamed(f.Type)
	return checkObject(t, path, obj)
}

func scalarFits(k Kind, v any) bool {
	switch v := v.(type) {
	case json.Number:
		return k != Bool
	case string:
		return k == String || k == Number && (v == "" || isNumber(v))
	case bool:
		return k == Bool
	}
	return false
}

func isNumber(s string) bool {
	var n json.Number
	return json.Unmarshal([]byte(s), &n) == nil
}

func order(k ProblemKind) int {
	return slices.Index([]ProblemKind{UnknownMethod, UnknownTag, WrongType, TooLong, Missing}, k)
}

func join(path, tag string) string {
	if path == "" {
		return tag
	}
	return path + "." + tag
}
