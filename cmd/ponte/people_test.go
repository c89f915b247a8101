package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"ponte/internal/company"
	"ponte/internal/store"
	"ponte/internal/web"
)

// TestPeopleAndTheirActsInABrowser: somebody is invited, comes in, loses the role and
// is removed, all without scripts, and the audit tells it.
func TestPeopleAndTheirActsInABrowser(t *testing.T) {
	s := newLived(t, 1, nil)
	_, _, base := serveSite(t, s.env["PONTE_DB"], func(o *web.Options) { o.Demo = true })
	tb := newTab(t, base)
	tb.scripts(false)
	tb.open("/")
	tb.press(".house a[href='/pessoas']") // from the only account's pages
	tb.press("a[href$=convidar]")
	tb.look("convidar")
	tb.write("#nome", "Bia Reis")
	tb.write("#email", "bia@polosul.test")
	tb.do(chromedp.Click(chromedp.CSS("input[value=operator]")))
	tb.press(".deeds button")
	tb.reads("Só aparece agora")
	tb.look("convite")
	tb.press(".deeds a")
	tb.reads("ainda não escolheu a senha")
	tb.look("pessoa")
	tb.press("a[href$=papel]")
	tb.do(chromedp.Click(chromedp.CSS("input[value=reader]")))
	tb.look("mudar-papel")
	tb.press(".deeds button")
	tb.reads("O papel de Bia Reis agora é Leitura.")
	tb.press("a[href$=remover]")
	tb.look("remover-pessoa")
	tb.press(".deeds button")
	tb.reads("Bia Reis não entra mais.")
	tb.open("/pessoas/convidar") // somebody to be shown in the list
	tb.write("#nome", "Caio Lima")
	tb.write("#email", "caio@polosul.test")
	tb.press(".deeds button")
	tb.open("/pessoas")
	tb.look("pessoas")
	tb.open("/contas/polo-sul/pausa")
	tb.press(".deeds button")
	tb.open("/contas/polo-sul")
	tb.press("main a[href$=auditoria]")
	tb.reads("pausou a conta.")
	tb.look("auditoria-da-conta")
	tb.press(".house a[href='/auditoria']")
	tb.reads("removeu bia@polosul.test")
	tb.reads("mudou o papel de bia@polosul.test.")
	tb.look("auditoria")
	tb.do(chromedp.SetValue(chromedp.CSS("#o_que"), "role-changed"))
	tb.press(".sieve button")
	if text := tb.text("main"); strings.Contains(text, "pausou a conta.") || !strings.Contains(text, "mudou o papel de bia@polosul.test.") {
		t.Errorf("the filter shows\n%s", text)
	}
	tb.do(emulates(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark}))
	tb.look("auditoria-escura")
}

// TestAdjustmentsInABrowser: the installation's page on a phone's way, a webhook that
// is kept, a test message and the copy's page.
func TestAdjustmentsInABrowser(t *testing.T) {
	s := newLived(t, 1, nil)
	_, db, base := serveSite(t, s.env["PONTE_DB"], func(o *web.Options) {
		o.Demo = true
		o.Post = func(context.Context, any, string, ...int64) error { return nil }
	})
	tb := newTab(t, base)
	tb.do(chromedp.EmulateViewport(390, 800)) // the one account's name leads to what is of no account
	tb.open("/")
	tb.press("a.tenant")
	tb.press(".tabs a[href='/ajustes']")
	tb.reads("Nenhuma cópia foi feita ainda.")
	tb.look("ajustes-vazios")
	tb.press("a[href$=webhook]")
	tb.look("aviso-webhook")
	tb.write("#endereco", "https://hooks.example.com/T0")
	tb.write("#segredo", "0123456789abcdef")
	tb.press("button[value=guardar]")
	tb.reads("O webhook foi guardado")
	if err := db.Watch(t.Context(), company.AccountID, store.Watched{
		At: time.Now(), Found: []store.Alert{{Rule: "waiting", About: "missing-product", Title: "3 registros esperam: o produto não está no Omie", Text: "x"}}, Tell: func(store.Alert) []store.Message { return nil },
	}); err != nil {
		t.Fatal(err)
	}
	tb.press("a[href$=teste]")
	tb.look("aviso-teste")
	tb.press(".deeds button")
	tb.reads("1 mensagem está a caminho")
	tb.reads("3 registros esperam")
	tb.look("ajustes")
	tb.press("a[href$=copia]")
	tb.look("copia")
}
