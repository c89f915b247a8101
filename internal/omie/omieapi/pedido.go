package omieapi

import (
	"context"
	"encoding/json"
)

// Sales orders (§7). There is no UpsertPedido.
var (
	listarPedidos       = operation{"produtos/pedido", "ListarPedidos", read}
	consultarPedido     = operation{"produtos/pedido", "ConsultarPedido", read}
	incluirPedido       = operation{"produtos/pedido", "IncluirPedido", write}
	alterarPedidoVenda  = operation{"produtos/pedido", "AlterarPedidoVenda", write}
	cancelarPedidoVenda = operation{"produtos/pedidovendafat", "CancelarPedidoVenda", write}
)

// A Pedido is a sales order as read. ConsultarPedido leaves empty members out.
type Pedido struct {
	Linha
	Cabecalho             PedidoCabecalhoLido    `json:"cabecalho"`
	Det                   Rows[PedidoItemLido]   `json:"det"`
	InformacoesAdicionais PedidoInformacoesLidas `json:"informacoes_adicionais"`
	Observacoes           PedidoObservacoesLidas `json:"observacoes"`
	ListaParcelas         PedidoParcelasLidas    `json:"lista_parcelas"`
	TotalPedido           PedidoTotal            `json:"total_pedido"`
	InfoCadastro          PedidoInfo             `json:"infoCadastro"`
}

// PedidoCabecalhoLido is the head of a sales order.
type PedidoCabecalhoLido struct {
	CodigoPedido           Int  `json:"codigo_pedido"`
	CodigoPedidoIntegracao Text `json:"codigo_pedido_integracao"`
	NumeroPedido           Text `json:"numero_pedido"` // zero-padded
	CodigoCliente          Int  `json:"codigo_cliente"`
	DataPrevisao           Text `json:"data_previsao"`
	Etapa                  Text `json:"etapa"` // a cancelled or billed order may keep any
	CodigoParcela          Text `json:"codigo_parcela"`
	QtdeParcelas           Int  `json:"qtde_parcelas"`
	OrigemPedido           Text `json:"origem_pedido"`
	Bloqueado              SN   `json:"bloqueado"`
	Encerrado              SN   `json:"encerrado"`
}

// PedidoItemLido is an item of a sales order. Raw is the item as it came.
type PedidoItemLido struct {
	Ide        PedidoItemIde
	Produto    PedidoItemProdutoLido
	InfAdic    PedidoItemInfAdicLido
	Observacao Text
	Raw        json.RawMessage
}

// PedidoItemIde names an item.
type PedidoItemIde struct {
	CodigoItem           Int  `json:"codigo_item"`
	CodigoItemIntegracao Text `json:"codigo_item_integracao"`
	SimplesNacional      Text `json:"simples_nacional"`
}

// PedidoItemProdutoLido is what an item sells.
type PedidoItemProdutoLido struct {
	CodigoProduto           Int  `json:"codigo_produto"`
	CodigoProdutoIntegracao Text `json:"codigo_produto_integracao"`
	Codigo                  Text `json:"codigo"`
	Descricao               Text `json:"descricao"`
	CFOP                    Text `json:"cfop"`
	Unidade                 Text `json:"unidade"`
	Quantidade              Dec  `json:"quantidade"`
	ValorUnitario           Dec  `json:"valor_unitario"`
	TipoDesconto            Text `json:"tipo_desconto"`
	ValorDesconto           Dec  `json:"valor_desconto"`
	PercentualDesconto      Dec  `json:"percentual_desconto"`
	ValorTotal              Dec  `json:"valor_total"`
	CodigoTabelaPreco       Int  `json:"codigo_tabela_preco"`
}

// PedidoItemInfAdicLido is where an item leaves from and is accounted.
type PedidoItemInfAdicLido struct {
	CodigoLocalEstoque   Int  `json:"codigo_local_estoque"`
	CodigoCategoriaItem  Text `json:"codigo_categoria_item"`
	DadosAdicionaisItem  Text `json:"dados_adicionais_item"`
	NaoMovimentarEstoque Text `json:"nao_movimentar_estoque"`
	NaoGerarFinanceiro   Text `json:"nao_gerar_financeiro"`
	NumeroPedidoCompra   Text `json:"numero_pedido_compra"`
	ItemPedidoCompra     Int  `json:"item_pedido_compra"`
}

// UnmarshalJSON reads the item and keeps it as it came.
func (i *PedidoItemLido) UnmarshalJSON(b []byte) error {
	var wire struct {
		Ide        PedidoItemIde         `json:"ide"`
		Produto    PedidoItemProdutoLido `json:"produto"`
		InfAdic    json.RawMessage       `json:"inf_adic"`
		Observacao json.RawMessage       `json:"observacao"`
	}
	if err := json.Unmarshal(b, &wire); err != nil {
		return err
	}
	*i = PedidoItemLido{Ide: wire.Ide, Produto: wire.Produto, Raw: append(json.RawMessage(nil), b...)}
	if err := block(wire.InfAdic, &i.InfAdic); err != nil {
		return err
	}
	var note struct {
		ObsItem Text `json:"obs_item"`
	}
	err := block(wire.Observacao, &note)
	i.Observacao = note.ObsItem
	return err
}

