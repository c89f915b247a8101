package omiesim

// The two billing services refuse softly, inside HTTP 200 (omie-api.md §1.4, §6.9, §10.8.17).

func (s *Sim) osOutcome(r Record, code, words string) Record {
	return Record{
		"cCodIntOS": r.Object("Cabecalho")["cCodIntOS"], "nCodOS": r.Object("Cabecalho")["nCodOS"],
		"cCodStatus": s.statusCode(code), "cDescStatus": words,
	}
}

func (s *Sim) saleOutcome(r Record, code, words string) Record {
	return Record{
		"cCodIntPed": r.Object("cabecalho")["codigo_pedido_integracao"], "nCodPed": r.Object("cabecalho")["codigo_pedido"],
		"cCodStatus": s.statusCode(code), "cDescStatus": words,
	}
}

// lacksMail is what validation most often finds (omie-api.md §1.4).
func (s *Sim) lacksMail(customer int64) string {
	if s.customers().byID(customer).empty("email") {
		return "Para emitir falta preencher o E-mail."
	}
	return ""
}

func validarOS(s *Sim, p Record) (Record, *fault) {
	r, f := s.osKey(p)
	if f != nil {
		return nil, f
	}
	if words := s.lacksMail(r.Int("Cabecalho", "nCodCli")); words != "" {
		return s.osOutcome(r, "1", words), nil
	}
	return s.osOutcome(r, "0", "Ordem de Serviço validada com sucesso!"), nil
}

func faturarOS(s *Sim, p Record) (Record, *fault) {
	r, f := s.osKey(p)
	if f != nil {
		return nil, f
	}
	if words := s.refusesBilling(families["os"], r, r.Int("Cabecalho", "nCodCli")); words != "" {
		return s.osOutcome(r, "1", words), nil
	}
	s.bill(families["os"], r, byAPI)
	return s.osOutcome(r, "0", "Ordem de Serviço enviada para faturamento!"), nil
}

func (s *Sim) refusesBilling(f family, r Record, customer int64) string {
	if no := f.refuseSettled(r, "faturar"); no != nil {
		return no.text
	}
	return s.lacksMail(customer)
}

func cancelarOS(s *Sim, p Record) (Record, *fault) {
	r, f := s.osKey(p)
	if f != nil {
		return nil, f
	}
	if words := s.refusesCancel(families["os"], r); words != "" {
		return s.osOutcome(r, "1", words), nil
	}
	s.cancel(families["os"], r, byAPI)
	return s.osOutcome(r, "0", "Ordem de Serviço cancelada com sucesso!"), nil
}

// refusesCancel: a second cancellation is refused; its words are [infer].
func (s *Sim) refusesCancel(f family, r Record) string {
	if f.isCancelled(r) {
		return f.noun + " já está cancelado(a)!"
	}
	return s.CancelRefusal
}

func obterOS(s *Sim, p Record) (Record, *fault) {
	var rows []Record
	for r := range s.orders().each() {
		head := r.Object("Cabecalho")
		if head.Text("cEtapa") == p.Text("cEtapa") && !settled(s.orders().kind, r) {
			rows = append(rows, Record{"nIdPed": head["nCodOS"], "cNumPedido": head["cNumOS"]})
		}
	}
	return Record{"listaOS": listOf(rows)}, nil
}

func associarCodIntOS(s *Sim, p Record) (Record, *fault) {
	old := s.orders().byID(p.Int("nCodOS"))
	if old == nil {
		return nil, unknownID("OS não cadastrada", p.Text("nCodOS"))
	}
	if f := s.checkFreeOSCode(p.Text("cCodIntOS")); f != nil {
		return nil, f
	}
	r := cloned(old)
	r.block("Cabecalho")["cCodIntOS"] = p.Text("cCodIntOS")
	s.putDocument(families["os"], r, byAPI)
	return s.osOutcome(r, "0", "Código de integração associado com sucesso!"), nil
}

// saleByBilling finds a sales order by the billing service's names (omie-api.md §7.6, §10.6).
func (s *Sim) saleByBilling(p Record) (Record, *fault) {
	return s.documentKey(families["pedidos"], p.Int("nCodPed"), p.Text("cCodIntPed"), "", [2]string{"nCodPed", "cCodIntPed"})
}

func validarPedido(s *Sim, p Record) (Record, *fault) {
	r, f := s.saleByBilling(p)
	if f != nil {
		return nil, f
	}
	if words := s.lacksMail(r.Int("cabecalho", "codigo_cliente")); words != "" {
		return s.saleOutcome(r, "1", "Foram encontrados erros durante a validação dessa Pedido de Venda de Produto!              Para emitir a NF-e falta preencher o E-mail."), nil
	}
	return s.saleOutcome(r, "0", "Pedido de Venda de Produto validado com sucesso!"), nil
}

func faturarPedido(s *Sim, p Record) (Record, *fault) {
	r, f := s.saleByBilling(p)
	if f != nil {
		return nil, f
	}
	if words := s.refusesBilling(families["pedidos"], r, r.Int("cabecalho", "codigo_cliente")); words != "" {
		return s.saleOutcome(r, "1", "Não foi possível realizar o faturamento desse Pedido de Venda de Produto! "+words), nil
	}
	s.bill(families["pedidos"], r, byAPI)
	return s.saleOutcome(r, "0", "Pedido de Venda de Produto enviado para faturamento!"), nil
}

func cancelarPedido(s *Sim, p Record) (Record, *fault) {
	r, f := s.saleByBilling(p)
	if f != nil {
		return nil, f
	}
	if words := s.refusesCancel(families["pedidos"], r); words != "" {
		return s.saleOutcome(r, "1", words), nil
	}
	s.cancel(families["pedidos"], r, byAPI)
	return s.saleOutcome(r, "0", "Pedido de Venda de Produto cancelado com sucesso!"), nil
}

func obterPedidos(s *Sim, p Record) (Record, *fault) {
	var rows []Record
	for r := range s.sales().each() {
		head := r.Object("cabecalho")
		if head.Text("etapa") == p.Text("cEtapa") && !settled(s.sales().kind, r) {
			rows = append(rows, Record{"nIdPed": head["codigo_pedido"], "cNumPedido": head["numero_pedido"]})
		}
	}
	return Record{"cEtapa": p.Text("cEtapa"), "listaPedidosVenda": listOf(rows)}, nil
}
