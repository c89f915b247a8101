package config

import (
	"encoding/json"
	"maps"
	"slices"
)

// A Changed is a key of which the value is another: both as JSON, "" where the key
// is absent. A list is one value.
type Changed struct{ Path, From, To string }

// Changes lists what changed since an older version of the account, its credentials
// aside, by path.
func (a Account) Changes(old Account) []Changed {
	return changed("", json.RawMessage(old.Settings()), json.RawMessage(a.Settings()))
}

func changed(path string, was, is json.RawMessage) []Changed {
	before, after := keysOf(was), keysOf(is)
	switch {
	case string(was) == string(is):
		return nil
	case before == nil && after == nil:
		return []Changed{{path, string(was), string(is)}}
	case before == nil && was != nil, after == nil && is != nil:
		return []Changed{{path, string(was), string(is)}}
	}
	var out []Changed
	all := maps.Clone(after)
	if all == nil {
		all = map[string]json.RawMessage{}
	}
	maps.Copy(all, before)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		out = append(out, changed(join(path, key), before[key], after[key])...)
	}
	return out
}
