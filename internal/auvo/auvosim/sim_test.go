package auvosim

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"ponte/internal/inprocess"
)

// A caller is a client of a Sim, logged in, as raw as HTTP is.
type caller struct {
	t     *testing.T
	sim   *Sim
	http  *http.Client
	token string
}

func setup(t *testing.T, s *Sim) *caller {
	t.Helper()
	if s.Now == nil {
		at := time.Date(2026, 2, 4, 15, 0, 0, 0, time.UTC)
		s.Now = func() time.Time { return at }
	}
	c := &caller{t: t, sim: s, http: &http.Client{Transport: inprocess.Transport(s)}}
	c.login()
	return c
}

func (c *caller) login() {
	c.t.Helper()
	status, body := c.do("POST", "/v2/login", `{"apiKey":"`+DefaultAPIKey+`","apiToken":"`+DefaultAPIToken+`"}`)
	if status != http.StatusOK {
		c.t.Fatalf("login: %d %s", status, body)
	}
	c.token = decoded(c.t, body).Object("result").Text("accessToken")
}

// do makes a call and returns its status and body.
func (c *caller) do(method, path, body string) (int, string) {
	c.t.Helper()
	res, err := c.try(context.Background(), method, path, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return res.StatusCode, string(data)
}

func (c *caller) try(ctx context.Context, method, path, body string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://auvo.test"+path, bytes.NewReader([]byte(body)))
	if err != nil {
		c.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	return c.http.Do(req)
}

// want makes a call that must answer a status, and returns its result.
func (c *caller) want(status int, method, path, body string) Record {
	c.t.Helper()
	got, text := c.do(method, path, body)
	if got != status {
		c.t.Fatalf("%s %s: got %d %s, want %d", method, path, got, text, status)
	}
	if text == "" || status >= 400 {
		return nil
	}
	return decoded(c.t, text).Object("result")
}

// rows lists a path with a filter; a 404 is no rows.
func (c *caller) rows(path, filter string) []Record {
	c.t.Helper()
	status, text := c.do("GET", path+"?pageSize=100&paramFilter="+url.QueryEscape(filter), "")
	if status == http.StatusNotFound {
		return nil
	}
	if status != http.StatusOK {
		c.t.Fatalf("GET %s: %d %s", path, status, text)
	}
	return decoded(c.t, text).Object("result").List("entityList")
}

// ids returns the given member of rows, as text.
func ids(rows []Record, member string) []string {
	out := []string{}
	for _, r := range rows {
		out = append(out, r.Text(member))
	}
	return out
}

func (c *caller) seed(text string) {
	c.t.Helper()
	var d Data
	if err := decodeStrict([]byte(text), &d); err != nil {
		c.t.Fatal(err)
	}
	if err := c.sim.Seed(d); err != nil {
		c.t.Fatal(err)
	}
}

// noted returns the kinds of the violations so far.
func (c *caller) noted() []string {
	out := []string{}
	for _, v := range c.sim.Violations() {
		out = append(out, v.Kind)
	}
	return out
}

func (c *caller) wantNoted(kinds ...string) {
	c.t.Helper()
	if got := c.noted(); !slices.Equal(got, kinds) {
		c.t.Errorf("violations: got %v, want %v", got, kinds)
	}
}

func decoded(t *testing.T, text string) Record {
	t.Helper()
	r := Record{}
	if err := decodeJSON([]byte(text), &r); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return r
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// newRequest makes a request without a Content-Type.
func newRequest(c *caller, method, path, body string) (*http.Request, error) {
	req, err := http.NewRequest(method, "http://auvo.test"+path, strings.NewReader(body))
	if err == nil {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	return req, err
}
