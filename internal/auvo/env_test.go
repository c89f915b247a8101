package auvo

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/govalues/decimal"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/auvo/auvosim"
	"ponte/internal/record"
)

// monday is the simulated time of the tests, 10:00 in São Paulo.
var monday = time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC)

// An env is a simulated Auvo and the side over it. At the end of a test the
// simulator must have seen nothing that a good client does not do.
type env struct {
	*auvosim.Sim
	record.System
	t *testing.T
	// mute names members that the answers to writes leave out; "*" all of them.
	mute []string
}

func setup(t *testing.T, opts Options, set ...func(*auvosim.Sim)) *env {
	t.Helper()
	e := &env{t: t, Sim: &auvosim.Sim{Now: func() time.Time { return monday }, PerMinute: -1}}
	for _, f := range set {
		f(e.Sim)
	}
	server := httptest.NewServer(http.HandlerFunc(e.serve))
	t.Cleanup(server.Close)
	e.System = New(auvoapi.New(auvoapi.Config{
		BaseURL: server.URL + "/v2", APIKey: auvosim.DefaultAPIKey, APIToken: auvosim.DefaultAPIToken,
		RatePerMinute: 1_000_000, Backoff: time.Millisecond,
	}), opts)
	t.Cleanup(func() {
		for _, v := range e.Violations() {
			t.Errorf("violation: %+v", v)
		}
	})
	return e
}

// serve hands a request to the simulator and mutes its answer to a write.
func (e *env) serve(w http.ResponseWriter, r *http.Request) {
	if len(e.mute) == 0 || (r.Method != http.MethodPatch && r.Method != http.MethodPost) || strings.HasSuffix(r.URL.Path, "/login") {
		e.ServeHTTP(w, r)
		return
	}
	kept := httptest.NewRecorder()
	e.ServeHTTP(kept, r)
	var answer struct {
		Result map[string]json.RawMessage `json:"result"`
	}
	if err := json.Unmarshal(kept.Body.Bytes(), &answer); err != nil {
		e.t.Errorf("answer %s: %v", kept.Body, err)
	}
	for _, name := range e.mute {
		delete(answer.Result, name)
	}
	body, err := json.Marshal(answer)
	if err != nil {
		e.t.Error(err)
	}
	if e.mute[0] == "*" {
		body = nil
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(kept.Code)
	if _, err := io.Copy(w, bytes.NewReader(body)); err != nil {
		e.t.Error(err)
	}
}

func (e *env) seed(d auvosim.Data) {
	e.t.Helper()
	if err := e.Seed(d); err != nil {
		e.t.Fatal(err)
	}
}

// find looks records up by keys of one name.
func (e *env) find(kind record.Kind, name string, values ...string) []record.Item {
	e.t.Helper()
	var keys []record.Key
	for _, v := range values {
		keys = append(keys, record.Key{Name: name, Value: v})
	}
	items, err := e.Of(kind).Find.Find(context.Background(), keys, record.Near{})
	if err != nil {
		e.t.Fatal(err)
	}
	return items
}

// again reads one record by its id.
func (e *env) again(kind record.Kind, id string) record.Item {
	e.t.Helper()
	items := e.find(kind, record.KeyID, id)
	if len(items) != 1 {
		e.t.Fatalf("%s %s is there %d times", kind, id, len(items))
	}
	return items[0]
}

func (e *env) create(kind record.Kind, code string, f record.Fields) record.Item {
	e.t.Helper()
	made, err := e.Of(kind).Write.Create(context.Background(), record.Draft{Kind: kind, Code: code, Fields: f})
	if err != nil {
		e.t.Fatal(err)
	}
	return made
}

func (e *env) update(now record.Item, f record.Fields) record.Item {
	e.t.Helper()
	got, err := e.Of(now.Kind).Write.Update(context.Background(), record.Patch{Kind: now.Kind, Now: now, Fields: f})
	if err != nil {
		e.t.Fatal(err)
	}
	return got
}

// calls are the requests so far but the logins, as "GET customers".
func (e *env) calls() []string {
	out := []string{}
	for _, c := range e.Calls() {
		if c.Path != "login" {
			out = append(out, c.Method+" "+strings.TrimPrefix(c.Path, "/"))
		}
	}
	return out
}

func ids(items []record.Item) []string {
	out := []string{}
	for _, i := range items {
		out = append(out, i.ID)
	}
	return out
}

// stampless leaves out what only a read tells: stamps, and the row.
var stampless = cmpopts.IgnoreFields(record.Item{}, "Raw", "Version", "Changed")

func same(t *testing.T, got, want any, opts ...cmp.Option) {
	t.Helper()
	opts = append(opts, cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) }), cmp.Comparer(time.Time.Equal))
	if d := cmp.Diff(want, got, opts...); d != "" {
		t.Errorf("got + instead of -:\n%s", d)
	}
}

func num(s string) decimal.Decimal { return decimal.MustParse(s) }
