package api_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"ponte/internal/api"
	"ponte/internal/store"
)

const pushPath = "/api/v1/accounts/acme/push"

func TestTheDoorLetsInWhoBringsAGoodToken(t *testing.T) {
	h := aHouse(t, api.Options{})
	made, text := h.token("n8n", store.APIToken{Expires: h.clock().Add(time.Hour)})
	for what, bearer := range map[string]string{"nothing": "", "nonsense": "x", "another": text[:48] + "!", "one that nobody made": "ponte_" + strings.Repeat("A", 43), "its digest": made.Digest} {
		got := h.ask(http.MethodGet, "/api/v1/look", bearer, "")
		h.refuses(what, got, http.StatusUnauthorized, "needs a token")
		if got.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: %v", what, got.header)
		}
	}
	if got := h.ask(http.MethodGet, "/api/v1/look", text, ""); got.code != http.StatusOK || !strings.Contains(got.body, "polo") {
		t.Errorf("%+v", got)
	}
	seen, err := h.db.APITokenByID(t.Context(), made.ID)
	h.ok(err)
	if !seen.Seen.Equal(h.clock()) {
		t.Errorf("last used %v", seen.Seen)
	}
	h.wait(time.Hour)
	h.refuses("an expired one", h.ask(http.MethodGet, "/api/v1/look", text, ""), http.StatusUnauthorized, "needs a token")
	_, text = h.token("zapier", store.APIToken{})
	h.ok(h.db.RevokeAPIToken(t.Context(), made.ID))
	if got := h.ask(http.MethodGet, "/api/v1/look", text, ""); got.code != http.StatusOK {
		t.Errorf("%+v", got)
	}
}

func TestARevokedTokenIsRefusedAtOnce(t *testing.T) {
	eachDatabase(t, func(h *house) {
		made, text := h.token("n8n", store.APIToken{})
		if got := h.ask(http.MethodGet, "/api/v1/look", text, ""); got.code != http.StatusOK {
			h.Fatalf("%+v", got)
		}
		h.ok(h.db.RevokeAPIToken(h.Context(), made.ID))
		h.refuses("revoked", h.ask(http.MethodGet, "/api/v1/look", text, ""), http.StatusUnauthorized, "needs a token")
	})
}

func TestATokenDoesWhatItsScopesNameForTheAccountsItSees(t *testing.T) {
	eachDatabase(t, func(h *house) {
		_, reads := h.token("reads", store.APIToken{Scopes: []string{"read"}})
		_, acts := h.token("acts", store.APIToken{Scopes: []string{"operate"}, Accounts: []string{"acme"}})
		got := h.ask(http.MethodPost, pushPath, reads, `{"text":"a"}`)
		h.refuses("a reader pushes", got, http.StatusForbidden, "lacks the scope operate")
		if !strings.Contains(got.header.Get("WWW-Authenticate"), "insufficient_scope") {
			h.Errorf("%v", got.header)
		}
		h.refuses("the environment's token pushes", h.ask(http.MethodPost, pushPath, readAll, `{"text":"a"}`), http.StatusForbidden, "lacks the scope operate")
		h.refuses("an operator reads", h.ask(http.MethodGet, "/api/v1/look", acts, ""), http.StatusForbidden, "lacks the scope read")
		hidden := h.ask(http.MethodPost, "/api/v1/accounts/polo/push", acts, `{"text":"a"}`)
		h.refuses("an account that it may not see", hidden, http.StatusNotFound, "no such account")
		if never := h.ask(http.MethodPost, "/api/v1/accounts/never/push", acts, `{"text":"a"}`); never.body != hidden.body {
			h.Errorf("one that is not there answers otherwise: %s", never.body)
		}
		if got := h.ask(http.MethodPost, pushPath, acts, `{"text":"a"}`); got.code != http.StatusOK {
			h.Errorf("%+v", got)
		}
		if got := h.ask(http.MethodGet, "/api/v1/look", readAll, ""); got.code != http.StatusOK || !strings.Contains(got.body, "polo") {
			h.Errorf("%+v", got)
		}
		if n, _ := h.pushes(); n != 1 {
			h.Errorf("%d were pushed", n)
		}
	})
}

