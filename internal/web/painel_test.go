package web

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// under runs f under the account's lease.
func (h *house) under(account string, f func(store.Lease)) {
	h.Helper()
	l, err := h.db.Acquire(h.Context(), account, "worker", time.Minute)
	h.ok(err)
	f(l)
	h.ok(h.db.Release(h.Context(), l))
}

// done puts a change that was made at an instant into the ledger.
func (h *house) done(l store.Lease, flow, action, key string, at time.Time) {
	h.Helper()
	ref := record.Ref{Kind: record.Task, Side: record.Auvo, ID: key}
	planned, err := h.db.Decide(h.Context(), l, store.Decision{Run: "r1", Flow: flow, Settles: []record.Ref{ref}, Plan: []store.Change{{
		Run: "r1", Flow: flow, Kind: record.ServiceOrder, Key: key, Source: ref, Title: "Tarefa " + key, Action: action, To: record.Omie, Auvo: key, Omie: "9" + key,
	}}})
	h.ok(err)
	c, err := h.db.Send(h.Context(), l, planned[0].ID, at)
	h.ok(err)
	c.State, c.Settled = store.Done, at
	h.ok(h.db.Settle(h.Context(), l, store.Settlement{Change: c}))
}

// waits leaves a record waiting.
func (h *house) waits(l store.Lease, w store.Wait) {
	h.Helper()
	_, err := h.db.Decide(h.Context(), l, store.Decision{Run: "r1", Flow: w.Flow, Settles: []record.Ref{w.Ref}, Outcome: store.OutcomeWaiting, Waits: []store.Wait{w}})
	h.ok(err)
}

func TestThePainelCountsTheDayByTheAccountsClock(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	b := h.comes(h.person(signin.Reader))
	b.says("/contas/acme", "Ainda não rodou", "Nada. Tudo o que podia ser decidido foi decidido.")
	now := h.clock() // 12:00 in São Paulo, where the day began at 03:00 UTC
	h.under("acme", func(l store.Lease) {
		h.done(l, "tasks", "create", "1", now.Add(-time.Hour))
		h.done(l, "tasks", "create", "2", now.Add(-8*time.Hour))
		h.done(l, "tasks", "update", "3", now.Add(-2*time.Hour))
		h.done(l, "tasks", "create", "4", now.Add(-13*time.Hour))   // yesterday, 02:00 UTC
		h.done(l, "tasks", "create", "5", now.Add(-7*24*time.Hour)) // before the week
		for _, feed := range []string{"omie/customers", "auvo/customers", "omie/products", "omie/services", "auvo/tasks", "auvo/quotations"} {
			_, err := h.db.SavePage(t.Context(), l, store.PageWrite{Run: "r1", Feed: feed, Kind: record.Task, Side: record.Auvo, Cursor: &store.Cursor{Feed: feed, Done: now.Add(-2 * time.Minute)}})
			h.ok(err)
		}
		h.waits(l, store.Wait{Flow: "tasks", Ref: record.Ref{Kind: record.Task, Side: record.Auvo, ID: "9"}, Auvo: "9", Title: "Tarefa 9", Cause: "missing-product", Since: now.Add(-3 * time.Hour)})
		h.ok(h.db.StartRun(t.Context(), l, store.Run{ID: "r1", Account: "acme", Started: now.Add(-2 * time.Minute), Flows: []store.FlowRun{{Flow: "tasks", Read: 4}}}))
	})
	b.says("/contas/acme", "documentos criados 2", "hoje: 2 criados, 1 atualizado · 7 dias: 4", "há 2 min", "1 pendência", "Um registro usa um produto que o Omie não tem", "o mais antigo há 3 h", "seg 09/03: 1", "ter 10/03: 3")
	b.says("/contas", "ACME Refrigeração", "1 pendência", "há 2 min")
	l, err := h.db.Acquire(t.Context(), "acme", "worker 7", time.Minute)
	h.ok(err)
	b.says("/contas/acme", "rodando agora")
	h.ok(h.db.Release(t.Context(), l))
}

