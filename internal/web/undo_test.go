package web

import (
	"net/http"
	"strings"
	"testing"

	"ponte/internal/record"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// written has run r1 change the telephone of an Auvo customer that is linked.
func (h *house) written() record.Ref {
	h.Helper()
	ref := record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "55"}
	h.under("acme", func(l store.Lease) {
		for side, id := range map[record.Side]string{record.Auvo: "55", record.Omie: "7"} {
			item := record.Item{Kind: record.Customer, Side: side, ID: id, Title: "Loja <b>Sul</b>", Fields: record.Fields{record.FieldPhone: "48999991234", record.FieldName: "Loja"}}
			_, err := h.db.SavePage(h.Context(), l, store.PageWrite{Run: "r1", Kind: record.Customer, Side: side, Seen: []store.Seen{{Item: item, Carry: true}}, At: h.clock()})
			h.ok(err)
		}
		planned, err := h.db.Decide(h.Context(), l, store.Decision{
			Run: "r1", Flow: "customers", Settles: []record.Ref{ref, {Kind: record.Customer, Side: record.Omie, ID: "7"}},
			Links: []store.Link{{Kind: record.Customer, Auvo: "55", Omie: "7", Role: store.RoleMain, Base: record.Fields{record.FieldPhone: "48999991234"}}},
			Plan: []store.Change{{
				Run: "r1", Flow: "customers", Kind: record.Customer, Key: "k1", Source: record.Ref{Kind: record.Customer, Side: record.Omie, ID: "7"}, Title: "Loja <b>Sul</b>",
				Action: "update", To: record.Auvo, Auvo: "55", Omie: "7", Fields: []store.FieldChange{{Name: record.FieldPhone, From: "4833334444", To: "48999991234"}},
			}},
		})
		h.ok(err)
		c, err := h.db.Send(h.Context(), l, planned[0].ID, h.clock())
		h.ok(err)
		c.State, c.Settled = store.Done, h.clock()
		h.ok(h.db.Settle(h.Context(), l, store.Settlement{Change: c}))
		h.ok(h.db.StartRun(h.Context(), l, store.Run{ID: "r1", Account: "acme", Started: h.clock()}))
	})
	return ref
}

func (h *house) plannedUndos() []store.Change {
	h.Helper()
	planned, err := h.db.Planned(h.Context(), "acme", "customers")
	h.ok(err)
	return planned
}

func TestAnUndoIsShownAndThenLeftToTheNextCycle(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	ref := h.written()
	reader, b := h.comes(h.person(signin.Reader)), h.comes(h.person(signin.Operator))
	if page := reader.says(storyPathOf(ref)); strings.Contains(page, "Desfazer…") {
		t.Error("a reader is offered to undo")
	}
	b.says(storyPathOf(ref), "Desfazer…")
	b.says("/contas/acme/execucoes/r1", "Desfazer…")
	for _, from := range []string{query("registro", refParam(ref)), query("execucao", "r1")} {
		page := b.says("/contas/acme/desfazer"+from, "A próxima rodada devolve a 1 cadastro os valores de antes.", "Loja <b>Sul</b>", "(48) 99999-1234", "(48) 3333-4444", "Desfazer 1 gravação")
		if len(h.plannedUndos()) != 0 {
			t.Fatal("showing did it")
		}
		if strings.Contains(page, "<b>Sul") {
			t.Error("a title became markup")
		}
	}
	seen := between(b.says("/contas/acme/desfazer"+query("registro", refParam(ref))), `name="visto" value="`, `"`)
	if got := b.post("/contas/acme/desfazer", "registro", refParam(ref), "visto", "x"); got.code != http.StatusConflict || len(h.plannedUndos()) != 0 {
		t.Errorf("another plan than the one shown: %d", got.code)
	}
	if got := b.post("/contas/acme/desfazer", "registro", refParam(ref), "visto", seen, "motivo", strings.Repeat("x", 201)); got.code != http.StatusUnprocessableEntity || !strings.Contains(got.body, "até 200 letras") {
		t.Errorf("a long reason answers %d", got.code)
	}
	got := b.post("/contas/acme/desfazer", "registro", refParam(ref), "visto", seen, "motivo", "era outro")
	if got.code != http.StatusSeeOther || got.to != storyPathOf(ref) {
		t.Fatalf("answers %d to %s\n%s", got.code, got.to, readable(got.body))
	}
	planned := h.plannedUndos()
	if len(planned) != 1 || !planned[0].Undo || planned[0].Fields[0].To != "4833334444" || planned[0].Reason != "Uma pessoa (Ana Operação, operator@example.test) mandou desfazer: era outro" {
		t.Fatalf("planned %+v", planned)
	}
	b.says(got.to, "Pedido: a próxima rodada desfaz 1 gravação.", "mandou desfazer: era outro", "Planejada")
	b.says("/contas/acme/execucoes/"+planned[0].Run, "Pedida por uma pessoa", "Alterar cliente no Auvo")
	b.says("/contas/acme/desfazer"+query("registro", refParam(ref)), "Não há nada que se possa desfazer.", "Já foi pedido: a próxima rodada desfaz.")
	if got := b.post("/contas/acme/desfazer", "registro", refParam(ref), "visto", seen); got.code != http.StatusConflict {
		t.Errorf("asked for twice answers %d", got.code)
	}
	h.onlyActs("undo-asked")
}

