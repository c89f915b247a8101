package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ponte/internal/signin"
	"ponte/internal/store"
	"ponte/internal/web"
)

// TestTwoStepsAndTheProofInABrowser: Ana turns two steps on, comes in by a code and by a
// recovery code, is asked again before the copy, and gives somebody a role on one account;
// all without scripts.
func TestTwoStepsAndTheProofInABrowser(t *testing.T) {
	s := newLived(t, 1, nil)
	var late atomic.Int64 // how much later it is than it is
	now := func() time.Time { return time.Now().Add(time.Duration(late.Load())) }
	site, _, base := serveSite(t, s.env["PONTE_DB"], func(o *web.Options) { o.Now = now })
	link, err := site.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	code := func(secret string) string {
		c, err := signin.CodeAt(secret, now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	tb := newTab(t, base)
	tb.scripts(false)
	tb.allowed = []int{422}
	tb.open(strings.TrimPrefix(link, base))
	tb.accepts()
	tb.open("/eu")
	tb.look("eu-uma-etapa")
	tb.press("main a[href='/eu/duas-etapas']")
	tb.look("duas-etapas")
	tb.press("main form button")
	tb.reads("Aponte a câmera")
	tb.look("duas-etapas-figura")
	if wide := script[float64](tb, `document.querySelector("svg.qr").getBoundingClientRect().width`); wide < 150 {
		t.Errorf("the picture is %v pixels wide", wide)
	}
	secret := strings.ReplaceAll(tb.text(".address code"), " ", "")
	tb.write("#codigo", "000000")
	tb.press("main form button")
	tb.reads("Confira a hora do aparelho")
	tb.write("#codigo", code(secret))
	tb.press("main form button")
	tb.reads("Guarde estes códigos")
	tb.look("codigos-de-recuperacao")
	recovery := tb.text(".codes li code")
	tb.press(".deeds a")
	tb.reads("Para entrar, você mostra também um código do celular.")

	enter := func(typed string) {
		tb.press(".who button")
		tb.write("#email", "ana@polosul.test")
		tb.write("#senha", "uma ponte firme")
		tb.press("button[type=submit]")
		tb.reads("Mais um passo")
		tb.write("#codigo", typed)
	}
	late.Add(int64(time.Minute))
	enter("000000")
	tb.look("entrar-codigo")
	tb.press("button[type=submit]")
	tb.reads("O código não confere")
	tb.look("entrar-codigo-errado")
	tb.write("#codigo", code(secret))
	tb.press("button[type=submit]")
	tb.reads("Pendências")
	enter(recovery)
	tb.press("button[type=submit]")
	tb.open("/eu/duas-etapas")
	tb.reads("9 códigos de recuperação restam")
	tb.look("duas-etapas-ligadas")
	tb.press("a[href$=desligar]")
	tb.look("duas-etapas-desligar")

	late.Add(int64(11 * time.Minute))
	tb.open("/ajustes/copia")
	tb.reads("Confirme quem você é")
	tb.look("provar")
	tb.write("#codigo", "000000")
	tb.press("form:has(#codigo) button")
	tb.look("provar-errado")
	tb.write("#senha", "uma ponte firme")
	tb.press("form:has(#senha) button")
	tb.reads("Cópia de segurança")

	tb.open("/pessoas/convidar")
	tb.write("#nome", "Bia Reis")
	tb.write("#email", "bia@polosul.test")
	tb.do(chromedp.Click(chromedp.CSS("input[value=contas]")))
	tb.do(chromedp.Click(chromedp.CSS("details.apart summary")))
	tb.do(chromedp.SetValue(chromedp.CSS("details.apart select"), "operator"))
	tb.look("convidar-por-conta")
	tb.press(".deeds button")
	tb.press(".deeds a")
	tb.reads("Papel em cada conta")
	tb.look("pessoa-por-conta")
	tb.press("a[href$=papel]")
	tb.look("mudar-papel-por-conta")
	tb.open("/pessoas/duas-etapas")
	tb.look("exigir-duas-etapas")
	tb.press(".deeds button")
	tb.look("pessoas-duas-etapas")
}

// TestWhatIsSentWithoutAProofIsExplainedInABrowser: the page of the refusal leads to the proof.
func TestWhatIsSentWithoutAProofIsExplainedInABrowser(t *testing.T) {
	s := newLived(t, 1, nil)
	var late atomic.Int64
	site, db, base := serveSite(t, s.env["PONTE_DB"], func(o *web.Options) { o.Now = func() time.Time { return time.Now().Add(time.Duration(late.Load())) } })
	hash, err := signin.Hash("uma ponte firme")
	if err == nil {
		err = db.AddPerson(t.Context(), store.Person{ID: "ana", Email: "ana@polosul.test", Name: "Ana Prado", Role: "administrator", Password: hash})
	}
	if err != nil {
		t.Fatal(err)
	}
	tb := newTab(t, base)
	tb.open("/entrar?para=/contas/polo-sul/remover")
	tb.write("#email", "ana@polosul.test")
	tb.write("#senha", "uma ponte firme")
	tb.press("button[type=submit]")
	tb.reads("Remover")
	late.Store(int64(11 * time.Minute))
	tb.allowed = []int{403}
	tb.write("#nome", "qualquer")
	tb.press(".deeds button")
	tb.reads("confirme quem você é. Nada foi mudado.")
	tb.look("sem-prova")
	tb.press("main a.button")
	tb.write("#senha", "uma ponte firme")
	tb.press("main form button") // the first button of all signs out
	tb.reads("Remover a conta")

	// The same page by a request of another site stays what it is.
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/contas/polo-sul/remover", strings.NewReader(url.Values{"nome": {"x"}}.Encode()))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	rec := httptest.NewRecorder()
	site.ServeHTTP(rec, r)
	if rec.Code != http.StatusForbidden {
		t.Errorf("another site's request answers %d", rec.Code)
	}
}
