package web

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"

	"ponte/internal/record"
	"ponte/internal/signin"
	"ponte/internal/store"
)

func taskRef(id string) record.Ref {
	return record.Ref{Kind: record.Task, Side: record.Auvo, ID: id}
}

// task stores a task and leaves it waiting for a cause.
func (h *house) task(l store.Lease, id, cause string, detail map[string]string) store.Wait {
	h.Helper()
	item := record.Item{
		Kind: record.Task, Side: record.Auvo, ID: id, Title: "Tarefa " + id, Keys: []record.Key{{Name: record.KeyID, Value: id}},
		Source: &record.Source{CustomerName: "Loja <b>Sul</b>", Status: record.StatusFinished, Link: "https://app.auvo.example.test/os/" + id},
		Raw:    []byte(`{"taskID":` + id + `,"customerDescription":"Loja","cpfCnpj":"11222333000181","email":["ana@loja.test"],"orientation":"ligar para (48) 99999-1234","taskUrl":"https://x.test/?chave=abcdefghijk"}`),
	}
	_, err := h.db.SavePage(h.Context(), l, store.PageWrite{Run: "r1", Kind: record.Task, Side: record.Auvo, Seen: []store.Seen{{Item: item, Carry: true}}, At: h.clock()})
	h.ok(err)
	w := store.Wait{Flow: "tasks", Ref: taskRef(id), Auvo: id, Title: "Tarefa " + id, Cause: cause, Detail: detail, About: "a" + id, Since: h.clock().Add(-time.Hour)}
	h.waits(l, w)
	return w
}

func (h *house) dirty(id string) bool {
	h.Helper()
	state, err := h.db.ItemState(h.Context(), "acme", taskRef(id))
	h.ok(err)
	return state.Dirty
}

// between is what stands between two marks.
func between(text, from, to string) string {
	_, rest, _ := strings.Cut(text, from)
	rest, _, _ = strings.Cut(rest, to)
	return rest
}

func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Add(pairs[i], pairs[i+1])
	}
	return "?" + q.Encode()
}

func TestPendenciasAreGroupedWithOneNextStepAndPagedByKey(t *testing.T) {
	h := newHouse(t, func(o *Options) {
		o.RecordLink = func(_ configAccount, ref record.Ref) string { return "https://auvo.example.test/" + ref.ID }
	})
	h.account("acme")
	reader, operator := h.comes(h.person(signin.Reader)), h.comes(h.person(signin.Operator))
	reader.says("/contas/acme/pendencias", "Tudo em dia", "Nada espera por você")
	h.under("acme", func(l store.Lease) {
		for n := range pageRows + 5 {
			h.task(l, fmt.Sprint(100+n), "missing-product", map[string]string{"name": "Peça <script>", "code": "P9"})
		}
		h.task(l, "9", "refused", map[string]string{"side": "omie", "text": "o campo <b>x</b> falta"})
	})
	page := reader.says("/contas/acme/pendencias", "56 esperam por você", "55 registros usam produtos que o Omie não tem", "Um registro foi recusado", "O Omie recusou: o campo <b>x</b> falta", "Corrija o que o texto pede e use “Tentar de novo”.", "Ver e tratar 55 registros")
	if strings.Count(page, "Cadastre no Omie um produto") != 1 || strings.Contains(page, "<script>alert") || strings.Contains(page, "Peça <script>") {
		t.Error("the next step is not said once, or a text became markup")
	}
	first := reader.says("/contas/acme/pendencias/missing-product", "Tarefa 100", "Tarefa 149", "Ver mais")
	if strings.Contains(first, "Tarefa 150") || strings.Contains(first, `type="checkbox"`) || strings.Contains(first, "Tentar") {
		t.Error("the page is too long, or offers a reader buttons")
	}
	operator.says("/contas/acme/pendencias/missing-product", "Tentar de novo os marcados", "Ignorar todos…", "abrir no Auvo")
	if second := reader.says("/contas/acme/pendencias/missing-product?depois="+between(first, "?depois=", `"`), "Tarefa 150", "Tarefa 154"); strings.Contains(readable(second), "Tarefa 149") || strings.Contains(second, "Ver mais") {
		t.Error("the second page does not go on where the first ended")
	}
}

