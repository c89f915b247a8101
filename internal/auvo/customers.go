package auvo

import (
	"context"
	"errors"
	"maps"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/call"
	"ponte/internal/record"
)

func (s *side) customers() *record.Access {
	return &record.Access{
		Feeds: []record.Feed{{Name: "customers", Cycle: true, Windowed: true, Hooked: true, List: s.listCustomers}},
		Find:  customerFinder{s}, Write: customerWriter{s}, Whole: true,
	}
}

func (s *side) listCustomers(ctx context.Context, w record.Window, page func(record.Page) error) error {
	fetch := func(ctx context.Context, n int) (auvoapi.Page[auvoapi.Customer], error) {
		return s.api.Customers.List(ctx, auvoapi.CustomerFilter{DateLastUpdate: w.Since}, n, pageSize)
	}
	return eachPage(ctx, w.After, fetch, func(c auvoapi.Customer) (record.Item, bool) {
		i := s.customerItem(c)
		return i, w.Holds(i.Changed)
	}, page)
}

type customerFinder struct{ *side }

// Find looks customers up by id, external id or document.
func (f customerFinder) Find(ctx context.Context, keys []record.Key, near record.Near) ([]record.Item, error) {
	return findEach(ctx, keys, near, f.find)
}

func (f customerFinder) find(ctx context.Context, k record.Key) ([]record.Item, error) {
	switch k.Name {
	case record.KeyID:
		return byNumber(ctx, k.Value, f.api.Customers.Get, f.customerItem)
	case record.KeyCode:
		return f.search(ctx, auvoapi.CustomerFilter{ExternalID: filterable(k.Value)}, func(i record.Item) bool { return i.Code == k.Value })
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
	return w.answered(made, record.Item{}, d.Fields.With(record.Fields{record.FieldExternalID: d.Code})), nil
}

// Update changes members of a customer. Its telephones are one member, of which Ponte
// mirrors the first: without the row the others would be lost.
func (w customerWriter) Update(ctx context.Context, p record.Patch) (record.Item, error) {
	if _, phone := p.Fields[record.FieldPhone]; phone && len(p.Now.Raw) == 0 {
		return record.Item{}, &call.Error{Side: "auvo", Op: "PATCH /customers", Reaction: call.GiveUp, Err: errors.New("the customer's row is not at hand")}
	}
	was := auvoapi.Customer{PhoneNumber: phonesOf(p.Now.Raw)}
	now, err := w.api.Customers.Patch(ctx, record.Number(p.Now.ID), customerOps(was, p.Fields))
	if err != nil {
		return record.Item{}, err
	}
	if now.Raw == nil { // done, and the answer has no body
		return dressCustomer(laid(p)), nil
	}
	return w.answered(now, p.Now, p.Fields), nil
}

// answered is a customer as the answer to a write shows it. Answers may give the
// name's old text as description (docs/apis/auvo.md, Customers); name is right.
func (s *side) answered(c auvoapi.Customer, was record.Item, wrote record.Fields) record.Item {
	i := s.customerItem(c)
	said := memberNames(i.Raw)
	groups := i.Facts[record.FactGroups]
	if !said["groupsid"] {
		groups = was.Fact(record.FactGroups)
	}
	i = completed(i, s.members(), was, wrote)
	if name, ok := wrote[record.FieldName]; ok && !said["name"] {
		i.Fields[record.FieldName] = name
	}
	i = dressCustomer(i)
	i.Facts[record.FactGroups] = groups
	return i
}

// members are those of the fields that the account mirrors.
func (s *side) members() map[string][]string {
	if s.opts.Name == byTradeName {
		return customerMembers
	}
	all := maps.Clone(customerMembers)
	delete(all, record.FieldLegalName)
	return all
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
