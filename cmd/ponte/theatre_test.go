package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/cli"
	"ponte/internal/omie/omiesim"
	"ponte/internal/store"
	"ponte/internal/store/sqlitetest"
)

// A bench is the two simulators, served, and one account that joins them.
type bench struct {
	t    testing.TB
	auvo *auvosim.Sim
	omie *omiesim.Sim
	env  map[string]string
	dir  string
	now  func() time.Time
	// skipped is how much the bench's clock ran ahead, in nanoseconds.
	skipped *atomic.Int64
	day     time.Time // on which seeded tasks are, and last changed
}

// benchDay is the day of a bench's tasks where a test sets no other.
var benchDay = time.Date(2026, 3, 10, 8, 45, 0, 0, time.UTC)

// pass lets time pass on the bench's clock.
func (b *bench) pass(d time.Duration) { b.skipped.Add(int64(d)) }

const fullAccount = `
flows:
  customers: {}
  products: {}
  services: {}
  tasks: {create: service-order, start_from: 2026-03-01, max_documents: 1000}
orders:
  service_order: {category: "1.01.02", bank_account: 7000000300}
  sales_order: {category: "1.01.03", bank_account: 7000000300}
`

// newBench serves both simulators with redundancy window and applies the
// account with the same.
func newBench(t testing.TB, account string, window time.Duration) *bench {
	t.Helper()
	return newBenchOn(t, account, window, nil)
}

// newBenchOn is newBench with settings of one's own.
func newBenchOn(t testing.TB, account string, window time.Duration, env map[string]string) *bench {
	t.Helper()
	start, real := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), time.Now()
	b := &bench{t: t, dir: t.TempDir(), skipped: new(atomic.Int64), day: benchDay}
	b.now = func() time.Time { return start.Add(time.Since(real) + time.Duration(b.skipped.Load())) }
	b.auvo = &auvosim.Sim{PerMinute: -1, Now: b.now}
	b.omie = &omiesim.Sim{PerMinute: -1, PerIPMinute: -1, RedundancyWindow: window, NoConsumer: true, Now: b.now}
	auvo, omie := httptest.NewServer(untraced(t, b.auvo)), httptest.NewServer(untraced(t, b.omie))
	t.Cleanup(auvo.Close)
	t.Cleanup(omie.Close)
	b.env = map[string]string{
		"PONTE_DB": filepath.Join(b.dir, "ponte.db"), "PONTE_AUVO_RATE": "1000000", "PONTE_OMIE_RATE": "1000000", "PONTE_LOG": "warn",
		"AUVO_KEY": auvosim.DefaultAPIKey, "AUVO_TOKEN": auvosim.DefaultAPIToken,
		"OMIE_KEY": omiesim.DefaultAppKey, "OMIE_SECRET": omiesim.DefaultAppSecret,
	}
	maps.Copy(b.env, env)
	if env["PONTE_DB"] == "" { // who names one has it as it is
		if err := sqlitetest.Put(b.env["PONTE_DB"]); err != nil {
			t.Fatal(err)
		}
	}
	file := fmt.Sprintf(accountHead, auvo.URL+"/v2", omie.URL+"/api/v1")
	file = strings.ReplaceAll(file, "redundancy_window: 40ms", "redundancy_window: "+window.String())
	file = strings.ReplaceAll(file, "rate_per_minute: 100000", "rate_per_minute: 1000000")
	for line := range strings.SplitSeq(account, "\n") {
		file += "    " + line + "\n"
	}
	path := filepath.Join(b.dir, "accounts.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	b.ponte(0, "apply", "-f", path)
	return b
}

// ponte runs a command in this process and returns its output; it must end with code.
func (b *bench) ponte(code int, args ...string) string {
	b.t.Helper()
	var out, errs bytes.Buffer
	w := world()
	w.Stdin, w.Stdout, w.Stderr = strings.NewReader(""), &out, &errs
	w.Getenv = func(name string) (string, bool) { v, ok := b.env[name]; return v, ok }
	if got := cli.Main(context.Background(), args, w); got != code {
		b.t.Fatalf("ponte %s ended with %d, not %d\n%s\n%s", strings.Join(args, " "), got, code, &out, &errs)
	}
	return out.String()
}

// sync runs a cycle on the bench's clock and returns it.
func (b *bench) sync(code int, args ...string) store.Run {
	b.t.Helper()
	out := b.ponte(code, append([]string{"sync", "--json", "--at", b.now().Format(time.RFC3339)}, args...)...)
	var said struct {
		store.Run
		RunID string `json:"run"`
	}
	if err := json.Unmarshal([]byte(out), &said); err != nil {
		b.t.Fatalf("%v in %s", err, out)
	}
	said.ID = said.RunID
	return said.Run
}

// seed puts data on both sides.
func (b *bench) seed(auvo auvosim.Data, omie omiesim.Data) {
	b.t.Helper()
	if err := b.auvo.Seed(auvo); err != nil {
		b.t.Fatal(err)
	}
	if err := b.omie.Seed(omie); err != nil {
		b.t.Fatal(err)
	}
}

// calls returns how many calls each simulator answered since the last look, logins apart.
func (b *bench) calls() (auvo, omie, faults int) {
	for _, c := range b.auvo.Calls() {
		if !isLogin(c.Path) {
			auvo++
		}
	}
	for _, c := range b.omie.Calls() {
		omie++
		if c.Fault != "" {
			faults++
		}
	}
	b.auvo.ResetCalls()
	b.omie.ResetCalls()
	return auvo, omie, faults
}

// blameless fails the test when a simulator counted a violation.
func (b *bench) blameless() {
	b.t.Helper()
	for _, v := range b.auvo.Violations() {
		b.t.Errorf("auvo: %+v", v)
	}
	for _, v := range b.omie.Violations() {
		b.t.Errorf("omie: %+v", v)
	}
}
