package auvoapi

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ponte/internal/call"
)

func TestParallelCallsLogInOnce(t *testing.T) {
	c, a := setup(t)
	a.answers("GET /customers/55", "200 "+someCustomer)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := c.Customers.Get(t.Context(), 55); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if a.logins.Load() != 1 {
		t.Errorf("%d logins", a.logins.Load())
	}
}

func TestATokenInMemoryServesTheNextProcess(t *testing.T) {
	memory := &call.MemoryOnly{}
	withMemory := func(cfg *Config) { cfg.Memory = memory }
	first, a := setup(t, withMemory)
	a.answers("GET /customers/55", "200 "+someCustomer)
	for _, c := range []*Client{first, a.client(withMemory)} {
		if _, err := c.Customers.Get(t.Context(), 55); err != nil {
			t.Fatal(err)
		}
	}
	if a.logins.Load() != 1 {
		t.Errorf("%d logins", a.logins.Load())
	}
	_, expires, err := memory.Token(t.Context(), first.key)
	if left := time.Until(expires); err != nil || left > 28*time.Minute || left < 27*time.Minute {
		t.Errorf("the token is kept for %v (%v)", left, err)
	}
	if strings.Contains(first.key, testKey) {
		t.Errorf("memory names the key by %s", first.key)
	}
}

func TestAnotherTokenOfTheSameKeyHasAnotherLogin(t *testing.T) {
	a, b := New(Config{APIKey: "k", APIToken: "good"}), New(Config{APIKey: "k", APIToken: "typo"})
	if a.key == b.key {
		t.Error("a wrong token would live on the right one's login")
	}
}

func TestAnExpiredTokenIsRenewedOnceAndTheCallRepeated(t *testing.T) {
	c, a := setup(t)
	n := a.answers("POST /customers", "201 "+someCustomer)
	a.answers("GET /customers/55", "200 "+someCustomer)
	if _, err := c.Customers.Get(t.Context(), 55); err != nil {
		t.Fatal(err)
	}
	a.bearer.Store("revoked")
	if _, err := c.Customers.Create(t.Context(), NewCustomer{Name: "x"}); err != nil {
		t.Fatal(err)
	}
	if a.logins.Load() != 2 || n.Load() != 1 {
		t.Errorf("%d logins, %d creations", a.logins.Load(), n.Load())
	}
}

func TestASecondRefusalMeansTheCredentials(t *testing.T) {
	c, a := setup(t)
	var n atomic.Int32
	a.mux.HandleFunc("GET /users", func(w http.ResponseWriter, _ *http.Request) {
		n.Add(1)
		w.WriteHeader(http.StatusUnauthorized)
	})
	_, err := c.Users.List(t.Context(), 1, 100)
	wantReaction(t, err, call.Credentials)
	if a.logins.Load() != 2 || n.Load() != 2 {
		t.Errorf("%d logins, %d calls, want 2 and 2", a.logins.Load(), n.Load())
	}
}

func TestAnswersToALogin(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		want   call.Reaction
	}{
		{200, `{"result":{"authenticated":false,"message":"no"}}`, call.Credentials},
		{200, `{"result":{"authenticated":"false","accessToken":"x"}}`, call.Credentials},
		{200, `{"result":{"authenticated":true}}`, call.Credentials},
		{200, `{"result":null}`, call.Credentials},
		{200, `{}`, call.Credentials},
		{200, `{"result":{"accessToken":"x","expiration":"2026-05-04T12:40:11Z"}}`, ""},
		{200, `{"result":[1]}`, call.Retry},
		{200, `<html>maintenance`, call.Retry},
		{200, ``, call.Retry},
		{400, `{"apiKey":["The value '\"\"' is not valid."]}`, call.Credentials},
		{401, ``, call.Credentials},
		{403, `{"error":"no"}`, call.Credentials},
		{403, `{"error":"Rate limit temporarily exceeded"}`, call.Retry},
		{404, ``, call.Credentials},
		{405, ``, call.GiveUp},
		{429, ``, call.Retry},
		{500, ``, call.Retry},
		{502, `<html>`, call.Retry},
	} {
		mux := http.NewServeMux()
		mux.HandleFunc("/login", func(w http.ResponseWriter, _ *http.Request) { reply(w, tt.status, tt.body) })
		mux.HandleFunc("/users", func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, `{"result":[]}`) })
		c := New(Config{BaseURL: "http://auvo.test", HTTP: &http.Client{Transport: served{mux}}, Backoff: time.Microsecond})
		_, err := c.Users.List(t.Context(), 1, 100)
		if call.ReactionOf(err) != tt.want {
			t.Errorf("%d %s: %v, want %q", tt.status, tt.body, err, tt.want)
		}
	}
}
