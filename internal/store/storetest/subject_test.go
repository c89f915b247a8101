package storetest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ponte/internal/engine"
	keeping "ponte/internal/house"
	"ponte/internal/record"
	"ponte/internal/store"
	"ponte/internal/store/pgtest"
	"ponte/internal/subject"
)

// canaries are what must be found nowhere once their person is erased.
var canaries = []string{"44555666000181", "44.555.666/0001-81", "Zulmira Canário", "zulmira canario", "19987654321", "98765-4321", "zulmira@canario.test", "Rua do Canário, 77", "Portão azul"}

var (
	auvoCustomer = record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "55"}
	omieCustomer = record.Ref{Kind: record.Customer, Side: record.Omie, ID: "7001"}
	herTask      = record.Ref{Kind: record.Task, Side: record.Auvo, ID: "812"}
	herOrder     = record.Ref{Kind: record.ServiceOrder, Side: record.Omie, ID: "9001"}
)

// known fills a store with a person who stands in as many places as there are, and with
// a neighbour who shares an e-mail.
func known(t *testing.T, p place) (*store.DB, store.Lease) {
	t.Helper()
	db, l := leased(t, p)
	ctx := t.Context()
	fields := record.Fields{
		record.FieldName: "Zulmira Canário", record.FieldDocument: "44555666000181", record.FieldPhone: "19987654321",
		record.FieldEmail: "zulmira@canario.test,conta@shared.test", record.FieldAddress: "Rua do Canário, 77", record.FieldComplement: "Portão azul", record.FieldActive: "true",
	}
	save := func(items ...record.Item) {
		w := store.PageWrite{Run: "r", Feed: "f", Kind: items[0].Kind, Side: items[0].Side}
		for _, i := range items {
			w.Seen = append(w.Seen, store.Seen{Item: i, Carry: true})
		}
		must[[]store.Sight](t)(db.SavePage(ctx, l, w))
	}
	person := func(ref record.Ref, f record.Fields) record.Item {
		return record.Item{
			Kind: ref.Kind, Side: ref.Side, ID: ref.ID, Title: f[record.FieldName], Fields: f, Raw: []byte(`{"razao_social":"` + f[record.FieldName] + `","cnpj_cpf":"44.555.666/0001-81","telefone1_numero":"98765-4321"}`),
			Keys: []record.Key{{Name: record.KeyDocument, Value: f[record.FieldDocument]}, {Name: record.KeyName, Value: record.Fold(f[record.FieldName])}},
		}
	}
	neighbour := record.Item{Kind: record.Customer, Side: record.Auvo, ID: "56", Title: "Vizinho Ltda", Fields: record.Fields{record.FieldName: "Vizinho Ltda", record.FieldEmail: "conta@shared.test"}, Raw: []byte(`{"observacao":"NF em nome de 44.555.666/0001-81"}`)}
	save(person(auvoCustomer, fields), neighbour)
	save(person(omieCustomer, fields))
	save(record.Item{
		Kind: record.Task, Side: record.Auvo, ID: "812", Title: "Tarefa 812", Keys: []record.Key{{Name: record.KeyCustomer, Value: "55"}},
		Source: &record.Source{CustomerID: "55", CustomerName: "Zulmira Canário", Description: "Falar com Zulmira Canário, Portão azul", Date: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)},
		Raw:    []byte(`{"customerDescription":"Zulmira Canário"}`),
	})
	order := &record.Order{Customer: "7001", Forecast: "2026-03-10", Notes: "Tarefa Auvo: 812\nDescrição: Falar com Zulmira Canário", Services: []record.OrderLine{{ID: "100", Description: "Visita a Zulmira Canário"}}}
	save(record.Item{Kind: herOrder.Kind, Side: herOrder.Side, ID: herOrder.ID, Title: "OS 15", Code: "AUVOT812S", Order: order, Raw: []byte(`{"cEmail":"zulmira@canario.test"}`)})
	planned := must[[]store.Change](t)(db.Decide(ctx, l,
		store.Decision{
			Run: "r", Flow: "customers", Settles: []record.Ref{auvoCustomer, omieCustomer}, Outcome: store.OutcomeUpdated,
			Links:     []store.Link{{Kind: record.Customer, Auvo: "55", Omie: "7001", Role: store.RoleMain, Base: fields, How: "pelo CPF/CNPJ"}},
			Conflicts: []store.Conflict{{Run: "r", Kind: record.Customer, Auvo: "55", Omie: "7001", Field: "phone", Base: "1911112222", InAuvo: "19987654321", InOmie: "1933334444"}},
			Waits:     []store.Wait{{Flow: "customers", Ref: auvoCustomer, Title: "Zulmira Canário", Cause: "conflict", Detail: map[string]string{"auvo": "19987654321"}, Needs: []string{"key:omie:customer:document:44555666000181"}}},
			Plan: []store.Change{{
				Run: "r", Flow: "customers", Kind: record.Customer, Key: "update:omie:customer:7001:r:x", Source: auvoCustomer, Auvo: "55", Omie: "7001", Title: "Zulmira Canário",
				Action: "update", To: record.Omie, Fields: []store.FieldChange{{Name: "email", From: "velho@canario.test", To: "zulmira@canario.test"}},
			}},
			Events: []store.Event{{Run: "r", Ref: auvoCustomer, What: "linked", Text: "Ligado a Zulmira Canário"}},
		},
		store.Decision{
			Run: "r", Flow: "tasks", Settles: []record.Ref{herTask}, Outcome: store.OutcomeCreated,
			Plan: []store.Change{{
				Run: "r", Flow: "tasks", Kind: record.ServiceOrder, Key: "create:omie:service-order:AUVOT812S", Source: herTask, Auvo: "812", Title: "Tarefa 812", Action: "create", To: record.Omie, Code: "AUVOT812S",
				Order: order, Fields: []store.FieldChange{{Name: "notes", To: order.Notes}, {Name: "customer", To: "7001"}},
			}},
		},
		store.Decision{
			Run: "r", Flow: "customers", Settles: []record.Ref{neighbour.Ref()}, Outcome: store.OutcomeWaiting,
			Waits:  []store.Wait{{Flow: "customers", Ref: neighbour.Ref(), Title: "Vizinho Ltda", Cause: "ambiguous-match", Detail: map[string]string{"others": "Zulmira Canário (55)"}}},
			Events: []store.Event{{Run: "r", Ref: neighbour.Ref(), What: "decided", Text: "Parecido com Zulmira Canário", Detail: []byte(`{"address":"Rua do Canário, 77"}`)}},
		}))
	for _, c := range planned {
		sent := must[store.Change](t)(db.Send(ctx, l, c.ID, time.Now()))
		if sent.Order == nil { // nobody knew at first
			sent.State, sent.Text = store.Unknown, "sem resposta por Zulmira Canário"
			ok(t, db.Settle(ctx, l, store.Settlement{Change: sent, Look: store.Look{Method: "AlterarCliente", How: store.LookAtRecord}}))
			ok(t, db.Settle(ctx, l, store.Settlement{Change: sent, Look: store.Look{At: time.Now(), Found: "O telefone é 19987654321."}}))
		}
		sent.State, sent.Settled, sent.Answer = store.Done, time.Now(), "9001"
		s := store.Settlement{Change: sent}
		if sent.Order != nil {
			s.Links = []store.Link{{Kind: record.ServiceOrder, Auvo: herTask.String(), Omie: "9001", Role: store.RoleMain, Code: "AUVOT812S", Base: order.Fields()}}
		}
		ok(t, db.Settle(ctx, l, s))
	}
	ok(t, db.SetMark(ctx, l, "taken/customer/55/7001", `{"phone":{"side":"auvo","auvo":"19987654321"}}`))
	ok(t, db.AddSweep(ctx, l, store.Sweep{Run: "r", Flow: "customers", Source: "auvo/customers", At: time.Now(), Missed: 1, Examples: []store.Drift{{Ref: auvoCustomer, Title: "Zulmira Canário", Field: "name", From: "x", To: "Zulmira Canário"}}}))
	ok(t, db.StartRun(ctx, l, store.Run{ID: "r", Account: "acme", Started: time.Now()}))
	ok(t, db.FinishRun(ctx, l, store.Run{ID: "r", Account: "acme", Started: time.Now(), Finished: time.Now(), Error: "cannot write Zulmira Canário"}))
	ok(t, db.AddPassage(ctx, store.Passage{Digest: "d", Kind: store.PassageCode, Target: "/contas/acme/busca?q=44555666000181", Expires: time.Now().Add(time.Hour)}, time.Now()))
	program := claim("a", "k", "r")
	ok(t, db.AddAPIToken(ctx, apiToken("a")))
	must[store.Answered](t)(db.Claim(ctx, program, noon, noon.Add(time.Minute), noon.Add(-time.Hour)))
	ok(t, db.Answer(ctx, program, store.Answered{Status: 200, Body: []byte(`{"waits":[{"record":{"auvo":"55","title":"Zulmira Canário"}}]}`)}))
	return db, l
}

