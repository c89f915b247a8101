package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"ponte/internal/call"
)

// process counts what this process does.
type process struct {
	calls   *prometheus.CounterVec
	took    *prometheus.HistogramVec
	steps   *prometheus.HistogramVec
	limit   *prometheus.Desc
	left    *prometheus.Desc
	steady  *prometheus.Desc
	carries func() map[string]float64
	limits  map[string]int // calls in any 60 s from this IP, by side
	recent  map[string]*minute
}

func newProcess(limits map[string]int, carries func() map[string]float64) *process {
	p := &process{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ponte_calls_total", Help: "Requests to a vendor by method and what the answer asked for (ok: nothing).",
		}, []string{"side", "method", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ponte_call_seconds", Help: "How long a vendor took to answer.", Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 90},
		}, []string{"side"}),
		steps: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ponte_step_seconds", Help: "How long an account's cycles, sweeps and runs for hints took, pauses between slices included.",
			Buckets: []float64{1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 7200},
		}, []string{"step", "outcome"}),
		limit:   prometheus.NewDesc("ponte_ip_budget", "Calls that this process may make in any 60 seconds from its IP.", []string{"side"}, nil),
		left:    prometheus.NewDesc("ponte_ip_budget_left", "What the last 60 seconds left of it.", []string{"side"}, nil),
		steady:  prometheus.NewDesc("ponte_ip_carries", "Calls a minute that this process may make from its IP for as long as one likes; less while it yields to other software there.", []string{"side"}, nil),
		carries: carries, limits: limits,
		recent: map[string]*minute{},
	}
	for side := range limits {
		p.recent[side] = &minute{}
	}
	return p
}

// Watch counts a call (call.Watch).
func (p *process) Watch(_ context.Context, m call.Made) {
	p.calls.WithLabelValues(m.Side, m.Method, m.Outcome()).Inc()
	p.took.WithLabelValues(m.Side).Observe(m.Took.Seconds())
	if r := p.recent[m.Side]; r != nil {
		r.add(time.Now())
	}
}

// Ended counts a step of an account's job that came to its end.
func (p *process) Ended(step string, complete bool, took time.Duration) {
	outcome := "complete"
	if !complete {
		outcome = "partial"
	}
	p.steps.WithLabelValues(step, outcome).Observe(took.Seconds())
}

// Describe sends the descriptions.
func (p *process) Describe(out chan<- *prometheus.Desc) {
	for _, c := range []prometheus.Collector{p.calls, p.took, p.steps} {
		c.Describe(out)
	}
	out <- p.limit
	out <- p.left
	out <- p.steady
}

// Collect sends the counts.
func (p *process) Collect(out chan<- prometheus.Metric) {
	for _, c := range []prometheus.Collector{p.calls, p.took, p.steps} {
		c.Collect(out)
	}
	if p.carries != nil {
		for side, n := range p.carries() {
			out <- prometheus.MustNewConstMetric(p.steady, prometheus.GaugeValue, n, side)
		}
	}
	for side, limit := range p.limits {
		left := max(limit-p.recent[side].count(time.Now()), 0)
		out <- prometheus.MustNewConstMetric(p.limit, prometheus.GaugeValue, float64(limit), side)
		out <- prometheus.MustNewConstMetric(p.left, prometheus.GaugeValue, float64(left), side)
	}
}

// A minute counts what happened in the last 60 seconds, second by second.
type minute struct {
	mu      sync.Mutex
	seconds [60]struct {
		at    int64 // the second, since 1970
		count int
	}
}

func (m *minute) add(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := &m.seconds[now.Unix()%60]
	if s.at != now.Unix() {
		s.at, s.count = now.Unix(), 0
	}
	s.count++
}

func (m *minute) count(now time.Time) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, s := range m.seconds {
		if now.Unix()-s.at < 60 {
			n += s.count
		}
	}
	return n
}
