package metrics

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A Source is where the collector reads.
type Source struct {
	Census func(ctx context.Context, at time.Time, ledger bool) (store.Census, error)
	// Jobs is the queue's jobs by state; nil: there is no queue.
	Jobs func(context.Context) (map[string]int, error)
	// Keys names, by side, the keys under which an account's limits are remembered.
	Keys func(ctx context.Context, account store.Account) (map[string]string, error)
	// Backup is when this process's newest backup was made; nil: it makes none.
	Backup func() (time.Time, error)
	// Carries is what this process's IP carries for as long as one likes, in calls a
	// minute by side; nil: nobody knows.
	Carries func() map[string]float64
	Log     *slog.Logger
}

// How long one count of the database may take, and for how long it answers those
// who ask again.
const (
	mostTime = 10 * time.Second
	lasts    = 15 * time.Second
)

// A collector counts the database when it is asked.
type collector struct {
	Source
	descs map[string]*prometheus.Desc
	awake time.Time // since when somebody could see

	mu   sync.Mutex
	last []prometheus.Metric
	at   time.Time
}

func newCollector(s Source) *collector {
	c := &collector{Source: s, descs: map[string]*prometheus.Desc{}, awake: time.Now()}
	for _, g := range gauges {
		c.descs[g.name] = prometheus.NewDesc("ponte_"+g.name, g.help, g.labels, nil)
	}
	return c
}

// Describe sends the table's descriptions.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		out <- d
	}
}

// Collect sends what stands in the database; where it cannot be read, only that.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.at) > lasts {
		c.last, c.at = c.count(), time.Now()
	}
	for _, m := range c.last {
		out <- m
	}
}

func (c *collector) count() []prometheus.Metric {
	ctx, cancel := context.WithTimeout(context.Background(), mostTime)
	defer cancel()
	began := time.Now()
	t := &tally{collector: c}
	up := 1.0
	if err := c.read(ctx, t); err != nil {
		c.Log.Error("cannot count the database for /metrics", "error", err)
		t.all, up = nil, 0
	}
	t.set("database_up", up)
	t.set("database_count_seconds", time.Since(began).Seconds())
	return t.all
}

func (c *collector) read(ctx context.Context, t *tally) error {
	now := time.Now()
	census, err := c.Census(ctx, now, true)
	if err != nil {
		return err
	}
	if c.Jobs != nil {
		jobs, err := c.Jobs(ctx)
		if err != nil {
			return err
		}
		for state, n := range jobs {
			t.set("queue_jobs", float64(n), state)
		}
	}
	if c.Backup != nil {
		made, err := c.Backup()
		if err != nil {
			c.Log.Warn("cannot look at the backups for /metrics", "error", err)
		}
		t.set("backup_made_timestamp_seconds", seconds(made))
	}
	for _, a := range census.Accounts {
		t.account(a, now)
		c.limits(ctx, t, a.Account, census)
	}
	t.schedules(census.Accounts, now)
	t.set("stretch_factor", max(census.Governor.Factor, 1))
	t.set("stretch_load", census.Governor.Load)
	return nil
}

// limits tells of an account's keys. Those that no master key at hand opens are
// not known, and left out.
func (c *collector) limits(ctx context.Context, t *tally, a store.Account, census store.Census) {
	keys, err := c.Keys(ctx, a)
	if err != nil {
		return
	}
	for side, key := range keys {
		until := 0.0
		if at, ok := census.Blocks[key]; ok {
			until = seconds(at)
		}
		t.set("key_blocked_until_timestamp_seconds", until, a.ID, side)
		t.set("key_pace", census.Paces[key].At(census.At), a.ID, side)
		for _, f := range census.Faults {
			if f.Key == key {
				t.set("faults", float64(f.Count), a.ID, side, f.Method)
			}
		}
	}
}

// A tally is what one count found.
type tally struct {
	*collector
	all []prometheus.Metric
}

func (t *tally) set(name string, value float64, labels ...string) {
	t.all = append(t.all, prometheus.MustNewConstMetric(t.descs[name], prometheus.GaugeValue, value, labels...))
}

