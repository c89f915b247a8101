package omieapi

import "context"

var listarProdutos = operation{"geral/produtos", "ListarProdutos", read}

// A Produto is a product of the catalogue as read (§4.2). Its stock is elsewhere:
// quantidade_estoque is always 0.
type Produto struct {
	Linha
	CodigoProduto           Int      `json:"codigo_produto"` // the only key that orders accept reliably
	CodigoProdutoIntegracao Text     `json:"codigo_produto_integracao"`
	Codigo                  Text     `json:"codigo"` // the SKU that people see and edit
	Descricao               Text     `json:"descricao"`
	Unidade                 Text     `json:"unidade"`
	NCM                     Text     `json:"ncm"`
	EAN                     Text     `json:"ean"`
	ValorUnitario           Dec      `json:"valor_unitario"`
	TipoItem                Text     `json:"tipoItem"`
	Inativo                 SN       `json:"inativo"`
	Bloqueado               SN       `json:"bloqueado"`
	Info                    Carimbos `json:"info"`
}

// ProdutoChave names a product by any one of its keys.
type ProdutoChave struct {
	CodigoProduto           int64  `json:"codigo_produto,omitempty"`
	CodigoProdutoIntegracao string `json:"codigo_produto_integracao,omitempty"`
	Codigo                  string `json:"codigo,omitempty"`
}

// ListarProdutosParam chooses a page of products.
type ListarProdutosParam struct {
	Paginacao
	Janela
	PorCodigo []ProdutoChave // at most 50; unknown ones are simply absent (§2.3)
}

// ListarProdutos returns a page of products, by code, inactive ones too. The
// point-of-sale filter, whose default hides most products, is always off (§4.3).
func (c *Client) ListarProdutos(ctx context.Context, p ListarProdutosParam) (Lista[Produto], error) {
	return listar[Produto](ctx, c, listarProdutos, struct {
		paginaSnake
		ApenasImportadoAPI SN `json:"apenas_importado_api"`
		ApenasOmiePDV      SN `json:"filtrar_apenas_omiepdv"`
		Janela
		PorCodigo []ProdutoChave `json:"produtosPorCodigo,omitempty"`
	}{paginaSnake: p.snake(), Janela: p.Janela, PorCodigo: p.PorCodigo}, "produto_servico_cadastro")
}
