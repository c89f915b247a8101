package omie

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"ponte/internal/call"
	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

func (s *side) salesOrders() *record.Access {
	return &record.Access{
		Feeds: []record.Feed{{Name: "sales-orders", Windowed: true, List: s.listSalesOrders}},
		Find:  salesOrderFinder{s}, Write: salesOrderWriter{s}, Stop: salesOrderWriter{s}, Whole: true,
	}
}

func (s *side) listSalesOrders(ctx context.Context, w record.Window, page func(record.Page) error) error {
	fetch := func(ctx context.Context, p omieapi.Paginacao) (omieapi.Lista[omieapi.Pedido], error) {
		return s.api.ListarPedidos(ctx, omieapi.ListarPedidosParam{Paginacao: p, Janela: windowOf(w)})
	}
	return eachPage(ctx, s.beginning(), fetch, func(p omieapi.Pedido) (record.Item, bool) { return salesOrderItem(p), true }, page)
}

type salesOrderFinder struct{ *side }

// mostAlone is how many sales orders are looked for one by one.
const mostAlone = 3

// Find looks sales orders up. Omie's list filters by no key: an id is looked for
// among the orders of about its number, a code among the orders since near
// (docs/apis/omie.md §7.5), and so are many ids.
func (f salesOrderFinder) Find(ctx context.Context, keys []record.Key, near record.Near) ([]record.Item, error) {
	var out []record.Item
	var codes []record.Key
	listed := len(keys) > mostAlone && !near.Since.IsZero()
	for _, k := range keys {
		switch {
		case k.Name == record.KeyCode, k.Name == record.KeyID && listed:
			codes = append(codes, k)
		case k.Name == record.KeyID:
			i, err := f.byID(ctx, k.Value, near.Numbers[k.Value])
			if err != nil {
				return nil, err
			}
			out = append(out, i...)
		default:
			return nil, record.ErrNoLookup
		}
	}
	if len(codes) == 0 {
		return out, nil
	}
	found, err := f.search(ctx, codes, near.Since)
	return append(out, found...), err
}

var errAllFound = errors.New("all found")

// search reads the orders from a day before since until every key is found.
// Whether Omie's window is one of changes or of forecasts is disputed
// (docs/apis/omie.md §7.5). It reaches a year ahead, so that it holds an order
// made since then in both readings: its forecast is its day or later.
func (f salesOrderFinder) search(ctx context.Context, codes []record.Key, since time.Time) ([]record.Item, error) {
	now := time.Now()
	if since.IsZero() {
		since = now.AddDate(-1, 0, 0)
	}
	if since.After(now) {
		now = since // a run on another clock
	}
	var out []record.Item
	w := record.Window{Since: since.AddDate(0, 0, -1), Until: now.AddDate(1, 0, 0)}
	err := f.listSalesOrders(ctx, w, func(p record.Page) error {
		for _, i := range p.Items {
			if isWanted(i, codes) {
				out = append(out, i)
			}
		}
		if len(out) >= len(codes) {
			return errAllFound
		}
		return nil
	})
	if errors.Is(err, errAllFound) {
		err = nil
	}
	return out, err
}

// neighbours is how many order numbers on either side are listed with one that
// is looked for: a list is a fault only where all of them are gone.
const neighbours = 10

// byID lists the orders of about number, so that an order which a person
// deleted costs no fault. Without a number the order is consulted.
func (f salesOrderFinder) byID(ctx context.Context, key, number string) ([]record.Item, error) {
	n := record.Number(number)
	if n == 0 {
		return f.consulted(ctx, key)
	}
	var found []record.Item
	strange := false
	fetch := func(ctx context.Context, p omieapi.Paginacao) (omieapi.Lista[omieapi.Pedido], error) {
		return f.api.ListarPedidos(ctx, omieapi.ListarPedidosParam{Paginacao: p, NumeroDe: max(n-neighbours, 1), NumeroAte: n + neighbours})
	}
	err := eachPage(ctx, f.beginning(), fetch, func(p omieapi.Pedido) (record.Item, bool) { return salesOrderItem(p), true }, func(p record.Page) error {
		for _, i := range p.Items {
			if i.ID == key {
				found = []record.Item{i}
				return errAllFound
			}
			at := record.Number(i.Fact(record.FactNumber))
			if strange = at < n-neighbours || at > n+neighbours; strange {
				return errAllFound
			}
		}
		return nil
	})
	switch {
	case err != nil && !errors.Is(err, errAllFound):
		return nil, err
	case found == nil && strange: // the filter was not applied, so that absence proves nothing
		return f.consulted(ctx, key)
	}
	return found, nil
}

