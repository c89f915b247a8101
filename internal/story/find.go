package story

import (
	"context"
	"errors"
	"slices"
	"strings"

	"ponte/internal/record"
	"ponte/internal/store"
)

// Find returns up to n records that a text names: task:812, quotation:9,
// customer:auvo:55, customer:omie:7000000001, product:SKU, service-order:15 (a
// document's id or number), a CPF/CNPJ, a SKU, or words of a name.
func Find(ctx context.Context, db *store.DB, account, what string, n int) ([]record.Item, error) {
	ref, sku, ok := parseWhat(what)
	switch {
	case !ok:
		return db.Search(ctx, account, what, n)
	case sku != "":
		return bySKU(ctx, db, account, sku)
	}
	i, err := db.Item(ctx, account, ref)
	if errors.Is(err, store.ErrNotFound) {
		return byNumber(ctx, db, account, ref)
	}
	return []record.Item{i}, err
}

func bySKU(ctx context.Context, db *store.DB, account, sku string) ([]record.Item, error) {
	for _, side := range []record.Side{record.Omie, record.Auvo} {
		items, err := db.ItemsByKey(ctx, account, side, record.Product, record.Key{Name: record.KeySKU, Value: sku})
		if err != nil || len(items) > 0 {
			return items, err
		}
	}
	return nil, nil
}

// byNumber finds a document by the number that people know it by ("OS 15").
func byNumber(ctx context.Context, db *store.DB, account string, ref record.Ref) ([]record.Item, error) {
	title := map[record.Kind]string{record.ServiceOrder: "OS ", record.SalesOrder: "Pedido "}[ref.Kind]
	if title == "" {
		return nil, nil
	}
	found, err := db.Search(ctx, account, title+ref.ID, 1000)
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