func TestTryingAgainShowsFirstWhatItDoesAndSaysWhoDidIt(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	b := h.comes(h.person(signin.Operator))
	var one, two store.Wait
	h.under("acme", func(l store.Lease) {
		one, two = h.task(l, "1", "refused", nil), h.task(l, "2", "refused", nil)
		h.task(l, "3", "missing-product", nil)
	})
	if h.dirty("1") {
		t.Fatal("a decided task is to be decided")
	}
	if got := b.get("/contas/acme/tentar?causa=refused"); got.code != http.StatusUnprocessableEntity {
		t.Errorf("nothing ticked answers %d", got.code)
	}
	b.says("/contas/acme/tentar"+query("causa", "refused", "r", tokenOf(one)), "A próxima rodada decide este registro de novo", "Tarefa 1")
	if h.dirty("1") {
		t.Error("showing did it already")
	}
	got := b.post("/contas/acme/tentar", "causa", "refused", "r", tokenOf(one))
	if got.code != http.StatusSeeOther || got.to != "/contas/acme/pendencias/refused" {
		t.Fatalf("answers %d to %s\n%s", got.code, got.to, readable(got.body))
	}
	b.says(got.to, "1 registro será decidido de novo na próxima rodada.", "na fila da próxima rodada")
	if !h.dirty("1") || h.dirty("2") {
		t.Error("the wrong record is decided again")
	}
	b.says("/contas/acme/registros/task/auvo/1", "Uma pessoa (Ana Operação, operator@example.test) mandou tentar de novo.")
	b.post("/contas/acme/tentar", "causa", "refused", "todos", "1")
	if !h.dirty("2") || h.dirty("3") {
		t.Error("all of the cause are others")
	}
	gone := two
	gone.About = "something else"
	if got := b.post("/contas/acme/tentar", "r", tokenOf(gone)); got.code != http.StatusConflict || !strings.Contains(got.body, "Nada mais espera aí") {
		t.Errorf("what waits no more answers %d", got.code)
	}
	h.onlyActs("retried", "retried")
}

func TestABusyAccountIsToldAndTheFormIsSentAgain(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	b := h.comes(h.person(signin.Operator))
	var one store.Wait
	h.under("acme", func(l store.Lease) { one = h.task(l, "1", "refused", nil) })
	l, err := h.db.Acquire(t.Context(), "acme", "worker 7", time.Minute)
	h.ok(err)
	got := b.post("/contas/acme/tentar", "causa", "refused", "r", tokenOf(one))
	if got.code != http.StatusConflict || !strings.Contains(readable(got.body), "em uso por “worker 7”") || !strings.Contains(got.body, `name="r" value="tasks~refused~a1~task~auvo~1"`) || h.dirty("1") {
		t.Errorf("answers %d\n%s", got.code, got.body)
	}
	h.ok(h.db.Release(t.Context(), l))
	if got := b.post("/contas/acme/tentar", "causa", "refused", "r", tokenOf(one)); got.code != http.StatusSeeOther {
		t.Errorf("sent again it answers %d", got.code)
	}
}

