package omie

import (
	"slices"
	"strconv"

	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

// paired says, for each line that an order shall have, which of the lines that
// it holds becomes it: its place, or -1 for a new one. What is equal stays what
// it is, whatever the order of the lines; then a line of the same record changes.
// A line never becomes another service or product, since what Omie drew from
// the catalogue for it (tax codes, retentions) might stay behind (docs/apis/omie.md §6.4).
func paired(held, want []record.OrderLine) []int {
	at, taken := slices.Repeat([]int{-1}, len(want)), make([]bool, len(held))
	for _, alike := range []func(h, w record.OrderLine) bool{
		func(h, w record.OrderLine) bool { return equalLine(h, w) && sameWords(h, w) },
		func(h, w record.OrderLine) bool { return h.ID == w.ID && sameWords(h, w) },
		equalLine,
		func(h, w record.OrderLine) bool { return h.ID == w.ID },
	} {
		for n, w := range want {
			for m, h := range held {
				if at[n] < 0 && !taken[m] && alike(h, w) {
					at[n], taken[m] = m, true
				}
			}
		}
	}
	return at
}

func equalLine(h, w record.OrderLine) bool {
	return h.ID == w.ID && h.Quantity.Equal(w.Quantity) && h.UnitPrice.Equal(w.UnitPrice) && h.Discount.Equal(w.Discount)
}

// sameWords tells apart the lines of one fallback service, which have names of their own.
func sameWords(h, w record.OrderLine) bool {
	return w.Description == "" || record.Fold(h.Description) == record.Fold(w.Description)
}

// leaving are the places of the held lines that become none of those wanted.
func leaving(held []record.OrderLine, at []int) []int {
	var out []int
	for m := range held {
		if !slices.Contains(at, m) {
			out = append(out, m)
		}
	}
	return out
}

// alteredServices are all services as they shall be, each with its action and
// numbered as Omie numbers them, so that they come out alike whether Omie alters
// item by item or replaces what it holds by what is sent (docs/apis/omie.md §6.7).
func alteredServices(held omieapi.OS, has, want []record.OrderLine) []omieapi.OSServico {
	at := paired(has, want)
	last := 0
	for _, h := range held.ServicosPrestados {
		last = max(last, int(h.NSeqItem))
	}
	var out []omieapi.OSServico
	for n, w := range want {
		if at[n] >= 0 {
			out = append(out, alteredService(held.ServicosPrestados[at[n]], has[at[n]], w))
			continue
		}
		last++
		item := serviceLine(w)
		item.NSeqItem, item.CAcaoItem = last, omieapi.AcaoIncluir
		out = append(out, item)
	}
	for _, m := range leaving(has, at) {
		item := held.ServicosPrestados[m].ParaAlterar()
		item.CAcaoItem = omieapi.AcaoExcluir
		out = append(out, item)
	}
	return out
}

// alteredService lays a line over its item: what a person wrote about it stays.
func alteredService(h omieapi.OSServicoLido, has, want record.OrderLine) omieapi.OSServico {
	item := h.ParaAlterar()
	item.CAcaoItem = omieapi.AcaoAlterar
	if want.Description != "" {
		item.CDescServ = want.Description
	}
	if equalLine(has, want) {
		return item
	}
	item.NQtde, item.NValUnit = dec(want.Quantity), dec(want.UnitPrice)
	if item.CTpDesconto != "" || want.Discount.IsPos() {
		item.CTpDesconto, item.NValorDesconto, item.NAliqDesconto = "V", dec(want.Discount), nil
	}
	return item
}

// alteredProducts are the used products that differ: more or less of one, new
// ones, and those that go. One that is equal is not sent: with I it would leave
// the stock once more (docs/apis/omie.md §6.5). nil when none differs.
func alteredProducts(held omieapi.OS, has []record.OrderLine, o record.Order) *omieapi.OSProdutosUtilizados {
	used := held.ProdutosUtilizados
	out := usedProducts(o)
	if out.CAcaoProdUtilizados == "" || len(has) > 0 { // what moved as EST or REM goes on as such
		out.CAcaoProdUtilizados, out.CCodCategRem = string(used.CAcaoProdUtilizados), string(used.CCodCategRem)
	}
	at := paired(has, o.Products)
	for n, w := range o.Products {
		line := omieapi.OSProduto{CAcaoItemPU: omieapi.AcaoIncluir, NCodProdutoPU: record.Number(w.ID), NQtdePU: dec(w.Quantity)}
		if m := at[n]; m >= 0 {
			if has[m].Quantity.Equal(w.Quantity) {
				continue
			}
			line.CAcaoItemPU, line.NIdItemPU = omieapi.AcaoAlterar, int64(used.ProdutoUtilizado[m].NIdItemPU)
			line.CodigoLocalEstoque = int64(used.ProdutoUtilizado[m].CodigoLocalEstoque)
		}
		out.ProdutoUtilizado = append(out.ProdutoUtilizado, line)
	}
	for _, m := range leaving(has, at) {
		h := used.ProdutoUtilizado[m]
		out.ProdutoUtilizado = append(out.ProdutoUtilizado, omieapi.OSProduto{
			CAcaoItemPU: omieapi.AcaoExcluir, NIdItemPU: int64(h.NIdItemPU), NCodProdutoPU: int64(h.NCodProdutoPU), NQtdePU: &h.NQtdePU,
			CodigoLocalEstoque: int64(h.CodigoLocalEstoque),
		})
	}
	if len(out.ProdutoUtilizado) == 0 {
		return nil
	}
	return out
}

// alteredItems are all items of a sales order as they shall be: those that stay
// keep their ids, what is left of the old ones goes.
func alteredItems(held omieapi.Pedido, has, want []record.OrderLine) []omieapi.PedidoItem {
	out := itemsAsRead(held)
	taken := map[string]bool{}
	for _, item := range out {
		taken[item.Ide.CodigoItemIntegracao] = true
	}
	at := paired(has, want)
	for n, w := range want {
		switch m := at[n]; {
		case m < 0:
			out = append(out, newItem(freeCode(taken), w))
		case !equalLine(has[m], w):
			setLine(out[m].Produto, w)
		}
	}
	for _, m := range leaving(has, at) {
		out[m].Ide.AcaoItem = omieapi.AcaoExcluir
	}
	return out
}

func newItem(code string, l record.OrderLine) omieapi.PedidoItem {
	item := omieapi.PedidoItem{Ide: omieapi.PedidoIde{CodigoItemIntegracao: code}, Produto: &omieapi.PedidoProduto{CodigoProduto: record.Number(l.ID)}}
	setLine(item.Produto, l)
	return item
}

// freeCode is an item code that no item has, now taken: an item sent with
// another's code would alter that one.
func freeCode(taken map[string]bool) string {
	n := 1
	for taken[strconv.Itoa(n)] {
		n++
	}
	taken[strconv.Itoa(n)] = true
	return strconv.Itoa(n)
}
