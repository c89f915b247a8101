// Package record holds what crosses between the two sides, and what a side
// must offer so that the engine can work with it. It knows no vendor.
//
// # Glossary
//
//	customer       Auvo cliente; Omie cliente (one table with suppliers and carriers)
//	product        Auvo produto; Omie produto, known to people by its SKU (codigo)
//	service        Auvo serviço; Omie serviço of the catalogue
//	task           Auvo tarefa: one visit by one technician
//	quotation      Auvo orçamento
//	service order  Omie ordem de serviço (OS)
//	sales order    Omie pedido de venda
//	item           what one side holds of one record, as it was last read
//	link           an Auvo record and an Omie record that are the same, with what both last agreed
//	source         a task or a quotation: what an order is made from
//	code           the key under which a record is made on the other side: exists once
//	external id    what Auvo stores of Omie's key: a customer's codigo_cliente_omie, a product's SKU, a service's nCodServ
//
// Values are canonical strings per field (see Fields), so that they can be
// compared, stored and shown without knowing the kind.
package record

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"
	"time"
)

// A Side is one of the two systems.
type Side string

// The two sides.
const (
	Auvo Side = "auvo"
	Omie Side = "omie"
)

// Other returns the other side.
func (s Side) Other() Side {
	if s == Auvo {
		return Omie
	}
	return Auvo
}

// Title returns the side's name for people.
func (s Side) Title() string {
	if s == Auvo {
		return "Auvo"
	}
	return "Omie"
}

// A Kind is a kind of record. Kind names are stored; they are forever.
type Kind string

// The kinds.
const (
	Customer     Kind = "customer"
	Product      Kind = "product"
	Service      Kind = "service"
	Task         Kind = "task"
	Quotation    Kind = "quotation"
	ServiceOrder Kind = "service-order"
	SalesOrder   Kind = "sales-order"
)

// Kinds are all kinds.
var Kinds = []Kind{Customer, Product, Service, Task, Quotation, ServiceOrder, SalesOrder}

// A Ref names a record.
type Ref struct {
	Kind Kind   `json:"kind"`
	Side Side   `json:"side"`
	ID   string `json:"id"`
}

// String returns the form that commands use: "task:812", "customer:omie:7000000001".
func (r Ref) String() string {
	switch r.Kind {
	case Task, Quotation:
		return string(r.Kind) + ":" + r.ID
	}
	return string(r.Kind) + ":" + string(r.Side) + ":" + r.ID
}

// An Item is what one side holds of one record, as it was last read.
type Item struct {
	Kind  Kind   `json:"kind"`
	Side  Side   `json:"side"`
	ID    string `json:"id"`    // the side's own id
	Title string `json:"title"` // what people know it by: a name, "Tarefa 812", "Pedido 101"

	// Code is the other side's key as this side stores it: Auvo's externalId or
	// externalCode; Omie's integration code. "" when unset.
	Code string `json:"code,omitempty"`

	// Version is the vendor's stamp of the last change, opaque: equal means
	// unchanged. "" when the vendor has none or did not say.
	Version string `json:"version,omitempty"`
	// Changed is when the vendor says the record last changed; zero when it does not say.
	Changed time.Time `json:"changed,omitzero"`

	Fields Fields            `json:"fields,omitempty"` // the mapped fields, canonical
	Keys   []Key             `json:"keys,omitempty"`   // what it may be matched and found by
	Facts  map[string]string `json:"facts,omitempty"`  // what rules look at and nobody mirrors (see Fact…)
	Source *Source           `json:"source,omitempty"` // tasks and quotations
	Order  *Order            `json:"order,omitempty"`  // service orders and sales orders

	Mentions []Mention `json:"mentions,omitempty"` // orders that Ponte did not make: the tasks and quotations that they name

	// Raw is the vendor's row as it came, for merging a whole record and for explain.
	Raw json.RawMessage `json:"-"`

	// Never says, in Portuguese, why this record never crosses; "" when it may.
	Never string `json:"never,omitempty"`
}

// Ref names the item.
func (i Item) Ref() Ref { return Ref{i.Kind, i.Side, i.ID} }

// Fact returns the named fact, "" when unknown.
func (i Item) Fact(name string) string { return i.Facts[name] }

// WithFact returns the item with one fact set; the item's own facts stay as they are.
func (i Item) WithFact(name, value string) Item {
	facts := maps.Clone(i.Facts)
	if facts == nil {
		facts = map[string]string{}
	}
	facts[name] = value
	i.Facts = facts
	return i
}

// Key returns the value of the item's first key named name, "" when it has none.
func (i Item) Key(name string) string {
	for _, k := range i.Keys {
		if k.Name == name {
			return k.Value
		}
	}
	return ""
}

// Facts that rules look at. Lists are comma-separated.
const (
	FactTags      = "tags"      // Omie customer: its tags, comma-separated
	FactGroups    = "groups"    // Auvo customer: its group ids, comma-separated
	FactCity      = "city"      // customer: city as "NOME (UF)", "" unknown
	FactBilled    = "billed"    // order: "true" when billed
	FactCancelled = "cancelled" // order: "true" when cancelled
	FactStage     = "stage"     // order: its stage
	FactMade      = "made"      // order with mentions: the day on which it was made, yyyy-mm-dd
	FactTotal     = "total"     // order with mentions: its total as Omie states it (Amount)
	FactNumber    = "number"    // order: the number that people know it by
	FactInactive  = "inactive"  // product, service: "true" when it may not be used
	FactErased    = "erased"    // "true" when its customer was erased (LGPD): what is left of the record
	FactPartial   = "partial"   // source: "true" when its list row lacks members; read it by id before deciding
	FactProblem   = "problem"   // what of the vendor's row did not read; such a record waits
)

// A Key is a way to find or match a record.
type Key struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Keys are the keys that have a value.
func Keys(all ...Key) []Key {
	var out []Key
	for _, k := range all {
		if k.Value != "" {
			out = append(out, k)
		}
	}
	return out
}

// Number reads an id of ours that is a number to its vendor; 0 when it is none.
func Number(id string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(id), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// The keys.
const (
	KeyID       = "id"       // the side's own id
	KeyCode     = "code"     // see Item.Code
	KeyDocument = "document" // CPF/CNPJ, letters and digits
	KeyName     = "name"     // normalised name of a customer, folded
	KeySKU      = "sku"      // Omie codigo; Auvo product externalId
	KeyTitle    = "title"    // normalised title of a service, folded
	KeyGUID     = "guid"     // Auvo: the GUID by which a task item names a product
	KeyCustomer = "customer" // source: its customer's Auvo id
	KeyTask     = "task"     // quotation: a task that it names
	KeyMention  = "mention"  // order that Ponte did not make: what it mentions (Mention.Of)
)
