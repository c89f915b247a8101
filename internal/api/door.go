package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ponte/internal/audit"
	"ponte/internal/metrics"
	"ponte/internal/signin"
	"ponte/internal/store"
	"ponte/internal/token"
)

// A Visit is one request, and the program that makes it.
type Visit struct {
	api   *API
	token store.APIToken // without an id: PONTE_API_TOKEN
	claim *store.Claim   // of a request that was sent under a key
}

type visitKey struct{}

func visitOf(ctx context.Context) *Visit { return ctx.Value(visitKey{}).(*Visit) }

// Sees tells whether the program may know of an account.
func (v *Visit) Sees(account string) bool { return v.token.Sees(account) }

// By names the program in a record's history.
func (v *Visit) By() string { return "programa " + v.token.Name + ", token " + v.token.ID }

// Holder names the visit to whoever waits for the account's lease: it is this visit
// alone, since a lease is given again to whoever has it.
func (v *Visit) Holder() string {
	return "programa " + v.token.Name + " (API, " + v.api.owners() + ")"
}

// door lets a program in that brings a token, asks not too often, and may do this
// with this account.
func (a *API) door(c huma.Context, next func(huma.Context)) {
	v, err := a.recognize(c)
	if err == nil {
		if err = a.limit(c, v); err == nil {
			err = a.may(c, v)
		}
	}
	if err != nil {
		a.tell(c, err)
		return
	}
	next(huma.WithValue(c, visitKey{}, v))
}

// tell writes an error of the door.
func (a *API) tell(c huma.Context, err error) {
	err = a.failure(c.Context(), err)
	if h, ok := errors.AsType[huma.HeadersError](err); ok {
		for name, values := range h.GetHeaders() {
			c.SetHeader(name, values[0])
		}
	}
	status, sentence := http.StatusInternalServerError, somethingWrong
	if s, ok := errors.AsType[huma.StatusError](err); ok {
		status, sentence = s.GetStatus(), s.Error()
	}
	_ = huma.WriteErr(a.on, c, status, sentence)
}

// seenEvery is how exactly a token's last use is kept.
const seenEvery = time.Minute

func (a *API) recognize(c huma.Context) (*Visit, error) {
	authorization := c.Header("Authorization")
	if all := (metrics.Door{Token: a.ReadAll}); a.ReadAll != "" && all.Opens(authorization) {
		return &Visit{api: a, token: store.APIToken{Name: "PONTE_API_TOKEN", Scopes: []string{string(token.Read)}}}, nil
	}
	text, ok := strings.CutPrefix(authorization, "Bearer ")
	if text = strings.TrimSpace(text); !ok || !token.Plausible(text) {
		return nil, a.stranger(c.Context())
	}
	now := a.Now()
	t, err := a.Store.APIToken(c.Context(), signin.Digest(text), now)
	if errors.Is(err, store.ErrNotFound) {
		return nil, a.stranger(c.Context())
	}
	if err == nil && now.Sub(t.Seen) >= seenEvery {
		if serr := a.Store.SeeAPIToken(c.Context(), t.ID, now); serr != nil { // a full disk can be asked about all the same
			a.Log.Warn("cannot keep that a token was used", "token", t.ID, "error", serr)
		}
	}
	return &Visit{api: a, token: t}, err
}

// stranger is the answer to a request without a good token.
func (a *API) stranger(ctx context.Context) error {
	if a.ReadAll == "" {
		all, err := a.Store.APITokens(ctx)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return Refuse(http.StatusForbidden, "the API is closed: make a token with ponte token add, or set PONTE_API_TOKEN")
		}
	}
	return withHeader(Refuse(http.StatusUnauthorized, "the API needs a token that is good: send it as Authorization: Bearer ponte_…"), "WWW-Authenticate", "Bearer")
}

// may tells whether a program may do what it asks for, with the account it names. An
// account that it may not see does not exist.
func (a *API) may(c huma.Context, v *Visit) error {
	scope := c.Operation().Security[0][securityScheme][0]
	if !slices.Contains(v.token.Scopes, scope) {
		return withHeader(Refuse(http.StatusForbidden, "the token lacks the scope %s", scope), "WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+scope+`"`)
	}
	account := c.Param("account")
	if account == "" {
		return nil
	}
	_, err := a.Store.Account(c.Context(), account)
	if errors.Is(err, store.ErrNotFound) || err == nil && !v.Sees(account) {
		return Refuse(http.StatusNotFound, "there is no such account")
	}
	return err
}

// act is an act of the visit's program on an account.
func (v *Visit) act(account string, a store.Act) store.Act {
	a.Account = account
	return audit.ByToken(v.token, a)
}
