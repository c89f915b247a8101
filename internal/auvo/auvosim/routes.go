package auvosim

import (
	"net/http"
	"strings"
)

// An endpoint decides the answer to one method and path; the Sim's lock is held.
type endpoint func(c *exchange) *reply

// routes is the API by method and path, "*" standing for an id (auvo-api.md §4.1,
// §5.1, §5.3, §6.2, §7, §8.4, §8.5, §9.3, §9.4).
var routes = map[string]endpoint{
	"GET customers": listing("customers"), "GET customers/*": getting("customers"),
	"POST customers": posting("customers"), "PUT customers": putting("customers"),
	"PATCH customers/*": patching("customers"), "DELETE customers/*": deleting("customers"),

	"GET customergroups": listing("groups"), "POST customergroups": posting("groups"),
	"DELETE customergroups/*": deleting("groups"),

	"GET users": listing("users"), "GET users/*": getting("users"),

	"GET tasktypes": listing("tasktypes"), "GET tasktypes/*": getting("tasktypes"),
	"POST tasktypes": posting("tasktypes"), "PATCH tasktypes/*": patching("tasktypes"),
	"DELETE tasktypes/*": deleting("tasktypes"),

	"GET products": listing("products"), "GET products/*": getting("products"),
	"POST products": posting("products"), "PUT products": putting("products"),
	"PATCH products/*": patching("products"), "DELETE products/*": deleting("products"),

	"GET services": listing("services"), "GET services/*": getting("services"),
	"GET services/obterlistaservicos": allServices,
	"POST services":                   posting("services"), "PUT services": putting("services"),
	"PATCH services/*": patching("services"), "DELETE services/*": deleting("services"),

	"GET additionalcosts": listing("additionalcosts"), "POST additionalcosts": posting("additionalcosts"),
	"PUT additionalcosts/*": puttingID("additionalcosts"),

	"GET tasks": listing("tasks"), "GET tasks/*": getting("tasks"),
	"GET tasks/getdeletedtasks": listing("deletedtasks"),
	"POST tasks":                posting("tasks"), "PUT tasks": putting("tasks"),
	"PATCH tasks/*": patching("tasks"), "DELETE tasks/*": deleting("tasks"),
	"PUT tasks/*/products": puttingLines("taskProducts"), "DELETE tasks/*/products": deletingLines("products"),
	"PUT tasks/*/services": puttingLines("taskServices"), "DELETE tasks/*/services": deletingLines("services"),
	"PUT tasks/*/additional-costs":    puttingLines("taskAdditionalCosts"),
	"DELETE tasks/*/additional-costs": deletingLines("additionalCosts"),

	"GET quotations": listing("quotations"), "GET quotations/*": getting("quotations"),
	"POST quotations": posting("quotations"), "PATCH quotations/*": patching("quotations"),

	"GET webhooks": listing("webhooks"), "GET webhooks/*": getting("webhooks"),
	"POST webhooks": posting("webhooks"), "DELETE webhooks/*": deleting("webhooks"),
}

// route finds the endpoint; what the API lacks is 404, a method that a path
// lacks 405.
func (c *exchange) route() *reply {
	pattern := c.path
	if parts := strings.SplitN(c.path, "/", 3); len(parts) > 1 {
		parts[1] = "*"
		pattern = strings.Join(parts, "/")
	}
	for _, path := range []string{c.path, pattern} {
		if e, ok := routes[c.method+" "+path]; ok {
			return e(c)
		}
	}
	c.note(NoRoute, "")
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if _, ok := routes[method+" "+pattern]; ok {
			return empty(http.StatusMethodNotAllowed)
		}
	}
	return empty(http.StatusNotFound)
}

// getting answers GET by id: 404 when unknown or deleted, 400 shape (a) when a
// numeric id is no number (auvo-api.md §4.1, §8.4).
func getting(data string) endpoint {
	return func(c *exchange) *reply {
		k, r, bad := c.named(data)
		if bad != nil {
			return bad
		}
		return result(http.StatusOK, map[string]any(c.selected(k, c.sim.rendered(k, r, byID))))
	}
}

// named finds the record that the path names.
func (c *exchange) named(data string) (*kind, Record, *reply) {
	t := c.sim.state.tables[data]
	if _, err := readInteger(c.id); err != nil && !t.kind.guid {
		return nil, nil, invalid("id", c.id)
	}
	r := t.get(c.id)
	if r == nil {
		return nil, nil, empty(http.StatusNotFound)
	}
	return t.kind, r, nil
}

// allServices is obterListaServicos: result is the array (auvo-api.md §7.1).
func allServices(c *exchange) *reply {
	t := c.sim.state.tables["services"]
	return result(http.StatusOK, c.render(t.kind, t.rows))
}
