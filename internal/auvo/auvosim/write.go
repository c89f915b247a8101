package auvosim

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// posting makes a record, every time anew: POST is not idempotent (auvo-api.md §3.8).
func posting(data string) endpoint {
	return func(c *exchange) *reply {
		k := c.sim.state.tables[data].kind
		var body Record
		if bad := c.readBody(&body); bad != nil {
			return bad
		}
		c.notePrice(k, body)
		return c.make(k, body)
	}
}

// notePrice notes a product that is posted with a price (auvo-api.md §6.1).
func (c *exchange) notePrice(k *kind, body Record) {
	for _, name := range []string{"unitaryValue", "unitaryCost"} {
		if key, ok := nameIn(body, name); ok && k.data == "products" && !figure(body[key]).IsZero() {
			c.note(PostedPrice, key)
		}
	}
}

// make stores a new record from a body of POST, or of a PUT that matched nothing.
func (c *exchange) make(k *kind, body Record) *reply {
	set, bad := c.fold(k, body)
	if bad != nil {
		return bad
	}
	if k.adopt != nil {
		k.adopt(c.sim, set, body, c.method)
	}
	for _, name := range k.required {
		if set.Text(name) == "" {
			return told(http.StatusBadRequest, "The "+name+" is required")
		}
	}
	if k.check != nil {
		if bad := k.check(c.sim, "", set); bad != nil {
			return bad
		}
	}
	c.sim.store(c.sim.state.tables[k.data], set)
	return result(http.StatusCreated, map[string]any(c.sim.rendered(k, set, written)))
}

// fold reads the members of a body that POST and PUT may set. Unknown and
// read-only ones are ignored, as live, and noted (auvo-api.md §3.5).
func (c *exchange) fold(k *kind, body Record) (Record, *reply) {
	set := Record{}
	for name, v := range body {
		m, ok := k.member(name)
		switch {
		case ok && m.ways&post != 0:
			read, err := m.read(v)
			if err != nil {
				return nil, unreadable(m, v, err)
			}
			if m.ways&dropped == 0 {
				set[m.name] = read
			}
		case c.method == http.MethodPut && (k.isID(name) || slices.Contains(k.options, name)):
		default:
			c.note(UnknownBody, name)
		}
	}
	return set, nil
}

// isID knows the member by which PUT names a record: id, for tasks too (auvo-api.md §8.5).
func (k *kind) isID(name string) bool {
	return strings.EqualFold(name, k.id) || strings.EqualFold(name, "id")
}

func unreadable(m member, v any, err error) *reply {
	if long := (tooLong{}); errors.As(err, &long) {
		return fieldError(m.name, err.Error())
	}
	return invalid(m.name, v)
}

// putting upserts: by id, else by the kind's own key, else it makes a record,
// even for an id that matches nothing (auvo-api.md §3.5).
func putting(data string) endpoint {
	return func(c *exchange) *reply {
		k := c.sim.state.tables[data].kind
		var body Record
		if bad := c.readBody(&body); bad != nil {
			return bad
		}
		c.notePrice(k, body)
		r, named := c.sim.target(k, body)
		if r != nil {
			return c.replace(k, r, body)
		}
		if named != "" {
			c.note(MadeByPut, "id "+named+" matched nothing")
		}
		return c.make(k, body)
	}
}

// target finds the record that a PUT means, and the id it gave.
func (s *Sim) target(k *kind, body Record) (r Record, named string) {
	for name, v := range body {
		if id := scalar(v); k.isID(name) && id != "" && id != "0" {
			named = id
			if r := s.find(k.data, id); r != nil {
				return r, id
			}
		}
	}
	for _, key := range k.keys {
		if r := s.findBy(k.data, key, foldText(body, key)); r != nil {
			return r, named
		}
	}
	if foldText(body, "identifierBycpfCnpj") == "true" && k.data == "customers" {
		return s.findBy(k.data, "cpfCnpj", foldText(body, "cpfCnpj")), named
	}
	return nil, named
}

// puttingID is PUT on a single record.
func puttingID(data string) endpoint {
	return func(c *exchange) *reply {
		k, r, bad := c.named(data)
		if bad != nil {
			return bad
		}
		var body Record
		if bad := c.readBody(&body); bad != nil {
			return bad
		}
		return c.replace(k, r, body)
	}
}

// replace stores a body over a record. Members that it omits are cleared,
// unless replaceData is false (auvo-api.md §4.3; §3.5 assumes it elsewhere).
func (c *exchange) replace(k *kind, r, body Record) *reply {
	set, bad := c.fold(k, body)
	if bad != nil {
		return bad
	}
	if foldText(body, "replaceData") != "false" {
		c.clearOmitted(k, r, set)
	}
	return c.change(k, r, set, body)
}

func (c *exchange) clearOmitted(k *kind, r, set Record) {
	for _, m := range k.members {
		_, given := set[m.name]
		if given || m.ways&post == 0 || m.ways&dropped != 0 || slices.Contains(k.required, m.name) || m.name == "description" && k.data == "customers" {
			continue
		}
		set[m.name] = clonedValue(m.unset())
		if had := fmt.Sprint(r[m.name]); had != fmt.Sprint(m.unset()) {
			c.note(ReplacingPut, m.name)
		}
	}
}

// change applies checked members to a record and answers it.
func (c *exchange) change(k *kind, r, set, body Record) *reply {
	if k.adopt != nil {
		k.adopt(c.sim, set, body, c.method)
	}
	if k.check != nil {
		if bad := k.check(c.sim, r.Text(k.id), set); bad != nil {
			return bad
		}
	}
	c.sim.apply(k, r, set)
	return result(http.StatusOK, map[string]any(c.sim.rendered(k, r, written)))
}

// deleting answers 204, and 404 for what is not there (auvo-api.md §2.5). A
// task moves to the deleted ones (§8.5).
func deleting(data string) endpoint {
	return func(c *exchange) *reply {
		k, r, bad := c.named(data)
		if bad != nil {
			return bad
		}
		c.sim.drop(k, r)
		return empty(http.StatusNoContent)
	}
}

func (s *Sim) drop(k *kind, r Record) {
	id := r.Text(k.id)
	s.state.tables[k.data].remove(id)
	if k.data == "tasks" {
		s.state.tables["deletedtasks"].put(r)
		s.state.deletedAt[id] = s.now()
	}
}
