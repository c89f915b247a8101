package omieapi

import (
	"context"
	"slices"
)

// The catalogues that settings name and that doctor checks (§8). They change
// rarely; read them hourly at most.
var (
	listarCategorias        = operation{"geral/categorias", "ListarCategorias", read}
	listarContasCorrentes   = operation{"geral/contacorrente", "ListarContasCorrentes", read}
	listarParcelas          = operation{"geral/parcelas", "ListarParcelas", read}
	listarEtapasFaturamento = operation{"produtos/etapafat", "ListarEtapasFaturamento", read}
	listarVendedores        = operation{"geral/vendedores", "ListarVendedores", read}
	listarProjetos          = operation{"geral/projetos", "ListarProjetos", read}
	pesquisarCidades        = operation{"geral/cidades", "PesquisarCidades", read}
	listarEmpresas          = operation{"geral/empresas", "ListarEmpresas", read}
)

// A Categoria accounts a document. Totalizadora ones cannot be used.
type Categoria struct {
	Linha
	Codigo       Text `json:"codigo"`
	Descricao    Text `json:"descricao"`
	ContaReceita SN   `json:"conta_receita"`
	Totalizadora SN   `json:"totalizadora"`
	ContaInativa SN   `json:"conta_inativa"`
	NaoExibir    SN   `json:"nao_exibir"`
}

// ListarCategorias returns a page of categories. An empty list may come without a fault.
func (c *Client) ListarCategorias(ctx context.Context, p Paginacao) (Lista[Categoria], error) {
	return listar[Categoria](ctx, c, listarCategorias, p.snake(), "categoria_cadastro")
}

// A ContaCorrente is a bank account or what is kept like one.
type ContaCorrente struct {
	Linha
	NCodCC    Int  `json:"nCodCC"`
	CCodCCInt Text `json:"cCodCCInt"`
	Descricao Text `json:"descricao"`
	Tipo      Text `json:"tipo_conta_corrente"` // CC checking, CX petty cash… (§8.1)
	Inativo   SN   `json:"inativo"`
	Bloqueado SN   `json:"bloqueado"`
}

// ListarContasCorrentes returns a page of accounts.
func (c *Client) ListarContasCorrentes(ctx context.Context, p Paginacao) (Lista[ContaCorrente], error) {
	return listar[ContaCorrente](ctx, c, listarContasCorrentes, p.snake(), "ListarContasCorrentes")
}

// A Parcela is a payment term.
type Parcela struct {
	Linha
	NCodigo    Text `json:"nCodigo"` // "000", "A30"…
	CDescricao Text `json:"cDescricao"`
	NParcelas  Int  `json:"nParcelas"`
}

// ListarParcelas returns a page of payment terms.
func (c *Client) ListarParcelas(ctx context.Context, p Paginacao) (Lista[Parcela], error) {
	return listar[Parcela](ctx, c, listarParcelas, p.snake(), "cadastros")
}

// The operations whose stages Ponte uses.
const (
	OperacaoServico = "01"
	OperacaoVenda   = "11"
)

// An OperacaoEtapas holds the stages of one operation.
type OperacaoEtapas struct {
	Linha
	CCodOperacao  Text        `json:"cCodOperacao"`
	CDescOperacao Text        `json:"cDescOperacao"`
	Etapas        Rows[Etapa] `json:"etapas"`
}

// An Etapa is a stage, under its account's own label.
type Etapa struct {
	CCodigo      Text `json:"cCodigo"`
	CDescricao   Text `json:"cDescricao"`
	CDescrPadrao Text `json:"cDescrPadrao"`
	CInativo     SN   `json:"cInativo"`
}

// ListarEtapasFaturamento returns a page of operations with their stages. Its
// totals count stages, and its rows, of which one came as {}, do not: rows that
// name no operation are left out (§8).
func (c *Client) ListarEtapasFaturamento(ctx context.Context, p Paginacao) (Lista[OperacaoEtapas], error) {
	page, err := listar[OperacaoEtapas](ctx, c, listarEtapasFaturamento, p.snake(), "cadastros")
	page.Itens = slices.DeleteFunc(page.Itens, func(o OperacaoEtapas) bool { return o.Erro == nil && o.CCodOperacao == "" })
	return page, err
}

// A Vendedor is a salesperson.
type Vendedor struct {
	Linha
	Codigo  Int  `json:"codigo"`
	CodInt  Text `json:"codInt"`
	Nome    Text `json:"nome"`
	Email   Text `json:"email"`
	Inativo SN   `json:"inativo"`
}

// ListarVendedores returns a page of salespeople. An empty list may come without a fault.
func (c *Client) ListarVendedores(ctx context.Context, p Paginacao) (Lista[Vendedor], error) {
	return listar[Vendedor](ctx, c, listarVendedores, p.snake(), "cadastro")
}

// A Projeto is a project.
type Projeto struct {
	Linha
	Codigo  Int  `json:"codigo"`
	CodInt  Text `json:"codInt"`
	Nome    Text `json:"nome"`
	Inativo SN   `json:"inativo"`
}

// ListarProjetos returns a page of projects. An empty list may come without a fault.
func (c *Client) ListarProjetos(ctx context.Context, p Paginacao) (Lista[Projeto], error) {
	return listar[Projeto](ctx, c, listarProjetos, p.snake(), "cadastro")
}

// A Cidade is a city; CCod is the form that documents take, NOME (UF).
type Cidade struct {
	Linha
	CCod     Text `json:"cCod"`
	CNome    Text `json:"cNome"`
	CUF      Text `json:"cUF"`
	NCodIBGE Text `json:"nCodIBGE"`
}

// PesquisarCidadesParam chooses a page of cities. No match is Empty.
type PesquisarCidadesParam struct {
	Paginacao
	Contendo string // part of the name, at most 40 characters
	UF       string
}

// PesquisarCidades returns a page of cities.
func (c *Client) PesquisarCidades(ctx context.Context, p PesquisarCidadesParam) (Lista[Cidade], error) {
	return listar[Cidade](ctx, c, pesquisarCidades, struct {
		paginaSnake
		Contendo string `json:"filtrar_cidade_contendo,omitempty"`
		UF       string `json:"filtrar_por_uf,omitempty"`
	}{p.snake(), p.Contendo, p.UF}, "lista_cidades")
}

// An Empresa is the company of the app; normally there is one.
type Empresa struct {
	Linha
	CodigoEmpresa Text `json:"codigo_empresa"`
	CNPJ          Text `json:"cnpj"`
	RazaoSocial   Text `json:"razao_social"`
	NomeFantasia  Text `json:"nome_fantasia"`
	Cidade        Text `json:"cidade"`
	Inativa       SN   `json:"inativa"`
}

// ListarEmpresas returns the companies. It is the gentlest test of a key; ask at
// most once a minute (§11).
func (c *Client) ListarEmpresas(ctx context.Context, p Paginacao) (Lista[Empresa], error) {
	return listar[Empresa](ctx, c, listarEmpresas, p.snake(), "empresas_cadastro")
}
