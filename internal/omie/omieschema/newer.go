package omieschema

// NewerFields are tags of one type that the capture of 2024 lacks.
type NewerFields struct {
	Type   string
	Source string // section of omie-api.md
	Fields []Field
}

// Newer lists the fields of omie-api.md that came after the capture, or that
// reads were seen to carry. Families that the sheet names by a pattern only
// (aliquota_ibs_*, nPercReducao*) are not listed.
var Newer = []NewerFields{
	{"geral.produtos.produto_servico_list_request", "§4.3", []Field{flag("exibir_info_variacoes")}},
	{"geral.produtos.produto_servico_cadastro", "§4.2", []Field{
		text("cst_ibs_cbs", 0), text("class_trib", 0), number("aliquota_cbs"),
		{Name: "produto_variacao", Kind: Any},
		{Name: "produto_lote", Kind: Any},
		flag("variacao"), number("id_produto_variacao"),
	}},
	{"servicos.servico.cabecalho", "§5", []Field{text("cTipoDesc", 1), number("nValorDesc"), number("nAliqDesc")}},
	{"servicos.servico.impostos", "§5", []Field{
		text("cCstIbsCbs", 0), text("cClassTrib", 0), text("cIndOper", 0),
		number("nAliqCbs"), number("nAliqIbsUf"), number("nAliqIbsMun"),
	}},
	{"servicos.os.osChave", "§6.1", []Field{flag("cIncluirTarefas")}},
	{"servicos.os.Cabecalho", "§6.2", []Field{text("cDescParc", 0)}},
	{"servicos.os.InformacoesAdicionais", "§6.3", []Field{
		flag("cUsoConsumo"), number("nIdDestinatario"), {Name: "DetalhesNfse", Kind: Any},
	}},
	{"servicos.os.InfoCadastro", "§6.3", []Field{text("uInc", 10), text("uAlt", 10)}},
	{"servicos.os.ServicosPrestados", "§6.4", []Field{{Name: "DeducoesIss", Kind: Array, Type: "servicos.os.DeducoesIss"}}},
	{"servicos.os.DeducoesIss", "§6.4", []Field{
		text("cFormaDeducao", 1), number("nPercDeducao"), number("nValorDeducao"), text("cTipoDeduducao", 1),
	}},
	{"servicos.os.impostos", "§6.4", []Field{
		text("cCST", 0), text("cClassTrib", 0), text("cIndOPer", 0), number("nAliqIbsUf"),
		number("nAliqIbsMun"), number("nAliqCbs"), number("nBaseCalcIbsCbs"),
	}},
	{"servicos.os.produtoUtilizado", "§6.5", []Field{{Name: "lote_validade", Kind: Array, Type: "servicos.os.lote_validade"}}},
	{"servicos.os.lote_validade", "§6.5", []Field{number("nIdLote"), number("nQtdLote")}},
	{"produtos.pedido.cabecalho", "§7.2", []Field{flag("nao_gerar_boleto")}},
	{"produtos.pedido.inf_adic", "§7.3", []Field{flag("nao_somar_total")}},
	{"produtos.pedido.imposto", "§7.3", []Field{{Name: "ibs_cbs", Kind: Any}}},
}

func text(name string, most int) Field { return Field{Name: name, Kind: String, MaxLength: most} }
func flag(name string) Field           { return text(name, 1) }
func number(name string) Field         { return Field{Name: name, Kind: Number} }