func TestWhatCannotBeUndoneIsNamed(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	ref := h.written()
	b := h.comes(h.person(signin.Operator))
	h.under("acme", func(l store.Lease) {
		item := record.Item{Kind: record.Customer, Side: record.Auvo, ID: "55", Title: "Loja", Fields: record.Fields{record.FieldPhone: "48911112222"}}
		_, err := h.db.SavePage(t.Context(), l, store.PageWrite{Run: "r2", Kind: record.Customer, Side: record.Auvo, Seen: []store.Seen{{Item: item, Carry: true}}, At: h.clock()})
		h.ok(err)
		h.task(l, "9", "refused", nil)
	})
	h.ok(h.db.SetPaused(t.Context(), "acme", true))
	b.says("/contas/acme/desfazer"+query("registro", refParam(ref)), "Não há nada que se possa desfazer.", "foi mudado depois")
	b.says("/contas/acme/desfazer"+query("registro", "task/auvo/9"), "O documento não foi criado: não há o que cancelar.")
	for path, want := range map[string]int{
		query("registro", "car/auvo/1"): http.StatusNotFound, query("registro", "task/auvo/77"): http.StatusNotFound, query("execucao", "r9"): http.StatusNotFound, "": http.StatusNotFound,
	} {
		if got := b.get("/contas/acme/desfazer" + path); got.code != want {
			t.Errorf("%s answers %d", path, got.code)
		}
	}
}

func TestWhatWasUndoneIsWrittenAgainWhenAPersonRetries(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	ref := h.written()
	b := h.comes(h.person(signin.Operator))
	if got := b.get("/contas/acme/tentar" + query("registro", refParam(ref))); got.code != http.StatusConflict || !strings.Contains(got.body, "Nada foi desfeito aí") {
		t.Errorf("nothing to bring back answers %d", got.code)
	}
	h.under("acme", func(l store.Lease) {
		link, err := h.db.Link(t.Context(), "acme", ref.Kind, ref.Side, ref.ID)
		h.ok(err)
		link.Undone = map[string]record.Values{record.FieldPhone: {Auvo: "4833334444", Omie: "48999991234"}}
		_, err = h.db.Decide(t.Context(), l, store.Decision{Links: []store.Link{link}})
		h.ok(err)
	})
	b.says(storyPathOf(ref), "Tentar de novo…")
	b.says("/contas/acme/tentar"+query("registro", refParam(ref)), "O que foi desfeito volta a ser gravado: “Telefone”.")
	got := b.post("/contas/acme/tentar", "registro", refParam(ref))
	if got.code != http.StatusSeeOther || got.to != storyPathOf(ref) {
		t.Fatalf("answers %d to %s\n%s", got.code, got.to, readable(got.body))
	}
	link, err := h.db.Link(t.Context(), "acme", ref.Kind, ref.Side, ref.ID)
	h.ok(err)
	state, err := h.db.ItemState(t.Context(), "acme", ref)
	h.ok(err)
	if len(link.Undone) != 0 || !state.Dirty {
		t.Errorf("undone %v, to be decided %v", link.Undone, state.Dirty)
	}
	b.says(got.to, "mandou gravar de novo o que foi desfeito")
}

func storyPathOf(ref record.Ref) string { return "/contas/acme/registros/" + refPath(ref) }
