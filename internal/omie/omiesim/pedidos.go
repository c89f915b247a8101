package omiesim

import "strings"

var saleTags = [2]string{"codigo_pedido", "codigo_pedido_integracao"}

func (s *Sim) sales() *table { return s.db.table("pedidos") }

// completeSale fills what ListarPedidos shows of every record and computes totals.
func (s *Sim) completeSale(r Record) {
	head, info := r.block("cabecalho"), r.block("infoCadastro")
	head.fill("codigo_pedido_integracao", "")
	head.fill("etapa", "10")
	head.fill("codigo_parcela", "000")
	head.fill("origem_pedido", "API")
	head.fill("bloqueado", "N")
	head.fill("codigo_cenario_impostos", "0")
	head["codigo_cenario_impostos"] = head.Text("codigo_cenario_impostos") // a string in answers (§7.2)
	if head.empty("numero_pedido") {
		s.db.lastPV++
		head["numero_pedido"] = number(s.db.lastPV).String()
	}
	s.db.lastPV = max(s.db.lastPV, Record{"n": head.Text("numero_pedido")}.Int("n"))
	head["numero_pedido"] = padded(head.Text("numero_pedido"))
	for _, name := range []string{"faturado", "cancelado", "autorizado", "denegado", "devolvido", "devolvido_parcial"} {
		info.fill(name, "N")
	}
	info.fill("cImpAPI", "S")
	for _, name := range []string{"informacoes_adicionais", "observacoes", "exportacao"} {
		r.fill(name, map[string]any{})
	}
	r.block("frete").fill("modalidade", "9")
	r.fill("departamentos", []any{})
	s.totalSale(r)
}

func incluirPedido(s *Sim, p Record) (Record, *fault) {
	if f := s.checkNewSale(p); f != nil {
		return nil, f
	}
	r := cloned(without(p, "infoCadastro", "total_pedido"))
	head := r.block("cabecalho")
	delete(head, "sequencial")
	head["codigo_pedido"], head["etapa"] = number(s.db.newID()), head.Text("etapa")
	customer, _ := s.saleCustomer(head)
	if customer != nil {
		head["codigo_cliente"] = customer["codigo_cliente_omie"]
	}
	var items []any
	for _, item := range p.List("det") {
		items = append(items, map[string]any(s.newSaleItem(item)))
	}
	r["det"] = items
	s.completeSale(r)
	s.putDocument(families["pedidos"], r, byAPI)
	return s.saleStatus(r, "Pedido cadastrado com sucesso!"), nil
}

func (s *Sim) saleStatus(r Record, words string) Record {
	return s.ok(only(r.Object("cabecalho"), "codigo_pedido", "codigo_pedido_integracao", "numero_pedido"), "codigo_status", "descricao_status", words)
}

func (s *Sim) newSaleItem(given Record) Record {
	item := cloned(without(given, "imposto"))
	ide, product := item.block("ide"), item.block("produto")
	delete(ide, "acao_item")
	ide["codigo_item"] = number(s.db.newID())
	known, _ := s.saleProduct(product)
	for _, name := range []string{"codigo_produto", "codigo", "descricao", "unidade", "ncm", "ean"} {
		if v := known[name]; v != nil {
			product[name] = v
		}
	}
	more := item.block("inf_adic")
	more["codigo_local_estoque"] = number(s.placeOr(more.Int("codigo_local_estoque")))
	return item
}

func (s *Sim) saleProduct(p Record) (Record, *fault) {
	return s.productKey(only(p, "codigo_produto", "codigo_produto_integracao"))
}

func (s *Sim) saleCustomer(head Record) (Record, *fault) {
	return s.customerOf(head.Int("codigo_cliente"), head.Text("codigo_cliente_integracao"), "codigo_cliente", "codigo_cliente_integracao")
}

func (s *Sim) outputsOfSale(r Record) []output {
	var out []output
	for _, item := range r.List("det") {
		if flag(item, "inf_adic", "nao_movimentar_estoque") {
			continue
		}
		out = append(out, output{item.Int("produto", "codigo_produto"), s.placeOr(item.Int("inf_adic", "codigo_local_estoque")), item.Dec("produto", "quantidade")})
	}
	return out
}

