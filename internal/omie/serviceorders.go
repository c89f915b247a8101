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
		Find:  serviceOrderFinder{s}, Write: serviceOrderWriter{s}, Stop: serviceOrderWriter{s},
	}
}

func (s *side) listServiceOrders(ctx context.Context, w record.Window, page func(record.Page) error) error {
	size := s.turningSize() // a window of days is alike all day long
	fetch := func(ctx context.Context, p omieapi.Paginacao) (omieapi.Lista[omieapi.OS], error) {
		p.PorPagina = size
		param := omieapi.ListarOSParam{Paginacao: p}
		if !w.Since.IsZero() {
			param.JanelaDeDias = omieapi.NovaJanelaDeDias(w.Since, w.Until)
		}
		return s.api.ListarOS(ctx, param)
	}
	return eachPage(ctx, fetch, func(o omieapi.OS) (record.Item, bool) { return serviceOrderItem(o), true }, page)
}

type serviceOrderFinder struct{ *side }

// Find looks service orders up by id or integration code in one list call that
// carries one known to exist, so that it does not fault.
func (f serviceOrderFinder) Find(ctx context.Context, keys []record.Key, near record.Near) ([]record.Item, error) {
	wanted := map[record.Key]bool{}
	var ask []omieapi.OSChave
	for _, k := range keys {
		wanted[k] = true
		switch k.Name {
		case record.KeyID:
			ask = append(ask, omieapi.OSChave{NCodOS: number(k.Value)})
		case record.KeyCode:
			ask = append(ask, omieapi.OSChave{CCodIntOS: k.Value})
		default:
			return nil, record.ErrNoLookup
		}
	}
	if known := number(near.KnownID); known != 0 {
		ask = append(ask, omieapi.OSChave{NCodOS: known})
	}
	list, err := f.api.ListarOS(ctx, omieapi.ListarOSParam{Paginacao: omieapi.Paginacao{Pagina: 1, PorPagina: f.turningSize()}, PorCodigo: ask})
	return found(list, err, serviceOrderItem, wanted)
}

type serviceOrderWriter struct{ *side }

// Create makes a service order that mails and charges nothing.
func (w serviceOrderWriter) Create(ctx context.Context, d record.Draft) (record.Item, error) {
	o := *d.Order
	os := omieapi.OSCadastro{
		Cabecalho: omieapi.OSCabecalho{
			CCodIntOS: d.Code, NCodCli: number(o.Customer), DDtPrevisao: omieDay(o.Forecast), CEtapa: o.Stage,
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
			os.ProdutosUtilizados.ProdutoUtilizado = append(os.ProdutosUtilizados.ProdutoUtilizado, omieapi.OSProduto{NCodProdutoPU: number(l.ID), NQtdePU: dec(l.Quantity)})
		}
	}
	made, err := w.api.IncluirOS(ctx, os)
	if err != nil {
		return record.Item{}, err
	}
	return orderItem(record.ServiceOrder, id(made.NCodOS), "OS "+orderNumber(string(made.CNumOS)), d.Code, &o), nil
}

func serviceLine(l record.OrderLine) omieapi.OSServico {
	item := omieapi.OSServico{NCodServico: number(l.ID), CDescServ: l.Description, NQtde: dec(l.Quantity), NValUnit: dec(l.UnitPrice)}
	if l.Discount.IsPos() {
		item.CTpDesconto, item.NValorDesconto = "V", dec(l.Discount)
	}
	return item
}

func usedProducts(o record.Order) *omieapi.OSProdutosUtilizados {
	return &omieapi.OSProdutosUtilizados{CAcaoProdUtilizados: o.UsedProducts, CCodCategRem: o.UsedProductsCategory}
}

// Update alters an open service order in the safe reading of
// docs/apis/omie.md §6.7: named by nCodOS alone, its stage left out, every
// service with its action, and of the used products only what differs, so that
// no stock is taken out twice.
func (w serviceOrderWriter) Update(ctx context.Context, p record.Patch) (record.Item, error) {
	var held omieapi.OS
	if err := json.Unmarshal(p.Now.Raw, &held); err != nil {
		return record.Item{}, &call.Error{Side: "omie", Op: "AlterarOS", Reaction: call.GiveUp, Err: err}
	}
	o := *p.Order
	os := omieapi.OSCadastro{
		Cabecalho: omieapi.OSCabecalho{
			NCodOS: int64(held.Cabecalho.NCodOS), NCodCli: number(o.Customer), DDtPrevisao: omieDay(o.Forecast),
			CCodParc: string(held.Cabecalho.CCodParc), NCodVend: int64(held.Cabecalho.NCodVend),
		},
		ServicosPrestados: alteredServices(held, o),
	}
	if _, changed := p.Fields[record.FieldNotes]; changed {
		os.Observacoes = &omieapi.OSObservacoes{CObsOS: o.Notes}
	}
	if _, changed := p.Fields[record.FieldProducts]; changed {
		os.ProdutosUtilizados = alteredProducts(held, o)
	}
	if _, err := w.api.AlterarOS(ctx, os); err != nil {
		return record.Item{}, err
	}
	now := p.Now
	now.Order = &o
	return now, nil
}

