package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ponte/internal/call"
	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// vendors stand in for both sides: a key "good" opens.
type vendors struct {
	asked []string // works, as put on the queue
	jobs  []store.Job
}

func (f *vendors) open(name string, key config.Secret) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		switch key.Reveal() {
		case "good":
			return name, nil
		case "bad":
			return "", &call.Error{Reaction: call.Credentials, Text: "<b>no</b>"}
		}
		return "", errors.New("the line is <i>dead</i>")
	}
}

func newAssistedHouse(t *testing.T) (*house, *vendors) {
	t.Helper()
	f := &vendors{}
	return newHouse(t, f.assist), f
}

// assist puts the vendors in the place of those that an assistant asks.
func (f *vendors) assist(o *Options) {
	o.Assistant = &Assistant{
		New: func() config.Account { return *config.New[config.Account]() },
		Connect: func(a config.Account) (auvo, omie record.System, err error) {
			return record.System{Open: f.open("", a.Auvo.APIKey)}, record.System{Open: f.open("Polo <i>Sul</i> Ltda", a.Omie.AppKey)}, nil
		},
		Ask: func(_ context.Context, _ any, _ store.Owner, work string, _ int64) error {
			f.asked = append(f.asked, work)
			return nil
		},
		Enqueue: func(_ context.Context, _ any, jobs ...store.Job) error {
			f.jobs = append(f.jobs, jobs...)
			return nil
		},
	}
}

// answers ends a draft's newest asking, as a worker does.
func (h *house) answers(id, work string, answer any) {
	h.Helper()
	of := store.Owner{ID: id, Draft: true}
	a, err := setup.Owned(h.Context(), h.db, of)
	h.ok(err)
	works, err := h.db.Works(h.Context(), of)
	h.ok(err)
	text, err := json.Marshal(answer)
	h.ok(err)
	h.ok(h.db.EndWork(h.Context(), store.Work{Owner: of, Work: work, Number: works[work].Number, Reviews: work == setup.Plan, Answered: setup.About(work, a), Answer: text}))
}

// sends posts a form, which must answer with a code, and returns where it leads.
func (b *browserOf) sends(code int, path string, form ...string) answer {
	b.Helper()
	got := b.post(path, form...)
	if got.code != code {
		b.Fatalf("POST %s answers %d, not %d\n%s", path, got.code, code, readable(got.body))
	}
	return got
}

const polo = "/assistente/polo-sul"

// prepared is a draft of which both keys are kept and the catalogues are read.
func prepared(t *testing.T) (*house, *vendors, *browserOf) {
	t.Helper()
	h, f := newAssistedHouse(t)
	b := h.comes(h.person(signin.Administrator))
	if got := b.sends(http.StatusSeeOther, "/assistente", "nome", " Polo  Sul "); got.to != polo+"/chaves/auvo" {
		t.Fatalf("leads to %s", got.to)
	}
	b.sends(http.StatusSeeOther, polo+"/chaves/auvo", "auvo.api_key", "good", "auvo.api_token", "auvo-canary")
	b.sends(http.StatusSeeOther, polo+"/chaves/omie", "omie.app_key", "good", "omie.app_secret", "omie-canary")
	h.answers("polo-sul", setup.Lists, []record.Catalogue{
		{Name: record.TaskTypes, Choices: []record.Choice{{Code: "7", Title: "Visita <b>técnica</b>"}}},
		{Name: record.Categories, Choices: []record.Choice{{Code: "1.01.02", Title: "Serviços"}}},
		{Name: record.BankAccounts, Choices: []record.Choice{{Code: "700", Title: "Banco"}}},
		{Name: record.CustomerGroups, Choices: []record.Choice{}, Wrong: "sem <u>permissão</u>"},
	})
	return h, f, b
}

