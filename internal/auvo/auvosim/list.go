package auvosim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// listing answers GET on a collection (auvo-api.md §3.2 to §3.4).
func listing(data string) endpoint {
	return func(c *exchange) *reply {
		k := c.sim.state.tables[data].kind
		if bad := c.readFilter(k); bad != nil {
			return bad
		}
		if k.data == "tasks" || k.data == "deletedtasks" {
			if bad := c.datesMissing(); bad != nil {
				return bad
			}
		}
		used, bad := c.conditions(k)
		if bad != nil {
			return bad
		}
		rows := c.matching(k, used)
		if k.unpaged {
			return c.unpaged(k, rows)
		}
		return c.page(k, rows)
	}
}

// unpaged answers all rows: result is the array, or holds entityList (auvo-api.md §3.3).
func (c *exchange) unpaged(k *kind, rows []Record) *reply {
	all := c.render(k, rows)
	if c.sim.OldGroups {
		return result(http.StatusOK, map[string]any{"entityList": all})
	}
	return result(http.StatusOK, all)
}

func (c *exchange) page(k *kind, rows []Record) *reply {
	p, bad := c.paging(k)
	if bad != nil {
		return bad
	}
	if p.descending {
		slices.Reverse(rows)
	}
	total := len(rows)
	c.checkEnd(k, p, total)
	first := min((p.page-1)*p.size, total)
	part := rows[first:min(first+p.size, total)]
	if len(part) == 0 {
		if status := c.sim.emptyStatus(k); status != http.StatusOK {
			return empty(status)
		}
	}
	entities := c.render(k, part)
	if c.fault.is("short-page") && len(entities) > 0 {
		entities = entities[:len(entities)-1]
	}
	if c.fault.is("lying-totals") {
		total++
	}
	return result(http.StatusOK, c.envelope(k, p, entities, total))
}

func (s *Sim) emptyStatus(k *kind) int {
	if status, ok := s.EmptyStatus[k.data]; ok {
		return status
	}
	return k.empty
}

type paging struct {
	page, size int
	descending bool
}

// paging reads page, pageSize and order; capped lists cut pageSize to 100
// (auvo-api.md §2.3, §13).
func (c *exchange) paging(k *kind) (paging, *reply) {
	p := paging{page: 1, size: 10}
	for name, into := range map[string]*int{"page": &p.page, "pagesize": &p.size} {
		written := c.query.Get(name)
		if written == "" {
			continue
		}
		n, err := strconv.Atoi(written)
		if err != nil || n < 1 {
			return p, invalid(name, written)
		}
		*into = n
	}
	if k.capped && p.size > 100 {
		c.note(BigPage, c.query.Get("pagesize"))
		if c.sim.RefuseBigPages {
			return p, invalid("pageSize", p.size)
		}
		p.size = 100
	}
	order := strings.ToLower(c.query.Get("order"))
	p.descending = order == "desc" || order == "1"
	return p, nil
}

// checkEnd notes a page that the totals last stated for this list had ruled out.
func (c *exchange) checkEnd(k *kind, p paging, total int) {
	key := k.data + "|" + c.filed
	said, known := c.sim.state.totals[key]
	if known && p.page > 1 && (p.page-1)*p.size >= said {
		c.note(PastTheEnd, "page "+strconv.Itoa(p.page)+" of "+strconv.Itoa(said)+" rows")
	}
	if c.fault.is("lying-totals") {
		total++
	}
	if len(c.sim.state.totals) > 1000 {
		clear(c.sim.state.totals)
	}
	c.sim.state.totals[key] = total
}

func (c *exchange) envelope(k *kind, p paging, entities []any, total int) map[string]any {
	order := 0
	if p.descending {
		order = 1
	}
	out := map[string]any{"entityList": entities, "links": c.links(k, p, total)}
	if c.sim.PageInformation {
		out["pageInformation"] = map[string]any{
			"page": p.page, "pageSize": p.size, "totalPages": (total + p.size - 1) / p.size, "totalItems": total,
		}
		return out
	}
	out["pagedSearchReturnData"] = map[string]any{"order": order, "pageSize": p.size, "page": p.page, "totalItems": total}
	return out
}

// links point at http and forget the filter, as live; nextPage is absent on the
// last page (auvo-api.md §3.3).
func (c *exchange) links(k *kind, p paging, total int) []any {
	order := "Asc"
	if p.descending {
		order = "Desc"
	}
	link := func(page int, rel string) map[string]any {
		href := "http://" + c.host + "/v2/" + strings.ToUpper(k.path[:1]) + k.path[1:] +
			"?Page=" + strconv.Itoa(page) + "&PageSize=" + strconv.Itoa(p.size) + "&Order=" + order
		return map[string]any{"href": href, "rel": rel, "method": "GET"}
	}
	links := []any{link(p.page, "self")}
	if p.page*p.size < total {
		links = append(links, link(p.page+1, "nextPage"))
	}
	return links
}

// render answers rows in a list, with the members that were asked for (auvo-api.md §3.2).
func (c *exchange) render(k *kind, rows []Record) []any {
	out := make([]any, 0, len(rows))
	for _, r := range rows {
		out = append(out, map[string]any(c.selected(k, c.sim.rendered(k, r, inList))))
	}
	return out
}

func (s *Sim) rendered(k *kind, r Record, v view) Record {
	row := cloned(r)
	if k.render != nil {
		row = k.render(s, row, v)
	}
	return row
}

// selected keeps the members named by selectfields, which is documented for
// users, tasks and customers.
func (c *exchange) selected(k *kind, row Record) Record {
	fields := c.query.Get("selectfields")
	if fields == "" || !slices.Contains([]string{"users", "tasks", "deletedtasks", "customers"}, k.data) {
		return row
	}
	wanted := choices(fields)
	for name := range row {
		if slices.ContainsFunc(wanted, func(w string) bool { return strings.EqualFold(w, name) }) {
			continue
		}
		if m, ok := k.member(name); ok && c.sim.SelectDefaults {
			row[name] = m.unset()
		} else {
			delete(row, name)
		}
	}
	return row
}
