package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Diff lists what changed since an older version of the account, one line a key: "every changed from 10m to 15m",
// "flows.tasks added". Of a secret it says only "auvo.api_token changed".
func (a Account) Diff(old Account) []string {
	lines := changes("", json.RawMessage(old.Settings()), json.RawMessage(a.Settings()))
	theirs := old.Credentials()
	for i, credential := range a.Credentials() {
		if *credential.Value != *theirs[i].Value {
			lines = append(lines, credential.Key+" changed")
		}
	}
	return lines
}

// changes compares two values of a key; nil is one that is absent. A list is one value.
func changes(path string, was, is json.RawMessage) []string {
	before, after := keysOf(was), keysOf(is)
	switch {
	case string(was) == string(is):
		return nil
	case before != nil && after != nil:
		return keyChanges(path, before, after)
	case is == nil:
		return []string{path + " removed"}
	case was == nil && after != nil:
		return []string{path + " added"}
	case was == nil:
		return []string{fmt.Sprintf("%s added: %s", path, plain(is))}
	default:
		return []string{fmt.Sprintf("%s changed from %s to %s", path, plain(was), plain(is))}
	}
}

func keyChanges(path string, before, after map[string]json.RawMessage) []string {
	all := maps.Clone(before)
	maps.Copy(all, after)
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		lines = append(lines, changes(join(path, key), before[key], after[key])...)
	}
	return lines
}

// keysOf is a block's keys; nil when the value is not a block.
func keysOf(value json.RawMessage) map[string]json.RawMessage {
	var block map[string]json.RawMessage
	if json.Unmarshal(value, &block) != nil {
		return nil
	}
	return block
}

// plain writes a value as a person would: a word without its quotes, nothing as "nothing".
func plain(value json.RawMessage) string {
	text := strings.Trim(string(value), `"`)
	if text == "" {
		return "nothing"
	}
	return text
}
