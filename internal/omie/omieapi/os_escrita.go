package omieapi

import "context"

// OSCadastro is a service order to be made or altered. What is nil or empty is
// not sent, and then left alone by AlterarOS. An item's position in the list is
// no key: AlterarOS asks for NSeqItem, NIdItem and CAcaoItem of every item, and
// whether items sent replace those that are there is disputed, so send all of
// them with their actions (§6.7).
type OSCadastro struct {
	Cabecalho             OSCabecalho           `json:"Cabecalho"`
	InformacoesAdicionais *OSInformacoes        `json:"InformacoesAdicionais,omitempty"`
	Email                 *OSEmail              `json:"Email,omitempty"`
	Observacoes           *OSObservacoes        `json:"Observacoes,omitempty"`
	ServicosPrestados     []OSServico           `json:"ServicosPrestados,omitempty"`
	ProdutosUtilizados    *OSProdutosUtilizados `json:"produtosUtilizados,omitempty"`
}

// OSCabecalho is the head. Making needs CCodIntOS, NCodCli, DDtPrevisao, CEtapa
// and CCodParc; altering needs NCodOS alone as its key.
type OSCabecalho struct {
	NCodOS      int64  `json:"nCodOS,omitempty"`
	CCodIntOS   string `json:"cCodIntOS,omitempty"`
	NCodCli     int64  `json:"nCodCli,omitempty"`
	DDtPrevisao string `json:"dDtPrevisao,omitempty"` // dd/mm/aaaa
	CEtapa      string `json:"cEtapa,omitempty"`      // 10 to 50; not sent on alter, so that it stays
	CCodParc    string `json:"cCodParc,omitempty"`
	NQtdeParc   int    `json:"nQtdeParc,omitempty"` // with 999
	NCodVend    int64  `json:"nCodVend,omitempty"`
}

// OSInformacoes is where the OS is accounted: category and bank account are required.
type OSInformacoes struct {
	CCodCateg     string `json:"cCodCateg,omitempty"`
	NCodCC        int64  `json:"nCodCC,omitempty"`
	CCidPrestServ string `json:"cCidPrestServ,omitempty"` // NOME (UF); left out: the company's own
	NCodProj      int64  `json:"nCodProj,omitempty"`
}

// OSEmail says what Omie mails when the OS is billed. The zero value: nothing.
type OSEmail struct {
	CEnvRecibo   SN `json:"cEnvRecibo"`
	CEnvLink     SN `json:"cEnvLink"`
	CEnvBoleto   SN `json:"cEnvBoleto"`
	CEnvPix      SN `json:"cEnvPix"`
	CEnvViaUnica SN `json:"cEnvViaUnica"`
}

// OSObservacoes is the internal note. An empty one erases what is there.
type OSObservacoes struct {
	CObsOS string `json:"cObsOS"`
}

// The actions of items in alterations.
const (
	AcaoAlterar = "A"
	AcaoExcluir = "E"
	AcaoIncluir = "I"
)

// OSServico is an item. It inherits from the catalogue what it does not state.
type OSServico struct {
	NIdItem        int64  `json:"nIdItem,omitempty"`
	NSeqItem       int    `json:"nSeqItem,omitempty"` // 1 to 199
	CAcaoItem      string `json:"cAcaoItem,omitempty"`
	NCodServico    int64  `json:"nCodServico,omitempty"`
	CDescServ      string `json:"cDescServ,omitempty"`
	CDadosAdicItem string `json:"cDadosAdicItem,omitempty"`
	CTribServ      string `json:"cTribServ,omitempty"`
	CCodServMun    string `json:"cCodServMun,omitempty"`
	CCodServLC116  string `json:"cCodServLC116,omitempty"`
	CCodCategItem  string `json:"cCodCategItem,omitempty"`
	CRetemISS      string `json:"cRetemISS,omitempty"`           // S or N
	CNaoGerarFin   string `json:"cNaoGerarFinanceiro,omitempty"` // S or N
	CReembolso     string `json:"cReembolso,omitempty"`
	CNbs           string `json:"cNbs,omitempty"`
	NQtde          *Dec   `json:"nQtde,omitempty"` // > 0
	NValUnit       *Dec   `json:"nValUnit,omitempty"`
	CTpDesconto    string `json:"cTpDesconto,omitempty"` // V or P
	NValorDesconto *Dec   `json:"nValorDesconto,omitempty"`
	NAliqDesconto  *Dec   `json:"nAliqDesconto,omitempty"`
	NValorAcresc   *Dec   `json:"nValorAcrescimos,omitempty"`      // some cities only
	NValorOutras   *Dec   `json:"nValorOutrasRetencoes,omitempty"` // some cities only
}

