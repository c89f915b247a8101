package cli

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ponte/internal/api"
	"ponte/internal/config"
	"ponte/internal/queue"
	"ponte/internal/store"
	"ponte/internal/token"
)

// FuzzAPI: whatever a program sends to whichever operation is answered in JSON, and
// never as a failure of ours.
func FuzzAPI(f *testing.F) {
	s := keyed(f, filepath.Join(f.TempDir(), "ponte.db"), "ours")
	s.world.Getenv = func(string) (string, bool) { return "", false }
	s.world.MemoryKeys = func(config.Account) map[string]string { return nil }
	a := *config.New[config.Account]()
	a.ID, a.Name = "acme", "ACME"
	if err := KeepAccount(f.Context(), s.db, a); err != nil {
		f.Fatal(err)
	}
	q, err := queue.New(f.Context(), queue.Config{Store: s.db})
	if err != nil {
		f.Fatal(err)
	}
	mux := http.NewServeMux()
	s.addOperations(api.New(mux, api.Options{Store: s.db, PerMinute: 1 << 30, Burst: 1 << 30}), q)
	made, bearer := token.New(store.APIToken{Name: "fuzz", Scopes: []string{"read", "operate", "plan"}, By: "fuzz"}, time.Now())
	if err := s.db.AddAPIToken(f.Context(), made); err != nil {
		f.Fatal(err)
	}
	ops := []string{
		"GET /accounts", "GET /accounts/acme", "GET /accounts/{}", "GET /accounts/acme/runs?before={}", "GET /accounts/acme/runs/{}", "GET /accounts/acme/runs/x/changes?after={}",
		"GET /accounts/acme/records?q={}", "GET /accounts/acme/records/customer/auvo/{}", "GET /accounts/acme/explain?what={}", "GET /accounts/acme/waiting",
		"POST /accounts/acme/retry", "POST /accounts/acme/ignore", "POST /accounts/acme/plans", "GET /accounts/acme/plans/{}",
	}
	for n := range ops {
		f.Add(uint8(n), "task:812", "k", []byte(`{"record":"task:812","reason":"x","until":"2026-12-31"}`))
		f.Add(uint8(n), "\x00\xff%", "\u202e", []byte(`{"cause":"\u0000","flows":["tasks"],"canary":1}`))
	}
	f.Fuzz(func(t *testing.T, op uint8, text, key string, body []byte) {
		method, path, _ := strings.Cut(ops[int(op)%len(ops)], " ")
		path = api.Prefix + strings.ReplaceAll(path, "{}", url.QueryEscape(text))
		at, err := url.Parse(path)
		if err != nil {
			return
		}
		r := httptest.NewRequestWithContext(t.Context(), method, "/", strings.NewReader(string(body)))
		r.URL = at
		r.Header.Set("Authorization", "Bearer "+bearer)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", key)
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, r)
		moved := rec.Code == http.StatusMovedPermanently || rec.Code == http.StatusTemporaryRedirect || rec.Code == http.StatusPermanentRedirect // a path with dots in it
		if rec.Code >= http.StatusInternalServerError || !moved && !strings.Contains(rec.Header().Get("Content-Type"), "json") {
			t.Fatalf("%s %s answers %d: %s", method, path, rec.Code, rec.Body)
		}
	})
}
