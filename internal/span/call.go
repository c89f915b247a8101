package span

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"ponte/internal/call"
)

// answers are reactions that are an ordinary answer to what was asked.
var answers = map[call.Reaction]bool{call.Empty: true, call.Gone: true, call.Exists: true}

// Call makes a span of one request to a vendor that was answered, in the context
// of who asked for it (call.Watch). Its beginning is when it left: the time that
// it waited for its turn is its parent's.
func Call(ctx context.Context, m call.Made) {
	t, _ := ctx.Value(tracerKey{}).(Tracer)
	if !t.On() {
		return
	}
	now := time.Now()
	_, s := t.start(ctx, m.Method, "", trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(now.Add(-m.Took)))
	s.span.SetAttributes(
		attribute.String("ponte.side", m.Side), attribute.Bool("ponte.write", m.Write), attribute.Int("ponte.attempt", max(m.Try, 1)),
		attribute.String("ponte.outcome", m.Outcome()),
	)
	if m.Status != 0 {
		s.span.SetAttributes(attribute.Int("http.response.status_code", m.Status))
	}
	if m.Err != nil && !answers[m.Err.Reaction] {
		s.span.SetStatus(codes.Error, m.Outcome())
	}
	s.span.End(trace.WithTimestamp(now))
}
