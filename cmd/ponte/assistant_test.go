package main

import (
	"bufio"
	"context"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/cli"
	"ponte/internal/company"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/setup"
)

// newcomer is an empty database beside two simulators of a company that nobody has
// connected yet.
func newcomer(t *testing.T) *lived {
	t.Helper()
	c := company.New(7, 1, time.Now())
	c.Auvo.PerMinute, c.Omie.PerMinute, c.Omie.PerIPMinute, c.Omie.RedundancyWindow = -1, -1, -1, 40*time.Millisecond
	auvo, omie := httptest.NewServer(c.Auvo), httptest.NewServer(c.Omie)
	t.Cleanup(auvo.Close)
	t.Cleanup(omie.Close)
	b := &lived{company: c, bench: &bench{t: t, auvo: c.Auvo, omie: c.Omie, dir: t.TempDir(), now: time.Now}}
	b.env = map[string]string{
		"PONTE_DB": filepath.Join(b.dir, "ponte.db"), "PONTE_AUVO_RATE": "1000000", "PONTE_OMIE_RATE": "1000000", "PONTE_LOG": "error",
		"PONTE_AUVO_URL": auvo.URL + auvoPath, "PONTE_OMIE_URL": omie.URL + omiePath, "PONTE_OMIE_WINDOW": "40ms",
	}
	return b
}

// serveFirst runs ponte serve on an empty database; it returns its address and the
// path of the first administrator's invitation.
func (b *bench) serveFirst() (address, invitation string) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	w := world()
	w.Stdin, w.Stdout, w.Stderr = strings.NewReader(""), in, os.Stderr
	w.Getenv = func(name string) (string, bool) { v, ok := b.env[name]; return v, ok }
	var mu sync.Mutex
	made := map[string]int{} // clients, by settings and credentials: each has limits of its own
	w.Connect = func(c cli.Connection) (auvo, omie record.System, err error) {
		mu.Lock()
		defer mu.Unlock()
		if made[setup.Digest(c.Account)]++; made[setup.Digest(c.Account)] > 1 {
			b.t.Errorf("the same account was connected a second time: the limits of both add up")
		}
		return connect(c)
	}
	ended := make(chan int, 1)
	go func() { ended <- cli.Main(ctx, []string{"serve", "--addr", "127.0.0.1:0"}, w) }()
	b.t.Cleanup(func() {
		cancel()
		if code := <-ended; code != 0 {
			b.t.Errorf("serve ended with %d", code)
		}
	})
	lines := bufio.NewScanner(out)
	for invitation == "" && lines.Scan() {
		if at, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			address = at
		}
		if at, ok := strings.CutPrefix(lines.Text(), "make the first administrator at "); ok {
			link, err := url.Parse(strings.Fields(at)[0])
			if err != nil {
				b.t.Fatal(err)
			}
			invitation = link.Path
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // what it says later is nobody's business here
	return address, invitation
}

// choose picks a value of a list.
func (tb *tab) choose(selector, value string) {
	tb.Helper()
	script[chromedp.Void](tb, `(() => { const s = document.querySelector(`+quote(selector)+`); s.value = `+quote(value)+`; if (s.value !== `+quote(value)+`) throw new Error("no such choice") })()`)
}

func quote(text string) string { return "`" + text + "`" }

// comes opens a path again and again until it has a text.
func (tb *tab) comes(path, text string, within time.Duration) {
	tb.Helper()
	for began := time.Now(); ; time.Sleep(300 * time.Millisecond) {
		tb.open(path)
		if strings.Contains(tb.text("main"), text) {
			return
		}
		if time.Since(began) > within {
			tb.Fatalf("not within %s: %q\n%s", within, text, tb.text("main"))
		}
	}
}

