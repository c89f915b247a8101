package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/oklog/ulid/v2"

	"ponte/internal/store"
)

// How long a key stands for its request, and how long the work at one may take. A
// claim outlives the work of whoever holds it, so that only a dead process's is
// taken over; that a claim was taken over, its first holder's transaction sees.
const (
	keyLasts   = 24 * time.Hour
	workLasts  = 45 * time.Second
	claimLasts = 60 * time.Second
)

func newOwner() string { return strings.ToLower(ulid.Make().String()) }

// asked is a request that changes something of an account.
type asked[B any] struct {
	Account string `path:"account" doc:"The account's id" maxLength:"63"`
	Key     string `header:"Idempotency-Key" maxLength:"128" pattern:"^[!-~]+$" doc:"A value of the program's own, a UUID say. The same request under the same key within 24 hours is done once, and answered as the first time."`
	Body    B
}

// done is the answer to one.
type done[O any] struct {
	Replayed string `header:"Idempotency-Replayed" doc:"true when the request had been done before, and this is what it was answered then"`
	Body     O
}

// Post registers an operation that changes something. do changes it by
// Commit, or changes nothing.
func Post[B, O any](a *API, op Op, do func(ctx context.Context, v *Visit, account string, body *B) (O, error)) {
	if op.Status == 0 {
		op.Status = http.StatusOK
	}
	spec := a.operation(op, http.MethodPost, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge)
	huma.Register(a.on, spec, func(ctx context.Context, in *asked[B]) (*done[O], error) {
		ctx, cancel := context.WithTimeout(ctx, workLasts)
		defer cancel()
		v, out := visitOf(ctx), &done[O]{}
		was, err := v.begin(ctx, op.ID, in.Account, in.Key, in.Body)
		if err != nil {
			return nil, a.failure(ctx, err)
		}
		if was.Status > 0 {
			out.Replayed = "true"
			if err := json.Unmarshal(was.Body, &out.Body); err != nil {
				return nil, a.failure(ctx, err)
			}
			return out, nil
		}
		defer v.end(ctx)
		if out.Body, err = do(ctx, v, in.Account, &in.Body); err != nil {
			return nil, a.failure(ctx, err)
		}
		return out, nil
	})
}

// begin claims a request that was sent under a key.
func (v *Visit) begin(ctx context.Context, op, account, key string, body any) (was store.Answered, err error) {
	if key == "" || v.token.ID == "" {
		return was, nil
	}
	request, err := json.Marshal([]any{op, account, body})
	if err != nil {
		return was, err
	}
	sum, now := sha256.Sum256(request), v.api.Now()
	claim := store.Claim{Token: v.token.ID, Key: key, Request: hex.EncodeToString(sum[:]), Owner: v.api.owners()}
	was, err = v.api.Store.Claim(ctx, claim, now, now.Add(claimLasts), now.Add(-keyLasts))
	switch {
	case errors.Is(err, store.ErrOtherRequest):
		return was, Refuse(http.StatusUnprocessableEntity, "the Idempotency-Key stands for another request of the last 24 hours")
	case errors.Is(err, store.ErrClaimed):
		return was, RetryAfter(Refuse(http.StatusConflict, "the same request is being worked at: send it again later"), claimedAgain)
	}
	if err == nil && was.Status == 0 {
		v.claim = &claim
	}
	return was, err
}

// claimedAgain is when a program asks again for what another sending works at.
const claimedAgain = 5 * time.Second

// end frees the key of a request of which nothing was done, even when its program has gone.
func (v *Visit) end(ctx context.Context) {
	if v.claim == nil {
		return
	}
	if err := v.api.Store.Unclaim(context.WithoutCancel(ctx), *v.claim); err != nil {
		v.api.Log.Error("cannot free the key of a request", "token", v.token.ID, "error", err)
	}
}

// Commit does a visit's work on an account in one transaction: what work writes, the
// act that tells of it (the zero act: none), and, of a request under a key, what work
// says that it is answered. A death before its end leaves nothing, and the request may
// be sent again; after it the answer is there.
func Commit[O any](ctx context.Context, v *Visit, account string, act store.Act, work func(context.Context) (O, error)) (out O, err error) {
	db := v.api.Store
	if act.What != "" {
		ctx = db.WithAct(ctx, v.act(account, act))
	}
	err = db.Together(ctx, "Commit", func(ctx context.Context) (err error) {
		if out, err = work(ctx); err != nil || v.claim == nil {
			return err
		}
		body, err := json.Marshal(out)
		if err != nil {
			return err
		}
		return db.Answer(ctx, *v.claim, store.Answered{Status: http.StatusOK, Body: body})
	})
	return out, err
}
