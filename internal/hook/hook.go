// Package hook receives both vendors' webhooks. A delivery is believed in
// nothing: it is read for which records it is about, kept as hints, durably and
// once each, and only then answered with a 2xx. The queue's job for the account
// is put on the queue in the same transaction.
//
// The address is the only proof there is (neither vendor signs): a random token
// per account and side, kept as a digest. An address that opens nothing is a 404
// like any other.
package hook

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// A Receiver takes deliveries. It calls no vendor and knows no side.
type Receiver struct {
	Store *store.DB
	// Notices reads what a side's delivery to an account says.
	Notices func(ctx context.Context, account string, side record.Side, body []byte) ([]record.Notice, error)
	// Enqueue puts the account's job on the queue; nil: the next command or tick takes the hints up.
	Enqueue store.Enqueuer
	Log     *slog.Logger
}

// Limits of a delivery. Omie waits 7 s for an answer (docs/apis/omie.md §9.3).
const (
	mostBytes = 1 << 20
	mostTime  = 5 * time.Second
)

// Add adds the receivers' addresses to mux. A GET of an address answers too:
// vendors' screens try it.
func (r *Receiver) Add(mux *http.ServeMux) {
	mux.HandleFunc("POST /hooks/{side}/{token}", r.take)
	mux.HandleFunc("GET /hooks/{side}/{token}", r.greet)
}

func (r *Receiver) greet(w http.ResponseWriter, req *http.Request) {
	if hook, ok := r.open(w, req); ok {
		r.Log.Debug("hook was tried", "account", hook.Account, "side", string(hook.Side))
		answer(w, "ok")
	}
}

// open finds the hook of an address; it has answered where there is none.
func (r *Receiver) open(w http.ResponseWriter, req *http.Request) (store.Hook, bool) {
	ctx, cancel := context.WithTimeout(req.Context(), mostTime)
	defer cancel()
	hook, err := r.Store.HookOf(ctx, record.Side(req.PathValue("side")), req.PathValue("token"))
	switch {
	case errors.Is(err, store.ErrNotFound):
		http.NotFound(w, req)
	case err != nil:
		r.Log.Error("cannot look a hook up", "error", err)
		http.Error(w, "try again", http.StatusServiceUnavailable)
	}
	return hook, err == nil
}

func (r *Receiver) take(w http.ResponseWriter, req *http.Request) {
	hook, ok := r.open(w, req)
	if !ok {
		return
	}
	// Where the connection has no deadlines (a test's), the server's own remain.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(mostTime))
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, mostBytes))
	if err != nil {
		status := http.StatusBadRequest
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(w, http.StatusText(status), status)
		return
	}
	n, err := r.keep(req.Context(), hook, body)
	if err != nil {
		r.Log.Error("cannot keep a delivery", "account", hook.Account, "side", string(hook.Side), "error", err)
		http.Error(w, "try again", http.StatusServiceUnavailable) // the vendor delivers it again
		return
	}
	r.Log.Debug("hook", "account", hook.Account, "side", string(hook.Side), "new", n)
	answer(w, "pong")
}

func (r *Receiver) keep(ctx context.Context, hook store.Hook, body []byte) (int, error) {
	// The vendor may hang up; what came is kept all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), mostTime)
	defer cancel()
	notices, err := r.Notices(ctx, hook.Account, hook.Side, body)
	if err != nil {
		return 0, err
	}
	return r.Store.AddHints(ctx, hook.Account, store.Delivery{Source: hook.Side, Body: body, Notices: notices, Enqueue: r.Enqueue})
}

func answer(w http.ResponseWriter, message string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"message":"`+message+`"}`) // who hung up does not hear it
}
