package omie

import (
	"context"
	"strconv"

	"ponte/internal/call"
	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

func (s *side) customers() *record.Access {
	return &record.Access{
		Feeds: []record.Feed{{Name: "customers", Cycle: true, Windowed: true, List: s.listCustomers}},
		Find:  customerFinder{s}, Write: customerWriter{s},
	}
}

func (s *side) listCustomers(ctx context.Context, w record.Window, page func(record.Page) error) error {
	fetch := func(ctx context.Context, p omieapi.Paginacao) (omieapi.Lista[omieapi.Cliente], error) {
		return s.api.ListarClientes(ctx, omieapi.ListarClientesParam{Paginacao: p, Janela: windowOf(w)})
	}
	return eachPage(ctx, fetch, func(c omieapi.Cliente) (record.Item, bool) {
		i := s.customerItem(c)
		return i, within(w, i.Changed)
	}, page)
}

// windowOf is a window of changes with both ends; none for a whole read.
func windowOf(w record.Window) omieapi.Janela {
	if w.Since.IsZero() {
		return omieapi.Janela{}
	}
	return omieapi.NovaJanela(w.Since, w.Until)
}

type customerFinder struct{ *side }

// Find looks customers up by id or integration code in one list call that also
// carries a record known to exist, so that it does not fault.
func (f customerFinder) Find(ctx context.Context, keys []record.Key, near record.Near) ([]record.Item, error) {
	wanted := map[record.Key]bool{}
	var ask []omieapi.ClienteChave
	for _, k := range keys {
		wanted[k] = true
		switch k.Name {
		case record.KeyID:
			ask = append(ask, omieapi.ClienteChave{CodigoClienteOmie: number(k.Value)})
		case record.KeyCode:
			ask = append(ask, omieapi.ClienteChave{CodigoClienteIntegracao: k.Value})
		default:
			return nil, record.ErrNoLookup
		}
	}
	if known := number(near.KnownID); known != 0 {
		ask = append(ask, omieapi.ClienteChave{CodigoClienteOmie: known})
	}
	list, err := f.api.ListarClientes(ctx, omieapi.ListarClientesParam{Paginacao: omieapi.Paginacao{Pagina: 1, PorPagina: f.turningSize()}, PorCodigo: ask})
	return found(list, err, f.customerItem, wanted)
}

// found picks the rows that were asked for.
func found[T any](list omieapi.Lista[T], err error, convert func(T) record.Item, wanted map[record.Key]bool) ([]record.Item, error) {
	if r := call.ReactionOf(err); r == call.Empty || r == call.Gone {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []record.Item
	for _, row := range list.Itens {
		i := convert(row)
		if isWanted(i, wanted) {
			out = append(out, i)
		}
	}
	return out, nil
}

func isWanted(i record.Item, wanted map[record.Key]bool) bool {
	if wanted[record.Key{Name: record.KeyID, Value: i.ID}] || wanted[record.Key{Name: record.KeyCode, Value: i.Code}] {
		return true
	}
	for _, k := range i.Keys {
		if wanted[k] {
			return true
		}
	}
	return false
}

// turningSize is a page size from 96 to 100, another one each time: a read that
// is like one of the last minute would have to wait (docs/apis/omie.md §2.1).
func (s *side) turningSize() int { return 96 + int(s.scan.Add(1)%5) }

type customerWriter struct{ *side }

// Create makes a customer under its integration code.
func (w customerWriter) Create(ctx context.Context, d record.Draft) (record.Item, error) {
	novo := w.newCustomer(d)
	made, err := w.api.IncluirCliente(ctx, novo)
	if err != nil {
		return record.Item{}, err
	}
	return w.madeCustomer(novo, made)
}

// Update sends the whole merged record, from the row as it was last listed, by
// its codigo_cliente_omie alone (design.md §7).
func (w customerWriter) Update(ctx context.Context, p record.Patch) (record.Item, error) {
	members, err := omieapi.RegistroParaAlterar(p.Now.Raw)
	if err != nil {
		return record.Item{}, &call.Error{Side: "omie", Op: "AlterarCliente", Reaction: call.GiveUp, Err: err}
	}
	w.setCustomer(members, p.Fields)
	if _, err := w.api.AlterarCliente(ctx, members); err != nil {
		return record.Item{}, err
	}
	now, err := w.customerFrom(members)
	now.Code = p.Now.Code // not among what is sent
	now.Keys = append(now.Keys, keys(record.Key{Name: record.KeyCode, Value: now.Code})...)
	return now, err
}

// Check knows what Omie would refuse of a customer (docs/apis/omie.md §3.3).
func (w customerWriter) Check(d record.Draft) []record.Trouble {
	var out []record.Trouble
	f := d.Fields
	limits := []struct {
		field string
		most  int
	}{{record.FieldName, 60}, {record.FieldLegalName, 60}, {record.FieldEmail, 500}, {record.FieldComplement, 60}}
	if w.opts.Name == byTradeName && f[record.FieldLegalName] != "" {
		limits[0].most = 100
	}
	for _, l := range limits {
		if v := f[l.field]; record.Runes(v) > l.most {
			out = append(out, record.Trouble{Field: l.field, Cause: "too-long", Value: v, Limit: l.most})
		}
	}
	if name, given := f[record.FieldName]; name == "" && (given || d.Code != "") {
		out = append(out, record.Trouble{Field: record.FieldName, Cause: "missing-field"})
	}
	if doc := f[record.FieldDocument]; doc != "" && !record.ValidTaxID(doc) {
		out = append(out, record.Trouble{Field: record.FieldDocument, Cause: "invalid-document", Value: doc})
	}
	return append(out, checkContact(f)...)
}

func checkContact(f record.Fields) []record.Trouble {
	var out []record.Trouble
	if phone := f[record.FieldPhone]; phone != "" {
		if _, number, ok := record.SplitPhone(phone); !ok && len(number) > 15 {
			out = append(out, record.Trouble{Field: record.FieldPhone, Cause: "too-long", Value: phone, Limit: 15})
		}
	}
	line := f[record.FieldAddress]
	if line == "" {
		return out
	}
	a, ok := record.ParseAddress(line)
	if !ok {
		return append(out, record.Trouble{Field: record.FieldAddress, Cause: "unreadable-address", Value: line})
	}
	if part, fits := a.Fits(); !fits {
		out = append(out, record.Trouble{Field: record.FieldAddress, Cause: "too-long", Value: line, Limit: limitOf(part)})
	}
	return out
}

// limitOf is how long a part of an address may be.
func limitOf(part string) int {
	n, ok := map[string]int{"street": 60, "number": 10, "district": 60, "city": 40, "zip": 10}[part]
	if !ok {
		return 60
	}
	return n
}

func orderNumber(text string) string {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return text
	}
	return strconv.FormatInt(n, 10)
}