func TestAnAdministratorPausesAndResumesAnAccount(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	operator, b := h.comes(h.person(signin.Operator)), h.comes(h.person(signin.Administrator))
	if page := readable(operator.says("/contas/acme")); strings.Contains(page, "Pausar") {
		t.Error("an operator is offered what only an administrator may")
	}
	b.says("/contas/acme", "Pausar…")
	b.says("/contas/acme/pausa", "Nenhuma rodada começa mais")
	if got := b.post("/contas/acme/pausa", "fazer", "nada"); got.code != http.StatusUnprocessableEntity {
		t.Errorf("nothing said answers %d", got.code)
	}
	b.post("/contas/acme/pausa", "fazer", "pausar")
	b.says("/contas/acme", "Pausada", "A conta está pausada", "Retomar…")
	b.says("/contas/acme/pausa", "nada se perde")
	b.post("/contas/acme/pausa", "fazer", "retomar")
	b.says("/contas/acme", "A conta foi retomada", "Pausar…")
	h.onlyActs("account-paused", "account-resumed")
}

func TestAnAccountIsJudgedByTheWorstOfIt(t *testing.T) {
	now := time.Date(2026, 3, 10, 15, 0, 0, 0, time.UTC)
	settings := config.New[config.Account]()
	settings.Flows.Tasks = config.New[config.Tasks]()
	fresh := map[string]time.Time{"auvo/tasks": now.Add(-time.Minute)}
	ran := map[string]store.Run{"tasks": {Started: now, Flows: []store.FlowRun{{Flow: "tasks"}}}}
	broke := map[string]store.Run{"tasks": {Started: now, Flows: []store.FlowRun{{Flow: "tasks", Error: "cut"}}}}
	one := []store.WaitCount{{Flow: "tasks", Cause: "refused", Open: 1}}
	for _, c := range []struct {
		paused bool
		health health
		want   string
	}{
		{false, health{Done: fresh, Runs: ran}, "Em dia"},
		{false, health{Done: fresh, Runs: ran, Waits: one}, "1 pendência"},
		{false, health{Done: map[string]time.Time{"auvo/tasks": now.Add(-time.Hour)}, Runs: ran, Waits: one}, "Atrasada"},
		{false, health{Runs: ran}, "Primeira carga"},
		{false, health{}, "Ainda não rodou"},
		{false, health{Run: "r1"}, "Primeira carga"},
		{false, health{Done: fresh, Runs: ran, Holds: []store.Held{{Flow: "tasks"}}}, "Freio segurando"},
		{false, health{Done: fresh, Runs: broke, Holds: []store.Held{{Flow: "tasks"}}}, "Com erro"},
		{false, health{Done: fresh, Runs: broke, Blocks: []blockRow{{}}}, "Chave bloqueada"},
		{true, health{Done: fresh, Runs: broke, Blocks: []blockRow{{}}}, "Pausada"},
	} {
		if got := judge(&tenant{Paused: c.paused, settings: *settings}, c.health, now); got.Text != c.want {
			t.Errorf("%+v is %q, not %q", c.health, got.Text, c.want)
		}
	}
}

func TestWordsAreBrazilian(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 1204: "1.204", -45000: "-45.000", 1000000: "1.000.000"} {
		if got := num(n); got != want {
			t.Errorf("%d is %q", n, got)
		}
	}
	now := time.Date(2026, 3, 10, 15, 0, 0, 0, time.UTC)
	for d, want := range map[time.Duration]string{0: "agora", time.Minute: "há 1 min", 90 * time.Minute: "há 1 h", 47 * time.Hour: "há 47 h", 72 * time.Hour: "há 3 dias"} {
		if got := ago(now, now.Add(-d)); got != want {
			t.Errorf("%s is %q", d, got)
		}
	}
	for d, want := range map[time.Duration]string{-time.Minute: "agora", 20 * time.Second: "em menos de 1 min", 4 * time.Minute: "em 4 min", 3 * time.Hour: "em 3 h"} {
		if got := ahead(now, now.Add(d)); got != want {
			t.Errorf("%s ahead is %q", d, got)
		}
	}
	if got := ago(now, time.Time{}); got != "nunca" {
		t.Errorf("no time is %q", got)
	}
}

