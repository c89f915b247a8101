// Package span tells an OpenTelemetry collector what Ponte does, as spans: a
// command or a job, its cycle, the flows, what is applied, each call of a vendor;
// and each HTTP request. It is off, and costs nothing, unless the standard OTEL_*
// variables ask for it (export.go).
//
// A span says what a log line says: accounts, runs, flows, the ids of records,
// names of vendors' methods, outcomes. Never a body, an address that was asked
// for, a key, a token, a name, a document, or an error's text: all of those may
// hold what is nobody else's (P10). That is kept by what can be said here: there
// is no way to put an error or a request on a span, only what it came to.
//
// No trace is carried to a vendor, and none is taken from whoever asks.
package span

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"ponte/internal/call"
)

// A Tracer makes spans; the zero value makes none.
type Tracer struct{ spans trace.Tracer }

// On tells whether spans are made.
func (t Tracer) On() bool { return t.spans != nil }

type tracerKey struct{}

// With returns a context whose work is traced by t.
func With(ctx context.Context, t Tracer) context.Context {
	if !t.On() {
		return ctx
	}
	return context.WithValue(ctx, tracerKey{}, t)
}

// A Span is one piece of work; the zero value is one that nobody is told of.
type Span struct{ span trace.Span }

// Start begins a span named by what is done and what to ("flow", "customers"),
// which says what its context is about (call.About). The context that comes back
// makes what is started in it a part of this span.
func Start(ctx context.Context, what, which string) (context.Context, Span) {
	t, _ := ctx.Value(tracerKey{}).(Tracer)
	return t.start(ctx, what, which)
}

func (t Tracer) start(ctx context.Context, what, which string, opts ...trace.SpanStartOption) (context.Context, Span) {
	if !t.On() {
		return ctx, Span{}
	}
	name := what
	if which != "" {
		name += " " + which
	}
	ctx, span := t.spans.Start(ctx, name, append(opts, trace.WithAttributes(subject(ctx)...))...)
	return ctx, Span{span}
}

// subject is what a context's work is about, as attributes.
func subject(ctx context.Context) []attribute.KeyValue {
	said := call.Subject(ctx)
	out := make([]attribute.KeyValue, 0, len(said))
	for _, a := range said {
		out = append(out, attribute.String("ponte."+a.Key, a.Value.String()))
	}
	return out
}

// Say notes a word about the work: a state, a name of ours. It is never what a
// vendor or a person wrote.
func (s Span) Say(key, word string) {
	if s.span != nil {
		s.span.SetAttributes(attribute.String("ponte."+key, word))
	}
}

// Count notes a number about the work.
func (s Span) Count(key string, n int) {
	if s.span != nil {
		s.span.SetAttributes(attribute.Int("ponte."+key, n))
	}
}

// End ends the span with what came of the work. The error's text stays here.
func (s Span) End(err error) {
	if s.span == nil {
		return
	}
	outcome, failed := Outcome(err)
	s.span.SetAttributes(attribute.String("ponte.outcome", outcome))
	if failed {
		s.span.SetStatus(codes.Error, outcome)
	}
	s.span.End()
}

// ID names the trace that a context's work is a part of, "" when nobody is told of it.
func ID(ctx context.Context) string {
	of := trace.SpanContextFromContext(ctx)
	if !of.IsSampled() {
		return ""
	}
	return of.TraceID().String()
}
