package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/signin"
	"ponte/internal/store"
)

func (h *house) settings() config.Account {
	h.Helper()
	row, err := h.db.Account(h.Context(), "acme")
	h.ok(err)
	a, err := config.Restore(string(row.Settings))
	h.ok(err)
	return a
}

// source stores a finished task of a type.
func (h *house) source(l store.Lease, id, taskType string) {
	h.Helper()
	item := record.Item{Kind: record.Task, Side: record.Auvo, ID: id, Title: "Tarefa " + id, Changed: h.clock(), Source: &record.Source{Status: record.StatusFinished, TaskType: taskType, Changed: h.clock()}}
	_, err := h.db.SavePage(h.Context(), l, store.PageWrite{Run: "r1", Kind: record.Task, Side: record.Auvo, Seen: []store.Seen{{Item: item, Carry: true}}, At: h.clock()})
	h.ok(err)
}

func TestARuleIsChangedOnlyAfterItWasSeenWhatItDoes(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	reader, b := h.comes(h.person(signin.Reader)), h.comes(h.person(signin.Administrator))
	h.under("acme", func(l store.Lease) {
		h.source(l, "1", "101")
		h.source(l, "2", "102")
		h.source(l, "3", "102")
	})
	if page := reader.says("/contas/acme/regras"); strings.Contains(page, "Mudar…") {
		t.Error("a reader is offered to change")
	}
	b.says("/contas/acme/regras", "Mudar…", "Nova regra…", "Nenhuma mudança anotada ainda.")
	b.says("/contas/acme/regras/mudar"+query("bloco", "flows.tasks"), "Tipos de tarefa", "Status que contam", "Ver o que muda")
	check := query("bloco", "flows.tasks", "v.task_types", "102")
	page := b.says("/contas/acme/regras/conferir"+check, "Tarefas: tipos de tarefa", "todos", "102", "De 3 tarefas e orçamentos vistos, esta mudança decidiria 1 de outro modo", "Hoje: Vira ordem de serviço (etapa 10, categoria 1.01.02). Regra geral da conta.", "Com a mudança: Fica de fora: O tipo da tarefa (101) não está entre os escolhidos.")
	if len(h.settings().Flows.Tasks.TaskTypes) != 0 {
		t.Fatal("looking saved it")
	}
	seen := between(page, `name="visto" value="`, `"`)
	if got := b.post("/contas/acme/regras/mudar", "bloco", "flows.tasks", "v.task_types", "102", "visto", "x"); got.code != http.StatusConflict {
		t.Errorf("settings that were not shown: %d", got.code)
	}
	got := b.post("/contas/acme/regras/mudar", "bloco", "flows.tasks", "v.task_types", "102", "visto", seen)
	if got.code != http.StatusSeeOther || len(h.settings().Flows.Tasks.TaskTypes) != 1 {
		t.Fatalf("answers %d\n%s", got.code, readable(got.body))
	}
	b.says(got.to, "Salvo. Vale a partir da próxima rodada.", "Ana Administração, administrator@example.test", "Tarefas: tipos de tarefa todos 102")
	if got := b.post("/contas/acme/regras/mudar", "bloco", "flows.tasks", "v.task_types", "103", "visto", seen); got.code != http.StatusConflict || h.settings().Flows.Tasks.TaskTypes[0] != 102 {
		t.Errorf("settings that changed meanwhile were written over: %d", got.code)
	}
	h.onlyActs("settings-changed")
}