func TestIgnoringAsksWhyAndUntilWhenAndComesBack(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	b := h.comes(h.person(signin.Operator))
	var one store.Wait
	h.under("acme", func(l store.Lease) { one = h.task(l, "1", "refused", nil) })
	b.says("/contas/acme/ignorar"+query("causa", "refused", "r", tokenOf(one)), "até o fim do dia", "Tarefa 1")
	for _, wrong := range [][]string{{"motivo", " ", "ate_o_dia", "2026-04-01"}, {"motivo", "x", "ate_o_dia", "2026-03-09"}, {"motivo", "x", "ate_o_dia", "amanhã"}, {"motivo", strings.Repeat("x", 201), "ate_o_dia", "2026-04-01"}} {
		if got := b.post("/contas/acme/ignorar", append(wrong, "causa", "refused", "r", tokenOf(one))...); got.code != http.StatusUnprocessableEntity {
			t.Errorf("%.30q answers %d", wrong, got.code)
		}
	}
	if got := b.post("/contas/acme/ignorar", "causa", "refused", "r", tokenOf(one), "motivo", "cobrado à mão", "ate_o_dia", "2026-03-10"); got.code != http.StatusSeeOther {
		t.Fatalf("answers %d\n%s", got.code, readable(got.body))
	}
	b.says("/contas/acme/pendencias", "1 pendência foi ignorada até 10/03/2026.", "1 ignorada", "Nada espera por você")
	b.says("/contas/acme/pendencias/refused?ignoradas=1", "Ignorado até 10/03/2026 por Ana Operação, operator@example.test: cobrado à mão", "Tentar de novo os marcados")
	b.says("/contas/acme/registros/task/auvo/1", "mandou ignorar até 10/03/2026: cobrado à mão")
	h.wait(12 * time.Hour) // 00:00 of the next day in São Paulo
	b.says("/contas/acme/pendencias", "1 espera por você")
	h.onlyActs("ignored")
}

func TestAConflictIsSettledBySeeingBothValues(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	b := h.comes(h.person(signin.Operator))
	ref := record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "55"}
	conflict := func(l store.Lease, inAuvo string) {
		c := store.Conflict{At: h.clock(), Kind: record.Customer, Auvo: "55", Omie: "7", Field: "phone", Base: "4833334444", InAuvo: inAuvo, InOmie: "48999991234"}
		w := store.Wait{Flow: "customers", Ref: ref, Auvo: "55", Omie: "7", Title: "Loja", Cause: "conflict", About: inAuvo, Detail: map[string]string{"fields": "phone", "field": "phone", "auvo": inAuvo, "omie": "48999991234"}, Since: h.clock()}
		_, err := h.db.Decide(t.Context(), l, store.Decision{Flow: "customers", Settles: []record.Ref{ref}, Waits: []store.Wait{w}, Conflicts: []store.Conflict{c}})
		h.ok(err)
	}
	h.under("acme", func(l store.Lease) {
		_, err := h.db.SavePage(t.Context(), l, store.PageWrite{Run: "r1", Kind: record.Customer, Side: record.Auvo, Seen: []store.Seen{{Item: record.Item{Kind: record.Customer, Side: record.Auvo, ID: "55", Title: "Loja"}, Carry: true}}})
		h.ok(err)
		conflict(l, "4832221111")
	})
	b.says("/contas/acme/pendencias", "Um registro mudou dos dois lados", "Escolha um dos dois valores em “Resolver”", "Resolver", "Se mudou dos dois lados (agora: uma pessoa escolhe)")
	const path = "/contas/acme/conflitos/customer/auvo/55"
	page := b.says(path, "(48) 3222-1111", "(48) 99999-1234", "Antes, nos dois: “(48) 3333-4444”", "O Ponte grava “(48) 3222-1111” no Omie.", "Vale o Omie", "Ignorar…")
	seen := between(page, `name="visto" value="`, `"`)
	h.wait(time.Minute)
	h.under("acme", func(l store.Lease) { conflict(l, "4832220000") })
	if got := b.post(path, "campo", "phone", "lado", "auvo", "visto", seen); got.code != http.StatusConflict || !strings.Contains(got.body, "mudaram enquanto você olhava") {
		t.Errorf("a value that was not shown was taken: %d", got.code)
	}
	page = b.says(path, "(48) 3222-0000")
	seen = between(page, `name="visto" value="`, `"`)
	if got := b.post(path, "campo", "phone", "lado", "both", "visto", seen); got.code != http.StatusUnprocessableEntity {
		t.Errorf("no side answers %d", got.code)
	}
	got := b.post(path, "campo", "phone", "lado", "auvo", "visto", seen)
	if got.code != http.StatusSeeOther {
		t.Fatalf("answers %d\n%s", got.code, readable(got.body))
	}
	b.says(got.to, "O valor do Auvo vale a partir da próxima rodada.", "Uma pessoa (Ana Operação, operator@example.test) escolheu o valor do Auvo.")
	h.onlyActs("resolved")
}

