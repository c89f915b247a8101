package simulation

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"ponte/internal/auvo"
	"ponte/internal/auvo/auvoapi"
	"ponte/internal/auvo/auvosim"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/inprocess"
	"ponte/internal/omie"
	"ponte/internal/omie/omieapi"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A world is the stage of one walk. Its time is the bubble's, moved to a day in
// March 2026; where there is no bubble (a real socket cannot live in one) it
// passes by being set forward.
type world struct {
	t       *testing.T
	h       history
	auvo    *auvosim.Sim
	omie    *omiesim.Sim
	account config.Account
	place   place

	began  time.Time     // on the world's own clock of Go
	passed time.Duration // set forward, outside a bubble
	skew   time.Duration // how far Ponte's machine is ahead of the vendors'

	db      *store.DB
	process *process // the one that runs; nil between cycles
	cycles  int
	witness *witness
	backup  string // a copy of the database, "" while there is none
	ahead   bool   // our clock ran ahead of the vendors'
	stale   bool   // a simulator answers as things were
	// forgetful: a backup was put back, and no cycle has come to its end since.
	forgetful bool
	quiet     bool // the walk is over: nothing may go wrong any more

	problems []problem
	sum      summary
}

// A place is where the database lives, and whether time is fake there.
type place struct {
	bubble bool
	dsn    string        // PostgreSQL; "" is a file of SQLite in dir
	dir    string        // where the file is
	window time.Duration // how long Omie refuses an identical request
	lease  time.Duration // how long a lease lasts
}

// A problem is a promise broken. Its kind is what shrinking holds on to.
type problem struct{ kind, text string }

func (p problem) String() string { return p.kind + ": " + p.text }

var firstDay = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// newWorld builds the stage of a history: a company, and an empty database.
func newWorld(t *testing.T, h history, at place) (*world, error) {
	w := &world{t: t, h: h, place: at, began: time.Now(), sum: newSummary()}
	account, err := h.account(at.window.String())
	if err != nil {
		return nil, err
	}
	w.account = account
	w.auvo = &auvosim.Sim{PerMinute: -1, Now: w.now}
	w.omie = &omiesim.Sim{PerMinute: -1, PerIPMinute: -1, RedundancyWindow: at.window, Now: w.now, RandSeed: h.seed}
	if err := h.setSims(w.auvo, w.omie); err != nil {
		return nil, err
	}
	w.witness = newWitness(w)
	w.settle()
	return w, w.open()
}

// now is the vendors' time, machine is that of the machine that Ponte runs on.
func (w *world) now() time.Time     { return firstDay.Add(time.Since(w.began) + w.passed) }
func (w *world) machine() time.Time { return w.now().Add(w.skew) }

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	if w.place.bubble {
		time.Sleep(d)
		return
	}
	w.passed += d
}

// waitFor waits, in real time, for a lease that a dead process left.
func (w *world) waitFor(held *store.LeaseHeldError) {
	time.Sleep(time.Until(held.Until) + 10*time.Millisecond)
}

func (w *world) fail(kind, format string, args ...any) {
	w.problems = append(w.problems, problem{kind, fmt.Sprintf(format, args...)})
}

// must is for what the stage itself cannot do without.
func (w *world) must(err error) {
	if err != nil {
		panic(fmt.Errorf("simulation: %w", err))
	}
}

// open opens the database, as a new process would.
func (w *world) open() error {
	db, err := w.openAt(w.path())
	w.db = db
	return err
}

func (w *world) path() string {
	if w.place.dsn != "" {
		return w.place.dsn
	}
	return filepath.Join(w.place.dir, "ponte.db")
}

func (w *world) openAt(dsn string) (*store.DB, error) {
	db, err := store.Open(context.Background(), dsn, ring)
	if err != nil {
		return nil, err
	}
	err = db.SaveAccount(context.Background(), store.Account{ID: "acme", Settings: []byte(w.account.Settings())}, nil)
	return db, err
}

func (w *world) close() { w.must(w.db.Close()) }

// reopen is what a process that dies leaves to the next.
func (w *world) reopen() {
	w.close()
	w.must(w.open())
}

// keepBackup and restore copy the database's file. What else SQLite keeps
// beside it is in it once the last connection has closed.
func (w *world) keepBackup() {
	if w.place.dsn != "" {
		return
	}
	w.close()
	raw, err := os.ReadFile(w.path())
	w.must(err)
	w.backup = w.path() + ".bak"
	w.must(os.WriteFile(w.backup, raw, 0o600))
	w.must(w.open())
}

// dropRows is what housekeeping does a month later: no row is kept as it came.
func (w *world) dropRows() {
	_, err := w.db.DropRaws(context.Background(), time.Now().Add(time.Second), 1<<20)
	w.must(err)
}

func (w *world) restore() {
	if w.backup == "" {
		return
	}
	w.witness.remember()
	w.close()
	raw, err := os.ReadFile(w.backup)
	w.must(err)
	for _, beside := range []string{"-wal", "-shm"} {
		if err := os.Remove(w.path() + beside); err != nil && !errors.Is(err, os.ErrNotExist) {
			w.must(err)
		}
	}
	w.must(os.WriteFile(w.path(), raw, 0o600))
	w.must(w.open())
	w.sum.restores++
	w.forgetful = true
}

