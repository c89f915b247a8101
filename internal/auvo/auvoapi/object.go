package auvoapi

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/govalues/decimal"
)

// A Row is what every record read carries beside its members.
type Row struct {
	Raw      json.RawMessage // as it came
	Problems []string        // members that did not read, "unitaryValue: …"; their values are zero
}

// An object reads the members of a JSON object by any of the names that the
// two generations of the API give them, whatever their case. A member that does
// not read is noted, not fatal.
type object struct {
	raw      json.RawMessage
	isObject bool
	members  map[string]json.RawMessage // by name in lower case
	where    string                     // prefix of the problems' member names
	problems *[]string
}

func open(raw json.RawMessage) *object { return openIn(raw, "", &[]string{}) }

func openIn(raw json.RawMessage, where string, problems *[]string) *object {
	o := &object{raw: raw, where: where, problems: problems, members: map[string]json.RawMessage{}}
	var written map[string]json.RawMessage
	if json.Unmarshal(raw, &written) != nil || written == nil {
		return o
	}
	o.isObject = true
	names := make([]string, 0, len(written))
	for name := range written {
		names = append(names, name)
	}
	slices.Sort(names) // of two spellings of one name, always the same wins
	for _, name := range names {
		low := strings.ToLower(name)
		if _, twice := o.members[low]; !twice {
			o.members[low] = written[name]
		}
	}
	return o
}

// row ends the reading of a record.
func (o *object) row() Row {
	if !o.isObject {
		o.note("record", "is not an object")
	}
	return Row{Raw: slices.Clone(o.raw), Problems: *o.problems}
}

func (o *object) note(member, problem string) {
	*o.problems = append(*o.problems, o.where+member+": "+problem)
}

func (o *object) names() []string {
	names := make([]string, 0, len(o.members))
	for name := range o.members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// pick returns the first of names that is there and neither null nor "".
func (o *object) pick(names ...string) json.RawMessage {
	for _, name := range names {
		raw := o.members[strings.ToLower(name)]
		if text := strings.TrimSpace(string(raw)); text != "" && text != "null" && text != `""` {
			return raw
		}
	}
	return nil
}

func (o *object) has(names ...string) bool { return o.pick(names...) != nil }

// text reads a string, or a number or boolean that stands for one.
func (o *object) text(names ...string) string {
	raw := o.pick(names...)
	if raw == nil {
		return ""
	}
	text, ok := scalar(raw)
	if !ok {
		o.note(names[0], "is not a text")
	}
	return text
}

// scalar returns the text of a JSON string, number or boolean.
func scalar(raw json.RawMessage) (string, bool) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return strings.ReplaceAll(text, "\x00", ""), true // no database takes NUL
	}
	literal := strings.TrimSpace(string(raw))
	if literal == "" || strings.ContainsAny(literal[:1], "[{") {
		return "", false
	}
	return literal, true
}

// id reads a numeric reference, 0 when there is none.
func (o *object) id(names ...string) int64 {
	raw := o.pick(names...)
	if raw == nil {
		return 0
	}
	id, ok := wholeNumber(raw)
	if !ok {
		o.note(names[0], "is not a number")
	}
	return id
}

// key is id for the record's own id, which must be there.
func (o *object) key(names ...string) int64 {
	id := o.id(names...)
	if id == 0 {
		o.note(names[0], "is missing")
	}
	return id
}

// wholeNumber reads 12, "12" and 12.0.
func wholeNumber(raw json.RawMessage) (int64, bool) {
	text, ok := scalar(raw)
	if !ok {
		return 0, false
	}
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// flag reads a boolean in any dress, absent when the member is not there.
func (o *object) flag(absent bool, names ...string) bool {
	raw := o.pick(names...)
	if raw == nil {
		return absent
	}
	text, _ := scalar(raw)
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	o.note(names[0], "is neither true nor false")
	return absent
}

// date reads a moment, the zero time when it is unset.
func (o *object) date(names ...string) time.Time {
	raw := o.pick(names...)
	if raw == nil {
		return time.Time{}
	}
	text, _ := scalar(raw)
	t, err := ParseTime(text)
	if err != nil {
		o.note(names[0], err.Error())
	}
	return t
}

// number reads money or a quantity; not Valid when it is not there.
func (o *object) number(names ...string) decimal.NullDecimal {
	raw := o.pick(names...)
	if raw == nil {
		return decimal.NullDecimal{}
	}
	d, err := readNumber(raw)
	if err != nil {
		o.note(names[0], err.Error())
		return decimal.NullDecimal{}
	}
	return decimal.NullDecimal{Decimal: d, Valid: true}
}

// need is number for a member that must be there.
func (o *object) need(names ...string) decimal.Decimal {
	if !o.has(names...) {
		o.note(names[0], "is missing")
	}
	return o.number(names...).Decimal
}

// items returns the elements of an array member.
func (o *object) items(names ...string) []json.RawMessage {
	raw := o.pick(names...)
	if raw == nil {
		return nil
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		o.note(names[0], "is not an array")
	}
	return items
}

// ids reads an array of references, without the zeros that stand for none.
func (o *object) ids(names ...string) []int64 {
	var ids []int64
	for _, raw := range o.items(names...) {
		id, ok := wholeNumber(raw)
		if !ok {
			o.note(names[0], "holds what is not a number")
		}
		if id != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// strings reads an array of texts, or a lone text, without the empty ones.
func (o *object) strings(names ...string) []string {
	if text, ok := scalar(o.pick(names...)); ok {
		return []string{text}
	}
	var all []string
	for _, raw := range o.items(names...) {
		if text, ok := scalar(raw); ok && strings.TrimSpace(text) != "" && text != "null" {
			all = append(all, text)
		}
	}
	return all
}

// inner opens a member that is an object; without members when it is not there.
func (o *object) inner(names ...string) *object {
	return o.openMember(o.pick(names...), names[0])
}

func (o *object) openMember(raw json.RawMessage, name string) *object {
	in := openIn(raw, o.where+name+".", o.problems)
	if raw != nil && !in.isObject {
		o.note(name, "is not an object")
	}
	return in
}

// each reads the objects of an array member.
func each[T any](o *object, read func(*object) T, names ...string) []T {
	var all []T
	for i, raw := range o.items(names...) {
		all = append(all, read(o.openMember(raw, fmt.Sprintf("%s[%d]", names[0], i))))
	}
	return all
}