func TestThePainelTellsHowFarALongRunIsAndWhenTheNextComes(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	b := h.comes(h.person(signin.Reader))
	now := h.clock()
	h.under("acme", func(l store.Lease) {
		_, err := h.db.Dispatch(t.Context(), func(context.Context, any, ...store.Job) error { return nil })
		h.ok(err)
		h.ok(h.db.EndCycle(t.Context(), l, store.Due{Cycle: now.Add(4 * time.Minute), Sweep: now.Add(time.Hour)}))
	})
	b.says("/contas/acme", "Ainda não rodou.", "A primeira rodada começa em 4 min.")
	at := func(feed string, received, declared int, took time.Duration) *store.Reading {
		return &store.Reading{
			Feed: feed, Run: "r1", Window: record.Window{Until: now, After: record.Place{Page: 3, Size: 100, Declared: declared}}, Received: received,
			Began: now.Add(-took), Saved: now,
		}
	}
	save := func(l store.Lease, r *store.Reading) {
		_, err := h.db.SavePage(t.Context(), l, store.PageWrite{Run: r.Run, Feed: r.Feed, Kind: record.Customer, Side: record.Omie, Reading: r})
		h.ok(err)
	}
	h.under("acme", func(l store.Lease) {
		h.ok(h.db.BeginCycle(t.Context(), l, "r1", now.Add(-time.Hour), false))
		save(l, at("omie/customers", 3200, 10000, 4*time.Minute))
		save(l, at("auvo/tasks", 300, -1, time.Minute))
		dead := at("omie/products", 1, 2, time.Minute)
		dead.Run = "r0"
		save(l, dead)
		ref := record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "1"}
		var plan []store.Change
		for n := range 12 {
			plan = append(plan, store.Change{Run: "r1", Flow: "customers", Kind: record.Customer, Key: string(rune('a' + n)), Source: ref, Action: "create", To: record.Omie})
		}
		plan, err := h.db.Decide(t.Context(), l, store.Decision{Run: "r1", Flow: "customers", Settles: []record.Ref{ref}, Plan: plan})
		h.ok(err)
		for n := range 6 {
			c, err := h.db.Send(t.Context(), l, plan[n].ID, now)
			h.ok(err)
			c.State, c.Settled = store.Done, now.Add(time.Duration(n-6)*time.Minute)
			h.ok(h.db.Settle(t.Context(), l, store.Settlement{Change: c}))
		}
	})
	b.says("/contas/acme", "Feito há pouco", "criado no Omie: cliente")
	page := b.says("/contas/acme", "Clientes · lidos 3.200 de cerca de 10.000 no Omie · faltam uns 9 min", "Tarefas · lidos 300 no Auvo", "A primeira rodada está em andamento", "Clientes · gravados 6 de 12 já decididos · faltam uns 6 min")
	if strings.Contains(readable(page), "Produtos · lidos") || !strings.Contains(page, "every 3s") || !strings.Contains(page, `value="32"`) {
		t.Errorf("a dead run's reading is shown, or it is not looked at again soon:\n%s", readable(page))
	}
	h.under("acme", func(l store.Lease) {
		h.ok(h.db.EndCycle(t.Context(), l, store.Due{Cycle: now.Add(10 * time.Minute), Sweep: now.Add(time.Hour)}))
	})
	if page := b.says("/contas/acme", "em 10 min"); strings.Contains(page, "Em andamento") || strings.Contains(page, "every 3s") {
		t.Errorf("a run that is over is shown:\n%s", readable(page))
	}
}

