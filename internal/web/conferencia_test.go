package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// customers stores customers of a side: id, name, CPF/CNPJ and telephone of each.
func (h *house) customers(side record.Side, rows ...[4]string) {
	h.Helper()
	var seen []store.Seen
	for _, r := range rows {
		i := record.Item{Kind: record.Customer, Side: side, ID: r[0], Title: r[1], Fields: record.Fields{record.FieldName: r[1], record.FieldDocument: r[2], record.FieldPhone: r[3], record.FieldActive: "true"}}
		if r[2] != "" {
			i.Keys = []record.Key{{Name: record.KeyDocument, Value: r[2]}}
		}
		seen = append(seen, store.Seen{Item: i})
	}
	h.under("acme", func(l store.Lease) {
		_, err := h.db.SavePage(h.Context(), l, store.PageWrite{Run: "r1", Kind: record.Customer, Side: side, Seen: seen})
		h.ok(err)
	})
}

func (h *house) linked(auvo string) string {
	h.Helper()
	links, err := h.db.Links(h.Context(), "acme", record.Customer, record.Auvo, auvo)
	h.ok(err)
	if len(links) == 0 {
		return ""
	}
	return links[0].Omie + " " + links[0].Role
}

// bench of matching: 1 is certain, 2 likely, 3 stands alone on each side.
func (h *house) unmatched() {
	h.account("acme")
	h.customers(record.Auvo, [4]string{"1", "Padaria <i>Sol</i>", "11222333000181", "4833334444"}, [4]string{"2", "Oficina do Zeca", "", "48999990000"}, [4]string{"3", "Clínica Bem Viver", "", ""})
	h.customers(record.Omie, [4]string{"11", "Panificadora Sol Ltda", "11222333000181", "4833335555"}, [4]string{"12", "Oficina do Zeca", "52998224725", "48999990000"}, [4]string{"13", "Hotel Miramar", "", ""})
}

func TestTheWorkbenchSortsWhatMayBeOneByHowSureItIs(t *testing.T) {
	h := newHouse(t, nil)
	h.unmatched()
	reader, b := h.comes(h.person(signin.Reader)), h.comes(h.person(signin.Operator))
	page := reader.says("/contas/acme/conferencia", "Certos 1", "Prováveis 1", "Duvidosos 0", "Só no Auvo 1", "Só no Omie 1", "Padaria <i>Sol</i>", "Panificadora Sol Ltda", "mesmo CPF/CNPJ", "“Telefone” difere: vai esperar que uma pessoa escolha.")
	if strings.Contains(page, "<i>Sol") || strings.Contains(page, `type="checkbox"`) || strings.Contains(page, "Escolher à mão") {
		t.Error("a name became markup, or a reader is offered buttons")
	}
	b.says("/contas/acme/conferencia", "Ligar todos os certos…", "Separar os marcados…")
	b.says("/contas/acme/conferencia?fluxo=customers&nivel=likely", "Oficina do Zeca", "mesmo nome", "mesmo telefone", "Ligar os marcados…")
	b.says("/contas/acme/conferencia?nivel=only-auvo", "Clínica Bem Viver", "Ninguém ainda.", "Escolher à mão…")
	b.says("/contas/acme/conferencia?nivel=only-omie", "Hotel Miramar")
	b.says("/contas/acme/conferencia?nivel=nonsense&fluxo=tasks", "Certos 1", "Padaria")
	b.says("/contas/acme/conferencia?fluxo=products", "Nada aqui.")
}

func TestPairsAreLinkedAndPartedAsTheyWereShownAndBack(t *testing.T) {
	h := newHouse(t, nil)
	h.unmatched()
	b := h.comes(h.person(signin.Operator))
	page := b.says("/contas/acme/conferencia/ligar?fluxo=customers&nivel=certain&todos=1", "Ligar 1 par", "Padaria <i>Sol</i>", "Nada é gravado agora")
	token := between(page, `name="par" value="`, `"`)
	if h.linked("1") != "" {
		t.Fatal("showing linked them")
	}
	if got := b.get("/contas/acme/conferencia/ligar?nivel=likely&todos=1"); got.code != http.StatusUnprocessableEntity {
		t.Errorf("all that are likely answer %d", got.code)
	}
	h.customers(record.Omie, [4]string{"11", "Panificadora Sol Ltda", "11222333000181", "4833336666"})
	if got := b.post("/contas/acme/conferencia/ligar", "par", token); got.code != http.StatusConflict || h.linked("1") != "" {
		t.Errorf("a pair that changed since it was shown was linked: %d", got.code)
	}
	h.wait(comparedLasts)
	token = between(b.says("/contas/acme/conferencia/ligar?nivel=certain&todos=1"), `name="par" value="`, `"`)
	got := b.post("/contas/acme/conferencia/ligar", "par", token, "fluxo", "customers", "nivel", "certain")
	if got.code != http.StatusSeeOther || h.linked("1") != "11 main" {
		t.Fatalf("answers %d, linked to %q\n%s", got.code, h.linked("1"), readable(got.body))
	}
	b.says(got.to, "1 par foi ligado; a próxima rodada compara os campos.", "Certos 0", "Só no Omie 1")
	story := b.says("/contas/acme/registros/customer/auvo/1", "por uma pessoa", "Na conferência, por Ana Operação, operator@example.test.", "Separar…")
	path := strings.ReplaceAll(between(between(story, "Ligado a", "Separar…"), `class="button second" href="`, `"`), "&amp;", "&")
	parting := b.says(path, "Separar 1 par", "Ficam como cadastros diferentes")
	if got := b.post("/contas/acme/conferencia/separar", "par", between(parting, `name="par" value="`, `"`)); got.code != http.StatusSeeOther || h.linked("1") != "" {
		t.Fatalf("parting answers %d, linked to %q", got.code, h.linked("1"))
	}
	page = b.says("/contas/acme/conferencia?nivel=different", "Diferentes, disse uma pessoa 1", "Padaria <i>Sol</i>", "Ligar os marcados…")
	b.post("/contas/acme/conferencia/ligar", "par", between(page, `name="par" value="`, `"`))
	if h.linked("1") != "11 main" {
		t.Error("what was parted by mistake is not linked again")
	}
	mark, err := h.db.Mark(t.Context(), "acme", engine.ApartMark(record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "1"}, record.Ref{Kind: record.Customer, Side: record.Omie, ID: "11"}))
	if err != nil || mark != "" {
		t.Errorf("they are still called different: %q %v", mark, err)
	}
	h.onlyActs("linked", "parted", "linked")
}

