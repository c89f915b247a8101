package metrics

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"ponte/internal/call"
	"ponte/internal/store"
)

// full is a source in which every gauge has something to tell.
func full() Source {
	now := time.Now()
	return Source{
		Census: func(context.Context, time.Time, bool) (store.Census, error) {
			return store.Census{
				At: now,
				Accounts: []store.AccountCensus{{
					Account: store.Account{ID: "acme", Name: "ACME Refrigeração", Settings: []byte(`{"id":"acme","every":"10m","flows":{"services":{}}}`)},
					Done:    map[string]time.Time{"omie/services": now.Add(-90 * time.Second)},
					Last:    store.Run{Started: now.Add(-time.Minute), Finished: now.Add(-30 * time.Second), Complete: true},
					Changes: map[string]int{store.Done: 7, store.Unknown: 1},
					Waits:   []store.WaitCount{{Flow: "tasks", Cause: "refused", Open: 2, Hidden: 1, Since: now.Add(-time.Hour)}},
					Held:    []store.Held{{Flow: "tasks", Brake: "documents", Count: 120}},
					Drift:   map[string]int{"auvo/customers": 3},
					Hooks: []store.Hook{{Side: "omie", Made: now.AddDate(0, -1, 0), Heard: now, Kinds: []store.HookKind{
						{Kind: "customer", Heard: now.Add(-2 * time.Hour), Missed: 5}, {Kind: "product", Heard: now},
					}}, {Side: "auvo"}},
					Coverage: []store.Coverage{{Side: "omie", Kind: "product", Found: 9, Announced: 4}},
					Hints:    2,
					Schedule: store.Schedule{Account: "acme", NextCycle: now.Add(-time.Minute), Pacing: store.Pacing{Every: 14 * time.Minute}},
				}, {
					// A first load, of which the last slice was long ago.
					Account:  store.Account{ID: "zeta", Created: now.Add(-2 * time.Hour), Settings: []byte(`{"id":"zeta","every":"10m","flows":{"services":{}}}`)},
					Last:     store.Run{Finished: now.Add(-110 * time.Minute), Error: "the Omie key is refused: 403"},
					Schedule: store.Schedule{Account: "zeta", Working: true, Run: "r", NextCycle: now.Add(-2 * time.Hour)},
					Worked:   now.Add(-1500 * time.Second),
				}, {
					Account:  store.Account{ID: "resting", Paused: true},
					Schedule: store.Schedule{Account: "resting", Paused: true, NextCycle: now.Add(-100 * time.Hour)},
				}, {
					Account: store.Account{ID: "new"},
				}},
				Governor: store.Governor{Factor: 1.4, Load: 1.37, Side: "auvo"},
				Paces:    map[string]call.Pace{"k-omie": {Cut: now, Share: 0.5}},
				Faults:   []store.FaultCount{{Key: "k-omie", Method: "IncluirOS", Count: 4}, {Key: "stranger", Method: "IncluirOS", Count: 1}},
				Blocks:   map[string]time.Time{"k-omie": now.Add(time.Hour)},
			}, nil
		},
		Jobs: func(context.Context) (map[string]int, error) { return map[string]int{"running": 1}, nil },
		Keys: func(context.Context, store.Account) (map[string]string, error) {
			return map[string]string{"omie": "k-omie", "auvo": "k-auvo"}, nil
		},
		Backup:  func() (time.Time, error) { return now.Add(-time.Hour), nil },
		Carries: func() map[string]float64 { return map[string]float64{"auvo": 351} },
		Log:     slog.New(slog.DiscardHandler),
	}
}

func lively() *Metrics {
	m := New("test", map[string]int{"auvo": 360, "omie": 864}, full())
	m.Watch(context.Background(), call.Made{Side: "omie", Method: "IncluirOS", Took: time.Second})
	m.Watch(context.Background(), call.Made{Side: "auvo", Method: "GET /tasks/{id}", Err: &call.Error{Reaction: call.Gone}})
	m.Ended("cycle", true, time.Minute)
	return m
}

func TestNoMetricBreaksPrometheusRules(t *testing.T) {
	problems, err := testutil.GatherAndLint(lively().Gatherer())
	if err != nil || len(problems) > 0 {
		t.Errorf("%v %v", problems, err)
	}
}

func TestEveryLineOfTheTableIsToldWithItsLabels(t *testing.T) {
	families, err := lively().Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, f := range families {
		told[f.GetName()] = true
	}
	for _, g := range gauges {
		if !told["ponte_"+g.name] {
			t.Errorf("ponte_%s is told nowhere", g.name)
		}
	}
}

