package benchmark

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
	"ponte/internal/secret"
	"ponte/internal/store"
	"ponte/internal/store/pgtest"
)

// A fleet is a number of idle accounts on a database, worked by so many processes.
type fleet struct {
	database string
	accounts int
	workers  int
	goal     bool // design's: it must be carried
}

var fleets = []fleet{
	{"SQLite", 10, 1, false},
	{"SQLite", 100, 1, false},
	{"SQLite", 500, 1, true},
	{"SQLite", 1000, 1, false},
	{"SQLite", 2000, 1, false},
	{"PostgreSQL", 10, 1, false},
	{"PostgreSQL", 100, 1, false},
	{"PostgreSQL", 1000, 1, false},
	{"PostgreSQL", 2000, 1, true},
	{"PostgreSQL", 2000, 2, false},
	{"PostgreSQL", 2000, 4, false},
}

// A carried is how a machine carried a fleet.
type carried struct {
	due, done, late int
	ponte, database time.Duration // processor time
	memory          int64         // resident, KiB, all processes
	first           time.Duration // until each account's first cycle was over
	window          time.Duration
}

// TestAccountsPerMachine: limits raised on both sides, no latency, cycles of ten minutes.
func TestAccountsPerMachine(t *testing.T) {
	measured(t)
	for _, f := range fleets {
		t.Run(fmt.Sprintf("%s/%d/%d", f.database, f.accounts, f.workers), func(t *testing.T) {
			c := f.carry(t)
			goal := ""
			if f.goal {
				goal = "carried"
			}
			each := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(max(c.done, 1)) }
			row(t, fmt.Sprintf("%d idle accounts on %s, %d worker(s)", f.accounts, f.database, f.workers), goal,
				fmt.Sprintf("%d of %d cycles due in %s, %d late; %.0f ms of a core a cycle and %.0f ms of the database's; %.1f %% of two cores; %d MiB; first contact %s",
					c.done, c.due, c.window, c.late, each(c.ponte), each(c.database), 50*(c.ponte+c.database).Seconds()/c.window.Seconds(), c.memory>>10, c.first.Round(time.Second)),
				c.late == 0 && c.done*100 >= c.due*98)
		})
	}
}

// TestOneIPCarries: 800 idle accounts of ten minutes behind one address, by a process that
// calls at its default rates; 150 ms of latency.
func TestOneIPCarries(t *testing.T) {
	measured(t)
	const auvoLimit, omieLimit = 400, 960 // an IP's, a minute (docs/apis)
	f := fleet{database: "SQLite", accounts: 800}
	var all []*vendored
	for n := range f.accounts {
		a := &vendored{unlimitedID(n), &auvosim.Sim{Latency: latency}, &omiesim.Sim{Latency: latency, NoConsumer: true}}
		a.settle(t, 20, 20)
		all = append(all, a)
	}
	v := serveVendors(t, all...)
	v.forgetCalls(t)
	p := newProgram(t, "", withoutIPLimits...)
	p.apply(v.files("10m", "")...)
	db := p.open()
	s := p.serve("worker")
	f.firstContact(t, db) // which alone would take an hour of what an IP may call
	s.stop()
	p.env = p.env[:len(p.env)-len(withoutIPLimits)]
	v.calls = map[string][]time.Time{}
	s = p.serve("worker")
	lasts := cmp.Or(*window, 22*time.Minute) // two cycles of each
	time.Sleep(lasts)
	s.stop()
	var gaps []time.Duration  // from one cycle of an account to its next
	var longest time.Duration // of these, and from its last to the end
	for _, a := range all {
		runs, err := db.Runs(t.Context(), a.id, 20)
		if err != nil {
			t.Fatal(err)
		}
		longest = max(longest, time.Since(runs[0].Started))
		for n := range runs[1:] {
			gaps = append(gaps, runs[n].Started.Sub(runs[n+1].Started))
		}
	}
	slices.Sort(gaps)
	longest = max(longest, gaps[len(gaps)-1])
	auvo, omie := v.mostInAMinute("auvo"), v.mostInAMinute("omie")
	v.blameless(t)
	row(t, "800 idle accounts at 10 minutes behind one IP, default rates, "+lasts.String(), "within 11 min, ≤ 400 and ≤ 960 calls a minute",
		fmt.Sprintf("%d cycles, p50 %s, p99 %s, %s at most until the next; most calls in any minute: Auvo %d, Omie %d", len(gaps),
			gaps[len(gaps)/2].Round(time.Second), gaps[len(gaps)*99/100].Round(time.Second), longest.Round(time.Second), auvo, omie),
		longest <= 11*time.Minute && auvo <= auvoLimit && omie <= omieLimit)
}

