package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/store"
)

func reviewed(side record.Side, id, name, document string) record.Item {
	return record.Item{Kind: record.Customer, Side: side, ID: id, Title: name, Fields: record.Fields{record.FieldName: name, record.FieldDocument: document}}
}

// simulated is a prepared draft of which a dry run found pairs of customers: more than
// a page of certain ones, a likely one and two that are alone.
func simulated(t *testing.T) (*house, *vendors, *browserOf) {
	t.Helper()
	h, f, b := prepared(t)
	b.sends(http.StatusSeeOther, polo+"/ajustes/padroes", "v.orders.service_order.category", "1.01.02", "v.orders.service_order.bank_account", "700")
	b.says(polo+"/conferencia", "Os cadastros são conferidos depois da simulação")
	b.sends(http.StatusConflict, polo+"/conferencia", "fazer", "aceitar", "fluxo", "customers")
	b.sends(http.StatusSeeOther, polo+"/plano")
	works, err := h.db.Works(t.Context(), store.Owner{ID: "polo-sul", Draft: true})
	h.ok(err)
	number := works[setup.Plan].Number
	var items []record.Item
	var pairs []store.DraftPair
	for n := range pageRows + 5 {
		id := fmt.Sprint(100 + n)
		items = append(items, reviewed(record.Auvo, id, "Loja "+id, ""), reviewed(record.Omie, "7"+id, "Loja "+id, ""))
		pairs = append(pairs, store.DraftPair{Kind: record.Customer, Level: flow.LevelCertain, Seq: int64(n + 1), Auvo: id, Omie: "7" + id, Score: 60, Reasons: []string{"mesmo CPF/CNPJ"}})
	}
	items = append(items, reviewed(record.Auvo, "1", "Padaria <b>Sol</b>", ""), reviewed(record.Omie, "71", "Padaria Sol Ltda", "11222333000181"), reviewed(record.Auvo, "2", "Hotel Mar", ""), reviewed(record.Omie, "72", "Pousada Vento", ""))
	pairs = append(pairs, store.DraftPair{Kind: record.Customer, Level: flow.LevelLikely, Seq: 900, Auvo: "1", Omie: "71", Score: 70, Reasons: []string{"nome muito parecido"}},
		store.DraftPair{Kind: record.Customer, Level: flow.LevelAuvo, Seq: 901, Auvo: "2"}, store.DraftPair{Kind: record.Customer, Level: flow.LevelOmie, Seq: 902, Omie: "72"})
	h.ok(h.db.SaveReview(t.Context(), "polo-sul", number, items, pairs))
	h.answers("polo-sul", setup.Plan, forecast)
	return h, f, b
}

const revisao = polo + "/conferencia"

func TestTheReviewShowsWhoWouldBeOneAndKeepsWhatAPersonSaysUntilActivation(t *testing.T) {
	h, _, b := simulated(t)
	if got := b.get(polo); got.to != revisao {
		t.Errorf("taken up again at %s", got.to)
	}
	first := b.says(revisao, "Certos 55", "Prováveis 1", "Só no Auvo 1", "Só no Omie 1", "Loja 100", "Loja 149", "mesmo CPF/CNPJ · semelhança 60 de 100", "Aceitar 55 pares certos", "Ver mais")
	if second := b.says(revisao+"?fluxo=customers&nivel=certain&depois=50", "Loja 150", "Loja 154"); strings.Contains(first, "Loja 150") || strings.Contains(second, "Loja 149") || strings.Contains(second, "Ver mais") {
		t.Error("the pages do not go on where the others end")
	}
	likely := b.says(revisao+"?nivel=likely", "Padaria <b>Sol</b>", "nome muito parecido · semelhança 70 de 100", "de “(vazio)” para “11.222.333/0001-81”")
	if strings.Contains(likely, "Sol</b>") {
		t.Error("a name became markup")
	}
	b.sends(http.StatusUnprocessableEntity, revisao, "fazer", "ligar", "fluxo", "customers")
	b.sends(http.StatusUnprocessableEntity, revisao, "fazer", "nada", "fluxo", "customers", "par", "customer~1~71")
	got := b.sends(http.StatusSeeOther, revisao, "fazer", "ligar", "fluxo", "customers", "nivel", "likely", "par", "customer~1~71", "par", "customer~404~71")
	b.says(got.to, "1 par será ligado na ativação. 1 ficou de fora", "Prováveis 0", "Ligados por você 1")
	b.sends(http.StatusSeeOther, revisao, "fazer", "separar", "fluxo", "customers", "nivel", "certain", "par", "customer~100~7100")
	b.says(revisao+"?nivel=different", "Diferentes, disse uma pessoa 1", "Loja 100", "Certos 54")
	b.sends(http.StatusSeeOther, revisao, "fazer", "voltar", "fluxo", "customers", "nivel", "different", "par", "customer~100~7100")
	b.says(revisao, "Certos 55", "Diferentes, disse uma pessoa 0")
	b.sends(http.StatusSeeOther, revisao, "fazer", "separar", "fluxo", "customers", "nivel", "certain", "par", "customer~100~7100")
	got = b.sends(http.StatusSeeOther, revisao, "fazer", "aceitar", "fluxo", "customers", "nivel", "certain")
	b.says(got.to, "54 pares certos foram aceitos.", "Ligados por você 55", "Certos 0", "Ver mais")
	choices, err := h.db.DraftChoices(t.Context(), "polo-sul")
	h.ok(err)
	known := 0
	for _, c := range choices {
		if c.Known {
			known++
		}
	}
	if len(choices) != 56 || known != 54 {
		t.Errorf("%d choices, %d of them known", len(choices), known)
	}
	b.says(polo+"/ativar", "Você mudou a conferência depois da simulação", "55 pares foram ligados por uma pessoa; 1 foi separado.")
	if got := b.sends(http.StatusSeeOther, revisao, "fazer", "conferido"); got.to != polo+"/ativar" {
		t.Errorf("leads to %s", got.to)
	}
	if page := b.says(polo + "/ativar"); strings.Contains(page, "ainda não foram conferidos") {
		t.Error("it does not know that the pairs were looked at")
	}
}