func (s *Sim) saleKey(p Record) (Record, *fault) {
	return s.documentKey(families["pedidos"], p.Int("codigo_pedido"), p.Text("codigo_pedido_integracao"), p.Text("numero_pedido"), saleTags)
}

// consultarPedido wraps the order and leaves empty and zero members out (omie-api.md §7.5).
func consultarPedido(s *Sim, p Record) (Record, *fault) {
	r, f := s.saleKey(p)
	if f != nil {
		return nil, f
	}
	return Record{"pedido_venda_produto": map[string]any(dense(s.showSale(r)))}, nil
}

func (s *Sim) showSale(r Record) Record {
	r = cloned(r)
	for _, item := range r.List("det") {
		s.shown(item.block("produto"), "descricao")
	}
	return r
}

// dense drops members that are empty or zero.
func dense(r Record) Record {
	out := Record{}
	for name, v := range r {
		switch v := v.(type) {
		case map[string]any:
			if sub := dense(v); len(sub) > 0 {
				out[name] = map[string]any(sub)
			}
		case []any:
			rows := Record{"v": v}.List("v")
			for i := range rows {
				rows[i] = dense(rows[i])
			}
			if len(rows) > 0 {
				out[name] = listOf(rows)
			}
		default:
			text := Record{"v": v}.Text("v")
			if strings.Trim(text, "0.") == "" && (text == "" || parseDecimal(text).IsZero() && !isText(v)) {
				continue
			}
			out[name] = v
		}
	}
	return out
}

func isText(v any) bool { _, ok := v.(string); return ok }

func statusPedido(s *Sim, p Record) (Record, *fault) {
	r, f := s.saleKey(p)
	if f != nil {
		return nil, f
	}
	head, info := r.Object("cabecalho"), r.Object("infoCadastro")
	return Record{
		"codigo_pedido": head["codigo_pedido"], "codigo_pedido_integracao": head["codigo_pedido_integracao"],
		"numero_pedido": head["numero_pedido"], "etapa": head["etapa"], "faturada": info["faturado"], "cancelada": info["cancelado"],
		"ambiente": "P", "valor_total_pedido": r.Object("total_pedido")["valor_total_pedido"], "ListaNfe": []any{},
	}, nil
}

func excluirPedido(s *Sim, p Record) (Record, *fault) {
	r, f := s.saleKey(p)
	if f != nil {
		return nil, f
	}
	if families["pedidos"].isBilled(r) {
		return nil, families["pedidos"].refuseSettled(r, "excluir")
	}
	s.dropDocument(families["pedidos"], r)
	return s.saleStatus(r, "Pedido excluído com sucesso!"), nil
}

func trocarEtapaPedido(s *Sim, p Record) (Record, *fault) {
	old, f := s.saleKey(p)
	if f != nil {
		return nil, f
	}
	if f := families["pedidos"].refuseSettled(old, "trocar a etapa"); f != nil {
		return nil, f
	}
	if f := s.checkStage(families["pedidos"], p.Text("etapa"), "etapa"); f != nil {
		return nil, f
	}
	r := cloned(old)
	s.setStage(families["pedidos"], r, p.Text("etapa"))
	s.putDocument(families["pedidos"], r, byAPI)
	return s.saleStatus(r, "Etapa alterada com sucesso!"), nil
}

// alterarPedFaturado is the only change allowed after billing (omie-api.md §7.1).
func alterarPedFaturado(s *Sim, p Record) (Record, *fault) {
	old, f := s.saleKey(p)
	if f != nil {
		return nil, f
	}
	r := cloned(old)
	if p.has("obs_venda") {
		r.block("observacoes")["obs_venda"] = p.Text("obs_venda")
	}
	merge(r.block("frete"), only(p, "codigo_rastreio", "link_rastreio", "previsao_entrega"))
	s.putDocument(families["pedidos"], r, byAPI)
	return s.saleStatus(r, "Pedido alterado com sucesso!"), nil
}