func erase(ctx context.Context, db *store.DB, l store.Lease) (int64, error) {
	plan, err := engine.PlanErasure(ctx, db, "acme", []record.Ref{auvoCustomer})
	if err != nil {
		return 0, err
	}
	number, err := engine.Erase(db.WithAct(ctx, store.Act{Account: "acme", Person: store.CommandLine, By: "x", What: "subject-erased", Said: "mandou apagar"}), db, l, plan)
	if err != nil {
		return number, err
	}
	if _, err := db.Clean(ctx); err != nil {
		return number, err
	}
	return number, db.EndErasure(ctx, "acme", number)
}

// TestAnErasedPersonIsInNoByte of the database, its log, or a backup made afterwards, and
// what money hangs on stays.
func TestAnErasedPersonIsInNoByte(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := known(t, p)
		ctx := t.Context()
		if found := canariesIn(t, db, p); len(found) < len(canaries)-2 {
			t.Fatalf("before, only %q are found: this test looks in the wrong places", found)
		}
		plan := must[engine.Erasing](t)(engine.PlanErasure(ctx, db, "acme", []record.Ref{omieCustomer}))
		if len(plan.Subject.Customers) != 2 || len(plan.Subject.Sources) != 1 || plan.Orders != 1 || plan.Unclear != 0 || plan.Rows["changes"] == 0 || plan.Rows["unclear"] == 0 || plan.Mentions["events"] == 0 {
			t.Errorf("plan = %+v", plan)
		}
		if got := strings.Join(plan.Shared, " "); !strings.Contains(got, "conta@shared.test") || strings.Contains(got, "zulmira") {
			t.Errorf("shared = %q", got)
		}
		analyzed(t, p)
		number := must[int64](t)(erase(ctx, db, l))
		if found := canariesIn(t, db, p); len(found) > 0 {
			t.Errorf("afterwards %q are found", found)
		}
		backup := filepath.Join(t.TempDir(), "backup.db")
		must[store.BackupInfo](t)(db.Backup(ctx, backup, false))
		if found := inFiles(t, backup); len(found) > 0 {
			t.Errorf("in a backup %q are found", found)
		}
		stays(t, db)
		if e := must[[]store.Erasure](t)(db.Erasures(ctx, "acme")); len(e) != 1 || e[0].State != store.Erased || e[0].Number != number {
			t.Errorf("erasures = %+v", e)
		}
		must[store.Act](t)(db.VerifyActs(ctx, nil))
	})
}

