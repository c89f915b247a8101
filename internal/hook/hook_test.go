package hook_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ponte/internal/hook"
	"ponte/internal/record"
	"ponte/internal/store"
	"ponte/internal/store/sqlitetest"
)

// setup serves a receiver for acme, whose Omie token is "secret-token".
func setup(t testing.TB) (*store.DB, *httptest.Server, *hook.Receiver) {
	t.Helper()
	db := sqlitetest.Open(t)
	if err := db.SaveAccount(t.Context(), store.Account{ID: "acme", Settings: []byte("{}")}, nil); err != nil {
		t.Fatal(err)
	}
	if err := db.SetHook(t.Context(), "acme", record.Omie, "secret-token"); err != nil {
		t.Fatal(err)
	}
	r := &hook.Receiver{Store: db, Log: slog.New(slog.DiscardHandler)}
	r.Notices = func(_ context.Context, account string, side record.Side, body []byte) ([]record.Notice, error) {
		if strings.Contains(string(body), "ping") {
			return nil, nil
		}
		return []record.Notice{{Topic: "x", Ref: record.Ref{Kind: record.Customer, Side: side, ID: "7"}}}, nil
	}
	mux := http.NewServeMux()
	r.Add(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return db, server, r
}

func post(t *testing.T, url string, body io.Reader) int {
	t.Helper()
	res, err := http.Post(url, "application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

func hints(t *testing.T, db *store.DB) int {
	t.Helper()
	open, err := db.OpenHints(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	return len(open)
}

func TestADeliveryIsKeptBeforeItIsAnswered(t *testing.T) {
	db, server, _ := setup(t)
	for n, test := range []struct {
		path, body   string
		status, kept int
	}{
		{"/hooks/omie/secret-token", `{"ping":"omie"}`, 200, 0},
		{"/hooks/omie/secret-token", `{"a":1}`, 200, 1},
		{"/hooks/omie/secret-token", `{"a":1}`, 200, 1}, // again
		{"/hooks/omie/secret-token", "\x00\xff not json at all", 200, 2},
		{"/hooks/omie/secret-token", "", 200, 3},
		{"/hooks/omie/secret-tokem", `{"a":2}`, 404, 3},
		{"/hooks/auvo/secret-token", `{"a":2}`, 404, 3},
		{"/hooks/bling/secret-token", `{"a":2}`, 404, 3},
		{"/hooks/omie/", `{"a":2}`, 404, 3},
		{"/hooks/omie/secret-token/x", `{"a":2}`, 404, 3},
		{"/hooks/omie/secret-token", strings.Repeat("x", 1<<20+1), 413, 3},
	} {
		if got := post(t, server.URL+test.path, strings.NewReader(test.body)); got != test.status {
			t.Errorf("%d %s: %d, not %d", n, test.path, got, test.status)
		}
		if got := hints(t, db); got != test.kept {
			t.Errorf("%d %s: %d hints, not %d", n, test.path, got, test.kept)
		}
	}
}

func TestAHookCanBeTriedWithAGet(t *testing.T) {
	_, server, _ := setup(t)
	for path, want := range map[string]int{"/hooks/omie/secret-token": 200, "/hooks/omie/x": 404} {
		res, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("GET %s: %d", path, res.StatusCode)
		}
	}
}

func TestWhatCouldNotBeKeptIsNotAnsweredWell(t *testing.T) {
	db, server, r := setup(t)
	r.Enqueue = func(context.Context, any, ...store.Job) error { return errors.New("no queue") }
	if got := post(t, server.URL+"/hooks/omie/secret-token", strings.NewReader(`{"a":1}`)); got != http.StatusServiceUnavailable || hints(t, db) != 0 {
		t.Errorf("%d, %d hints", got, hints(t, db))
	}
}

func TestARotatedTokenOpensNothing(t *testing.T) {
	db, server, _ := setup(t)
	if err := db.SetHook(t.Context(), "acme", record.Omie, "another"); err != nil {
		t.Fatal(err)
	}
	if got := post(t, server.URL+"/hooks/omie/secret-token", strings.NewReader(`{"a":1}`)); got != http.StatusNotFound {
		t.Errorf("the old token answers %d", got)
	}
	if got := post(t, server.URL+"/hooks/omie/another", strings.NewReader(`{"a":1}`)); got != http.StatusOK {
		t.Errorf("the new token answers %d", got)
	}
}
