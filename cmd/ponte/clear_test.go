package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestNobodyIsAnsweredInTheClear: the API and the receivers of webhooks have the rule of
// the pages. Over http they answer this machine alone, unless the address that is
// set is https: then a proxy stands in front, which is not broken.
func TestNobodyIsAnsweredInTheClear(t *testing.T) {
	for _, public := range []string{"", "https://ponte.example.test"} {
		t.Run("public "+public, func(t *testing.T) {
			b := newBench(t, fullAccount, 0)
			b.inRealTime()
			b.sync(0)
			if public != "" {
				b.env["PONTE_PUBLIC_URL"] = public
			}
			b.env["PONTE_API_TOKEN"] = "the-token-of-the-environment"
			address, stop := b.serve("--role", "web")
			defer stop()
			hook := strings.TrimPrefix(b.hookOf(address, "auvo"), address)
			for _, host := range []string{"", "localhost:8080", "ponte.example.test", "192.168.0.9:8080", "localhost.evil.test"} {
				refused := public == "" && host != "" && host != "localhost:8080"
				for path, well := range map[string]int{"/api/v1/accounts": http.StatusOK, "/api/openapi.json": http.StatusOK, "/api/v1/nothing": http.StatusNotFound, hook: http.StatusOK} {
					got := b.asksAs(address+path, host)
					switch {
					case !refused && got.StatusCode != well:
						t.Errorf("%s of %q answers %d", path, host, got.StatusCode)
					case refused && (got.StatusCode != http.StatusForbidden || !strings.Contains(got.text, "PONTE_PUBLIC_URL")):
						t.Errorf("%s of %q answers %d %s", path, host, got.StatusCode, got.text)
					case refused && path != hook:
						var p struct{ Status int }
						if err := json.Unmarshal([]byte(got.text), &p); err != nil || p.Status != http.StatusForbidden || got.Header.Get("Content-Type") != "application/problem+json" {
							t.Errorf("%s is refused by no problem document: %s, %v", path, got.text, err)
						}
					}
				}
				if got := b.asksAs(address+"/healthz", host); got.StatusCode != http.StatusOK {
					t.Errorf("a probe of %q is answered %d", host, got.StatusCode)
				}
			}
		})
	}
}

type heard struct {
	*http.Response
	text string
}

// asksAs reads an address under another name of the host ("": its own), with a token.
func (b *bench) asksAs(url, host string) heard {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Host = host
	r.Header.Set("Authorization", "Bearer the-token-of-the-environment")
	r.Header.Set("X-Forwarded-Proto", "https") // what anybody can say
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return heard{res, string(text)}
}