func TestWhatIsWrongWithASettingIsSaidInPortugueseBesideWhatWasWritten(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	b := h.comes(h.person(signin.Administrator))
	for _, c := range [][]string{
		{"flows.tasks", "v.max_documents", "muitos", "“Documentos por rodada, no máximo” só aceita números."},
		{"flows.tasks", "v.max_documents", "0", "é pequeno demais"},
		{"flows.tasks", "v.create", "nota", "só aceita um dos valores da lista"},
		{"", "v.timezone", "Marte", "precisa ser um fuso"},
		{"", "v.every", "logo", "precisa ser um tempo"},
		{"orders.service_order", "v.category", "", "“Categoria” é preciso"},
		{"orders.service_order", "v.salespeople", "501", "precisa de uma linha"},
		{"orders.service_order", "v.bank_account", "<script>x", "só aceita números"},
		{"flows.tasks", "v.start_from", "ontem", "precisa ser um dia"},
		{"orders.rules[0]", "v.when.flow", "tasks", "não muda nada"},
		{"alerts", "v.email", "Ana <ana@x>", "não serve"},
		{"alerts", "v.digest", "cedo", "precisa ser uma hora"},
		{"flows.quotations", "v.approved_stages", "", "é preciso"},
	} {
		got := b.get("/contas/acme/regras/conferir" + query("bloco", c[0], c[1], c[2]))
		if got.code != http.StatusUnprocessableEntity || !strings.Contains(readable(got.body), c[3]) || strings.Contains(got.body, "<script>x") {
			t.Errorf("%v answers %d\n%s", c, got.code, readable(got.body))
		}
		if c[2] != "" && !strings.Contains(readable(got.body)+got.body, strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(c[2])) && c[1] != "v.create" && c[1] != "v.when.flow" {
			t.Errorf("%v: what was written is gone", c)
		}
	}
	if got := b.get("/contas/acme/regras/mudar?bloco=auvo.api_key"); got.code != http.StatusNotFound {
		t.Errorf("a credential answers %d", got.code)
	}
	b.says("/contas/acme/regras/conferir"+query("bloco", "flows.tasks", "v.create", "service-order"), "Isto não muda nada.")
}

func TestRulesAreAddedMovedAndTakenOut(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	b := h.comes(h.person(signin.Administrator))
	h.under("acme", func(l store.Lease) { h.source(l, "1", "102") })
	save := func(pairs ...string) {
		t.Helper()
		page := b.says("/contas/acme/regras/conferir"+query(pairs...), "Salvar")
		if got := b.post("/contas/acme/regras/mudar", append(pairs, "visto", between(page, `name="visto" value="`, `"`))...); got.code != http.StatusSeeOther {
			t.Fatalf("answers %d\n%s", got.code, readable(got.body))
		}
	}
	b.says("/contas/acme/regras/mudar"+query("bloco", "orders.rules[0]"), "Quando: tipos de tarefa", "não muda")
	b.says("/contas/acme/regras/conferir"+query("bloco", "orders.rules[0]", "v.when.task_types", "102", "v.category", "1.01.09"), "decidiria 1 de outro modo", "categoria 1.01.09", "Regra 1 da conta.")
	save("bloco", "orders.rules[0]", "v.when.task_types", "102", "v.category", "1.01.09")
	save("bloco", "orders.rules[1]", "v.when.cities", "Curitiba", "v.create", "both")
	save("bloco", "orders.rules[1]", "fazer", "subir")
	if rules := h.settings().Orders.Rules; len(rules) != 2 || len(rules[0].When.Cities) != 1 {
		t.Fatalf("%+v", rules)
	}
	save("bloco", "orders.rules[0]", "fazer", "excluir")
	if rules := h.settings().Orders.Rules; len(rules) != 1 || *rules[0].Category != "1.01.09" {
		t.Fatalf("%+v", rules)
	}
	b.says("/contas/acme/regras", "Regra 1", "Quando tipos de tarefa 102", "1. quando cidades Curitiba, cria ordem de serviço e pedido de venda")
}

func TestAChangeOfTheFileIsInTheHistoryToo(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	detail, err := json.Marshal([]config.Changed{{Path: "every", From: `"10m"`, To: `"15m"`}, {Path: "flows.tasks", From: "", To: `{"create":"both"}`}})
	h.ok(err)
	row, err := h.db.Account(t.Context(), "acme")
	h.ok(err)
	h.ok(h.db.SaveAccount(t.Context(), row, nil, store.Event{At: h.clock(), Ref: store.SettingsRef("acme"), What: "settings", Text: "root@servidor, com ponte apply", Detail: detail}))
	h.comes(h.person(signin.Reader)).says("/contas/acme/regras", "root@servidor, com ponte apply", "Roda a cada 10 min 15 min")
}
