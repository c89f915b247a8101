package main

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ponte/internal/call"
	"ponte/internal/cli"
	"ponte/internal/company"
	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/store"
	"ponte/internal/web"
)

var everyMinutes = regexp.MustCompile(`every: \w+`)

// TestAnAccountIsLookedAfterInABrowser: its keys are replaced, its webhooks are given an
// address, its rules are chosen from live lists, its file goes out and in, and at last it
// is removed. A worker's part is done in between, against the simulators.
func TestAnAccountIsLookedAfterInABrowser(t *testing.T) {
	s := newLived(t, 1, nil)
	nothing := func(context.Context, any, store.Owner, string, int64) error { return nil }
	_, db, base := serveSite(t, s.env["PONTE_DB"], func(o *web.Options) {
		o.Demo = true
		o.Assistant = &web.Assistant{New: func() config.Account { return *config.New[config.Account]() }, Connect: reaches(o.Store), Ask: nothing}
	})
	tb := newTab(t, base)
	tb.scripts(false)
	tb.open("/contas/polo-sul/conexoes")
	tb.reads("Chave aceita")
	tb.look("conexoes")
	tb.press("a[href$='auvo/chaves']")
	tb.look("trocar-chaves")
	tb.allowed = []int{422}
	tb.write("[name='auvo.api_key']", "errada")
	tb.write("[name='auvo.api_token']", "errada")
	tb.press("form.short button")
	tb.reads("não aceitou esta chave")
	tb.look("trocar-chaves-recusadas")
	tb.open("/contas/polo-sul/conexoes/omie/endereco")
	tb.look("endereco")
	tb.press(".deeds button")
	tb.reads("Endereço criado")
	tb.look("conexoes-endereco")
	tb.open("/contas/polo-sul/conexoes/auvo/registrar")
	tb.look("registrar")

	s.finds(db, setup.Lists)
	tb.open("/contas/polo-sul/regras/mudar?bloco=orders.service_order")
	tb.reads("Listas lidas")
	tb.look("mudar-listas")
	tb.open("/contas/polo-sul/regras")
	tb.look("regras-nomes")

	tb.open("/arquivo")
	tb.look("arquivo")
	tb.write("#texto", "accounts:\n  - id: polo-sul\n    evry: 3m\n    auvo: {api_key: segredo}\n")
	tb.press("form.short button")
	tb.reads("Linha 3")
	tb.look("arquivo-errado")
	file := everyMinutes.ReplaceAllString(s.ponte(0, "accounts", "export"), "every: 20m")
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	script[chromedp.Void](tb, "document.querySelector('#texto').value = "+string(text))
	tb.press("form.short button")
	tb.reads("20 min")
	tb.look("importar")
	tb.press(".deeds button")
	tb.reads("1 conta mudou")
	row, err := db.Account(t.Context(), company.AccountID)
	if err != nil || !strings.Contains(string(row.Settings), `"every":"20m"`) {
		t.Errorf("%s, %v", row.Settings, err)
	}

	tb.open("/contas/polo-sul/remover")
	tb.look("remover")
	tb.write("#nome", "outra")
	tb.press("form.short button")
	tb.reads("O nome não confere")
	tb.write("#nome", row.Name)
	tb.press("form.short button")
	tb.reads("foi removida do Ponte")
}

// reaches connects an account, as a worker or a test of keys does.
func reaches(db *store.DB) func(config.Account) (auvo, omie record.System, err error) {
	return func(a config.Account) (auvo, omie record.System, err error) {
		return connect(cli.Connection{Account: a, Memory: db.Memory(), AuvoIP: call.NewBudget("auvo", 1_000_000).Share(), OmieIP: call.NewBudget("omie", 1_000_000).Share(), Now: time.Now})
	}
}

// finds finds something out for the account, as a worker does.
func (s *lived) finds(db *store.DB, work string) {
	s.t.Helper()
	ctx, of := s.t.Context(), store.Owner{ID: company.AccountID}
	var number int64
	err := db.AskWork(ctx, of, work, "", func(_ context.Context, _ any, _ store.Owner, _ string, n int64) error {
		number = n
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	a, err := setup.Owned(ctx, db, of)
	if err != nil {
		s.t.Fatal(err)
	}
	auvo, omie, err := reaches(db)(a)
	if err != nil {
		s.t.Fatal(err)
	}
	w, err := setup.FindOut(ctx, setup.Asking{Store: db, Of: of, Work: work, Number: number}, setup.Simulation{Account: a, Auvo: auvo, Omie: omie})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := db.EndWork(ctx, w); err != nil {
		s.t.Fatal(err)
	}
}

// TestTwoHundredAccountsInABrowser: the list at a glance, and the way between accounts.
func TestTwoHundredAccountsInABrowser(t *testing.T) {
	s := newLived(t, 1, nil)
	_, db, base := serveSite(t, s.env["PONTE_DB"], func(o *web.Options) { o.Demo = true })
	row, err := db.Account(t.Context(), company.AccountID)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 200 {
		a := row
		a.ID, a.Name = "filial-"+string(rune('a'+n/26))+string(rune('a'+n%26)), "Polo Sul filial "+strings.ToUpper(string(rune('a'+n/26))+string(rune('a'+n%26)))
		a.Settings = []byte(strings.Replace(string(row.Settings), `"id":"polo-sul"`, `"id":"`+a.ID+`"`, 1))
		a.Paused = n%50 == 7
		if err := db.SaveAccount(t.Context(), a, nil); err != nil {
			t.Fatal(err)
		}
	}
	tb := newTab(t, base)
	began := time.Now()
	tb.open("/contas")
	t.Logf("the list of 201 accounts is there after %s", time.Since(began))
	tb.reads("Todas 201")
	tb.look("contas-muitas")
	tb.open("/contas/polo-sul")
	tb.do(chromedp.Click(chromedp.CSS("details.tenant summary")))
	tb.look("trocar-de-conta")
	tb.press("details.tenant a[href='/contas']")
	tb.reads("Todas 201")
}
