package main

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestATabBlamesWhatGoesWrong: every guard of the browser tests sees what it is there for.
func TestATabBlamesWhatGoesWrong(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			_, _ = w.Write([]byte(`<!doctype html><html lang="pt"><title>x</title><main>ok</main><script>console.error("e")</script><script>throw new Error("thrown")</script>
				<img alt="" src="/gone.png"><img alt="" src="http://elsewhere.invalid/x.png"><script>new WebSocket("ws://elsewhere.invalid/s")</script>`))
		case "/quiet":
			_, _ = w.Write([]byte(`<!doctype html><html lang="pt"><title>x</title><link rel="icon" href="data:,"><main>ok</main>`))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	tb := newTab(t, site.URL)
	tb.open("/quiet")
	blamed := func() []string {
		tb.mu.Lock()
		defer tb.mu.Unlock()
		return slices.Clone(tb.wrong)
	}
	if got := blamed(); len(got) > 0 {
		t.Errorf("a quiet page is blamed for %q", got)
	}
	tb.open("/")
	for _, want := range []string{"console.error", "exception: ", "/gone.png answered 404", "left the host: http://elsewhere.invalid/x.png", "left the host: ws://elsewhere.invalid/s"} {
		for began := time.Now(); !slices.ContainsFunc(blamed(), func(w string) bool { return strings.Contains(w, want) }); time.Sleep(50 * time.Millisecond) {
			if time.Since(began) > 10*time.Second {
				t.Fatalf("nobody saw %q: %q", want, blamed())
			}
		}
	}
	tb.mu.Lock()
	tb.wrong = nil
	tb.mu.Unlock()
	tb.open("/quiet")
	tb.mu.Lock()
	tb.wrong = nil // what came late of the other page
	tb.mu.Unlock()
}
