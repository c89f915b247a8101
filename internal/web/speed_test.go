package web

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ponte/internal/config"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/secret"
	"ponte/internal/setup"
	"ponte/internal/store"
	"ponte/internal/store/pgtest"
)

// What the pages are measured on, and how long one may take.
const (
	benchLinked = 100_000   // records that stand on both sides
	benchEvents = 1_000_000 // lines of history
	benchDone   = 4_000     // changes of the week
	benchWaits  = 5_000
	benchRuns   = 500
	benchActs   = 1_000_000 // of the audit
	benchTasks  = 20_000    // seen and left out, which a change of rules is tried on
	benchMost   = 150 * time.Millisecond
	benchOne    = benchLinked / 9 * 7 // one of the linked records
)

// BenchmarkPages asks for each page of a large account, on SQLite and on
// PostgreSQL; a page that takes longer than benchMost fails it.
func BenchmarkPages(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchPages(b, filepath.Join(b.TempDir(), "ponte.db")) })
	b.Run("postgres", func(b *testing.B) {
		if pgtest.Server() == "" {
			b.Skip("PONTE_TEST_POSTGRES is not set: run it under tools/postgres.sh")
		}
		benchPages(b, pgtest.New(b))
	})
}

func benchPages(b *testing.B, dsn string) {
	ring, err := secret.Open(secret.Options{Database: filepath.Join(b.TempDir(), "keys")})
	if err != nil {
		b.Fatal(err)
	}
	db, err := store.Open(b.Context(), dsn, ring)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	run := fillStore(b, db)
	if db.Pool() != nil { // what autovacuum does within minutes of such a load
		if _, err := db.SQL().ExecContext(b.Context(), "vacuum analyze"); err != nil {
			b.Fatal(err)
		}
	}
	benchSite(b, db, run)
}

// benchPaths are the pages that are measured, by name.
func benchPaths(run string) map[string]string {
	const acme, review = "/contas/acme", "/assistente/grande/conferencia"
	one := fmt.Sprint(benchOne)
	return map[string]string{
		"contas": "/contas", "início": "/", "painel": acme, "pendencias": acme + "/pendencias", "causa": acme + "/pendencias/refused?depois=100",
		"busca nome": acme + "/busca?q=padaria+azul", "busca documento": acme + "/busca?q=doc" + one, "busca nada": acme + "/busca?q=zzzz", "busca muito": acme + "/busca?q=padaria",
		"registro": acme + "/registros/customer/auvo/" + one, "execucoes": acme + "/execucoes", "execucao": acme + "/execucoes/" + run, "regras": acme + "/regras",
		"conferencia": acme + "/conferencia", "ligar": acme + "/conferencia/ligar?par=" + pairToken(benchAlone(), benchItem(record.Omie, 7)), "separar": acme + "/conferencia/separar?par=" + pairToken(benchItem(record.Auvo, benchOne), benchItem(record.Omie, benchOne)), "escolher": acme + "/conferencia/escolher/customer/auvo/sozinho?q=padaria",
		"desfazer": acme + "/desfazer?registro=customer/auvo/" + one, "tentar todos": acme + "/tentar?causa=refused&todos=1", "ignorar todos": acme + "/ignorar?causa=refused&todos=1",
		"conflito": acme + "/conflitos/customer/auvo/3", "freio": acme + "/freios/tasks", "sincronizar": acme + "/sincronizar", "pausa": acme + "/pausa",
		"auditoria": "/auditoria", "auditoria adiante": "/auditoria?antes=400000", "auditoria da conta": acme + "/auditoria", "auditoria de uma pessoa": "/auditoria?pessoa=p7&o_que=rare&conta=acme", "auditoria rara": acme + "/auditoria?o_que=rare",
		"tokens": "/ajustes/tokens", "novo token": "/ajustes/tokens/novo", "pessoas": "/pessoas", "exigir duas etapas": "/pessoas/duas-etapas", "convidar": "/pessoas/convidar", "ajustes": "/ajustes", "cópia": "/ajustes/copia", "aviso de teste": acme + "/avisos/teste", "webhook": acme + "/avisos/webhook",
		"conexoes": acme + "/conexoes", "chaves": acme + "/conexoes/auvo/chaves", "endereço": acme + "/conexoes/auvo/endereco", "registrar": acme + "/conexoes/auvo/registrar", "remover": acme + "/remover",
		"mudar": acme + "/regras/mudar?bloco=orders.service_order", "conferir mudança": acme + "/regras/conferir?bloco=flows.tasks&v.task_types=102", "arquivo": "/arquivo",
		"assistente": "/assistente", "rascunho": "/assistente/grande", "chaves do rascunho": "/assistente/grande/chaves/auvo", "ajustes do rascunho": "/assistente/grande/ajustes/fluxos", "plano": "/assistente/grande/plano",
		"rever": review, "rever adiante": review + "?fluxo=customers&nivel=certain&depois=40000", "rever escolher": review + "/escolher/customer/auvo/100?q=padaria", "ativar": "/assistente/grande/ativar", "descartar": "/assistente/grande/descartar",
		"demonstração": "/demonstracao", "eu": "/eu",
	}
}