// sides connects a process with both vendors over its own wire, as cmd does.
func (w *world) sides(db *store.DB, over http.RoundTripper) (auvoSide, omieSide record.System) {
	client := &http.Client{Transport: over, Timeout: 2 * time.Minute}
	a, name := w.account, string(w.account.Flows.Customers.Name)
	auvoSide = auvo.New(auvoapi.New(auvoapi.Config{
		BaseURL: a.Auvo.BaseURL, APIKey: a.Auvo.APIKey.Reveal(), APIToken: a.Auvo.APIToken.Reveal(), Memory: db.Memory(),
		RatePerMinute: a.Auvo.RatePerMinute, Now: w.machine, HTTP: client, Backoff: w.place.window / 12,
	}), auvo.Options{Name: name, ApprovedStages: a.Flows.Quotations.ApprovedStages})
	omieSide = omie.New(omieapi.New(omieapi.Config{
		BaseURL: a.Omie.BaseURL, AppKey: a.Omie.AppKey.Reveal(), AppSecret: a.Omie.AppSecret.Reveal(), Memory: db.Memory(),
		RatePerMinute: a.Omie.RatePerMinute, RedundancyWindow: a.Omie.RedundancyWindow.Std(), Now: w.machine, HTTP: client,
	}), omie.Options{Name: name, StockLocation: string(a.Flows.Products.StockLocation)})
	return auvoSide, omieSide
}

// vendors hands a call to its simulator.
func (w *world) vendors(r *http.Request) (*http.Response, error) {
	if r.URL.Host == "auvo.test" {
		return inprocess.Transport(w.auvo).RoundTrip(r)
	}
	return inprocess.Transport(w.omie).RoundTrip(r)
}

// A process is one that runs a cycle. At its step number trouble strikes, once.
type process struct {
	world   *world
	db      *store.DB
	lease   store.Lease
	steps   int
	at      int
	lost    bool // another process has taken the lease
	strikes func(*process, string)
}

// death is the panic of a process that dies.
type death struct{ point string }

// cycle runs one cycle in a process of its own, to its end or its death.
func (w *world) cycle(opts engine.Options, at int, strikes func(*process, string)) {
	p := &process{world: w, db: w.db, at: at, strikes: strikes}
	w.run(p, "office", opts)
}

// run runs a cycle in a process. One that dies leaves the database to the next.
func (w *world) run(p *process, holder string, opts engine.Options) {
	outer := w.process
	w.process = p
	p.db.Seam(p.step)
	defer func() {
		p.db.Seam(nil)
		w.process = outer
		w.afterwards(p, recover())
	}()
	w.cycles++
	w.sum.cycles++
	ctx := context.Background()
	lease, err := p.db.Acquire(ctx, "acme", holder, w.place.lease)
	if held, busy := errors.AsType[*store.LeaseHeldError](err); busy {
		w.waitFor(held)
		lease, err = p.db.Acquire(ctx, "acme", holder, w.place.lease)
	}
	if err != nil {
		w.fail("lease", "%v", err)
		return
	}
	p.lease = lease
	auvoSide, omieSide := w.sides(p.db, wire{w, p})
	e := &engine.Engine{Store: p.db, Auvo: auvoSide, Omie: omieSide, Account: w.account, Now: w.machine}
	w.witness.cycle()
	defer func() { w.witness.released = w.witness.released && (outer != nil || w.releaseStands()) }()
	run, err := e.Run(ctx, lease, fmt.Sprintf("run-%04d", w.cycles), opts)
	w.judge(run, err)
	w.forgetful = w.forgetful && (err != nil || !run.Complete)
	if p.lost && run.ID != "" && !run.Finished.IsZero() && !opts.Hints && !errors.Is(err, store.ErrLeaseLost) {
		w.fail("lease", "a process that lost the lease went on writing: %v", err)
	}
	if err := p.db.Release(ctx, lease); err != nil && !errors.Is(err, store.ErrLeaseLost) {
		w.fail("lease", "%v", err)
	}
}

// releaseStands tells whether a person's release is not used up: a process died before.
func (w *world) releaseStands() bool {
	holds, err := w.db.Holds(context.Background(), "acme")
	w.must(err)
	return slices.ContainsFunc(holds, func(h store.Held) bool { return h.Release != "" })
}

// afterwards buries a process that died. Any other panic is a problem of its own.
func (w *world) afterwards(p *process, cause any) {
	if cause == nil {
		return
	}
	if _, died := cause.(death); !died {
		w.fail("panic", "%v\n%s", cause, debug.Stack())
	} else {
		w.sum.deaths++
	}
	if p.db == w.db {
		w.reopen()
	}
}

// judge looks at what a run says of itself (P5: the counts close).
func (w *world) judge(run store.Run, err error) {
	for _, f := range run.Flows {
		if f.Read != f.Created+f.Updated+f.Unchanged+f.Excluded+f.Waiting+f.Failed {
			w.fail("counts", "%s of run %s: %+v", f.Flow, run.ID, f)
		}
		if f.Failed > 0 {
			w.sum.failures++
		}
		if w.quiet && f.Error != "" {
			w.fail("error", "%s after quiet: %s", f.Flow, f.Error)
		}
	}
	switch {
	case err == nil, errors.Is(err, store.ErrLeaseLost):
	case w.quiet:
		w.fail("error", "a run after quiet: %v", err)
	}
}

// step is called before and after each vendor call and store commit.
func (p *process) step(point string) {
	if quietPoint(point) {
		return
	}
	p.steps++
	p.world.sum.points++
	if p.steps != p.at || p.strikes == nil {
		return
	}
	strikes := p.strikes
	p.strikes = nil
	strikes(p, point)
}

// quietPoint: the login runs in a goroutine of its own and makes nothing; what
// has not run yet has nothing to lose.
func quietPoint(point string) bool {
	return slices.Contains([]string{"before SetToken", "after SetToken", "before Acquire", "after Acquire", "before Release", "after Release", "before SaveAccount", "after SaveAccount"}, point)
}
