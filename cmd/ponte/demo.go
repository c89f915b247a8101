package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"ponte/internal/call"
	"ponte/internal/cli"
	"ponte/internal/company"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/secret"
	"ponte/internal/store"
	"ponte/internal/web"
)

const (
	demoCycle = 3 * time.Second // from the beginning of a cycle to that of the next
	demoLife  = 2500 * time.Millisecond
	demoFrame = 500 * time.Millisecond
	demoMost  = 60 * time.Second // of a demo that nobody watches and nobody limits
	// demoPatience is how long a page waits for the cycle at work: the first one, at the vendors' pace, takes most of a minute.
	demoPatience = 90 * time.Second
	demoExtra    = 2 // cycles it goes on once everything has arrived
)

// A demo is the real program at work on a company in two simulators: its
// accounts file is parsed, its store is a SQLite file, its clients speak HTTP.
type demo struct {
	out    io.Writer
	screen *screen // nil: output is no terminal
	engine *engine.Engine
	name   string // the company's
	story  story

	mu      sync.Mutex // a company is for one goroutine at a time
	company *company.Company
}

// runDemo runs until it has lasted d.Duration, ctx ends or, where nobody
// watches, everything has arrived. An error says what never arrived, or that
// Ponte did what a good client does not do.
func runDemo(ctx context.Context, w cli.World, d cli.DemoOptions) (err error) {
	p := &demo{out: w.Stdout, screen: newScreen(w.Stdout), story: story{began: time.Now()}}
	dir, err := os.MkdirTemp("", "ponte-demo-")
	if err != nil {
		return fmt.Errorf("cannot make a place for the demo's database: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	p.company = company.New(d.Seed, d.Scale, p.story.began)
	auvoURL, stopAuvo, err := serveOn("127.0.0.1:0", p.company.Auvo)
	if err != nil {
		return err
	}
	defer stopAuvo()
	omieURL, stopOmie, err := serveOn("127.0.0.1:0", p.company.Omie)
	if err != nil {
		return err
	}
	defer stopOmie()
	db, err := openDemoStore(ctx, filepath.Join(dir, "ponte.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := p.connect(ctx, w, db, p.company.AccountYAML(auvoURL+auvoPath, omieURL+omiePath)); err != nil {
		return err
	}
	pagesURL, stopPages, err := servePages(d.Addr, web.New(web.Options{
		Store: db, Version: w.Version, Demo: true, Holder: "ponte demo", MemoryKeys: w.MemoryKeys, LeaseWait: demoPatience,
	}))
	if err != nil {
		return err
	}
	defer stopPages()
	p.story.pages = "pages: " + pagesURL + " – open them in a browser on this machine"
	p.story.where = fmt.Sprintf("simulators: Auvo %s, Omie %s (admin under /_sim/)", auvoURL, omieURL)
	return p.play(ctx, d.Duration)
}

// servePages serves the pages where told, or on another port where that is taken.
func servePages(addr string, site http.Handler) (url string, stop func(), err error) {
	if addr != "" {
		if url, stop, err = serveOn(addr, site); err == nil {
			return url, stop, nil
		}
	}
	return serveOn("127.0.0.1:0", site)
}

func openDemoStore(ctx context.Context, path string) (*store.DB, error) {
	ring, err := secret.Open(secret.Options{Database: path})
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, path, cli.Sealer{Ring: ring})
}

// connect applies the accounts file and builds the engine, as apply and sync do.
func (p *demo) connect(ctx context.Context, w cli.World, db *store.DB, accounts string) error {
	file, err := config.Parse(strings.NewReader(accounts), w.Getenv)
	if err != nil {
		return err
	}
	a := file.Accounts[0]
	if err := cli.KeepAccount(ctx, db, a); err != nil {
		return err
	}
	auvo, omie, err := w.Connect(cli.Connection{
		Account: a, Memory: db.Memory(),
		AuvoIP: call.PerMinute(a.Auvo.RatePerMinute), OmieIP: call.PerMinute(4 * a.Omie.RatePerMinute), Now: time.Now,
	})
	if err != nil {
		return err
	}
	p.name = a.Name
	p.engine = &engine.Engine{Store: db, Auvo: auvo, Omie: omie, Account: a, Now: time.Now, Progress: p.story.change}
	return nil
}

// play lets the company live and Ponte follow, and ends with the summary.
func (p *demo) play(ctx context.Context, lasts time.Duration) error {
	unwatched := p.screen == nil && lasts == 0
	if unwatched {
		lasts = demoMost
	}
	playing, stop := limited(ctx, p.story.began, lasts)
	defer stop()
	var aside sync.WaitGroup
	aside.Go(func() { every(playing, demoLife, p.live) })
	if p.screen != nil {
		aside.Go(func() { every(playing, demoFrame, func() { p.screen.draw(p.lines()) }) })
	} else {
		p.print(p.title(), p.story.pages, p.story.where, "The first cycle carries everything over, within the vendors' limits of calls a minute.")
	}
	p.cycles(playing, unwatched)
	stop()
	aside.Wait()
	return p.end(ctx.Err() == nil)
}

// limited ends a context when the demo has lasted so long since it began; 0:
// not by itself. It is no deadline, which a limiter would refuse to wait into.
func limited(ctx context.Context, began time.Time, lasts time.Duration) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(ctx)
	if lasts > 0 {
		time.AfterFunc(lasts-time.Since(began), stop)
	}
	return ctx, stop
}

func every(ctx context.Context, pause time.Duration, do func()) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			do()
		}
	}
}

