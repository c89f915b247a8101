package call

import (
	"context"
	"log/slog"
	"slices"
	"time"
)

// A Made is one request that left for a vendor, and what came of it.
type Made struct {
	Side   string
	Method string        // "IncluirOS", "PATCH /tasks/{id}": never a record's id
	Write  bool          // it may have changed something
	Status int           // HTTP status; 0 when no answer came
	Err    *Error        // nil: it was answered well
	Took   time.Duration // until its answer was read
	Try    int           // which sending of one call this was, from 1 on; 0: the only one
	Yields float64       // the share of its rate that the key uses from here on, since others use it, too; 0: as before
}

// Outcome is "ok", or what the answer asked for.
func (m Made) Outcome() string {
	if m.Err == nil {
		return "ok"
	}
	return string(m.Err.Reaction)
}

// A Watch is told of every request made, logins included, in the context of who
// asked for it; it must not block. A nil Watch is told nothing.
type Watch func(ctx context.Context, m Made)

// Saw tells w.
func (w Watch) Saw(ctx context.Context, m Made) {
	if w != nil {
		w(ctx, m)
	}
}

type aboutKey struct{}

// About returns a context whose calls and log lines are about something: an
// account, a run, a record. What is said later about the same key counts.
func About(ctx context.Context, key, value string) context.Context {
	now := slices.DeleteFunc(slices.Clone(Subject(ctx)), func(a slog.Attr) bool { return a.Key == key })
	return context.WithValue(ctx, aboutKey{}, append(now, slog.String(key, value)))
}

// Subject is what a context's calls are about, in the order in which it was said.
func Subject(ctx context.Context) []slog.Attr {
	said, _ := ctx.Value(aboutKey{}).([]slog.Attr)
	return said
}
