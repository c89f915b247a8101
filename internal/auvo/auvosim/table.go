package auvosim

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// A table holds the records of one kind: by ascending id, GUIDs in the order
// in which they came.
type table struct {
	kind *kind
	rows []Record
	byID map[string]Record
	next int64
}

func newTable(k *kind) *table {
	return &table{kind: k, byID: map[string]Record{}, next: max(k.first, 1)}
}

// put stores r under its id, in place of an earlier one.
func (t *table) put(r Record) {
	id := strings.ToLower(r.Text(t.kind.id))
	if old, ok := t.byID[id]; ok {
		clear(old)
		for name, v := range r {
			old[name] = v
		}
		return
	}
	t.byID[id] = r
	if t.kind.guid {
		t.rows = append(t.rows, r)
		return
	}
	n := r.Int(t.kind.id)
	t.next = max(t.next, n+1)
	at, _ := slices.BinarySearchFunc(t.rows, n, func(r Record, n int64) int { return int(r.Int(t.kind.id) - n) })
	t.rows = slices.Insert(t.rows, at, r)
}

func (t *table) get(id string) Record { return t.byID[strings.ToLower(id)] }

func (t *table) remove(id string) Record {
	r := t.get(id)
	if r == nil {
		return nil
	}
	delete(t.byID, strings.ToLower(id))
	t.rows = slices.DeleteFunc(t.rows, func(row Record) bool { return row.Text(t.kind.id) == r.Text(t.kind.id) })
	return r
}

func (t *table) clone() *table {
	c := &table{kind: t.kind, byID: make(map[string]Record, len(t.rows)), next: t.next}
	for _, r := range t.rows {
		row := cloned(r)
		c.rows = append(c.rows, row)
		c.byID[strings.ToLower(row.Text(t.kind.id))] = row
	}
	return c
}

// find returns the record of a kind with an id, nil when there is none.
func (s *Sim) find(data, id string) Record { return s.state.tables[data].get(id) }

// findBy returns the first record whose member reads want, nil when want is empty.
func (s *Sim) findBy(data, member, want string) Record {
	if want == "" {
		return nil
	}
	for _, r := range s.state.tables[data].rows {
		if r.Text(member) == want {
			return r
		}
	}
	return nil
}

// newID gives the next id of a kind.
func (s *Sim) newID(k *kind) any {
	t := s.state.tables[k.data]
	if k.guid {
		return s.newGUID(k.data)
	}
	return whole(t.next)
}

func (s *Sim) newGUID(family string) string {
	s.state.guids++
	return guid(family, s.state.guids)
}

// guid makes the same GUID for the same family and number, always.
func guid(family string, n int64) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(family))
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", h.Sum32(), n)
}

// touch moves the stamp of the last change.
func (s *Sim) touch(k *kind, r Record) {
	if k.updated != "" {
		r[k.updated] = s.stampOf(k)
	}
}

func (s *Sim) stampOf(k *kind) string {
	if k.layout != "" {
		return stamp(s.now(), k.layout)
	}
	return stamp(s.now(), secondLayout)
}
