package config

import (
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
