package auvoapi

import (
	"context"

	"github.com/govalues/decimal"
)

// Products is /products (docs/apis/auvo.md, Products). It has no dates: what
// changed is found by comparing whole lists.
type Products struct{ c *Client }

// A Product has two ids: Code, a number, in paths and quotations, and
// ProductID, a GUID, in tasks.
type Product struct {
	Row
	Code         int64
	ProductID    string
	ExternalID   string
	Name         string
	Description  string
	CategoryID   int64
	UnitaryValue decimal.NullDecimal // the price
	UnitaryCost  decimal.NullDecimal
	MinimumStock decimal.NullDecimal
	TotalStock   decimal.NullDecimal
	Active       bool // true when the answer does not say
}

// A ProductFilter chooses products; zero members choose all.
type ProductFilter struct {
	ExternalID string `json:"externalId,omitempty"`
	Name       string `json:"name,omitempty"`
	Active     *bool  `json:"active,omitempty"`
}

// A NewProduct is what POST /products takes. It carries no price, because a POST
// stored ten times the price it was sent: PATCH unitaryValue afterwards and
// check the answer. A stock may go along only when it is whole, for the same
// reason.
type NewProduct struct {
	Name        string `json:"name"`
	Description string `json:"description"` // live clients always send one
	ExternalID  string `json:"externalId,omitempty"`
	CategoryID  int64  `json:"categoryId,omitempty"`
	TotalStock  *int64 `json:"totalStock,omitempty"`
	Active      bool   `json:"active"`
}

// List returns one page of products.
func (s Products) List(ctx context.Context, f ProductFilter, page, pageSize int) (Page[Product], error) {
	return list(ctx, s.c, "/products", f, page, pageSize, readProduct)
}

// Get returns the product with that Code; Gone when there is none.
func (s Products) Get(ctx context.Context, code int64) (Product, error) {
	return get(ctx, s.c, byID("/products", code), readProduct)
}

// Create makes a product without prices, once. An unclear failure is looked up
// by ExternalID.
func (s Products) Create(ctx context.Context, n NewProduct) (Product, error) {
	return create(ctx, s.c, "/products", n, readProduct, func(p Product) bool { return p.Code != 0 })
}

// Patch changes members of a product: externalId, name, description,
// unitaryValue, totalStock, active and others.
func (s Products) Patch(ctx context.Context, code int64, ops []Op) (Product, error) {
	return patch(ctx, s.c, byID("/products", code), ops, readProduct)
}

func readProduct(o *object) Product {
	p := Product{
		Code:         o.key("code", "id"),
		ProductID:    o.text("productId"),
		ExternalID:   o.text("externalId"),
		Name:         o.text("name"),
		Description:  o.text("description"),
		CategoryID:   o.id("categoryId"),
		UnitaryValue: o.number("unitaryValue"),
		UnitaryCost:  o.number("unitaryCost"),
		MinimumStock: o.number("minimumStock"),
		TotalStock:   o.number("totalStock"),
		Active:       o.flag(true, "active"),
	}
	p.Row = o.row()
	return p
}
