package omiesim

import (
	"strings"

	"github.com/govalues/decimal"
)

const mostItems = 199 // nSeqItem is 1 to 199 (omie-api.md §6.4, §12.12)

var osTags = [2]string{"nCodOS", "cCodIntOS"}

func (s *Sim) orders() *table { return s.db.table("os") }

// completeOS fills what ListarOS shows of every record and computes totals.
func (s *Sim) completeOS(r Record) {
	head, info := r.block("Cabecalho"), r.block("InfoCadastro")
	head.fill("cCodIntOS", "")
	head.fill("cEtapa", "10")
	head.fill("cCodParc", "000")
	if head.empty("cNumOS") {
		s.db.lastOS++
		head["cNumOS"] = number(s.db.lastOS).String()
	}
	s.db.lastOS = max(s.db.lastOS, Record{"n": head.Text("cNumOS")}.Int("n"))
	head["cNumOS"] = unpadded(head.Text("cNumOS"))
	for _, name := range []string{"cFaturada", "cCancelada"} {
		info.fill(name, "N")
	}
	info.fill("cAmbiente", "P")
	info.fill("cOrigem", "API") // [infer] (§12.16)
	for _, name := range []string{"Email", "InformacoesAdicionais", "Observacoes"} {
		r.fill(name, map[string]any{})
	}
	r.fill("Departamentos", []any{})
	s.totalOS(r)
}

func incluirOS(s *Sim, p Record) (Record, *fault) {
	if f := s.checkNewOS(p); f != nil {
		return nil, f
	}
	r := cloned(without(p, "InfoCadastro"))
	head := r.block("Cabecalho")
	id := s.db.newID()
	head["nCodOS"], head["cEtapa"] = number(id), head.Text("cEtapa")
	delete(head, "nValorTotal")
	delete(head, "nValorTotalImpRet")
	r["ServicosPrestados"] = nil
	r["InfoCadastro"] = map[string]any{}
	customer, _ := s.customerOf(head.Int("nCodCli"), head.Text("cCodIntCli"), "nCodCli", "cCodIntCli")
	head["nCodCli"] = customer["codigo_cliente_omie"]
	if len(p.List("Parcelas")) > 0 {
		head["cCodParc"] = "999" // Parcelas with another term are taken and stored as 999 (§6.3)
	}
	var items []any
	for _, item := range p.List("ServicosPrestados") {
		items = append(items, map[string]any(s.newServiceItem(item, len(items)+1)))
	}
	r["ServicosPrestados"] = items
	s.includeUsed(r, p)
	s.completeOS(r)
	s.putDocument(families["os"], r, byAPI)
	return s.osStatus(r, "Ordem de Serviço adicionada com sucesso!"), nil
}

// osStatus is the write answer; its number is padded to 15 (omie-api.md §6.1).
func (s *Sim) osStatus(r Record, words string) Record {
	head := r.Object("Cabecalho")
	return s.ok(Record{"cCodIntOS": head["cCodIntOS"], "nCodOS": head["nCodOS"], "cNumOS": padded(head.Text("cNumOS"))},
		"cCodStatus", "cDescStatus", words)
}

// newServiceItem inherits from the catalogue what the item does not say (§6.4).
func (s *Sim) newServiceItem(given Record, seq int) Record {
	item := cloned(without(given, "cAcaoItem"))
	item["nIdItem"] = number(s.db.newID())
	item.fill("nSeqItem", number(seq))
	service, _ := s.serviceKey(item.Int("nCodServico"), item.Text("cCodIntServico"), "nCodServico", "cCodIntServico")
	if service != nil {
		head := service.Object("cabecalho")
		item["nCodServico"] = service.Object("intListar")["nCodServ"]
		for own, theirs := range map[string]string{
			"cDescServ": "cDescricao", "cTribServ": "cIdTrib", "cCodServMun": "cCodServMun",
			"cCodServLC116": "cCodLC116", "nValUnit": "nPrecoUnit", "cCodCategItem": "cCodCateg",
		} {
			item.fill(own, head[theirs])
		}
	}
	item.fill("cTpDesconto", "")
	item.fill("cRetemISS", "N")
	item.fill("cNaoGerarFinanceiro", "N")
	for _, name := range []string{"nAliqDesconto", "nValorDesconto", "nValorAcrescimos", "nValorOutrasRetencoes"} {
		item.fill(name, number(0))
	}
	return item
}

// includeUsed numbers the used products of a new OS, with those that its
// services bring where the account is said to work so (omie-api.md §6.5).
func (s *Sim) includeUsed(r, sent Record) {
	var lines []any
	for _, line := range sent.List("produtosUtilizados", "produtoUtilizado") {
		lines = append(lines, map[string]any(s.newUsed(line)))
	}
	if s.ServicesBringProducts {
		for _, item := range r.List("ServicosPrestados") {
			service := s.services().byID(item.Int("nCodServico"))
			for _, line := range service.List("produtosUtilizados", "produtoUtilizado") {
				lines = append(lines, map[string]any(s.newUsed(line)))
			}
		}
	}
	if len(lines) == 0 {
		delete(r, "produtosUtilizados")
		return
	}
	used := r.block("produtosUtilizados")
	used.fill("cAcaoProdUtilizados", "EST")
	used["produtoUtilizado"] = lines
}

