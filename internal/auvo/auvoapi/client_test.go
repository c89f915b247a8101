package auvoapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ponte/internal/call"
)

const (
	testKey   = "key-5f1c2a"
	testToken = "token+9b7e/44="
)

// An account is a served Auvo: mux answers, and logins and calls count.
type account struct {
	mux    *http.ServeMux
	server *httptest.Server
	logins atomic.Int32
	bearer atomic.Value // the access token that is good
}

// setup returns a client of an account whose login works and whose other
// addresses are the test's to add.
func setup(t *testing.T, change ...func(*Config)) (*Client, *account) {
	t.Helper()
	a := &account{mux: http.NewServeMux()}
	a.server = httptest.NewServer(a.mux)
	t.Cleanup(a.server.Close)
	a.mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		var body struct{ APIKey, APIToken string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.APIKey != testKey || body.APIToken != testToken {
			t.Errorf("login body: %v %+v", err, body)
		}
		token := fmt.Sprintf("eyJhbGciOiJSUzI1NiJ9.login%d.sig", a.logins.Add(1))
		a.bearer.Store(token)
		reply(w, 200, `{"result":{"authenticated":true,"expiration":"2026-05-04 09:40:11","accessToken":"`+token+`"}}`)
	})
	return a.client(change...), a
}

func (a *account) client(change ...func(*Config)) *Client {
	cfg := Config{
		BaseURL: a.server.URL + "/", APIKey: " " + testKey + "\n", APIToken: testToken,
		RatePerMinute: 1e6, Backoff: time.Millisecond,
	}
	for _, f := range change {
		f(&cfg)
	}
	return New(cfg)
}

// handle serves a pattern and refuses a request without the good token.
func (a *account) handle(pattern string, h http.HandlerFunc) {
	a.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+fmt.Sprint(a.bearer.Load()) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		h(w, r)
	})
}

// answers serves the given statuses and bodies one after the other, the last one for ever.
func (a *account) answers(pattern string, replies ...string) *atomic.Int32 {
	var n atomic.Int32
	a.handle(pattern, func(w http.ResponseWriter, _ *http.Request) {
		i := min(int(n.Add(1)), len(replies)) - 1
		status, body, _ := strings.Cut(replies[i], " ")
		var code int
		_, _ = fmt.Sscan(status, &code)
		reply(w, code, body)
	})
	return &n
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// wantReaction fails the test unless err asks for want.
func wantReaction(t *testing.T, err error, want call.Reaction) {
	t.Helper()
	_ = reactionError(t, err, want)
}

// reactionError is wantReaction for who looks at the error too.
func reactionError(t *testing.T, err error, want call.Reaction) *call.Error {
	t.Helper()
	e, ok := errors.AsType[*call.Error](err)
	if !ok || e.Reaction != want {
		t.Fatalf("got %v (%v), want reaction %q", call.ReactionOf(err), err, want)
	}
	return e
}

const someCustomer = `{"result":{"id":55,"description":"Padaria"}}`

func TestRequestsCarryOneTokenAndOneEncodedFilter(t *testing.T) {
	c, a := setup(t)
	a.handle("GET /customers", func(w http.ResponseWriter, r *http.Request) {
		if got, want := r.URL.Query().Get("paramFilter"), `{"dateLastUpdate":"2026-02-03T09:00:00"}`; got != want {
			t.Errorf("paramFilter %s, want %s", got, want)
		}
		if r.URL.Query().Get("page") != "2" || r.URL.Query().Get("pageSize") != "100" {
			t.Errorf("query %s", r.URL.RawQuery)
		}
		reply(w, 200, `{"result":{"entityList":[{"id":1}],"pagedSearchReturnData":{"order":0,"pageSize":100,"page":2,"totalItems":101}}}`)
	})
	ctx := t.Context()
	for range 3 {
		p, err := c.Customers.List(ctx, CustomerFilter{DateLastUpdate: time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)}, 2, 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Items) != 1 || p.Total != 101 || !p.HasTotal || !p.Last() {
			t.Fatalf("page %+v", p)
		}
	}
	if a.logins.Load() != 1 {
		t.Errorf("%d logins, want 1", a.logins.Load())
	}
}

func TestAFilterOfNothingIsAnEmptyObject(t *testing.T) {
	c, a := setup(t)
	a.handle("GET /products", func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.Query().Get("paramFilter"); got != "{}" {
			t.Errorf("paramFilter %s", got)
		}
		reply(w, 200, `{"result":[]}`)
	})
	if _, err := c.Products.List(t.Context(), ProductFilter{}, 1, 100); err != nil {
		t.Fatal(err)
	}
}

