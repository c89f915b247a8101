package config

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// step is one part of a setting's path: a key, or a key and a place in its list.
var step = regexp.MustCompile(`^(\w+)(?:\[(\d+)\])?$`)

// Setting is the value of a setting by its path in the accounts file, as JSON:
// "flows.tasks.create", "orders.rules[0].category". "" when there is none.
func (a Account) Setting(path string) string {
	value := json.RawMessage(a.Settings())
	for part := range strings.SplitSeq(path, ".") {
		m := step.FindStringSubmatch(part)
		if m == nil {
			return ""
		}
		if value = keysOf(value)[m[1]]; value == nil {
			return ""
		}
		if m[2] != "" {
			value = at(value, m[2])
		}
	}
	return string(value)
}

func at(list json.RawMessage, place string) json.RawMessage {
	var items []json.RawMessage
	n, err := strconv.Atoi(place)
	if err != nil || json.Unmarshal(list, &items) != nil || n >= len(items) {
		return nil
	}
	return items[n]
}