// firstContact waits until each account's first cycle is over.
func (f fleet) firstContact(t *testing.T, db *store.DB) time.Duration {
	t.Helper()
	began := time.Now()
	for !f.allRan(t, db) {
		if time.Since(began) > 20*time.Minute {
			t.Fatal("not every account's first cycle was over in 20 minutes")
		}
		time.Sleep(3 * time.Second)
	}
	return time.Since(began)
}

func (f fleet) carry(t *testing.T) (c carried) {
	var all []*vendored
	for n := range f.accounts {
		a := unlimited(n)
		a.settle(t, 20, 20)
		all = append(all, a)
	}
	v := serveVendors(t, all...)
	v.forgetCalls(t)
	dsn := ""
	if f.database == "PostgreSQL" {
		dsn = pgtest.New(t)
	}
	p := newProgram(t, dsn, withoutIPLimits...)
	p.apply(v.files("10m", withoutLimits)...)
	db := p.open()
	var processes []*process
	for range f.workers {
		processes = append(processes, p.serve("worker"))
	}
	c.first, c.window = f.firstContact(t, db), cmp.Or(*window, 150*time.Second)
	time.Sleep(20 * time.Second)
	use := func() (ponte time.Duration, memory int64) {
		for _, s := range processes {
			u := s.used()
			ponte, memory = ponte+u.cpu, memory+u.memory
		}
		return ponte, memory
	}
	before := f.nextCycles(t, db)
	ponte, _ := use()
	database := postgresCPU(t)
	time.Sleep(c.window)
	to := time.Now()
	c.ponte, c.memory = use()
	c.ponte -= ponte
	c.database = postgresCPU(t) - database
	c.due, c.done, c.late = cyclesOf(before, f.nextCycles(t, db), to)
	for _, s := range processes {
		s.stop()
	}
	v.blameless(t)
	return c
}

// cyclesOf counts the cycles that were due by an instant, those of them that came and
// those that did not; before and after are when each account's next was due. One that
// was overdue already when the window began is late as well, however long. (pure)
func cyclesOf(before, after map[string]time.Time, to time.Time) (due, done, late int) {
	const grace = 30 * time.Second // a tick is 15 s
	for id, at := range before {
		switch {
		case after[id].After(at):
			due, done = due+1, done+1
		case at.Before(to.Add(-grace)):
			due, late = due+1, late+1
		}
	}
	return due, done, late
}

// open opens the program's database beside it.
func (p *program) open() *store.DB {
	p.t.Helper()
	dsn := strings.TrimPrefix(p.env[0], "PONTE_DB=")
	o := secret.Options{Env: masterKey}
	if filepath.IsAbs(dsn) {
		o.Database = dsn
	}
	ring, err := secret.Open(o)
	if err != nil {
		p.t.Fatal(err)
	}
	db, err := store.Open(context.Background(), dsn, ring)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = db.Close() })
	return db
}

// allRan tells whether the first cycle of each account is over.
func (f fleet) allRan(t *testing.T, db *store.DB) bool {
	t.Helper()
	for n := f.accounts - 1; n >= 0; n-- {
		run, err := db.LastRun(t.Context(), unlimitedID(n))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Fatal(err)
		}
		if err != nil || run.Finished.IsZero() {
			return false
		}
	}
	return true
}

// nextCycles are when each account's next cycle is due.
func (f fleet) nextCycles(t *testing.T, db *store.DB) map[string]time.Time {
	t.Helper()
	all := map[string]time.Time{}
	for n := range f.accounts {
		s, err := db.Schedule(t.Context(), unlimitedID(n))
		if err != nil {
			t.Fatal(err)
		}
		all[s.Account] = s.NextCycle
	}
	return all
}
