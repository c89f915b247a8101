package main

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"ponte/internal/cli"
)

// TestTheDemoBeginsAnewWithTheAssistantInABrowser: a visitor walks from the demo that is
// ready through the assistant to an active account, and back, and no vendor's rule is broken.
func TestTheDemoBeginsAnewWithTheAssistantInABrowser(t *testing.T) {
	var out output
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	w := world()
	w.Stdout, w.Stderr = &out, &out
	ended := make(chan error, 1)
	go func() { ended <- runDemo(ctx, w, cli.DemoOptions{Seed: 1, Scale: 1, Duration: 10 * time.Minute}) }()
	var pages []string
	for began := time.Now(); len(pages) == 0 && time.Since(began) < 30*time.Second; time.Sleep(50 * time.Millisecond) {
		pages = regexp.MustCompile(`pages: (http://\S+)`).FindStringSubmatch(out.String())
	}
	if len(pages) == 0 {
		t.Fatal(out.String())
	}
	tb := newTab(t, pages[1])
	tb.open("/")
	tb.reads("Polo Sul Climatização")
	tb.open("/assistente") // one company at a time
	tb.reads("Recomeçar a demonstração")
	tb.look("demonstracao")
	tb.press("button[value=assistente]")
	tb.reads("A demonstração recomeçou")
	tb.write("#nome", "Minha Empresa")
	tb.press(".deeds button")
	tb.reads("As chaves desta demonstração")
	tb.look("chaves-demonstracao")
	for range 2 {
		tb.press("button.second")
	}
	tb.reads("O que fica de acordo")
	tb.press(".deeds button")
	const at = "/assistente/minha-empresa/"
	tb.comes(at+"ajustes/escolhas", "Listas lidas", 30*time.Second)
	tb.open(at + "ajustes/padroes")
	tb.choose("[name='v.orders.service_order.category']", "1.01.02")
	tb.choose("[name='v.orders.service_order.bank_account']", "7000000300")
	tb.press("main form .deeds button")
	tb.open(at + "ajustes/escolhas")
	tb.press("main form .deeds button")
	tb.open(at + "plano")
	tb.press(".deeds button")
	tb.comes(at+"plano", "Seguir: conferir cadastros", 90*time.Second)
	tb.open(at + "conferencia")
	tb.press("button[value=conferido]")
	tb.press("form[action$=ativar] button")
	tb.reads("Conta ativada")
	tb.comes("/contas/minha-empresa", "Em andamento", 60*time.Second) // what it reads or writes, as far as it is
	tb.look("painel-andamento")
	tb.open("/demonstracao")
	tb.press("button[value=pronta]")
	tb.reads("Polo Sul Climatização")
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if !strings.Contains(out.String(), "violations: 0\n") {
		t.Errorf("rules were broken:\n%s", out.String())
	}
}
