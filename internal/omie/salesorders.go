package omie

import (
	"context"
	"encoding/json"
	"strconv"

	"ponte/internal/call"
	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

func (s *side) salesOrders() *record.Access {
	return &record.Access{
		Feeds: []record.Feed{{Name: "sales-orders", Windowed: true, List: s.listSalesOrders}},
		Find:  salesOrderFinder{s}, Write: salesOrderWriter{s}, Stop: salesOrderWriter{s},
	}
}

func (s *side) listSalesOrders(ctx context.Context, w record.Window, page func(record.Page) error) error {
	size := s.turningSize()
	fetch := func(ctx context.Context, p omieapi.Paginacao) (omieapi.Lista[omieapi.Pedido], error) {
		p.PorPagina = size
		return s.api.ListarPedidos(ctx, omieapi.ListarPedidosParam{Paginacao: p, Janela: windowOf(w)})
	}
	return eachPage(ctx, fetch, func(p omieapi.Pedido) (record.Item, bool) { return salesOrderItem(p), true }, page)
}

type salesOrderFinder struct{ *side }

// Find looks sales orders up. One with an id is known to exist and read by it.
// By code Omie has no filter: the list of what was made or changed since near
// is read and searched (docs/apis/omie.md §7.5).
func (f salesOrderFinder) Find(ctx context.Context, keys []record.Key, near record.Near) ([]record.Item, error) {
	wanted := map[record.Key]bool{}
	var out []record.Item
	for _, k := range keys {
		switch k.Name {
		case record.KeyCode:
			wanted[k] = true
		case record.KeyID:
			i, err := f.byID(ctx, k.Value)
			if err != nil {
				return nil, err
			}
			out = append(out, i...)
		default:
			return nil, record.ErrNoLookup
		}
	}
	if len(wanted) == 0 {
		return out, nil
	}
	since := near.Since.AddDate(0, 0, -1)
	err := f.listSalesOrders(ctx, record.Window{Since: since, Until: near.Since.AddDate(0, 0, 2)}, func(p record.Page) error {
		for _, i := range p.Items {
			if isWanted(i, wanted) {
				out = append(out, i)
			}
		}
		return nil
	})
	return out, err
}

func (f salesOrderFinder) byID(ctx context.Context, key string) ([]record.Item, error) {
	p, err := f.api.ConsultarPedido(ctx, omieapi.PedidoChave{CodigoPedido: number(key)})
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
		Cabecalho: omieapi.PedidoCabecalho{CodigoPedidoIntegracao: d.Code, CodigoCliente: number(o.Customer), DataPrevisao: omieDay(o.Forecast), Etapa: o.Stage, CodigoParcela: o.PaymentTerm},
		Frete:     &omieapi.PedidoFrete{Modalidade: omieapi.SemFrete},
		InformacoesAdicionais: &omieapi.PedidoInformacoes{
			CodigoCategoria: o.Category, CodigoContaCorrente: o.BankAccount, ConsumidorFinal: new(omieapi.SN(o.FinalConsumer)),
			EnviarEmail: new(omieapi.SN(false)), EnviarPix: new(omieapi.SN(false)), CodVend: o.Salesperson, CodProj: o.Project,
		},
		Observacoes: &omieapi.PedidoObservacoes{ObsVenda: o.Notes},
	}
	for n, l := range o.Products {
		item := omieapi.PedidoItem{Ide: omieapi.PedidoIde{CodigoItemIntegracao: strconv.Itoa(n + 1)}, Produto: &omieapi.PedidoProduto{CodigoProduto: number(l.ID)}}
		setLine(item.Produto, l)
		pedido.Det = append(pedido.Det, item)
	}
	made, err := w.api.IncluirPedido(ctx, pedido)
	if err != nil {
		return record.Item{}, err
	}
	return orderItem(record.SalesOrder, id(made.CodigoPedido), "Pedido "+orderNumber(string(made.NumeroPedido)), d.Code, &o), nil
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
		Cabecalho: omieapi.PedidoCabecalho{CodigoPedido: int64(h.CodigoPedido), CodigoCliente: number(o.Customer), DataPrevisao: omieDay(o.Forecast), Etapa: string(h.Etapa), CodigoParcela: string(h.CodigoParcela)},
		InformacoesAdicionais: &omieapi.PedidoInformacoes{
			CodigoCategoria: string(inf.CodigoCategoria), CodigoContaCorrente: int64(inf.CodigoContaCorrente), ConsumidorFinal: &inf.ConsumidorFinal,
			CodVend: int64(inf.CodVend), CodProj: int64(inf.CodProj),
		},
		Det: alteredItems(held, o, p.Fields),
	}
	if _, changed := p.Fields[record.FieldNotes]; changed {
		pedido.Observacoes = &omieapi.PedidoObservacoes{ObsVenda: o.Notes}
	}
	if _, err := w.api.AlterarPedidoVenda(ctx, pedido); err != nil {
		return record.Item{}, err
	}
	now := p.Now
	now.Order = &o
	return now, nil
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

// alteredItems are all items as they shall be. Items keep their ids in order;
// unless the products changed they go back as they were read.
func alteredItems(held omieapi.Pedido, o record.Order, fields record.Fields) []omieapi.PedidoItem {
	var out []omieapi.PedidoItem
	_, changed := fields[record.FieldProducts]
	if !changed {
		for _, d := range held.Det {
			out = append(out, d.ItemParaAlterar())
		}
		return out
	}
	for n, l := range o.Products {
		item := omieapi.PedidoItem{Ide: omieapi.PedidoIde{CodigoItemIntegracao: strconv.Itoa(n + 1)}, Produto: &omieapi.PedidoProduto{}}
		if n < len(held.Det) && id(held.Det[n].Produto.CodigoProduto) == l.ID {
			item = held.Det[n].ItemParaAlterar()
		} else if n < len(held.Det) {
			item.Ide.CodigoItem, item.Ide.CodigoItemIntegracao = int64(held.Det[n].Ide.CodigoItem), string(held.Det[n].Ide.CodigoItemIntegracao)
		}
		item.Produto.CodigoProduto = number(l.ID)
		setLine(item.Produto, l)
		out = append(out, item)
	}
	for _, d := range held.Det[min(len(o.Products), len(held.Det)):] {
		item := d.ItemParaAlterar()
		item.Ide.AcaoItem = omieapi.AcaoExcluir
		out = append(out, item)
	}
	return out
}

// Cancel cancels a sales order.
func (w salesOrderWriter) Cancel(ctx context.Context, key string) error {
	_, err := w.api.CancelarPedidoVenda(ctx, number(key))
	return err
}

// Check knows what Omie would refuse of an order.
func (salesOrderWriter) Check(d record.Draft) []record.Trouble { return checkOrder(d) }