// alteredServices are all services as they shall be: those that stay keep their
// ids, in order; what is left of the old ones goes.
func alteredServices(held omieapi.OS, o record.Order) []omieapi.OSServico {
	var out []omieapi.OSServico
	last := 0
	for _, h := range held.ServicosPrestados {
		last = max(last, int(h.NSeqItem))
	}
	for n, l := range o.Services {
		item := serviceLine(l)
		if n < len(held.ServicosPrestados) {
			h := held.ServicosPrestados[n]
			item.NIdItem, item.NSeqItem, item.CAcaoItem = int64(h.NIdItem), int(h.NSeqItem), omieapi.AcaoAlterar
			if !l.Discount.IsPos() && h.NValorDesconto.IsPos() {
				item.CTpDesconto, item.NValorDesconto = "V", dec(l.Discount)
			}
		} else {
			last++
			item.NSeqItem, item.CAcaoItem = last, omieapi.AcaoIncluir
		}
		out = append(out, item)
	}
	for _, h := range held.ServicosPrestados[min(len(o.Services), len(held.ServicosPrestados)):] {
		out = append(out, omieapi.OSServico{
			NIdItem: int64(h.NIdItem), NSeqItem: int(h.NSeqItem), CAcaoItem: omieapi.AcaoExcluir,
			NCodServico: int64(h.NCodServico), NQtde: &h.NQtde, NValUnit: &h.NValUnit,
		})
	}
	return out
}

// alteredProducts are the used products that differ: more or less of one, new
// ones, and those that go. nil when none differs.
func alteredProducts(held omieapi.OS, o record.Order) *omieapi.OSProdutosUtilizados {
	out := usedProducts(o)
	if out.CAcaoProdUtilizados == "" {
		out.CAcaoProdUtilizados = string(held.ProdutosUtilizados.CAcaoProdUtilizados)
		out.CCodCategRem = string(held.ProdutosUtilizados.CCodCategRem)
	}
	kept := map[omieapi.Int]bool{}
	for _, l := range o.Products {
		at := heldProduct(held, l.ID, kept)
		switch {
		case at == nil:
			out.ProdutoUtilizado = append(out.ProdutoUtilizado, omieapi.OSProduto{CAcaoItemPU: omieapi.AcaoIncluir, NCodProdutoPU: number(l.ID), NQtdePU: dec(l.Quantity)})
		case !at.NQtdePU.Equal(l.Quantity):
			out.ProdutoUtilizado = append(out.ProdutoUtilizado, omieapi.OSProduto{CAcaoItemPU: omieapi.AcaoAlterar, NIdItemPU: int64(at.NIdItemPU), NCodProdutoPU: number(l.ID), NQtdePU: dec(l.Quantity)})
		}
	}
	for _, h := range held.ProdutosUtilizados.ProdutoUtilizado {
		if !kept[h.NIdItemPU] {
			out.ProdutoUtilizado = append(out.ProdutoUtilizado, omieapi.OSProduto{CAcaoItemPU: omieapi.AcaoExcluir, NIdItemPU: int64(h.NIdItemPU), NCodProdutoPU: int64(h.NCodProdutoPU), NQtdePU: &h.NQtdePU})
		}
	}
	if len(out.ProdutoUtilizado) == 0 {
		return nil
	}
	return out
}

// heldProduct is the first used product with that id that no line has taken yet.
func heldProduct(held omieapi.OS, product string, kept map[omieapi.Int]bool) *omieapi.OSProdutoLido {
	for n, h := range held.ProdutosUtilizados.ProdutoUtilizado {
		if id(h.NCodProdutoPU) == product && !kept[h.NIdItemPU] {
			kept[h.NIdItemPU] = true
			return &held.ProdutosUtilizados.ProdutoUtilizado[n]
		}
	}
	return nil
}

// Cancel cancels a service order, and no invoice.
func (w serviceOrderWriter) Cancel(ctx context.Context, key string) error {
	_, err := w.api.CancelarOS(ctx, number(key))
	return err
}

// Check knows what Omie would refuse of an order.
func (serviceOrderWriter) Check(d record.Draft) []record.Trouble { return checkOrder(d) }

// mostLines is how many items an order takes (docs/apis/omie.md §12.12).
const mostLines = 199

func checkOrder(d record.Draft) []record.Trouble {
	var out []record.Trouble
	o := d.Order
	if o == nil {
		return nil
	}
	if o.Customer == "" {
		out = append(out, record.Trouble{Field: record.FieldCustomer, Cause: "missing-field"})
	}
	if n := len(o.Services); n > mostLines {
		out = append(out, record.Trouble{Field: record.FieldServices, Cause: "too-long", Limit: mostLines})
	}
	if n := len(o.Products); n > mostLines {
		out = append(out, record.Trouble{Field: record.FieldProducts, Cause: "too-long", Limit: mostLines})
	}
	if o.Forecast == "" || omieDay(o.Forecast) == "" {
		out = append(out, record.Trouble{Field: record.FieldForecast, Cause: "missing-field"})
	}
	return out
}