// consulted reads an order by id; one that is not there costs a fault.
func (f salesOrderFinder) consulted(ctx context.Context, key string) ([]record.Item, error) {
	if record.Number(key) == 0 {
		return nil, nil // an empty key is a fault
	}
	p, err := f.api.ConsultarPedido(ctx, omieapi.PedidoChave{CodigoPedido: record.Number(key)})
	if r := call.ReactionOf(err); r == call.Gone || r == call.Empty {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []record.Item{salesOrderItem(p)}, nil
}

type salesOrderWriter struct{ *side }

// Create makes a sales order that mails and charges nothing.
func (w salesOrderWriter) Create(ctx context.Context, d record.Draft) (record.Item, error) {
	o := *d.Order
	pedido := omieapi.PedidoCadastro{
		Cabecalho: omieapi.PedidoCabecalho{CodigoPedidoIntegracao: d.Code, CodigoCliente: record.Number(o.Customer), DataPrevisao: omieDay(o.Forecast), Etapa: o.Stage, CodigoParcela: o.PaymentTerm},
		Frete:     &omieapi.PedidoFrete{Modalidade: omieapi.SemFrete},
		InformacoesAdicionais: &omieapi.PedidoInformacoes{
			CodigoCategoria: o.Category, CodigoContaCorrente: o.BankAccount, ConsumidorFinal: new(omieapi.SN(o.FinalConsumer)),
			EnviarEmail: new(omieapi.SN(false)), EnviarPix: new(omieapi.SN(false)), CodVend: o.Salesperson, CodProj: o.Project,
		},
		Observacoes: &omieapi.PedidoObservacoes{ObsVenda: o.Notes},
	}
	for n, l := range o.Products {
		pedido.Det = append(pedido.Det, newItem(strconv.Itoa(n+1), l))
	}
	made, err := w.api.IncluirPedido(ctx, pedido)
	if err != nil {
		return record.Item{}, err
	}
	return orderItem(record.SalesOrder, id(made.CodigoPedido), string(made.NumeroPedido), d.Code, &o), nil
}

func setLine(p *omieapi.PedidoProduto, l record.OrderLine) {
	p.Quantidade, p.ValorUnitario = dec(l.Quantity), dec(l.UnitPrice)
	p.TipoDesconto, p.ValorDesconto, p.PercentualDesconto = "V", dec(l.Discount), nil
}

// Update alters an open sales order: the full list of items, the stage exactly
// as just read (docs/apis/omie.md §7.7).
func (w salesOrderWriter) Update(ctx context.Context, p record.Patch) (record.Item, error) {
	var held omieapi.Pedido
	if err := json.Unmarshal(unwrapped(p.Now.Raw), &held); err != nil {
		return record.Item{}, &call.Error{Side: "omie", Op: "AlterarPedidoVenda", Reaction: call.GiveUp, Err: err}
	}
	o := *p.Order
	h, inf := held.Cabecalho, held.InformacoesAdicionais
	pedido := omieapi.PedidoCadastro{
		Cabecalho: omieapi.PedidoCabecalho{CodigoPedido: int64(h.CodigoPedido), CodigoCliente: record.Number(o.Customer), DataPrevisao: omieDay(o.Forecast), Etapa: string(h.Etapa), CodigoParcela: string(h.CodigoParcela)},
		InformacoesAdicionais: &omieapi.PedidoInformacoes{
			CodigoCategoria: string(inf.CodigoCategoria), CodigoContaCorrente: int64(inf.CodigoContaCorrente), ConsumidorFinal: &inf.ConsumidorFinal,
			CodVend: int64(inf.CodVend), CodProj: int64(inf.CodProj),
		},
		Det: itemsAsRead(held),
	}
	if h.CodigoParcela == customTerm { // taken with its instalments only (docs/apis/omie.md §7.4)
		pedido.Cabecalho.QtdeParcelas, pedido.ListaParcelas = len(held.ListaParcelas.Parcela), held.ListaParcelas.ParaAlterar()
	}
	if isChanged(p, record.FieldProducts) {
		if h.CodigoParcela == customTerm {
			return record.Item{}, customInstalments("AlterarPedidoVenda")
		}
		pedido.Det = alteredItems(held, p.Now.Order.Products, o.Products)
	}
	if isChanged(p, record.FieldNotes) {
		pedido.Observacoes = &omieapi.PedidoObservacoes{ObsVenda: o.Notes}
	}
	if _, err := w.api.AlterarPedidoVenda(ctx, pedido); err != nil {
		return record.Item{}, err
	}
	return altered(p.Now, o), nil
}

// unwrapped is a row as lists give it: ConsultarPedido wraps its answer.
func unwrapped(raw json.RawMessage) json.RawMessage {
	var wrapper struct {
		Pedido json.RawMessage `json:"pedido_venda_produto"`
	}
	if json.Unmarshal(raw, &wrapper) == nil && len(wrapper.Pedido) > 0 {
		return wrapper.Pedido
	}
	return raw
}

// itemsAsRead are the items as they were read: an alteration sends all of them.
func itemsAsRead(held omieapi.Pedido) []omieapi.PedidoItem {
	var out []omieapi.PedidoItem
	for _, d := range held.Det {
		out = append(out, d.ItemParaAlterar())
	}
	return out
}

// Cancel cancels a sales order.
func (w salesOrderWriter) Cancel(ctx context.Context, key string) error {
	_, err := w.api.CancelarPedidoVenda(ctx, record.Number(key))
	return err
}

// Check knows what Omie would refuse of a sales order, which needs a product.
func (salesOrderWriter) Check(d record.Draft) []record.Trouble {
	return checkOrder(d, record.FieldProducts)
}
