package span

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ponte/internal/call"
	"ponte/internal/span/spantest"
)

func TestTheEnvironmentSaysWhetherAnythingIsTraced(t *testing.T) {
	for _, test := range []struct {
		env   string
		want  bool
		fails string
	}{
		{"", false, ""},
		{"OTEL_SERVICE_NAME=x OTEL_TRACES_SAMPLER=always_on", false, ""},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", true, ""},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c:4318/v1/traces", true, ""},
		{"OTEL_TRACES_EXPORTER=otlp", true, ""},
		{"OTEL_TRACES_EXPORTER=none OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", false, ""},
		{"OTEL_SDK_DISABLED=TRUE OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", false, ""},
		{"OTEL_SDK_DISABLED=false OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", true, ""},
		{"OTEL_TRACES_EXPORTER=console", false, "this program knows otlp and none"},
		{"OTEL_TRACES_EXPORTER=otlp OTEL_EXPORTER_OTLP_PROTOCOL=grpc", false, "http/protobuf"},
		{"OTEL_TRACES_EXPORTER=otlp OTEL_EXPORTER_OTLP_PROTOCOL=grpc OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf", true, ""},
	} {
		env := map[string]string{}
		for _, pair := range strings.Fields(test.env) {
			name, value, _ := strings.Cut(pair, "=")
			env[name] = value
		}
		got, err := asked(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
		if got != test.want || (err == nil) != (test.fails == "") || (err != nil && !strings.Contains(err.Error(), test.fails)) {
			t.Errorf("%s: %v, %v", test.env, got, err)
		}
	}
}