// PedidoInformacoesLidas is where a sales order is accounted.
type PedidoInformacoesLidas struct {
	CodigoCategoria     Text `json:"codigo_categoria"`
	CodigoContaCorrente Int  `json:"codigo_conta_corrente"`
	ConsumidorFinal     SN   `json:"consumidor_final"`
	CodVend             Int  `json:"codVend"`
	CodProj             Int  `json:"codProj"`
	EnviarEmail         SN   `json:"enviar_email"`
	DadosAdicionaisNF   Text `json:"dados_adicionais_nf"`
}

// UnmarshalJSON reads the block, which may come as "" or [].
func (p *PedidoInformacoesLidas) UnmarshalJSON(b []byte) error {
	type plain PedidoInformacoesLidas
	return block(b, (*plain)(p))
}

// PedidoObservacoesLidas is the internal note.
type PedidoObservacoesLidas struct {
	ObsVenda Text `json:"obs_venda"`
}

// UnmarshalJSON reads the block, which may come as "" or [].
func (p *PedidoObservacoesLidas) UnmarshalJSON(b []byte) error {
	type plain PedidoObservacoesLidas
	return block(b, (*plain)(p))
}

// PedidoTotal is what Omie reckoned.
type PedidoTotal struct {
	ValorMercadorias Dec `json:"valor_mercadorias"`
	ValorDescontos   Dec `json:"valor_descontos"`
	ValorTotalPedido Dec `json:"valor_total_pedido"`
}

// UnmarshalJSON reads the block, which may come as "" or [].
func (p *PedidoTotal) UnmarshalJSON(b []byte) error {
	type plain PedidoTotal
	return block(b, (*plain)(p))
}

// PedidoInfo tells what became of a sales order. Trust these flags, not the
// stage (§7.5).
type PedidoInfo struct {
	Carimbos   Carimbos
	Faturado   SN
	Cancelado  SN
	Autorizado SN
	Denegado   SN
	Devolvido  SN
}

// UnmarshalJSON reads the block, which may come as "" or [].
func (p *PedidoInfo) UnmarshalJSON(b []byte) error {
	var flags struct {
		Faturado   SN `json:"faturado"`
		Cancelado  SN `json:"cancelado"`
		Autorizado SN `json:"autorizado"`
		Denegado   SN `json:"denegado"`
		Devolvido  SN `json:"devolvido"`
	}
	if err := block(b, &flags); err != nil {
		return err
	}
	*p = PedidoInfo{
		Faturado: flags.Faturado, Cancelado: flags.Cancelado, Autorizado: flags.Autorizado,
		Denegado: flags.Denegado, Devolvido: flags.Devolvido,
	}
	return p.Carimbos.UnmarshalJSON(b)
}

// ListarPedidosParam chooses a page of sales orders. Whether the window filters
// on change or on the forecast is disputed: send both ends and filter the
// stamps again (§7.5).
type ListarPedidosParam struct {
	Paginacao
	Janela
	Previsao   JanelaDeDias
	PorCliente int64
	Etapa      string
	NumeroDe   int64 // numero_pedido_de: the first order number wanted; 0: any
	NumeroAte  int64
}

// ListarPedidos returns a page of sales orders with their items.
func (c *Client) ListarPedidos(ctx context.Context, p ListarPedidosParam) (Lista[Pedido], error) {
	return listar[Pedido](ctx, c, listarPedidos, struct {
		paginaSnake
		Janela
		PrevisaoDe  string `json:"data_previsao_de,omitempty"`
		PrevisaoAte string `json:"data_previsao_ate,omitempty"`
		PorCliente  int64  `json:"filtrar_por_cliente,omitempty"`
		Etapa       string `json:"etapa,omitempty"`
		NumeroDe    int64  `json:"numero_pedido_de,omitempty"`
		NumeroAte   int64  `json:"numero_pedido_ate,omitempty"`
	}{p.snake(), p.Janela, p.Previsao.De, p.Previsao.Ate, p.PorCliente, p.Etapa, p.NumeroDe, p.NumeroAte}, "pedido_venda_produto")
}

// PedidoChave names a sales order by exactly one of its keys.
type PedidoChave struct {
	CodigoPedido           int64  `json:"codigo_pedido,omitempty"`
	CodigoPedidoIntegracao string `json:"codigo_pedido_integracao,omitempty"`
}

// ConsultarPedido reads one sales order, out of its wrapping. An unknown one is
// Gone and costs a fault.
func (c *Client) ConsultarPedido(ctx context.Context, key PedidoChave) (Pedido, error) {
	var out Pedido
	err := c.do(ctx, consultarPedido, key, func(body []byte) error {
		var wrapped struct {
			Pedido json.RawMessage `json:"pedido_venda_produto"`
		}
		if err := json.Unmarshal(body, &wrapped); err != nil {
			return err
		}
		if !isObject(wrapped.Pedido) {
			wrapped.Pedido = body
		}
		out = Pedido{}
		err := json.Unmarshal(wrapped.Pedido, &out)
		out.Raw = wrapped.Pedido
		return err
	})
	return out, err
}
