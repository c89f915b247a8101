package omiesim

import "strconv"

// alterarOS changes an open OS (omie-api.md §6.7): one identifier inside
// Cabecalho, items by action, a note replaced, blocks that are absent left alone.
func alterarOS(s *Sim, p Record) (Record, *fault) {
	head := p.Object("Cabecalho")
	if hasID, hasCode := head.Int("nCodOS") != 0, !head.empty("cCodIntOS"); hasID == hasCode {
		f := refuse("Client-102", "Informe a Tag [nCodOS] ou [cCodIntOS] na alteração!")
		if hasID {
			f = f.as(BothIdentifiers)
		}
		return nil, f
	}
	old, f := s.osKey(without(head, "cNumOS"))
	if f != nil {
		return nil, f
	}
	if f := families["os"].refuseSettled(old, "alterar"); f != nil {
		return nil, f
	}
	r := cloned(old)
	mergeOS(r, p)
	if len(p.List("Parcelas")) > 0 && r.Text("Cabecalho", "cCodParc") != "999" {
		return nil, refuse("Client-102", "A estrutura de parcelas [Parcelas] está disponível apenas para o Código de Parcelamento [cCodParc=999]!")
	}
	if f := s.checkAlteredOS(p, r); f != nil {
		return nil, f
	}
	if f := s.alterItems(r, p); f != nil {
		return nil, f
	}
	if f := s.alterUsed(r, p); f != nil {
		return nil, f
	}
	s.totalOS(r)
	s.putDocument(families["os"], r, byAPI)
	return s.osStatus(r, "Ordem de Serviço alterada com sucesso!"), nil
}

// mergeOS takes over everything but items, keys and what is computed.
func mergeOS(r, p Record) {
	sent := without(p, "ServicosPrestados", "produtosUtilizados", "InfoCadastro", "Cabecalho")
	merge(r, sent)
	head := without(p.Object("Cabecalho"), "nCodOS", "cCodIntOS", "cNumOS", "nValorTotal", "nValorTotalImpRet")
	if code := head.Text("cCodIntCli"); code != "" && head.empty("nCodCli") {
		delete(r.block("Cabecalho"), "nCodCli")
	}
	merge(r.block("Cabecalho"), head)
}

// checkAlteredOS checks references as on a new OS. A stage that was not sent
// may be any; a sent 60 is refused like every other unknown input (§6.6).
func (s *Sim) checkAlteredOS(p, r Record) *fault {
	checked := cloned(r)
	if p.empty("Cabecalho", "cEtapa") {
		checked.block("Cabecalho")["cEtapa"] = "10"
	}
	if f := s.checkOSHead(checked); f != nil {
		return f
	}
	customer, f := s.customerOf(r.Int("Cabecalho", "nCodCli"), r.Text("Cabecalho", "cCodIntCli"), "nCodCli", "cCodIntCli")
	if f == nil {
		r.block("Cabecalho")["nCodCli"] = customer["codigo_cliente_omie"]
	}
	return f
}

// alterItems applies the sent service items. Every one needs nSeqItem; A and E
// need nIdItem; I adds. With AlterReplacesItems the sent ones are all there are.
func (s *Sim) alterItems(r, p Record) *fault {
	if !p.has("ServicosPrestados") {
		return nil
	}
	kept := r.List("ServicosPrestados")
	sent := map[int64]bool{}
	for _, item := range p.List("ServicosPrestados") {
		if item.Int("nSeqItem") == 0 {
			return missing("nSeqItem")
		}
		next, f := s.alterItem(kept, item)
		if f != nil {
			return f
		}
		sent[item.Int("nIdItem")] = true
		kept = next
	}
	if s.AlterReplacesItems {
		before := r.List("ServicosPrestados")
		kept = keep(kept, func(item Record) bool {
			return sent[item.Int("nIdItem")] || index(before, "nIdItem", item.Int("nIdItem")) < 0
		})
	}
	if len(kept) == 0 {
		return missing("ServicosPrestados")
	}
	r["ServicosPrestados"] = listOf(kept)
	return nil
}

func (s *Sim) alterItem(kept []Record, item Record) ([]Record, *fault) {
	action := item.Text("cAcaoItem")
	if action == "I" {
		if f := s.checkServiceItem(item); f != nil {
			return nil, f
		}
		return append(kept, s.newServiceItem(without(item, "nIdItem"), len(kept)+1)), nil
	}
	at, f := actedOn(kept, "nIdItem", item.Int("nIdItem"), action, "cAcaoItem")
	if f != nil {
		return nil, f
	}
	if action == "E" {
		return append(kept[:at:at], kept[at+1:]...), nil
	}
	changed := cloned(kept[at])
	if item.Int("nCodServico") != 0 && item.Int("nCodServico") != changed.Int("nCodServico") {
		changed = s.newServiceItem(item, len(kept))
		changed["nIdItem"] = kept[at]["nIdItem"]
	}
	merge(changed, without(item, "cAcaoItem", "nIdItem"))
	if f := s.checkServiceItem(changed); f != nil {
		return nil, f
	}
	out := append([]Record(nil), kept...)
	out[at] = changed
	return out, nil
}

// actedOn finds the item that an action A (the default) or E is about.
func actedOn(items []Record, idTag string, id int64, action, actionTag string) (int, *fault) {
	if action != "" && action != "A" && action != "E" {
		return 0, badValue(actionTag, action, "A", "E", "I")
	}
	if id == 0 {
		return 0, missing(idTag)
	}
	at := index(items, idTag, id)
	if at < 0 {
		return 0, unknownReference("Item não cadastrado", strconv.FormatInt(id, 10), idTag) // [infer]
	}
	return at, nil
}

func index(items []Record, tag string, id int64) int {
	for i, item := range items {
		if item.Int(tag) == id {
			return i
		}
	}
	return -1
}

// alterUsed applies the sent used products. A line with I, or without an id, is
// one more output even when an equal one is there (omie-api.md §6.5).
func (s *Sim) alterUsed(r, p Record) *fault {
	if !p.has("produtosUtilizados") {
		return nil
	}
	sent := p.Object("produtosUtilizados")
	used := merged(r.Object("produtosUtilizados"), without(sent, "produtoUtilizado"))
	if f := checkUsedAction(used); f != nil {
		return f
	}
	kept := used.List("produtoUtilizado")
	for _, line := range sent.List("produtoUtilizado") {
		next, f := s.alterUsedLine(kept, line)
		if f != nil {
			return f
		}
		kept = next
	}
	used["produtoUtilizado"] = listOf(kept)
	r["produtosUtilizados"] = map[string]any(used)
	if len(kept) == 0 {
		delete(r, "produtosUtilizados")
	}
	return nil
}

func (s *Sim) alterUsedLine(kept []Record, line Record) ([]Record, *fault) {
	action := line.Text("cAcaoItemPU")
	if action == "I" || action == "" && line.Int("nIdItemPU") == 0 {
		if f := s.checkUsedLine(line); f != nil {
			return nil, f
		}
		return append(kept, s.newUsed(line)), nil
	}
	at, f := actedOn(kept, "nIdItemPU", line.Int("nIdItemPU"), action, "cAcaoItemPU")
	if f != nil {
		return nil, f
	}
	if action == "E" {
		return append(kept[:at:at], kept[at+1:]...), nil
	}
	changed := merged(kept[at], without(line, "cAcaoItemPU", "nIdItemPU"))
	if f := s.checkUsedLine(changed); f != nil {
		return nil, f
	}
	out := append([]Record(nil), kept...)
	out[at] = changed
	return out, nil
}