// unmeasured are addresses that are no pages, or that are pages of somebody who is not in the benchmark.
var unmeasured = map[string]string{
	"GET /entrar":                             "leads on who is signed in",
	"GET /convite/{token}":                    "works once",
	"GET /entrar/codigo":                      "leads on who is signed in",
	"GET /entrar/provedor":                    "leads elsewhere",
	"GET /entrar/provedor/volta":              "works once",
	"GET /eu/provedor":                        "works once",
	"GET /eu/provar":                          "a demo, as the benchmark is, asks for no proof",
	"GET /eu/duas-etapas":                     "a demo has no second step",
	"GET /eu/duas-etapas/codigos":             "a demo has no second step",
	"GET /eu/duas-etapas/desligar":            "a demo has no second step",
	"GET /pessoas/{pessoa}/duas-etapas":       "one person",
	"GET /arquivo/contas.yaml":                "a file",
	"GET /auditoria.csv":                      "a file",
	"GET /contas/{conta}/auditoria.csv":       "a file",
	"GET /contas/{conta}/execucoes.csv":       "a file",
	"GET /contas/{conta}/execucoes/{run}/csv": "a file",
	"GET /contas/{conta}/incertas/{id}":       "one row of the ledger, by its number",
	"GET /pessoas/{pessoa}":                   "one person",
	"GET /ajustes/tokens/{token}/revogar":     "one token",
	"GET /pessoas/{pessoa}/papel":             "one person",
	"GET /pessoas/{pessoa}/convite":           "one person",
	"GET /pessoas/{pessoa}/cancelar-convite":  "one person",
	"GET /pessoas/{pessoa}/sessoes":           "one person",
	"GET /pessoas/{pessoa}/remover":           "one person",
}

