package main

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"ponte/internal/company"
	"ponte/internal/record"
	"ponte/internal/store"
	"ponte/internal/web"
)

// serveSite serves the pages over a bench's store.
func serveSite(t *testing.T, path string, change func(*web.Options)) (*web.Site, *store.DB, string) {
	t.Helper()
	db, err := openStore(path)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	o := web.Options{Store: db, PublicURL: "http://" + server.Listener.Addr().String(), Holder: "test", Version: "test", MemoryKeys: memoryKeys, RecordLink: recordLink}
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

// look looks at the page at both widths: it must be accessible, and it is
// photographed whole where PONTE_SCREENSHOTS names a folder.
func (tb *tab) look(name string) {
	tb.Helper()
	if tb.scriptless { // axe-core is a script; the page was loaded without
		tb.scripts(true)
		defer tb.scripts(false)
	}
	tb.accessible()
	for _, width := range []int64{390, 1280} {
		tb.do(chromedp.EmulateViewport(width, 800))
		tb.fits()
		if width == 390 && name == "painel" { // the narrow layout stands around every page
			tb.accessible()
		}
		tb.photograph(name, width)
	}
	tb.do(chromedp.EmulateViewport(1280, 800))
}

func (tb *tab) photograph(name string, width int64) {
	tb.Helper()
	folder := os.Getenv("PONTE_SCREENSHOTS")
	if folder == "" {
		return
	}
	// As high as the page: what is fixed to the window then stands at its edge.
	tb.do(chromedp.EmulateViewport(width, script[int64](tb, "document.documentElement.scrollHeight")))
	shot, err := chromedp.Run(tb.ctx, chromedp.CaptureScreenshot())
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
	tb.accepts()
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

// accepts fills an invitation in, as Ana Prado.
func (tb *tab) accepts() {
	tb.Helper()
	tb.write("#nome", "Ana Prado")
	tb.write("#email", "ana@polosul.test")
	tb.write("#senha", "uma ponte firme")
	tb.write("#senha2", "uma ponte firme")
	tb.press("button[type=submit]")
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
	tb.press("a[href$=pausa]")
	tb.look("pausa")
	tb.press(".crumbs a")
	tb.press(".causes a")
	tb.look("causa")
	tb.press(".tabs a[href$=pendencias]")
	tb.look("pendencias")
	tb.open("/contas/polo-sul/pendencias/missing-product")
	tb.press(".ticks .wait a")
	tb.reads("Linha do tempo")
	tb.look("historia-tarefa")
	tb.press(".tabs a[href$=busca]")
	tb.look("busca-vazia")
	tb.write("#q", "ltda")
	tb.press(".search button")
	tb.look("busca")
	tb.press(".rows a")
	tb.look("historia")
	tb.press(".tabs a[href$=execucoes]")
	tb.look("execucoes")
	tb.press("tbody tr:last-child a")
	tb.look("execucao")
	tb.press(".tabs a[href$=regras]")
	tb.look("regras")
	tb.allowed = []int{404}
	tb.open("/nada")
	tb.look("erro")
}

// TestAConflictAndABrakeAreSettledWithoutScriptsInABrowser: whatever a page does
// for the office it does without JavaScript, and in the dark.
func TestAConflictAndABrakeAreSettledWithoutScriptsInABrowser(t *testing.T) {
	s := newLived(t, 1, func(yaml string) string {
		return strings.NewReplacer("conflict: omie", "conflict: ask", "max_documents: 100", "max_documents: 2").Replace(yaml)
	})
	_, db, base := serveSite(t, s.env["PONTE_DB"], func(o *web.Options) { o.Demo = true })
	s.changeBothSides(db)
	tb := newTab(t, base)
	tb.do(emulates(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark}))
	tb.scripts(false)
	tb.open("/")
	tb.reads("Freio segurando")
	tb.look("painel-escuro")
	tb.press(".strip a")
	tb.reads("documentos demais de uma vez")
	tb.look("freio")
	tb.press("form[action*=freios] button")
	tb.reads("seguem na próxima rodada")
	tb.look("pendencias-cheias")
	tb.press("a[href*=conflitos]")
	tb.look("conflito")
	record := strings.TrimPrefix(script[string](tb, "location.pathname"), "/contas/polo-sul/conflitos")
	tb.press("button[value=auvo]")
	tb.reads("O valor do Auvo vale a partir da próxima rodada.")
	tb.look("historia-conflito")
	made := len(s.omie.Snapshot().Pedidos)
	s.ponte(3, "sync", "--json")
	if now := len(s.omie.Snapshot().Pedidos); now <= made {
		t.Errorf("%d sales orders before the release and %d after", made, now)
	}
	tb.open("/contas/polo-sul/conflitos" + record)
	tb.reads("Não há conflito aberto aqui")
}

// changeBothSides has a customer's telephone changed on both sides, and runs a cycle.
func (s *lived) changeBothSides(db *store.DB) {
	s.t.Helper()
	var pair store.Link
	err := db.EachItem(s.t.Context(), company.AccountID, record.Auvo, record.Customer, func(i record.Item) error {
		links, err := db.Links(s.t.Context(), company.AccountID, record.Customer, record.Auvo, i.ID)
		if len(links) > 0 && i.Fields[record.FieldPhone] != "" {
			pair = links[0]
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	omie, err := strconv.ParseInt(pair.Omie, 10, 64)
	if err == nil {
		err = s.auvo.Edit("customers", pair.Auvo, map[string]any{"phoneNumber": []any{"48911111111"}})
	}
	if err == nil {
		err = s.omie.Edit("clientes", omie, map[string]any{"telefone1_ddd": "48", "telefone1_numero": "922222222"})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.ponte(3, "sync", "--json")
}

// scripts has the tab run the pages' scripts, or none.
func (tb *tab) scripts(on bool) {
	tb.Helper()
	tb.scriptless = !on
	tb.do(emulates(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}))
}

// dark is a browser at night, whose colours change at once: axe measures none of those between.
var dark = []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}, {Name: "prefers-reduced-motion", Value: "reduce"}}

// emulates has the tab behave otherwise.
func emulates[P any](command cdp.Command[P, cdp.Empty], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

// TestAnUndoInABrowser: an order is undone from its task's page by the next cycle,
// and made again when a person retries, under the next code.
func TestAnUndoInABrowser(t *testing.T) {
	s := newLived(t, 1, nil)
	_, db, base := serveSite(t, s.env["PONTE_DB"], func(o *web.Options) { o.Demo = true })
	links, err := db.AllLinks(t.Context(), company.AccountID, record.ServiceOrder)
	if err != nil || len(links) == 0 {
		t.Fatalf("no order was made: %v", err)
	}
	task := strings.TrimPrefix(links[0].Auvo, "task:")
	tb := newTab(t, base)
	tb.open("/contas/polo-sul/registros/task/auvo/" + task)
	tb.press("a[href*=desfazer]")
	tb.reads("cancela 1 documento no Omie")
	tb.look("desfazer")
	tb.write("#motivo", "cobrado à mão")
	tb.press(".deeds button")
	tb.reads("Pedido: a próxima rodada desfaz 1 gravação.")
	s.ponte(3, "sync", "--json")
	tb.open("/contas/polo-sul/registros/task/auvo/" + task)
	tb.reads("Desfeito por uma pessoa")
	tb.reads("Cancelar ordem de serviço no Omie Feita")
	tb.look("historia-desfeita")
	tb.press("a[href*=tentar]")
	tb.reads("será feita com o código " + links[0].Code + "R1")
	tb.look("tentar-desfeita")
	tb.press(".deeds button")
	s.ponte(3, "sync", "--json")
	if codes := s.standing(links[0].Code); len(codes) != 1 || codes[0] != links[0].Code+"R1" {
		t.Errorf("standing: %v", codes)
	}
	tb.open("/contas/polo-sul/execucoes")
	tb.press("tbody tr:last-child a")
	if strings.Contains(tb.text("main"), "Desfazer…") {
		tb.press("a[href*=desfazer]")
		tb.look("desfazer-execucao")
	}
}

// TestTheWorkbenchInABrowser: a pair that the cycles left to a person is linked
// without scripts, the next cycle compares their fields, and they are parted again.
func TestTheWorkbenchInABrowser(t *testing.T) {
	s := newLived(t, 1, nil)
	_, db, base := serveSite(t, s.env["PONTE_DB"], func(o *web.Options) { o.Demo = true })
	tb := newTab(t, base)
	tb.scripts(false)
	tb.open("/")
	tb.press(".tabs a[href$=conferencia]")
	tb.reads("Duvidosos 1")
	tb.look("conferencia")
	tb.do(chromedp.Click(chromedp.CSS(".ticks input")))
	tb.press("button[formaction$=ligar]")
	tb.reads("No Auvo, “CPF/CNPJ”: de “(vazio)” para")
	tb.look("ligar")
	auvo := strings.Split(script[string](tb, "document.querySelector('input[name=par]').value"), "~")[1]
	tb.press(".deeds button")
	tb.reads("1 par foi ligado; a próxima rodada compara os campos.")
	s.ponte(3, "sync", "--json")
	now, err := db.Item(t.Context(), company.AccountID, record.Ref{Kind: record.Customer, Side: record.Auvo, ID: auvo})
	if err != nil || now.Fields[record.FieldDocument] == "" || now.Fields[record.FieldExternalID] == "" {
		t.Errorf("the next cycle wrote nothing: %v, %v", now.Fields, err)
	}
	tb.open("/contas/polo-sul/registros/customer/auvo/" + auvo)
	tb.press("a[href*=separar]")
	tb.look("separar")
	tb.press(".deeds button")
	tb.reads("1 par foi separado.")
	tb.open("/contas/polo-sul/conferencia?nivel=different")
	tb.reads("Diferentes, disse uma pessoa 1")
	tb.open("/contas/polo-sul/conferencia?nivel=only-omie")
	tb.press("a[href*=escolher]")
	tb.look("escolher")
}

// TestARuleIsChangedInABrowser: a rule is added from the pages, and the next cycles go by it.
func TestARuleIsChangedInABrowser(t *testing.T) {
	s := newLived(t, 1, nil)
	_, db, base := serveSite(t, s.env["PONTE_DB"], func(o *web.Options) { o.Demo = true })
	tb := newTab(t, base)
	tb.scripts(false)
	tb.open("/contas/polo-sul/regras")
	tb.press("a[href*='flows.tasks']")
	tb.look("mudar")
	tb.allowed = []int{422}
	tb.write("input[name='v.max_documents']", "muitos")
	tb.press("button[value=mudar]")
	tb.reads("“Documentos por rodada, no máximo” só aceita números.")
	tb.look("mudar-errado")
	tb.write("input[name='v.max_documents']", "50")
	tb.do(chromedp.Click(chromedp.CSS("input[name='v.statuses'][value=paused]")))
	tb.press("button[value=mudar]")
	tb.reads("Tarefas: documentos por rodada, no máximo")
	tb.look("conferir-mudanca")
	tb.press(".deeds button")
	tb.reads("Salvo. Vale a partir da próxima rodada.")
	tb.look("regras-mudadas")
	row, err := db.Account(t.Context(), company.AccountID)
	if err != nil || !strings.Contains(string(row.Settings), `"max_documents":50`) || !strings.Contains(string(row.Settings), `"paused"`) {
		t.Errorf("%s, %v", row.Settings, err)
	}
	s.ponte(3, "sync", "--json")
	if mark, err := db.Mark(t.Context(), company.AccountID, "settings"); err != nil || mark != record.Digest(string(row.Settings)) {
		t.Errorf("the cycle went by other settings: %v", err)
	}
}
