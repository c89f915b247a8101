package auvoapi

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"ponte/internal/call"
)

// served is a transport that asks a handler without a socket.
type served struct{ http.Handler }

func (s served) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result(), nil
}

func TestTheClientKeepsTheTokensLifeAndTheRateInItsOwnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logins, calls := 0, 0
		mux := http.NewServeMux()
		mux.HandleFunc("/login", func(w http.ResponseWriter, _ *http.Request) {
			logins++
			reply(w, 200, `{"result":{"accessToken":"x"}}`)
		})
		mux.HandleFunc("/users", func(w http.ResponseWriter, _ *http.Request) {
			calls++
			reply(w, 200, `{"result":[]}`)
		})
		c := New(Config{
			BaseURL: "http://auvo.test", HTTP: &http.Client{Transport: served{mux}}, RatePerMinute: 60,
			IP: call.NewBudget("auvo", 360).Share(),
		})
		start := time.Now()
		for time.Since(start) < time.Minute {
			if _, err := c.Users.List(t.Context(), 1, 100); err != nil {
				t.Fatal(err)
			}
		}
		if calls > 61 || calls < 55 {
			t.Errorf("%d calls in a minute at 60", calls)
		}
		time.Sleep(26 * time.Minute)
		_, _ = c.Users.List(t.Context(), 1, 100)
		if logins != 1 {
			t.Errorf("%d logins within 27 minutes", logins)
		}
		time.Sleep(2 * time.Minute)
		_, _ = c.Users.List(t.Context(), 1, 100)
		if logins != 2 {
			t.Errorf("%d logins within 29 minutes", logins)
		}
	})
}
