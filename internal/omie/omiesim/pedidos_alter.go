package omiesim

// notSentOnAlter are members of an order that AlterarPedidoVenda must not get
// back (omie-api.md §7.7). Only numero_pedido's refusal is quoted; the others
// are refused in its words.
var notSentOnAlter = [][]string{
	{"cabecalho", "numero_pedido"}, {"cabecalho", "sequencial"}, {"total_pedido"}, {"infoCadastro"}, {"exportacao"},
}

// alterarPedidoVenda changes an open order that is sent whole (omie-api.md §7.7).
func alterarPedidoVenda(s *Sim, p Record) (Record, *fault) {
	for _, path := range notSentOnAlter {
		if p.at(path) != nil {
			return nil, refuse("Client-102", "A tag [%s] não deve ser enviada na alteração!", path[len(path)-1]).as(ReadOnlySent)
		}
	}
	head := p.Object("cabecalho")
	if head.Int("codigo_pedido") != 0 && !head.empty("codigo_pedido_integracao") {
		if r := s.sales().first("int:" + head.Text("codigo_pedido_integracao")); r.Int("cabecalho", "codigo_pedido") != head.Int("codigo_pedido") {
			return nil, unknownIntegration("Pedido não cadastrado", head.Text("codigo_pedido_integracao")).as(BothIdentifiers)
		}
	}
	old, f := s.saleKey(without(head, "numero_pedido"))
	if f != nil {
		return nil, f
	}
	if f := families["pedidos"].refuseSettled(old, "alterar"); f != nil {
		return nil, f
	}
	if f := s.checkAlteredSale(old, p); f != nil {
		return nil, f
	}
	r := cloned(old)
	merge(r, without(p, "det", "cabecalho"))
	merge(r.block("cabecalho"), without(head, "codigo_pedido", "codigo_pedido_integracao", "origem_pedido"))
	r.block("cabecalho")["etapa"] = head.Text("etapa")
	if customer, _ := s.saleCustomer(head); customer != nil {
		r.block("cabecalho")["codigo_cliente"] = customer["codigo_cliente_omie"]
	}
	if f := s.alterSaleItems(r, p); f != nil {
		return nil, f
	}
	s.completeSale(r)
	s.putDocument(families["pedidos"], r, byAPI)
	return s.saleStatus(r, "Pedido alterado com sucesso!"), nil
}

// checkAlteredSale: an unchanged forecast may have passed, unless the account
// is said to refuse that too.
func (s *Sim) checkAlteredSale(old, p Record) *fault {
	if f := checkRequiredSale(p); f != nil {
		return f
	}
	date := p.Text("cabecalho", "data_previsao")
	if s.PastForecastRefused || date != old.Text("cabecalho", "data_previsao") {
		if f := s.checkForecast(date); f != nil {
			return f
		}
	}
	if f := s.checkSaleHead(p); f != nil {
		return f
	}
	for _, item := range p.List("det") {
		if item.has("imposto") {
			return refuse("Client-102", "A tag [imposto] não deve ser enviada na alteração!").as(ReadOnlySent)
		}
	}
	return checkSaleDiscounts(p)
}

// alterSaleItems matches items by codigo_item, then by codigo_item_integracao;
// acao_item E removes, an unknown code adds (omie-api.md §7.3). With
// AlterReplacesItems what is not sent goes.
func (s *Sim) alterSaleItems(r, p Record) *fault {
	var kept, sent []Record
	kept = r.List("det")
	for _, item := range p.List("det") {
		at := findSaleItem(kept, item.Object("ide"))
		switch action := item.Text("ide", "acao_item"); {
		case at < 0 && (item.Int("ide", "codigo_item") != 0 || action == "E"):
			return unknownReference("Item não cadastrado", item.Text("ide", "codigo_item"), "codigo_item") // [infer]
		case action == "E":
			kept = append(kept[:at:at], kept[at+1:]...)
		case at < 0:
			if f := s.checkSaleItem(item, true); f != nil {
				return f
			}
			kept = append(kept[:len(kept):len(kept)], s.newSaleItem(item))
			sent = append(sent, kept[len(kept)-1])
		default:
			changed, f := s.alterSaleItem(kept[at], item)
			if f != nil {
				return f
			}
			kept = append([]Record(nil), kept...)
			kept[at] = changed
			sent = append(sent, changed)
		}
	}
	if s.AlterReplacesItems {
		kept = sent
	}
	if len(kept) == 0 {
		return missing("det")
	}
	r["det"] = listOf(kept)
	return nil
}

func (s *Sim) alterSaleItem(old, item Record) (Record, *fault) {
	changed := cloned(old)
	if id := item.Int("produto", "codigo_produto"); id != 0 && id != changed.Int("produto", "codigo_produto") {
		changed["produto"] = map[string]any{}
	}
	merge(changed, item)
	if f := s.checkSaleItem(changed, false); f != nil {
		return nil, f
	}
	renewed := s.newSaleItem(changed)
	renewed.block("ide")["codigo_item"] = old.Object("ide")["codigo_item"]
	return renewed, nil
}

func findSaleItem(items []Record, ide Record) int {
	for i, item := range items {
		own := item.Object("ide")
		if id := ide.Int("codigo_item"); id != 0 {
			if own.Int("codigo_item") == id {
				return i
			}
			continue
		}
		if code := ide.Text("codigo_item_integracao"); code != "" && own.Text("codigo_item_integracao") == code {
			return i
		}
	}
	return -1
}
