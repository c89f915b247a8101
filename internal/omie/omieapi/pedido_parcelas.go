package omieapi

// PedidoParcelasLidas are the instalments of a sales order as read.
type PedidoParcelasLidas struct {
	Parcela Rows[PedidoParcelaLida] `json:"parcela"`
}

// UnmarshalJSON reads the block, which may come as "" or [].
func (p *PedidoParcelasLidas) UnmarshalJSON(b []byte) error {
	type plain PedidoParcelasLidas
	return block(b, (*plain)(p))
}

// PedidoParcelaLida is an instalment.
type PedidoParcelaLida struct {
	NumeroParcela             Int  `json:"numero_parcela"`
	Valor                     Dec  `json:"valor"`
	Percentual                Dec  `json:"percentual"`
	DataVencimento            Text `json:"data_vencimento"`
	QuantidadeDias            Int  `json:"quantidade_dias"`
	TipoDocumento             Text `json:"tipo_documento"`
	MeioPagamento             Text `json:"meio_pagamento"`
	NSU                       Text `json:"nsu"`
	NaoGerarBoleto            Text `json:"nao_gerar_boleto"`
	ParcelaAdiantamento       Text `json:"parcela_adiantamento"`
	CategoriaAdiantamento     Text `json:"categoria_adiantamento"`
	ContaCorrenteAdiantamento Int  `json:"conta_corrente_adiantamento"`
}

// PedidoParcelas are the instalments of a custom term: with 999 they are
// required, and all of their first four members (§7.4).
type PedidoParcelas struct {
	Parcela []PedidoParcela `json:"parcela"`
}

// PedidoParcela is an instalment to be sent.
type PedidoParcela struct {
	NumeroParcela             int64  `json:"numero_parcela"`
	Valor                     Dec    `json:"valor"`
	Percentual                Dec    `json:"percentual"`
	DataVencimento            string `json:"data_vencimento"` // dd/mm/aaaa
	QuantidadeDias            int64  `json:"quantidade_dias,omitempty"`
	TipoDocumento             string `json:"tipo_documento,omitempty"`
	MeioPagamento             string `json:"meio_pagamento,omitempty"`
	NSU                       string `json:"nsu,omitempty"`
	NaoGerarBoleto            string `json:"nao_gerar_boleto,omitempty"`
	ParcelaAdiantamento       string `json:"parcela_adiantamento,omitempty"`
	CategoriaAdiantamento     string `json:"categoria_adiantamento,omitempty"`
	ContaCorrenteAdiantamento int64  `json:"conta_corrente_adiantamento,omitempty"`
}

// ParaAlterar returns the instalments as they were read, ready to be sent back.
func (p PedidoParcelasLidas) ParaAlterar() *PedidoParcelas {
	out := &PedidoParcelas{}
	for _, l := range p.Parcela {
		out.Parcela = append(out.Parcela, PedidoParcela{
			NumeroParcela: int64(l.NumeroParcela), Valor: l.Valor, Percentual: l.Percentual, DataVencimento: string(l.DataVencimento),
			QuantidadeDias: int64(l.QuantidadeDias), TipoDocumento: string(l.TipoDocumento), MeioPagamento: string(l.MeioPagamento),
			NSU: string(l.NSU), NaoGerarBoleto: string(l.NaoGerarBoleto), ParcelaAdiantamento: string(l.ParcelaAdiantamento),
			CategoriaAdiantamento: string(l.CategoriaAdiantamento), ContaCorrenteAdiantamento: int64(l.ContaCorrenteAdiantamento),
		})
	}
	return out
}
