package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// tagProblems is what the tags of a block refuse: a required value that is missing, a word that is not one of those
// allowed, a number or duration that is too small.
func tagProblems(block reflect.Value, path string) []Problem {
	var found []Problem
	for _, f := range fields(block) {
		key := join(path, f.key)
		v := f.value
		if f.tag.Get("required") != "" && isMissing(v) {
			found = append(found, Problem{Key: key, Text: "is required; add it"})
			continue
		}
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				continue
			}
			v = v.Elem()
		}
		switch {
		case isBlock(v.Type()):
			found = append(found, tagProblems(v, key)...)
		case v.Kind() == reflect.Slice:
			found = append(found, listProblems(v, f.tag, key)...)
		default:
			found = append(found, valueProblems(v, f.tag, key)...)
		}
	}
	return found
}

// isMissing says whether a required value was not given.
func isMissing(v reflect.Value) bool {
	if v.Kind() == reflect.Slice {
		return v.Len() == 0
	}
	return v.IsZero()
}

// listProblems checks each element of a list, and that none is there twice.
func listProblems(list reflect.Value, tag reflect.StructTag, path string) []Problem {
	var found []Problem
	seen := map[any]bool{}
	for i := range list.Len() {
		element, key := list.Index(i), fmt.Sprintf("%s[%d]", path, i)
		if isBlock(element.Type()) {
			found = append(found, tagProblems(element, key)...)
			continue
		}
		if seen[element.Interface()] {
			found = append(found, Problem{Key: key, Text: "stands in the list twice; keep one of them"})
		}
		seen[element.Interface()] = true
		if element.Kind() == reflect.String && strings.TrimSpace(element.String()) == "" {
			found = append(found, Problem{Key: key, Text: "is empty; write a value or take it out of the list"})
			continue
		}
		found = append(found, valueProblems(element, tag, key)...)
	}
	return found
}

// valueProblems checks one value. A word that has no default may be empty.
func valueProblems(v reflect.Value, tag reflect.StructTag, path string) []Problem {
	if allowed := strings.Fields(tag.Get("oneof")); len(allowed) > 0 && !slices.Contains(allowed, v.String()) {
		if _, hasDefault := tag.Lookup("default"); v.String() == "" && !hasDefault {
			return nil
		}
		return []Problem{{Key: path, Text: "must be one of " + strings.Join(allowed, ", ")}}
	}
	limit, given := tag.Lookup("min")
	if !given {
		return nil
	}
	least := reflect.New(v.Type()).Elem()
	mustSet(least, limit)
	if v.Int() < least.Int() {
		return []Problem{{Key: path, Text: "must be at least " + limit}}
	}
	return nil
}