func (t *tally) account(a store.AccountCensus, now time.Time) {
	t.set("account_paused", truth(a.Paused), a.ID)
	if settings, err := config.Restore(string(a.Settings)); err == nil {
		t.set("interval_seconds", settings.Every.Std().Seconds(), a.ID)
		for _, f := range flow.All {
			if f.On(settings) {
				t.flow(a, f, store.LateAfter(max(settings.Every.Std(), a.Schedule.Every)), now)
			}
		}
	}
	if r := a.Last; !r.Finished.IsZero() {
		t.set("run_seconds", r.Finished.Sub(r.Started).Seconds(), a.ID)
		t.set("run_finished_timestamp_seconds", seconds(r.Finished), a.ID)
		t.set("run_complete", truth(r.Complete), a.ID)
	}
	refused := engine.RefusedSide(a.Last.Error)
	for _, side := range []record.Side{record.Auvo, record.Omie} {
		t.set("key_refused", truth(side == refused), a.ID, string(side))
	}
	for _, state := range store.States {
		t.set("changes", float64(a.Changes[state]), a.ID, state)
	}
	for _, w := range a.Waits {
		t.set("waiting", float64(w.Open), a.ID, w.Flow, w.Cause)
		t.set("waiting_ignored", float64(w.Hidden), a.ID, w.Flow, w.Cause)
		if w.Open > 0 {
			t.set("waiting_oldest_seconds", now.Sub(w.Since).Seconds(), a.ID, w.Flow, w.Cause)
		}
	}
	for _, h := range a.Held {
		t.set("held_changes", float64(h.Count), a.ID, h.Flow, h.Brake)
	}
	for source, n := range a.Drift {
		t.set("drift_records", float64(n), a.ID, source)
	}
	t.hooks(a, now)
}

// flow tells how old what is read of a flow is; what never was is as old as the account.
func (t *tally) flow(a store.AccountCensus, f flow.Flow, late time.Duration, now time.Time) {
	var age, unread time.Duration
	for _, feed := range f.Feeds {
		age, unread = max(age, now.Sub(a.ReadTo(feed))), max(unread, a.Unread(feed, now, t.awake, late))
	}
	t.set("freshness_seconds", age.Seconds(), a.ID, f.Name)
	t.set("unread_seconds", unread.Seconds(), a.ID, f.Name)
}

func (t *tally) hooks(a store.AccountCensus, now time.Time) {
	t.set("hints_open", float64(a.Hints), a.ID)
	for _, h := range a.Hooks {
		kinds, silent := h.Kinds, h.Silent(now)
		if len(kinds) == 0 {
			kinds = []store.HookKind{{Heard: h.Heard}} // nothing is known of any
		}
		for _, k := range kinds {
			t.set("hook_heard_timestamp_seconds", seconds(k.Heard), a.ID, string(h.Side), string(k.Kind))
			t.set("hook_silent", truth(slices.Contains(silent, k)), a.ID, string(h.Side), string(k.Kind))
		}
	}
	for _, v := range a.Coverage {
		t.set("hook_changes_found", float64(v.Found), a.ID, string(v.Side), string(v.Kind))
		t.set("hook_changes_announced", float64(v.Announced), a.ID, string(v.Side), string(v.Kind))
	}
}

// schedules tells how many accounts are due and at work; late is who has waited longest.
func (t *tally) schedules(all []store.AccountCensus, now time.Time) {
	due, working, late := 0, 0, time.Duration(0)
	for _, a := range all {
		s := a.Schedule
		if s.Account == "" {
			continue // the queue knows nothing of it yet
		}
		if s.Every > 0 {
			t.set("interval_in_force_seconds", s.Every.Seconds(), s.Account)
		}
		switch step := s.Next(now); {
		case s.Working:
			working++
		case step != store.StepRest && step != store.StepLater:
			due++
		}
		late = max(late, a.Unserved(now))
	}
	t.set("accounts_due", float64(due))
	t.set("accounts_working", float64(working))
	t.set("cycle_late_seconds", late.Seconds())
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// seconds is an instant as Prometheus has it; 0 for the zero time.
func seconds(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return float64(at.UnixMilli()) / 1000
}
