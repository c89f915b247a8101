package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// The forms in which a person edits a key.
const (
	FormText    = "text"
	FormYesNo   = "yes-no"  // true or false
	FormNumber  = "number"  // digits
	FormChoice  = "choice"  // one of its options
	FormChoices = "choices" // some of its options
	FormLines   = "lines"   // a word a line
	FormNumbers = "numbers" // an id a line
	FormPairs   = "pairs"   // a line "id = id" each
)

// A Key is a key of a block, as a person edits it.
type Key struct {
	Name    string // "category"; "when.task_types" in a rule
	Form    string
	Options []string // of FormChoice and FormChoices; "" among them: it may be left out
	Value   string   // lines for what is a list
}

// Keys are the keys of a block that a person edits, in the file's order: "" is the
// account's own, "flows.tasks", "orders.service_order", "orders.rules[0]". A block
// that the account lacks shows its defaults; nil: there is no such block.
func (a Account) Keys(block string) []Key {
	if block == "" {
		return slices.DeleteFunc(keysOfBlock(reflect.ValueOf(a), ""), func(k Key) bool { return k.Name == "id" })
	}
	v := reflect.ValueOf(a)
	for part := range strings.SplitSeq(block, ".") {
		m := step.FindStringSubmatch(part)
		if m == nil || v.Kind() != reflect.Struct {
			return nil
		}
		if v = keyed(v, m[1]); !v.IsValid() {
			return nil
		}
		if m[2] != "" {
			v = placed(v, m[2])
		}
		v = orDefaults(v)
	}
	if !v.IsValid() || v.Kind() != reflect.Struct || !isBlock(v.Type()) {
		return nil
	}
	return keysOfBlock(v, "")
}

// keyed is the value of a block's key; not valid when it has none.
func keyed(v reflect.Value, key string) reflect.Value {
	for _, f := range fields(v) {
		if f.key == key {
			return f.value
		}
	}
	return reflect.Value{}
}

// placed is the entry of a list of blocks; the one behind the last is a new one.
func placed(list reflect.Value, place string) reflect.Value {
	n, err := strconv.Atoi(place)
	switch {
	case err != nil || list.Kind() != reflect.Slice || n > list.Len():
		return reflect.Value{}
	case n == list.Len():
		return reflect.New(list.Type().Elem()).Elem()
	}
	return list.Index(n)
}

// orDefaults is a block, or what it would be: a flow that is absent is off.
func orDefaults(v reflect.Value) reflect.Value {
	if !v.IsValid() || v.Kind() != reflect.Pointer {
		return v
	}
	if !v.IsNil() {
		return v.Elem()
	}
	block := reflect.New(v.Type().Elem()).Elem()
	setDefaults(block)
	if enabled := keyed(block, "enabled"); enabled.IsValid() {
		enabled.Set(reflect.ValueOf(new(false)))
	}
	return block
}

func keysOfBlock(block reflect.Value, prefix string) []Key {
	var out []Key
	for _, f := range fields(block) {
		switch typ := f.value.Type(); {
		case typ == reflect.TypeFor[When]():
			out = append(out, keysOfBlock(f.value, f.key+".")...)
		case typ.Kind() == reflect.Pointer && isBlock(typ.Elem()), isBlock(typ), typ.Kind() == reflect.Slice && isBlock(typ.Elem()), typ == reflect.TypeFor[Secret]():
			continue
		default:
			out = append(out, keyOf(f, prefix))
		}
	}
	return out
}

func keyOf(f field, prefix string) Key {
	k := Key{Name: prefix + f.key, Form: FormText, Options: strings.Fields(f.tag.Get("oneof"))}
	v, typ := f.value, f.value.Type()
	absent := typ.Kind() == reflect.Pointer && v.IsNil()
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	def, hasDefault := f.tag.Lookup("default")
	if k.Value = def; !absent {
		k.Value = formValue(reflect.Indirect(v))
	}
	switch {
	case typ.Kind() == reflect.Map:
		k.Form = FormPairs
	case typ.Kind() == reflect.Slice && len(k.Options) > 0:
		k.Form = FormChoices
	case typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Int64:
		k.Form = FormNumbers
	case typ.Kind() == reflect.Slice:
		k.Form = FormLines
	case len(k.Options) > 0:
		if k.Form = FormChoice; !hasDefault {
			k.Options = append([]string{""}, k.Options...)
		}
	case typ.Kind() == reflect.Bool:
		k.Form = FormYesNo
	case typ == reflect.TypeFor[Duration]():
	case typ.Kind() == reflect.Int64 || typ.Kind() == reflect.Int:
		k.Form = FormNumber
	}
	return k
}

