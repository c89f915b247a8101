package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ponte/internal/record"
	"ponte/internal/store"
)

// resolveRecord finds the record that WHAT names: task:812, quotation:9,
// customer:auvo:55, customer:omie:7000000001, product:SKU, service-order:15 (a
// document's id or number), a CPF/CNPJ, or words of a name. More than one is an error that lists them.
func (s *session) resolveRecord(account, what string) (record.Item, error) {
	found, err := s.findRecords(account, what)
	if err != nil {
		return record.Item{}, err
	}
	switch len(found) {
	case 0:
		return record.Item{}, fmt.Errorf("no record of account %s answers to %q", account, what)
	case 1:
		return found[0], nil
	}
	if sameRecord(found) {
		return found[0], nil
	}
	var names []string
	for _, i := range found {
		names = append(names, i.Ref().String()+" ("+oneLine(i.Title)+")")
	}
	return record.Item{}, fmt.Errorf("%q names more than one record, say which: %s", what, strings.Join(names, ", "))
}

// sameRecord: both sides' items of one name are one record to explain.
func sameRecord(found []record.Item) bool {
	return len(found) == 2 && found[0].Kind == found[1].Kind && found[0].Side != found[1].Side
}

func (s *session) findRecords(account, what string) ([]record.Item, error) {
	if ref, sku, ok := parseWhat(what); ok {
		if sku != "" {
			return s.bySKU(account, sku)
		}
		i, err := s.db.Item(s.ctx, account, ref)
		if errors.Is(err, store.ErrNotFound) {
			return s.byNumber(account, ref)
		}
		return []record.Item{i}, err
	}
	return s.db.Search(s.ctx, account, what, 10)
}

func (s *session) bySKU(account, sku string) ([]record.Item, error) {
	for _, side := range []record.Side{record.Omie, record.Auvo} {
		items, err := s.db.ItemsByKey(s.ctx, account, side, record.Product, record.Key{Name: record.KeySKU, Value: sku})
		if err != nil || len(items) > 0 {
			return items, err
		}
	}
	return nil, nil
}

// byNumber finds a document by the number that people know it by ("OS 15").
func (s *session) byNumber(account string, ref record.Ref) ([]record.Item, error) {
	title := map[record.Kind]string{record.ServiceOrder: "OS ", record.SalesOrder: "Pedido "}[ref.Kind]
	if title == "" {
		return nil, nil
	}
	found, err := s.db.Search(s.ctx, account, title+ref.ID, 1000)
	return slices.DeleteFunc(found, func(i record.Item) bool { return i.Kind != ref.Kind || i.Title != title+ref.ID }), err
}

// parseWhat reads the forms with a colon; ok is false for anything else.
func parseWhat(what string) (ref record.Ref, sku string, ok bool) {
	kind, rest, found := strings.Cut(what, ":")
	if !found || rest == "" {
		return ref, "", false
	}
	switch record.Kind(kind) {
	case record.Task, record.Quotation:
		return record.Ref{Kind: record.Kind(kind), Side: record.Auvo, ID: rest}, "", true
	case record.ServiceOrder, record.SalesOrder:
		return record.Ref{Kind: record.Kind(kind), Side: record.Omie, ID: strings.TrimPrefix(rest, "omie:")}, "", true
	case record.Customer, record.Product, record.Service:
		side, id, sided := strings.Cut(rest, ":")
		if sided && (side == "auvo" || side == "omie") {
			return record.Ref{Kind: record.Kind(kind), Side: record.Side(side), ID: id}, "", true
		}
		if record.Kind(kind) == record.Product {
			return ref, rest, true
		}
	}
	return ref, "", false
}
