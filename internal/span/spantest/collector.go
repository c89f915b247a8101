// Package spantest is an OpenTelemetry collector for tests: a real receiver of
// OTLP over HTTP, which keeps what it is told.
package spantest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	collect "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	wire "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// A Collector keeps the spans that it was told, and the bytes that told them.
type Collector struct {
	URL string

	t     testing.TB
	mu    sync.Mutex
	raw   []byte
	spans []Span
	about map[string]string
}

// A Span is one that was told.
type Span struct {
	Name       string
	ID, Parent string // Parent "": a root
	Trace      string
	Kind       wire.Span_SpanKind
	Failed     bool
	Took       time.Duration
	Says       map[string]string // its attributes
}

// New serves a collector until the test ends.
func New(t testing.TB) *Collector {
	t.Helper()
	c := &Collector{t: t, about: map[string]string{}}
	server := httptest.NewServer(http.HandlerFunc(c.take))
	t.Cleanup(server.Close)
	c.URL = server.URL
	return c
}

func (c *Collector) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var told collect.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(body, &told)
	}
	if err != nil || r.URL.Path != "/v1/traces" {
		c.t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		http.Error(w, "no", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw = append(c.raw, body...)
	for _, of := range told.GetResourceSpans() {
		for _, a := range of.GetResource().GetAttributes() {
			c.about[a.GetKey()] = a.GetValue().GetStringValue()
		}
		for _, scope := range of.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				c.spans = append(c.spans, asSpan(s))
			}
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

func asSpan(s *wire.Span) Span {
	says := map[string]string{}
	for _, a := range s.GetAttributes() {
		switch v := a.GetValue().GetValue().(type) {
		case *common.AnyValue_IntValue:
			says[a.GetKey()] = strconv.FormatInt(v.IntValue, 10)
		case *common.AnyValue_BoolValue:
			says[a.GetKey()] = strconv.FormatBool(v.BoolValue)
		default:
			says[a.GetKey()] = a.GetValue().GetStringValue()
		}
	}
	return Span{
		Name: s.GetName(), ID: fmt.Sprintf("%x", s.GetSpanId()), Parent: fmt.Sprintf("%x", s.GetParentSpanId()), Trace: fmt.Sprintf("%x", s.GetTraceId()),
		Kind: s.GetKind(), Failed: s.GetStatus().GetCode() == wire.Status_STATUS_CODE_ERROR,
		Took: time.Duration(s.GetEndTimeUnixNano() - s.GetStartTimeUnixNano()), Says: says, //nolint:gosec // a span's length
	}
}

// Raw are the bytes of all that was told.
func (c *Collector) Raw() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.raw)
}

// About is what the process says of itself.
func (c *Collector) About(key string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.about[key]
}

// Spans are all that were told, in the order in which they ended.
func (c *Collector) Spans() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.spans)
}

// Paths are the names from each span's root to it, joined by " > ", each once.
func (c *Collector) Paths() []string {
	all, byID := c.Spans(), map[string]Span{}
	for _, s := range all {
		byID[s.ID] = s
	}
	var out []string
	for _, s := range all {
		path := s.Name
		for up, ok := byID[s.Parent]; ok; up, ok = byID[up.Parent] {
			path = up.Name + " > " + path
		}
		if !slices.Contains(out, path) {
			out = append(out, path)
		}
	}
	return out
}

// Told fails the test for each of the paths (Paths) that it was not told of.
func (c *Collector) Told(paths ...string) {
	c.t.Helper()
	all := c.Paths()
	for _, want := range paths {
		if !slices.Contains(all, want) {
			c.t.Errorf("%q is missing in\n%s", want, strings.Join(all, "\n"))
		}
	}
}