func TestTheMetricsSayWhatStandsInTheDatabase(t *testing.T) {
	page := scrape(t, lively(), Door{}, nil).Body.String()
	for _, line := range []string{
		`ponte_freshness_seconds{account="acme",flow="services"} 9`, // 90 and some
		`ponte_interval_seconds{account="acme"} 600`,
		`ponte_changes{account="acme",state="done"} 7`,
		`ponte_changes{account="acme",state="failed"} 0`,
		`ponte_waiting{account="acme",cause="refused",flow="tasks"} 2`,
		`ponte_waiting_ignored{account="acme",cause="refused",flow="tasks"} 1`,
		`ponte_drift_records{account="acme",source="auvo/customers"} 3`,
		`ponte_hook_silent{account="acme",kind="customer",side="omie"} 1`,
		`ponte_hook_silent{account="acme",kind="product",side="omie"} 0`,
		`ponte_hook_heard_timestamp_seconds{account="acme",kind="",side="auvo"} 0`,
		`ponte_hook_changes_announced{account="acme",kind="product",side="omie"} 4`,
		`ponte_faults{account="acme",method="IncluirOS",side="omie"} 4`,
		`ponte_key_blocked_until_timestamp_seconds{account="acme",side="auvo"} 0`,
		`ponte_interval_in_force_seconds{account="acme"} 840`,
		`ponte_stretch_factor 1.4`,
		`ponte_stretch_load 1.37`,
		`ponte_key_pace{account="acme",side="auvo"} 1`,
		`ponte_key_pace{account="acme",side="omie"} 0.5`,
		`ponte_ip_carries{side="auvo"} 351`,
		`ponte_accounts_due 1`,
		`ponte_cycle_late_seconds 150`, // of the first load, since its last slice
		`ponte_key_refused{account="acme",side="omie"} 0`,
		`ponte_key_refused{account="zeta",side="auvo"} 0`,
		`ponte_key_refused{account="zeta",side="omie"} 1`,
		`ponte_freshness_seconds{account="zeta",flow="services"} 720`, // never read: since the account is there
		`ponte_unread_seconds{account="zeta",flow="services"} 0`,      // and this process just came
		`ponte_accounts_working 1`,
		`ponte_queue_jobs{state="running"} 1`,
		`ponte_calls_total{method="GET /tasks/{id}",outcome="gone",side="auvo"} 1`,
		`ponte_ip_budget_left{side="omie"} 863`,
		`ponte_step_seconds_count{outcome="complete",step="cycle"} 1`,
	} {
		if !strings.Contains(page, line) {
			t.Errorf("%s is missing", line)
		}
	}
	for _, private := range []string{"Refrigera", "k-omie", "stranger"} {
		if strings.Contains(page, private) {
			t.Errorf("%q is in the metrics", private)
		}
	}
}

func TestADatabaseThatCannotBeReadIsToldAndTheRestIsToo(t *testing.T) {
	s := full()
	s.Census = func(context.Context, time.Time, bool) (store.Census, error) {
		return store.Census{}, errors.New("gone")
	}
	page := scrape(t, New("test", map[string]int{"omie": 864}, s), Door{}, nil).Body.String()
	if !strings.Contains(page, "ponte_database_up 0") || !strings.Contains(page, `ponte_ip_budget{side="omie"} 864`) || strings.Contains(page, "ponte_waiting") {
		t.Error(page)
	}
}

func TestWhoAsksTwiceInAMomentCostsTheDatabaseOneCount(t *testing.T) {
	s, counts := full(), 0
	census := s.Census
	s.Census = func(ctx context.Context, at time.Time, ledger bool) (store.Census, error) {
		counts++
		return census(ctx, at, ledger)
	}
	m := New("test", nil, s)
	scrape(t, m, Door{}, nil)
	scrape(t, m, Door{}, nil)
	if counts != 1 {
		t.Errorf("%d counts", counts)
	}
}

func TestTheBudgetComesBackAfterAMinute(t *testing.T) {
	m, at := &minute{}, time.Unix(1_000_000, 0)
	for range 10 {
		m.add(at)
		m.add(at.Add(30 * time.Second))
	}
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{30 * time.Second, 20}, {59 * time.Second, 20}, {60 * time.Second, 10}, {89 * time.Second, 10}, {90 * time.Second, 0}} {
		if got := m.count(at.Add(c.after)); got != c.want {
			t.Errorf("%d calls are left after %s, want %d", got, c.after, c.want)
		}
	}
	m.add(at.Add(60 * time.Second)) // takes the place of the first second
	if got := m.count(at.Add(61 * time.Second)); got != 11 {
		t.Errorf("%d", got)
	}
}

func TestTheMetricsAreForProgramsOnThisMachineOrWhoHasTheToken(t *testing.T) {
	token := Door{Token: "s3cret"}
	for _, c := range []struct {
		why  string
		door Door
		ask  func(*http.Request)
		want int
	}{
		{"a program here", Door{}, nil, 200},
		{"over IPv6", Door{}, func(r *http.Request) { r.RemoteAddr, r.Host = "[::1]:50000", "[::1]:8080" }, 200},
		{"another machine", Door{}, func(r *http.Request) { r.RemoteAddr = "10.0.0.7:50000" }, 403},
		{"another machine through a proxy here", Door{}, func(r *http.Request) { r.Header.Set("X-Forwarded-For", "10.0.0.7") }, 403},
		{"a proxy here that says nothing but the name", Door{}, func(r *http.Request) { r.Host = "ponte.example.com" }, 403},
		{"anybody on the metrics' own address", Door{Anyone: true}, func(r *http.Request) { r.RemoteAddr, r.Host = "10.0.0.7:50000", "worker:9090" }, 200},
		{"no token", token, nil, 401},
		{"a wrong token", token, func(r *http.Request) { r.Header.Set("Authorization", "Bearer s3cre") }, 401},
		{"a bare token", token, func(r *http.Request) { r.Header.Set("Authorization", "s3cret") }, 401},
		{"no token on the metrics' own address", Door{Token: "s3cret", Anyone: true}, nil, 401},
		{"the token, from anywhere", token, func(r *http.Request) {
			r.RemoteAddr = "10.0.0.7:50000"
			r.Header.Set("Authorization", "Bearer s3cret")
		}, 200},
	} {
		if got := scrape(t, lively(), c.door, c.ask).Code; got != c.want {
			t.Errorf("%s: %d, want %d", c.why, got, c.want)
		}
	}
}

func scrape(t *testing.T, m *Metrics, door Door, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080/metrics", nil)
	r.RemoteAddr = "127.0.0.1:50000"
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	m.Handler(door).ServeHTTP(w, r)
	return w
}
