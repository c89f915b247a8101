package omieapi

import "context"

// PedidoCadastro is a sales order to be made or altered. What is nil or empty
// is not sent. AlterarPedidoVenda needs the key, customer, forecast, stage as
// just read, term, category block and the full list of items (§7.7).
type PedidoCadastro struct {
	Cabecalho             PedidoCabecalho    `json:"cabecalho"`
	Det                   []PedidoItem       `json:"det,omitempty"`
	Frete                 *PedidoFrete       `json:"frete,omitempty"`
	InformacoesAdicionais *PedidoInformacoes `json:"informacoes_adicionais,omitempty"`
	ListaParcelas         *PedidoParcelas    `json:"lista_parcelas,omitempty"` // with 999
	Observacoes           *PedidoObservacoes `json:"observacoes,omitempty"`
}

// PedidoCabecalho is the head. The order's number is never sent.
type PedidoCabecalho struct {
	CodigoPedido           int64  `json:"codigo_pedido,omitempty"`
	CodigoPedidoIntegracao string `json:"codigo_pedido_integracao,omitempty"`
	CodigoCliente          int64  `json:"codigo_cliente,omitempty"`
	DataPrevisao           string `json:"data_previsao,omitempty"` // dd/mm/aaaa, today or later
	Etapa                  string `json:"etapa,omitempty"`
	CodigoParcela          string `json:"codigo_parcela,omitempty"`
	QtdeParcelas           int    `json:"qtde_parcelas,omitempty"` // with 999
}

// PedidoItem is an item of a sales order.
type PedidoItem struct {
	Ide        PedidoIde         `json:"ide"`
	Produto    *PedidoProduto    `json:"produto,omitempty"`
	InfAdic    *PedidoInfAdic    `json:"inf_adic,omitempty"`
	Observacao *PedidoObservacao `json:"observacao,omitempty"`
}

// PedidoIde names an item: by its own integration code, and by Omie's id on alter.
type PedidoIde struct {
	CodigoItem           int64  `json:"codigo_item,omitempty"`
	CodigoItemIntegracao string `json:"codigo_item_integracao,omitempty"`
	AcaoItem             string `json:"acao_item,omitempty"` // E removes
	SimplesNacional      string `json:"simples_nacional,omitempty"`
}

// PedidoProduto is what the item sells.
type PedidoProduto struct {
	CodigoProduto      int64  `json:"codigo_produto,omitempty"`
	CFOP               string `json:"cfop,omitempty"`
	Unidade            string `json:"unidade,omitempty"`
	Quantidade         *Dec   `json:"quantidade,omitempty"`
	ValorUnitario      *Dec   `json:"valor_unitario,omitempty"`
	TipoDesconto       string `json:"tipo_desconto,omitempty"` // V or P
	ValorDesconto      *Dec   `json:"valor_desconto,omitempty"`
	PercentualDesconto *Dec   `json:"percentual_desconto,omitempty"`
	CodigoTabelaPreco  int64  `json:"codigo_tabela_preco,omitempty"`
}

// PedidoInfAdic is where the item leaves from and is accounted.
type PedidoInfAdic struct {
	CodigoLocalEstoque   int64  `json:"codigo_local_estoque,omitempty"`
	CodigoCategoriaItem  string `json:"codigo_categoria_item,omitempty"`
	DadosAdicionaisItem  string `json:"dados_adicionais_item,omitempty"`
	NaoMovimentarEstoque string `json:"nao_movimentar_estoque,omitempty"`
	NaoGerarFinanceiro   string `json:"nao_gerar_financeiro,omitempty"`
	NumeroPedidoCompra   string `json:"numero_pedido_compra,omitempty"`
	ItemPedidoCompra     int64  `json:"item_pedido_compra,omitempty"`
}

// PedidoObservacao is the item's note.
type PedidoObservacao struct {
	ObsItem string `json:"obs_item"`
}

// SemFrete is the freight of an order that ships nothing.
const SemFrete = "9"

// PedidoFrete is who carries the goods.
type PedidoFrete struct {
	Modalidade string `json:"modalidade"`
}

