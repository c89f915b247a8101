package omie

import (
	"context"
	"maps"
	"slices"

	"github.com/govalues/decimal"

	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

func (s *side) products() *record.Access {
	return &record.Access{
		Feeds: []record.Feed{
			{Name: "products", Cycle: true, Windowed: true, Hooked: true, List: s.listProducts},
			{Name: "stock", Cycle: true, Partial: true, List: s.listStock, Find: stockFinder{s}},
		},
		Find: productFinder{s},
	}
}

func (s *side) listProducts(ctx context.Context, w record.Window, page func(record.Page) error) error {
	fetch := func(ctx context.Context, p omieapi.Paginacao) (omieapi.Lista[omieapi.Produto], error) {
		return s.api.ListarProdutos(ctx, omieapi.ListarProdutosParam{Paginacao: p, Janela: windowOf(w)})
	}
	return eachPage(ctx, s.from(w), fetch, func(p omieapi.Produto) (record.Item, bool) {
		i := productItem(p)
		return i, w.Holds(i.Changed)
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
		Keys:  record.Keys(record.Key{Name: record.KeyCode, Value: string(p.CodigoProdutoIntegracao)}, record.Key{Name: record.KeySKU, Value: sku}),
		Facts: map[string]string{record.FactInactive: boolText(bool(p.Inativo))},
	}
	return unreadable(stamped(i, p.Info), p.Linha, "codigo_produto")
}

// listStock reads the stock position of the chosen place: nSaldo, the available
// balance (docs/apis/omie.md §4.4). Of all places it adds the rows up and gives
// the sums with the last page.
func (s *side) listStock(ctx context.Context, w record.Window, page func(record.Page) error) error {
	return s.stockOf(ctx, nil, w, page)
}

// stockOf lists the stock of some products, of all when none is named; a sweep
// shows those without movement too. A read of sums is never taken up in the middle.
func (s *side) stockOf(ctx context.Context, products []omieapi.PosEstoqueChave, w record.Window, page func(record.Page) error) error {
	everywhere := s.opts.StockLocation == allPlaces
	sums := stockSums{}
	fetch := func(ctx context.Context, p omieapi.Paginacao) (omieapi.Lista[omieapi.PosEstoque], error) {
		param := s.stockParam(p, w.Sweep)
		param.ListaProdutos = products
		return s.api.ListarPosEstoque(ctx, param)
	}
	from := s.beginning()
	if w.After.Page > 0 && !everywhere {
		from = w.After
	}
	return eachPage(ctx, from, fetch, func(p omieapi.PosEstoque) (record.Item, bool) {
		sums.add(p)
		// A row that did not decode says nothing, least of all 0.
		return stockItem(id(p.NCodProd), p.NSaldo.Decimal), !everywhere && p.Erro == nil
	}, func(p record.Page) error {
		if everywhere {
			p.Size = 0
		}
		if p.Last && everywhere {
			p.Items = sums.items()
		}
		return page(p)
	})
}

const allPlaces = "all"

// stockSums are the balances of products over all places, nil for a product of
// which a row did not read: what is known of it is not its sum.
type stockSums map[string]*decimal.Decimal

func (t stockSums) add(p omieapi.PosEstoque) {
	product := id(p.NCodProd)
	so, seen := t[product]
	switch {
	case p.Erro != nil:
		t[salvagedID(p.Raw, []string{"nCodProd"})] = nil
	case !seen:
		t[product] = &p.NSaldo.Decimal
	case so != nil:
		t[product] = nil
		if sum, err := so.Add(p.NSaldo.Decimal); err == nil {
			t[product] = &sum
		}
	}
}

// items are the sums, by product.
func (t stockSums) items() []record.Item {
	var out []record.Item
	for _, product := range slices.Sorted(maps.Keys(t)) {
		if sum := t[product]; sum != nil {
			out = append(out, stockItem(product, *sum))
		}
	}
	return out
}

func (s *side) stockParam(p omieapi.Paginacao, sweep bool) omieapi.ListarPosEstoqueParam {
	param := omieapi.ListarPosEstoqueParam{Paginacao: p, ExibeTodos: sweep}
	switch place := record.Number(s.opts.StockLocation); {
	case s.opts.StockLocation == allPlaces:
		param.ListaLocalEstoque = omieapi.TodosOsLocais
	case place != 0:
		param.CodigoLocalEstoque = place
	}
	return param
}

func stockItem(product string, balance decimal.Decimal) record.Item {
	return record.Item{Kind: record.Product, Side: record.Omie, ID: product, Fields: record.Fields{record.FieldStock: record.Amount(balance)}}
}

type stockFinder struct{ *side }

// Find reads the stock of products, all of which exist: shown even without
// movement, they are never the empty answer that is a fault.
func (f stockFinder) Find(ctx context.Context, keys []record.Key, _ record.Near) ([]record.Item, error) {
	var out []record.Item
	for batch := range slices.Chunk(keys, mostCodes) {
		var ask []omieapi.PosEstoqueChave
		for _, k := range batch {
			if k.Name != record.KeyID {
				return nil, record.ErrNoLookup
			}
			ask = append(ask, omieapi.PosEstoqueChave{NCodProd: record.Number(k.Value)})
		}
		err := f.stockOf(ctx, ask, record.Window{Sweep: true}, func(p record.Page) error {
			out = append(out, p.Items...)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

type productFinder struct{ *side }

// Find looks products up by id or SKU.
func (f productFinder) Find(ctx context.Context, keys []record.Key, near record.Near) ([]record.Item, error) {
	return lookUp(ctx, keys, near, productKey, func(ctx context.Context, ask []omieapi.ProdutoChave) (omieapi.Lista[omieapi.Produto], error) {
		return f.api.ListarProdutos(ctx, omieapi.ListarProdutosParam{Paginacao: f.turned(), PorCodigo: ask})
	}, productItem)
}

func productKey(k record.Key) (omieapi.ProdutoChave, error) {
	switch k.Name {
	case record.KeyID:
		return omieapi.ProdutoChave{CodigoProduto: record.Number(k.Value)}, nil
	case record.KeySKU:
		return omieapi.ProdutoChave{Codigo: k.Value}, nil
	}
	return omieapi.ProdutoChave{}, record.ErrNoLookup
}
