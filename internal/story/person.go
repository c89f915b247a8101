package story

import (
	"context"
	"errors"
	"slices"
	"strings"

	"ponte/internal/record"
	"ponte/internal/store"
	"ponte/internal/subject"
)

// A Person is whom one or more customers of an account are.
type Person struct {
	Title     string
	Customers []record.Ref
}

// Persons returns whom a text names among an account's customers: a CPF/CNPJ, an
// e-mail, a telephone, words of a name, customer:auvo:55, or a task or a document, which
// names its customer. Customers that are linked, or have one CPF/CNPJ, are one person.
func Persons(ctx context.Context, db *store.DB, account, who string) ([]Person, error) {
	named, err := customersNamed(ctx, db, account, who)
	if err != nil {
		return nil, err
	}
	var all []Person
	for _, i := range named {
		if slices.ContainsFunc(all, func(p Person) bool { return slices.Contains(p.Customers, i.Ref()) }) {
			continue
		}
		customers, err := samePerson(ctx, db, account, i)
		if err != nil {
			return nil, err
		}
		all = append(all, Person{i.Title, customers})
	}
	return all, nil
}

func customersNamed(ctx context.Context, db *store.DB, account, who string) ([]record.Item, error) {
	if ref, _, ok := parseWhat(strings.TrimSpace(who)); ok && ref.ID != "" {
		ref, err := customerOf(ctx, db, account, ref)
		if err != nil || ref.ID == "" {
			return nil, err
		}
		i, err := db.Item(ctx, account, ref)
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		return []record.Item{i}, err
	}
	return matching(ctx, db, account, subject.Parse(who))
}

// customerOf is the customer that a record is, or is for; the zero Ref: none is known.
func customerOf(ctx context.Context, db *store.DB, account string, ref record.Ref) (record.Ref, error) {
	if ref.Kind == record.Customer {
		return ref, nil
	}
	i, err := db.Item(ctx, account, ref)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return record.Ref{}, nil
	case err != nil:
		return record.Ref{}, err
	case i.Source != nil && i.Source.CustomerID != "":
		return record.Ref{Kind: record.Customer, Side: record.Auvo, ID: i.Source.CustomerID}, nil
	case i.Order != nil && i.Order.Customer != "":
		return record.Ref{Kind: record.Customer, Side: record.Omie, ID: i.Order.Customer}, nil
	}
	return record.Ref{}, nil
}

func matching(ctx context.Context, db *store.DB, account string, q subject.Query) ([]record.Item, error) {
	var out []record.Item
	for _, side := range []record.Side{record.Auvo, record.Omie} {
		err := db.EachItem(ctx, account, side, record.Customer, func(i record.Item) error {
			if q.Matches(i) {
				out = append(out, i)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// samePerson follows links and valid documents from a customer.
func samePerson(ctx context.Context, db *store.DB, account string, i record.Item) ([]record.Ref, error) {
	refs := []record.Ref{i.Ref()}
	asked := map[string]bool{}
	for {
		s, err := db.SubjectOf(ctx, account, refs...)
		if err != nil {
			return nil, err
		}
		before := len(s.Customers)
		refs = s.Customers
		for _, ref := range s.Customers {
			more, err := sameDocument(ctx, db, account, ref, asked)
			if err != nil {
				return nil, err
			}
			for _, m := range more {
				if !slices.Contains(refs, m) {
					refs = append(refs, m)
				}
			}
		}
		if len(refs) == before {
			return refs, nil
		}
	}
}

func sameDocument(ctx context.Context, db *store.DB, account string, ref record.Ref, asked map[string]bool) ([]record.Ref, error) {
	i, err := db.Item(ctx, account, ref)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	document := i.Fields[record.FieldDocument]
	if err != nil || !record.ValidTaxID(document) || asked[document] {
		return nil, err
	}
	asked[document] = true
	var refs []record.Ref
	for _, side := range []record.Side{record.Auvo, record.Omie} {
		items, err := db.ItemsByKey(ctx, account, side, record.Customer, record.Key{Name: record.KeyDocument, Value: document})
		if err != nil {
			return nil, err
		}
		for _, it := range items {
			refs = append(refs, it.Ref())
		}
	}
	return refs, nil
}
