package auvosim

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// A Record is one object in the vendor's words. Inside a Sim numbers are
// json.Number, lists []any and objects map[string]any.
type Record map[string]any

// Text returns a scalar member as text, "" when it is absent.
func (r Record) Text(name string) string { return scalar(r[name]) }

// Int returns a whole number, 0 when the member is none.
func (r Record) Int(name string) int64 {
	n, err := strconv.ParseInt(r.Text(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Bool returns a truth value, false when the member is none.
func (r Record) Bool(name string) bool { return r[name] == true }

// Object returns a nested object, nil when the member is none.
func (r Record) Object(name string) Record { return asRecord(r[name]) }

// List returns the objects of a list.
func (r Record) List(name string) []Record {
	var rows []Record
	for _, item := range asList(r[name]) {
		if row := asRecord(item); row != nil {
			rows = append(rows, row)
		}
	}
	return rows
}

// setDefault sets a member that is absent or null.
func (r Record) setDefault(name string, v any) {
	if r[name] == nil {
		r[name] = v
	}
}

func asRecord(v any) Record {
	switch v := v.(type) {
	case map[string]any:
		return v
	case Record:
		return v
	}
	return nil
}

func asList(v any) []any {
	list, ok := v.([]any)
	if !ok {
		return nil
	}
	return list
}

func listOf(rows []Record) []any {
	list := make([]any, 0, len(rows))
	for _, row := range rows {
		list = append(list, map[string]any(row))
	}
	return list
}

// scalar writes a string, number or truth value as text, anything else as "".
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

func whole(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }

// decodeJSON reads one JSON value, numbers as json.Number.
func decodeJSON(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(into)
}

// copied returns a deep copy in the representation used inside a Sim.
func copied(r Record) (Record, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	out := Record{}
	return out, decodeJSON(data, &out)
}

// cloned is copied for what is known to be plain JSON.
func cloned(r Record) Record {
	out := make(Record, len(r))
	for name, v := range r {
		out[name] = clonedValue(v)
	}
	return out
}

func clonedValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return map[string]any(cloned(v))
	case Record:
		return map[string]any(cloned(v))
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = clonedValue(v[i])
		}
		return list
	}
	return v
}

// nameIn finds the spelling of name among the keys of r, regardless of case (auvo-api.md §0).
func nameIn(r Record, name string) (string, bool) {
	if _, ok := r[name]; ok {
		return name, true
	}
	for key := range r {
		if strings.EqualFold(key, name) {
			return key, true
		}
	}
	return "", false
}
