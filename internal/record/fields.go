package record

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Fields are the mapped fields of a record by name, each in one canonical
// form. An absent field is one that the side does not hold or did not say; ""
// is a field that is empty.
//
//	name        text, trimmed
//	legal_name  text, trimmed (only with name: nome_fantasia)
//	document    CPF/CNPJ: letters and digits (TaxID)
//	phone       digits with DDD (Phone)
//	email       comma list (EmailList)
//	address     one line (Address.Line); Omie's parts composed, Auvo's line as it is
//	complement  text, trimmed
//	active      "true" or "false"
//	external_id the other side's key as Auvo stores it
//	price       decimal (Amount)
//	stock       decimal (Amount)
//
// Orders have customer, forecast (yyyy-mm-dd), notes (Ponte's own lines),
// services and products (OrderLines as JSON).
type Fields map[string]string

// Values are what the two sides hold of one field.
type Values struct {
	Auvo string `json:"auvo"`
	Omie string `json:"omie"`
}

// On returns a side's value.
func (v Values) On(s Side) string {
	if s == Auvo {
		return v.Auvo
	}
	return v.Omie
}

// Field names, as plan, explain and resolve --field show them.
const (
	FieldName       = "name"
	FieldLegalName  = "legal_name"
	FieldDocument   = "document"
	FieldPhone      = "phone"
	FieldEmail      = "email"
	FieldAddress    = "address"
	FieldComplement = "complement"
	FieldActive     = "active"
	FieldExternalID = "external_id"
	FieldPrice      = "price"
	FieldStock      = "stock"

	FieldCustomer = "customer"
	FieldForecast = "forecast"
	FieldNotes    = "notes"
	FieldServices = "services"
	FieldProducts = "products"
)

// Names returns the field names, sorted.
func (f Fields) Names() []string { return slices.Sorted(maps.Keys(f)) }

// With returns a copy of f in which g's fields replace its own.
func (f Fields) With(g Fields) Fields {
	out := make(Fields, len(f)+len(g))
	maps.Copy(out, f)
	maps.Copy(out, g)
	return out
}

// Fingerprint returns a digest of everything that decisions look at: fields,
// code, keys, facts, source and order. Two items with one fingerprint need no
// new decision.
func (i Item) Fingerprint() string {
	i.Version, i.Raw = "", nil
	i.Changed = time.Time{}
	i.Keys = slices.Clone(i.Keys)
	slices.SortFunc(i.Keys, func(a, b Key) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
	if i.Source != nil {
		s := *i.Source
		s.Changed = time.Time{}
		i.Source = &s
	}
	return Digest(i)
}

// Digest returns a short digest of v's JSON form, whose maps are sorted.
func Digest(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("record: digest of %T: %v", v, err)) // our own types always marshal
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}
