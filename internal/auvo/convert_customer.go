package auvo

import (
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
		Kind: record.Customer, Side: record.Auvo, ID: text(c.ID), Title: fields[record.FieldName], Code: fields[record.FieldExternalID], Fields: fields,
		Facts: map[string]string{record.FactGroups: groupList(c.GroupsID)},
	}
	if a, ok := record.ParseAddress(c.Address); ok {
		i.Facts[record.FactCity] = a.CityForm()
	}
	i.Keys = keys(record.Key{Name: record.KeyCode, Value: i.Code}, record.Key{Name: record.KeyDocument, Value: fields[record.FieldDocument]},
		record.Key{Name: record.KeyName, Value: record.Fold(fields[record.FieldName])})
	return rowed(stamped(i, c.DateLastUpdate), c.Row)
}

func firstPhone(numbers []string) string {
	if len(numbers) == 0 {
		return ""
	}
	ddd, number, _ := record.SplitPhone(numbers[0])
	return record.Phone(ddd, number)
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
