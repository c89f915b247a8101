package api_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ponte/internal/api"
	"ponte/internal/secret"
	"ponte/internal/store"
	"ponte/internal/store/pgtest"
	"ponte/internal/store/sqlitetest"
	"ponte/internal/token"
)

// A house is an API of three operations over a store of its own, with the accounts
// acme and polo, and a clock that is set by hand.
type house struct {
	*testing.T
	db  *store.DB
	url string

	mu    sync.Mutex
	now   time.Time
	done  int           // how often push did its work
	gate  chan struct{} // when there: push waits for it
	began chan struct{} // when there: push says that it waits
	fails error         // what push ends with
}

const readAll = "the-token-of-the-environment"

// eachDatabase runs a test in a house on either database.
func eachDatabase(t *testing.T, test func(h *house)) {
	t.Run("sqlite", func(t *testing.T) {
		test(newHouse(t, sqlitetest.Migrated(t), api.Options{}))
	})
	t.Run("postgres", func(t *testing.T) { test(newHouse(t, pgtest.Migrated(t), api.Options{})) })
}

// aHouse is one on SQLite.
func aHouse(t *testing.T, o api.Options) *house {
	t.Helper()
	return newHouse(t, sqlitetest.Migrated(t), o)
}

type pushed struct {
	Account string `json:"account"`
	Text    string `json:"text"`
	Times   int    `json:"times"`
}

type push struct {
	Text string `json:"text" maxLength:"20"`
}

func newHouse(t *testing.T, dsn string, o api.Options) *house {
	t.Helper()
	ring, err := secret.Open(secret.Options{Database: filepath.Join(t.TempDir(), "keys")})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), dsn, ring)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, db: db, now: time.Date(2026, 3, 10, 15, 0, 0, 0, time.UTC)}
	for _, id := range []string{"acme", "polo"} {
		h.ok(db.SaveAccount(t.Context(), store.Account{ID: id, Settings: []byte(`{"id":"` + id + `"}`)}, nil))
	}
	o.Store, o.Version, o.ReadAll, o.Now, o.Log = db, "test", readAll, h.clock, slog.New(slog.DiscardHandler)
	mux := http.NewServeMux()
	a := api.New(mux, o)
	api.Get(a, api.Op{ID: "look", Path: "/look", Summary: "Look", Scope: token.Read}, func(_ context.Context, v *api.Visit, _ *struct {
		Limit int `query:"limit" minimum:"1" maximum:"9" default:"5"`
	},
	) (pushed, error) {
		return pushed{Account: map[bool]string{true: "polo"}[v.Sees("polo")]}, nil
	})
	api.Get(a, api.Op{ID: "panic", Path: "/panic", Summary: "Panic", Scope: token.Read}, func(context.Context, *api.Visit, *struct{}) (pushed, error) {
		panic("secret detail")
	})
	api.Post(a, api.Op{ID: "push", Path: "/accounts/{account}/push", Summary: "Push", Scope: token.Operate}, h.push)
	a.Describe()
	server := httptest.NewServer(mux)
	h.url = server.URL
	t.Cleanup(func() {
		server.Close()
		h.ok(db.Close())
	})
	return h
}

// push counts itself in the account's settings' history, as work that would show being done twice.
func (h *house) push(ctx context.Context, v *api.Visit, account string, in *push) (pushed, error) {
	if h.began != nil {
		h.began <- struct{}{}
	}
	if h.gate != nil {
		<-h.gate
	}
	return api.Commit(ctx, v, account, store.Act{What: "retried", Said: "empurrou"}, func(ctx context.Context) (pushed, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.done++
		err := h.db.SaveAccount(ctx, store.Account{ID: account, Settings: []byte(`{"id":"` + account + `"}`)}, nil, store.Event{Ref: store.SettingsRef(account), What: "pushed", Text: in.Text})
		if h.fails != nil {
			err = h.fails
		}
		return pushed{account, in.Text, h.done}, err
	})
}

// pushes are what stands of push's work, and the acts that tell of it.
func (h *house) pushes() (events, acts int) {
	h.Helper()
	all, err := h.db.Events(h.Context(), "acme", store.SettingsRef("acme"))
	h.ok(err)
	told, err := h.db.Acts(h.Context(), store.ActFilter{What: "retried"}, 0, 1000)
	h.ok(err)
	return len(all), len(told)
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) wait(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func (h *house) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// token makes one.
func (h *house) token(name string, t store.APIToken) (store.APIToken, string) {
	h.Helper()
	t.Name, t.By = name, "test"
	if t.Scopes == nil {
		t.Scopes = []string{"read", "operate"}
	}
	t, text := token.New(t, h.clock())
	h.ok(h.db.AddAPIToken(h.Context(), t))
	return t, text
}

// An answer is what a program got.
type answer struct {
	code   int
	header http.Header
	body   string
	Detail string
	Title  string
	Status int
}

// ask sends a request; headers are names and values.
func (h *house) ask(method, path, bearer, body string, headers ...string) answer {
	h.Helper()
	got, err := h.try(method, path, bearer, body, headers...)
	h.ok(err)
	return got
}

func (h *house) try(method, path, bearer, body string, headers ...string) (answer, error) {
	r, err := http.NewRequestWithContext(h.Context(), method, h.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	got := answer{code: res.StatusCode, header: res.Header, body: string(text)}
	if err == nil && res.StatusCode >= 400 {
		err = json.Unmarshal(text, &got)
	}
	return got, err
}

// refuses fails the test unless an answer is a problem document of that status with that sentence.
func (h *house) refuses(what string, got answer, status int, says string) {
	h.Helper()
	if got.code != status || got.Status != status || got.Title != http.StatusText(status) || !strings.Contains(got.Detail, says) || got.header.Get("Content-Type") != "application/problem+json" || got.header.Get("Cache-Control") != "no-store" {
		h.Errorf("%s: %d %v %s", what, got.code, got.header, got.body)
	}
}