func TestAReleaseLetsGoExactlyWhatWasShown(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	reader, b := h.comes(h.person(signin.Reader)), h.comes(h.person(signin.Operator))
	const path = "/contas/acme/freios/tasks"
	reader.says(path, "O freio não segura nada deste fluxo.")
	hold := func(plan string) {
		h.under("acme", func(l store.Lease) {
			planned, err := h.db.Decide(t.Context(), l, store.Decision{Flow: "tasks", Plan: []store.Change{{
				Key: plan, Flow: "tasks", Kind: record.ServiceOrder, Source: taskRef("1"), Title: "Tarefa 1", Action: "create", To: record.Omie, Reason: "Finalizada: criar",
				Fields: []store.FieldChange{{Name: "notes", To: "Tarefa Auvo: 1"}},
			}}})
			h.ok(err)
			h.ok(h.db.SaveHold(t.Context(), l, store.Held{Flow: "tasks", Brake: "documents", Plan: plan, Count: 1, Changes: []int64{planned[0].ID}, Since: h.clock()}))
		})
	}
	hold("p1")
	reader.says("/contas/acme/pendencias", "o freio segura 1 mudança", "documentos demais de uma vez")
	if page := reader.says(path, "Criar ordem de serviço no Omie", "Finalizada: criar", "Tarefa Auvo: 1"); strings.Contains(page, "<button>") {
		t.Error("a reader may release")
	}
	b.says(path, "Liberar 1 mudança")
	if got := b.post(path, "plano", "documents~p0"); got.code != http.StatusConflict {
		t.Errorf("another plan than the one shown was released: %d", got.code)
	}
	got := b.post(path, "plano", "documents~p1")
	if got.code != http.StatusSeeOther {
		t.Fatalf("answers %d\n%s", got.code, readable(got.body))
	}
	b.says(got.to, "1 mudança segue na próxima rodada.")
	holds, err := h.db.Holds(t.Context(), "acme")
	h.ok(err)
	if len(holds) != 1 || holds[0].Release != "Ana Operação, operator@example.test" {
		t.Errorf("holds = %+v", holds)
	}
	if got := b.post(path, "plano", "documents~p1"); got.code != http.StatusConflict {
		t.Errorf("released twice: %d", got.code)
	}
	h.onlyActs("released")
}

func TestARecordTellsItsStoryAndCoversWhatIsPrivate(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	b := h.comes(h.person(signin.Reader))
	h.under("acme", func(l store.Lease) {
		h.task(l, "812", "missing-product", map[string]string{"name": "Filtro", "code": "F1"})
		h.done(l, "tasks", "create", "812", h.clock().Add(-time.Minute))
	})
	page := b.says("/contas/acme/registros/task/auvo/812", "Tarefa 812", "Loja <b>Sul</b>", "Finalizada", "Linha do tempo", "Lido no Auvo", "Criar ordem de serviço no Omie", "Feita", "Abrir a OS digital", "Dados pessoais e segredos estão cobertos")
	for _, private := range []string{"11222333000181", "ana@loja.test", "99999-1234", "chave=abcdefghijk"} {
		if strings.Contains(page, private) {
			t.Errorf("the page shows %s", private)
		}
	}
	if got := b.get("/contas/acme/busca?q=812"); got.code != http.StatusSeeOther || got.to != "/contas/acme/registros/task/auvo/812" {
		t.Errorf("the only record that answers is not opened: %d %s", got.code, got.to)
	}
	b.says("/contas/acme/busca?q=nada+disso", "Nada responde a “nada disso”")
	b.says("/contas/acme/busca", "Nome, CPF/CNPJ, tarefa")
	for _, path := range []string{"/contas/acme/registros/task/auvo/999", "/contas/acme/registros/car/auvo/1", "/contas/acme/registros/task/sap/1", "/contas/nobody", "/contas/acme/execucoes/r9", "/contas/acme/freios/cars"} {
		if got := b.get(path); got.code != http.StatusNotFound {
			t.Errorf("%s answers %d", path, got.code)
		}
	}
}

