package engine

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"

	"ponte/internal/record"
)

// Dry returns a side that reads as s does and writes nothing: what would be
// made or changed is answered as the vendor would, under ids that no vendor
// has. A plan is a run against two dry sides on a copy of the store.
func Dry(s record.System) record.System {
	memory := &dryMemory{made: map[string]record.Item{}}
	for _, access := range []**record.Access{&s.Customers, &s.Products, &s.Services, &s.Tasks, &s.Quotations, &s.ServiceOrders, &s.SalesOrders} {
		if *access == nil {
			continue
		}
		dry := **access
		if dry.Write != nil {
			dry.Write = dryWriter{s.Side, dry.Write, dry.Later, memory}
		}
		if dry.Find != nil {
			dry.Find = dryFinder{dry.Find, memory}
		}
		if dry.Stop != nil {
			dry.Stop = dryCanceller{}
		}
		*access = &dry
	}
	return s
}

const imagined = "(novo "

// Imagined tells whether an id is one that a dry side gave.
func Imagined(id string) bool { return strings.HasPrefix(id, imagined) }

// dryMemory remembers what a dry side would have made.
type dryMemory struct {
	mu   sync.Mutex
	made map[string]record.Item
}

type dryWriter struct {
	side   record.Side
	real   record.Writer
	later  []string // what a create leaves at nothing
	memory *dryMemory
}

func (w dryWriter) Create(_ context.Context, d record.Draft) (record.Item, error) {
	w.memory.mu.Lock()
	defer w.memory.mu.Unlock()
	id := fmt.Sprintf(imagined+"%d)", len(w.memory.made)+1)
	i := record.Item{Kind: d.Kind, Side: w.side, ID: id, Code: d.Code, Fields: record.Fields{}, Order: d.Order, Title: d.Fields[record.FieldName]}
	if i.Order == nil {
		for _, name := range w.later {
			i.Fields[name] = "0"
		}
		maps.Copy(i.Fields, d.Fields)
		i.Fields[record.FieldExternalID] = externalID(w.side, id, d)
	}
	w.memory.made[id] = i
	return i, nil
}

// externalID is what the new record's external id would read: in Auvo the code
// under which it is made, in Omie its own id, which Auvo then takes.
func externalID(side record.Side, id string, d record.Draft) string {
	if side == record.Auvo {
		return d.Code
	}
	return id
}

func (w dryWriter) Update(_ context.Context, p record.Patch) (record.Item, error) {
	i := p.Now
	i.Fields = i.Fields.With(p.Fields)
	if p.Order != nil {
		i.Order = p.Order
	}
	return i, nil
}

func (w dryWriter) Check(d record.Draft) []record.Trouble {
	if d.Order != nil && w.memory.has(d.Order.Customer) {
		order := *d.Order
		order.Customer = "1" // it would have a number by then
		d.Order = &order
	}
	return w.real.Check(d)
}

func (m *dryMemory) has(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, made := m.made[id]
	return made
}

type dryFinder struct {
	real   record.Finder
	memory *dryMemory
}

func (f dryFinder) Find(ctx context.Context, keys []record.Key, near record.Near) ([]record.Item, error) {
	f.memory.mu.Lock()
	defer f.memory.mu.Unlock()
	for _, k := range keys {
		for _, i := range f.memory.made {
			if (k.Name == record.KeyID && k.Value == i.ID) || (k.Name == record.KeyCode && k.Value == i.Code) {
				return []record.Item{i}, nil
			}
		}
	}
	return f.real.Find(ctx, keys, near)
}

type dryCanceller struct{}

func (dryCanceller) Cancel(context.Context, string) error { return nil }
