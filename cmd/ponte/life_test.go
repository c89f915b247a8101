package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A life is one administrator's, in one browser, before one ponte serve on one database.
type life struct {
	*lived
	tab *tab
	db  *store.DB // beside the process, to see what is stored
}

const lifeAccount = "polo-sul-climatizacao"

// TestTheWholeLifeInABrowser walks from the first run to the sign-out, without scripts.
func TestTheWholeLifeInABrowser(t *testing.T) {
	l := &life{lived: newcomer(t)}
	address, invitation := l.serveFirst()
	var err error
	if l.db, err = openStore(l.env["PONTE_DB"]); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.db.Close() })
	l.tab = newTab(t, address)
	l.tab.scripts(false)
	l.tab.open(invitation)
	l.tab.accepts()
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"connect", l.connects},
		{"a change arrives", l.aChangeArrives},
		{"mend", l.mends},
		{"settle", l.settles},
		{"undo", l.undoes},
		{"match", l.matches},
		{"release", l.releases},
		{"leave", l.leaves},
	} {
		began := time.Now()
		step.do()
		t.Logf("%s: %s", step.name, time.Since(began).Round(100*time.Millisecond))
	}
}

func (l *life) path(parts ...string) string {
	return "/contas/" + lifeAccount + "/" + strings.Join(parts, "/")
}

// syncs asks for a run in the painel and waits until it is over. One that came by itself
// meanwhile may have read before what the test did: another is asked for after it.
func (l *life) syncs() {
	l.t.Helper()
	for asked := false; !asked; {
		l.eventually("no run is at work", func() bool {
			s, err := l.db.Schedule(l.t.Context(), lifeAccount)
			return err == nil && s.Run == ""
		})
		was := l.lastRun()
		l.tab.open("/contas/" + lifeAccount)
		l.tab.press("a[href$=sincronizar]")
		if strings.Contains(l.tab.text("main"), "já está em andamento") {
			continue
		}
		l.tab.press(".deeds button")
		asked = strings.Contains(l.tab.text("main"), "A rodada começa agora.")
		l.eventually("the run that was asked for", func() bool { return l.lastRun() != was })
	}
}

// lastRun is the newest cycle that ended; a run for hints is one, too, and there are none here.
func (l *life) lastRun() string {
	run, err := l.db.LastRun(l.t.Context(), lifeAccount)
	if err != nil {
		l.t.Fatal(err)
	}
	return run.ID
}

// linkedCustomer is a customer that stands on both sides with a telephone.
func (l *life) linkedCustomer() (pair store.Link, omie int64) {
	l.t.Helper()
	all, err := l.db.AllLinks(l.t.Context(), lifeAccount, record.Customer)
	for _, x := range all {
		i, ierr := l.db.Item(l.t.Context(), lifeAccount, x.On(record.Auvo))
		if ierr == nil && i.Fields[record.FieldPhone] != "" {
			pair = x
		}
	}
	if err == nil {
		omie, err = strconv.ParseInt(pair.Omie, 10, 64)
	}
	if err != nil {
		l.t.Fatalf("no customer is linked: %v", err)
	}
	return pair, omie
}

// phoneOf is a customer's telephone as Ponte last read or wrote it.
func (l *life) phoneOf(ref record.Ref) string {
	i, err := l.db.Item(l.t.Context(), lifeAccount, ref)
	if err != nil {
		l.t.Fatal(err)
	}
	return i.Fields[record.FieldPhone]
}

func (l *life) ok(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *life) aChangeArrives() {
	pair, omie := l.linkedCustomer()
	l.tab.open(l.path("sincronizar"))
	l.tab.reads("A próxima rodada começa já")
	l.tab.look("sincronizar")
	l.ok(l.omie.Edit("clientes", omie, map[string]any{"telefone1_ddd": "48", "telefone1_numero": "933334444"}))
	l.syncs()
	if got := l.phoneOf(pair.On(record.Auvo)); got != "48933334444" {
		l.t.Errorf("Auvo has the telephone %q", got)
	}
	l.tab.open(l.path("registros/customer/auvo", pair.Auvo))
	l.tab.reads("(48) 93333-4444")
	l.tab.do(chromedp.Click(chromedp.CSS("details summary")))
	if got := l.tab.text("details pre"); !strings.Contains(got, "phoneNumber") || strings.Contains(got, "48933334444") {
		l.t.Errorf("a payload shows its personal data before anybody asked:\n%s", got)
	}
	l.tab.press("details form button")
	l.tab.reads("ficou anotado na auditoria que você os viu")
	if got := l.tab.text("details pre"); !strings.Contains(got, "48933334444") {
		l.t.Errorf("the payload stays covered:\n%s", got)
	}
	l.tab.look("historia-revelada")
	l.tab.open(l.path("auditoria"))
	l.tab.reads("viu os dados protegidos")
}

