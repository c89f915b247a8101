package queue

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
)

// warnings passes on what River warns of: its daily business fills a log.
type warnings struct {
	slog.Handler
	stopping *atomic.Bool
}

// Enabled leaves what is less than a warning out.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// Handle leaves out what River calls an error of each second graceful stop: its
// periodic jobs were just being put on the queue when it was told to stop. The next
// leader puts them there.
func (w warnings) Handle(ctx context.Context, r slog.Record) error {
	if w.stopping.Load() && strings.Contains(r.Message, "PeriodicJobEnqueuer: ") && saysCanceled(r) {
		return nil
	}
	return w.Handler.Handle(ctx, r)
}

func saysCanceled(r slog.Record) (said bool) {
	r.Attrs(func(a slog.Attr) bool {
		said = a.Key == "error" && strings.Contains(a.Value.String(), context.Canceled.Error())
		return !said
	})
	return said
}

// WithAttrs keeps the handler around what it wraps.
func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs), w.stopping}
}

// WithGroup keeps the handler around what it wraps.
func (w warnings) WithGroup(name string) slog.Handler {
	return warnings{w.Handler.WithGroup(name), w.stopping}
}
