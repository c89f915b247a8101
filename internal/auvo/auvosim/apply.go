package auvosim

import (
	"net/http"
	"slices"
	"strings"
)

// apply sets members that were read, brings what depends on them in line, and
// moves the stamp of the last change (auvo-api.md §13 "taskStatus moves").
func (s *Sim) apply(k *kind, r, set Record) {
	recount(r, set)
	for name, v := range set {
		r[name] = v
	}
	if _, moved := set["taskStatus"]; moved {
		unwalked(r, set)
	}
	if k.complete != nil {
		k.complete(s, r)
	}
	if _, given := set[k.updated]; !given && !(s.ItemEditsKeepDate && onlyItems(set)) {
		s.touch(k, r)
	}
}

// itemMembers are the lists whose change makes a summary be added up again.
var itemMembers = []string{"products", "services", "additionalCosts", "aditionalCosts", "summary"}

func onlyItems(set Record) bool {
	for name := range set {
		if !slices.Contains(itemMembers, name) {
			return false
		}
	}
	return len(set) > 0
}

// recount makes a set that touches items or the discount have the totals added
// up again; the discount stays unless the set brings another.
func recount(r, set Record) {
	if r.Object("summary") == nil || !slices.ContainsFunc(itemMembers, func(n string) bool { _, ok := set[n]; return ok }) {
		return
	}
	next := set.Object("summary")
	if next == nil {
		next = Record{}
	}
	next.setDefault("discount", r.Object("summary")["discount"])
	set["summary"] = map[string]any(next)
}

// unwalked takes back the flags and times that a new status no longer has,
// where the set does not give them.
func unwalked(r, set Record) {
	status := r.Int("taskStatus")
	in, out := status >= checkedIn, status == checkedOut || status == finished
	for name, v := range map[string]any{"checkIn": in, "checkOut": out, "finished": status == finished} {
		if _, given := set[name]; !given {
			r[name] = v
		}
	}
	for name, kept := range map[string]bool{"checkInDate": in, "checkOutDate": out, "duration": out, "durationDecimal": out} {
		if !kept {
			r[name] = ""
		}
	}
}

// puttingLines adds or updates items of a task, never removes (auvo-api.md §8.5).
func puttingLines(from string) endpoint {
	return func(c *exchange) *reply {
		k, r, bad := c.named("tasks")
		if bad != nil {
			return bad
		}
		var body Record
		if bad := c.readBody(&body); bad != nil {
			return bad
		}
		set := Record{}
		adoptTask(c.sim, set, body, c.method)
		to := strings.ToLower(from[4:5]) + from[5:]
		set[to] = listOf(merged(r.List(to), set.List(to)))
		c.sim.apply(k, r, set)
		return result(http.StatusOK, map[string]any(c.sim.rendered(k, r, written)))
	}
}

// merged puts lines over those with the same GUID, else behind them.
func merged(old, lines []Record) []Record {
	out := slices.Clone(old)
	for _, line := range lines {
		at := slices.IndexFunc(out, func(o Record) bool { return lineID(o) != "" && lineID(o) == lineID(line) })
		if at < 0 {
			out = append(out, line)
			continue
		}
		next := cloned(out[at])
		delete(next, "totalValue")
		for name, v := range line {
			if v != nil {
				next[name] = v
			}
		}
		out[at] = next
	}
	return out
}

func lineID(line Record) string {
	for _, name := range []string{"productId", "additionalCostId", "id"} {
		if id := line.Text(name); id != "" {
			return id
		}
	}
	return ""
}

// deletingLines takes items out: the body is an array of GUIDs, the answer the
// task (auvo-api.md §8.5 *new*).
func deletingLines(from string) endpoint {
	return func(c *exchange) *reply {
		k, r, bad := c.named("tasks")
		if bad != nil {
			return bad
		}
		var ids []any
		if bad := c.readBody(&ids); bad != nil {
			return bad
		}
		left := slices.DeleteFunc(r.List(from), func(line Record) bool { return hasAny(ids, []string{lineID(line)}) })
		c.sim.apply(k, r, Record{from: listOf(left)})
		return result(http.StatusOK, map[string]any(c.sim.rendered(k, r, written)))
	}
}