func TestAPartnerIsChosenByHandAlsoAsASite(t *testing.T) {
	h := newHouse(t, nil)
	h.unmatched()
	b := h.comes(h.person(signin.Operator))
	const path = "/contas/acme/conferencia/escolher/customer/auvo/3"
	b.says(path, "Quem é no Omie?", "Clínica Bem Viver", "Nada no Omie responde a isso.")
	page := b.says(path+"?q=miramar", "Hotel Miramar", "É este…")
	link := strings.ReplaceAll(between(page, `class="button second" href="`, `"`), "&amp;", "&")
	token := between(b.says(link, "Ligar 1 par"), `name="par" value="`, `"`)
	if got := b.post("/contas/acme/conferencia/ligar", "par", token); got.code != http.StatusSeeOther || got.to != "/contas/acme/registros/customer/auvo/3" || h.linked("3") != "13 main" {
		t.Fatalf("answers %d to %s, linked to %q", got.code, got.to, h.linked("3"))
	}
	page = b.says("/contas/acme/conferencia/escolher/customer/auvo/2?q=miramar", "O do Omie já está ligado ao 3 do Auvo", "Mais um local deste…")
	if strings.Contains(page, "É este…") {
		t.Error("a second main record is offered")
	}
	site := strings.ReplaceAll(between(page, `class="button second" href="`, `"`), "&amp;", "&")
	token = between(b.says(site, "mais um local do mesmo cliente"), `name="par" value="`, `"`)
	if got := b.post("/contas/acme/conferencia/ligar", "par", token); got.code != http.StatusConflict || h.linked("2") != "" {
		t.Errorf("a second main record answers %d", got.code)
	}
	b.post("/contas/acme/conferencia/ligar", "par", token, "como", "site")
	if h.linked("2") != "13 site" {
		t.Errorf("linked to %q", h.linked("2"))
	}
	for _, wrong := range []string{"x", "customer~1", "task~1~2~3", "customer~99~11~000000000000"} {
		if got := b.post("/contas/acme/conferencia/ligar", "par", wrong); got.code != http.StatusConflict {
			t.Errorf("%q answers %d", wrong, got.code)
		}
	}
	if got := b.get("/contas/acme/conferencia/escolher/task/auvo/3"); got.code != http.StatusNotFound {
		t.Errorf("a task answers %d", got.code)
	}
}

func TestTheWorkbenchPagesByKeyAndKeepsWhatItCompared(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	var rows [][4]string
	for n := range pageRows + 3 {
		rows = append(rows, [4]string{fmt.Sprint(100 + n), fmt.Sprintf("Cliente%03d", n), "", ""})
	}
	h.customers(record.Auvo, rows...)
	b := h.comes(h.person(signin.Operator))
	first := b.says("/contas/acme/conferencia", "Só no Auvo 53", "Cliente000", "Cliente049", "Ver mais")
	next := strings.ReplaceAll(between(first, `<p><a class="button second" href="`, `"`), "&amp;", "&")
	if second := b.says(next, "Cliente050", "Cliente052"); strings.Contains(second, "Cliente049") || strings.Contains(second, "Ver mais") {
		t.Error("the second page does not go on where the first ended")
	}
	f, _ := flow.Named("customers")
	tn, err := h.site.tenantOf(store.Account{ID: "acme", Settings: []byte(`{"id":"acme","name":"A"}`)})
	h.ok(err)
	one, err := h.site.pairingsOf(t.Context(), tn, f)
	h.ok(err)
	two, err := h.site.pairingsOf(t.Context(), tn, f)
	h.ok(err)
	if len(one) != 53 || &one[0] != &two[0] {
		t.Error("what did not change is compared again")
	}
	h.customers(record.Auvo, [4]string{"900", "Outro", "", ""})
	h.wait(comparedLasts)
	if three, err := h.site.pairingsOf(t.Context(), tn, f); err != nil || len(three) != 54 {
		t.Errorf("%d pairings, %v", len(three), err)
	}
}
