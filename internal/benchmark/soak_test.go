package benchmark

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ponte/internal/company"
	"ponte/internal/omie/omiesim"
	"ponte/internal/store"
	"ponte/internal/store/pgtest"
)

var (
	soak      = flag.Duration("soak", 0, "how long twenty companies live in the soaks (make soak)")
	companies = flag.Int("companies", 20, "how many companies live there")
)

// An hour of a company's life is 180 ticks of `ponte sim`; a soak has them all,
// however long it lasts, while cycles come each minute.
const ticksOfAnHour = 180

// A town is companies that live, and Ponte at work for them.
type town struct {
	t       *testing.T
	vendors *vendors
	lives   []*company.Company
	program *program
	db      *store.DB
	web     *process
	workers []*process
	hooks   [][]string // addresses, by company
	life    sync.WaitGroup

	mu                        sync.Mutex
	lived                     lived
	kills                     int
	quietAfter, lastedInTotal time.Duration
}

// A lived is what happened in a town.
type lived struct {
	companies, ticks int
	happened, failed int // of what happened, what did not do
	hinted, kept     int // hooks that were delivered, and those that Ponte kept
	arrived          company.Arrivals
}

func TestSoakOnSQLite(t *testing.T) {
	newSoak(t, "").pass(*soak, func(tw *town) {
		tw.web = tw.program.serve("all")
	})
}

// TestSoakOnPostgreSQL kills one of three workers each minute, with kill -9.
func TestSoakOnPostgreSQL(t *testing.T) {
	if *soak == 0 {
		t.Skip("run make soak")
	}
	newSoak(t, pgtest.New(t)).pass(*soak, func(tw *town) {
		tw.web = tw.program.serve("web")
		for range 3 {
			tw.workers = append(tw.workers, tw.program.serve("worker"))
		}
	})
}

func newSoak(t *testing.T, dsn string) *town {
	t.Helper()
	if *soak == 0 {
		t.Skip("run make soak")
	}
	tw := &town{t: t}
	var all []*vendored
	for n := range *companies {
		c := company.New(uint64(n+1), 1, time.Now())
		tw.lives = append(tw.lives, c)
		all = append(all, &vendored{fmt.Sprintf("c%02d", n), c.Auvo, c.Omie})
	}
	tw.vendors = serveVendors(t, all...)
	// Each company's vendors keep their published limits; this one address of ours stands for twenty.
	tw.program = newProgram(t, dsn, fmt.Sprintf("PONTE_AUVO_RATE=%d", *companies*360), fmt.Sprintf("PONTE_OMIE_RATE=%d", *companies*864))
	tw.program.apply(tw.file())
	tw.db = tw.program.open()
	return tw
}

// file joins the companies' own accounts files.
func (tw *town) file() string {
	var file strings.Builder
	file.WriteString("accounts:\n")
	for n, c := range tw.lives {
		a := tw.vendors.accounts[n]
		own := c.AccountYAML(tw.vendors.url+"/"+a.id+"/auvo/v2", tw.vendors.url+"/"+a.id+"/omie/api/v1")
		own = strings.NewReplacer("accounts:\n", "", "id: "+company.AccountID, "id: "+a.id, omiesim.DefaultAppKey, a.omie.AppKey).Replace(own)
		file.WriteString(own)
	}
	return file.String()
}