func TestAKeyIsTestedAtOnceKeptWhenItOpensAndNeverShown(t *testing.T) {
	h, f := newAssistedHouse(t)
	b := h.comes(h.person(signin.Administrator))
	b.sends(http.StatusUnprocessableEntity, "/assistente", "nome", "")
	b.sends(http.StatusSeeOther, "/assistente", "nome", "Polo Sul")
	if got := b.sends(http.StatusSeeOther, "/assistente", "nome", "Pólo Sul"); got.to != "/assistente/polo-sul-2/chaves/auvo" {
		t.Errorf("a namesake leads to %s", got.to)
	}
	for key, says := range map[string]string{"bad": "O Auvo não aceitou esta chave.", "": "Cole as duas chaves", "slow": "O Auvo não respondeu direito agora"} {
		got := b.sends(http.StatusUnprocessableEntity, polo+"/chaves/auvo", "auvo.api_key", key, "auvo.api_token", "token-canary")
		if !strings.Contains(readable(got.body), says) || strings.Contains(got.body, "canary") || strings.Contains(got.body, "<i>dead") {
			t.Errorf("%q: %s", key, readable(got.body))
		}
	}
	if secrets, err := h.db.DraftSecrets(t.Context(), "polo-sul"); err != nil || len(secrets) != 0 {
		t.Errorf("%d keys are kept that nothing opened, %v", len(secrets), err)
	}
	if got := b.sends(http.StatusSeeOther, polo+"/chaves/auvo", "auvo.api_key", " good ", "auvo.api_token", "token-canary"); got.to != polo+"/chaves/omie" || len(f.asked) != 0 {
		t.Errorf("leads to %s, asked %v", got.to, f.asked)
	}
	got := b.sends(http.StatusSeeOther, polo+"/chaves/omie", "omie.app_key", "good", "omie.app_secret", "secret-canary")
	if len(f.asked) != 1 || f.asked[0] != setup.Lists {
		t.Errorf("asked %v once both keys open", f.asked)
	}
	b.says(got.to, "O Omie aceitou a chave, que abre “Polo <i>Sul</i> Ltda”.")
	for _, path := range []string{"/chaves/auvo", "/chaves/omie", "/ajustes/fluxos", "/ajustes/escolhas", "/ajustes/padroes", "/plano", "/descartar"} {
		if page := b.says(polo + path); strings.Contains(page, "canary") || strings.Contains(page, "<i>Sul") {
			t.Errorf("%s shows a credential or became markup", path)
		}
	}
	secrets, err := h.db.DraftSecrets(t.Context(), "polo-sul")
	if err != nil || len(secrets) != 4 || secrets["auvo.api_key"] != "good" {
		t.Errorf("%d keys are kept, %v", len(secrets), err)
	}
	b.says("/contas", "Em preparo", "Polo Sul")
	if got := b.get(polo); got.to != polo+"/ajustes/escolhas" {
		t.Errorf("taken up again at %s", got.to)
	}
}

func TestChoicesComeFromTheListsAndWhatLacksIsFlaggedAndKept(t *testing.T) {
	h, _, b := prepared(t)
	b.says(polo+"/ajustes/escolhas", "Visita <b>técnica</b> (7)", "Tipos de tarefa (nenhum marcado: todos)", "Não veio: Grupos de clientes do Auvo: sem <u>permissão</u>")
	b.sends(http.StatusSeeOther, polo+"/ajustes/escolhas", "v.flows.tasks.task_types", "7", "v.flows.tasks.task_types", "8", "v.flows.tasks.statuses", "finished")
	b.says(polo+"/ajustes/escolhas", "8 (não está na lista)", "“Tipos de tarefa”: 8 não está na lista lida agora.")
	b.sends(http.StatusSeeOther, polo+"/ajustes/escolhas", "mostrado.flows.tasks.task_types", "1")
	got := b.sends(http.StatusUnprocessableEntity, polo+"/ajustes/escolhas", "v.flows.tasks.start_from", "ontem", "v.flows.tasks.statuses", "paused")
	if text := readable(got.body); !strings.Contains(text, "“A partir de” precisa ser um dia") {
		t.Error(text)
	}
	row, err := h.db.Draft(t.Context(), "polo-sul")
	h.ok(err)
	if a, err := config.Restore(string(row.Settings)); err != nil || len(a.Flows.Tasks.TaskTypes) != 0 || a.Flows.Tasks.Statuses[0] != config.TaskFinished {
		t.Errorf("%+v, %v", a.Flows.Tasks, err)
	}
	got = b.sends(http.StatusSeeOther, polo+"/ajustes/padroes", "v.orders.service_order.category", "1.01.02")
	b.says(got.to, "Salvo, mas ainda falta algo nesta página.", "Padrões da ordem de serviço: “Conta corrente” é preciso")
	b.says(polo+"/plano", "Falta antes de simular:", "Como o documento sai", "“Conta corrente” é preciso")
	b.sends(http.StatusConflict, polo+"/plano")
	if got := b.sends(http.StatusSeeOther, polo+"/ajustes/padroes", "v.orders.service_order.bank_account", "700"); got.to != polo+"/plano" {
		t.Errorf("leads to %s", got.to)
	}
}

