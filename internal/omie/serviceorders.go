package omie

import (
	"context"
	"encoding/json"

	"ponte/internal/call"
	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

func (s *side) serviceOrders() *record.Access {
	return &record.Access{
		Feeds: []record.Feed{{Name: "service-orders", Windowed: true, Daily: true, List: s.listServiceOrders}},
		Find:  serviceOrderFinder{s}, Write: serviceOrderWriter{s}, Stop: serviceOrderWriter{s}, Whole: true,
	}
}

func (s *side) listServiceOrders(ctx context.Context, w record.Window, page func(record.Page) error) error {
	fetch := func(ctx context.Context, p omieapi.Paginacao) (omieapi.Lista[omieapi.OS], error) {
		param := omieapi.ListarOSParam{Paginacao: p}
		if !w.Since.IsZero() {
			param.JanelaDeDias = omieapi.NovaJanelaDeDias(w.Since, w.Until)
		}
		return s.api.ListarOS(ctx, param)
	}
	return eachPage(ctx, s.beginning(), fetch, func(o omieapi.OS) (record.Item, bool) { return serviceOrderItem(o), true }, page)
}

type serviceOrderFinder struct{ *side }

// Find looks service orders up by id or integration code.
func (f serviceOrderFinder) Find(ctx context.Context, keys []record.Key, near record.Near) ([]record.Item, error) {
	return lookUp(ctx, keys, near, serviceOrderKey, func(ctx context.Context, ask []omieapi.OSChave) (omieapi.Lista[omieapi.OS], error) {
		return f.api.ListarOS(ctx, omieapi.ListarOSParam{Paginacao: f.turned(), PorCodigo: ask})
	}, serviceOrderItem)
}

func serviceOrderKey(k record.Key) (omieapi.OSChave, error) {
	switch k.Name {
	case record.KeyID:
		return omieapi.OSChave{NCodOS: record.Number(k.Value)}, nil
	case record.KeyCode:
		return omieapi.OSChave{CCodIntOS: k.Value}, nil
	}
	return omieapi.OSChave{}, record.ErrNoLookup
}

type serviceOrderWriter struct{ *side }

// Create makes a service order that mails and charges nothing.
func (w serviceOrderWriter) Create(ctx context.Context, d record.Draft) (record.Item, error) {
	o := *d.Order
	os := omieapi.OSCadastro{
		Cabecalho: omieapi.OSCabecalho{
			CCodIntOS: d.Code, NCodCli: record.Number(o.Customer), DDtPrevisao: omieDay(o.Forecast), CEtapa: o.Stage,
			CCodParc: o.PaymentTerm, NCodVend: o.Salesperson,
		},
		InformacoesAdicionais: &omieapi.OSInformacoes{CCodCateg: o.Category, NCodCC: o.BankAccount, CCidPrestServ: o.City, NCodProj: o.Project},
		Email:                 &omieapi.OSEmail{},
		Observacoes:           &omieapi.OSObservacoes{CObsOS: o.Notes},
	}
	for n, l := range o.Services {
		item := serviceLine(l)
		item.NSeqItem = n + 1
		os.ServicosPrestados = append(os.ServicosPrestados, item)
	}
	if len(o.Products) > 0 {
		os.ProdutosUtilizados = usedProducts(o)
		for _, l := range o.Products {
			os.ProdutosUtilizados.ProdutoUtilizado = append(os.ProdutosUtilizados.ProdutoUtilizado, omieapi.OSProduto{NCodProdutoPU: record.Number(l.ID), NQtdePU: dec(l.Quantity)})
		}
	}
	made, err := w.api.IncluirOS(ctx, os)
	if err != nil {
		return record.Item{}, err
	}
	return orderItem(record.ServiceOrder, id(made.NCodOS), string(made.CNumOS), d.Code, &o), nil
}

func serviceLine(l record.OrderLine) omieapi.OSServico {
	item := omieapi.OSServico{NCodServico: record.Number(l.ID), CDescServ: l.Description, NQtde: dec(l.Quantity), NValUnit: dec(l.UnitPrice)}
	if l.Discount.IsPos() {
		item.CTpDesconto, item.NValorDesconto = "V", dec(l.Discount)
	}
	return item
}

func usedProducts(o record.Order) *omieapi.OSProdutosUtilizados {
	return &omieapi.OSProdutosUtilizados{CAcaoProdUtilizados: o.UsedProducts, CCodCategRem: o.UsedProductsCategory}
}

// Update alters an open service order in the safe reading of
// docs/apis/omie.md §6.7: named by nCodOS alone, its stage left out, and only
// the blocks that change. Changed services go as the full list, each with its
// action; of the used products only what differs goes, so that no stock is
// taken out twice.
func (w serviceOrderWriter) Update(ctx context.Context, p record.Patch) (record.Item, error) {
	var held omieapi.OS
	if err := json.Unmarshal(p.Now.Raw, &held); err != nil {
		return record.Item{}, &call.Error{Side: "omie", Op: "AlterarOS", Reaction: call.GiveUp, Err: err}
	}
	o := *p.Order
	os := omieapi.OSCadastro{Cabecalho: alteredHead(held, o)}
	if isChanged(p, record.FieldNotes) {
		os.Observacoes = &omieapi.OSObservacoes{CObsOS: o.Notes}
	}
	if isChanged(p, record.FieldServices) {
		if held.Cabecalho.CCodParc == customTerm {
			return record.Item{}, customInstalments("AlterarOS")
		}
		os.ServicosPrestados = alteredServices(held, p.Now.Order.Services, o.Services)
	}
	if isChanged(p, record.FieldProducts) {
		os.ProdutosUtilizados = alteredProducts(held, p.Now.Order.Products, o)
	}
	if _, err := w.api.AlterarOS(ctx, os); err != nil {
		return record.Item{}, err
	}
	return altered(p.Now, o), nil
}

// customTerm is the payment term whose instalments a person wrote.
const customTerm = "999"

// customInstalments refuses, before Omie is asked, to change what an order adds
// up to while a person's own instalments divide it: they would no longer add up,
// and nobody has said how Omie bills that.
func customInstalments(op string) error {
	return &call.Error{Side: "omie", Op: op, Reaction: call.WaitForPerson, Cause: "custom-instalments"}
}

// alteredHead sends term and salesperson as they were read, which a person may
// have chosen. A custom term is left alone, since it is taken with its
// instalments only (docs/apis/omie.md §6.3).
func alteredHead(held omieapi.OS, o record.Order) omieapi.OSCabecalho {
	h := held.Cabecalho
	out := omieapi.OSCabecalho{
		NCodOS: int64(h.NCodOS), NCodCli: record.Number(o.Customer), DDtPrevisao: omieDay(o.Forecast),
		CCodParc: string(h.CCodParc), NCodVend: int64(h.NCodVend),
	}
	if out.CCodParc == customTerm {
		out.CCodParc = ""
	}
	return out
}

// Cancel cancels a service order, and no invoice.
func (w serviceOrderWriter) Cancel(ctx context.Context, key string) error {
	_, err := w.api.CancelarOS(ctx, record.Number(key))
	return err
}

// Check knows what Omie would refuse of a service order, which needs a service.
func (serviceOrderWriter) Check(d record.Draft) []record.Trouble {
	return checkOrder(d, record.FieldServices)
}
