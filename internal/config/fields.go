package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"
)

// New is a block with the defaults of its keys, such as New[Tasks]().
func New[T any]() *T {
	block := new(T)
	setDefaults(reflect.ValueOf(block).Elem())
	return block
}

// field is a key of a block: where its value is kept and what its tags say.
type field struct {
	key   string
	tag   reflect.StructTag
	value reflect.Value
}

// fields are the keys of a block in their order; those of an embedded block count as its own.
func fields(block reflect.Value) []field {
	var all []field
	for i := range block.NumField() {
		f := block.Type().Field(i)
		if f.Anonymous {
			all = append(all, fields(block.Field(i))...)
			continue
		}
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		all = append(all, field{key: key, tag: f.Tag, value: block.Field(i)})
	}
	return all
}

// setDefaults gives every key of a block its default, and lists and maps no elements.
func setDefaults(block reflect.Value) {
	for _, f := range fields(block) {
		text, given := f.tag.Lookup("default")
		switch {
		case isBlock(f.value.Type()):
			setDefaults(f.value)
		case f.value.Kind() == reflect.Slice && given:
			f.value.Set(reflect.MakeSlice(f.value.Type(), 1, 1))
			mustSet(f.value.Index(0), text)
		case given:
			mustSet(f.value, text)
		default:
			setEmpty(f.value)
		}
	}
}

// setEmpty makes a list or a map that is nil an empty one, so that both are written alike.
func setEmpty(v reflect.Value) {
	switch {
	case v.Kind() == reflect.Slice && v.IsNil():
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	case v.Kind() == reflect.Map && v.IsNil():
		v.Set(reflect.MakeMap(v.Type()))
	}
}

// mustSet sets a default; our own tags being wrong is found at the first start.
func mustSet(v reflect.Value, text string) {
	if err := setText(v, text); err != nil {
		panic(fmt.Sprintf("config: default %q %v", text, err))
	}
}

// isBlock says whether a type is a block of keys and not one value.
func isBlock(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// setText reads one value. The error goes on after the key and holds nothing of the text.
func setText(v reflect.Value, text string) error {
	if strings.ContainsFunc(text, unicode.IsControl) {
		return fmt.Errorf("must be one line of text without control characters")
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return setText(v.Elem(), text)
	case reflect.String:
		v.SetString(text)
		return nil
	case reflect.Bool:
		return setBool(v, text)
	case reflect.Int, reflect.Int64:
		return setInt(v, text)
	default:
		return fmt.Errorf("cannot be set from a text")
	}
}

func setBool(v reflect.Value, text string) error {
	if text != "true" && text != "false" {
		return fmt.Errorf("must be true or false")
	}
	v.SetBool(text == "true")
	return nil
}

func setInt(v reflect.Value, text string) error {
	n, err := strconv.ParseInt(text, 10, v.Type().Bits())
	if err != nil {
		return fmt.Errorf("must be a whole number, digits only")
	}
	v.SetInt(n)
	return nil
}
