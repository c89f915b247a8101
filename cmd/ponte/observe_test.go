package main

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// page reads an address, and fails the test when it does not answer as it should.
func (b *bench) page(address string, want int, headers ...string) string {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for n := 0; n < len(headers); n += 2 {
		req.Header.Set(headers[n], headers[n+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		b.t.Fatalf("GET %s: %d, want %d: %v\n%s", address, res.StatusCode, want, err, body)
	}
	return string(body)
}

func TestAProcessThatOnlyListensShowsTheMetricsOfAllAccounts(t *testing.T) {
	b := newBench(t, fullAccount, time.Second)
	b.inRealTime()
	b.seedTasks(3)
	b.ponte(0, "sync")
	address, stop := b.serve("--role", "web")
	defer stop()
	page := b.page(address+"/metrics", http.StatusOK)
	for _, line := range []string{
		`ponte_freshness_seconds{account="acme",flow="customers"} `,
		`ponte_freshness_seconds{account="acme",flow="tasks"} `,
		`ponte_run_complete{account="acme"} 1`,
		`ponte_changes{account="acme",state="done"} `,
		`ponte_key_blocked_until_timestamp_seconds{account="acme",side="omie"} 0`,
		`ponte_ip_budget_left{side="omie"} `,
		`ponte_queue_jobs{state="available"} `,
		`ponte_database_up 1`,
		`ponte_build_info{`,
	} {
		if !strings.Contains(page, line) {
			t.Errorf("%s is missing", line)
		}
	}
	if strings.Contains(page, `ponte_changes{account="acme",state="done"} 0`) {
		t.Error("the orders that were made are not counted")
	}
	for _, secret := range []string{b.env["AUVO_KEY"], b.env["AUVO_TOKEN"], b.env["OMIE_KEY"], b.env["OMIE_SECRET"]} {
		if secret != "" && strings.Contains(page, secret) {
			t.Error("a credential is in the metrics")
		}
	}
	b.page(address+"/metrics", http.StatusForbidden, "X-Forwarded-For", "203.0.113.9")
}

func TestAProcessWithABackupFolderKeepsACopyEachNight(t *testing.T) {
	b := newBench(t, fullAccount, time.Second)
	b.inRealTime()
	folder := filepath.Join(t.TempDir(), "copies")
	b.env["PONTE_BACKUP_DIR"] = folder
	address, stop := b.serve("--role", "web")
	defer stop()
	b.eventually("the metrics tell of the copy", func() bool {
		return strings.Contains(b.page(address+"/metrics", http.StatusOK), "ponte_backup_made_timestamp_seconds 1")
	})
	if names, err := filepath.Glob(filepath.Join(folder, "ponte-*Z.db")); err != nil || len(names) != 1 {
		t.Errorf("the folder holds %q, %v", names, err)
	}
}

func TestAWorkerListensForNothingButItsMetrics(t *testing.T) {
	b := newBench(t, fullAccount, time.Second)
	b.inRealTime()
	b.seedTasks(3)
	b.env["PONTE_METRICS_TOKEN"], b.env["PONTE_LOG"] = "the-token-of-metrics", "debug"
	var log lines
	address, stop := b.serveMetrics(&log, "--role", "worker", "--metrics-addr", "127.0.0.1:0")
	b.eventually("the orders", func() bool { return b.orders() == 3 && b.running() == "" })
	page := b.page(address, http.StatusOK, "Authorization", "Bearer the-token-of-metrics")
	for _, line := range []string{
		`ponte_calls_total{method="IncluirOS",outcome="ok",side="omie"} 3`,
		`ponte_calls_total{method="GET /tasks/{id}",outcome="ok",side="auvo"} `,
		`ponte_step_seconds_count{outcome="complete",step="cycle"} 1`,
	} {
		if !strings.Contains(page, line) {
			t.Errorf("%s is missing in\n%s", line, page)
		}
	}
	b.page(address, http.StatusUnauthorized)
	own := strings.TrimSuffix(address, "/metrics")
	b.page(own+"/entrar", http.StatusNotFound)
	for path, says := range map[string]string{"/healthz": "ok", "/readyz": "ready"} { // without the token: they tell nothing
		if got := b.page(own+path, http.StatusOK); !strings.Contains(got, says) {
			t.Errorf("%s: %s", path, got)
		}
	}
	stop()

	about := map[string]bool{}
	for _, l := range log.all(t) {
		if l["msg"] != "call" && l["msg"] != "run" {
			continue
		}
		if l["account"] != "acme" || l["run"] == nil {
			t.Errorf("a line does not say whose it is: %v", l)
		}
		if l["method"] == "IncluirOS" {
			about[l["record"].(string)] = l["flow"] == "tasks"
		}
	}
	if !about["task:800"] || !about["task:801"] || !about["task:802"] {
		t.Errorf("the orders' calls are about %v", about)
	}
}

// lines are what a process logs.
type lines struct{ output }

func (l *lines) all(t *testing.T) (out []map[string]any) {
	t.Helper()
	for line := range strings.Lines(l.String()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Errorf("%q is no JSON: %v", line, err)
		}
		out = append(out, m)
	}
	return out
}

func TestTheAPIIsClosedWithoutAToken(t *testing.T) {
	b := newBench(t, fullAccount, time.Second)
	address, stop := b.serve("--role", "web")
	defer stop()
	b.page(address+"/api/v1/accounts", http.StatusForbidden)
	b.page(address+"/api/v1/accounts", http.StatusForbidden, "Authorization", "Bearer ")
}
