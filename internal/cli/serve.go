package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/realclientip/realclientip-go"

	"ponte/internal/backups"
	"ponte/internal/hook"
	"ponte/internal/metrics"
	"ponte/internal/queue"
	"ponte/internal/record"
	"ponte/internal/store"
	"ponte/internal/web"
)

type serveCmd struct {
	Role        string   `enum:"all,web,worker" default:"all" help:"What this process does (${enum})."`
	MetricsAddr string   `env:"PONTE_METRICS_ADDR" help:"An address of their own for the metrics (with /healthz and /readyz), for whoever reaches it (PONTE_METRICS_TOKEN: who brings that); workers listen nowhere else."`
	Proxies     []string `env:"PONTE_PROXIES" help:"Addresses or networks of proxies in front, such as 127.0.0.1: what they say in X-Forwarded-For is believed, so that attempts to sign in are counted by who makes them."`
	backing     `embed:""`
	keeping     `embed:""`
	telling     `embed:""`
	newAccounts `embed:""`
	identifying `embed:""`
}

func (serveCmd) Help() string {
	return "Runs until it is told to stop. Several processes may serve one database: on one machine SQLite will do, several machines need PostgreSQL.\n\n" +
		"all: web UI, webhook receivers, schedule and workers. web: what is listened to, no vendor is called. worker: schedule and workers, nothing is listened to.\n\n" +
		"Example:\n  ponte serve --role worker"
}

// How long a stop may take: work comes to a safe point, requests are answered.
const (
	stopWork = 13 * time.Second
	stopHTTP = 5 * time.Second
)

// Run serves until the session's context ends, and then stops within 15 s.
func (c *serveCmd) Run(s *session) error {
	db, err := s.open()
	if err != nil {
		return err
	}
	s.dropLeftovers()
	links := newConnections(s)
	var q *queue.Queue
	known := newKnownAccounts(s)
	keeper, err := c.keeper(s)
	if err != nil {
		return err
	}
	tidy, err := c.houseKeeper(s)
	if err != nil {
		return err
	}
	seen := s.observed(func() *queue.Queue { return q }, known, keeper)
	watcher, sender, err := s.telling(c.telling, known)
	if err != nil {
		return err
	}
	q, err = queue.New(s.ctx, queue.Config{
		Store: db, Engine: links.engine, Holder: s.holder(), Log: s.log, Ended: seen.Ended, Watch: watcher.Watch, Send: sender.Send, Find: links.find, Rates: s.rates,
	})
	if err != nil {
		return err
	}
	failed := make(chan error, 2)
	var ending atomic.Bool // from then on the process is not ready
	var stops []func() error
	if c.Role != "worker" {
		stop, err := s.listen(q, c, seen, keeper, &ending, failed)
		if err != nil {
			return err
		}
		stops = append(stops, stop)
	}
	if c.MetricsAddr != "" {
		stop, err := s.listenMetrics(c.MetricsAddr, seen, &ending, failed)
		if err != nil {
			return errors.Join(err, stopAll(stops))
		}
		stops = append(stops, stop)
	}
	if keeper != nil {
		stops = append(stops, aside(s.ctx, keeper.Run))
	}
	stops = append(stops, aside(s.ctx, s.forgetAnswers))
	if c.Role != "web" {
		stops = append(stops, aside(s.ctx, tidy.Run))
		if err := q.Start(context.WithoutCancel(s.ctx)); err != nil {
			return errors.Join(err, stopAll(stops))
		}
		stops = append(stops, func() error {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), stopWork)
			defer cancel()
			return q.Stop(ctx)
		})
	}
	s.log.Info("serving", "role", c.Role, "version", s.world.Version)
	select {
	case <-s.ctx.Done():
	case err = <-failed:
	}
	ending.Store(true)
	return errors.Join(err, stopAll(stops))
}

// aside runs f beside everything else, until stop is called and f has ended.
func aside(ctx context.Context, f func(context.Context)) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f(ctx)
	}()
	return func() error {
		cancel()
		<-ended
		return nil
	}
}

