package omieapi

import (
	"context"
	"encoding/json"
)

// Service orders (§6). There is no UpsertOS.
var (
	listarOS    = operation{"servicos/os", "ListarOS", read}
	consultarOS = operation{"servicos/os", "ConsultarOS", read}
	incluirOS   = operation{"servicos/os", "IncluirOS", write}
	alterarOS   = operation{"servicos/os", "AlterarOS", write}
	cancelarOS  = operation{"servicos/osp", "CancelarOS", write}
)

// An OS is a service order as read.
type OS struct {
	Linha
	Cabecalho             OSCabecalhoLido     `json:"Cabecalho"`
	InformacoesAdicionais OSInformacoesLidas  `json:"InformacoesAdicionais"`
	Observacoes           OSObservacoesLidas  `json:"Observacoes"`
	ServicosPrestados     Rows[OSServicoLido] `json:"ServicosPrestados"`
	ProdutosUtilizados    OSProdutosLidos     `json:"produtosUtilizados"` // only when asked for
	InfoCadastro          OSInfo              `json:"InfoCadastro"`
}

// OSCabecalhoLido is the head of an OS.
type OSCabecalhoLido struct {
	NCodOS      Int  `json:"nCodOS"`
	CCodIntOS   Text `json:"cCodIntOS"` // may come padded
	CNumOS      Text `json:"cNumOS"`    // padded with zeros or not (§6.1)
	NCodCli     Int  `json:"nCodCli"`
	DDtPrevisao Text `json:"dDtPrevisao"`
	CEtapa      Text `json:"cEtapa"` // a cancelled or billed OS may keep any
	CCodParc    Text `json:"cCodParc"`
	NQtdeParc   Int  `json:"nQtdeParc"`
	NCodVend    Int  `json:"nCodVend"`
	NValorTotal Dec  `json:"nValorTotal"`
}

// OSInformacoesLidas is where an OS is accounted.
type OSInformacoesLidas struct {
	CCodCateg     Text `json:"cCodCateg"`
	NCodCC        Int  `json:"nCodCC"`
	CCidPrestServ Text `json:"cCidPrestServ"`
	NCodProj      Int  `json:"nCodProj"`
	CDadosAdicNF  Text `json:"cDadosAdicNF"`
}

// UnmarshalJSON reads the block, which may come as "" or [].
func (o *OSInformacoesLidas) UnmarshalJSON(b []byte) error {
	type plain OSInformacoesLidas
	return block(b, (*plain)(o))
}

// OSObservacoesLidas is the internal note; {} when there is none. Line breaks
// may come back as "|" (§10.5).
type OSObservacoesLidas struct {
	CObsOS Text `json:"cObsOS"`
}

// UnmarshalJSON reads the block, which may come as "" or [].
func (o *OSObservacoesLidas) UnmarshalJSON(b []byte) error {
	type plain OSObservacoesLidas
	return block(b, (*plain)(o))
}

// OSServicoLido is an item of an OS.
type OSServicoLido struct {
	NIdItem        Int             `json:"nIdItem"`
	NSeqItem       Int             `json:"nSeqItem"`
	NCodServico    Int             `json:"nCodServico"`
	CCodIntServico Text            `json:"cCodIntServico"`
	CDescServ      Text            `json:"cDescServ"`
	CTribServ      Text            `json:"cTribServ"`
	CCodServMun    Text            `json:"cCodServMun"`
	CCodServLC116  Text            `json:"cCodServLC116"`
	CCodCategItem  Text            `json:"cCodCategItem"`
	CDadosAdicItem Text            `json:"cDadosAdicItem"`
	CRetemISS      Text            `json:"cRetemISS"`
	CNaoGerarFin   Text            `json:"cNaoGerarFinanceiro"`
	CReembolso     Text            `json:"cReembolso"`
	CNbs           Text            `json:"cNbs"`
	NQtde          Dec             `json:"nQtde"`
	NValUnit       Dec             `json:"nValUnit"`
	CTpDesconto    Text            `json:"cTpDesconto"`
	NAliqDesconto  Dec             `json:"nAliqDesconto"`
	NValorDesconto Dec             `json:"nValorDesconto"`
	NValorAcresc   Dec             `json:"nValorAcrescimos"`
	NValorOutras   Dec             `json:"nValorOutrasRetencoes"`
	Impostos       json.RawMessage `json:"impostos"`
}