// TestEachPageIsMeasured: a page that is added is added to the benchmark, or it is said why not.
func TestEachPageIsMeasured(t *testing.T) {
	mux, left := http.NewServeMux(), map[string]bool{}
	for _, r := range routes() {
		if strings.HasPrefix(r.pattern, "GET ") {
			mux.HandleFunc(r.pattern, func(http.ResponseWriter, *http.Request) {})
			left[r.pattern] = true
		}
	}
	for name, path := range benchPaths("r1") {
		_, pattern := mux.Handler(httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
		if pattern == "" {
			t.Errorf("%s: %s is no page", name, path)
		}
		delete(left, pattern)
	}
	for pattern := range unmeasured {
		if !left[pattern] {
			t.Errorf("%s is measured, or is no page", pattern)
		}
		delete(left, pattern)
	}
	for pattern := range left {
		t.Errorf("%s is not measured", pattern)
	}
}

func benchSite(b *testing.B, db *store.DB, run string) {
	site := New(Options{
		Store: db, Holder: "bench", Demo: true, Rehearsal: &Rehearsal{Begin: func(context.Context, bool) error { return nil }},
		Log:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Post:   func(context.Context, any, string, ...int64) error { return nil },
		Hasten: func(context.Context, string) (store.Schedule, error) { return store.Schedule{}, nil },
		Assistant: &Assistant{
			New:     func() config.Account { return *config.New[config.Account]() },
			Connect: func(config.Account) (auvo, omie record.System, err error) { return auvo, omie, nil },
			Ask:     func(context.Context, any, store.Owner, string, int64) error { return nil },
			Enqueue: func(context.Context, any, ...store.Job) error { return nil },
		},
	})
	fillDraft(b, db)
	for name, path := range benchPaths(run) {
		b.Run(name, func(b *testing.B) { benchPage(b, site, path) })
	}
}

// fillDraft makes a draft of whose dry run a person may look at 50,000 pairs.
func fillDraft(b *testing.B, db *store.DB) {
	b.Helper()
	ctx, of := b.Context(), store.Owner{ID: "grande", Draft: true}
	ok := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	a := *config.New[config.Account]()
	a.ID, a.Name = "grande", "Grande"
	ok(db.AddDraft(ctx, store.Draft{ID: a.ID, Settings: []byte(a.Settings())}))
	enqueue := func(context.Context, any, store.Owner, string, int64) error { return nil }
	answer := func(work string, answer any) {
		owned, err := setup.Owned(ctx, db, of)
		ok(err)
		ok(db.AskWork(ctx, of, work, setup.About(work, owned), enqueue))
		works, err := db.Works(ctx, of)
		ok(err)
		number := works[work].Number
		if work == setup.Plan {
			for from := 0; from < benchLinked/2; from += 1000 {
				var items []record.Item
				var pairs []store.DraftPair
				for n := from; n < from+1000; n++ {
					auvo, omie := benchItem(record.Auvo, n), benchItem(record.Omie, n)
					items = append(items, auvo, omie)
					pairs = append(pairs, store.DraftPair{Kind: record.Customer, Level: flow.LevelCertain, Seq: int64(n + 1), Auvo: auvo.ID, Omie: omie.ID, Score: 60, Reasons: []string{"mesmo CPF/CNPJ"}})
				}
				ok(db.SaveReview(ctx, of.ID, number, items, pairs))
			}
		}
		text, err := json.Marshal(answer)
		ok(err)
		ok(db.EndWork(ctx, store.Work{Owner: of, Work: work, Number: number, Reviews: work == setup.Plan, Answered: setup.About(work, owned), Answer: text}))
	}
	answer(setup.Lists, []record.Catalogue{{Name: record.TaskTypes, Choices: []record.Choice{{Code: "7", Title: "Visita"}}}})
	answer(setup.Plan, forecast)
}

// BenchmarkManyAccounts asks for the list of two hundred accounts, and for a page of one of them.
func BenchmarkManyAccounts(b *testing.B) {
	ring, err := secret.Open(secret.Options{Database: filepath.Join(b.TempDir(), "keys")})
	if err != nil {
		b.Fatal(err)
	}
	for name, dsn := range map[string]string{"sqlite": filepath.Join(b.TempDir(), "ponte.db"), "postgres": ""} {
		b.Run(name, func(b *testing.B) {
			if dsn == "" {
				if pgtest.Server() == "" {
					b.Skip("PONTE_TEST_POSTGRES is not set: run it under tools/postgres.sh")
				}
				dsn = pgtest.New(b)
			}
			db, err := store.Open(b.Context(), dsn, ring)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			for n := range 200 {
				id := fmt.Sprintf("conta-%03d", n)
				settings := `{"id":"` + id + `","flows":{"customers":{},"products":{},"services":{},"tasks":{}},"orders":{"service_order":{"category":"1.01.02","bank_account":7}}}`
				if err := db.SaveAccount(b.Context(), store.Account{ID: id, Name: "Empresa " + id, Settings: []byte(settings)}, nil); err != nil {
					b.Fatal(err)
				}
			}
			site := New(Options{Store: db, Holder: "bench", Demo: true})
			for page, path := range map[string]string{"contas": "/contas", "erro": "/contas?estado=erro", "regras": "/contas/conta-100/regras"} {
				b.Run(page, func(b *testing.B) { benchPage(b, site, path) })
			}
		})
	}
}

func benchPage(b *testing.B, site *Site, path string) {
	var cookies []*http.Cookie
	ask := func() {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "http://localhost"+path, http.NoBody)
		r.RemoteAddr = "127.0.0.1:1"
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		if w.Code >= 400 {
			b.Fatalf("%s answers %d: %s", path, w.Code, between(w.Body.String(), "<h1>", "</h1>"))
		}
		cookies = append(cookies, w.Result().Cookies()...)
	}
	ask() // signs in, and warms the database
	for b.Loop() {
		ask()
	}
	if each := b.Elapsed() / time.Duration(b.N); each > benchMost {
		b.Errorf("%s takes %s", path, each)
	}
}

