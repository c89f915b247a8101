package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"ponte/internal/cli"
	"ponte/internal/secret"
	"ponte/internal/store"
	"ponte/internal/web"
)

// serveSite serves the pages over a bench's store.
func serveSite(t *testing.T, path string, change func(*web.Options)) (*web.Site, *store.DB, string) {
	t.Helper()
	ring, err := secret.Open(secret.Options{Database: path})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), path, cli.Sealer{Ring: ring})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	o := web.Options{Store: db, PublicURL: "http://" + server.Listener.Addr().String(), Holder: "test", Version: "test", MemoryKeys: memoryKeys}
	if change != nil {
		change(&o)
	}
	site := web.New(o)
	server.Config.Handler = site
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return site, db, server.URL
}

// A look is one page at both widths: it is photographed where PONTE_SCREENSHOTS
// names a folder, and must be accessible.
func (tb *tab) look(name string) {
	tb.Helper()
	folder := os.Getenv("PONTE_SCREENSHOTS")
	for _, width := range []int64{1280, 390} {
		tb.do(chromedp.EmulateViewport(width, 800))
		tb.accessible()
		if folder == "" {
			continue
		}
		shot, err := chromedp.Run(tb.ctx, chromedp.FullScreenshot(100))
		if err == nil {
			err = os.MkdirAll(folder, 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name+"-"+strconv.FormatInt(width, 10)+".png"), shot, 0o644)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	tb.do(chromedp.EmulateViewport(1280, 800))
}

func TestTheDoorInABrowser(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ponte.db")
	site, _, base := serveSite(t, path, nil)
	tb := newTab(t, base)
	link, err := site.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tb.open("/")
	tb.look("entrar-vazio")
	tb.open(strings.TrimPrefix(link, base))
	tb.look("primeiro-acesso")
	tb.write("#nome", "Ana Prado")
	tb.write("#email", "ana@polosul.test")
	tb.write("#senha", "uma ponte firme")
	tb.write("#senha2", "uma ponte firme")
	tb.press("button[type=submit]")
	tb.reads("Bem-vindo")
	tb.reads("Ainda não há conta")
	tb.open("/eu")
	tb.look("eu")
	tb.press(".who button")
	tb.reads("Entrar")
	tb.allowed = []int{422}
	tb.write("#email", "ana@polosul.test")
	tb.write("#senha", "errada errada")
	tb.press("button[type=submit]")
	tb.reads("não conferem")
	tb.look("entrar")
}

func TestThePagesInABrowser(t *testing.T) {
	s := newLived(t, 3, nil)
	_, _, base := serveSite(t, s.env["PONTE_DB"], func(o *web.Options) { o.Demo = true })
	tb := newTab(t, base)
	tb.open("/contas")
	tb.look("contas")
	tb.open("/")
	tb.reads("O que espera por você")
	tb.look("painel")
}