// rates are how many calls a minute this process may make to each side for cycles.
func (s *session) rates() map[record.Side]float64 {
	return map[record.Side]float64{record.Auvo: queue.ForCycles * s.auvoIP.Steady(), record.Omie: queue.ForCycles * s.omieIP.Steady()}
}

// stopAll stops everything at once.
func stopAll(stops []func() error) error {
	errs := make(chan error)
	for _, stop := range stops {
		go func() { errs <- stop() }()
	}
	var all error
	for range stops {
		all = errors.Join(all, <-errs)
	}
	return all
}

// listen serves the web UI, the receivers of webhooks and what probes ask, until
// stop is called.
func (s *session) listen(q *queue.Queue, c *serveCmd, seen *metrics.Metrics, keeper *backups.Keeper, ending *atomic.Bool, failed chan<- error) (stop func() error, err error) {
	if err := s.globals.safeForBrowsers(); err != nil {
		return nil, err
	}
	provider, err := s.provider(c.identifying)
	if err != nil {
		return nil, err
	}
	proxies, err := realclientip.AddressesAndRangesToIPNets(c.Proxies...)
	if err != nil {
		return nil, usage("PONTE_PROXIES must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8: %w", err)
	}
	listener, err := net.Listen("tcp", s.globals.Addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", s.globals.Addr, err)
	}
	o := web.Options{
		Proxies: proxies, Store: s.db, Log: s.log, Version: s.world.Version, PublicURL: s.publicURL(), Holder: s.holder(), MemoryKeys: s.world.MemoryKeys,
		RecordLink: s.world.RecordLink, BaseURLs: c.newAccounts.allowed(), Assistant: &web.Assistant{New: c.newAccounts.account, Connect: s.reach, Ask: q.Ask, Enqueue: q.Enqueue},
		Hasten: func(ctx context.Context, account string) (store.Schedule, error) {
			return s.db.Hasten(ctx, account, q.Enqueue)
		},
		Post: q.Post, WebhookPrivate: c.WebhookPrivate, Identity: provider,
	}
	if keeper != nil {
		o.Nightly = keeper.Newest
	}
	site := web.New(o)
	server := &http.Server{
		Handler:           s.tracer.Handler(s.mux(q, site, seen, ending)),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	s.printf("listening on http://%s\n", listener.Addr())
	if link, err := site.SetupLink(s.ctx); err != nil {
		s.log.Error("cannot make the first administrator's link", "error", err)
	} else if link != "" {
		s.printf("make the first administrator at %s (good once, for you alone)\n", link)
	}
	return func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), stopHTTP)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			return server.Close()
		}
		return nil
	}, nil
}

// mux is all that is listened to.
func (s *session) mux(q *queue.Queue, site http.Handler, seen *metrics.Metrics, ending *atomic.Bool) *http.ServeMux {
	mux, hooks, programs := http.NewServeMux(), http.NewServeMux(), http.NewServeMux()
	receiver := &hook.Receiver{Store: s.db, Notices: s.notices, Enqueue: q.Enqueue, Log: s.log}
	receiver.Add(hooks)
	s.addAPI(programs, q)
	mux.Handle("/hooks/", s.sealedOff(hooks, refuseHook))
	mux.Handle("/api/", s.sealedOff(programs, refuseAPI))
	mux.Handle("GET /metrics", seen.Handler(s.metricsDoor(false)))
	s.addProbes(mux, ending)
	mux.Handle("/", site)
	return mux
}

// addProbes adds what supervisors ask: whether the process lives, and whether it can
// work; not any more once it is ending.
func (s *session) addProbes(mux *http.ServeMux, ending *atomic.Bool) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		// Its tables are there: without them serving did not begin.
		if err := s.db.Ping(ctx); err != nil || ending.Load() {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
}

// notices reads what a side's delivery to an account says.
func (s *session) notices(_ context.Context, account string, side record.Side, body []byte) ([]record.Notice, error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	return s.world.Notices(a, side, body), nil
}

// publicURL is the address that browsers and webhooks use.
func (s *session) publicURL() string {
	if s.globals.PublicURL != "" {
		return s.globals.PublicURL
	}
	return "http://" + s.globals.Addr
}