// fillStore makes the large account, and returns a run's id.
func fillStore(b *testing.B, db *store.DB) string {
	b.Helper()
	ctx, began := b.Context(), time.Now()
	ok := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	settings := `{"id":"acme","name":"ACME","alerts":{"email":["office@example.test"]},"flows":{"customers":{},"products":{},"services":{},"tasks":{},"quotations":{"approved_stages":["Aprovado"]}},"orders":{"service_order":{"category":"1.01.02","bank_account":7},"sales_order":{"category":"1.01.03","bank_account":7}}}`
	ok(db.SaveAccount(ctx, store.Account{ID: "acme", Name: "ACME", Settings: []byte(settings)}, nil))
	l, err := db.Acquire(ctx, "acme", "bench", time.Hour)
	ok(err)
	const page = 1000
	for from := 0; from < benchLinked; from += page {
		for _, side := range []record.Side{record.Auvo, record.Omie} {
			w := store.PageWrite{Run: "r0", Kind: record.Customer, Side: side}
			for n := from; n < from+page; n++ {
				w.Seen = append(w.Seen, store.Seen{Item: benchItem(side, n)})
			}
			_, err := db.SavePage(ctx, l, w)
			ok(err)
		}
		var d store.Decision
		for n := from; n < from+page; n++ {
			id := fmt.Sprint(n)
			d.Links = append(d.Links, store.Link{Kind: record.Customer, Auvo: id, Omie: id, How: "pelo CPF/CNPJ"})
		}
		_, err := db.Decide(ctx, l, d)
		ok(err)
	}
	fillTasks(ctx, b, db, l)
	fillHistory(ctx, b, db, l)
	run := fillRuns(ctx, b, db, l)
	fillActs(ctx, b, db)
	b.Logf("filled in %s", time.Since(began).Round(time.Second))
	return run
}

func benchItem(side record.Side, n int) record.Item {
	id := fmt.Sprint(n)
	first := []string{"Padaria", "Oficina", "Clínica", "Mercado", "Condomínio", "Escola", "Hotel", "Farmácia"}[n%8]
	second := []string{"Azul", "Central", "Bela Vista", "do Sul", "Horizonte"}[n/8%5]
	return record.Item{
		Kind: record.Customer, Side: side, ID: id, Title: first + " " + second + " " + id, Changed: time.Now(),
		Fields: record.Fields{record.FieldName: first + " " + second + " " + id, record.FieldDocument: "doc" + id, record.FieldPhone: "48999991234", record.FieldAddress: "Rua das Flores, 12, Centro, FLORIANÓPOLIS - SC, 88000000"},
		Keys:   []record.Key{{Name: record.KeyDocument, Value: "doc" + id}},
		Raw:    fmt.Appendf(nil, `{"razao_social":"%s %s %s","cnpj_cpf":"%s","endereco":"%0400d"}`, first, second, id, id, n),
	}
}

// benchAlone is a customer that is linked to nothing.
func benchAlone() record.Item {
	alone := benchItem(record.Auvo, 7)
	alone.ID, alone.Keys = "sozinho", nil
	return alone
}

// fillTasks adds tasks that no order was made for, and a customer that is alone.
func fillTasks(ctx context.Context, b *testing.B, db *store.DB, l store.Lease) {
	b.Helper()
	alone := benchAlone()
	w := store.PageWrite{Run: "r0", Kind: record.Customer, Side: record.Auvo, Seen: []store.Seen{{Item: alone}}}
	for n := 0; ; {
		if _, err := db.SavePage(ctx, l, w); err != nil {
			b.Fatal(err)
		}
		if n == benchTasks {
			return
		}
		w = store.PageWrite{Run: "r0", Kind: record.Task, Side: record.Auvo}
		for range 1000 {
			id := fmt.Sprint(812000 + n)
			w.Seen = append(w.Seen, store.Seen{Carry: true, Item: record.Item{
				Kind: record.Task, Side: record.Auvo, ID: id, Title: "Tarefa " + id, Changed: time.Now(),
				Source: &record.Source{Status: record.StatusFinished, TaskType: fmt.Sprint(101 + n%5), CustomerName: "Cliente", Changed: time.Now()},
			}})
			n++
		}
	}
}

