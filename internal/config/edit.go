package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

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
