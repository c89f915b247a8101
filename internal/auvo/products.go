package auvo

import (
	"context"
	"encoding/json"
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

func (s *side) listProducts(ctx context.Context, _ record.Window, page func(record.Page) error) error {
	fetch := func(ctx context.Context, n int) (auvoapi.Page[auvoapi.Product], error) {
		return s.api.Products.List(ctx, auvoapi.ProductFilter{}, n, pageSize)
	}
	return eachPage(ctx, fetch, func(p auvoapi.Product) (record.Item, bool) { return productItem(p), true }, page)
}

// productItem is a product as a record: known by its numeric code, and to tasks
// by its GUID.
func productItem(p auvoapi.Product) record.Item {
	sku := strings.TrimSpace(p.ExternalID)
	i := record.Item{
		Kind: record.Product, Side: record.Auvo, ID: text(p.Code), Title: strings.TrimSpace(p.Name), Code: sku,
		Fields: record.Fields{
			record.FieldName: strings.TrimSpace(p.Name), record.FieldActive: strconv.FormatBool(p.Active),
			record.FieldPrice: amountOf(p.UnitaryValue), record.FieldStock: amountOf(p.TotalStock), record.FieldExternalID: sku,
		},
		Keys: keys(record.Key{Name: record.KeyCode, Value: sku}, record.Key{Name: record.KeySKU, Value: sku}, record.Key{Name: record.KeyGUID, Value: p.ProductID}),
	}
	return rowed(i, p.Row)
}

func amountOf(n decimal.NullDecimal) string {
	if !n.Valid {
		return "0"
	}
	return record.Amount(n.Decimal)
}

type productFinder struct{ *side }

// Find looks products up by numeric code or SKU.
func (f productFinder) Find(ctx context.Context, keys []record.Key, _ record.Near) ([]record.Item, error) {
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

func (f productFinder) find(ctx context.Context, k record.Key) ([]record.Item, error) {
	switch {
	case k.Name == record.KeyID && number(k.Value) != 0:
		p, err := f.api.Products.Get(ctx, number(k.Value))
		return one(p, err, productItem)
	case k.Name == record.KeyCode, k.Name == record.KeySKU:
		return search(ctx, func(ctx context.Context, n int) (auvoapi.Page[auvoapi.Product], error) {
			return f.api.Products.List(ctx, auvoapi.ProductFilter{ExternalID: k.Value}, n, pageSize)
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
	return productItem(made), nil
}

// Update changes members of a product, numbers as JSON numbers, and checks that
// the price which Auvo then answers is the one it was sent.
func (w productWriter) Update(ctx context.Context, p record.Patch) (record.Item, error) {
	ops, err := productOps(p.Fields)
	if err != nil {
		return record.Item{}, refusedBy("PATCH /products", err.Error())
	}
	code := number(p.Now.ID)
	made, err := w.api.Products.Patch(ctx, code, ops)
	if err != nil {
		return record.Item{}, err
	}
	if made.Raw == nil {
		return laid(p), nil
	}
	now := productItem(made)
	price, wrote := p.Fields[record.FieldPrice]
	if !wrote || record.Same(record.FieldPrice, now.Fields[record.FieldPrice], price) {
		return now, nil
	}
	return w.checkPrice(ctx, code, price)
}

func (w productWriter) checkPrice(ctx context.Context, code int64, price string) (record.Item, error) {
	again, err := w.api.Products.Get(ctx, code)
	if err != nil {
		return record.Item{}, err
	}
	now := productItem(again)
	if !record.Same(record.FieldPrice, now.Fields[record.FieldPrice], price) {
		return now, refusedBy("PATCH /products", fmt.Sprintf("o preço enviado foi %s e o Auvo guardou %s", price, now.Fields[record.FieldPrice]))
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

// phonesOf are the telephones of a customer's row.
func phonesOf(raw json.RawMessage) []string {
	var row struct {
		PhoneNumber []string `json:"phoneNumber"`
	}
	if json.Unmarshal(raw, &row) != nil {
		return nil
	}
	return row.PhoneNumber
}