// PedidoInformacoes is where the order is accounted: category, bank account and
// final consumer are required to make one. Say N to mail and pix when making;
// leave them nil when altering, so that what a person chose stays.
type PedidoInformacoes struct {
	CodigoCategoria     string `json:"codigo_categoria,omitempty"`
	CodigoContaCorrente int64  `json:"codigo_conta_corrente,omitempty"`
	ConsumidorFinal     *SN    `json:"consumidor_final,omitempty"`
	EnviarEmail         *SN    `json:"enviar_email,omitempty"`
	EnviarPix           *SN    `json:"enviar_pix,omitempty"`
	CodVend             int64  `json:"codVend,omitempty"`
	CodProj             int64  `json:"codProj,omitempty"`
}

// PedidoObservacoes is the internal note. An empty one erases what is there.
type PedidoObservacoes struct {
	ObsVenda string `json:"obs_venda"`
}

// PedidoStatus is what a write of a sales order answers.
type PedidoStatus struct {
	CodigoPedido           Int  `json:"codigo_pedido"`
	CodigoPedidoIntegracao Text `json:"codigo_pedido_integracao"`
	NumeroPedido           Text `json:"numero_pedido"`
}

// IncluirPedido makes a sales order. A known integration code is Exists, with
// the id where the text names it.
func (c *Client) IncluirPedido(ctx context.Context, p PedidoCadastro) (PedidoStatus, error) {
	var out PedidoStatus
	err := c.do(ctx, incluirPedido, p, decodeMade(&out, &out.CodigoPedido))
	return out, err
}

// AlterarPedidoVenda changes an open sales order named by its codigo_pedido.
func (c *Client) AlterarPedidoVenda(ctx context.Context, p PedidoCadastro) (PedidoStatus, error) {
	var out PedidoStatus
	if p.Cabecalho.CodigoPedido == 0 || p.Cabecalho.CodigoPedidoIntegracao != "" {
		return out, ownMistake(alterarPedidoVenda, "an alteration is named by codigo_pedido alone")
	}
	err := c.do(ctx, alterarPedidoVenda, p, decodeInto(&out))
	return out, err
}

// PedidoCancelado is what CancelarPedidoVenda answers.
type PedidoCancelado struct {
	NCodPed    Int  `json:"nCodPed"`
	CCodIntPed Text `json:"cCodIntPed"`
}

// CancelarPedidoVenda cancels a sales order. Its code stays used.
func (c *Client) CancelarPedidoVenda(ctx context.Context, codigoPedido int64) (PedidoCancelado, error) {
	var out PedidoCancelado
	err := c.do(ctx, cancelarPedidoVenda, struct {
		NCodPed int64 `json:"nCodPed"`
	}{codigoPedido}, decodeInto(&out))
	return out, err
}

// ItemParaAlterar returns an item as it was read, ready to be sent back
// unchanged: without what Omie reckons itself.
func (i PedidoItemLido) ItemParaAlterar() PedidoItem {
	p, a := i.Produto, i.InfAdic
	item := PedidoItem{
		Ide: PedidoIde{
			CodigoItem: int64(i.Ide.CodigoItem), CodigoItemIntegracao: string(i.Ide.CodigoItemIntegracao),
			SimplesNacional: string(i.Ide.SimplesNacional),
		},
		Produto: &PedidoProduto{
			CodigoProduto: int64(p.CodigoProduto), CFOP: string(p.CFOP), Unidade: string(p.Unidade),
			Quantidade: &p.Quantidade, ValorUnitario: &p.ValorUnitario, TipoDesconto: string(p.TipoDesconto),
			CodigoTabelaPreco: int64(p.CodigoTabelaPreco),
		},
	}
	switch p.TipoDesconto {
	case "V":
		item.Produto.ValorDesconto = &p.ValorDesconto
	case "P":
		item.Produto.PercentualDesconto = &p.PercentualDesconto
	}
	inf := PedidoInfAdic{
		CodigoLocalEstoque: int64(a.CodigoLocalEstoque), CodigoCategoriaItem: string(a.CodigoCategoriaItem),
		DadosAdicionaisItem: string(a.DadosAdicionaisItem), NaoMovimentarEstoque: string(a.NaoMovimentarEstoque),
		NaoGerarFinanceiro: string(a.NaoGerarFinanceiro), NumeroPedidoCompra: string(a.NumeroPedidoCompra),
		ItemPedidoCompra: int64(a.ItemPedidoCompra),
	}
	if inf != (PedidoInfAdic{}) {
		item.InfAdic = &inf
	}
	if i.Observacao != "" {
		item.Observacao = &PedidoObservacao{string(i.Observacao)}
	}
	return item
}
