package omieapi

import "context"

var (
	listarPosEstoque    = operation{"estoque/consulta", "ListarPosEstoque", read}
	listarLocaisEstoque = operation{"estoque/local", "ListarLocaisEstoque", read}
)

// TodosOsLocais asks ListarPosEstoque for a row per product and location.
const TodosOsLocais = "TODOS"

// A PosEstoque is the stock of one product at one location (§4.4).
type PosEstoque struct {
	Linha
	NCodProd           Int  `json:"nCodProd"`
	CCodInt            Text `json:"cCodInt"`
	CCodigo            Text `json:"cCodigo"`
	CDescricao         Text `json:"cDescricao"`
	NPrecoUnitario     Dec  `json:"nPrecoUnitario"`
	NSaldo             Dec  `json:"nSaldo"` // available; may be negative or fractional
	Fisico             Dec  `json:"fisico"`
	Reservado          Dec  `json:"reservado"`
	NPendente          Dec  `json:"nPendente"` // in open orders, not yet taken off nSaldo
	CodigoLocalEstoque Int  `json:"codigo_local_estoque"`
}

// ListarPosEstoqueParam chooses a page of stock. Without a location the default
// one alone is answered, never the sum; give one of the two at most (fault 1073).
type ListarPosEstoqueParam struct {
	Paginacao
	DataPosicao        string // dd/mm/aaaa; empty: now
	ExibeTodos         bool   // products without movement too; forces 50 rows a page
	CodigoLocalEstoque int64
	ListaLocalEstoque  string // TodosOsLocais or a comma list of codes
	ListaProdutos      []PosEstoqueChave
}

// A PosEstoqueChave names a product whose stock is asked for.
type PosEstoqueChave struct {
	NCodProd int64 `json:"nCodProd"`
}

// ListarPosEstoque returns a page of stock positions.
func (c *Client) ListarPosEstoque(ctx context.Context, p ListarPosEstoqueParam) (Lista[PosEstoque], error) {
	return listar[PosEstoque](ctx, c, listarPosEstoque, struct {
		paginaHungara
		DDataPosicao       string `json:"dDataPosicao,omitempty"`
		CExibeTodos        SN     `json:"cExibeTodos"`
		CodigoLocalEstoque int64  `json:"codigo_local_estoque,omitempty"`
		ListaLocalEstoque  string `json:"lista_local_estoque,omitempty"`

		ListaProdutos []PosEstoqueChave `json:"lista_produtos,omitempty"`
	}{p.hungarian(), p.DataPosicao, SN(p.ExibeTodos), p.CodigoLocalEstoque, p.ListaLocalEstoque, p.ListaProdutos}, "produtos")
}

// A LocalEstoque is a place that holds stock (§4.6).
type LocalEstoque struct {
	Linha
	CodigoLocalEstoque Int  `json:"codigo_local_estoque"`
	Codigo             Text `json:"codigo"`
	Descricao          Text `json:"descricao"`
	Tipo               Text `json:"tipo"`
	Padrao             SN   `json:"padrao"`
	Inativo            SN   `json:"inativo"`
}

// ListarLocaisEstoque returns a page of stock locations.
func (c *Client) ListarLocaisEstoque(ctx context.Context, p Paginacao) (Lista[LocalEstoque], error) {
	return listar[LocalEstoque](ctx, c, listarLocaisEstoque, p.hungarian(), "locaisEncontrados")
}