// live lets one tick of life happen.
func (p *demo) live() {
	now := time.Now()
	p.mu.Lock()
	lines := p.company.Live(now)
	p.mu.Unlock()
	p.story.lived(now, lines)
}

// arrived counts in the simulators.
func (p *demo) arrived() company.Arrivals {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.company.Arrived()
}

// cycles runs cycles until ctx ends or, when told so, everything has arrived
// and a few more have run.
func (p *demo) cycles(ctx context.Context, untilArrived bool) {
	more := demoExtra
	for ctx.Err() == nil {
		begun := time.Now()
		p.cycle(ctx)
		if p.screen == nil {
			p.print(p.compact())
		}
		if untilArrived && len(p.arrived().Missing()) == 0 {
			if more == 0 {
				return
			}
			more--
		}
		select {
		case <-ctx.Done():
		case <-time.After(demoCycle - time.Since(begun)):
		}
	}
}

// reload takes up what was changed in the pages.
func (p *demo) reload(ctx context.Context) (paused bool, err error) {
	row, err := p.engine.Store.Account(ctx, p.engine.Account.ID)
	if err != nil {
		return false, err
	}
	now, err := config.Restore(string(row.Settings))
	if err == nil {
		p.engine.Account = now
	}
	return row.Paused, err
}

// cycle runs all flows once, under the account's lease.
func (p *demo) cycle(ctx context.Context) {
	e, account := p.engine, p.engine.Account.ID
	paused, err := p.reload(ctx)
	if err != nil && ctx.Err() == nil {
		p.story.cycled(store.Run{}, nil, err)
	}
	if paused || err != nil {
		return
	}
	var done store.Run
	err = engine.WithLease(ctx, e.Store, account, "ponte demo", engine.LeaseWait, func(ctx context.Context, lease store.Lease) (err error) {
		done, err = e.Run(ctx, lease, ulid.Make().String(), engine.Options{})
		return err
	})
	if ctx.Err() != nil { // the demo is over: what was cut short is no trouble
		err, done.Flows = nil, nil
	}
	// What waits is asked for once the demo is over, too.
	waits, waitErr := e.Store.Waits(context.WithoutCancel(ctx), account)
	p.story.cycled(done, waits, errors.Join(err, waitErr))
}
