package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ponte/internal/engine"
	"ponte/internal/store"
)

// Errors are problem documents (RFC 9457) whose detail is one English sentence.

// huma keeps these for the whole process; nothing else here uses it.
func init() {
	huma.DefaultArrayNullable = false // our lists are never null
	huma.NewError = problem
}

const somethingWrong = "something went wrong; the log says what"

// mostFlaws is how many of a request's flaws the sentence names.
const mostFlaws = 3

// problem is what huma makes of an error. A value that was sent is not sent back.
func problem(status int, sentence string, errs ...error) huma.StatusError {
	p := &huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: sentence}
	var flaws []string
	for _, err := range errs {
		if err == nil {
			continue
		}
		d := &huma.ErrorDetail{Message: err.Error()}
		if of := huma.ErrorDetailer(nil); errors.As(err, &of) {
			d.Message, d.Location = of.ErrorDetail().Message, of.ErrorDetail().Location
		}
		p.Errors = append(p.Errors, d)
		flaws = append(flaws, strings.TrimPrefix(d.Location+": ", ": ")+d.Message)
	}
	if len(flaws) > 0 {
		more := ""
		if n := len(flaws) - mostFlaws; n > 0 {
			more = fmt.Sprintf("; and %d more", n)
		}
		p.Detail = "the request is not valid: " + strings.Join(flaws[:min(len(flaws), mostFlaws)], "; ") + more
	}
	return p
}

// Refuse is an error that a program reads.
func Refuse(status int, format string, args ...any) error {
	return problem(status, fmt.Sprintf(format, args...))
}

// Answer writes a problem document, before anything of the API was reached.
func Answer(w http.ResponseWriter, status int, sentence string) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem(status, sentence)) // who has gone reads nothing
}

func withHeader(err error, name, value string) error {
	return huma.ErrorWithHeaders(err, http.Header{name: {value}})
}

// busyAgain is when a program tries again while somebody else works on an account.
const busyAgain = 10 * time.Second

// failure is an error as a program gets it: what it did not cause is logged and not told.
func (a *API) failure(ctx context.Context, err error) error {
	if _, ok := errors.AsType[huma.StatusError](err); ok {
		return err
	}
	held, busy := errors.AsType[*engine.HeldError](err)
	switch {
	case busy:
		return RetryAfter(Refuse(http.StatusConflict, "the account is in use by %q, and nothing was changed", held.Holder), busyAgain)
	case errors.Is(err, store.ErrLeaseLost), errors.Is(err, store.ErrClaimLost):
		return RetryAfter(Refuse(http.StatusConflict, "another process took the account over, and nothing was changed"), busyAgain)
	case errors.Is(err, store.ErrNotFound):
		return Refuse(http.StatusNotFound, "there is no such thing")
	}
	if ctx.Err() == nil || !errors.Is(err, context.Canceled) { // who has gone reads nothing
		a.Log.ErrorContext(ctx, "the API failed", "error", err)
	}
	return Refuse(http.StatusInternalServerError, somethingWrong)
}