func TestTheMeterCountsEverySendingButLogins(t *testing.T) {
	c, a := setup(t)
	a.answers("GET /customers/55", "503 {}", "403 {\"error\":\"Rate limit temporarily exceeded\"}", "200 "+someCustomer)
	var m call.Meter
	got, err := c.Customers.Get(call.WithMeter(t.Context(), &m), 55)
	if err != nil || got.ID != 55 || got.Name != "Padaria" {
		t.Fatalf("%+v %v", got, err)
	}
	if m.Count("auvo") != 3 || a.logins.Load() != 1 {
		t.Errorf("%d calls and %d logins, want 3 and 1", m.Count("auvo"), a.logins.Load())
	}
}

func TestWhatTheTransportSendsAgainIsCounted(t *testing.T) {
	c, a := setup(t)
	var n atomic.Int32
	a.handle("GET /customers/55", func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 2 { // on a kept connection, which dies before it answers
			panic(http.ErrAbortHandler)
		}
		reply(w, 200, someCustomer)
	})
	var m call.Meter
	ctx := call.WithMeter(t.Context(), &m)
	for range 2 {
		if _, err := c.Customers.Get(ctx, 55); err != nil {
			t.Fatal(err)
		}
	}
	if m.Count("auvo") != int(n.Load()) {
		t.Errorf("counted %d calls, the server saw %d", m.Count("auvo"), n.Load())
	}
}

func TestAPostIsRepeatedOnlyWhereNothingWasDone(t *testing.T) {
	for _, tt := range []struct {
		name    string
		replies []string
		sent    int32
		want    call.Reaction
	}{
		{"rate by 403", []string{`403 {"error":"Rate limit temporarily exceeded"}`, "201 " + someCustomer}, 2, ""},
		{"rate by 429", []string{"429 ", "201 " + someCustomer}, 2, ""},
		{"server fault", []string{"500 oops", "201 " + someCustomer}, 1, call.Unclear},
		{"gateway page", []string{"502 <html>", "201 " + someCustomer}, 1, call.Unclear},
		{"nonsense success", []string{"201 {", "201 " + someCustomer}, 1, call.Unclear},
		{"success without a record", []string{"201 "}, 1, call.Unclear},
		{"refusal", []string{`400 {"name":["The name field is required."]}`}, 1, call.WaitForPerson},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, a := setup(t)
			n := a.answers("POST /customers", tt.replies...)
			_, err := c.Customers.Create(t.Context(), NewCustomer{Name: "Padaria", Active: true})
			if call.ReactionOf(err) != tt.want || n.Load() != tt.sent {
				t.Errorf("reaction %q after %d sendings (%v), want %q after %d", call.ReactionOf(err), n.Load(), err, tt.want, tt.sent)
			}
		})
	}
}

func TestAPatchIsRepeatedAndThenUnclear(t *testing.T) {
	c, a := setup(t)
	n := a.answers("PATCH /products/7", "504 ")
	_, err := c.Products.Patch(t.Context(), 7, []Op{Replace("active", false)})
	e := reactionError(t, err, call.Unclear)
	if n.Load() != 3 || e.Wait <= 0 || e.Op != "PATCH /products/7" {
		t.Errorf("%d sendings, %+v", n.Load(), e)
	}
}

func TestARateAnswerIsWaitedOutForAMinuteAndThenReturned(t *testing.T) {
	c, a := setup(t)
	n := a.answers("GET /users", `403 {"error":"Rate limit temporarily exceeded"}`)
	_, err := c.Users.List(t.Context(), 1, 100)
	if e := reactionError(t, err, call.Retry); e.Wait != time.Minute {
		t.Errorf("wait %v", e.Wait)
	}
	if n.Load() != 5 {
		t.Errorf("%d sendings, want 5", n.Load())
	}
}

func TestPausesGrowToAMinuteAndFollowRetryAfter(t *testing.T) {
	c := New(Config{})
	limited := answer{status: 429}
	var all []time.Duration
	for tries := 1; ; tries++ {
		pause, stop := c.pauseAfter(limited, tries)
		if stop {
			break
		}
		all = append(all, pause)
	}
	if got := fmt.Sprint(all); got != "[5s 10s 20s 25s]" {
		t.Errorf("pauses %s", got)
	}
	limited.header = http.Header{"Retry-After": {"17"}}
	if pause, stop := c.pauseAfter(limited, 1); pause != 17*time.Second || stop {
		t.Errorf("Retry-After 17: %v %v", pause, stop)
	}
	limited.header.Set("Retry-After", "300")
	if _, stop := c.pauseAfter(limited, 1); !stop {
		t.Error("a pause of five minutes is the caller's to plan")
	}
}

