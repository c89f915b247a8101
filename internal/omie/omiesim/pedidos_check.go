package omiesim

import "slices"

// checkNewSale asks for what IncluirPedido needs, required tags first, then the
// integration code, then what the tags refer to (omie-api.md §7.2 to §7.4, §7.7).
func (s *Sim) checkNewSale(p Record) *fault {
	head := p.Object("cabecalho")
	if head.empty("codigo_pedido_integracao") {
		return missing("codigo_pedido_integracao")
	}
	if f := checkRequiredSale(p); f != nil {
		return f
	}
	code := head.Text("codigo_pedido_integracao")
	if f := s.checkCode("codigo_pedido_integracao", code); f != nil {
		return f
	}
	if old := s.sales().first("int:" + code); old != nil {
		return refuse("Client-102", "ERROR: Pedido já cadastrado para o Código de Integração [%s], Código [%d] e Número [%s] !",
			code, old.Int("cabecalho", "codigo_pedido"), unpadded(old.Text("cabecalho", "numero_pedido")))
	}
	if f := s.checkForecast(head.Text("data_previsao")); f != nil {
		return f
	}
	if f := s.checkSaleHead(p); f != nil {
		return f
	}
	for _, item := range p.List("det") {
		if f := s.checkSaleItem(item, true); f != nil {
			return f
		}
	}
	return checkSaleDiscounts(p)
}

// checkRequiredSale is the same for a new and for an altered order, which has to
// be sent whole (omie-api.md §7.7).
func checkRequiredSale(p Record) *fault {
	head, more := p.Object("cabecalho"), p.Object("informacoes_adicionais")
	quotation := head.Text("etapa") == "00" && head.Text("codigo_cliente") == "0" // tolerated (§7.2)
	if !quotation && head.Int("codigo_cliente") == 0 && head.empty("codigo_cliente_integracao") {
		return missingEither("codigo_cliente", "codigo_cliente_integracao")
	}
	for _, tag := range []string{"data_previsao", "etapa", "codigo_parcela"} {
		if head.empty(tag) {
			return missing(tag)
		}
	}
	for _, tag := range []string{"codigo_categoria", "codigo_conta_corrente", "consumidor_final"} {
		if more.empty(tag) {
			return missing(tag)
		}
	}
	if len(p.List("det")) == 0 {
		return missing("det")
	}
	return nil
}

// checkForecast: today or later (omie-api.md §7.2; the words are [infer]).
func (s *Sim) checkForecast(date string) *fault {
	day, f := bound("data_previsao", date, "")
	if f != nil {
		return f
	}
	if today, _ := moment(dateOf(s.now()), ""); day.Before(today) {
		return refuse("Client-104", "ERROR: A data de previsão [%s] deve ser maior ou igual à data atual! - tag: [data_previsao]", date)
	}
	return nil
}

func (s *Sim) checkSaleHead(p Record) *fault {
	head, more := p.Object("cabecalho"), p.Object("informacoes_adicionais")
	if f := s.checkSaleCustomer(head); f != nil {
		return f
	}
	for _, f := range []*fault{
		s.checkStage(families["pedidos"], head.Text("etapa"), "etapa"), s.checkTerm(head.Text("codigo_parcela"), "codigo_parcela"),
		s.checkCategory(more.Text("codigo_categoria"), "codigo_categoria"), s.checkAccount(more.Int("codigo_conta_corrente"), "codigo_conta_corrente"),
		s.checkSalesperson(more.Int("codVend"), "codVend"), s.checkProject(more.Int("codProj"), "codProj"),
	} {
		if f != nil {
			return f
		}
	}
	if flag(more, "enviar_email") && flag(more, "enviar_pix") {
		return together("enviar_email", "enviar_pix")
	}
	modes := []string{"0", "1", "2", "3", "4", "9"}
	if mode := p.Text("frete", "modalidade"); mode != "" && !slices.Contains(modes, mode) {
		return badValue("modalidade", mode, modes...)
	}
	return checkSaleInstalments(p)
}

// checkSaleCustomer: a customer without UF cannot have orders (omie-api.md
// §3.3, §7.7; the words are [infer]).
func (s *Sim) checkSaleCustomer(head Record) *fault {
	if head.Text("etapa") == "00" && head.Text("codigo_cliente") == "0" {
		return nil
	}
	customer, f := s.saleCustomer(head)
	if f != nil {
		return f
	}
	if customer.empty("estado") {
		return refuse("Client-102", "ERROR: O preenchimento da tag [estado] do cliente [%d] é obrigatório! - tag: [codigo_cliente]", customer.Int("codigo_cliente_omie"))
	}
	return nil
}

// checkSaleInstalments: all four members are required with 999 (omie-api.md §7.4).
func checkSaleInstalments(p Record) *fault {
	if p.Text("cabecalho", "codigo_parcela") != "999" {
		return nil
	}
	if p.Int("cabecalho", "qtde_parcelas") <= 0 {
		return missing("qtde_parcelas")
	}
	rows := p.List("lista_parcelas", "parcela")
	if len(rows) == 0 {
		return missing("lista_parcelas")
	}
	for _, row := range rows {
		for _, tag := range []string{"numero_parcela", "valor", "percentual", "data_vencimento"} {
			if row.empty(tag) {
				return missing(tag)
			}
		}
	}
	return nil
}

// checkSaleItem checks an item of a new order, or of an alteration that adds one.
func (s *Sim) checkSaleItem(item Record, isNew bool) *fault {
	product := item.Object("produto")
	if isNew && item.empty("ide", "codigo_item_integracao") {
		return missing("codigo_item_integracao")
	}
	if product.Int("codigo_produto") == 0 && product.empty("codigo_produto_integracao") {
		return missingEither("codigo_produto", "codigo_produto_integracao")
	}
	known, f := s.saleProduct(product)
	if f != nil {
		return f
	}
	switch kind := product.Text("tipo_desconto"); {
	case flag(known, "inativo"):
		return inactiveProduct(known)
	case !plus(product.Dec("quantidade")):
		return missing("quantidade")
	case product.empty("valor_unitario"):
		return missing("valor_unitario")
	case product.Text("cfop") == "0":
		return refuse("Client-102", "ERROR: CFOP não cadastrada [0.]")
	case kind != "" && kind != "V" && kind != "P":
		return badValue("tipo_desconto", kind, "V", "P")
	}
	if place := item.Int("inf_adic", "codigo_local_estoque"); place != 0 && s.db.table("locais").byID(place) == nil {
		return unknownPlace(place)
	}
	return nil
}

// checkSaleDiscounts: a discount of the order is refused beside discounts of its
// items (omie-api.md §7.2).
func checkSaleDiscounts(p Record) *fault {
	head := p.Object("cabecalho")
	if head.Dec("valor_desconto_pedido").IsZero() && head.Dec("perc_desconto_pedido").IsZero() {
		return nil
	}
	for _, item := range p.List("det") {
		if !item.Dec("produto", "valor_desconto").IsZero() || !item.Dec("produto", "percentual_desconto").IsZero() {
			return together("valor_desconto_pedido", "valor_desconto")
		}
	}
	return nil
}
