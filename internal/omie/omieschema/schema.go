// Package omieschema is what Omie's official method pages state of its requests
// and answers: names, types and sizes. Tests of omieapi check every request
// against it, and omiesim answers unknown and over-long tags as it says.
//
// The data (schema.json) are the official pages of May 2024 as captured in the
// MIT-licensed repository giuliano-macedo/omie-docs
// (integration_test_data/expected_all.openapi.json). They carry no required
// marks, so Required takes these from omie-api.md, and Newer lists fields that
// appeared after the capture. A type is named as in the capture,
// "servicos.os.osCadastro"; faults name only its last part.
package omieschema

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed schema.json
var schemaJSON []byte

// A Kind is the JSON shape that a field holds.
type Kind string

// The kinds. Any is a newer object whose members nobody published.
const (
	String Kind = "string"
	Number Kind = "number"
	Bool   Kind = "boolean"
	Object Kind = "object"
	Array  Kind = "array"
	Any    Kind = "any"
)

// A Field is one tag of a Type.
type Field struct {
	Name       string // as documented
	Kind       Kind
	MaxLength  int    // in characters, for strings; 0 when the pages give none
	Type       string // the type of an Object, or of an Array's items
	Deprecated bool
	Newer      bool // not in the capture of 2024
}

// A Type is a complex type.
type Type struct {
	Name   string // "servicos.os.osCadastro"
	Fields []Field
	byName map[string]int
}

// Short returns the name that faults show in brackets, "osCadastro".
func (t Type) Short() string {
	return t.Name[strings.LastIndexByte(t.Name, '.')+1:]
}

// Field finds a tag, case apart, as Omie does (omie-api.md §1.2).
func (t Type) Field(tag string) (Field, bool) {
	i, ok := t.byName[strings.ToLower(tag)]
	if !ok {
		return Field{}, false
	}
	return t.Fields[i], true
}

// A Method names the types of one call.
type Method struct {
	Service    string // "geral/clientes"
	Name       string // "ListarClientes"
	Param      string // type of the one member of param
	Answer     string // type of the answer, "" when undocumented
	Deprecated bool
}

// Lookup returns the type of a method's param. The service is "geral/clientes",
// with or without slashes around it; both names match as documented only.
func Lookup(service, method string) (Type, bool) {
	m, ok := MethodNamed(service, method)
	if !ok {
		return Type{}, false
	}
	return TypeNamed(m.Param)
}

// Answer returns the type of a method's answer.
func Answer(service, method string) (Type, bool) {
	m, ok := MethodNamed(service, method)
	if !ok {
		return Type{}, false
	}
	return TypeNamed(m.Answer)
}

// MethodNamed returns the types of a method.
func MethodNamed(service, method string) (Method, bool) {
	m, ok := loaded().methods[[2]string{strings.Trim(service, "/"), method}]
	return m, ok
}

// TypeNamed returns a type by its full name.
func TypeNamed(name string) (Type, bool) {
	t, ok := loaded().types[name]
	return t, ok
}

type schema struct {
	methods map[[2]string]Method
	types   map[string]Type
}

// loaded reads the embedded tables once. It panics only when they are wrong.
var loaded = sync.OnceValue(func() schema {
	s, err := read(schemaJSON)
	if err != nil {
		panic(fmt.Sprintf("omieschema: %v", err))
	}
	if err := s.add(Newer); err != nil {
		panic(fmt.Sprintf("omieschema: %v", err))
	}
	return s
})

// typeName is a reference; an answer without documentation is an object there.
type typeName string

func (n *typeName) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(n))
	}
	*n = ""
	return nil
}

type fileField struct {
	Type       Kind
	MaxLength  int
	Ref        string
	Items      struct{ Ref string }
	Deprecated bool
}

func (f fileField) field(name string) Field {
	out := Field{Name: name, Kind: f.Type, MaxLength: f.MaxLength, Type: f.Items.Ref, Deprecated: f.Deprecated}
	if f.Ref != "" {
		out.Kind, out.Type = Object, f.Ref
	}
	return out
}

func read(data []byte) (schema, error) {
	var file struct {
		Services map[string]map[string]struct {
			Param, Answer typeName
			Deprecated    bool
		}
		Types map[string]struct{ Fields map[string]fileField }
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return schema{}, fmt.Errorf("cannot read schema.json: %w", err)
	}
	s := schema{methods: map[[2]string]Method{}, types: map[string]Type{}}
	for service, methods := range file.Services {
		service = strings.Trim(service, "/")
		for name, m := range methods {
			s.methods[[2]string{service, name}] = Method{service, name, string(m.Param), string(m.Answer), m.Deprecated}
		}
	}
	for name, t := range file.Types {
		var fields []Field
		for tag, f := range t.Fields {
			fields = append(fields, f.field(tag))
		}
		s.types[name] = newType(name, fields)
	}
	return s, nil
}

func newType(name string, fields []Field) Type {
	slices.SortFunc(fields, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	t := Type{Name: name, Fields: fields, byName: map[string]int{}}
	for i, f := range fields {
		t.byName[strings.ToLower(f.Name)] = i
	}
	return t
}

// add puts newer fields beside the captured ones, making types that are new.
func (s schema) add(newer []NewerFields) error {
	for _, n := range newer {
		old := s.types[n.Type]
		fields := slices.Clone(old.Fields)
		for _, f := range n.Fields {
			if _, known := old.Field(f.Name); known {
				return fmt.Errorf("%s.%s is no newer field: the capture has it", n.Type, f.Name)
			}
			f.Newer = true
			fields = append(fields, f)
		}
		s.types[n.Type] = newType(n.Type, fields)
	}
	return nil
}
