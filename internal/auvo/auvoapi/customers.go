package auvoapi

import (
	"context"
	"time"
)

// Customers is /customers (docs/apis/auvo.md, Customers).
type Customers struct{ c *Client }

// A Customer is a client of the account. Auvo names it in "name" or "description".
type Customer struct {
	Row
	ID               int64
	ExternalID       string
	Name             string
	LegalName        string
	CpfCnpj          string
	PhoneNumber      []string
	Email            []string
	Address          string // one free line
	AdressComplement string // Auvo's spelling
	GroupsID         []int64
	Active           bool // true when the answer does not say
	CreationDate     time.Time
	DateLastUpdate   time.Time
}

// A CustomerFilter chooses customers; zero members choose all. That
// dateLastUpdate works is unverified: filter the answer again.
type CustomerFilter struct {
	ExternalID     string
	CpfCnpj        string
	Active         *bool
	DateLastUpdate time.Time // changed at or after
}

// A NewCustomer is what POST /customers takes.
type NewCustomer struct {
	Name             string   `json:"name"`
	LegalName        string   `json:"legalName,omitempty"`
	ExternalID       string   `json:"externalId,omitempty"`
	CpfCnpj          string   `json:"cpfCnpj,omitempty"`
	PhoneNumber      []string `json:"phoneNumber,omitempty"`
	Email            []string `json:"email,omitempty"`
	Address          string   `json:"address,omitempty"`
	AdressComplement string   `json:"adressComplement,omitempty"`
	GroupsID         []int64  `json:"groupsId,omitempty"`
	Active           bool     `json:"active"` // always sent: the default is not documented
}

// List returns one page of customers, inactive ones too.
func (s Customers) List(ctx context.Context, f CustomerFilter, page, pageSize int) (Page[Customer], error) {
	filter := struct {
		ExternalID     string `json:"externalId,omitempty"`
		CpfCnpj        string `json:"cpfCnpj,omitempty"`
		Active         *bool  `json:"active,omitempty"`
		DateLastUpdate moment `json:"dateLastUpdate,omitzero"`
	}{f.ExternalID, f.CpfCnpj, f.Active, moment(f.DateLastUpdate)}
	return list(ctx, s.c, "/customers", filter, page, pageSize, readCustomer)
}

// Get returns one customer; Gone when there is none.
func (s Customers) Get(ctx context.Context, id int64) (Customer, error) {
	return get(ctx, s.c, byID("/customers", id), readCustomer)
}

// Create makes a customer, once: duplicates are believed to be accepted, so look
// before. An unclear failure is looked up by ExternalID or CpfCnpj.
func (s Customers) Create(ctx context.Context, n NewCustomer) (Customer, error) {
	return create(ctx, s.c, "/customers", n, readCustomer, func(c Customer) bool { return c.ID != 0 })
}

// Patch changes members of a customer. The name's path is "name".
func (s Customers) Patch(ctx context.Context, id int64, ops []Op) (Customer, error) {
	return patch(ctx, s.c, byID("/customers", id), ops, readCustomer)
}

func readCustomer(o *object) Customer {
	c := Customer{
		ID:               o.key("id", "customerId"),
		ExternalID:       o.text("externalId"),
		Name:             o.text("name", "description"),
		LegalName:        o.text("legalName"),
		CpfCnpj:          o.text("cpfCnpj"),
		PhoneNumber:      o.strings("phoneNumber"),
		Email:            o.strings("email"),
		Address:          o.text("address"),
		AdressComplement: o.text("adressComplement", "addressComplement"),
		GroupsID:         o.ids("groupsId"),
		Active:           o.flag(true, "active"),
		CreationDate:     o.date("creationDate"),
		DateLastUpdate:   o.date("dateLastUpdate"),
	}
	c.Row = o.row()
	return c
}