// fillHistory brings the history to its size: every record read wrote a line already.
func fillHistory(ctx context.Context, b *testing.B, db *store.DB, l store.Lease) {
	var events []store.Event
	for n := range benchEvents - 2*benchLinked {
		events = append(events, store.Event{At: time.Now(), Run: "r0", Ref: record.Ref{Kind: record.Customer, Side: record.Auvo, ID: fmt.Sprint(n % benchLinked)}, What: "decided", Text: "Os dois lados estão iguais."})
		if len(events) == 10_000 || n == benchEvents-2*benchLinked-1 {
			if err := db.AddEvents(ctx, l, events...); err != nil {
				b.Fatal(err)
			}
			events = nil
		}
	}
	var waits []store.Decision
	for n := range benchWaits {
		cause := []string{"refused", "refused", "missing-product", "conflict"}[n%4]
		ref := record.Ref{Kind: record.Customer, Side: record.Auvo, ID: fmt.Sprint(n)}
		waits = append(waits, store.Decision{Flow: "customers", Settles: []record.Ref{ref}, Waits: []store.Wait{{
			Flow: "customers", Ref: ref, Auvo: ref.ID, Title: "Cliente " + ref.ID, Cause: cause, About: "x", Since: time.Now(), Detail: map[string]string{"side": "omie", "text": "o campo x falta", "name": "Filtro"},
		}}})
	}
	if _, err := db.Decide(ctx, l, waits...); err != nil {
		b.Fatal(err)
	}
}

func fillRuns(ctx context.Context, b *testing.B, db *store.DB, l store.Lease) string {
	last := ""
	for n := range benchRuns {
		last = fmt.Sprintf("run%05d", n)
		r := store.Run{ID: last, Account: "acme", Started: time.Now(), Finished: time.Now(), Complete: true}
		for _, f := range []string{"customers", "products", "services", "quotations", "tasks"} {
			r.Flows = append(r.Flows, store.FlowRun{Flow: f, Read: 10, Unchanged: 10, Calls: map[string]int{"auvo": 1, "omie": 1}})
		}
		if err := db.FinishRun(ctx, l, r); err != nil {
			b.Fatal(err)
		}
	}
	for from := 0; from < benchDone; from += 1000 {
		var d []store.Decision
		for n := from; n < from+1000; n++ {
			d = append(d, store.Decision{Flow: "customers", Plan: []store.Change{{
				Key: fmt.Sprint("k", n), Run: last, Flow: "customers", Kind: record.Customer, Source: record.Ref{Kind: record.Customer, Side: record.Auvo, ID: fmt.Sprint(n)}, Title: "Cliente", Action: "update", To: record.Omie,
				Fields: []store.FieldChange{{Name: "phone", From: "1", To: "2"}},
			}}})
		}
		planned, err := db.Decide(ctx, l, d...)
		if err != nil {
			b.Fatal(err)
		}
		for i, c := range planned {
			c.State, c.Settled = store.Done, time.Now().Add(-time.Duration(i)*10*time.Minute)
			if err := db.Settle(ctx, l, store.Settlement{Change: c}); err != nil {
				b.Fatal(err)
			}
		}
	}
	return last
}

// fillActs brings the audit to its size. Rows are copied beside the chain, which no
// page reads: writing each as it is written would take hours.
func fillActs(ctx context.Context, b *testing.B, db *store.DB) {
	b.Helper()
	a := store.Act{Account: "acme", Person: "p0", By: "Ana, ana@example.test", What: "retried", About: "task:812", Said: "mandou tentar de novo: tarefa 812"}
	if err := db.AddAct(ctx, a); err != nil {
		b.Fatal(err)
	}
	for n := int64(1); n < benchActs; n *= 2 {
		_, err := db.SQL().ExecContext(ctx, `insert into acts (seq, at, account, person, by_name, what, about, said, fields, hash)
			select seq + $1, at, case (seq + $1) % 3 when 0 then 'other' else 'acme' end, 'p' || (seq + $1) % 40, by_name, case (seq + $1) % 100000 when 0 then 'rare' else what end,
			about, said, fields, 'h' || (seq + $1) from acts where seq + $1 <= $2`, n, int64(benchActs))
		if err != nil {
			b.Fatal(err)
		}
	}
}