// forecast is what a worker answers.
var forecast = setup.Forecast{
	Complete: true, Choices: setup.ChoicesDigest(nil), Auvo: 12, Omie: 34, Seconds: 200, Holds: []string{"Tarefas"}, Waits: []setup.CauseCount{{Cause: "ambiguous-match", Count: 2, Examples: []string{"<b>Zeca</b>"}}},
	Flows: []setup.FlowForecast{{Name: "customers", Read: 9, Linked: 3, Created: 4, Waits: 2, Examples: []setup.Example{
		{Action: "create", To: record.Omie, Kind: record.Customer, Title: "Hotel <i>Mar</i>", Fields: []store.FieldChange{{Name: record.FieldDocument, To: "11222333000181"}}},
		{Action: setup.ActionLink, Kind: record.Customer, Title: "Padaria Sol", How: "mesmo CPF/CNPJ"},
	}}},
}

func TestExactlyWhatWasSimulatedIsActivated(t *testing.T) {
	h, f, b := prepared(t)
	b.sends(http.StatusSeeOther, polo+"/ajustes/padroes", "v.orders.service_order.category", "1.01.02", "v.orders.service_order.bank_account", "700")
	b.sends(http.StatusConflict, polo+"/ativar", "visto", "")
	b.sends(http.StatusSeeOther, polo+"/plano")
	b.sends(http.StatusSeeOther, polo+"/plano") // once more before the answer: one asking
	if len(f.asked) != 2 || f.asked[1] != setup.Plan {
		t.Fatalf("asked %v", f.asked)
	}
	if page := b.says(polo+"/plano", "simulando"); strings.Contains(page, "Simular de novo") {
		t.Error("asked for again while it is read")
	}
	h.answers("polo-sul", setup.Plan, forecast)
	page := b.says(polo+"/plano", "Cerca de 12 chamadas ao Auvo e 34 ao Omie, 4 min", "pares ligados 3", "Criar cliente no Omie: Hotel <i>Mar</i>", "11.222.333/0001-81", "Padaria Sol mesmo CPF/CNPJ",
		"Tarefas: o freio seguraria esta rodada", "<b>Zeca</b>", "Seguir: conferir cadastros")
	if strings.Contains(page, "Pronto: seguir") {
		t.Error("the simulation reviews by itself")
	}
	page = b.says(polo+"/ativar", "Os cadastros ainda não foram conferidos.", "Clientes 3 pares, 4 criados, 0 alterados, 2 esperam", "Nenhum par foi ligado por uma pessoa")
	seen := between(page, `name="visto" value="`, `"`)
	b.sends(http.StatusSeeOther, polo+"/ajustes/fluxos", "v.flows.customers.conflict", "ask")
	b.says(polo+"/plano", "As escolhas mudaram desde esta simulação")
	if page := b.says(polo+"/ativar", "Ainda não há uma simulação em dia."); strings.Contains(page, `action="`+polo+`/ativar"`) {
		t.Error("offers to activate what was not simulated")
	}
	b.sends(http.StatusConflict, polo+"/ativar", "visto", seen)
	if len(f.jobs) != 0 {
		t.Fatal("a cycle is on the queue")
	}
	b.sends(http.StatusSeeOther, polo+"/plano")
	h.answers("polo-sul", setup.Plan, forecast)
	b.sends(http.StatusConflict, polo+"/ativar", "visto", seen)
	seen = between(b.says(polo+"/ativar"), `name="visto" value="`, `"`)
	got := b.sends(http.StatusSeeOther, polo+"/ativar", "visto", seen)
	b.says(got.to, "Conta ativada")
	row, err := h.db.Account(t.Context(), "polo-sul")
	secrets, serr := h.db.Secrets(t.Context(), "polo-sul")
	if err != nil || serr != nil || row.Paused || row.Name != "Polo Sul" || !strings.Contains(string(row.Settings), `"conflict":"ask"`) || secrets["omie.app_secret"] != "omie-canary" || len(f.jobs) != 1 {
		t.Errorf("%+v, %d secrets, %v; %v, %v", row, len(secrets), f.jobs, err, serr)
	}
	b.says("/contas/polo-sul/regras", "no assistente")
	if got := b.get(polo + "/plano"); got.code != http.StatusNotFound {
		t.Errorf("the draft answers %d", got.code)
	}
	h.onlyActs("draft-begun", "draft-keys-kept", "draft-keys-kept", "account-made")
}