// stays checks what an erasure must leave.
func stays(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := t.Context()
	link := must[store.Link](t)(db.Link(ctx, "acme", record.ServiceOrder, record.Omie, "9001"))
	if link.Auvo != "task:812" || link.Code != "AUVOT812S" || link.Base[record.FieldCustomer] != "7001" || link.Base[record.FieldNotes] != "" {
		t.Errorf("link = %+v", link)
	}
	c := must[store.Change](t)(db.ChangeByKey(ctx, "acme", "create:omie:service-order:AUVOT812S"))
	if c.State != store.Done || c.Order == nil || c.Order.Customer != "7001" || c.Order.Notes != "" {
		t.Errorf("ledger = %+v", c)
	}
	task := must[record.Item](t)(db.Item(ctx, "acme", herTask))
	if task.Source.CustomerID != "55" || task.Source.Date.IsZero() || task.Source.Description != "" || task.Fact(record.FactErased) == "" {
		t.Errorf("task = %+v", task)
	}
	neighbour := must[record.Item](t)(db.Item(ctx, "acme", record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "56"}))
	if neighbour.Fields[record.FieldEmail] != "conta@shared.test" {
		t.Errorf("neighbour = %+v", neighbour)
	}
	if erased := must[interface{ Holds(record.Item) bool }](t)(holds(ctx, db)); !erased.Holds(record.Item{Kind: record.Customer, Side: record.Omie, ID: "7001"}) || erased.Holds(neighbour) {
		t.Errorf("erased = %v", erased)
	}
}

// TestAnErasureEndsThatWasLeftOfAnAccountThatIsGone, and one whose account is busy keeps no other waiting.
func TestAnErasureEndsThatWasLeftOfAnAccountThatIsGone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := known(t, p)
		ctx := t.Context()
		must[int64](t)(db.BeginErasure(ctx, l, []record.Ref{auvoCustomer, omieCustomer}, nil))
		ok(t, db.RemoveAccount(ctx, "acme"))
		keeper := &keeping.Keeper{Store: db, Terms: subject.Terms{RawDays: 30, RecordYears: 2, FiscalYears: 6}, Holder: "house"}
		if done, err := keeper.Look(ctx, time.Now()); err != nil || done.Erased != 1 {
			t.Errorf("%+v, %v", done, err)
		}
		if e := must[[]store.Erasure](t)(db.Erasures(ctx, "")); len(e) != 1 || e[0].State != store.Erased {
			t.Errorf("erasures = %+v", e)
		}
	})
}

