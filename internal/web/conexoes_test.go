package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// connected is an account with keys, in a house whose vendors are stood in for.
func connected(t *testing.T) (*house, *vendors, *browserOf) {
	t.Helper()
	h, f := newAssistedHouse(t)
	return h, f, h.connects()
}

// connects makes an account with keys, and a browser of who administers it.
func (h *house) connects() *browserOf {
	h.Helper()
	h.account("acme")
	h.ok(h.db.SaveCredentials(h.Context(), "acme", map[string]string{store.SecretAuvoKey: "good", store.SecretAuvoToken: "t", store.SecretOmieKey: "good", store.SecretOmieSecret: "s"}))
	return h.comes(h.person(signin.Administrator))
}

// lists ends the newest asking for an account's catalogues, as a worker does.
func (h *house) lists(id string, all ...record.Catalogue) {
	h.Helper()
	h.found(id, setup.Lists, all)
}

func (h *house) secret(name string) string {
	h.Helper()
	all, err := h.db.Secrets(h.Context(), "acme")
	h.ok(err)
	return all[name]
}

// wrote fails the test unless the acts written down are these, the newest first, all of
// acme and by the administrator.
func (h *house) wrote(want ...string) {
	h.Helper()
	acts, err := h.db.Acts(h.Context(), store.ActFilter{}, 0, 100)
	h.ok(err)
	var got []string
	for _, a := range acts {
		got = append(got, a.What)
		if a.Account == "" || !strings.HasPrefix(a.By, "Ana Administração") {
			h.Errorf("%+v", a)
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		h.Errorf("acts %v, not %v", got, want)
	}
}

const conexoes = "/contas/acme/conexoes"

func TestKeysAreReplacedOnlyWhenTheyOpenTheSameCompany(t *testing.T) {
	h, f, b := connected(t)
	path := conexoes + "/omie/chaves"
	b.says(path, "Trocar as chaves do Omie", "App Key", "App Secret")
	b.sends(http.StatusUnprocessableEntity, path, "omie.app_key", "good")
	got := b.sends(http.StatusUnprocessableEntity, path, "omie.app_key", "bad", "omie.app_secret", "canary-1")
	if !strings.Contains(readable(got.body), "não aceitou esta chave") || !strings.Contains(got.body, "mesmo-assim") || strings.Contains(got.body, "canary-1") || strings.Contains(got.body, `value="bad"`) {
		t.Errorf("%s", readable(got.body))
	}
	if h.secret(store.SecretOmieKey) != "good" || h.secret(store.SecretOmieSecret) != "s" {
		t.Fatal("keys that were refused were kept")
	}
	to := b.sends(http.StatusSeeOther, path, "omie.app_key", "good", "omie.app_secret", "canary-2").to
	page := b.says(to, "O Omie aceitou as chaves, que abrem “Polo <i>Sul</i> Ltda”")
	if h.secret(store.SecretOmieSecret) != "canary-2" || h.secret(store.SecretAuvoKey) != "good" || strings.Contains(page, "canary") || strings.Join(f.asked, " ") != setup.Lists {
		t.Errorf("kept %v, asked %v", h.secret(store.SecretOmieSecret) == "canary-2", f.asked)
	}
	b.says("/contas/acme/regras", "trocou as chaves do Omie")

	h.lists("acme", record.Catalogue{Name: record.Companies, Choices: []record.Choice{{Code: "1", Title: "Outra <b>SA</b>"}}})
	got = b.sends(http.StatusUnprocessableEntity, path, "omie.app_key", "good", "omie.app_secret", "canary-3", "mesmo-assim", "1")
	if !strings.Contains(readable(got.body), "esta conta está ligada a “Outra <b>SA</b>”") || h.secret(store.SecretOmieSecret) != "canary-2" {
		t.Errorf("another company's keys: %s", readable(got.body))
	}
	b.sends(http.StatusSeeOther, path, "omie.app_key", "good", "omie.app_secret", "canary-3", "outra", "1")
	b.sends(http.StatusSeeOther, path, "omie.app_key", "bad", "omie.app_secret", "canary-4", "mesmo-assim", "1")
	if h.secret(store.SecretOmieSecret) != "canary-4" {
		t.Error("a second choice was not taken")
	}
	b.says(conexoes, "sem que o Omie as aceitasse no teste")
	h.wrote("keys-replaced", "keys-replaced", "keys-replaced")
}

func TestACompanyIsComparedByItsName(t *testing.T) {
	for _, test := range []struct {
		before []string
		name   string
		want   bool
	}{
		{nil, "Polo", false}, {[]string{"Polo"}, "", false}, {[]string{"POLO  Sul"}, "Polo Sul", false}, {[]string{"Polo"}, "Norte", true}, {[]string{"Polo", "Norte"}, "Norte", false},
	} {
		if got := opensAnother(test.before, test.name); got != test.want {
			t.Errorf("%v, %q: %v", test.before, test.name, got)
		}
	}
}

func TestAWebhooksAddressIsMadeReplacedAndRegistered(t *testing.T) {
	h, f, b := connected(t)
	reader := h.comes(h.person(signin.Reader))
	b.says(conexoes, "Sem endereço", "que o Auvo e o Omie não alcançam", "Como cadastrar no Omie", "Criar o endereço…")
	if got := b.sends(http.StatusConflict, conexoes+"/auvo/registrar"); !strings.Contains(readable(got.body), "PONTE_PUBLIC_URL") {
		t.Errorf("registered at a loopback address: %s", readable(got.body))
	}
	h.site.PublicURL = "https://ponte.example"
	h.site.public.Scheme, h.site.public.Host = "http", "ponte.example" // no __Host- cookie in a test
	b.says(conexoes+"/auvo/endereco", "Criar o endereço do Auvo")
	b.sends(http.StatusUnprocessableEntity, conexoes+"/auvo/endereco")
	b.sends(http.StatusSeeOther, conexoes+"/auvo/endereco", "fazer", "criar")
	first := h.secret(store.HookSecret(record.Auvo))
	page := b.says(conexoes, "Nunca ouvido", "https://ponte.example/hooks/auvo/"+first)
	if strings.Contains(page, "não alcançam") {
		t.Error("a public address is called unreachable")
	}
	if page := reader.says(conexoes, "Nunca ouvido"); strings.Contains(page, first) || strings.Contains(page, "Trocar") {
		t.Error("a reader is shown the address, or offered to change it")
	}
	b.sends(http.StatusConflict, conexoes+"/auvo/endereco", "fazer", "criar")
	b.says(conexoes+"/auvo/endereco", "deixa de valer na hora")
	b.sends(http.StatusSeeOther, conexoes+"/auvo/endereco", "fazer", "trocar")
	if second := h.secret(store.HookSecret(record.Auvo)); second == first || second == "" {
		t.Error("the address was not replaced")
	}
	b.says(conexoes+"/auvo/registrar", "O que chama outro programa fica como está")
	b.sends(http.StatusSeeOther, conexoes+"/auvo/registrar")
	if strings.Join(f.asked, " ") != setup.Hooks {
		t.Errorf("asked %v", f.asked)
	}
	b.says(conexoes, "O Ponte está registrando o endereço")
	h.wrote("hook-registered", "hook-rotated", "hook-rotated")
	h.found("acme", setup.Hooks, []record.Finding{{Side: record.Auvo, Check: "webhook task/inclusao", OK: true, Detail: "registered"}, {Side: record.Auvo, Check: "webhook customer/exclusao", Detail: "calls another program"}})
	b.says(conexoes, "Tarefas: quando é criado: registrado", "Clientes: quando é excluído: chama outro programa")
	for _, path := range []string{conexoes + "/omie/registrar", conexoes + "/sap/chaves", conexoes + "/sap/endereco"} {
		if got := b.get(path); got.code != http.StatusNotFound {
			t.Errorf("%s answers %d", path, got.code)
		}
	}
}

func TestTheStateOfAKeyIsTold(t *testing.T) {
	h, _, b := connected(t)
	h.under("acme", func(l store.Lease) {
		run := store.Run{Account: "acme", ID: "r1", Started: h.clock()}
		h.ok(h.db.StartRun(t.Context(), l, run))
		run.Finished, run.Error = h.clock().Add(time.Minute), "the Omie key is refused: 401"
		run.Flows = []store.FlowRun{{Flow: "customers", Error: run.Error}}
		h.ok(h.db.FinishRun(t.Context(), l, run))
	})
	b.says(conexoes, "Chave recusada O Omie não aceita a chave", "Ainda não lida")
}

func TestAnAccountIsRemovedOnlyByItsName(t *testing.T) {
	h, _, b := connected(t)
	h.under("acme", func(l store.Lease) { h.task(l, "812", "missing-product", nil) })
	b.says("/contas/acme/remover", "1 registro lido", "1 pendência", "tudo fica como está", "escreva o nome da conta")
	if got := b.sends(http.StatusUnprocessableEntity, "/contas/acme/remover", "nome", "acme"); !strings.Contains(readable(got.body), "O nome não confere") {
		t.Errorf("%s", readable(got.body))
	}
	held, err := h.db.Acquire(t.Context(), "acme", "a run", time.Minute)
	h.ok(err)
	b.sends(http.StatusConflict, "/contas/acme/remover", "nome", "ACME Refrigeração")
	h.ok(h.db.Release(t.Context(), held))
	if got := b.sends(http.StatusSeeOther, "/contas/acme/remover", "nome", " ACME  Refrigeração "); got.to != "/contas" {
		t.Errorf("leads to %s", got.to)
	}
	b.says("/contas", "foi removida do Ponte", "Ainda não há conta")
	h.wrote("account-removed")
}