func TestNothingIsMadeOfASpanThatNobodyIsToldOf(t *testing.T) {
	ctx := call.About(t.Context(), "account", "acme")
	made := call.Made{Side: "omie", Method: "IncluirOS", Took: time.Second}
	err := errors.New("x")
	if n := testing.AllocsPerRun(100, func() {
		ctx, s := Start(ctx, "flow", "customers")
		s.Say("kind", "customer")
		s.Count("attempts", 3)
		Call(ctx, made)
		s.End(err)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	h := http.NewServeMux()
	if got := (Tracer{}).Handler(h); got != http.Handler(h) {
		t.Error("requests go through something")
	}
}

type goesOn struct{}

func (goesOn) Error() string  { return "more" }
func (goesOn) Ending() string { return "goes on later" }

func TestAnErrorIsToldByAWordAndNeverByItsText(t *testing.T) {
	refused := &call.Error{Side: "omie", Op: "IncluirCliente", Text: "o cliente MARIA já existe", Reaction: call.WaitForPerson}
	for _, test := range []struct {
		err    error
		word   string
		failed bool
	}{
		{nil, "ok", false},
		{fmt.Errorf("run: %w", goesOn{}), "goes on later", false},
		{fmt.Errorf("flow: %w", refused), "wait-for-person", true},
		{fmt.Errorf("x: %w", context.Canceled), "cut off", true},
		{context.DeadlineExceeded, "cut off", true},
		{errors.New("MARIA"), "error", true},
	} {
		if word, failed := Outcome(test.err); word != test.word || failed != test.failed {
			t.Errorf("%v: %q, %v", test.err, word, failed)
		}
	}
}

// traced is a tracer that tells a collector, and what ends it.
func traced(t *testing.T) (*spantest.Collector, Tracer, func()) {
	t.Helper()
	c := spantest.New(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	tracer, stop := FromEnv(t.Context(), os.LookupEnv, "v1.2.3", slog.New(slog.DiscardHandler))
	if !tracer.On() {
		t.Fatal("nothing is traced")
	}
	return c, tracer, stop
}

func TestACollectorIsToldTheTreeOfTheWork(t *testing.T) {
	c, tracer, stop := traced(t)
	ctx := call.About(With(t.Context(), tracer), "account", "acme")
	ctx, cycle := Start(ctx, "cycle", "")
	inner, flow := Start(call.About(ctx, "flow", "customers"), "flow", "customers")
	Call(inner, call.Made{Side: "omie", Method: "ListarClientes", Status: 200, Took: 3 * time.Second, Try: 2})
	Call(inner, call.Made{Side: "omie", Method: "IncluirCliente", Write: true, Status: 500, Took: time.Second, Err: &call.Error{Text: "MARIA", Reaction: call.Unclear}})
	Call(inner, call.Made{Side: "omie", Method: "ListarOS", Status: 500, Err: &call.Error{Reaction: call.Empty}})
	if id := ID(inner); len(id) != 32 {
		t.Errorf("the trace is called %q", id)
	}
	flow.Count("changes", 7)
	flow.Say("kind", "customer")
	flow.End(errors.New("MARIA"))
	cycle.End(goesOn{})
	stop()

	if got, want := c.Paths(), []string{
		"cycle > flow customers > ListarClientes", "cycle > flow customers > IncluirCliente", "cycle > flow customers > ListarOS", "cycle > flow customers", "cycle",
	}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	spans := map[string]spantest.Span{}
	for _, s := range c.Spans() {
		spans[s.Name] = s
	}
	for name, want := range map[string]map[string]string{
		"cycle":          {"ponte.account": "acme", "ponte.outcome": "goes on later"},
		"flow customers": {"ponte.account": "acme", "ponte.flow": "customers", "ponte.outcome": "error", "ponte.changes": "7", "ponte.kind": "customer"},
		"ListarClientes": {"ponte.account": "acme", "ponte.flow": "customers", "ponte.side": "omie", "ponte.write": "false", "ponte.attempt": "2", "ponte.outcome": "ok", "http.response.status_code": "200"},
		"IncluirCliente": {"ponte.account": "acme", "ponte.flow": "customers", "ponte.side": "omie", "ponte.write": "true", "ponte.attempt": "1", "ponte.outcome": "unclear", "http.response.status_code": "500"},
	} {
		if got := spans[name].Says; !maps.Equal(got, want) {
			t.Errorf("%s says %v", name, got)
		}
	}
	if spans["cycle"].Failed || !spans["flow customers"].Failed || !spans["IncluirCliente"].Failed || spans["ListarOS"].Failed {
		t.Error("what failed is told wrongly")
	}
	if took := spans["ListarClientes"].Took; took != 3*time.Second {
		t.Errorf("the call took %s", took)
	}
	if c.About("service.name") != "ponte" || c.About("service.version") != "v1.2.3" {
		t.Errorf("the process is %q %q", c.About("service.name"), c.About("service.version"))
	}
	if bytes.Contains(c.Raw(), []byte("MARIA")) || bytes.Contains(c.Raw(), []byte("process.command")) {
		t.Error("an error's text, or the command line, was told")
	}
}

func TestTheEnvironmentNamesTheServiceAndTheSampler(t *testing.T) {
	t.Setenv("OTEL_SERVICE_NAME", "ponte-de-teste")
	c, tracer, stop := traced(t)
	_, s := Start(With(t.Context(), tracer), "cycle", "")
	s.End(nil)
	stop()
	if len(c.Spans()) != 1 || c.About("service.name") != "ponte-de-teste" {
		t.Errorf("%d spans of %q", len(c.Spans()), c.About("service.name"))
	}
	t.Setenv("OTEL_TRACES_SAMPLER", "always_off")
	c, tracer, stop = traced(t)
	ctx, s := Start(With(t.Context(), tracer), "cycle", "")
	s.End(nil)
	stop()
	if len(c.Spans()) != 0 || ID(ctx) != "" {
		t.Errorf("%d spans, %q", len(c.Spans()), ID(ctx))
	}
}

func TestARequestIsToldByItsRouteAndNeverByItsAddress(t *testing.T) {
	c, tracer, stop := traced(t)
	inner, outer := http.NewServeMux(), http.NewServeMux()
	inner.HandleFunc("GET /convite/{token}", func(w http.ResponseWriter, r *http.Request) {
		if ID(r.Context()) == "" {
			t.Error("what a request does is no part of it")
		}
		_ = http.NewResponseController(w).Flush()
	})
	inner.HandleFunc("POST /quebra", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "x", http.StatusInternalServerError) })
	outer.HandleFunc("POST /hooks/{side}/{token}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	outer.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	outer.Handle("/", inner)
	server := httptest.NewServer(tracer.Handler(outer))
	defer server.Close()
	for _, ask := range []string{
		"GET /convite/tok-canary?busca=MARIA", "POST /hooks/omie/hook-canary", "POST /quebra", "GET /nowhere/path-canary", "METHODCANARY /x", "GET /healthz",
	} {
		method, path, _ := strings.Cut(ask, " ")
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
		req.Header.Set("User-Agent", "agent-canary")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
	stop()
	var got []string
	for _, s := range c.Spans() {
		got = append(got, fmt.Sprintf("%s|%s|%s|%v", s.Name, s.Says["http.route"], s.Says["http.response.status_code"], s.Failed))
		if s.Parent != "" || s.Trace == "0af7651916cd43dd8448eb211c80319c" {
			t.Errorf("%s is a part of what whoever asked says", s.Name)
		}
	}
	want := []string{
		"GET /convite/{token}|/convite/{token}|200|false", "POST /hooks/{side}/{token}|/hooks/{side}/{token}|404|false", "POST /quebra|/quebra|500|true",
		"GET||404|false", "_OTHER||404|false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	for _, canary := range []string{"canary", "CANARY", "MARIA", "127.0.0.1"} {
		if bytes.Contains(c.Raw(), []byte(canary)) {
			t.Errorf("%s was told", canary)
		}
	}
}

// A said is a log that may be read while it is written: an exporter that was given up still says so.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func TestACollectorThatIsNotThereHoldsNobodyUp(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+silent.Addr().String())
	var log said
	tracer, stop := FromEnv(t.Context(), os.LookupEnv, "v1", slog.New(slog.NewTextHandler(&log, nil)))
	began := time.Now()
	for range 5000 { // more than the queue of spans holds
		_, s := Start(With(t.Context(), tracer), "cycle", "")
		s.End(nil)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("5,000 spans took %s", took)
	}
	began = time.Now()
	stop()
	if took := time.Since(began); took > flushFor+time.Second {
		t.Errorf("the stop took %s", took)
	}
	if !strings.Contains(log.String(), "the last spans may be lost") {
		t.Errorf("nobody is told: %s", log.String())
	}
}

func TestWhatCannotBeTracedIsSaidAndKeepsNothingFromRunning(t *testing.T) {
	t.Setenv("OTEL_TRACES_EXPORTER", "console")
	var log bytes.Buffer
	tracer, stop := FromEnv(t.Context(), os.LookupEnv, "v1", slog.New(slog.NewTextHandler(&log, nil)))
	stop()
	if tracer.On() || !strings.Contains(log.String(), "nothing is traced") {
		t.Errorf("%v: %s", tracer.On(), log.String())
	}
}