func (l *life) mends() {
	tb := l.tab
	for n := 0; ; n++ {
		for range 5 {
			l.company.Live(time.Now())
		}
		l.syncs()
		tb.open(l.path("pendencias/missing-product"))
		if strings.Contains(tb.text("main"), "AVULSO") {
			break
		}
		if n == 5 {
			tb.Fatalf("no task waits for a product:\n%s", tb.text("main"))
		}
	}
	tb.do(chromedp.Click(chromedp.CSS("input[type=checkbox]")))
	tb.press("button[formaction$=ignorar]")
	tb.look("ignorar")
	tb.press(".deeds a")
	l.ok(l.omie.Seed(omiesim.Data{Produtos: []omiesim.Record{{"codigo_produto": int64(7009999999), "codigo": "AVULSO", "descricao": "Peça avulsa", "unidade": "UN", "ncm": "8421.39.90", "valor_unitario": 45, "inativo": "N"}}}))
	tb.do(chromedp.Click(chromedp.CSS("input[type=checkbox]")))
	tb.press("button[formaction$=tentar]")
	tb.reads("A próxima rodada decide este registro de novo")
	tb.look("tentar")
	tb.press(".deeds button")
	tb.reads("na próxima rodada.")
	made := len(l.omie.Snapshot().Pedidos) + len(l.omie.Snapshot().OS)
	l.syncs()
	tb.open(l.path("pendencias/missing-product"))
	if strings.Contains(tb.text("main"), "AVULSO") {
		tb.Errorf("the task still waits:\n%s", tb.text("main"))
	}
	if now := len(l.omie.Snapshot().Pedidos) + len(l.omie.Snapshot().OS); now <= made {
		tb.Errorf("%d documents before it was mended and %d after", made, now)
	}
}

func (l *life) settles() {
	pair, omie := l.linkedCustomer()
	l.ok(l.auvo.Edit("customers", pair.Auvo, map[string]any{"phoneNumber": []any{"48911111111"}}))
	l.ok(l.omie.Edit("clientes", omie, map[string]any{"telefone1_ddd": "48", "telefone1_numero": "922222222"}))
	l.syncs()
	l.tab.open(l.path("conflitos/customer/auvo", pair.Auvo))
	l.tab.press("button[value=auvo]")
	l.tab.reads("O valor do Auvo vale a partir da próxima rodada.")
	l.syncs()
	if got := l.phoneOf(pair.On(record.Omie)); got != "48911111111" {
		l.t.Errorf("Omie has the telephone %q", got)
	}
}

func (l *life) undoes() {
	links, err := l.db.AllLinks(l.t.Context(), lifeAccount, record.ServiceOrder)
	if err != nil || len(links) == 0 {
		l.t.Fatalf("no order was made: %v", err)
	}
	story := l.path("registros/task/auvo", strings.TrimPrefix(links[0].Auvo, "task:"))
	if at, ok := strings.CutPrefix(links[0].Auvo, "quotation:"); ok {
		story = l.path("registros/quotation/auvo", at)
	}
	l.tab.open(story)
	l.tab.press("a[href*=desfazer]")
	l.tab.write("#motivo", "cobrado à mão")
	l.tab.press(".deeds button")
	l.tab.reads("Pedido: a próxima rodada desfaz")
	l.syncs()
	l.tab.open(story)
	l.tab.reads("Desfeito por uma pessoa")
	if standing := l.standing(links[0].Code); len(standing) != 0 {
		l.t.Errorf("standing: %v", standing)
	}
}

func (l *life) matches() {
	tb := l.tab
	tb.open(l.path("conferencia?fluxo=customers&nivel=doubtful"))
	tb.do(chromedp.Click(chromedp.CSS(".ticks input")))
	tb.press("button[formaction$=ligar]")
	part := strings.Split(script[string](tb, "document.querySelector('input[name=par]').value"), "~")
	tb.press(".deeds button")
	tb.reads("1 par foi ligado; a próxima rodada compara os campos.")
	l.syncs()
	i, err := l.db.Item(l.t.Context(), lifeAccount, record.Ref{Kind: record.Customer, Side: record.Auvo, ID: part[1]})
	if err != nil || i.Fields[record.FieldExternalID] != part[2] {
		tb.Errorf("the next cycle wrote nothing: %v, %v", i.Fields, err)
	}
}

func (l *life) releases() {
	tb := l.tab
	tb.open(l.path("regras"))
	tb.press("a[href*='flows.tasks']")
	tb.write("input[name='v.max_documents']", "1")
	tb.press("button[value=mudar]")
	tb.press(".deeds button")
	tb.reads("Salvo. Vale a partir da próxima rodada.")
	for n := 0; ; n++ {
		for range 20 {
			l.company.Live(time.Now())
		}
		l.syncs()
		tb.open("/contas/" + lifeAccount)
		if strings.Contains(tb.text("main"), "Freio segurando") {
			break
		}
		if n == 5 {
			tb.Fatalf("no brake holds:\n%s", tb.text("main"))
		}
	}
	made := len(l.omie.Snapshot().Pedidos) + len(l.omie.Snapshot().OS)
	tb.press(".strip a")
	tb.reads("documentos demais de uma vez")
	tb.press("form[action*=freios] button")
	tb.reads("na próxima rodada")
	l.syncs()
	if now := len(l.omie.Snapshot().Pedidos) + len(l.omie.Snapshot().OS); now <= made {
		tb.Errorf("%d documents before the release and %d after", made, now)
	}
}

func (l *life) leaves() {
	tb := l.tab
	tb.open("/eu")
	tb.write("#atual", "uma ponte firme")
	tb.write("#nova", "outra ponte firme")
	tb.write("#nova2", "outra ponte firme")
	tb.press("form[action='/eu/senha'] button")
	tb.reads("senha")
	tb.press(".who button")
	tb.reads("Entrar")
	tb.allowed = []int{422}
	for _, try := range [][2]string{{"uma ponte firme", "não conferem"}, {"outra ponte firme", "Painel"}} {
		tb.write("#email", "ana@polosul.test")
		tb.write("#senha", try[0])
		tb.press("button[type=submit]")
		tb.reads(try[1])
	}
	tb.press(".who button")
	tb.reads("Entrar")
}
