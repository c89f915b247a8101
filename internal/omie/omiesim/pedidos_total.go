package omiesim

import "github.com/govalues/decimal"

// totalSale computes each item, spreads the order's own discount, and adds up.
func (s *Sim) totalSale(r Record) {
	goods, discounts := decimal.Decimal{}, decimal.Decimal{}
	items := r.List("det")
	for _, item := range items {
		product := item.block("produto")
		if item.block("ide").Int("codigo_item") == 0 {
			item.block("ide")["codigo_item"] = number(s.db.newID())
		}
		gross := times(product.Dec("quantidade"), product.Dec("valor_unitario")).Round(2)
		if product.Text("tipo_desconto") == "P" {
			product["valor_desconto"] = amount(percentOf(gross, product.Dec("percentual_desconto")))
		}
		product.fill("valor_desconto", number(0))
		product["valor_mercadoria"] = amount(gross)
		goods = sum(goods, gross)
	}
	spreadDiscount(r, items, goods)
	for _, item := range items {
		product := item.block("produto")
		product["valor_total"] = amount(less(product.Dec("valor_mercadoria"), product.Dec("valor_desconto")))
		discounts = sum(discounts, product.Dec("valor_desconto"))
	}
	total := less(goods, discounts)
	r["total_pedido"] = map[string]any{"valor_mercadorias": amount(goods), "valor_descontos": amount(discounts), "valor_total_pedido": amount(total)}
	r.block("cabecalho")["quantidade_itens"] = number(len(items))
	if r.Text("cabecalho", "codigo_parcela") != "999" {
		r["lista_parcelas"] = map[string]any{"parcela": []any{map[string]any{
			"numero_parcela": number(1), "percentual": number(100),
			"valor": amount(total), "data_vencimento": r.Text("cabecalho", "data_previsao"), "quantidade_dias": number(0),
		}}}
	}
}

// spreadDiscount puts the order's discount on its items by value, the rest on
// the last one (omie-api.md §7.2).
func spreadDiscount(r Record, items []Record, goods decimal.Decimal) {
	head := r.block("cabecalho")
	whole := head.Dec("valor_desconto_pedido")
	if head.Text("tipo_desconto_pedido") == "P" {
		whole = percentOf(goods, head.Dec("perc_desconto_pedido"))
	}
	if whole.IsZero() || goods.IsZero() {
		return
	}
	left := whole
	for i, item := range items {
		product := item.block("produto")
		part, err := times(whole, product.Dec("valor_mercadoria")).Quo(goods)
		if part = part.Round(2); err != nil || i == len(items)-1 {
			part = left
		}
		left = less(left, part)
		product["tipo_desconto"], product["valor_desconto"] = "V", amount(part)
	}
}