// TestALaterAccountTakesInWhoEverHasTheNumber: who was erased of one that is gone is somebody else in another company's systems.
func TestALaterAccountTakesInWhoEverHasTheNumber(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := known(t, p)
		ctx := t.Context()
		must[int64](t)(erase(ctx, db, l))
		ok(t, db.RemoveAccount(ctx, "acme"))
		ok(t, db.SaveAccount(ctx, store.Account{ID: "acme", Name: "Outra", Settings: []byte("{}")}, nil))
		if e := must[subject.Erased](t)(db.Erased(ctx, "acme")); len(e) != 0 {
			t.Errorf("of another company %v are not taken in", e)
		}
		if e := must[[]store.Erasure](t)(db.Erasures(ctx, "acme")); len(e) != 1 || e[0].State != store.Erased {
			t.Errorf("erasures = %+v", e)
		}
	})
}

// TestWhatAProgramWasAnsweredNamesNobodyErased: it may be answered again for a day.
func TestWhatAProgramWasAnsweredNamesNobodyErased(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := known(t, p)
		must[int64](t)(erase(t.Context(), db, l))
		again := must[store.Answered](t)(db.Claim(t.Context(), claim("a", "k", "r"), noon, noon.Add(time.Minute), noon.Add(-time.Hour)))
		if again.Status != 200 || string(again.Body) != `{"waits":[{"record":{"auvo":"55","title":"[apagado]"}}]}` {
			t.Errorf("%d %s", again.Status, again.Body)
		}
	})
}

// TestAnErasureLeavesOthersAsTheyAre: a name that is an ordinary word, or a member of JSON, is no reason to change what is
// said of them, and JSON stays JSON.
func TestAnErasureLeavesOthersAsTheyAre(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		const name = `Ana "others": {"x" Canário`
		fields := record.Fields{record.FieldName: "Tarefa", record.FieldLegalName: name, record.FieldComplement: "Fundos", record.FieldPhone: "19987654321"}
		w := store.PageWrite{Run: "r", Feed: "f", Kind: record.Customer, Side: record.Auvo, Seen: []store.Seen{
			{Item: record.Item{Kind: record.Customer, Side: record.Auvo, ID: "55", Title: "Tarefa", Fields: fields}, Carry: true},
			{Item: record.Item{Kind: record.Customer, Side: record.Auvo, ID: "56", Title: "Vizinho", Fields: record.Fields{record.FieldName: "Vizinho"}}, Carry: true},
		}}
		must[[]store.Sight](t)(db.SavePage(ctx, l, w))
		other := record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "56"}
		detail := fmt.Sprintf(`{"Tarefa":"Fundos","others":%q,"tel":19987654321,"list":[true,null,"Tarefa nos Fundos"]}`, name)
		ok(t, db.AddEvents(ctx, l, store.Event{Run: "r", Ref: other, What: "decided", Text: "Tarefa nos Fundos, por " + name, Detail: []byte(detail)}))
		run := store.Run{ID: "r", Account: "acme", Started: time.Now(), Finished: time.Now(), Flows: []store.FlowRun{{Flow: "customers"}}}
		ok(t, db.StartRun(ctx, l, run))
		ok(t, db.FinishRun(ctx, l, run))
		must[int64](t)(erase(ctx, db, l))
		events := must[[]store.Event](t)(db.Events(ctx, "acme", other))
		events = slices.DeleteFunc(events, func(e store.Event) bool { return e.What != "decided" })
		if len(events) != 1 || events[0].Text != "Tarefa nos Fundos, por [apagado]" || string(events[0].Detail) != `{"Tarefa":"Fundos","others":"[apagado]","tel":0,"list":[true,null,"Tarefa nos Fundos"]}` {
			t.Errorf("of the neighbour it is said: %+v", events)
		}
		if r := must[store.Run](t)(db.LastRun(ctx, "acme")); len(r.Flows) != 1 || r.Flows[0].Flow != "customers" {
			t.Errorf("run = %+v", r)
		}
	})
}

func holds(ctx context.Context, db *store.DB) (interface{ Holds(record.Item) bool }, error) {
	return db.Erased(ctx, "acme")
}

