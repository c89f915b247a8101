package auvo

import (
	"encoding/json"
	"maps"
	"strings"

	"github.com/govalues/decimal"

	"ponte/internal/call"
	"ponte/internal/record"
)

// The members in which answers hold a field, in lower case. What answers to
// writes contain is documented by example only (docs/apis/auvo.md, Writing).
var (
	customerMembers = map[string][]string{
		record.FieldName: {"name", "description"}, record.FieldDocument: {"cpfcnpj"}, record.FieldPhone: {"phonenumber"}, record.FieldEmail: {"email"},
		record.FieldAddress: {"address"}, record.FieldComplement: {"adresscomplement", "addresscomplement"}, record.FieldActive: {"active"},
		record.FieldExternalID: {"externalid"}, record.FieldLegalName: {"legalname"},
	}
	productMembers = map[string][]string{
		record.FieldName: {"name"}, record.FieldActive: {"active"}, record.FieldPrice: {"unitaryvalue"}, record.FieldStock: {"totalstock"},
		record.FieldExternalID: {"externalid"},
	}
	serviceMembers = map[string][]string{
		record.FieldName: {"title", "name"}, record.FieldActive: {"active"}, record.FieldPrice: {"price"}, record.FieldExternalID: {"externalcode"},
	}
)

// completed fills in what the answer to a write leaves out, from what was
// written over what was known before. Where anything was left out the row stays
// the one that was read last, since it is the fuller of the two.
func completed(answer record.Item, members map[string][]string, was record.Item, wrote record.Fields) record.Item {
	said := memberNames(answer.Raw)
	known := was.Fields.With(wrote)
	lacking := false
	answer.Fields = maps.Clone(answer.Fields)
	for field, names := range members {
		value, held := known[field]
		if !said.any(names) && held {
			answer.Fields[field], lacking = value, true
		}
	}
	if lacking && len(was.Raw) > 0 {
		answer.Raw = was.Raw
	}
	return answer
}

// laid is a record with the written fields over what it was, for a write that
// was answered without a body.
func laid(p record.Patch) record.Item {
	i := p.Now
	i.Fields = i.Fields.With(p.Fields)
	return i
}

type nameSet map[string]bool

func (s nameSet) any(names []string) bool {
	for _, name := range names {
		if s[name] {
			return true
		}
	}
	return false
}

// memberNames are the names of an answer's members, in lower case.
func memberNames(raw json.RawMessage) nameSet {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil
	}
	names := nameSet{}
	for name := range members {
		names[strings.ToLower(name)] = true
	}
	return names
}

// samePrice tells whether an answer shows the price that was sent. Auvo's texts
// have two decimals (docs/apis/auvo.md, Products), so that a price with more is
// seen to within a cent.
func samePrice(sent, shown string) bool {
	a, errA := record.ParseAmount(sent)
	b, errB := record.ParseAmount(shown)
	if errA != nil || errB != nil {
		return false
	}
	if a.Equal(b) {
		return true
	}
	gap, err := a.Sub(b)
	return err == nil && a.Trim(0).Scale() > 2 && gap.Abs().Less(decimal.MustNew(1, 2))
}

// withPrice keeps the price that was sent where the answer shows it rounded.
func withPrice(i record.Item, wrote record.Fields) record.Item {
	if sent, ok := wrote[record.FieldPrice]; ok && samePrice(sent, i.Fields[record.FieldPrice]) {
		i.Fields = i.Fields.With(record.Fields{record.FieldPrice: sent})
	}
	return i
}

// refusedBy is an answer that took a value and kept another.
func refusedBy(op, why string) error {
	return &call.Error{Side: "auvo", Op: op, Reaction: call.WaitForPerson, Cause: "refused", Text: why}
}
