package omie

import (
	"context"

	"ponte/internal/call"
	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

func (s *side) customers() *record.Access {
	return &record.Access{
		Feeds: []record.Feed{{Name: "customers", Cycle: true, Windowed: true, Hooked: true, List: s.listCustomers}},
		Find:  customerFinder{s}, Write: customerWriter{s}, Whole: true,
	}
}

func (s *side) listCustomers(ctx context.Context, w record.Window, page func(record.Page) error) error {
	fetch := func(ctx context.Context, p omieapi.Paginacao) (omieapi.Lista[omieapi.Cliente], error) {
		return s.api.ListarClientes(ctx, omieapi.ListarClientesParam{Paginacao: p, Janela: windowOf(w)})
	}
	return eachPage(ctx, s.from(w), fetch, func(c omieapi.Cliente) (record.Item, bool) {
		i := s.customerItem(c)
		return i, w.Holds(i.Changed)
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

// Find looks customers up by id or integration code.
func (f customerFinder) Find(ctx context.Context, keys []record.Key, near record.Near) ([]record.Item, error) {
	return lookUp(ctx, keys, near, customerKey, func(ctx context.Context, ask []omieapi.ClienteChave) (omieapi.Lista[omieapi.Cliente], error) {
		return f.api.ListarClientes(ctx, omieapi.ListarClientesParam{Paginacao: f.turned(), PorCodigo: ask})
	}, f.customerItem)
}

func customerKey(k record.Key) (omieapi.ClienteChave, error) {
	switch k.Name {
	case record.KeyID:
		return omieapi.ClienteChave{CodigoClienteOmie: record.Number(k.Value)}, nil
	case record.KeyCode:
		return omieapi.ClienteChave{CodigoClienteIntegracao: k.Value}, nil
	}
	return omieapi.ClienteChave{}, record.ErrNoLookup
}

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
	return w.alteredCustomer(p.Now.Raw, p.Fields)
}

// Check knows what Omie would refuse of a customer (docs/apis/omie.md §3.3).
func (w customerWriter) Check(d record.Draft) []record.Trouble {
	f := d.Fields
	out := w.checkNames(d)
	for _, l := range []struct {
		field string
		most  int
	}{{record.FieldEmail, 500}, {record.FieldComplement, 60}} {
		out = append(out, tooLong(l.field, f[l.field], l.most)...)
	}
	if doc := f[record.FieldDocument]; doc != "" && !record.ValidTaxID(doc) {
		out = append(out, record.Trouble{Field: record.FieldDocument, Cause: "invalid-document", Value: doc})
	}
	return append(out, checkContact(f)...)
}

// checkNames: razao_social takes 60 characters, nome_fantasia 100, and neither
// may be empty. A trade name without a legal one is sent as both when made.
func (w customerWriter) checkNames(d record.Draft) []record.Trouble {
	name, named := d.Fields[record.FieldName]
	legal, hasLegal := d.Fields[record.FieldLegalName]
	made := d.Code != ""
	most := 60
	if w.opts.Name == byTradeName && (legal != "" || !made) {
		most = 100
	}
	out := append(tooLong(record.FieldName, name, most), tooLong(record.FieldLegalName, legal, 60)...)
	if name == "" && (named || made) {
		out = append(out, record.Trouble{Field: record.FieldName, Cause: "missing-field"})
	}
	if legal == "" && hasLegal && !made && w.opts.Name == byTradeName {
		out = append(out, record.Trouble{Field: record.FieldLegalName, Cause: "missing-field"})
	}
	return out
}

func tooLong(field, value string, most int) []record.Trouble {
	if record.Runes(value) <= most {
		return nil
	}
	return []record.Trouble{{Field: field, Cause: "too-long", Value: value, Limit: most}}
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
