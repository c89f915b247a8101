package auvo

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/govalues/decimal"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/record"
)

func (s *side) products() *record.Access {
	return &record.Access{
		Feeds: []record.Feed{{Name: "products", List: s.listProducts}},
		Find:  productFinder{s}, Write: productWriter{s},
		Later: []string{record.FieldPrice, record.FieldStock},
	}
}

func (s *side) listProducts(ctx context.Context, w record.Window, page func(record.Page) error) error {
	fetch := func(ctx context.Context, n int) (auvoapi.Page[auvoapi.Product], error) {
		return s.api.Products.List(ctx, auvoapi.ProductFilter{}, n, pageSize)
	}
	return eachPage(ctx, w.After, fetch, func(p auvoapi.Product) (record.Item, bool) { return productItem(p), true }, page)
}

// productItem is a product as a record: known by its numeric code, and to tasks
// by its GUID.
func productItem(p auvoapi.Product) record.Item {
	i := record.Item{
		Kind: record.Product, Side: record.Auvo, ID: text(p.Code),
		Fields: record.Fields{
			record.FieldName: strings.TrimSpace(p.Name), record.FieldActive: strconv.FormatBool(p.Active),
			record.FieldPrice: amountOf(p.UnitaryValue), record.FieldStock: amountOf(p.TotalStock), record.FieldExternalID: strings.TrimSpace(p.ExternalID),
		},
	}
	return rowed(dressProduct(i, p.ProductID), p.Row)
}

// dressProduct sets what follows from a product's fields and its GUID.
func dressProduct(i record.Item, guid string) record.Item {
	i.Title, i.Code = i.Fields[record.FieldName], i.Fields[record.FieldExternalID]
	i.Keys = record.Keys(record.Key{Name: record.KeyCode, Value: i.Code}, record.Key{Name: record.KeySKU, Value: i.Code}, record.Key{Name: record.KeyGUID, Value: guid})
	return i
}

// answeredProduct is a product as the answer to a write shows it.
func answeredProduct(p auvoapi.Product, was record.Item, wrote record.Fields) record.Item {
	i := completed(productItem(p), productMembers, was, wrote)
	return dressProduct(withPrice(i, wrote), cmp.Or(p.ProductID, was.Key(record.KeyGUID)))
}

func amountOf(n decimal.NullDecimal) string {
	if !n.Valid {
		return "0"
	}
	return record.Amount(n.Decimal)
}

type productFinder struct{ *side }

// Find looks products up by numeric code or SKU.
func (f productFinder) Find(ctx context.Context, keys []record.Key, near record.Near) ([]record.Item, error) {
	return findEach(ctx, keys, near, f.find)
}

func (f productFinder) find(ctx context.Context, k record.Key) ([]record.Item, error) {
	switch k.Name {
	case record.KeyID:
		return byNumber(ctx, k.Value, f.api.Products.Get, productItem)
	case record.KeyCode, record.KeySKU:
		return search(ctx, func(ctx context.Context, n int) (auvoapi.Page[auvoapi.Product], error) {
			return f.api.Products.List(ctx, auvoapi.ProductFilter{ExternalID: filterable(k.Value)}, n, pageSize)
		}, productItem, func(i record.Item) bool { return i.Code == k.Value })
	}
	return nil, record.ErrNoLookup
}

type productWriter struct{ *side }

// Create makes a product without a price: Auvo's POST is known to misread it
// (docs/apis/auvo.md, Products).
func (w productWriter) Create(ctx context.Context, d record.Draft) (record.Item, error) {
	name := d.Fields[record.FieldName]
	made, err := w.api.Products.Create(ctx, auvoapi.NewProduct{Name: name, Description: name, ExternalID: d.Code, Active: d.Fields[record.FieldActive] != "false"})
	if err != nil {
		return record.Item{}, err
	}
	return answeredProduct(made, record.Item{}, d.Fields.With(record.Fields{record.FieldExternalID: d.Code})), nil
}

// Update changes members of a product, numbers as JSON numbers, and checks that
// the price which Auvo then answers is the one it was sent.
func (w productWriter) Update(ctx context.Context, p record.Patch) (record.Item, error) {
	ops, err := productOps(p.Fields)
	if err != nil {
		return record.Item{}, refusedBy("PATCH /products", err.Error())
	}
	code := record.Number(p.Now.ID)
	made, err := w.api.Products.Patch(ctx, code, ops)
	if err != nil {
		return record.Item{}, err
	}
	price, wrote := p.Fields[record.FieldPrice]
	shown := wrote && made.UnitaryValue.Valid && samePrice(price, record.Amount(made.UnitaryValue.Decimal))
	switch {
	case wrote && !shown:
		return w.checkPrice(ctx, code, p)
	case made.Raw == nil:
		i := laid(p)
		return dressProduct(i, i.Key(record.KeyGUID)), nil
	}
	return answeredProduct(made, p.Now, p.Fields), nil
}

// checkPrice reads a product again whose answer did not show the price that it
// was sent: ten times the price was seen (docs/apis/auvo.md, Products).
func (w productWriter) checkPrice(ctx context.Context, code int64, p record.Patch) (record.Item, error) {
	again, err := w.api.Products.Get(ctx, code)
	if err != nil {
		return record.Item{}, err
	}
	now := answeredProduct(again, p.Now, p.Fields)
	sent, kept := p.Fields[record.FieldPrice], amountOf(again.UnitaryValue)
	if !samePrice(sent, kept) {
		return now, refusedBy("PATCH /products", fmt.Sprintf("o preço enviado foi %s e o Auvo guardou %s", sent, kept))
	}
	return now, nil
}

func productOps(fields record.Fields) ([]auvoapi.Op, error) {
	var ops []auvoapi.Op
	for _, name := range fields.Names() {
		value := fields[name]
		switch name {
		case record.FieldName:
			ops = append(ops, auvoapi.Replace("name", value))
		case record.FieldActive:
			ops = append(ops, auvoapi.Replace("active", value == "true"))
		case record.FieldExternalID:
			ops = append(ops, auvoapi.Replace("externalId", value))
		case record.FieldPrice, record.FieldStock:
			amount, err := record.ParseAmount(value)
			if err != nil {
				return nil, err
			}
			ops = append(ops, auvoapi.Replace(map[string]string{record.FieldPrice: "unitaryValue", record.FieldStock: "totalStock"}[name], amount))
		}
	}
	return ops, nil
}

// Check knows what Auvo would refuse of a product.
func (productWriter) Check(d record.Draft) []record.Trouble { return checkTitle(d, 255) }

func checkTitle(d record.Draft, most int) []record.Trouble {
	name, given := d.Fields[record.FieldName]
	switch {
	case record.Runes(name) > most:
		return []record.Trouble{{Field: record.FieldName, Cause: "too-long", Value: name, Limit: most}}
	case name == "" && (given || d.Code != ""):
		return []record.Trouble{{Field: record.FieldName, Cause: "missing-field"}}
	}
	return nil
}