// pass lets the companies live for so long, then lets quiet come, and looks.
func (tw *town) pass(lasts time.Duration, start func(*town)) {
	t := tw.t
	start(tw)
	for _, a := range tw.vendors.accounts {
		out, _ := tw.program.run("", []string{"accounts", "hooks", a.id, "--public-url", tw.web.address}, 0)
		var to []string
		for line := range strings.SplitSeq(out, "\n") {
			if parts := strings.Fields(line); len(parts) == 3 && strings.HasPrefix(parts[2], "http") {
				to = append(to, parts[2])
			}
		}
		tw.hooks = append(tw.hooks, to)
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), lasts)
	defer cancel()
	for n := range tw.lives {
		tw.life.Go(func() { tw.live(ctx, n, lasts/ticksOfAnHour) })
	}
	if len(tw.workers) > 0 {
		tw.life.Go(func() { tw.killEachMinute(ctx) })
	}
	tw.life.Wait()
	ended := time.Now()
	tw.rest(ended)
	tw.quietAfter = time.Since(ended)
	tw.check()
	tw.count()
	violations := tw.vendors.blameless(t)
	for _, s := range append(tw.workers, tw.web) {
		s.stop()
	}
	tw.lastedInTotal = time.Since(began)
	l, a := tw.lived, tw.lived.arrived
	fmt.Printf("%s: %d companies lived %d ticks in %s: %d things happened (%d did not do), %d hooks, %d kept; %d workers killed; quiet after %s; "+
		"%d customers made in Auvo, %d in Omie, %d service orders, %d sales orders; %d violations\n", t.Name(), l.companies, l.ticks, lasts,
		l.happened, l.failed, l.hinted, l.kept, tw.kills, tw.quietAfter.Round(time.Second), a.CustomersInAuvo, a.CustomersInOmie, a.ServiceOrders, a.SalesOrders, violations)
	for _, why := range l.tooQuiet() {
		t.Error(why)
	}
}

// count adds up what the companies and the hooks' receivers saw.
func (tw *town) count() {
	l := &tw.lived
	l.companies = len(tw.lives)
	for n, c := range tw.lives {
		one := c.Arrived()
		l.arrived.CustomersInAuvo += one.CustomersInAuvo
		l.arrived.CustomersInOmie += one.CustomersInOmie
		l.arrived.ServiceOrders += one.ServiceOrders
		l.arrived.SalesOrders += one.SalesOrders
		hints, err := tw.db.Hints(tw.t.Context(), tw.vendors.accounts[n].id, 1<<20)
		if err != nil {
			tw.t.Fatal(err)
		}
		for _, h := range hints {
			l.kept += h.Times
		}
	}
}

// tooQuiet says why so little happened that rest afterwards proves nothing. (pure)
func (l lived) tooQuiet() (why []string) {
	for _, floor := range []struct {
		what    string
		is, of  int
		percent int // of it that must be
	}{
		{"ticks of life, of an hour's", l.ticks, l.companies * ticksOfAnHour, 50},
		{"things that happened, for so many ticks", l.happened - l.failed, l.ticks, 100},
		{"hooks delivered, for so many ticks", l.hinted, l.ticks, 20},
		{"hooks kept, of those delivered", l.kept, l.hinted, 100},
		{"customers made in Auvo, for so many companies", l.arrived.CustomersInAuvo, l.companies, 100},
		{"customers made in Omie, for so many companies", l.arrived.CustomersInOmie, l.companies, 100},
		{"orders, for so many ticks", l.arrived.ServiceOrders + l.arrived.SalesOrders, l.ticks, 20},
	} {
		if floor.is == 0 || floor.is*100 < floor.of*floor.percent {
			why = append(why, fmt.Sprintf("%d of %d are too few %s: %d %% must be", floor.is, floor.of, floor.what, floor.percent))
		}
	}
	return why
}

// live lets one company live until ctx ends; hooks tell of some of it, late, twice or wrongly.
func (tw *town) live(ctx context.Context, n int, tick time.Duration) {
	chance := rand.New(rand.NewPCG(uint64(n), 7)) //nolint:gosec // a play, no secret
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(tick):
		}
		lines := tw.lives[n].Live(time.Now())
		failed := 0
		for _, line := range lines {
			if strings.HasPrefix(line, "Não deu") {
				failed++
			}
		}
		hinted := 0
		if chance.IntN(4) == 0 {
			for range 1 + chance.IntN(2) {
				hinted += tw.hint(n, chance)
			}
		}
		tw.mu.Lock()
		l := &tw.lived
		l.ticks, l.happened, l.failed, l.hinted = l.ticks+1, l.happened+len(lines), l.failed+failed, l.hinted+hinted
		tw.mu.Unlock()
	}
}