// TestAnErasureThatDiedGoesOn from the first and the last commit of each sort; on PostgreSQL, where each death needs a
// database of its own, from the first.
func TestAnErasureThatDiedGoesOn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		points := stepsOf(t, p)
		for n, at := range points {
			first, last := slices.Index(points, at) == n, !slices.Contains(points[n+1:], at)
			if !first && (!last || isPostgres(p)) {
				continue
			}
			one := place{t, newPlace(t, p), p.ring}
			db, l := known(t, one)
			if died := dying(t, db, l, n+1); died != at {
				t.Fatalf("step %d was %q, and is %q", n+1, at, died)
			}
			resume(t, db, l)
			if found := canariesIn(t, db, one); len(found) > 0 && at != "before BeginErasure" {
				t.Errorf("died %s (%d): %q are found", at, n+1, found)
			}
		}
	})
}

// TestAnErasureWaitsForAWriteThatIsUnclear: a cycle sent one between the request and the death of who erased; by its
// ledger it is looked up, so that nothing is made twice (P1).
func TestAnErasureWaitsForAWriteThatIsUnclear(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := known(t, p)
		ctx := t.Context()
		number := must[int64](t)(db.BeginErasure(ctx, l, []record.Ref{auvoCustomer, omieCustomer}, nil))
		planned := must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Run: "r2", Flow: "customers", Plan: []store.Change{{
			Run: "r2", Flow: "customers", Kind: record.Customer, Key: "update:omie:customer:7001:r2:x", Source: auvoCustomer, Auvo: "55", Omie: "7001", Action: "update", To: record.Omie,
		}}}))
		sent := must[store.Change](t)(db.Send(ctx, l, planned[0].ID, time.Now()))
		if err := engine.GoOn(ctx, db, l, number); !errors.Is(err, engine.ErrUnclear) {
			t.Errorf("while it is unclear: %v", err)
		}
		if c := must[store.Change](t)(db.ChangeByKey(ctx, "acme", sent.Key)); c.State != store.Sending {
			t.Errorf("the ledger holds %+v", c)
		}
		sent.State, sent.Settled = store.Done, time.Now()
		ok(t, db.Settle(ctx, l, store.Settlement{Change: sent}))
		ok(t, engine.GoOn(ctx, db, l, number))
		must[bool](t)(db.Clean(ctx))
		if found := canariesIn(t, db, p); len(found) > 0 {
			t.Errorf("afterwards %q are found", found)
		}
	})
}

// TestFilesAreCleanedOnceNobodySeesWhatWasErased: somebody still looks at the database as it was before, as autovacuum may
// at any time, or writes to another database of the server since before: PostgreSQL would write the erased rows into the
// new file for them.
func TestFilesAreCleanedOnceNobodySeesWhatWasErased(t *testing.T) {
	for name, elsewhere := range map[string]bool{"looks": false, "writes elsewhere": true} {
		t.Run(name, func(t *testing.T) {
			p := place{t, pgtest.Migrated(t), ring(t)}
			db, l := known(t, p)
			ctx := t.Context()
			where, begins := p.dsn, `select 1` // from here on it sees this state
			if elsewhere {
				where, begins = pgtest.New(t), `create table x ()`
			}
			before, err := pgx.Connect(ctx, where)
			ok(t, err)
			defer func() { _ = before.Close(ctx) }()
			other, err := before.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
			ok(t, err)
			_, err = other.Exec(ctx, begins)
			ok(t, err)
			cleaning := make(chan struct{})
			db.Seam(func(point string) {
				if point == "before Clean" {
					close(cleaning)
				}
			})
			over := make(chan error, 1)
			go func() {
				<-cleaning
				time.Sleep(time.Second)
				over <- other.Rollback(ctx)
			}()
			must[int64](t)(erase(ctx, db, l))
			ok(t, <-over)
			db.Seam(nil)
			if found := inPostgres(t, p.dsn); len(found) > 0 {
				t.Errorf("%q are found", found)
			}
		})
	}
}