// ParaAlterar returns an item as it was read, ready to be sent back, so that what
// a person chose stays even where what is sent replaces what is held. Its taxes
// are left out: they mix rates with what Omie reckons (§6.4).
func (i OSServicoLido) ParaAlterar() OSServico {
	item := OSServico{
		NIdItem: int64(i.NIdItem), NSeqItem: int(i.NSeqItem), NCodServico: int64(i.NCodServico),
		CDescServ: string(i.CDescServ), CDadosAdicItem: string(i.CDadosAdicItem), CTribServ: string(i.CTribServ),
		CCodServMun: string(i.CCodServMun), CCodServLC116: string(i.CCodServLC116), CCodCategItem: string(i.CCodCategItem),
		CRetemISS: string(i.CRetemISS), CNaoGerarFin: string(i.CNaoGerarFin), CReembolso: string(i.CReembolso), CNbs: string(i.CNbs),
		NQtde: &i.NQtde, NValUnit: &i.NValUnit, CTpDesconto: string(i.CTpDesconto),
		NValorAcresc: positive(i.NValorAcresc), NValorOutras: positive(i.NValorOutras),
	}
	switch i.CTpDesconto {
	case "V":
		item.NValorDesconto = &i.NValorDesconto
	case "P":
		item.NAliqDesconto = &i.NAliqDesconto
	}
	return item
}

// positive leaves out what is nothing: the member is not for every city.
func positive(d Dec) *Dec {
	if !d.IsPos() {
		return nil
	}
	return &d
}

// The destinations of used products.
const (
	SaidaDeEstoque = "EST"
	Remessa        = "REM"
)

// OSProdutosUtilizados are the products that the OS takes out of stock. They
// bill nothing. CCodCategRem is required with Remessa and sent empty with
// SaidaDeEstoque (§6.5).
type OSProdutosUtilizados struct {
	CAcaoProdUtilizados string      `json:"cAcaoProdUtilizados"`
	CCodCategRem        string      `json:"cCodCategRem"`
	ProdutoUtilizado    []OSProduto `json:"produtoUtilizado"`
}

// OSProduto is one used product. On alter send only what is missing, since a
// full list with I takes the stock out twice (§6.5).
type OSProduto struct {
	NIdItemPU          int64  `json:"nIdItemPU,omitempty"`
	CAcaoItemPU        string `json:"cAcaoItemPU,omitempty"`
	NCodProdutoPU      int64  `json:"nCodProdutoPU,omitempty"`
	NQtdePU            *Dec   `json:"nQtdePU,omitempty"`
	CodigoLocalEstoque int64  `json:"codigo_local_estoque,omitempty"`
}

// OSStatus is what a write of an OS answers.
type OSStatus struct {
	NCodOS    Int  `json:"nCodOS"`
	CCodIntOS Text `json:"cCodIntOS"`
	CNumOS    Text `json:"cNumOS"` // zero-padded to 15 here
}

// IncluirOS makes a service order. A known integration code is Exists; the text
// of that fault is not established and names no id, so confirm by a list (§6.10).
func (c *Client) IncluirOS(ctx context.Context, os OSCadastro) (OSStatus, error) {
	var out OSStatus
	err := c.do(ctx, incluirOS, os, decodeMade(&out, &out.NCodOS))
	return out, err
}

// AlterarOS changes an open service order named by its nCodOS.
func (c *Client) AlterarOS(ctx context.Context, os OSCadastro) (OSStatus, error) {
	var out OSStatus
	if os.Cabecalho.NCodOS == 0 || os.Cabecalho.CCodIntOS != "" {
		// With both keys Omie asks for one of them (§6.7).
		return out, ownMistake(alterarOS, "an alteration is named by nCodOS alone")
	}
	err := c.do(ctx, alterarOS, os, decodeInto(&out))
	return out, err
}

// CancelarOS cancels a service order and no invoice. Its code stays used.
func (c *Client) CancelarOS(ctx context.Context, nCodOS int64) (OSStatus, error) {
	var out OSStatus
	err := c.do(ctx, cancelarOS, struct {
		NCodOS        int64 `json:"nCodOS"`
		CCancelarNfse SN    `json:"cCancelarNfse"` // S when left out (§6.9)
	}{NCodOS: nCodOS}, decodeInto(&out))
	return out, err
}
