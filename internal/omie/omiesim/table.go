package omiesim

import (
	"fmt"
	"slices"
)

// A table holds the records of one kind in the order of their keys, which is
// the order of all lists (omie-api.md §10.2: by code or id).
type table struct {
	kind  *kind
	rows  map[string]Record
	keys  []string
	codes map[string][]string // index entry → keys
}

func newTable(k *kind) *table {
	return &table{kind: k, rows: map[string]Record{}, codes: map[string][]string{}}
}

// idKey makes ids sort as numbers do.
func idKey(id int64) string { return fmt.Sprintf("%019d", id) }

func (t *table) get(key string) Record { return t.rows[key] }
func (t *table) byID(id int64) Record  { return t.rows[idKey(id)] }
func (t *table) key(r Record) string   { return t.kind.key(r) }
func (t *table) first(e string) Record { return t.other(e, "") }
func (t *table) each() func(func(Record) bool) {
	return func(yield func(Record) bool) {
		for _, key := range t.keys {
			if !yield(t.rows[key]) {
				return
			}
		}
	}
}

// other returns the first record with index entry e whose key is not except.
func (t *table) other(e, except string) Record {
	for _, key := range t.codes[e] {
		if key != except {
			return t.rows[key]
		}
	}
	return nil
}

// put stores r in place of the record with its key.
func (t *table) put(r Record) {
	key := t.kind.key(r)
	if old, ok := t.rows[key]; ok {
		t.unindex(key, old)
	} else {
		at, _ := slices.BinarySearch(t.keys, key)
		t.keys = slices.Insert(t.keys, at, key)
	}
	t.rows[key] = r
	for _, e := range t.kind.entries(r) {
		t.codes[e] = append(t.codes[e], key)
		slices.Sort(t.codes[e])
	}
}

func (t *table) drop(key string) {
	old, ok := t.rows[key]
	if !ok {
		return
	}
	t.unindex(key, old)
	delete(t.rows, key)
	if at, found := slices.BinarySearch(t.keys, key); found {
		t.keys = slices.Delete(t.keys, at, at+1)
	}
}

func (t *table) unindex(key string, old Record) {
	for _, e := range t.kind.entries(old) {
		left := slices.DeleteFunc(t.codes[e], func(k string) bool { return k == key })
		if len(left) == 0 {
			delete(t.codes, e)
			continue
		}
		t.codes[e] = left
	}
}

func (t *table) all() []Record {
	rows := make([]Record, 0, len(t.keys))
	for _, key := range t.keys {
		rows = append(rows, t.rows[key])
	}
	return rows
}

// clone copies deeply. A record is never changed in place once it is stored
// (handlers clone, change and put), so the records themselves are shared.
func (t *table) clone() *table {
	c := newTable(t.kind)
	for _, r := range t.all() {
		c.put(r)
	}
	return c
}