// connects walks from the first page to an active account, of which the first cycle has
// made documents.
func (l *life) connects() {
	tb := l.tab
	l.t.Helper()
	tb.reads("Conectar uma empresa")
	tb.look("assistente")
	tb.write("#nome", "Polo Sul Climatização")
	tb.press(".deeds button")

	tb.allowed = []int{422}
	tb.write("#auvo-api_key", "errada")
	tb.write("#auvo-api_token", "errado")
	tb.press(".deeds button")
	tb.reads("O Auvo não aceitou esta chave.")
	tb.look("chaves-erradas")
	tb.write("#auvo-api_key", auvosim.DefaultAPIKey)
	tb.write("#auvo-api_token", auvosim.DefaultAPIToken)
	tb.press(".deeds button")
	tb.reads("O Auvo aceitou a chave.")
	tb.look("chaves")
	if html := script[string](tb, "document.documentElement.outerHTML"); strings.Contains(html, auvosim.DefaultAPIToken) {
		tb.Error("the page shows a credential")
	}
	tb.open("/contas") // left in the middle, and taken up again
	tb.reads("Em preparo")
	tb.press("a[href='/assistente/polo-sul-climatizacao']")
	tb.reads("Chaves do Omie")
	tb.write("#omie-app_key", omiesim.DefaultAppKey)
	tb.write("#omie-app_secret", omiesim.DefaultAppSecret)
	tb.press(".deeds button")
	tb.reads("O Omie aceitou a chave, que abre")

	const at = "/assistente/polo-sul-climatizacao/"
	tb.reads("O que fica de acordo")
	tb.choose("[name='v.flows.customers.conflict']", "ask")
	tb.choose("[name='v.flows.tasks.create']", "both")
	tb.choose("[name='v.flows.quotations.enabled']", "true")
	tb.look("fluxos")
	tb.press(".deeds button")
	tb.comes(at+"ajustes/escolhas", "Listas lidas", 20*time.Second)
	tb.reads("“Etapas que são de aprovado” é preciso")
	tb.look("escolhas")
	tb.do(chromedp.Click(chromedp.CSS("input[name='v.flows.quotations.approved_stages'][value=Aprovado]")))
	tb.press(".deeds button")
	tb.reads("Como o documento sai")
	tb.press(".deeds button") // the gaps are flagged
	tb.reads("Salvo, mas ainda falta algo nesta página.")
	tb.look("padroes")
	for _, block := range []string{"service_order", "sales_order"} {
		tb.choose("[name='v.orders."+block+".category']", map[string]string{"service_order": "1.01.02", "sales_order": "1.01.03"}[block])
		tb.choose("[name='v.orders."+block+".bank_account']", "7000000300")
	}
	tb.press(".deeds button")
	tb.reads("Simular a primeira rodada")
	tb.look("plano-vazio")
	before := len(l.omie.Snapshot().OS)
	tb.press(".deeds button")
	tb.look("plano-simulando")
	tb.comes(at+"plano", "O que a primeira rodada faria", 90*time.Second)
	tb.reads("chamadas ao Auvo")
	script[chromedp.Void](tb, "document.querySelectorAll('details').forEach(d => d.open = true)")
	tb.look("plano")
	if now := len(l.omie.Snapshot().OS); now != before {
		tb.Errorf("the simulation made %d service orders", now-before)
	}
	tb.press(".deeds a[href$=conferencia]")
	tb.reads("O que a simulação leu dos dois lados.")
	tb.look("conferir-rascunho")
	tb.press("button[value=aceitar]")
	tb.reads("Ligados por você")
	tb.open(at + "conferencia?nivel=only-omie")
	tb.press("a[href*=escolher]")
	tb.look("escolher-rascunho")
	tb.press(".crumbs[aria-label=Voltar] a")
	tb.press("button[value=conferido]")
	tb.reads("O que a primeira rodada faz")
	tb.look("ativar")
	tb.press("form[action$=ativar] button")
	tb.reads("Conta ativada: a primeira rodada começa agora.")
	l.eventually("the first cycle makes service orders", func() bool { return len(l.omie.Snapshot().OS) > before })
	l.eventually("the first run ends", func() bool {
		return strings.Contains(l.ponte(0, "status", "--json"), `"complete":true`)
	})
}
