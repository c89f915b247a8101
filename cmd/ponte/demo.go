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
	"sync/atomic"
	"time"

	"github.com/oklog/ulid/v2"

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
	world  cli.World
	opts   cli.DemoOptions
	store  *store.DB
	ring   *secret.Ring
	name   string // the company's
	story  story

	accounts string // the file of the account that is there from the beginning
	template config.Account
	kick     chan struct{}          // has a cycle begin at once
	asked    chan asking            // what a worker would be asked for an account, or one to be
	joined   map[string]demoSides   // by settings and credentials; the loop's
	joining  sync.Mutex             // over joined
	cycling  sync.Mutex             // held while a cycle runs
	cut      atomic.Pointer[func()] // ends the cycle that runs

	mu      sync.Mutex // a company is for one goroutine at a time
	company *company.Company
	past    []string // the violations of companies before this one
	walked  bool     // the visitor began anew: what has not arrived is no failure
}

// runDemo runs until it has lasted d.Duration, ctx ends or, where nobody
// watches, everything has arrived. An error says what never arrived, or that
// Ponte did what a good client does not do.
func runDemo(ctx context.Context, w cli.World, d cli.DemoOptions) (err error) {
	p := &demo{
		out: w.Stdout, screen: newScreen(w.Stdout), story: story{began: time.Now()}, world: w, opts: d,
		kick: make(chan struct{}, 1), asked: make(chan asking, 16), joined: map[string]demoSides{},
	}
	dir, err := os.MkdirTemp("", "ponte-demo-")
	if err != nil {
		return fmt.Errorf("cannot make a place for the demo's database: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	p.company = company.New(d.Seed, d.Scale, p.story.began)
	auvoURL, stopAuvo, err := serveOn("127.0.0.1:0", p.sim(func(c *company.Company) http.Handler { return c.Auvo }))
	if err != nil {
		return err
	}
	defer stopAuvo()
	omieURL, stopOmie, err := serveOn("127.0.0.1:0", p.sim(func(c *company.Company) http.Handler { return c.Omie }))
	if err != nil {
		return err
	}
	defer stopOmie()
	if err := p.openStore(ctx, filepath.Join(dir, "ponte.db")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.store.Close()) }()
	p.accounts = p.company.AccountYAML(auvoURL+auvoPath, omieURL+omiePath)
	if err := p.apply(ctx); err != nil {
		return err
	}
	working, stop := context.WithCancel(ctx)
	var drafts sync.WaitGroup
	drafts.Go(func() { p.answerAskings(working) })
	defer drafts.Wait()
	defer stop()
	pagesURL, stopPages, err := servePages(d.Addr, web.New(web.Options{
		Store: p.store, Version: w.Version, Demo: true, Holder: "ponte demo", MemoryKeys: w.MemoryKeys, LeaseWait: demoPatience,
		Hasten: p.hasten, Assistant: p.assistant(), BaseURLs: []string{auvoURL, omieURL, p.template.Auvo.BaseURL, p.template.Omie.BaseURL}, Rehearsal: &web.Rehearsal{Keys: p.keys(), Begin: p.reset},
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

func (p *demo) openStore(ctx context.Context, path string) (err error) {
	if p.ring, err = secret.Open(secret.Options{Database: path}); err != nil {
		return err
	}
	p.store, err = store.Open(ctx, path, p.ring)
	return err
}

// apply keeps the account that the demo begins with, as ponte apply does.
func (p *demo) apply(ctx context.Context) error {
	file, err := config.Parse(strings.NewReader(p.accounts), p.world.Getenv)
	if err != nil {
		return err
	}
	p.template = file.Accounts[0]
	p.name = p.template.Name
	return cli.KeepAccount(ctx, p.store, p.template)
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
		case <-p.kick:
		case <-time.After(demoCycle - time.Since(begun)):
		}
	}
}

// cycle runs all flows of the account once, under its lease. Where the visitor has none
// yet, nothing is done.
func (p *demo) cycle(ctx context.Context) {
	p.cycling.Lock()
	defer p.cycling.Unlock()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cut := func() { stop() }
	p.cut.Store(&cut)
	e, err := p.engine(ctx)
	if err != nil && ctx.Err() == nil {
		p.story.cycled(store.Run{}, nil, err)
	}
	if e == nil || err != nil {
		return
	}
	var done store.Run
	err = engine.WithLease(ctx, p.store, e.Account.ID, "ponte demo", engine.LeaseWait, func(ctx context.Context, lease store.Lease) (err error) {
		// That it never gives its worker back is how its progress is kept.
		done, err = e.Run(ctx, lease, ulid.Make().String(), engine.Options{Yield: func() bool { return false }})
		return err
	})
	if ctx.Err() != nil { // the demo is over, or begins anew: what was cut short is no trouble
		err, done.Flows = nil, nil
	}
	// What waits is asked for once the demo is over, too.
	waits, waitErr := p.store.Waits(context.WithoutCancel(ctx), e.Account.ID)
	p.story.cycled(done, waits, errors.Join(err, waitErr))
}
