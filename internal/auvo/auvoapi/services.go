package auvoapi

import (
	"context"
	"encoding/json"

	"github.com/govalues/decimal"
)

// Services is /services (docs/apis/auvo.md, Services). It has no dates.
type Services struct{ c *Client }

// A Service is one of the account's catalogue. Its key of ours is ExternalCode,
// which old accounts may not keep.
type Service struct {
	Row
	ID           string // a GUID
	Title        string
	Description  string
	Price        decimal.NullDecimal
	Active       bool // true when the answer does not say
	ExternalCode string
}

// A ServiceFilter chooses services; zero members choose all.
type ServiceFilter struct {
	Title        string `json:"title,omitempty"`
	ExternalCode string `json:"externalCode,omitempty"`
	Active       *bool  `json:"active,omitempty"`
}

// A NewService is what POST /services takes. Price goes as a JSON number; that
// POST reads it right was seen once and not re-checked, so check the answer.
type NewService struct {
	Title        string
	Description  string
	Price        decimal.NullDecimal
	ExternalCode string // must be unique
	Active       bool
}

// MarshalJSON writes the price as a number.
func (n NewService) MarshalJSON() ([]byte, error) {
	body := map[string]any{"title": n.Title, "active": n.Active}
	if n.Description != "" {
		body["description"] = n.Description
	}
	if n.ExternalCode != "" {
		body["externalCode"] = n.ExternalCode
	}
	if n.Price.Valid {
		body["price"] = jsonNumber(n.Price.Decimal)
	}
	return json.Marshal(body)
}

// List returns one page of services; an account without any answers Empty.
func (s Services) List(ctx context.Context, f ServiceFilter, page, pageSize int) (Page[Service], error) {
	return list(ctx, s.c, "/services", f, page, pageSize, readService)
}

// Get returns one service; Gone when there is none.
func (s Services) Get(ctx context.Context, id string) (Service, error) {
	return get(ctx, s.c, byID("/services", id), readService)
}

// Create makes a service, once. An unclear failure is looked up by ExternalCode.
func (s Services) Create(ctx context.Context, n NewService) (Service, error) {
	return create(ctx, s.c, "/services", n, readService, func(s Service) bool { return s.ID != "" })
}

// Patch changes members of a service: title, description, price, externalCode, active.
func (s Services) Patch(ctx context.Context, id string, ops []Op) (Service, error) {
	return patch(ctx, s.c, byID("/services", id), ops, readService)
}

func readService(o *object) Service {
	s := Service{
		ID:           o.text("id", "serviceId"),
		Title:        o.text("title", "name"),
		Description:  o.text("description"),
		Price:        o.number("price"),
		Active:       o.flag(true, "active"),
		ExternalCode: o.text("externalCode"),
	}
	if s.ID == "" {
		o.note("id", "is missing")
	}
	s.Row = o.row()
	return s
}
