package config

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxNodes is how many values a file may hold once its aliases are followed, so that a few lines of aliases of
// aliases cannot become millions of values.
const maxNodes = 100_000

// decoder fills the structs of this package from a tree of YAML. It is used instead of yaml's own decoder because that
// one echoes values in its errors, loses lines, and cannot refuse unknown keys below a struct that sets defaults.
type decoder struct {
	getenv   func(string) (string, bool)
	literal  bool              // a ${ is a text like any other
	upload   *Upload           // the file came from a browser
	secrets  map[string]string // of an upload: what stands at the keys of secrets, by path
	lines    map[string]int    // of every key that was read, by its path
	nodes    int
	problems []Problem
}

func (d *decoder) fail(node *yaml.Node, path, text string, args ...any) {
	d.problems = append(d.problems, Problem{Line: node.Line, Key: path, Text: fmt.Sprintf(text, args...)})
}

// decode reads one value of the file into v.
func (d *decoder) decode(node *yaml.Node, v reflect.Value, path string) {
	d.lines[path] = node.Line
	node = follow(node)
	if d.nodes++; d.nodes > maxNodes {
		return
	}
	block := v.Kind() == reflect.Pointer && isBlock(v.Type().Elem())
	switch {
	case node.ShortTag() == "!!null" && (block || isBlock(v.Type())):
		d.fail(node, path, "has no value; write {} for its defaults, or leave the key out")
	case node.ShortTag() == "!!null":
		// A key without a value is as good as left out.
	case block:
		v.Set(reflect.New(v.Type().Elem()))
		setDefaults(v.Elem())
		d.block(node, v.Elem(), path)
	case isBlock(v.Type()):
		d.block(node, v, path)
	case v.Kind() == reflect.Slice:
		d.list(node, v, path)
	case v.Kind() == reflect.Map:
		d.dictionary(node, v, path)
	default:
		d.scalar(node, v, path)
	}
}

// follow is the node that an alias stands for. An alias of an alias does not exist in YAML.
func follow(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

func (d *decoder) block(node *yaml.Node, v reflect.Value, path string) {
	all := fields(v)
	byKey, names := map[string]reflect.Value{}, []string{}
	for _, f := range all {
		byKey[f.key] = f.value
		names = append(names, f.key)
	}
	d.pairs(node, path, func(key, value *yaml.Node) {
		target, known := byKey[key.Value]
		if !known {
			d.fail(key, join(path, shorten(key.Value)), "is not a key; the keys here are %s", strings.Join(names, ", "))
			return
		}
		d.decode(value, target, join(path, key.Value))
		d.lines[join(path, key.Value)] = key.Line
	})
}

// dictionary reads a map whose keys and values are ids.
func (d *decoder) dictionary(node *yaml.Node, v reflect.Value, path string) {
	v.Set(reflect.MakeMap(v.Type()))
	d.pairs(node, path, func(key, value *yaml.Node) {
		id := reflect.New(v.Type().Key()).Elem()
		if err := setText(id, key.Value); err != nil {
			d.fail(key, path, "must have ids as keys: each %v", err)
			return
		}
		target := reflect.New(v.Type().Elem()).Elem()
		d.decode(value, target, join(path, key.Value))
		v.SetMapIndex(id, target)
	})
}

// pairs calls visit for each key of a mapping, once.
func (d *decoder) pairs(node *yaml.Node, path string, visit func(key, value *yaml.Node)) {
	if node.Kind != yaml.MappingNode {
		d.fail(node, path, "must be a block of keys and values")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := follow(node.Content[i]), node.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			d.fail(key, path, "must have plain words as keys")
		case seen[key.Value]:
			d.fail(key, join(path, shorten(key.Value)), "is given twice; keep one of them")
		default:
			seen[key.Value] = true
			visit(key, value)
		}
	}
}

func (d *decoder) list(node *yaml.Node, v reflect.Value, path string) {
	if node.Kind != yaml.SequenceNode {
		d.fail(node, path, "must be a list, such as [a, b]")
		return
	}
	list := reflect.MakeSlice(v.Type(), 0, 0)
	for i, item := range node.Content {
		if d.nodes > maxNodes {
			return
		}
		element := reflect.New(v.Type().Elem()).Elem()
		if isBlock(element.Type()) {
			setDefaults(element)
		}
		d.decode(item, element, fmt.Sprintf("%s[%d]", path, i))
		list = reflect.Append(list, element)
	}
	v.Set(list)
}

func (d *decoder) scalar(node *yaml.Node, v reflect.Value, path string) {
	if node.Kind != yaml.ScalarNode {
		d.fail(node, path, "must be one value, not a list or a block")
		return
	}
	if d.upload != nil && v.Type() == secretType {
		d.secrets[path] = node.Value
		return
	}
	text, err := node.Value, error(nil)
	if !d.literal {
		text, err = d.expand(text)
	}
	if err == nil {
		err = setText(v, text)
	}
	if err != nil {
		d.fail(node, path, "%v", err)
	}
}

var (
	reference = regexp.MustCompile(`\$?\$\{[^}]*\}?`)
	envName   = regexp.MustCompile(`^\$\{[A-Za-z_][A-Za-z0-9_]*\}$`)
)

// expand puts the environment's values in the place of each ${NAME}; $${ is a plain ${.
func (d *decoder) expand(text string) (string, error) {
	var failed error
	expanded := reference.ReplaceAllStringFunc(text, func(ref string) string {
		if strings.HasPrefix(ref, "$$") {
			return ref[1:]
		}
		if !envName.MatchString(ref) {
			failed = fmt.Errorf("must name an environment variable as ${NAME}, in letters, digits and _; write $${ for a plain ${")
			return ""
		}
		if d.upload != nil {
			failed = errors.New(uploadedEnv)
			return ""
		}
		name := ref[2 : len(ref)-1]
		value, ok := d.getenv(name)
		if !ok {
			failed = fmt.Errorf("needs the environment variable %s, which is not set", shorten(name))
		}
		return value
	})
	return expanded, failed
}

// join is the path of a key below another.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// shorten makes a word of the file fit to be shown.
func shorten(word string) string {
	const most = 40
	if runes := []rune(word); len(runes) > most {
		word = string(runes[:most]) + "…"
	}
	return strings.Trim(fmt.Sprintf("%q", word), `"`)
}
