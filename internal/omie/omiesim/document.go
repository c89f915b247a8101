package omiesim

import (
	"slices"
	"strconv"
	"strings"

	"github.com/govalues/decimal"
)

// Service orders and sales orders share their life: open, billed, cancelled.
// Their words differ; family holds them.
type family struct {
	kind      string
	operation string // in etapafat (omie-api.md §8.5)
	stage     []string
	billed    string // the flag inside the stamps' block
	cancelled string
	dFat      [2]string // date and hour of billing, in the stamps' block
	dCan      [2]string
	noun      string // "Ordem de Serviço"
}

var families = map[string]family{
	"os": {
		kind: "os", operation: "01", stage: []string{"Cabecalho", "cEtapa"}, billed: "cFaturada", cancelled: "cCancelada",
		dFat: [2]string{"dDtFat", "cHrFat"}, dCan: [2]string{"dDtCanc", "cHrCanc"}, noun: "Ordem de Serviço",
	},
	"pedidos": {
		kind: "pedidos", operation: "11", stage: []string{"cabecalho", "etapa"}, billed: "faturado", cancelled: "cancelado",
		dFat: [2]string{"dFat", "hFat"}, dCan: [2]string{"dCan", "hCan"}, noun: "Pedido de Venda de Produto",
	},
}

func (f family) info(r Record) Record { return r.Object(kindNamed(f.kind).stamps.block) }

func (f family) isBilled(r Record) bool    { return flag(f.info(r), f.billed) }
func (f family) isCancelled(r Record) bool { return flag(f.info(r), f.cancelled) }

// settled tells whether a document is billed or cancelled.
func settled(k *kind, r Record) bool {
	f := families[k.name]
	return f.isBilled(r) || f.isCancelled(r)
}

// refuseSettled keeps billed and cancelled documents as they are. That they
// cannot be altered is known, the words are [infer] (omie-api.md §6.7, §12.15).
func (f family) refuseSettled(r Record, verb string) *fault {
	switch {
	case f.isCancelled(r):
		return refuse("Client-102", "ERROR: Não é possível %s: %s cancelado(a)!", verb, f.noun).as(BilledAltered)
	case f.isBilled(r):
		return refuse("Client-102", "ERROR: Não é possível %s: %s já faturado(a)!", verb, f.noun).as(BilledAltered)
	}
	return nil
}

func (s *Sim) setStage(f family, r Record, stage string) {
	block := r
	for _, name := range f.stage[:len(f.stage)-1] {
		block = block.block(name)
	}
	block[f.stage[len(f.stage)-1]] = stage
}

// bill marks a document as billed: stage 60, stock out (omie-api.md §6.6, §12.23).
func (s *Sim) bill(f family, old Record, user string) {
	r := cloned(old)
	info := f.info(r)
	info[f.billed], info[f.dFat[0]], info[f.dFat[1]] = "S", dateOf(s.now()), hourOf(s.now())
	s.setStage(f, r, "60")
	s.putDocument(f, r, user)
}

// cancel marks a document as cancelled. It keeps its stage and its integration
// code stays used (omie-api.md §6.6, §7.5, §12.2).
func (s *Sim) cancel(f family, old Record, user string) {
	r := cloned(old)
	info := f.info(r)
	info[f.cancelled], info[f.dCan[0]], info[f.dCan[1]] = "S", dateOf(s.now()), hourOf(s.now())
	s.putDocument(f, r, user)
}

// putDocument stamps and stores a document and moves the stock that its state asks for.
func (s *Sim) putDocument(f family, r Record, user string) {
	t := s.db.table(f.kind)
	s.touch(t.kind, r, user)
	t.put(r)
	s.settleStock(t.key(r), s.outputsDue(f, r))
}

// dropDocument frees its integration code (omie-api.md §12.2).
func (s *Sim) dropDocument(f family, r Record) {
	t := s.db.table(f.kind)
	t.drop(t.key(r))
	s.settleStock(t.key(r), nil)
}

// An output is a quantity of a product that a document takes from a location.
type output struct {
	product, place int64
	quantity       decimal.Decimal
}

// outputsDue is what should have left stock in the document's present state.
func (s *Sim) outputsDue(f family, r Record) []output {
	switch {
	case f.isCancelled(r):
		return nil
	case f.kind == "pedidos" && f.isBilled(r):
		return s.outputsOfSale(r)
	case f.kind == "os" && (f.isBilled(r) || s.StockLeavesAtOnce):
		return s.outputsOfOS(r)
	}
	return nil
}

