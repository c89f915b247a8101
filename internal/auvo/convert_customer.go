package auvo

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/record"
)

const byTradeName = "nome_fantasia"

// customerItem is a customer as a record (design.md §1, Customer). Auvo's
// address is one free line, its phone the first of its list.
func (s *side) customerItem(c auvoapi.Customer) record.Item {
	fields := record.Fields{
		record.FieldName:       strings.TrimSpace(c.Name),
		record.FieldDocument:   record.TaxID(c.CpfCnpj),
		record.FieldPhone:      firstPhone(c.PhoneNumber),
		record.FieldEmail:      record.EmailList(c.Email),
		record.FieldAddress:    strings.TrimSpace(c.Address),
		record.FieldComplement: strings.TrimSpace(c.AdressComplement),
		record.FieldActive:     strconv.FormatBool(c.Active),
		record.FieldExternalID: strings.TrimSpace(c.ExternalID),
	}
	if s.opts.Name == byTradeName {
		fields[record.FieldLegalName] = strings.TrimSpace(c.LegalName)
	}
	i := record.Item{
		Kind: record.Customer, Side: record.Auvo, ID: text(c.ID), Fields: fields,
		Facts: map[string]string{record.FactGroups: groupList(c.GroupsID)},
	}
	return rowed(stamped(dressCustomer(i), c.DateLastUpdate), c.Row)
}

// dressCustomer sets what follows from a customer's fields.
func dressCustomer(i record.Item) record.Item {
	f := i.Fields
	i.Title, i.Code = f[record.FieldName], f[record.FieldExternalID]
	i.Keys = record.Keys(
		record.Key{Name: record.KeyCode, Value: i.Code}, record.Key{Name: record.KeyDocument, Value: f[record.FieldDocument]},
		record.Key{Name: record.KeyName, Value: record.Fold(i.Title)},
	)
	facts := map[string]string{}
	maps.Copy(facts, i.Facts)
	delete(facts, record.FactCity)
	if a, ok := record.ParseAddress(f[record.FieldAddress]); ok {
		facts[record.FactCity] = a.CityForm()
	}
	i.Facts = facts
	return i
}

func firstPhone(numbers []string) string {
	if len(numbers) == 0 {
		return ""
	}
	return record.Phone("", numbers[0])
}

func groupList(ids []int64) string {
	var out []string
	for _, id := range slices.Sorted(slices.Values(ids)) {
		if id != 0 {
			out = append(out, text(id))
		}
	}
	return strings.Join(out, ",")
}

func newCustomer(d record.Draft) auvoapi.NewCustomer {
	f := d.Fields
	n := auvoapi.NewCustomer{
		Name: f[record.FieldName], LegalName: f[record.FieldLegalName], ExternalID: d.Code, CpfCnpj: f[record.FieldDocument],
		Email: record.Emails(f[record.FieldEmail]), Address: f[record.FieldAddress], AdressComplement: f[record.FieldComplement],
		Active: f[record.FieldActive] != "false",
	}
	if phone := f[record.FieldPhone]; phone != "" {
		n.PhoneNumber = []string{phone}
	}
	return n
}

// customerOps are the changed members of a customer. The first number of the
// telephones is replaced; the others stay as they are.
func customerOps(now auvoapi.Customer, fields record.Fields) []auvoapi.Op {
	var ops []auvoapi.Op
	for _, name := range fields.Names() {
		value := fields[name]
		switch name {
		case record.FieldName:
			ops = append(ops, auvoapi.Replace("name", value))
		case record.FieldLegalName:
			ops = append(ops, auvoapi.Replace("legalName", value))
		case record.FieldDocument:
			ops = append(ops, auvoapi.Replace("cpfCnpj", value))
		case record.FieldPhone:
			ops = append(ops, auvoapi.Replace("phoneNumber", withFirst(now.PhoneNumber, value)))
		case record.FieldEmail:
			ops = append(ops, auvoapi.Replace("email", emails(value)))
		case record.FieldAddress:
			ops = append(ops, auvoapi.Replace("address", value))
		case record.FieldComplement:
			ops = append(ops, auvoapi.Replace("adressComplement", value))
		case record.FieldActive:
			ops = append(ops, auvoapi.Replace("active", value == "true"))
		case record.FieldExternalID:
			ops = append(ops, auvoapi.Replace("externalId", value))
		}
	}
	return ops
}

func emails(list string) []string {
	if all := record.Emails(list); all != nil {
		return all
	}
	return []string{}
}

func withFirst(numbers []string, first string) []string {
	rest := slices.Clone(numbers[min(1, len(numbers)):])
	if first == "" {
		return append([]string{}, rest...)
	}
	return append([]string{first}, rest...)
}

// phonesOf are the telephones of a customer's row. A lone text is one number,
// and what is neither text nor number is left out.
func phonesOf(raw json.RawMessage) []string {
	var row struct {
		PhoneNumber any `json:"phoneNumber"`
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&row) != nil {
		return nil
	}
	all, isList := row.PhoneNumber.([]any)
	if !isList {
		all = []any{row.PhoneNumber}
	}
	var out []string
	for _, one := range all {
		switch n := one.(type) {
		case string:
			if strings.TrimSpace(n) != "" {
				out = append(out, n)
			}
		case json.Number:
			out = append(out, n.String())
		}
	}
	return out
}
