package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// found answers a work of an account, as a worker does; it asks for it where nobody has.
func (h *house) found(id, work string, answer any) {
	h.Helper()
	of := store.Owner{ID: id}
	works, err := h.db.Works(h.Context(), of)
	h.ok(err)
	if !works[work].Pending() {
		h.ok(h.db.AskWork(h.Context(), of, work, "x", h.site.Assistant.Ask))
		works, err = h.db.Works(h.Context(), of)
		h.ok(err)
	}
	text, err := json.Marshal(answer)
	h.ok(err)
	h.ok(h.db.EndWork(h.Context(), store.Work{Owner: of, Work: work, Number: works[work].Number, Answered: works[work].About, Answer: text}))
}

func listed(code, title string) record.Choice { return record.Choice{Code: code, Title: title} }

func TestRulesAreChosenFromTheAccountsListsAndShownByName(t *testing.T) {
	h, f, b := connected(t)
	form := "/contas/acme/regras/mudar" + query("bloco", "orders.service_order")
	b.says(form, "O código, como 1.01.02.", "O Ponte está lendo as listas")
	if strings.Join(f.asked, " ") != setup.Lists {
		t.Fatalf("asked %v", f.asked)
	}
	b.says(form) // and not again while that is pending
	h.lists("acme",
		record.Catalogue{Name: record.Categories, Choices: []record.Choice{listed("1.01.02", "Serviços <b>"), listed("1.01.09", "Outros")}},
		record.Catalogue{Name: record.ServiceStages, Choices: []record.Choice{listed("10", "Primeira"), listed("20", "Em execução")}},
		record.Catalogue{Name: record.SalesStages, Choices: []record.Choice{listed("10", "Pedido")}},
		record.Catalogue{Name: record.Users, Choices: []record.Choice{listed("571", "Téo"), listed("572", "Lia")}},
		record.Catalogue{Name: record.Salespeople, Choices: []record.Choice{listed("9001", "Maria")}},
		record.Catalogue{Name: record.TaskTypes, Wrong: "sem <u>permissão</u>"},
	)
	page := b.says(form, "Listas lidas", "Serviços <b> (1.01.02)", "Em execução (20)", "Téo (571)", "Maria (9001)", "Tipos de tarefa do Auvo: sem <u>permissão</u>", "Escrever os códigos à mão")
	if !strings.Contains(page, `<option value="1.01.02" selected>`) || !strings.Contains(page, `<option value="572 = 9001">`) || strings.Contains(page, "Serviços <b>") {
		t.Error(page)
	}
	b.says(form+"&escrever=1", "O código, como 1.01.02.", "Um por linha: usuário do Auvo = vendedor do Omie.")
	b.says("/contas/acme/regras", "Serviços <b> (1.01.02)", "Primeira (10)")

	check := query("bloco", "orders.service_order", "v.category", "1.01.09", "v.salespeople", "", "v.salespeople", "572 = 9001")
	page = b.says("/contas/acme/regras/conferir"+check, "Outros (1.01.09)", "Padrões da ordem de serviço: vendedor de Lia (572) – Maria (9001)")
	b.sends(http.StatusSeeOther, "/contas/acme/regras/mudar", "bloco", "orders.service_order", "v.category", "1.01.09", "v.salespeople", "\n572 = 9001", "visto", between(page, `name="visto" value="`, `"`))
	if got := h.settings().Orders.ServiceOrder; got.Category != "1.01.09" || got.Salespeople[572] != 9001 || len(got.Salespeople) != 1 {
		t.Errorf("%+v", got)
	}
	b.says("/contas/acme/regras", "Lia (572) → Maria (9001)")
	b.says("/contas/acme/regras/mudar"+query("bloco", "orders.rules[0]"), "não muda", "OS: Primeira, pedido: Pedido (10)", "Lia (572)")
	if len(f.asked) != 1 {
		t.Errorf("asked %v", f.asked)
	}
	h.wait(time.Since(h.clock()) + 25*time.Hour) // the store's works have the real time
	b = h.comes(h.person2())
	b.says(form, "O Ponte está lendo as listas", "Serviços <b> (1.01.02)")
	if len(f.asked) != 2 {
		t.Errorf("old lists were not read again: %v", f.asked)
	}
	if got := b.sends(http.StatusSeeOther, "/contas/acme/regras/listas", "bloco", "orders.service_order"); !strings.Contains(got.to, "bloco=orders.service_order") {
		t.Errorf("leads to %s", got.to)
	}
	if got := b.sends(http.StatusSeeOther, "/contas/acme/regras/listas", "bloco", "//evil.example"); got.to != "/contas/acme/conexoes" {
		t.Errorf("leads to %s", got.to)
	}
}

// person2 is another administrator.
func (h *house) person2() store.Person {
	h.Helper()
	hash, err := hashOnce()
	h.ok(err)
	p := store.Person{ID: newID(), Email: "bia@example.test", Name: "Bia", Role: string(signin.Administrator), Password: hash}
	h.ok(h.db.AddPerson(h.Context(), p))
	return p
}