// TestSamplesAreTheDatabasesOwners: who may not rewrite them is told so, and the erasure ends all the same.
func TestSamplesAreTheDatabasesOwners(t *testing.T) {
	role := fmt.Sprintf("ponte_guest_%d", os.Getpid())
	as := func(dsn, text string) {
		c, err := pgx.Connect(context.Background(), dsn)
		ok(t, err)
		defer func() { _ = c.Close(context.Background()) }()
		_, err = c.Exec(context.Background(), text)
		ok(t, err)
	}
	t.Cleanup(func() { as(pgtest.Server(), "drop role if exists "+role) }) // after its database
	owners := pgtest.New(t)
	as(owners, "create role "+role+" login; grant create on schema public to "+role)
	at, err := url.Parse(owners)
	ok(t, err)
	at.User = url.User(role)
	p := place{t, at.String(), ring(t)}
	db, l := known(t, p)
	must[int64](t)(erase(t.Context(), db, l))
	if must[bool](t)(db.Clean(t.Context())) {
		t.Error("somebody who may not rewrote the samples")
	}
	p.dsn = owners // who may read files
	as(owners, "vacuum full pg_statistic")
	if found := canariesIn(t, db, p); len(found) > 0 {
		t.Errorf("%q are found", found)
	}
}

// stepsOf are the points at which an erasure may die.
func stepsOf(t *testing.T, p place) (points []string) {
	t.Helper()
	db, l := known(t, p)
	db.Seam(func(point string) { points = append(points, point) })
	must[int64](t)(erase(t.Context(), db, l))
	db.Seam(nil)
	for _, want := range []string{"before BeginErasure", "after ScrubTexts", "after EraseWork", "after EraseCustomers", "before Clean", "after Clean", "after EndErasure"} {
		if !slices.Contains(points, want) {
			t.Fatalf("no step %s in %q", want, points)
		}
	}
	return points
}

// dying erases, dies at the nth step, and says which that was.
func dying(t *testing.T, db *store.DB, l store.Lease, n int) (at string) {
	t.Helper()
	steps := 0
	db.Seam(func(point string) {
		if steps++; steps == n {
			at = point
			panic(point)
		}
	})
	defer db.Seam(nil)
	defer func() { _ = recover() }()
	_, err := erase(context.Background(), db, l)
	t.Errorf("it lived: %v", err)
	return at
}

// resume does what housekeeping does with an erasure that was left.
func resume(t *testing.T, db *store.DB, l store.Lease) {
	t.Helper()
	ctx := t.Context()
	for _, e := range must[[]store.Erasure](t)(db.Erasures(ctx, "")) {
		if e.State == store.Erasing {
			ok(t, engine.GoOn(ctx, db, l, e.Number))
		}
		if e.State != store.Erased {
			must[bool](t)(db.Clean(ctx))
			ok(t, db.EndErasure(ctx, "acme", e.Number))
		}
	}
}

// canariesIn are those that stand in a database's files (SQLite), or in any column of any
// table, in the samples of them, and in the files of both (PostgreSQL).
func canariesIn(t *testing.T, db *store.DB, p place) []string {
	t.Helper()
	if isPostgres(p) {
		return inPostgres(t, p.dsn)
	}
	return inFiles(t, p.dsn, p.dsn+"-wal")
}

// analyzed has PostgreSQL sample the tables, as autovacuum does: their commonest values and histograms are copies.
func analyzed(t *testing.T, p place) {
	t.Helper()
	if !isPostgres(p) {
		return
	}
	ctx := t.Context()
	c, err := pgx.Connect(ctx, p.dsn)
	ok(t, err)
	defer func() { _ = c.Close(ctx) }()
	_, err = c.Exec(ctx, `analyze`)
	ok(t, err)
	sampled := ""
	ok(t, c.QueryRow(ctx, `select coalesce(string_agg(s::text, ' '), '') from pg_stats s where schemaname = 'public'`).Scan(&sampled))
	if !strings.Contains(sampled, "44555666000181") {
		t.Fatal("the samples hold no document: this test looks in the wrong place")
	}
}

func inFiles(t *testing.T, names ...string) []string {
	t.Helper()
	var found []string
	for _, name := range names {
		bytesOf, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for _, c := range canaries {
			if bytes.Contains(bytesOf, []byte(c)) {
				found = append(found, filepath.Base(name)+": "+c)
			}
		}
	}
	return found
}

func inPostgres(t *testing.T, dsn string) []string {
	t.Helper()
	ctx := t.Context()
	c, err := pgx.Connect(ctx, dsn)
	ok(t, err)
	defer func() { _ = c.Close(ctx) }()
	_, err = c.Exec(ctx, "checkpoint")
	ok(t, err)
	var found []string
	rows, err := c.Query(ctx, `select relname, relkind::text, pg_relation_filepath(oid) from pg_class where relkind in ('r', 't', 'i') and pg_relation_filepath(oid) is not null and (relnamespace = 'public'::regnamespace or relkind = 't' or relname = 'pg_statistic')`)
	ok(t, err)
	type file struct{ name, kind, path string }
	files, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (f file, err error) { return f, r.Scan(&f.name, &f.kind, &f.path) })
	ok(t, err)
	for _, f := range files {
		var content []byte
		ok(t, c.QueryRow(ctx, `select pg_read_binary_file($1)`, f.path).Scan(&content))
		var rowsText string
		if f.kind == "r" {
			ok(t, c.QueryRow(ctx, fmt.Sprintf(`select coalesce(string_agg(x::text, ' '), '') from %q x`, f.name)).Scan(&rowsText)) // of pg_statistic, too
		}
		for _, k := range canaries {
			if bytes.Contains(content, []byte(k)) || strings.Contains(rowsText, k) {
				found = append(found, f.name+": "+k)
			}
		}
	}
	return found
}

