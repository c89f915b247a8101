package omie

import (
	"strings"
	"time"

	"github.com/govalues/decimal"

	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

// serviceOrderItem is an OS as a record.
func serviceOrderItem(o omieapi.OS) record.Item {
	h, inf := o.Cabecalho, o.InformacoesAdicionais
	order := &record.Order{
		Customer: id(h.NCodCli), Forecast: isoDay(h.DDtPrevisao), Notes: string(o.Observacoes.CObsOS),
		Stage: string(h.CEtapa), Category: string(inf.CCodCateg), BankAccount: int64(inf.NCodCC), PaymentTerm: string(h.CCodParc),
		Project: int64(inf.NCodProj), Salesperson: int64(h.NCodVend), City: string(inf.CCidPrestServ),
		UsedProducts: string(o.ProdutosUtilizados.CAcaoProdUtilizados), UsedProductsCategory: string(o.ProdutosUtilizados.CCodCategRem),
	}
	for _, v := range o.ServicosPrestados {
		order.Services = append(order.Services, record.OrderLine{
			ID: id(v.NCodServico), Description: string(v.CDescServ), Quantity: v.NQtde.Decimal,
			UnitPrice: v.NValUnit.Decimal, Discount: discountOf(v.CTpDesconto, v.NAliqDesconto, v.NValorDesconto, v.NQtde, v.NValUnit),
		})
	}
	for _, p := range o.ProdutosUtilizados.ProdutoUtilizado {
		order.Products = append(order.Products, record.OrderLine{ID: id(p.NCodProdutoPU), Quantity: p.NQtdePU.Decimal})
	}
	i := orderItem(record.ServiceOrder, id(h.NCodOS), string(h.CNumOS), string(h.CCodIntOS), order)
	i.Facts[record.FactBilled] = boolText(bool(o.InfoCadastro.CFaturada))
	i.Facts[record.FactCancelled] = boolText(bool(o.InfoCadastro.CCancelada))
	i = mentioning(i, osMentions(o), o.InfoCadastro.DDtInc, h.NValorTotal)
	return unreadable(stamped(i, o.InfoCadastro.Carimbos()), o.Linha, "Cabecalho", "nCodOS")
}

// salesOrderItem is a pedido de venda as a record.
func salesOrderItem(p omieapi.Pedido) record.Item {
	h, inf := p.Cabecalho, p.InformacoesAdicionais
	order := &record.Order{
		Customer: id(h.CodigoCliente), Forecast: isoDay(h.DataPrevisao), Notes: string(p.Observacoes.ObsVenda),
		Stage: string(h.Etapa), Category: string(inf.CodigoCategoria), BankAccount: int64(inf.CodigoContaCorrente), PaymentTerm: string(h.CodigoParcela),
		Project: int64(inf.CodProj), Salesperson: int64(inf.CodVend), FinalConsumer: bool(inf.ConsumidorFinal),
	}
	for _, d := range p.Det {
		v := d.Produto
		order.Products = append(order.Products, record.OrderLine{
			ID: id(v.CodigoProduto), Description: string(v.Descricao), Quantity: v.Quantidade.Decimal,
			UnitPrice: v.ValorUnitario.Decimal, Discount: discountOf(v.TipoDesconto, v.PercentualDesconto, v.ValorDesconto, v.Quantidade, v.ValorUnitario),
		})
	}
	i := orderItem(record.SalesOrder, id(h.CodigoPedido), string(h.NumeroPedido), string(h.CodigoPedidoIntegracao), order)
	i.Facts[record.FactBilled] = boolText(bool(p.InfoCadastro.Faturado))
	i.Facts[record.FactCancelled] = boolText(bool(p.InfoCadastro.Cancelado))
	i = mentioning(i, pedidoMentions(p), p.InfoCadastro.Carimbos.DInc, p.TotalPedido.ValorTotalPedido)
	return unreadable(stamped(i, p.InfoCadastro.Carimbos), p.Linha, "cabecalho", "codigo_pedido")
}

// orderNouns are what people call an order, before its number.
var orderNouns = map[record.Kind]string{record.ServiceOrder: "OS ", record.SalesOrder: "Pedido "}

func orderItem(kind record.Kind, key, number, code string, order *record.Order) record.Item {
	code, number = strings.TrimSpace(code), orderNumber(number)
	return record.Item{
		Kind: kind, Side: record.Omie, ID: key, Title: orderNouns[kind] + number, Code: code, Order: order,
		Keys: record.Keys(record.Key{Name: record.KeyCode, Value: code}),
		Facts: map[string]string{
			record.FactStage: order.Stage, record.FactBilled: "false", record.FactCancelled: "false", record.FactNumber: number,
		},
	}
}

// orderNumber is a number without the zeros that pad it in some answers
// (docs/apis/omie.md §6.1).
func orderNumber(text string) string {
	if n := strings.TrimLeft(text, "0"); n != "" {
		return n
	}
	return text
}

// altered is an order once it was altered to o. It has no row: the ids of its
// new items are known to Omie alone, so whoever alters it again reads it first.
func altered(was record.Item, o record.Order) record.Item {
	was.Order, was.Raw = &o, nil
	return was
}

// isChanged tells whether a patch writes a field.
func isChanged(p record.Patch, field string) bool {
	_, changed := p.Fields[field]
	return changed
}

// discountOf is an item's discount as an amount, whichever way it is stated.
func discountOf(kind omieapi.Text, percent, value, quantity, unit omieapi.Dec) decimal.Decimal {
	switch kind {
	case "V":
		return value.Decimal
	case "P":
		gross, err := quantity.Mul(unit.Decimal)
		if err != nil {
			return value.Decimal
		}
		part, err := gross.Mul(percent.Decimal)
		if err != nil {
			return value.Decimal
		}
		off, err := part.Quo(decimal.Hundred)
		if err != nil {
			return value.Decimal
		}
		return record.Cents(off)
	}
	return decimal.Zero
}

// isoDay turns dd/mm/aaaa into yyyy-mm-dd; "" stays "".
func isoDay(text omieapi.Text) string {
	at, ok := omieapi.Instante(text, "")
	if !ok {
		return ""
	}
	return at.Format(time.DateOnly)
}

// omieDay turns yyyy-mm-dd into dd/mm/aaaa.
func omieDay(iso string) string {
	at, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return ""
	}
	return at.Format("02/01/2006")
}

func dec(d decimal.Decimal) *omieapi.Dec { return &omieapi.Dec{Decimal: d} }