// formValue writes a value as a person edits it.
func formValue(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Slice:
		var lines []string
		for i := range v.Len() {
			lines = append(lines, formValue(v.Index(i)))
		}
		return strings.Join(lines, "\n")
	case reflect.Map:
		var lines []string
		for _, key := range slices.SortedFunc(maps.Keys(v.Interface().(map[int64]int64)), func(a, b int64) int { return int(a - b) }) {
			lines = append(lines, fmt.Sprintf("%d = %d", key, v.Interface().(map[int64]int64)[key]))
		}
		return strings.Join(lines, "\n")
	}
	text, err := json.Marshal(v.Interface())
	if err != nil {
		panic(fmt.Sprintf("config: our own value cannot be written: %v", err))
	}
	var bare string
	if json.Unmarshal(text, &bare) == nil {
		return bare
	}
	return string(text)
}

// Edited is the account with other values of a block's keys, by Key.Name; keys that
// are not named stay. What is wrong with it is an *Error. Its secrets are empty.
func (a Account) Edited(block string, values map[string]string) (Account, error) {
	keys := a.Keys(block)
	if keys == nil {
		return a, &Error{[]Problem{{Key: block, Text: "is no block"}}}
	}
	var problems []Problem
	out, err := a.rewritten(func(root map[string]any) {
		at := blockAt(root, block)
		for _, k := range keys {
			text, given := values[k.Name]
			if !given {
				continue
			}
			value, problem := k.read(text)
			if problem != "" {
				problems = append(problems, Problem{Key: join(block, k.Name), Text: problem})
				continue
			}
			inner, name := at, k.Name
			if before, after, nested := strings.Cut(name, "."); nested {
				inner, name = blockIn(at, before), after
			}
			if inner[name] = value; value == nil {
				delete(inner, name)
			}
		}
	})
	if len(problems) > 0 {
		return a, &Error{problems}
	}
	return out, err
}

// WithoutRule is the account without one of its rules, and WithRuleFirst with it
// before the one that stands before it.
func (a Account) WithoutRule(n int) (Account, error) {
	return a.withRules(func(rules []any) []any { return slices.Delete(rules, n, n+1) }, n)
}

// WithRuleFirst is the account with a rule moved before the one before it.
func (a Account) WithRuleFirst(n int) (Account, error) {
	return a.withRules(func(rules []any) []any {
		if n > 0 {
			rules[n-1], rules[n] = rules[n], rules[n-1]
		}
		return rules
	}, n)
}

func (a Account) withRules(change func([]any) []any, n int) (Account, error) {
	if n < 0 || n >= len(a.Orders.Rules) {
		return a, &Error{[]Problem{{Key: "orders.rules", Text: "has no such rule"}}}
	}
	return a.rewritten(func(root map[string]any) {
		orders := blockIn(root, "orders")
		rules, _ := orders["rules"].([]any)
		orders["rules"] = change(rules)
	})
}

// rewritten is the account that its settings, changed, make.
func (a Account) rewritten(change func(root map[string]any)) (Account, error) {
	var root map[string]any
	dec := json.NewDecoder(strings.NewReader(a.Settings()))
	dec.UseNumber()
	if err := dec.Decode(&root); err != nil {
		return a, fmt.Errorf("cannot read an account's settings: %w", err)
	}
	change(root)
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(root); err != nil {
		return a, fmt.Errorf("cannot write an account's settings: %w", err)
	}
	out, err := restore(text.String())
	if err != nil {
		return a, err
	}
	out.complete()
	problems := out.problems()
	for _, c := range out.Credentials() { // kept apart
		problems = slices.DeleteFunc(problems, func(p Problem) bool { return p.Key == c.Key })
	}
	return out, asError(problems)
}

// read is a key's value for the file, nil to leave it out.
func (k Key) read(text string) (value any, problem string) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r", ""))
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if k.Form == FormNumbers {
			lines = append(lines, strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == ',' || r == ';' })...)
			continue
		}
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	switch k.Form {
	case FormLines, FormNumbers, FormChoices:
		if lines == nil {
			return []string{}, ""
		}
		return lines, ""
	case FormPairs:
		pairs := map[string]string{}
		for _, line := range lines {
			from, to, ok := strings.Cut(line, "=")
			if !ok {
				return nil, "must have a line “id = id” for each"
			}
			pairs[strings.TrimSpace(from)] = strings.TrimSpace(to)
		}
		return pairs, ""
	}
	if text == "" {
		return nil, "" // its default
	}
	return text, ""
}

// blockAt is the block of a path, made where there is none.
func blockAt(root map[string]any, path string) map[string]any {
	at := root
	if path == "" {
		return at
	}
	for part := range strings.SplitSeq(path, ".") {
		m := step.FindStringSubmatch(part)
		if m[2] == "" {
			at = blockIn(at, m[1])
			continue
		}
		list, _ := at[m[1]].([]any)
		n, _ := strconv.Atoi(m[2]) // Keys has read it
		if n == len(list) {
			list = append(list, map[string]any{"when": map[string]any{}})
			at[m[1]] = list
		}
		at, _ = list[n].(map[string]any)
	}
	return at
}

func blockIn(at map[string]any, key string) map[string]any {
	inner, ok := at[key].(map[string]any)
	if !ok {
		inner = map[string]any{}
		at[key] = inner
	}
	return inner
}
