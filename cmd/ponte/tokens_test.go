package main

import (
	"testing"

	"github.com/chromedp/chromedp"

	"ponte/internal/web"
)

// TestTokensInABrowser: a program's token is made, shown once and revoked, without scripts.
func TestTokensInABrowser(t *testing.T) {
	s := newLived(t, 1, nil)
	_, _, base := serveSite(t, s.env["PONTE_DB"], func(o *web.Options) { o.Demo = true })
	tb := newTab(t, base)
	tb.scripts(false)
	tb.open("/ajustes")
	tb.press("a[href$=tokens]")
	tb.reads("Nenhum programa tem um token.")
	tb.look("tokens-vazios")
	tb.press("a[href$=novo]")
	tb.look("token-novo")
	tb.write("#nome", "n8n")
	tb.do(chromedp.Click(chromedp.CSS("input[value=operate]")))
	tb.press(".deeds button")
	tb.reads("Só aparece agora")
	tb.look("token-feito")
	tb.press(".deeds a")
	tb.reads("nunca usado")
	tb.look("tokens")
	tb.press("a[href$=revogar]")
	tb.look("token-revogar")
	tb.press(".deeds button")
	tb.reads("O token n8n não vale mais.")
}