func TestAPartnerIsChosenByHandAndASiteBringsItsCustomerAlong(t *testing.T) {
	h, _, b := simulated(t)
	b.says(revisao+"/escolher/customer/auvo/2", "Nada no Omie responde a isso.")
	page := b.says(revisao+"/escolher/customer/auvo/2?q=vento", "Pousada Vento", "É este")
	if strings.Contains(page, "Mais um local") {
		t.Error("a site of nobody's is offered")
	}
	b.says(revisao+"/escolher/customer/auvo/2?q=11.222.333/0001-81", "Padaria Sol Ltda")
	if page := b.says(revisao+"/escolher/customer/auvo/2?q=loja+150", "Já seria ligado a 150", "Mais um local deste"); strings.Contains(page, "É este") {
		t.Error("somebody's partner is offered")
	}
	b.sends(http.StatusSeeOther, revisao, "fazer", "local", "fluxo", "customers", "par", "customer~2~7150")
	b.says(revisao+"?nivel=chosen", "Ligados por você 2", "mais um local do mesmo cliente", "Certos 54")
	b.sends(http.StatusSeeOther, revisao, "fazer", "ligar", "fluxo", "customers", "par", "customer~2~72")
	b.says(revisao+"?nivel=chosen", "Ligados por você 2", "Pousada Vento", "Só no Omie 0")
	choices, err := h.db.DraftChoices(t.Context(), "polo-sul")
	if h.ok(err); len(choices) != 2 || !choices[0].Known || choices[1].Known || choices[1].Omie != "72" {
		t.Errorf("%+v", choices)
	}
	if got := b.get(revisao + "/escolher/customer/auvo/404"); got.code != http.StatusNotFound {
		t.Errorf("nobody answers %d", got.code)
	}
}

func TestActivationCarriesWhatWasSaidAndOnlyWhatWasShown(t *testing.T) {
	h, f, b := simulated(t)
	b.sends(http.StatusSeeOther, revisao, "fazer", "ligar", "fluxo", "customers", "par", "customer~1~71")
	seen := between(b.says(polo+"/ativar"), `name="visto" value="`, `"`)
	b.sends(http.StatusSeeOther, revisao, "fazer", "separar", "fluxo", "customers", "par", "customer~100~7100")
	b.sends(http.StatusConflict, polo+"/ativar", "visto", seen)
	seen = between(b.says(polo+"/ativar"), `name="visto" value="`, `"`)
	b.sends(http.StatusSeeOther, polo+"/ativar", "visto", seen)
	chosen, err := h.db.Marks(t.Context(), "polo-sul", "chosen/customer:")
	h.ok(err)
	apart, err := h.db.Marks(t.Context(), "polo-sul", "apart/customer:")
	h.ok(err)
	if len(chosen) != 1 || !strings.Contains(chosen["chosen/customer:1/71"], `"Role":"main"`) || len(apart) != 1 || len(f.jobs) != 1 {
		t.Errorf("%v, %v, %v", chosen, apart, f.jobs)
	}
	events, err := h.db.Events(t.Context(), "polo-sul", record.Ref{Kind: record.Customer, Side: record.Omie, ID: "7100"})
	if h.ok(err); len(events) != 1 || !strings.Contains(events[0].Text, "Separados no assistente, por Ana") {
		t.Errorf("%+v", events)
	}
}