func TestAPayloadIsRevealedToWhoMayActAndThatIsWrittenDown(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	reader, b := h.comes(h.person(signin.Reader)), h.comes(h.person(signin.Operator))
	h.under("acme", func(l store.Lease) { h.task(l, "812", "missing-product", nil) })
	const path = "/contas/acme/registros/task/auvo/812"
	if page := reader.says(path); strings.Contains(page, "Mostrar dados") {
		t.Error("a reader is offered what they may not see")
	}
	reader.sends(http.StatusForbidden, path)
	if acts, err := h.db.Acts(t.Context(), store.ActFilter{}, 0, 10); err != nil || len(acts) != 0 {
		t.Errorf("%v, %v", acts, err)
	}
	b.says(path, "Mostrar dados pessoais")
	got := b.sends(http.StatusOK, path)
	for _, personal := range []string{"11222333000181", "ana@loja.test", "99999-1234", "ficou anotado na auditoria que você os viu"} {
		if !strings.Contains(readable(got.body), personal) {
			t.Errorf("it does not show %s: %s", personal, readable(got.body))
		}
	}
	if strings.Contains(got.body, "abcdefghijk") || strings.Contains(got.body, "Mostrar dados") {
		t.Error("a secret is shown, or the offer stands")
	}
	acts, err := h.db.Acts(t.Context(), store.ActFilter{}, 0, 10)
	if err != nil || len(acts) != 1 || acts[0].What != "payload-revealed" || acts[0].About != "task:812" || acts[0].Account != "acme" || !strings.Contains(acts[0].By, "operator@example.test") {
		t.Errorf("%+v, %v", acts, err)
	}
	if page := b.says(path); strings.Contains(page, "ana@loja.test") {
		t.Error("it stays revealed")
	}
}

func TestNamesakesAreListedOnceAPair(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	b := h.comes(h.person(signin.Reader))
	h.under("acme", func(l store.Lease) {
		for _, side := range []record.Side{record.Auvo, record.Omie} {
			var seen []store.Seen
			for _, id := range []string{"1", "2"} {
				seen = append(seen, store.Seen{Item: record.Item{Kind: record.Customer, Side: side, ID: id, Title: "Padaria Sol " + id}})
			}
			_, err := h.db.SavePage(t.Context(), l, store.PageWrite{Run: "r1", Kind: record.Customer, Side: side, Seen: seen})
			h.ok(err)
		}
		_, err := h.db.Decide(t.Context(), l, store.Decision{Links: []store.Link{{Kind: record.Customer, Auvo: "1", Omie: "1", Role: store.RoleMain, How: "pelo CPF/CNPJ"}}})
		h.ok(err)
	})
	if page := b.says("/contas/acme/busca?q=PADARIA+sol", "Padaria Sol 1", "Padaria Sol 2"); strings.Count(page, "Padaria Sol 1") != 1 || strings.Count(page, "Padaria Sol 2") != 2 {
		t.Errorf("a pair is not listed once:\n%s", readable(page))
	}
}

