package benchmark

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
	"ponte/internal/store/pgtest"
)

// A fresher changes records of its accounts and times when the other side shows them.
type fresher struct {
	t       *testing.T
	vendors *vendors
	hooks   map[string]string // Omie's address, by account
	hooksA  map[string]string // Auvo's
	aside   sync.WaitGroup

	mu   sync.Mutex
	took map[string][]time.Duration
}

// TestFreshness: eight accounts at default rates and windows, 150 ms of latency;
// changes of four are announced by hooks, those of the others found by polling each
// minute. Customers are edited and registered, and tasks finished.
func TestFreshness(t *testing.T) {
	measured(t)
	t.Run("SQLite", func(t *testing.T) { freshness(t, "", "") })
	t.Run("PostgreSQL", func(t *testing.T) { freshness(t, pgtest.New(t), " (PostgreSQL)") })
}

func freshness(t *testing.T, dsn, on string) {
	const accounts, lasts = 8, 4 * time.Minute
	var all []*vendored
	for n := range accounts {
		a := &vendored{unlimitedID(n), &auvosim.Sim{Latency: latency}, &omiesim.Sim{Latency: latency, NoConsumer: true}}
		a.settle(t, 200, 5)
		all = append(all, a)
	}
	f := &fresher{t: t, vendors: serveVendors(t, all...), hooks: map[string]string{}, hooksA: map[string]string{}, took: map[string][]time.Duration{}}
	p := newProgram(t, dsn)
	p.apply(f.vendors.files("1m", "")...)
	s := p.serve("all")
	for _, a := range all[:accounts/2] {
		out, _ := p.run("", []string{"accounts", "hooks", a.id, "--public-url", s.address}, 0)
		for _, word := range strings.Fields(out) {
			switch {
			case strings.Contains(word, "/hooks/omie/"):
				f.hooks[a.id] = word
			case strings.Contains(word, "/hooks/auvo/"):
				f.hooksA[a.id] = word
			}
		}
	}
	time.Sleep(90 * time.Second) // the first cycles
	began := time.Now()
	for n := 0; time.Since(began) < lasts; n++ {
		f.change(all[n%accounts], 10+n/accounts)
		if n%10 == 0 {
			f.make(all[n/10%(accounts/2)], 500+n)
		}
		if n%10 == 5 {
			f.finish(all[n/10%(accounts/2)], 60+n/10)
		}
		time.Sleep(2 * time.Second)
	}
	f.aside.Wait()
	s.stop()
	f.vendors.blameless(t)
	f.tell("an edit announced by a hook", on, "p95 ≤ 15 s", 0.95, 15*time.Second)
	f.tell("a new record announced by a hook", on, "≤ 60 s", 1, time.Minute)
	f.tell("a finished task's order, announced by a hook", on, "≤ 60 s", 1, time.Minute)
	f.tell("an edit found by polling each minute", on, "≤ 120 s", 1, 2*time.Minute)
}

// change edits customer n of an account, on one side or the other, and announces it where that is done.
func (f *fresher) change(a *vendored, n int) {
	hook, name := f.hooks[a.id], "an edit announced by a hook"
	if hook == "" {
		name = "an edit found by polling each minute"
	}
	if n%2 == 0 {
		number := fmt.Sprintf("9%07d", n)
		f.must(a.omie.Edit("clientes", firstOmie+int64(n), map[string]any{"telefone1_numero": number}))
		f.announce(hook, fmt.Sprintf(`{"messageId":"%s-%d","topic":"ClienteFornecedor.Alterado","event":{"codigo_cliente_omie":%d},"author":{"name":"Ana","userId":5}}`, a.id, n, firstOmie+n))
		f.await(name, func() bool { return strings.Contains(fmt.Sprint(a.auvo.Snapshot().Customers), number) })
		return
	}
	email := fmt.Sprintf("novo%d@example.test", n)
	f.must(a.auvo.Edit("customers", fmt.Sprint(1000+n), map[string]any{"email": []string{email}}))
	f.announce(f.hooksA[a.id], fmt.Sprintf(`{"EntityType":"Clientes","Action":"Alteracao","EntityId":%d}`, 1000+n))
	f.await(name, func() bool { return strings.Contains(fmt.Sprint(a.omie.Snapshot().Clientes), email) })
}

// make registers a customer in Omie, and announces it.
func (f *fresher) make(a *vendored, n int) {
	f.must(a.omie.Seed(omiesim.Data{Clientes: []omiesim.Record{omieCustomer(n, time.Now())}}))
	f.announce(f.hooks[a.id], fmt.Sprintf(`{"messageId":"%s-new-%d","topic":"ClienteFornecedor.Incluido","event":{"codigo_cliente_omie":%d},"author":{"name":"Ana","userId":5}}`, a.id, n, firstOmie+n))
	f.await("a new record announced by a hook", func() bool { return strings.Contains(fmt.Sprint(a.auvo.Snapshot().Customers), cnpj(n)) })
}

// finish has a task finished in Auvo, announces it, and waits for its order in Omie.
func (f *fresher) finish(a *vendored, n int) {
	id := fmt.Sprint(800 + n)
	f.must(a.auvo.Seed(auvosim.Data{Tasks: []auvosim.Record{openTask(n, time.Now())}}))
	f.must(a.auvo.FinishTask(id, auvosim.Items{Services: []auvosim.Record{{"id": visit, "quantity": 1, "unitaryValue": 150}}}))
	f.announce(f.hooksA[a.id], fmt.Sprintf(`{"EntityType":"Tarefas","Action":"Alteracao","EntityId":%s}`, id))
	f.await("a finished task's order, announced by a hook", func() bool {
		return slices.ContainsFunc(a.omie.Snapshot().OS, func(o omiesim.Record) bool { return o.Text("Cabecalho", "cCodIntOS") == "AUVOT"+id+"S" })
	})
}

func (f *fresher) announce(to, body string) {
	if to != "" {
		post(f.t, to, body)
	}
}

func (f *fresher) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// await times, aside, until something is there.
func (f *fresher) await(name string, is func() bool) {
	began := time.Now()
	f.aside.Go(func() {
		for !is() {
			if time.Since(began) > 5*time.Minute {
				f.t.Errorf("%s: not there after five minutes", name)
				break
			}
			time.Sleep(200 * time.Millisecond)
		}
		f.mu.Lock()
		f.took[name] = append(f.took[name], time.Since(began))
		f.mu.Unlock()
	})
}

func (f *fresher) tell(name, on, goal string, at float64, most time.Duration) {
	all := f.took[name]
	slices.Sort(all)
	if len(all) == 0 {
		f.t.Errorf("%s: nothing", name)
		return
	}
	p := func(share float64) time.Duration {
		return all[min(int(share*float64(len(all))), len(all)-1)].Round(100 * time.Millisecond)
	}
	row(f.t, name+", until the other side shows it"+on, goal, fmt.Sprintf("p50 %s, p95 %s, p99 %s, of %d", p(0.5), p(0.95), p(0.99), len(all)), p(at) <= most)
}