func TestThePainelSaysThatCyclesAreStretchedAndThatAHookIsSilent(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	b := h.comes(h.person(signin.Reader))
	now := h.clock()
	h.ok(h.db.SaveWorker(t.Context(), "one", map[record.Side]float64{record.Auvo: 344, record.Omie: 826}))
	reckoned := func(g store.Governor) func(store.Governor, []store.Load, map[record.Side]float64) store.Governor {
		return func(store.Governor, []store.Load, map[record.Side]float64) store.Governor { return g }
	}
	paced := func(asks, every time.Duration) {
		h.under("acme", func(l store.Lease) {
			_, err := h.db.Dispatch(t.Context(), func(context.Context, any, ...store.Job) error { return nil })
			h.ok(err)
			h.ok(h.db.EndCycle(t.Context(), l, store.Due{Cycle: now.Add(4 * time.Minute), Pacing: store.Pacing{Asks: asks, Every: every}}))
		})
	}
	paced(10*time.Minute, 10*time.Minute)
	if page := readable(b.says("/contas/acme", "Ainda não rodou")); strings.Contains(page, "Os ciclos estão") || strings.Contains(page, "webhook do Omie") {
		t.Errorf("nothing is stretched:\n%s", page)
	}
	h.ok(h.db.Govern(t.Context(), 0, reckoned(store.Governor{Factor: 1.4, Load: 1.37, Side: record.Auvo})))
	paced(10*time.Minute, 14*time.Minute)
	b.says("/contas/acme", "Os ciclos estão a cada 14 min: todas as contas juntas pedem mais chamadas ao Auvo")
	h.ok(h.db.Govern(t.Context(), 0, reckoned(store.Governor{Factor: 1, Load: 0.4, Side: record.Auvo})))
	paced(10*time.Minute, 5*time.Minute)
	h.ok(h.db.SetHook(t.Context(), "acme", record.Omie, "token"))
	_, err := h.db.AddHints(t.Context(), "acme", store.Delivery{Source: record.Omie, At: now.Add(-2 * time.Hour), Body: []byte("{}"), Notices: []record.Notice{{Topic: "x", Ref: record.Ref{Kind: record.Customer, Side: record.Omie, ID: "77"}}}})
	h.ok(err)
	h.under("acme", func(l store.Lease) {
		w := store.PageWrite{Run: "r1", Feed: "omie/customers", Kind: record.Customer, Side: record.Omie, Covers: true}
		for n := range 5 {
			w.Seen = append(w.Seen, store.Seen{Item: record.Item{Kind: record.Customer, Side: record.Omie, ID: string(rune('1' + n)), Title: "Cliente", Changed: now}, Carry: true})
		}
		_, err := h.db.SavePage(t.Context(), l, w)
		h.ok(err)
	})
	b.says("/contas/acme", "O webhook do Omie não avisa nada de cliente desde 10/03/2026 10:00", "o Ponte lê a cada 5 min, em vez de 10 min")
}

func TestARunIsAskedForUnlessOneIsAtWorkOrTheAccountRests(t *testing.T) {
	var jobs []store.Job
	h := newHouse(t, func(o *Options) {
		o.Hasten = func(ctx context.Context, account string) (store.Schedule, error) {
			return o.Store.Hasten(ctx, account, func(_ context.Context, _ any, all ...store.Job) error { jobs = append(jobs, all...); return nil })
		}
	})
	h.account("acme")
	b := h.comes(h.person(signin.Operator))
	if page := h.comes(h.person(signin.Reader)).get("/contas/acme"); strings.Contains(page.body, "sincronizar") {
		t.Error("a reader is offered a run")
	}
	b.says("/contas/acme", "Sincronizar agora…")
	b.says("/contas/acme/sincronizar", "A próxima rodada começa já")
	if len(jobs) != 0 {
		t.Fatal("showing asked already")
	}
	if got := b.post("/contas/acme/sincronizar"); got.code != http.StatusSeeOther || len(jobs) != 1 || jobs[0].Account != "acme" {
		t.Errorf("answers %d, jobs %v", got.code, jobs)
	}
	b.says("/contas/acme", "A rodada começa agora.")
	h.under("acme", func(l store.Lease) {
		b.says("/contas/acme/sincronizar", "A conta está em uso por “worker”")
		h.ok(h.db.BeginCycle(t.Context(), l, "r1", h.clock(), false))
	})
	if page := b.says("/contas/acme/sincronizar", "Uma rodada já está em andamento"); strings.Contains(page, "<button>Sincronizar") {
		t.Error("a second run is offered")
	}
	b.post("/contas/acme/sincronizar")
	b.says("/contas/acme", "Já havia uma rodada em andamento")
	h.ok(h.db.SetPaused(t.Context(), "acme", true))
	b.says("/contas/acme/sincronizar", "A conta está pausada")
	if got := b.post("/contas/acme/sincronizar"); got.code != http.StatusConflict || len(jobs) != 1 {
		t.Errorf("a paused account: %d, jobs %v", got.code, jobs)
	}
	h.onlyActs("run-asked")
}
