package omiesim

import "strconv"

// checkNewOS asks for what IncluirOS needs, required tags first, then the
// integration code, then what the tags refer to (omie-api.md §6.2 to §6.5).
func (s *Sim) checkNewOS(p Record) *fault {
	head, more := p.Object("Cabecalho"), p.Object("InformacoesAdicionais")
	if head.empty("nCodCli") && head.empty("cCodIntCli") {
		return missingEither("nCodCli", "cCodIntCli")
	}
	for _, tag := range []string{"dDtPrevisao", "cEtapa", "cCodParc"} {
		if head.empty(tag) {
			return missing(tag)
		}
	}
	for _, tag := range []string{"cCodCateg", "nCodCC"} {
		if more.empty(tag) {
			return missing(tag)
		}
	}
	if len(p.List("ServicosPrestados")) == 0 {
		return missing("ServicosPrestados")
	}
	if f := s.checkFreeOSCode(head.Text("cCodIntOS")); f != nil {
		return f
	}
	if f := s.checkOSHead(p); f != nil {
		return f
	}
	for _, item := range p.List("ServicosPrestados") {
		if f := s.checkServiceItem(item); f != nil {
			return f
		}
	}
	return s.checkUsed(p)
}

// checkFreeOSCode: no source quotes this fault; the words are §6.10's assumption.
// A cancelled OS keeps its code, an excluded one frees it (§12.2).
func (s *Sim) checkFreeOSCode(code string) *fault {
	if code == "" {
		return nil
	}
	if f := s.checkCode("cCodIntOS", code); f != nil {
		return f
	}
	if s.orders().first("int:"+code) != nil {
		return refuse("Client-102", "ERROR: OS já cadastrada para o Código de Integração [%s] !", code)
	}
	return nil
}

// checkOSHead checks what the two heads of an OS, new or altered, refer to.
func (s *Sim) checkOSHead(p Record) *fault {
	head, more := p.Object("Cabecalho"), p.Object("InformacoesAdicionais")
	if _, f := s.customerOf(head.Int("nCodCli"), head.Text("cCodIntCli"), "nCodCli", "cCodIntCli"); f != nil {
		return f
	}
	if _, f := bound("dDtPrevisao", head.Text("dDtPrevisao"), ""); f != nil {
		return f
	}
	if f := s.checkStage(families["os"], head.Text("cEtapa"), "cEtapa"); f != nil {
		return f
	}
	for _, f := range []*fault{
		s.checkTerm(head.Text("cCodParc"), "cCodParc"), s.checkCategory(more.Text("cCodCateg"), "cCodCateg"),
		s.checkAccount(more.Int("nCodCC"), "nCodCC"), s.checkSalesperson(head.Int("nCodVend"), "nCodVend"), s.checkProject(more.Int("nCodProj"), "nCodProj"),
	} {
		if f != nil {
			return f
		}
	}
	// The city of the service needs its `(UF)`; omitted it is the company's own (§6.3).
	if name := more.Text("cCidPrestServ"); name != "" && !s.AnyCity && s.db.table("cidades").get(name) == nil {
		return unknownCity(name)
	}
	if mail := p.Object("Email"); flag(mail, "cEnvBoleto") && flag(mail, "cEnvPix") {
		return together("cEnvBoleto", "cEnvPix")
	}
	return checkOSInstalments(p)
}

func checkOSInstalments(p Record) *fault {
	head, rows := p.Object("Cabecalho"), p.List("Parcelas")
	if head.Text("cCodParc") != "999" {
		return nil
	}
	if head.Int("nQtdeParc") <= 0 {
		return missing("nQtdeParc")
	}
	if len(rows) == 0 {
		return missing("Parcelas")
	}
	for _, row := range rows {
		for _, tag := range []string{"nParcela", "dDtVenc", "nValor", "nPercentual"} {
			if row.empty(tag) {
				return missing(tag)
			}
		}
	}
	return nil
}

// checkServiceItem: a catalogue service, or everything that it would bring (§6.4).
func (s *Sim) checkServiceItem(item Record) *fault {
	if item.empty("nCodServico") && item.empty("cCodIntServico") {
		for _, tag := range []string{"cTribServ", "cCodServMun", "cCodServLC116", "cDescServ", "nValUnit"} {
			if item.empty(tag) {
				return missing(tag)
			}
		}
	} else {
		service, f := s.serviceKey(item.Int("nCodServico"), item.Text("cCodIntServico"), "nCodServico", "cCodIntServico")
		if f != nil {
			return f
		}
		if flag(service, "info", "inativo") {
			// [infer]: the twin of the products' refusal.
			return refuse("Client-115", "ERROR: O serviço [%s] está inativo !(Id: [%d])", service.Text("cabecalho", "cCodigo"), service.Int("intListar", "nCodServ"))
		}
	}
	if !plus(item.Dec("nQtde")) {
		return missing("nQtde") // also when it is 0 or less (§1.5)
	}
	if seq := item.Int("nSeqItem"); item.has("nSeqItem") && (seq < 1 || seq > mostItems) {
		return badValue("nSeqItem", item.Text("nSeqItem"), "1", "...", strconv.Itoa(mostItems))
	}
	if item.Dec("nValUnit").Sign() < 0 {
		return missing("nValUnit")
	}
	if kind := item.Text("cTpDesconto"); kind != "" && kind != "V" && kind != "P" {
		return badValue("cTpDesconto", kind, "P", "V")
	}
	return nil
}

// checkUsed checks the block of used products of a new OS (omie-api.md §6.5).
func (s *Sim) checkUsed(p Record) *fault {
	if !p.has("produtosUtilizados") {
		return nil
	}
	used := p.Object("produtosUtilizados")
	if f := checkUsedAction(used); f != nil {
		return f
	}
	for _, line := range used.List("produtoUtilizado") {
		if f := s.checkUsedLine(line); f != nil {
			return f
		}
	}
	return nil
}

func checkUsedAction(used Record) *fault {
	switch action := used.Text("cAcaoProdUtilizados"); {
	case action == "":
		return missing("cAcaoProdUtilizados")
	case action != "EST" && action != "REM" && action != "PED":
		return badValue("cAcaoProdUtilizados", action, "EST", "REM", "PED")
	case action != "EST" && used.empty("cCodCategRem"):
		return missing("cCodCategRem")
	}
	return nil
}

func (s *Sim) checkUsedLine(line Record) *fault {
	product := s.products().byID(line.Int("nCodProdutoPU"))
	switch {
	case line.empty("nCodProdutoPU"):
		return missing("nCodProdutoPU")
	case product == nil:
		return refuse("Client-105", "ERROR: Produto não encontrado para o Código [%s] - tag: [nCodProdutoPU]", line.Text("nCodProdutoPU"))
	case flag(product, "inativo"):
		return inactiveProduct(product)
	case !plus(line.Dec("nQtdePU")):
		return missing("nQtdePU")
	}
	if place := line.Int("codigo_local_estoque"); place != 0 && s.db.table("locais").byID(place) == nil {
		return unknownPlace(place)
	}
	return nil
}
