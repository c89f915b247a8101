package auvosim

import (
	"net/http"
	"strings"
)

// patching applies a JSON Patch of replace operations, all or none
// (auvo-api.md §3.5). A path may start with a slash and has no case; an unknown
// one is refused with ASP.NET's text (§2.6).
func patching(data string) endpoint {
	return func(c *exchange) *reply {
		k, r, bad := c.named(data)
		if bad != nil {
			return bad
		}
		var ops []Record
		if bad := c.readBody(&ops); bad != nil {
			return bad
		}
		set, body := Record{}, Record{}
		for _, op := range ops {
			if bad := c.operation(k, op, set, body); bad != nil {
				return bad
			}
		}
		if k.inert {
			return result(http.StatusOK, map[string]any(c.sim.rendered(k, r, written)))
		}
		return c.change(k, r, set, body)
	}
}

// operation reads one operation into set, and into body under its own name.
func (c *exchange) operation(k *kind, op, set, body Record) *reply {
	if !strings.EqualFold(foldText(op, "op"), "replace") {
		return told(http.StatusBadRequest, "Invalid JsonPatch operation '"+foldText(op, "op")+"'")
	}
	path := strings.TrimPrefix(foldText(op, "path"), "/")
	m, ok := k.member(path)
	if !ok || m.ways&patch == 0 || m.name == "externalCode" && k.data == "services" && c.sim.NoExternalCode {
		text := "The target location specified by path segment '" + path + "' was not found."
		return fieldError(k.one, text)
	}
	key, _ := nameIn(op, "value")
	v, err := m.read(op[key])
	if err != nil {
		return unreadable(m, op[key], err)
	}
	body[m.name] = v
	if m.ways&dropped == 0 {
		set[m.name] = v
	}
	if m.name == "name" && v == "" {
		return told(http.StatusBadRequest, "The name is required")
	}
	return nil
}
