package omiesim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/govalues/decimal"
)

// A Record is one object in Omie's wire words. Numbers are json.Number, nested
// objects map[string]any, lists []any.
type Record map[string]any

// Text returns the scalar at path as text, "" when there is none.
func (r Record) Text(path ...string) string {
	switch v := r.at(path).(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// Int returns the whole number at path, 0 when there is none.
func (r Record) Int(path ...string) int64 {
	text := strings.TrimSpace(r.Text(path...))
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if d, err := decimal.Parse(text); err == nil {
		whole, _, _ := d.Int64(0)
		return whole
	}
	return 0
}

// Dec returns the number at path, 0 when there is none.
func (r Record) Dec(path ...string) decimal.Decimal {
	return parseDecimal(r.Text(path...))
}

// Object returns the object at path, nil when there is none.
func (r Record) Object(path ...string) Record {
	return asRecord(r.at(path))
}

// List returns the objects of the list at path; it leaves out what is no object.
func (r Record) List(path ...string) []Record {
	items, _ := r.at(path).([]any)
	var rows []Record
	for _, item := range items {
		if row := asRecord(item); row != nil {
			rows = append(rows, row)
		}
	}
	return rows
}

func (r Record) has(name string) bool {
	_, ok := r[name]
	return ok
}

func (r Record) at(path []string) any {
	var v any = map[string]any(r)
	for _, name := range path {
		v = asRecord(v)[name]
	}
	return v
}

// block returns the object called name, made when it is absent.
func (r Record) block(name string) Record {
	if o := asRecord(r[name]); o != nil {
		return o
	}
	o := map[string]any{}
	r[name] = o
	return o
}

// fill sets what is absent.
func (r Record) fill(name string, v any) {
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

func listOf(rows []Record) []any {
	list := make([]any, 0, len(rows))
	for _, r := range rows {
		list = append(list, map[string]any(r))
	}
	return list
}

func number[N int | int64](n N) json.Number { return json.Number(strconv.FormatInt(int64(n), 10)) }

// amount writes d as a JSON number without needless zeros.
func amount(d decimal.Decimal) json.Number { return json.Number(d.Trim(0).String()) }

func parseDecimal(text string) decimal.Decimal {
	d, err := decimal.Parse(strings.TrimSpace(text))
	if err != nil {
		return decimal.Decimal{}
	}
	return d
}

// sum, less, times and part stay exact for the sizes that documents have; an
// overflow counts as 0, since Omie knows no such number either.
func sum(a, b decimal.Decimal) decimal.Decimal   { d, _ := a.Add(b); return d }
func less(a, b decimal.Decimal) decimal.Decimal  { d, _ := a.Sub(b); return d }
func times(a, b decimal.Decimal) decimal.Decimal { d, _ := a.Mul(b); return d }

func percentOf(a, percent decimal.Decimal) decimal.Decimal {
	d, _ := times(a, percent).Quo(decimal.Hundred)
	return d.Round(2)
}

// plain gives v the representation that a Sim stores, as a deep copy.
func plain(v any) (Record, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("cannot encode record: %w", err)
	}
	out := Record{}
	if err := decode(data, &out); err != nil {
		return nil, fmt.Errorf("cannot decode record: %w", err)
	}
	return out, nil
}

// decode reads one JSON value and nothing behind it, numbers as json.Number.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("data behind the JSON value")
	}
	return nil
}

// cloned copies deeply what is stored already.
func cloned(r Record) Record {
	if r == nil {
		return nil
	}
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

// merge sets the members of from in into, objects member by member, anything
// else as a whole.
func merge(into, from Record) {
	for name, v := range from {
		if sub := asRecord(v); sub != nil && asRecord(into[name]) != nil {
			merge(into.block(name), sub)
			continue
		}
		into[name] = clonedValue(v)
	}
}

// without returns r less some members.
func without(r Record, names ...string) Record {
	out := maps.Clone(r)
	for _, name := range names {
		delete(out, name)
	}
	return out
}

// only returns the named members of r.
func only(r Record, names ...string) Record {
	out := Record{}
	for _, name := range names {
		if v, ok := r[name]; ok {
			out[name] = v
		}
	}
	return out
}

// empty tells whether a member says nothing: absent, null, "" or blanks.
func (r Record) empty(path ...string) bool {
	switch v := r.at(path).(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	}
	return false
}
