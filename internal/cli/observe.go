package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"ponte/internal/backups"
	"ponte/internal/call"
	"ponte/internal/metrics"
	"ponte/internal/queue"
	"ponte/internal/span"
)

// observed has the process's calls logged and counted from here on.
func (s *session) observed(q func() *queue.Queue, known *knownAccounts, keeper *backups.Keeper) *metrics.Metrics {
	source := metrics.Source{
		Census: s.db.Census, Log: s.log, Keys: known.keys,
		Carries: func() map[string]float64 {
			return map[string]float64{"auvo": s.auvoIP.Steady(), "omie": s.omieIP.Steady()}
		},
		Jobs: func(ctx context.Context) (map[string]int, error) { return q().Jobs(ctx) },
	}
	if keeper != nil {
		source.Backup = keeper.Newest
	}
	m := metrics.New(s.world.Version, map[string]int{"auvo": s.globals.AuvoRate, "omie": s.globals.OmieRate}, source)
	logged := logCall(s.log)
	s.watch = func(ctx context.Context, made call.Made) {
		logged(ctx, made)
		m.Watch(ctx, made)
		span.Call(ctx, made)
	}
	return m
}

// metricsDoor says who may read the metrics. The token has no flag: a command
// line is for everyone to read (P10).
func (s *session) metricsDoor(own bool) metrics.Door {
	token, _ := s.world.Getenv("PONTE_METRICS_TOKEN")
	return metrics.Door{Token: token, Anyone: own}
}

// listenMetrics serves the metrics and what probes ask, on an address of their own,
// whatever the process's role.
func (s *session) listenMetrics(addr string, m *metrics.Metrics, ending *atomic.Bool, failed chan<- error) (stop func() error, err error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s for the metrics: %w", addr, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler(s.metricsDoor(true)))
	s.addProbes(mux, ending)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	s.printf("metrics on http://%s/metrics\n", listener.Addr())
	return server.Close, nil
}