func (s *Sim) newUsed(given Record) Record {
	line := cloned(without(given, "cAcaoItemPU"))
	line["nIdItemPU"] = number(s.db.newID())
	line["codigo_local_estoque"] = number(s.placeOr(line.Int("codigo_local_estoque")))
	return line
}

func (s *Sim) outputsOfOS(r Record) []output {
	var out []output
	for _, line := range r.List("produtosUtilizados", "produtoUtilizado") {
		out = append(out, output{line.Int("nCodProdutoPU"), s.placeOr(line.Int("codigo_local_estoque")), line.Dec("nQtdePU")})
	}
	return out
}

// totalOS computes discounts, nValorTotal and, without custom ones, the one instalment.
func (s *Sim) totalOS(r Record) {
	total := decimal.Decimal{}
	for _, item := range r.List("ServicosPrestados") {
		if item.Int("nIdItem") == 0 {
			item["nIdItem"] = number(s.db.newID())
		}
		gross := times(item.Dec("nQtde"), item.Dec("nValUnit")).Round(2)
		switch item.Text("cTpDesconto") {
		case "P":
			item["nValorDesconto"] = amount(percentOf(gross, item.Dec("nAliqDesconto")))
		case "V":
			item.fill("nValorDesconto", number(0))
		default:
			item["nValorDesconto"] = number(0)
		}
		total = sum(total, sum(less(gross, item.Dec("nValorDesconto")), item.Dec("nValorAcrescimos")))
	}
	head := r.block("Cabecalho")
	head["nValorTotal"] = amount(total)
	if head.Text("cCodParc") != "999" {
		head["nQtdeParc"] = number(1)
		r["Parcelas"] = []any{map[string]any{
			"nParcela": number(1), "nDias": number(0), "nPercentual": number(100),
			"dDtVenc": head.Text("dDtPrevisao"), "nValor": amount(total),
		}}
	}
}

func (s *Sim) osKey(p Record) (Record, *fault) {
	return s.documentKey(families["os"], p.Int("nCodOS"), p.Text("cCodIntOS"), p.Text("cNumOS"), osTags)
}

func consultarOS(s *Sim, p Record) (Record, *fault) {
	r, f := s.osKey(p)
	if f != nil {
		return nil, f
	}
	return s.showOS(r, true), nil
}

// showOS is an OS as reads return it: an integration code may be padded to its
// 60 characters, an empty one too (omie-api.md §6.2, §10.5).
func (s *Sim) showOS(r Record, single bool) Record {
	r = cloned(r)
	head := r.block("Cabecalho")
	if code := head.Text("cCodIntOS"); !s.TrimmedCodes && (single || code == "") {
		head["cCodIntOS"] = code + strings.Repeat(" ", max(0, 60-len([]rune(code))))
	}
	for _, item := range r.List("ServicosPrestados") {
		s.shown(item, "cDescServ")
	}
	return r
}

// statusOS answers the state of an OS (omie-api.md §6.9); invoices are not modelled.
func statusOS(s *Sim, p Record) (Record, *fault) {
	r, f := s.osKey(p)
	if f != nil {
		return nil, f
	}
	head, info := r.Object("Cabecalho"), r.Object("InfoCadastro")
	out := only(info, "cCancelada", "cFaturada", "cAmbiente", "dDtInc", "cHrInc", "dDtAlt", "cHrAlt", "dDtFat", "cHrFat", "dDtCanc", "cHrCanc")
	for _, name := range []string{"cCodIntOS", "nCodOS", "cNumOS", "cEtapa"} {
		out[name] = head[name]
	}
	out["nValorTot"], out["ListaRpsNfse"] = head["nValorTotal"], []any{}
	return out, nil
}

func excluirOS(s *Sim, p Record) (Record, *fault) {
	r, f := s.osKey(p)
	if f != nil {
		return nil, f
	}
	if families["os"].isBilled(r) {
		return nil, families["os"].refuseSettled(r, "excluir")
	}
	s.dropDocument(families["os"], r)
	return s.osStatus(r, "Ordem de Serviço excluída com sucesso!"), nil
}

// trocarEtapaOS takes its key at the root and moves no money (omie-api.md §6.1, §6.6).
func trocarEtapaOS(s *Sim, p Record) (Record, *fault) {
	old, f := s.osKey(p)
	if f != nil {
		return nil, f
	}
	if f := families["os"].refuseSettled(old, "trocar a etapa"); f != nil {
		return nil, f
	}
	if f := s.checkStage(families["os"], p.Text("cEtapa"), "cEtapa"); f != nil {
		return nil, f
	}
	r := cloned(old)
	s.setStage(families["os"], r, p.Text("cEtapa"))
	s.putDocument(families["os"], r, byAPI)
	return s.ok(only(r.Object("Cabecalho"), "nCodOS", "cCodIntOS", "cNumOS"), "codigo_status", "descricao_status", "Etapa alterada com sucesso!"), nil
}
