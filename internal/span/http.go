package span

import (
	"net/http"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// probes are asked every few seconds, by programs, and tell nothing.
var probes = []string{"/healthz", "/readyz", "/metrics"}

// methods bound what a span's name can be: whoever asks may write anything there.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

// Handler makes a span of each request that next answers, the root of a trace,
// named by the pattern of its route. The address itself is not told, since it may
// hold a token (a hook's, an invitation's), an id or what was searched for. That,
// and that whoever asks may not choose the trace, is why this is not otelhttp.
func (t Tracer) Handler(next http.Handler) http.Handler {
	if !t.On() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.Contains(probes, r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		method := r.Method
		if !slices.Contains(methods, method) {
			method = "_OTHER"
		}
		ctx, s := t.start(With(r.Context(), t), method, "", trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindServer))
		seen, r := &seenStatus{ResponseWriter: w, status: http.StatusOK}, r.WithContext(ctx)
		defer func() { s.answered(method, r.Pattern, seen.status) }() // a handler that panics, too
		next.ServeHTTP(seen, r)
	})
}

// answered ends a request's span. The pattern is known only now: that of the
// innermost mux stands in the request that all of them were handed.
func (s Span) answered(method, pattern string, status int) {
	route := pattern[strings.IndexByte(pattern, ' ')+1:]
	if route != "" {
		s.span.SetName(method + " " + route)
	}
	s.span.SetAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
	if status >= http.StatusInternalServerError {
		s.span.SetStatus(codes.Error, "")
	}
	s.span.End()
}

// seenStatus remembers what was answered.
type seenStatus struct {
	http.ResponseWriter
	status int
	wrote  bool
}

// WriteHeader remembers the first status; those before it (1xx) are no answer.
func (w *seenStatus) WriteHeader(status int) {
	if !w.wrote && status >= http.StatusOK {
		w.status, w.wrote = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *seenStatus) Unwrap() http.ResponseWriter { return w.ResponseWriter }
