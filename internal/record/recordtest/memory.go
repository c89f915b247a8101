// Package recordtest holds an in-memory side and the suite that every side
// passes: what the engine relies on, whatever the vendor.
package recordtest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"ponte/internal/record"
)

// Memory is a side in memory. Its zero value is an empty Auvo.
type Memory struct {
	Side record.Side
	Now  func() time.Time
	// Fail, when set, is asked before each write; an error is what the write answers.
	Fail func(action string, d record.Draft) error
	// Blind sides have no look-up: every Find answers ErrNoLookup.
	Blind bool
	// Later are the fields of products that a create cannot carry.
	Later []string

	mu     sync.Mutex
	items  map[record.Ref]record.Item
	next   int
	Writes []string // what was written, "create product SKU-1"
	Reads  []string // what was read, "list customers", "find task 812"
}

// System returns the side.
func (m *Memory) System() record.System {
	s := record.System{Side: m.Side, Probe: func(context.Context) []record.Finding { return nil }}
	for kind, at := range map[record.Kind]**record.Access{
		record.Customer: &s.Customers, record.Product: &s.Products, record.Service: &s.Services, record.Task: &s.Tasks,
		record.Quotation: &s.Quotations, record.ServiceOrder: &s.ServiceOrders, record.SalesOrder: &s.SalesOrders,
	} {
		*at = m.access(kind)
	}
	return s
}

func (m *Memory) access(kind record.Kind) *record.Access {
	order := kind == record.ServiceOrder || kind == record.SalesOrder
	feed := record.Feed{Name: string(kind) + "s", Cycle: !order, Windowed: true, List: m.lister(kind)}
	access := &record.Access{Feeds: []record.Feed{feed}, Find: finder{m, kind}, Write: writer{m, kind}, Stop: canceller{m, kind}}
	if kind == record.Product {
		access.Later = m.Later
	}
	return access
}

// Put adds or replaces an item, stamped now.
func (m *Memory) Put(i record.Item) record.Item {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.put(i)
}

func (m *Memory) put(i record.Item) record.Item {
	if m.items == nil {
		m.items = map[record.Ref]record.Item{}
	}
	if i.ID == "" {
		m.next++
		i.ID = strconv.Itoa(900000 + m.next)
	}
	i.Side = m.Side
	i.Changed = m.Now()
	i.Version = strconv.FormatInt(i.Changed.UnixNano(), 10)
	i.Raw = []byte(`{"id":"` + i.ID + `"}`)
	m.items[i.Ref()] = i
	return i
}

// Edit changes fields of an item, as a person would.
func (m *Memory) Edit(ref record.Ref, fields record.Fields) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.items[ref]
	i.Fields = i.Fields.With(fields)
	m.put(i)
}

// Remove takes an item away, as a person would.
func (m *Memory) Remove(ref record.Ref) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.items, ref)
}

func (m *Memory) read(what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Reads = append(m.Reads, what)
}

// Items returns the items of a kind, by id.
func (m *Memory) Items(kind record.Kind) []record.Item {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []record.Item
	for _, i := range m.items {
		if i.Kind == kind {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b record.Item) int { return len(a.ID)*1000 - len(b.ID)*1000 + compare(a.ID, b.ID) })
	return out
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (m *Memory) lister(kind record.Kind) record.Lister {
	return func(_ context.Context, w record.Window, page func(record.Page) error) error {
		const size = 3 // small, so that paging is always at work
		items := slices.DeleteFunc(m.Items(kind), func(i record.Item) bool { return i.Changed.Before(w.Since) })
		total := max((len(items)+size-1)/size, 1)
		for n := w.After.Page; n < total; n++ {
			rows := items[min(n*size, len(items)):min((n+1)*size, len(items))]
			m.read("list " + string(kind) + "s")
			if err := page(record.Page{Items: slices.Clone(rows), Received: len(rows), Declared: len(items), Number: n + 1, Size: size, Last: n+1 == total}); err != nil {
				return err
			}
		}
		return nil
	}
}

type finder struct {
	m    *Memory
	kind record.Kind
}

// Find returns the items that hold one of the keys.
func (f finder) Find(_ context.Context, keys []record.Key, _ record.Near) ([]record.Item, error) {
	if f.m.Blind {
		return nil, record.ErrNoLookup
	}
	for _, k := range keys {
		f.m.read("find " + string(f.kind) + " " + k.Value)
	}
	return slices.DeleteFunc(f.m.Items(f.kind), func(i record.Item) bool {
		return !slices.ContainsFunc(keys, func(k record.Key) bool {
			return (k.Name == record.KeyID && k.Value == i.ID) || (k.Name == record.KeyCode && k.Value == i.Code) || i.Key(k.Name) == k.Value
		})
	}), nil
}

type writer struct {
	m    *Memory
	kind record.Kind
}

// Create makes an item under the draft's code.
func (w writer) Create(_ context.Context, d record.Draft) (record.Item, error) {
	if w.m.Fail != nil {
		if err := w.m.Fail("create", d); err != nil {
			return record.Item{}, err
		}
	}
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	w.m.Writes = append(w.m.Writes, fmt.Sprintf("create %s %s", w.kind, d.Code))
	i := record.Item{Kind: w.kind, Code: d.Code, Fields: record.Fields{}, Title: d.Fields[record.FieldName], Order: d.Order}
	for _, later := range w.m.Later {
		i.Fields[later] = "0"
	}
	maps.Copy(i.Fields, d.Fields)
	i = w.m.put(i)
	i.Fields[record.FieldExternalID] = i.ID
	if w.m.Side == record.Auvo {
		i.Fields[record.FieldExternalID] = d.Code
	}
	return w.m.put(i), nil
}

// Update writes fields of an item.
func (w writer) Update(_ context.Context, p record.Patch) (record.Item, error) {
	if w.m.Fail != nil {
		if err := w.m.Fail("update", record.Draft{Kind: w.kind, Fields: p.Fields}); err != nil {
			return record.Item{}, err
		}
	}
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	w.m.Writes = append(w.m.Writes, fmt.Sprintf("update %s %s %v", w.kind, p.Now.ID, p.Fields.Names()))
	i := w.m.items[p.Now.Ref()]
	i.Fields = i.Fields.With(p.Fields)
	if code, ok := p.Fields[record.FieldExternalID]; ok {
		i.Code = code
	}
	if p.Order != nil {
		i.Order = p.Order
	}
	return w.m.put(i), nil
}

// Check refuses nothing.
func (writer) Check(record.Draft) []record.Trouble { return nil }

type canceller struct {
	m    *Memory
	kind record.Kind
}

// Cancel marks an order cancelled.
func (c canceller) Cancel(_ context.Context, id string) error {
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	i := c.m.items[record.Ref{Kind: c.kind, Side: c.m.Side, ID: id}]
	i.Facts = map[string]string{record.FactCancelled: "true"}
	c.m.put(i)
	return nil
}
