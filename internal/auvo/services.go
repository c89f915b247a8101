package auvo

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/govalues/decimal"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/record"
)

func (s *side) services() *record.Access {
	return &record.Access{
		Feeds: []record.Feed{{Name: "services", List: s.listServices}},
		Find:  serviceFinder{s}, Write: serviceWriter{s},
	}
}

func (s *side) listServices(ctx context.Context, w record.Window, page func(record.Page) error) error {
	fetch := func(ctx context.Context, n int) (auvoapi.Page[auvoapi.Service], error) {
		return s.api.Services.List(ctx, auvoapi.ServiceFilter{}, n, pageSize)
	}
	return eachPage(ctx, w.After, fetch, func(v auvoapi.Service) (record.Item, bool) { return serviceItem(v), true }, page)
}

// serviceItem is a service as a record. An account whose Auvo keeps no
// externalCode is linked by our own table: the field is then not held.
func serviceItem(v auvoapi.Service) record.Item {
	i := record.Item{
		Kind: record.Service, Side: record.Auvo, ID: v.ID,
		Fields: record.Fields{
			record.FieldName: strings.TrimSpace(v.Title), record.FieldActive: strconv.FormatBool(v.Active), record.FieldPrice: amountOf(v.Price),
		},
	}
	if keepsExternalCode(v.Raw) {
		i.Fields[record.FieldExternalID] = strings.TrimSpace(v.ExternalCode)
	}
	return rowed(dressService(i), v.Row)
}

// dressService sets what follows from a service's fields.
func dressService(i record.Item) record.Item {
	i.Title, i.Code = i.Fields[record.FieldName], i.Fields[record.FieldExternalID]
	i.Keys = record.Keys(record.Key{Name: record.KeyCode, Value: i.Code}, record.Key{Name: record.KeyTitle, Value: record.FoldTitle(i.Title)})
	return i
}

// answeredService is a service as the answer to a write shows it.
func answeredService(v auvoapi.Service, was record.Item, wrote record.Fields) record.Item {
	return dressService(withPrice(completed(serviceItem(v), serviceMembers, was, wrote), wrote))
}

func keepsExternalCode(raw json.RawMessage) bool { return memberNames(raw)["externalcode"] }

type serviceFinder struct{ *side }

// Find looks services up by GUID, external code or title.
func (f serviceFinder) Find(ctx context.Context, keys []record.Key, near record.Near) ([]record.Item, error) {
	return findEach(ctx, keys, near, f.find)
}

func (f serviceFinder) find(ctx context.Context, k record.Key) ([]record.Item, error) {
	switch k.Name {
	case record.KeyID:
		v, err := f.api.Services.Get(ctx, k.Value)
		return one(v, err, serviceItem)
	case record.KeyCode:
		return f.findByCode(ctx, k.Value)
	case record.KeyTitle:
		return f.search(ctx, func(v record.Item) bool { return v.Key(record.KeyTitle) == k.Value })
	}
	return nil, record.ErrNoLookup
}

// findByCode proves nothing by finding nothing in an account that keeps no
// external codes.
func (f serviceFinder) findByCode(ctx context.Context, code string) ([]record.Item, error) {
	codeless := false
	found, err := f.search(ctx, func(v record.Item) bool {
		_, kept := v.Fields[record.FieldExternalID]
		codeless = codeless || !kept
		return v.Code == code
	})
	if err == nil && len(found) == 0 && codeless {
		return nil, record.ErrNoLookup
	}
	return found, err
}

// search reads the list without a filter: there are few services, a title's case
// and accents are lost in its key, and an answer without rows would hide whether
// the account keeps external codes.
func (f serviceFinder) search(ctx context.Context, match func(record.Item) bool) ([]record.Item, error) {
	return search(ctx, func(ctx context.Context, n int) (auvoapi.Page[auvoapi.Service], error) {
		return f.api.Services.List(ctx, auvoapi.ServiceFilter{}, n, pageSize)
	}, serviceItem, match)
}

type serviceWriter struct{ *side }

// Create makes a service under its external code.
func (w serviceWriter) Create(ctx context.Context, d record.Draft) (record.Item, error) {
	title := d.Fields[record.FieldName]
	n := auvoapi.NewService{Title: title, Description: title, ExternalCode: d.Code, Active: true}
	if price, err := record.ParseAmount(d.Fields[record.FieldPrice]); err == nil {
		n.Price = decimal.NullDecimal{Decimal: price, Valid: true}
	}
	made, err := w.api.Services.Create(ctx, n)
	if err != nil {
		return record.Item{}, err
	}
	return answeredService(made, record.Item{}, d.Fields), nil
}

// Update changes members of a service.
func (w serviceWriter) Update(ctx context.Context, p record.Patch) (record.Item, error) {
	var ops []auvoapi.Op
	for _, name := range p.Fields.Names() {
		value := p.Fields[name]
		switch name {
		case record.FieldName:
			ops = append(ops, auvoapi.Replace("title", value))
		case record.FieldActive: // of no rule: only an undo writes it
			ops = append(ops, auvoapi.Replace("active", value == "true"))
		case record.FieldExternalID:
			ops = append(ops, auvoapi.Replace("externalCode", value))
		case record.FieldPrice:
			amount, err := record.ParseAmount(value)
			if err != nil {
				return record.Item{}, refusedBy("PATCH /services", err.Error())
			}
			ops = append(ops, auvoapi.Replace("price", amount))
		}
	}
	now, err := w.api.Services.Patch(ctx, p.Now.ID, ops)
	if err != nil {
		return record.Item{}, err
	}
	if now.Raw == nil {
		return dressService(laid(p)), nil
	}
	return answeredService(now, p.Now, p.Fields), nil
}

// Check knows what Auvo would refuse of a service.
func (serviceWriter) Check(d record.Draft) []record.Trouble { return checkTitle(d, 255) }
