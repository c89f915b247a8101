// Package api stands around what programs ask under /api/v1: who may ask, for which
// accounts, how often, what a request gets that is sent twice, how an error is told,
// and the OpenAPI document that describes all of it. What is answered is whose
// registers the operations (internal/cli: the shapes are those of --json).
//
// A program brings a token (internal/token) whose scopes name what it may do and
// whose accounts are the only ones it sees: any other does not exist for it. The
// token of PONTE_API_TOKEN reads everything and changes nothing.
//
// A request walks through the door (door.go: token, rate, scope, account), is held
// against the document, and is answered. A POST that brings an Idempotency-Key is
// claimed before its work (once.go); its work, its act in the audit and its answer
// are one transaction of the store.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"ponte/internal/store"
	"ponte/internal/token"
)

// Options are what an API needs.
type Options struct {
	Store   *store.DB
	Log     *slog.Logger
	Version string
	ReadAll string // the token that reads everything; "" none does
	// How often a token may ask: PerMinute in the long run, Burst at once; 0: 300 and 60.
	PerMinute, Burst int
	Now              func() time.Time // nil: the real clock
}

// An API serves the operations that are registered with it.
type API struct {
	Options
	on     huma.API
	rates  rates
	owners func() string // names one sending of a request
}

// Prefix is what all operations stand under.
const Prefix = "/api/v1"

// mostBody bounds what a program sends.
const mostBody = 64 << 10

// New adds an API without operations to a mux, and its document.
func New(mux *http.ServeMux, o Options) *API {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.PerMinute == 0 {
		o.PerMinute, o.Burst = 300, 60
	}
	a := &API{Options: o, rates: newRates(o.PerMinute, o.Burst), owners: newOwner}
	a.on = humago.New(mux, a.config())
	a.on.UseMiddleware(a.survive, a.door)
	mux.HandleFunc("/api/", a.nowhere)
	return a
}

// An Op is an operation's place and its words, in English.
type Op struct {
	ID      string
	Path    string // under Prefix
	Summary string
	About   string // more than the summary
	Scope   token.Scope
	Status  int // of its answer; 0: 200
}

func (a *API) operation(op Op, method string, errors ...int) huma.Operation {
	return huma.Operation{
		OperationID: op.ID, Method: method, Path: Prefix + op.Path, Summary: op.Summary, Description: op.About, DefaultStatus: op.Status,
		Security:     []map[string][]string{{securityScheme: {string(op.Scope)}}},
		MaxBodyBytes: mostBody, RejectUnknownQueryParameters: true,
		Errors: append([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError}, errors...),
	}
}

// answered is an answer with a body.
type answered[O any] struct{ Body O }

// Get registers an operation that reads.
func Get[I, O any](a *API, op Op, do func(ctx context.Context, v *Visit, in *I) (O, error)) {
	huma.Register(a.on, a.operation(op, http.MethodGet), func(ctx context.Context, in *I) (*answered[O], error) {
		out, err := do(ctx, visitOf(ctx), in)
		if err != nil {
			return nil, a.failure(ctx, err)
		}
		return &answered[O]{out}, nil
	})
}

// survive answers a request whose work panics.
func (a *API) survive(c huma.Context, next func(huma.Context)) {
	c.SetHeader("Cache-Control", "no-store")
	c.SetHeader("X-Content-Type-Options", "nosniff")
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler { //nolint:errorlint // it is this very value
			a.Log.Error("the API panicked", "operation", c.Operation().OperationID, "panic", p, "stack", string(debug.Stack()))
			_ = huma.WriteErr(a.on, c, http.StatusInternalServerError, somethingWrong)
		}
	}()
	next(c)
}

// nowhere answers an address that is no operation.
func (a *API) nowhere(w http.ResponseWriter, r *http.Request) {
	c := humago.NewContext(&huma.Operation{}, r, w)
	c.SetHeader("Cache-Control", "no-store")
	c.SetHeader("X-Content-Type-Options", "nosniff")
	_ = huma.WriteErr(a.on, c, http.StatusNotFound, "there is no such operation: see /api/openapi.json")
}
