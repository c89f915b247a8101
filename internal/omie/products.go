package omie

import (
	"context"

	"github.com/govalues/decimal"

	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

func (s *side) products() *record.Access {
	return &record.Access{
		Feeds: []record.Feed{
			{Name: "products", Cycle: true, Windowed: true, List: s.listProducts},
			{Name: "stock", Cycle: true, Partial: true, List: s.listStock},
		},
		Find: productFinder{s},
	}
}

func (s *side) listProducts(ctx context.Context, w record.Window, page func(record.Page) error) error {
	fetch := func(ctx context.Context, p omieapi.Paginacao) (omieapi.Lista[omieapi.Produto], error) {
		return s.api.ListarProdutos(ctx, omieapi.ListarProdutosParam{Paginacao: p, Janela: windowOf(w)})
	}
	return eachPage(ctx, fetch, func(p omieapi.Produto) (record.Item, bool) {
		i := productItem(p)
		return i, within(w, i.Changed)
	}, page)
}

// productItem is a product as a record; its stock comes by its own feed.
func productItem(p omieapi.Produto) record.Item {
	sku := string(p.Codigo)
	i := record.Item{
		Kind: record.Product, Side: record.Omie, ID: id(p.CodigoProduto), Title: string(p.Descricao), Code: string(p.CodigoProdutoIntegracao),
		Fields: record.Fields{
			record.FieldName: string(p.Descricao), record.FieldActive: boolText(!bool(p.Inativo)),
			record.FieldPrice: record.Amount(p.ValorUnitario.Decimal), record.FieldExternalID: sku,
		},
		Keys:  keys(record.Key{Name: record.KeySKU, Value: sku}),
		Facts: map[string]string{record.FactInactive: boolText(bool(p.Inativo))},
	}
	return unreadable(stamped(i, p.Info), p.Linha)
}

// listStock reads the stock position of the chosen place: nSaldo, the available
// balance (docs/apis/omie.md §4.4). Of all places it adds the rows up and gives
// the sums with the last page.
func (s *side) listStock(ctx context.Context, w record.Window, page func(record.Page) error) error {
	size := s.turningSize()
	sums := map[string]decimal.Decimal{}
	fetch := func(ctx context.Context, p omieapi.Paginacao) (omieapi.Lista[omieapi.PosEstoque], error) {
		p.PorPagina = size
		return s.api.ListarPosEstoque(ctx, s.stockParam(p, w.Sweep))
	}
	return eachPage(ctx, fetch, func(p omieapi.PosEstoque) (record.Item, bool) {
		total, err := sums[id(p.NCodProd)].Add(p.NSaldo.Decimal)
		if err == nil {
			sums[id(p.NCodProd)] = total
		}
		return stockItem(id(p.NCodProd), p.NSaldo.Decimal), s.opts.StockLocation != "all"
	}, func(p record.Page) error {
		if p.Last && s.opts.StockLocation == "all" {
			for product, total := range sums {
				p.Items = append(p.Items, stockItem(product, total))
			}
		}
		return page(p)
	})
}

func (s *side) stockParam(p omieapi.Paginacao, sweep bool) omieapi.ListarPosEstoqueParam {
	param := omieapi.ListarPosEstoqueParam{Paginacao: p, ExibeTodos: sweep}
	switch place := number(s.opts.StockLocation); {
	case s.opts.StockLocation == "all":
		param.ListaLocalEstoque = omieapi.TodosOsLocais
	case place != 0:
		param.CodigoLocalEstoque = place
	}
	return param
}

func stockItem(product string, balance decimal.Decimal) record.Item {
	return record.Item{Kind: record.Product, Side: record.Omie, ID: product, Fields: record.Fields{record.FieldStock: record.Amount(balance)}}
}

type productFinder struct{ *side }

// Find looks products up by id or SKU in one list call that carries a product
// known to exist, so that it does not fault.
func (f productFinder) Find(ctx context.Context, keys []record.Key, near record.Near) ([]record.Item, error) {
	wanted := map[record.Key]bool{}
	var ask []omieapi.ProdutoChave
	for _, k := range keys {
		wanted[k] = true
		switch k.Name {
		case record.KeyID:
			ask = append(ask, omieapi.ProdutoChave{CodigoProduto: number(k.Value)})
		case record.KeySKU:
			ask = append(ask, omieapi.ProdutoChave{Codigo: k.Value})
		default:
			return nil, record.ErrNoLookup
		}
	}
	if known := number(near.KnownID); known != 0 {
		ask = append(ask, omieapi.ProdutoChave{CodigoProduto: known})
	}
	list, err := f.api.ListarProdutos(ctx, omieapi.ListarProdutosParam{Paginacao: omieapi.Paginacao{Pagina: 1, PorPagina: f.turningSize()}, PorCodigo: ask})
	return found(list, err, productItem, wanted)
}