func TestRunsAreShownAndExportedWithoutFormulas(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		h.account("acme")
		b := h.comes(h.person(signin.Reader))
		b.says("/contas/acme/execucoes", "Nenhuma execução ainda.")
		h.under("acme", func(l store.Lease) {
			run := store.Run{ID: "r1", Account: "acme", Started: h.clock().Add(-time.Minute), Complete: true, Flows: []store.FlowRun{{Flow: "tasks", Read: 1204, Created: 2, Unchanged: 1202, Calls: map[string]int{"auvo": 3, "omie": 4}, Error: `=HYPERLINK("http://evil.test")`}}}
			h.ok(h.db.StartRun(h.Context(), l, run))
			run.Finished = h.clock()
			h.ok(h.db.FinishRun(h.Context(), l, run))
			h.done(l, "tasks", "create", "812", h.clock())
		})
		b.says("/contas/acme/execucoes", "Completa", "1.204", "1 min 0 s")
		b.says("/contas/acme/execucoes/r1", "Tarefas", "1.202", "Tarefa 812", "Criar ordem de serviço no Omie")
		for path, want := range map[string]string{"/contas/acme/execucoes.csv": `'=HYPERLINK("http://evil.test")`, "/contas/acme/execucoes/r1/csv": "Tarefa 812"} {
			got := b.get(path)
			if got.code != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/csv") || !strings.Contains(got.header.Get("Content-Disposition"), "attachment") {
				h.Fatalf("%s answers %d %v", path, got.code, got.header)
			}
			r := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.body, "\ufeff")))
			r.Comma = ';'
			rows, err := r.ReadAll()
			h.ok(err)
			if len(rows) != 2 || !slices.Contains(rows[1], want) {
				h.Errorf("%s has %q", path, rows)
			}
		}
		for in, want := range map[any]string{"=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "＝1": "'＝1", "a=1": "a=1", "": "", -5: "-5"} {
			if got := harmless(in); got != want {
				h.Errorf("%v becomes %q", in, got)
			}
		}
	})
}

// TestAnOrderIsToldByTheNamesOfItsItems: numbers of Omie's say nothing to the office; what no catalogue names keeps its number.
func TestAnOrderIsToldByTheNamesOfItsItems(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	b := h.comes(h.person(signin.Reader))
	h.under("acme", func(l store.Lease) {
		amount := func(text string) decimal.Decimal {
			d, err := record.ParseAmount(text)
			h.ok(err)
			return d
		}
		order := record.Item{Kind: record.ServiceOrder, Side: record.Omie, ID: "900", Title: "OS 15", Order: &record.Order{
			Customer: "70", Services: []record.OrderLine{{ID: "71", Quantity: amount("2"), UnitPrice: amount("150")}}, Products: []record.OrderLine{{ID: "72", Quantity: amount("1")}, {ID: "73", Quantity: amount("4")}},
		}}
		for _, i := range []record.Item{
			{Kind: record.Customer, Side: record.Omie, ID: "70", Title: "Loja <b>Sul</b>"},
			{Kind: record.Service, Side: record.Omie, ID: "71", Title: "Visita técnica"},
			{Kind: record.Product, Side: record.Omie, ID: "72", Title: "Filtro G4"},
			{Kind: record.Customer, Side: record.Omie, ID: "73", Title: "Of another kind"},
			order,
		} {
			_, err := h.db.SavePage(t.Context(), l, store.PageWrite{Run: "r1", Kind: i.Kind, Side: i.Side, Seen: []store.Seen{{Item: i}}, At: h.clock()})
			h.ok(err)
		}
	})
	page := b.says("/contas/acme/registros/service-order/omie/900", "2 × Visita técnica a R$ 150,00", "1 × Filtro G4", "4 × item 73", "Loja <b>Sul</b>")
	if strings.Contains(page, "Of another kind") {
		t.Error("an item takes the name of a record of another kind")
	}
}