func TestASimulationThatFailedIsToldAndMayBeAskedForAgain(t *testing.T) {
	h, f, b := prepared(t)
	b.sends(http.StatusSeeOther, polo+"/ajustes/padroes", "v.orders.service_order.category", "1.01.02", "v.orders.service_order.bank_account", "700")
	b.sends(http.StatusSeeOther, polo+"/plano")
	h.mu.Lock()
	h.now = time.Now().Add(2 * slowWork) // the store's own clock stamps an asking
	h.mu.Unlock()
	people, err := h.db.People(t.Context())
	h.ok(err)
	b = h.comes(people[0]) // the other session is over by then
	b.says(polo+"/plano", "simulando", "Simular a primeira rodada")
	b.sends(http.StatusSeeOther, polo+"/plano")
	if len(f.asked) != 3 {
		t.Errorf("asked %v", f.asked)
	}
	h.ok(h.db.EndWork(t.Context(), store.Work{Owner: store.Owner{ID: "polo-sul", Draft: true}, Work: setup.Plan, Number: 2, Said: "O Omie <b>caiu</b>."}))
	if page := b.says(polo+"/plano", "A simulação não terminou. O Omie <b>caiu</b>."); strings.Contains(page, "Seguir") {
		t.Error("offers to activate")
	}
	b.sends(http.StatusConflict, polo+"/ativar", "visto", "")
}

func TestADraftIsDiscardedAfterItWasSeenWhatThatDoes(t *testing.T) {
	h, _, b := prepared(t)
	b.says(polo+"/descartar", "Apaga do Ponte as chaves e as escolhas de “Polo Sul”.")
	b.sends(http.StatusSeeOther, polo+"/descartar")
	if _, err := h.db.Draft(t.Context(), "polo-sul"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is still there: %v", err)
	}
	h.onlyActs("draft-begun", "draft-keys-kept", "draft-keys-kept", "draft-discarded")
	for _, a := range h.acts() {
		if text := fmt.Sprint(a); a.Account != "polo-sul" || strings.Contains(text, "canary") || strings.Contains(text, "good") {
			t.Errorf("act %+v", a)
		}
	}
}

func TestNobodySavesOverAnothersChoices(t *testing.T) {
	h, _, b := prepared(t)
	d, err := h.db.Draft(t.Context(), "polo-sul")
	h.ok(err)
	other, err := h.site.read(t.Context(), d)
	h.ok(err)
	b.sends(http.StatusSeeOther, polo+"/ajustes/fluxos", "v.flows.customers.conflict", "ask")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url, http.NoBody)
	h.ok(err)
	var p *problem
	if err := h.site.keepDraft(r.Context(), other, nil); !errors.As(err, &p) || p.status != http.StatusConflict {
		t.Errorf("saved over it: %v", err)
	}
}

func TestAnAccountsIDIsMadeOfItsName(t *testing.T) {
	for name, want := range map[string]string{"Pólo Sul Ltda.": "polo-sul-ltda", "  ": "conta", "ÁÉ & Cia": "ae-cia", "北京": "conta", strings.Repeat("ab ", 40): strings.Trim(strings.Repeat("ab-", 40)[:40], "-")} {
		if got := accountID(name); got != want {
			t.Errorf("%q: %q, not %q", name, got, want)
		}
	}
}
