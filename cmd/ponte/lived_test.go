package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ponte/internal/company"
)

// A lived is a company in both simulators, of which Ponte has run a few cycles.
type lived struct {
	*bench
	company *company.Company
}

// newLived lets a company of scale 1 live through some cycles, without limits of calls a minute.
func newLived(t testing.TB, cycles int, change func(yaml string) string) *lived {
	t.Helper()
	now := time.Now()
	c := company.New(7, 1, now)
	c.Auvo.PerMinute, c.Omie.PerMinute, c.Omie.PerIPMinute, c.Omie.RedundancyWindow = -1, -1, -1, 40*time.Millisecond
	auvo, omie := httptest.NewServer(c.Auvo), httptest.NewServer(c.Omie)
	t.Cleanup(auvo.Close)
	t.Cleanup(omie.Close)
	s := &lived{company: c, bench: &bench{t: t, auvo: c.Auvo, omie: c.Omie, dir: t.TempDir(), now: time.Now}}
	s.env = map[string]string{"PONTE_DB": filepath.Join(s.dir, "ponte.db"), "PONTE_AUVO_RATE": "1000000", "PONTE_OMIE_RATE": "1000000", "PONTE_LOG": "error"}
	file := strings.NewReplacer("redundancy_window: 1s", "redundancy_window: 40ms\n      rate_per_minute: 1000000", "api_token:", "rate_per_minute: 1000000\n      api_token:").
		Replace(c.AccountYAML(auvo.URL+auvoPath, omie.URL+omiePath))
	if change != nil {
		file = change(file)
	}
	path := filepath.Join(s.dir, "accounts.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	s.ponte(0, "apply", "-f", path)
	for range cycles {
		s.cycle()
	}
	return s
}

// cycle lets the company live a little and syncs; 3: something waits.
func (s *lived) cycle() {
	s.t.Helper()
	for range 5 {
		s.company.Live(time.Now())
	}
	s.ponte(3, "sync", "--json")
}