// TestRowsAreDroppedByTheirAge, and an unchanged one is known without them.
func TestRowsAreDroppedByTheirAge(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		must[[]store.Sight](t)(db.SavePage(ctx, l, page("r1", true, nil, item("1", "Um"), item("2", "Dois"), item("3", "Três"))))
		if n := must[int](t)(db.DropRaws(ctx, time.Now().Add(-time.Hour), 10)); n != 0 {
			t.Errorf("%d young ones dropped", n)
		}
		if n := must[int](t)(db.DropRaws(ctx, time.Now(), 2)); n != 2 {
			t.Errorf("%d dropped of at most 2", n)
		}
		if n := must[int](t)(db.DropRaws(ctx, time.Now(), 2)); n != 1 {
			t.Errorf("then %d", n)
		}
		raw := func(id string) string {
			return string(must[record.Item](t)(db.Item(ctx, "acme", record.Ref{Kind: record.Customer, Side: record.Omie, ID: id})).Raw)
		}
		again := must[[]store.Sight](t)(db.SavePage(ctx, l, page("r2", true, nil, item("1", "Um"), item("2", "Outro"), item("3", "Três"))))
		if again[0].Changed || !again[0].SameRow || !again[0].HadRow || !again[1].Changed || again[1].SameRow {
			t.Errorf("sights = %+v", again)
		}
		if raw("1") != "" || raw("2") == "" {
			t.Errorf("an unchanged row is kept again (%q), or a changed one is not (%q)", raw("1"), raw("2"))
		}
		w := page("r3", true, nil, item("1", "Um"))
		w.Rows = true
		must[[]store.Sight](t)(db.SavePage(ctx, l, w))
		if raw("1") == "" {
			t.Error("a row that somebody needs is not kept")
		}
		partial := page("r4", true, nil, record.Item{ID: "3", Fields: record.Fields{record.FieldStock: "5"}})
		partial.Partial = true
		must[[]store.Sight](t)(db.SavePage(ctx, l, partial))
		if after := must[[]store.Sight](t)(db.SavePage(ctx, l, page("r5", true, nil, item("3", "Três")))); after[0].Changed || !after[0].SameRow {
			t.Errorf("after a partial page: %+v", after)
		}
	})
}

// TestOldHistoryIsForgotten, that of records before that of documents; the ledger's
// creates, open conflicts and the newest run stay.
func TestOldHistoryIsForgotten(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := known(t, p)
		ctx := t.Context()
		now := time.Now()
		young := store.Keep{Records: now.AddDate(-2, 0, 0), Fiscal: now.AddDate(-6, 0, 0)}
		if n, more, err := db.Forget(ctx, young, store.Place{}, 100); n != 0 || more || err != nil {
			t.Errorf("young: %d %v %v", n, more, err)
		}
		keep := store.Keep{Records: now.Add(time.Hour), Fiscal: now.AddDate(-6, 0, 0)}
		place := store.Place{}
		for more := true; more; {
			var err error
			_, more, err = db.Forget(ctx, keep, place, 2)
			ok(t, err)
		}
		if n := len(must[[]store.Event](t)(db.Events(ctx, "acme", auvoCustomer))); n != 0 {
			t.Errorf("%d lines of a customer's history are left", n)
		}
		if n := len(must[[]store.Event](t)(db.Events(ctx, "acme", herTask))); n == 0 {
			t.Error("a task's history went with the customer's")
		}
		if c := must[[]store.Conflict](t)(db.Conflicts(ctx, "acme", record.Customer, record.Auvo, "55")); len(c) != 1 {
			t.Errorf("the open conflict: %+v", c)
		}
		if c := must[[]store.Change](t)(db.ChangesOf(ctx, "acme", auvoCustomer)); len(c) != 0 {
			t.Errorf("old alterations: %+v", c)
		}
		must[store.Change](t)(db.ChangeByKey(ctx, "acme", "create:omie:service-order:AUVOT812S"))
		keep.Fiscal = now.Add(time.Hour)
		_, _, err := db.Forget(ctx, keep, store.Place{}, 100)
		ok(t, err)
		must[store.Run](t)(db.LastRun(ctx, "acme"))
		must[store.Change](t)(db.ChangeByKey(ctx, "acme", "create:omie:service-order:AUVOT812S"))
		if n := len(must[[]store.Event](t)(db.Events(ctx, "acme", herTask))); n != 0 {
			t.Errorf("%d lines of a task's history are left", n)
		}
		must[int](t)(db.DropEnded(ctx, now, keep))
	})
}

