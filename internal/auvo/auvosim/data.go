package auvosim

import (
	"fmt"
	"slices"
	"strings"
)

// Data is what an account holds, each record in the words in which GET answers
// it. Prices of products and services are plain numbers here, whatever the
// switches make of them in answers; [Sim.Seed] reads any form.
type Data struct {
	Customers       []Record `json:"customers,omitempty"`
	Groups          []Record `json:"groups,omitempty"`
	Users           []Record `json:"users,omitempty"`
	TaskTypes       []Record `json:"tasktypes,omitempty"`
	Products        []Record `json:"products,omitempty"`
	Services        []Record `json:"services,omitempty"`
	AdditionalCosts []Record `json:"additionalcosts,omitempty"`
	Tasks           []Record `json:"tasks,omitempty"`
	DeletedTasks    []Record `json:"deletedtasks,omitempty"`
	Quotations      []Record `json:"quotations,omitempty"`
	Webhooks        []Record `json:"webhooks,omitempty"`
}

// lists pairs each list with its word, what others point at first.
func (d *Data) lists() []namedRecords {
	return []namedRecords{
		{"groups", &d.Groups},
		{"users", &d.Users},
		{"tasktypes", &d.TaskTypes},
		{"customers", &d.Customers},
		{"products", &d.Products},
		{"services", &d.Services},
		{"additionalcosts", &d.AdditionalCosts},
		{"tasks", &d.Tasks},
		{"deletedtasks", &d.DeletedTasks},
		{"quotations", &d.Quotations},
		{"webhooks", &d.Webhooks},
	}
}

type namedRecords struct {
	name string
	rows *[]Record
}

// Find returns the record of a kind ("customers", or "customer") with an id,
// nil when there is none.
func (d Data) Find(kind, id string) Record {
	for _, l := range d.lists() {
		k := kindNamed(kind)
		if k == nil || k.data != l.name {
			continue
		}
		at := slices.IndexFunc(*l.rows, func(r Record) bool { return strings.EqualFold(r.Text(k.id), id) })
		if at >= 0 {
			return (*l.rows)[at]
		}
	}
	return nil
}

// kindNamed knows a kind by its word, its path or the singular of either.
func kindNamed(name string) *kind {
	name = strings.ToLower(name)
	for _, k := range kinds() {
		if slices.Contains([]string{k.data, k.path}, name) || slices.Contains([]string{k.data, k.path}, name+"s") {
			return k
		}
	}
	return nil
}

// Seed adds records, or replaces those with the same ids. An absent or zero id
// is given out; what else is absent is filled consistently (names, totals,
// stamps). Unknown members and values of a wrong type are refused, and then
// nothing of the list they stand in is stored.
func (s *Sim) Seed(d Data) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready()
	for _, l := range d.lists() {
		rows := make([]Record, 0, len(*l.rows))
		for i, r := range *l.rows {
			row, err := s.readSeed(s.state.tables[l.name].kind, r)
			if err != nil {
				return fmt.Errorf("cannot seed %s[%d]: %w", l.name, i, err)
			}
			rows = append(rows, row)
		}
		s.seedRows(l.name, rows)
	}
	return nil
}

// readSeed checks a record against the members of its kind.
func (s *Sim) readSeed(k *kind, given Record) (Record, error) {
	in, err := copied(given)
	if err != nil {
		return nil, err
	}
	out := Record{}
	for name, v := range in {
		m, ok := k.member(name)
		if !ok {
			return nil, fmt.Errorf("unknown member %q", name)
		}
		if v == nil {
			continue
		}
		if out[m.name], err = m.read(v); err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return out, nil
}

// seedRows completes and stores rows whose members were read.
func (s *Sim) seedRows(data string, rows []Record) {
	t := s.state.tables[data]
	for _, r := range rows {
		s.store(t, r)
		if data == "deletedtasks" {
			s.state.deletedAt[r.Text("taskID")] = s.now()
		}
	}
}

// store gives r what a stored record has: an id, every member, its stamps and
// what its kind fills in.
func (s *Sim) store(t *table, r Record) {
	k := t.kind
	if id := r.Text(k.id); id == "" || id == "0" {
		r[k.id] = s.newID(k)
	}
	for _, m := range k.members {
		if m.ways&dropped == 0 {
			r.setDefault(m.name, clonedValue(m.unset()))
		}
	}
	for _, name := range []string{k.created, k.updated} {
		if name != "" && r.Text(name) == "" {
			r[name] = s.stampOf(k)
		}
	}
	if k.complete != nil {
		k.complete(s, r)
	}
	t.put(r)
}

// Snapshot returns all records as their owner sees them now, in the order in
// which lists answer them. It shares nothing with the Sim.
func (s *Sim) Snapshot() Data {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready()
	var d Data
	for _, l := range d.lists() {
		t := s.state.tables[l.name]
		for _, r := range t.rows {
			*l.rows = append(*l.rows, s.seen(t.kind, r))
		}
	}
	return d
}

// seen is a record with the names of what it points at, untouched by the
// switches that only change how answers look.
func (s *Sim) seen(k *kind, r Record) Record {
	row := cloned(r)
	switch k.data {
	case "customers":
		row["description"] = row["name"]
		delete(row, "name")
	case "tasks", "deletedtasks":
		row = renderTask(s, row, byID)
	case "quotations":
		joinQuotation(s, row)
	}
	return row
}
