// Package metrics is what Ponte tells Prometheus at /metrics.
//
// There are two kinds. What stands in the database (census.go, a table) is read
// when somebody asks, so that every process shows all accounts, one that only
// listens included. What a process does (process.go) is counted by itself: calls,
// runs, and what is left of its IP's rate.
//
// Labels are accounts, flows, causes, states, sources, sides and methods: bounded,
// and never a secret, a record or a person.
package metrics

import (
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is a process's.
type Metrics struct {
	registry *prometheus.Registry
	*process
}

// New returns the metrics of a process whose store s counts.
func New(version string, limits map[string]int, s Source) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), process: newProcess(limits, s.Carries)}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "ponte_build_info", Help: "The version that runs; always 1.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(build, m.process, newCollector(s), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Gatherer gives all metrics, for tests.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }

// Handler answers /metrics to whom the door lets in, to a few at a time.
func (m *Metrics) Handler(door Door) http.Handler {
	return door.guard(promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, ErrorHandling: promhttp.ContinueOnError}))
}