func TestARateAnswerHoldsBackTheAccountsOtherRequests(t *testing.T) {
	c := New(Config{})
	c.pauseAfter(answer{status: 429}, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := c.waitHeld(ctx); err == nil {
		t.Error("a request left during the pause")
	}
}

func TestACutBodyASlowServerAndADeadOneAreToldApart(t *testing.T) {
	c, a := setup(t, func(cfg *Config) { cfg.HTTP = &http.Client{Timeout: 60 * time.Millisecond} })
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "500")
		_, _ = io.WriteString(w, `{"result":{"id":55`)
	}
	slow := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
		case <-time.After(time.Second):
		}
	}
	a.handle("GET /customers/1", cut)
	a.handle("POST /customers", cut)
	a.handle("GET /customers/2", slow)
	a.handle("POST /products", slow)
	ctx := t.Context()
	_, err := c.Customers.Get(ctx, 1)
	wantReaction(t, err, call.Retry)
	_, err = c.Customers.Create(ctx, NewCustomer{})
	wantReaction(t, err, call.Unclear)
	_, err = c.Customers.Get(ctx, 2)
	wantReaction(t, err, call.Retry)
	_, err = c.Products.Create(ctx, NewProduct{})
	wantReaction(t, err, call.Unclear)
	a.server.Close()
	_, err = c.Customers.Create(ctx, NewCustomer{})
	wantReaction(t, err, call.Retry)
}

func TestACancelledWriteIsUnclearOnlyOnceItLeft(t *testing.T) {
	c, a := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	a.handle("POST /customers", func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})
	_, err := c.Customers.Create(ctx, NewCustomer{})
	wantReaction(t, err, call.Unclear)
	_, err = c.Customers.Create(ctx, NewCustomer{})
	e := reactionError(t, err, call.Retry)
	if !errors.Is(e, context.Canceled) {
		t.Errorf("%v", e)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	c, a := setup(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("followed, with Authorization %q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	a.handle("GET /users", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	_, err := c.Users.List(t.Context(), 1, 100)
	wantReaction(t, err, call.Retry)
}

func TestAnAnswerOverTheLimitIsGivenUp(t *testing.T) {
	c, a := setup(t)
	a.handle("GET /users", func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat(" ", 1<<20))
		for range 33 {
			_, _ = w.Write(chunk)
		}
	})
	_, err := c.Users.List(t.Context(), 1, 100)
	wantReaction(t, err, call.GiveUp)
}

func TestNoSecretIsInAnyErrorOrPrint(t *testing.T) {
	c, a := setup(t)
	a.handle("GET /customers/1", func(w http.ResponseWriter, r *http.Request) {
		echo, err := json.Marshal([]string{testKey, testToken, r.Header.Get("Authorization")})
		if err != nil {
			t.Error(err)
		}
		reply(w, 400, `{"message":`+string(echo)+`,"errors":`+string(echo)+`}`)
	})
	_, err := c.Customers.Get(t.Context(), 1)
	texts := fmt.Sprintf("%v %+v %#v", err, err, err)
	cfg := Config{APIKey: testKey, APIToken: testToken}
	texts += fmt.Sprintf("%v %+v %#v %s %v %+v %#v", cfg, &cfg, cfg, cfg, c, c, c)
	if !strings.Contains(texts, "[hidden]") {
		t.Errorf("nothing hidden in %s", texts)
	}
	for _, secret := range []string{testKey, testToken, "login1"} {
		if strings.Contains(texts, secret) {
			t.Errorf("%q in %s", secret, texts)
		}
	}
}

func TestAnErrorDoesNotRepeatTheFilter(t *testing.T) {
	c, a := setup(t)
	a.answers("GET /users", "200 {\"result\":[]}")
	if _, err := c.Users.List(t.Context(), 1, 1); err != nil {
		t.Fatal(err)
	}
	a.server.Close()
	_, err := c.Customers.List(t.Context(), CustomerFilter{CpfCnpj: "11222333000181"}, 1, 100)
	if wantReaction(t, err, call.Retry); strings.Contains(err.Error(), "11222333000181") {
		t.Error(err)
	}
}
