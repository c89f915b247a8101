package auvosim

import (
	"slices"
	"strings"
)

// A filter is one member of paramFilter.
type filter struct {
	name  string
	date  bool // its value must read as a date
	match func(s *Sim, r Record, v any) bool
}

// equals compares scalars as text.
func equals(name, member string) filter {
	return filter{name: name, match: func(_ *Sim, r Record, v any) bool {
		return strings.EqualFold(r.Text(member), scalar(v))
	}}
}

// contains looks for a part, regardless of case; exact or part is not documented (auvo-api.md §4.4).
func contains(name, member string) filter {
	return filter{name: name, match: func(_ *Sim, r Record, v any) bool {
		return strings.Contains(strings.ToLower(r.Text(member)), strings.ToLower(scalar(v)))
	}}
}

// oneOf takes a comma list, or an array.
func oneOf(name, member string) filter {
	return filter{name: name, match: func(_ *Sim, r Record, v any) bool {
		return slices.Contains(choices(v), r.Text(member))
	}}
}

// holds looks for an id in a list of ids.
func holds(name, member string) filter {
	return filter{name: name, match: func(_ *Sim, r Record, v any) bool {
		return hasAny(r[member], []string{scalar(v)})
	}}
}

// from selects what is at or after a date (auvo-api.md §13 "dateLastUpdate filters").
func from(name, member string) filter {
	return filter{name: name, date: true, match: func(_ *Sim, r Record, v any) bool {
		return isFrom(r.Text(member), scalar(v))
	}}
}

// until selects what is at or before a date.
func until(name, member string) filter {
	return filter{name: name, date: true, match: func(_ *Sim, r Record, v any) bool {
		return isUntil(r.Text(member), scalar(v))
	}}
}

func choices(v any) []string {
	if l := asList(v); l != nil {
		var out []string
		for _, item := range l {
			out = append(out, scalar(item))
		}
		return out
	}
	parts := strings.Split(scalar(v), ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

func hasAny(l any, wanted []string) bool {
	return slices.ContainsFunc(asList(l), func(item any) bool { return slices.Contains(wanted, scalar(item)) })
}

// A condition is a filter that a request uses.
type condition struct {
	filter
	value any
}

// conditions reads paramFilter. Members nobody knows are ignored, as live, and
// noted (auvo-api.md §3.2); null and "" select nothing in particular.
func (c *exchange) conditions(k *kind) ([]condition, *reply) {
	var used []condition
	for name, v := range c.filter {
		at := slices.IndexFunc(k.filters, func(f filter) bool { return strings.EqualFold(f.name, name) })
		if at < 0 {
			c.note(UnknownFilter, name)
			continue
		}
		f := k.filters[at]
		if v == nil || v == "" || slices.Contains(c.sim.IgnoreFilters, k.data+"."+f.name) {
			continue
		}
		if _, _, ok := parseStamp(scalar(v)); f.date && !ok {
			return nil, invalid(f.name, v)
		}
		used = append(used, condition{f, v})
	}
	return used, nil
}

func (c *exchange) matching(k *kind, used []condition) []Record {
	var rows []Record
	for _, r := range c.sim.state.tables[k.data].rows {
		if !slices.ContainsFunc(used, func(u condition) bool { return !u.match(c.sim, r, u.value) }) {
			rows = append(rows, r)
		}
	}
	return rows
}
