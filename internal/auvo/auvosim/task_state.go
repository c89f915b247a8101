package auvosim

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// The values of taskStatus (auvo-api.md §8.2).
const (
	opened         = 1
	inDisplacement = 2
	checkedIn      = 3
	checkedOut     = 4
	finished       = 5
	paused         = 6
)

// completeTask fills what a task's seed or request leaves out, consistently.
func completeTask(s *Sim, r Record) {
	if r.Text("taskDate") == "" {
		r["taskDate"] = stamp(s.now(), secondLayout)
	}
	if c := s.find("customers", r.Text("customerId")); c != nil && r.Text("address") == "" {
		r["address"], r["latitude"], r["longitude"] = c["address"], c["latitude"], c["longitude"]
	}
	if r.Text("taskUrl") == "" {
		r["taskUrl"] = fmt.Sprintf("https://app.auvo.com.br/informacoes/tarefa/%s?chave=sim", guid("taskurl", r.Int("taskID")))
	}
	if r.Text("deliveredDate") == "" {
		r["deliveredDate"] = "0001-01-01T00:00:00"
	}
	walked(r)
	s.completeLines(r)
	s.completeSummary(r)
}

// walked gives a task the flags and times that its status implies; times that
// are there stay.
func walked(r Record) {
	status := r.Int("taskStatus")
	start, _, _ := parseStamp(r.Text("taskDate"))
	if status >= checkedIn {
		r["checkIn"] = true
		began(r, "checkInDate", start.Add(10*time.Minute))
	}
	if status == checkedOut || status == finished {
		r["checkOut"] = true
		in, _, _ := parseStamp(r.Text("checkInDate"))
		began(r, "checkOutDate", in.Add(90*time.Minute))
	}
	if status == finished {
		r["finished"] = true
	}
	timed(r)
}

func began(r Record, name string, at time.Time) {
	if r.Text(name) == "" {
		r[name] = stamp(at, secondLayout)
	}
}

// timed writes the duration between check-in and check-out (auvo-api.md §8.1).
func timed(r Record) {
	in, _, ok := parseStamp(r.Text("checkInDate"))
	out, _, okOut := parseStamp(r.Text("checkOutDate"))
	if !ok || !okOut || r.Text("duration") != "" {
		return
	}
	d := out.Sub(in)
	r["duration"] = fmt.Sprintf("%02d:%02d:%02d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
	r["durationDecimal"] = fmt.Sprintf("%.4f", d.Hours())
}

// checkTask refuses references to nothing, and edits of a task that has a
// check-in (auvo-api.md §2.6, §8.5; the exact text is not recorded).
func checkTask(s *Sim, id string, r Record) *reply {
	for _, ref := range [][2]string{{"customerId", "customers"}, {"taskType", "tasktypes"}, {"idUserFrom", "users"}, {"idUserTo", "users"}} {
		if to := r.Text(ref[0]); to != "" && to != "0" && s.find(ref[1], to) == nil {
			return told(http.StatusBadRequest, "The "+ref[0]+" "+to+" does not exist")
		}
	}
	if old := s.find("tasks", id); old.Bool("checkIn") {
		for _, name := range []string{"taskDate", "idUserTo", "customerId", "taskType"} {
			if v, set := r[name]; set && scalar(v) != old.Text(name) {
				return told(http.StatusBadRequest, "It is not possible to edit "+name+" of a task with check in")
			}
		}
	}
	return nil
}

// renderTask joins the names of what the task points at, unless its seed gave
// them, and leaves out what the list switches say.
func renderTask(s *Sim, r Record, v view) Record {
	customer := s.find("customers", r.Text("customerId"))
	joinText(r, "customerDescription", customer, "name")
	joinText(r, "customerExternalId", customer, "externalId")
	joinText(r, "taskTypeDescription", s.find("tasktypes", r.Text("taskType")), "description")
	joinText(r, "userFromName", s.find("users", r.Text("idUserFrom")), "name")
	joinText(r, "userToName", s.find("users", r.Text("idUserTo")), "name")
	if v == inList && s.TaskListWithoutItems {
		dropAll(r, "products", "services", "additionalCosts", "summary")
	}
	if v == inList && s.TaskListWithoutChecks {
		r["checkInDate"], r["checkOutDate"] = "", ""
	}
	return r
}

func joinText(r Record, name string, of Record, member string) {
	if r.Text(name) == "" && of != nil {
		r[name] = of.Text(member)
	}
}

func dropAll(r Record, names ...string) {
	for _, name := range names {
		delete(r, name)
	}
}

// adoptTask turns the words of a request into those of an answer (auvo-api.md
// §8.5: taskProducts, taskServices, taskAdditionalCosts, taskDiscount).
func adoptTask(_ *Sim, r, body Record, _ string) {
	for from, to := range map[string]string{"taskProducts": "products", "taskServices": "services", "taskAdditionalCosts": "additionalCosts"} {
		key, ok := nameIn(body, from)
		if !ok {
			continue
		}
		var lines []Record
		for _, line := range body.List(key) {
			lines = append(lines, requestedLine(line))
		}
		r[to], r["summary"] = listOf(lines), nil
	}
	if key, ok := nameIn(body, "taskDiscount"); ok {
		r["summary"] = map[string]any{"discount": body[key]}
	}
}

// requestedLine reads an item of a request; old documents print PascalCase and strings.
func requestedLine(line Record) Record {
	low := Record{}
	for name, v := range line {
		low[strings.ToLower(name)] = v
	}
	out := Record{"quantity": low["quantity"], "unitaryValue": low["value"]}
	for _, name := range []string{"productId", "additionalCostId", "code"} {
		if v := low[strings.ToLower(name)]; v != nil {
			out[name] = v
		}
	}
	if v := low["serviceid"]; v != nil {
		out["id"] = v
	}
	if low["discountvalue"] != nil {
		out["discount"] = map[string]any{"value": low["discountvalue"], "type": scalar(low["discounttype"])}
	}
	return out
}