// OSProdutosLidos are the products that an OS takes out of stock.
type OSProdutosLidos struct {
	CAcaoProdUtilizados Text                `json:"cAcaoProdUtilizados"`
	CCodCategRem        Text                `json:"cCodCategRem"`
	ProdutoUtilizado    Rows[OSProdutoLido] `json:"produtoUtilizado"`
}

// UnmarshalJSON reads the block, which may come as "" or [].
func (o *OSProdutosLidos) UnmarshalJSON(b []byte) error {
	type plain OSProdutosLidos
	return block(b, (*plain)(o))
}

// OSProdutoLido is one used product. It carries no price.
type OSProdutoLido struct {
	NIdItemPU          Int `json:"nIdItemPU"`
	NCodProdutoPU      Int `json:"nCodProdutoPU"`
	NQtdePU            Dec `json:"nQtdePU"`
	CodigoLocalEstoque Int `json:"codigo_local_estoque"`
}

// OSInfo tells what became of an OS. Trust these flags, not the stage (§6.6).
type OSInfo struct {
	CFaturada  SN   `json:"cFaturada"`
	CCancelada SN   `json:"cCancelada"`
	COrigem    Text `json:"cOrigem"`
	DDtInc     Text `json:"dDtInc"`
	CHrInc     Text `json:"cHrInc"`
	DDtAlt     Text `json:"dDtAlt"`
	CHrAlt     Text `json:"cHrAlt"`
	UInc       Text `json:"uInc"`
	UAlt       Text `json:"uAlt"`
}

// UnmarshalJSON reads the block, which may come as "" or [].
func (o *OSInfo) UnmarshalJSON(b []byte) error {
	type plain OSInfo
	return block(b, (*plain)(o))
}

// Carimbos returns the stamps under the names of the other resources.
func (o OSInfo) Carimbos() Carimbos {
	return Carimbos{DInc: o.DDtInc, HInc: o.CHrInc, UInc: o.UInc, DAlt: o.DDtAlt, HAlt: o.CHrAlt, UAlt: o.UAlt}
}

// OSChave names an OS by exactly one of its keys.
type OSChave struct {
	NCodOS    int64  `json:"nCodOS,omitempty"`
	CCodIntOS string `json:"cCodIntOS,omitempty"`
}

// ListarOSParam chooses a page of service orders. The window filters on making
// or change and has no hours; the forecast has a window of its own.
type ListarOSParam struct {
	Paginacao
	JanelaDeDias
	PorCodigo  []OSChave // at most 50; unknown ones are simply absent (§6.8)
	Previsao   JanelaDeDias
	PorCliente int64
	PorEtapa   string
	PorStatus  string // F billed, N not billed, C cancelled; empty: all
}

// ListarOS returns a page of service orders, with their used products.
func (c *Client) ListarOS(ctx context.Context, p ListarOSParam) (Lista[OS], error) {
	return listar[OS](ctx, c, listarOS, struct {
		paginaSnake
		JanelaDeDias
		PorCodigo       []OSChave `json:"filtrar_por_codigo,omitempty"`
		PrevisaoDe      string    `json:"filtrar_por_data_previsao_de,omitempty"`
		PrevisaoAte     string    `json:"filtrar_por_data_previsao_ate,omitempty"`
		PorCliente      int64     `json:"filtrar_por_cliente,omitempty"`
		PorEtapa        string    `json:"filtrar_por_etapa,omitempty"`
		PorStatus       string    `json:"filtrar_por_status,omitempty"`
		CExibirProdutos SN        `json:"cExibirProdutos"`
	}{p.snake(), p.JanelaDeDias, p.PorCodigo, p.Previsao.De, p.Previsao.Ate, p.PorCliente, p.PorEtapa, p.PorStatus, true}, "osCadastro")
}

// ConsultarOS reads one service order. An unknown one is Gone and costs a fault.
func (c *Client) ConsultarOS(ctx context.Context, key OSChave) (OS, error) {
	var out OS
	err := c.do(ctx, consultarOS, key, func(body []byte) error {
		out = OS{}
		if err := json.Unmarshal(body, &out); err != nil {
			return err
		}
		out.Raw = body
		return nil
	})
	return out, err
}