// hint delivers a hook about some customer or task of a company.
func (tw *town) hint(n int, chance *rand.Rand) int {
	a := tw.vendors.accounts[n]
	var body string
	switch chance.IntN(3) {
	case 0:
		all := a.omie.Snapshot().Clientes
		body = fmt.Sprintf(`{"messageId":"m%d","topic":"ClienteFornecedor.Alterado","event":{"codigo_cliente_omie":%s},"author":{"name":"Ana","userId":5}}`,
			chance.Int64(), all[chance.IntN(len(all))].Text("codigo_cliente_omie"))
	case 1:
		all := a.auvo.Snapshot().Customers
		body = fmt.Sprintf(`{"EntityType":"Clientes","Action":"Alteracao","EntityId":%s}`, all[chance.IntN(len(all))].Text("id"))
	default:
		all := a.auvo.Snapshot().Tasks
		body = fmt.Sprintf(`{"EntityType":"Tarefas","Action":"Alteracao","EntityId":%s}`, all[chance.IntN(len(all))].Text("taskID"))
	}
	side := "/hooks/auvo/"
	if strings.Contains(body, "messageId") {
		side = "/hooks/omie/"
	}
	for _, to := range tw.hooks[n] {
		if strings.Contains(to, side) {
			post(tw.t, to, body)
			return 1
		}
	}
	tw.t.Errorf("%s has no hook %s", a.id, side)
	return 0
}

// post delivers a hook as vendors do: again, a little later, while it is asked to.
func post(t *testing.T, url, body string) {
	for pause := 2 * time.Second; ; pause *= 2 {
		res, err := http.Post(url, "application/json", bytes.NewReader([]byte(body)))
		if err != nil {
			t.Error(err)
			return
		}
		_ = res.Body.Close()
		switch {
		case res.StatusCode/100 == 2:
			return
		case res.StatusCode == http.StatusServiceUnavailable && pause < time.Minute:
			t.Logf("a hook is delivered again in %s", pause)
			time.Sleep(pause)
		default:
			t.Errorf("a hook was answered %d", res.StatusCode)
			return
		}
	}
}

// killEachMinute kills a worker, and starts another in its place.
func (tw *town) killEachMinute(ctx context.Context) {
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Minute):
		}
		tw.workers[n%3].kill()
		tw.workers[n%3] = tw.program.serve("worker")
		tw.kills++
	}
}

// rest waits until every account's cycle wrote nothing, and then for one more.
func (tw *town) rest(since time.Time) {
	tw.t.Helper()
	const patience = 10 * time.Minute
	quiet := tw.quietSince(since, patience)
	writes := tw.writes()
	tw.quietSince(quiet, patience)
	if more := tw.writes() - writes; more != 0 {
		tw.t.Errorf("one more cycle of each account wrote %d times", more)
	}
}

// quietSince waits until each account has ended a complete cycle, begun after
// since, that wrote nothing and left nothing; it returns when that was so.
func (tw *town) quietSince(since time.Time, patience time.Duration) time.Time {
	tw.t.Helper()
	began := time.Now()
	for {
		why := ""
		for _, a := range tw.vendors.accounts {
			if why = tw.unquiet(a.id, since); why != "" {
				why = a.id + ": " + why
				break
			}
		}
		if why == "" {
			return time.Now()
		}
		if time.Since(began) > patience {
			tw.t.Fatalf("no quiet within %s: %s", patience, why)
		}
		time.Sleep(2 * time.Second)
	}
}

// unquiet says what an account still does, "" nothing.
func (tw *town) unquiet(id string, since time.Time) string {
	run, err := tw.db.LastRun(tw.t.Context(), id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		tw.t.Fatal(err)
	}
	if err != nil || run.Started.Before(since) || run.Finished.IsZero() {
		return "no cycle since"
	}
	if !run.Complete {
		return "the cycle is not complete: " + run.Error
	}
	for _, f := range run.Flows {
		if f.Created+f.Updated > 0 || f.Error != "" {
			return fmt.Sprintf("%s made %d and altered %d: %s", f.Flow, f.Created, f.Updated, f.Error)
		}
	}
	return ""
}

// writes counts the calls that changed something on either side, ever.
func (tw *town) writes() int {
	n := 0
	for _, a := range tw.vendors.accounts {
		for _, c := range a.auvo.Calls() {
			if !strings.HasPrefix(c.Path, "/login") && isWrite(c.Method) {
				n++
			}
		}
		for _, c := range a.omie.Calls() {
			if isWrite(c.Call) {
				n++
			}
		}
	}
	return n
}