// TestDraftsAreForgottenThatNobodyGoesOnWith, with the keys in them; and sign-ins that are over.
func TestDraftsAreForgottenThatNobodyGoesOnWith(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := p.open()
		ctx, now := t.Context(), time.Now()
		for _, id := range []string{"left", "asked", "chosen"} {
			ok(t, db.AddDraft(ctx, store.Draft{ID: id, Settings: []byte("{}")}))
			d := must[store.Draft](t)(db.Draft(ctx, id))
			ok(t, db.ChangeDraft(ctx, d, map[string]string{store.SecretAuvoKey: "clear-canary"}))
		}
		ok(t, db.AddPassage(ctx, store.Passage{Digest: "d", Kind: store.PassageCode, Target: "/busca?q=44555666000181", Expires: now.Add(time.Hour)}, now))
		touch(t, p, now.AddDate(0, 0, 60))
		for _, c := range []struct {
			days int
			left []string
		}{{0, []string{"asked", "chosen", "left"}}, {89, []string{"asked", "chosen", "left"}}, {91, []string{"asked", "chosen"}}, {151, nil}} {
			must[int](t)(db.DropEnded(ctx, now.AddDate(0, 0, c.days), store.Keep{}))
			var left []string
			for _, d := range must[[]store.Draft](t)(db.Drafts(ctx)) {
				left = append(left, d.ID)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("after %d days %q are left", c.days, left)
			}
		}
		if s := must[map[string]string](t)(db.DraftSecrets(ctx, "left")); len(s) > 0 {
			t.Error("the keys of a draft that is gone are kept")
		}
		if text := targets(t, p); strings.Contains(text, "44555666000181") {
			t.Error("where a sign-in went that is over is kept")
		}
	})
}

// beneath is a place's database, as it is.
func beneath(t *testing.T, p place) *sql.DB {
	t.Helper()
	name := "sqlite"
	if isPostgres(p) {
		name = "pgx"
	}
	db, err := sql.Open(name, p.dsn)
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	return db
}

// touch has somebody ask something for one draft and say something of another, at an instant.
func touch(t *testing.T, p place, at time.Time) {
	t.Helper()
	db := beneath(t, p)
	for _, text := range []string{
		`insert into drafts_works (draft, work, number, asked, about, done, ended, answered, said, answer) values ('asked', 'x', 1, %d, '', 0, 0, '', '', '')`,
		`insert into drafts_choices (draft, kind, auvo, omie, choice, known, by, at) values ('chosen', 'customer', '1', '2', 'main', true, '', %d)`,
	} {
		_, err := db.ExecContext(t.Context(), fmt.Sprintf(text, at.UnixMilli()))
		ok(t, err)
	}
}

// targets are where sign-ins go.
func targets(t *testing.T, p place) string {
	t.Helper()
	db := beneath(t, p)
	text := ""
	ok(t, db.QueryRowContext(t.Context(), `select coalesce(max(target), '') from passages`).Scan(&text))
	return text
}

// TestNobodyIsErasedWhileAWriteIsUnclear: by its ledger it is looked up (P1).
func TestNobodyIsErasedWhileAWriteIsUnclear(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := known(t, p)
		ctx := t.Context()
		planned := must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Run: "r2", Flow: "tasks", Settles: []record.Ref{herTask}, Plan: []store.Change{{
			Run: "r2", Flow: "tasks", Kind: record.SalesOrder, Key: "create:omie:sales-order:AUVOT812V", Source: herTask, Action: "create", To: record.Omie, Code: "AUVOT812V",
		}}}))
		must[store.Change](t)(db.Send(ctx, l, planned[0].ID, time.Now()))
		if _, err := erase(ctx, db, l); !errors.Is(err, engine.ErrUnclear) {
			t.Errorf("erased, or %v", err)
		}
		if e := must[[]store.Erasure](t)(db.Erasures(ctx, "")); len(e) != 0 {
			t.Errorf("erasures = %+v", e)
		}
	})
}