// settleStock moves the difference between what left for a document and what is due.
func (s *Sim) settleStock(key string, due []output) {
	for _, o := range s.db.out[key] {
		s.move(o.product, o.place, o.quantity)
	}
	for _, o := range due {
		s.move(o.product, o.place, o.quantity.Neg())
	}
	s.db.out[key] = due
	if len(due) == 0 {
		delete(s.db.out, key)
	}
}

func (s *Sim) placeOr(id int64) int64 {
	if id == 0 {
		return s.defaultPlace()
	}
	return id
}

// checkStage asks for a stage that the operation has; 60 is set by billing and
// no legal input (omie-api.md §6.6, §7.6).
func (s *Sim) checkStage(f family, stage, tag string) *fault {
	var accepted []string
	for _, e := range s.db.table("etapas").get(f.operation).List("etapas") {
		if code := e.Text("cCodigo"); !flag(e, "cInativo") && code != "60" {
			accepted = append(accepted, code)
		}
	}
	if slices.Contains(accepted, stage) {
		return nil
	}
	return badValue(tag, stage, accepted...)
}

func (s *Sim) checkTerm(code, tag string) *fault {
	if code == "999" || s.db.table("parcelas").get(code) != nil {
		return nil
	}
	return unknownReference("Parcela não cadastrada", code, tag)
}

// checkCategory refuses unknown, inactive and totalising categories (omie-api.md §8).
func (s *Sim) checkCategory(code, tag string) *fault {
	r := s.db.table("categorias").get(code)
	switch {
	case r == nil:
		return unknownReference("Categoria não cadastrada", code, tag)
	case flag(r, "totalizadora"):
		return refuse("Client-102", "ERROR: A categoria [%s] é totalizadora e não pode ser utilizada! - tag: [%s]", code, tag) // [infer]
	case flag(r, "conta_inativa"):
		return refuse("Client-102", "ERROR: A categoria [%s] está inativa! - tag: [%s]", code, tag) // [infer]
	}
	return nil
}

func (s *Sim) checkAccount(id int64, tag string) *fault {
	r := s.db.table("contas").byID(id)
	switch {
	case r == nil:
		return unknownReference("Conta corrente não cadastrada", strconv.FormatInt(id, 10), tag)
	case flag(r, "inativo"):
		return refuse("Client-102", "ERROR: A conta corrente [%d] está inativa! - tag: [%s]", id, tag) // [infer]
	}
	return nil
}

func (s *Sim) checkSalesperson(id int64, tag string) *fault {
	if id == 0 {
		return nil
	}
	r := s.db.table("vendedores").byID(id)
	switch {
	case r == nil:
		return unknownReference("Vendedor não cadastrado", strconv.FormatInt(id, 10), tag)
	case flag(r, "inativo"):
		return refuse("Client-102", "ERROR: O vendedor está inativo! - tag: [%s]", tag)
	}
	return nil
}

func (s *Sim) checkProject(id int64, tag string) *fault {
	if id == 0 || s.db.table("projetos").byID(id) != nil {
		return nil
	}
	return refuse("Client-1035", "ERROR: Projeto não cadastrado para o Código [%d] ! - tag: [%s]", id, tag)
}

// customerOf resolves the customer of a document by id or integration code.
func (s *Sim) customerOf(id int64, code, idTag, codeTag string) (Record, *fault) {
	switch {
	case id != 0:
		return found(s.customers().byID(id), unknownReference("Cliente não cadastrado", strconv.FormatInt(id, 10), idTag))
	case code != "":
		return found(s.customers().first("int:"+code), refuse("Client-103", "ERROR: Cliente não cadastrado para o Código de Integração [%s] ! - tag: [%s]", code, codeTag))
	}
	return nil, missingEither(idTag, codeTag)
}

// documentKey finds a document by id, integration code or number.
func (s *Sim) documentKey(f family, id int64, code, no string, tags [2]string) (Record, *fault) {
	t, noun := s.db.table(f.kind), "OS não cadastrada"
	if f.kind == "pedidos" {
		noun = "Pedido não cadastrado"
	}
	code = strings.TrimSpace(code)
	switch {
	case id != 0:
		return found(t.byID(id), unknownID(noun, strconv.FormatInt(id, 10)))
	case code != "":
		return found(t.first("int:"+code), unknownIntegration(noun, code))
	case no != "":
		return found(t.first("num:"+unpadded(no)), unknownID(noun, no))
	}
	return nil, missingKey(tags[0], tags[1])
}

func plus(quantity decimal.Decimal) bool { return quantity.Sign() > 0 }
