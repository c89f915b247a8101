package auvo

import (
	"context"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/call"
	"ponte/internal/record"
)

func (s *side) customers() *record.Access {
	return &record.Access{
		Feeds: []record.Feed{{Name: "customers", Cycle: true, Windowed: true, List: s.listCustomers}},
		Find:  customerFinder{s}, Write: customerWriter{s},
	}
}

func (s *side) listCustomers(ctx context.Context, w record.Window, page func(record.Page) error) error {
	fetch := func(ctx context.Context, n int) (auvoapi.Page[auvoapi.Customer], error) {
		return s.api.Customers.List(ctx, auvoapi.CustomerFilter{DateLastUpdate: w.Since}, n, pageSize)
	}
	return eachPage(ctx, fetch, func(c auvoapi.Customer) (record.Item, bool) {
		i := s.customerItem(c)
		return i, within(w, i.Changed)
	}, page)
}

type customerFinder struct{ *side }

// Find looks customers up by id, external id or document.
func (f customerFinder) Find(ctx context.Context, keys []record.Key, _ record.Near) ([]record.Item, error) {
	var out []record.Item
	for _, k := range keys {
		items, err := f.find(ctx, k)
		if err != nil {
			return nil, err
		}
		out = append(out, items...)
	}
	return out, nil
}

func (f customerFinder) find(ctx context.Context, k record.Key) ([]record.Item, error) {
	switch k.Name {
	case record.KeyID:
		c, err := f.api.Customers.Get(ctx, number(k.Value))
		return one(c, err, f.customerItem)
	case record.KeyCode:
		return f.search(ctx, auvoapi.CustomerFilter{ExternalID: k.Value}, func(i record.Item) bool { return i.Code == k.Value })
	case record.KeyDocument:
		return f.search(ctx, auvoapi.CustomerFilter{CpfCnpj: k.Value}, func(i record.Item) bool { return i.Key(record.KeyDocument) == k.Value })
	}
	return nil, record.ErrNoLookup
}

func (f customerFinder) search(ctx context.Context, filter auvoapi.CustomerFilter, match func(record.Item) bool) ([]record.Item, error) {
	return search(ctx, func(ctx context.Context, n int) (auvoapi.Page[auvoapi.Customer], error) {
		return f.api.Customers.List(ctx, filter, n, pageSize)
	}, f.customerItem, match)
}

type customerWriter struct{ *side }

// Create makes a customer under its external id.
func (w customerWriter) Create(ctx context.Context, d record.Draft) (record.Item, error) {
	made, err := w.api.Customers.Create(ctx, newCustomer(d))
	if err != nil {
		return record.Item{}, err
	}
	return w.customerItem(made), nil
}

// Update changes members of a customer.
func (w customerWriter) Update(ctx context.Context, p record.Patch) (record.Item, error) {
	was := auvoapi.Customer{PhoneNumber: phonesOf(p.Now.Raw)}
	now, err := w.api.Customers.Patch(ctx, number(p.Now.ID), customerOps(was, p.Fields))
	if err != nil {
		return record.Item{}, err
	}
	if now.Raw == nil { // done, and the answer has no body
		return laid(p), nil
	}
	i := w.customerItem(now)
	if name, wrote := p.Fields[record.FieldName]; wrote { // answers may show the old text (docs/apis/auvo.md, Customers)
		i.Fields[record.FieldName], i.Title = name, name
	}
	return i, nil
}

// laid is a record with the written fields over what it was.
func laid(p record.Patch) record.Item {
	i := p.Now
	i.Fields = i.Fields.With(p.Fields)
	if code, wrote := p.Fields[record.FieldExternalID]; wrote {
		i.Code = code
	}
	return i
}

// Check knows what Auvo would refuse of a customer (docs/apis/auvo.md, Customers).
func (customerWriter) Check(d record.Draft) []record.Trouble {
	var out []record.Trouble
	for _, l := range []struct {
		field string
		most  int
	}{{record.FieldName, 500}, {record.FieldLegalName, 100}, {record.FieldComplement, 1000}} {
		if v := d.Fields[l.field]; record.Runes(v) > l.most {
			out = append(out, record.Trouble{Field: l.field, Cause: "too-long", Value: v, Limit: l.most})
		}
	}
	if name, given := d.Fields[record.FieldName]; name == "" && (given || d.Code != "") {
		out = append(out, record.Trouble{Field: record.FieldName, Cause: "missing-field"})
	}
	if doc := d.Fields[record.FieldDocument]; doc != "" && !record.ValidTaxID(doc) {
		out = append(out, record.Trouble{Field: record.FieldDocument, Cause: "invalid-document", Value: doc})
	}
	return out
}

// refusedBy is an answer that took a value and kept another.
func refusedBy(op, why string) error {
	return &call.Error{Side: "auvo", Op: op, Reaction: call.WaitForPerson, Cause: "refused", Text: why}
}