func TestAChangeIsAnActOfTheToken(t *testing.T) {
	h := aHouse(t, api.Options{})
	made, text := h.token("n8n", store.APIToken{})
	h.ask(http.MethodPost, pushPath, text, `{"text":"a"}`)
	acts, err := h.db.Acts(t.Context(), store.ActFilter{}, 0, 9)
	h.ok(err)
	if len(acts) != 1 || acts[0].Person != "token:"+made.ID || acts[0].Account != "acme" || !strings.Contains(acts[0].By, "n8n") || strings.Contains(acts[0].By, text) {
		t.Errorf("%+v", acts)
	}
	if _, err := h.db.VerifyActs(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestWhatTheDocumentDoesNotNameIsRefusedWithASentence(t *testing.T) {
	h := aHouse(t, api.Options{})
	_, text := h.token("n8n", store.APIToken{})
	for _, c := range []struct {
		body   string
		status int
		says   string
	}{
		{`{"text":"a","canary":"x"}`, http.StatusUnprocessableEntity, "body.canary"},
		{`{}`, http.StatusUnprocessableEntity, "text"},
		{`{"text":7}`, http.StatusUnprocessableEntity, "string"},
		{`{"text":"` + strings.Repeat("á", 21) + `"}`, http.StatusUnprocessableEntity, "body.text"},
		{`{"text":`, http.StatusBadRequest, ""},
		{`[]`, http.StatusUnprocessableEntity, "object"},
		{``, http.StatusBadRequest, "body is required"},
		{`{"text":"` + strings.Repeat("x", 65<<10) + `"}`, http.StatusRequestEntityTooLarge, "too large"},
	} {
		h.refuses(c.body[:min(len(c.body), 30)], h.ask(http.MethodPost, pushPath, text, c.body), c.status, c.says)
	}
	h.refuses("a query that is none", h.ask(http.MethodGet, "/api/v1/look?canary=secret-value", text, ""), http.StatusUnprocessableEntity, "canary")
	if got := h.ask(http.MethodGet, "/api/v1/look?limit=secret-value", text, ""); got.code != http.StatusUnprocessableEntity || strings.Contains(got.body, "secret-value") {
		t.Errorf("what was sent is sent back: %+v", got)
	}
	for _, path := range []string{"/api/v1/nothing", "/api/", "/api/v1/accounts/acme/push"} {
		h.refuses(path, h.ask(http.MethodGet, path, text, ""), http.StatusNotFound, "no such operation")
	}
	got := h.ask(http.MethodGet, "/api/v1/panic", text, "")
	h.refuses("a panic", got, http.StatusInternalServerError, "something went wrong")
	h.fails = errors.New("secret detail")
	other := h.ask(http.MethodPost, pushPath, text, `{"text":"a"}`)
	h.refuses("a failure", other, http.StatusInternalServerError, "something went wrong")
	if strings.Contains(got.body+other.body, "secret detail") {
		t.Error("a detail is told")
	}
	if events, acts := h.pushes(); events+acts != 0 {
		t.Errorf("%d pushed, %d acts", events, acts)
	}
}

func TestATokenThatAsksTooOftenIsToldWhenToAskAgain(t *testing.T) {
	h := aHouse(t, api.Options{PerMinute: 60, Burst: 3})
	_, text := h.token("n8n", store.APIToken{})
	_, other := h.token("other", store.APIToken{})
	for n := range 3 {
		got := h.ask(http.MethodGet, "/api/v1/look", text, "")
		want := map[int]string{0: `"token";r=2;t=1`, 1: `"token";r=1;t=2`, 2: `"token";r=0;t=3`}[n]
		if got.code != http.StatusOK || got.header.Get("RateLimit") != want || got.header.Get("RateLimit-Policy") != `"token";q=3;w=3` {
			t.Errorf("%d: %d %v", n, got.code, got.header)
		}
	}
	got := h.ask(http.MethodPost, pushPath, text, `{"text":"a"}`)
	h.refuses("the fourth", got, http.StatusTooManyRequests, "asks too often")
	if got.header.Get("Retry-After") != "1" || got.header.Get("RateLimit") == "" {
		t.Errorf("%v", got.header)
	}
	if got := h.ask(http.MethodGet, "/api/v1/look", other, ""); got.code != http.StatusOK {
		t.Errorf("another token answers %d", got.code)
	}
	h.wait(time.Second)
	if got := h.ask(http.MethodGet, "/api/v1/look", text, ""); got.code != http.StatusOK {
		t.Errorf("a second later: %d", got.code)
	}
	if events, _ := h.pushes(); events != 0 {
		t.Errorf("%d were pushed", events)
	}
}

func TestTheDocumentNamesScopesLimitsAndErrors(t *testing.T) {
	h := aHouse(t, api.Options{PerMinute: 60, Burst: 7})
	var doc struct {
		OpenAPI    string
		Info       struct{ Description string }
		Components struct {
			SecuritySchemes map[string]struct{ Scheme, BearerFormat string }
			Schemas         map[string]struct{ AdditionalProperties any }
		}
		Paths map[string]map[string]struct {
			Security   []map[string][]string
			Parameters []struct{ Name, In string }
			Responses  map[string]struct {
				Headers map[string]any
				Content map[string]any
			}
		}
	}
	h.ok(json.Unmarshal([]byte(h.ask(http.MethodGet, "/api/openapi.json", "", "").body), &doc))
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || !strings.Contains(doc.Info.Description, "60 requests a minute and 7 at once") || doc.Components.SecuritySchemes["token"].Scheme != "bearer" {
		t.Errorf("%+v", doc)
	}
	op := doc.Paths["/api/v1/accounts/{account}/push"]["post"]
	if op.Security[0]["token"][0] != "operate" || len(op.Parameters) != 2 {
		t.Errorf("%+v", op)
	}
	for code, header := range map[string]string{"200": "RateLimit", "429": "Retry-After", "409": "Retry-After", "401": "WWW-Authenticate"} {
		if op.Responses[code].Headers[header] == nil {
			t.Errorf("%s lacks %s", code, header)
		}
	}
	for _, code := range []string{"400", "401", "403", "404", "409", "413", "422", "429", "500"} {
		if op.Responses[code].Content["application/problem+json"] == nil {
			t.Errorf("%s is not described", code)
		}
	}
	if doc.Components.Schemas["Push"].AdditionalProperties != false {
		t.Errorf("%+v", doc.Components.Schemas)
	}
}
