package cli

import (
	"context"
	"log/slog"

	"ponte/internal/call"
	"ponte/internal/span"
)

// subjects has every line say what its context is about (call.About): the account,
// the run, the flow, the record; and of which trace it is a part.
type subjects struct{ slog.Handler }

// Handle adds it.
func (h subjects) Handle(ctx context.Context, r slog.Record) error {
	r = r.Clone()
	r.AddAttrs(call.Subject(ctx)...)
	if id := span.ID(ctx); id != "" {
		r.AddAttrs(slog.String("trace", id))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps the handler around what it wraps.
func (h subjects) WithAttrs(attrs []slog.Attr) slog.Handler {
	return subjects{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the handler around what it wraps.
func (h subjects) WithGroup(name string) slog.Handler { return subjects{h.Handler.WithGroup(name)} }

// loudly are the reactions that are told to who does not debug: the others mend
// themselves, or are an ordinary answer.
var loudly = map[call.Reaction]bool{
	call.Unclear: true, call.WaitForPerson: true, call.GiveUp: true, call.Blocked: true, call.Credentials: true,
}

// logCall logs one request to a vendor. The vendor's text, which may name a
// person, stands in the ledger and in the record's history, not here.
func logCall(log *slog.Logger) call.Watch {
	return func(ctx context.Context, m call.Made) {
		level, code := slog.LevelDebug, ""
		if m.Err != nil {
			code = m.Err.Code
			if loudly[m.Err.Reaction] {
				level = slog.LevelWarn
			}
		}
		if m.Yields > 0 {
			log.Log(ctx, slog.LevelWarn, "the key is used by others, too: fewer calls from here on", "side", m.Side, "method", m.Method, "share", m.Yields)
		}
		log.Log(ctx, level, "call", "side", m.Side, "method", m.Method, "write", m.Write, "outcome", m.Outcome(),
			"status", m.Status, "code", code, "milliseconds", m.Took.Milliseconds())
	}
}
