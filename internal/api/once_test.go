package api_test

import (
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"ponte/internal/api"
	"ponte/internal/store"
)

func TestTheSameRequestUnderAKeyIsDoneOnceAndAnsweredTheSame(t *testing.T) {
	eachDatabase(t, func(h *house) {
		made, text := h.token("n8n", store.APIToken{})
		_, other := h.token("other", store.APIToken{})
		first := h.ask(http.MethodPost, pushPath, text, `{"text":"a"}`, "Idempotency-Key", "k1")
		if first.code != http.StatusOK || first.header.Get("Idempotency-Replayed") != "" {
			h.Fatalf("%+v", first)
		}
		for _, body := range []string{`{"text":"a"}`, `{ "text": "a" }`} { // blanks ask for nothing else
			h.wait(11 * time.Hour)
			again := h.ask(http.MethodPost, pushPath, text, body, "Idempotency-Key", "k1")
			if again.code != first.code || again.body != first.body || again.header.Get("Idempotency-Replayed") != "true" {
				h.Errorf("again: %+v, first %+v", again, first)
			}
		}
		h.refuses("another body", h.ask(http.MethodPost, pushPath, text, `{"text":"b"}`, "Idempotency-Key", "k1"), http.StatusUnprocessableEntity, "another request")
		h.refuses("another account", h.ask(http.MethodPost, "/api/v1/accounts/polo/push", text, `{"text":"a"}`, "Idempotency-Key", "k1"), http.StatusUnprocessableEntity, "another request")
		h.refuses("a key that is none", h.ask(http.MethodPost, pushPath, text, `{"text":"a"}`, "Idempotency-Key", "a b"), http.StatusUnprocessableEntity, "Idempotency-Key")
		if got := h.ask(http.MethodPost, pushPath, other, `{"text":"b"}`, "Idempotency-Key", "k1"); got.code != http.StatusOK { // a key is a token's own
			h.Errorf("%+v", got)
		}
		if events, acts := h.pushes(); events != 2 || acts != 2 {
			h.Errorf("%d pushed, %d acts", events, acts)
		}
		h.wait(2*time.Hour + time.Second) // a day after the first
		if got := h.ask(http.MethodPost, pushPath, text, `{"text":"b"}`, "Idempotency-Key", "k1"); got.code != http.StatusOK || got.header.Get("Idempotency-Replayed") != "" {
			h.Errorf("a day later: %+v", got)
		}
		if got := h.ask(http.MethodPost, pushPath, text, `{"text":"b"}`); got.code != http.StatusOK { // without a key each is another
			h.Errorf("%+v", got)
		}
		if events, acts := h.pushes(); events != 4 || acts != 4 {
			h.Errorf("%d pushed, %d acts", events, acts)
		}
		h.ok(h.db.RevokeAPIToken(h.Context(), made.ID))
	})
}

func TestARefusedRequestLeavesItsKeyFree(t *testing.T) {
	eachDatabase(t, func(h *house) {
		_, text := h.token("n8n", store.APIToken{})
		h.fails = api.Refuse(http.StatusConflict, "not now")
		h.refuses("refused", h.ask(http.MethodPost, pushPath, text, `{"text":"a"}`, "Idempotency-Key", "k"), http.StatusConflict, "not now")
		h.fails = nil
		if got := h.ask(http.MethodPost, pushPath, text, `{"text":"b"}`, "Idempotency-Key", "k"); got.code != http.StatusOK {
			h.Errorf("%+v", got)
		}
		if events, acts := h.pushes(); events != 1 || acts != 1 {
			h.Errorf("%d pushed, %d acts", events, acts)
		}
	})
}

func TestTheSameRequestSideBySideIsToldToComeAgain(t *testing.T) {
	eachDatabase(t, func(h *house) {
		_, text := h.token("n8n", store.APIToken{})
		h.gate, h.began = make(chan struct{}), make(chan struct{})
		first := make(chan answer, 1)
		go func() {
			got, err := h.try(http.MethodPost, pushPath, text, `{"text":"a"}`, "Idempotency-Key", "k")
			if err != nil {
				h.Error(err)
			}
			first <- got
		}()
		<-h.began
		got := h.ask(http.MethodPost, pushPath, text, `{"text":"a"}`, "Idempotency-Key", "k")
		h.refuses("side by side", got, http.StatusConflict, "being worked at")
		if n, err := strconv.Atoi(got.header.Get("Retry-After")); err != nil || n < 1 {
			h.Errorf("%v", got.header)
		}
		close(h.gate)
		if got := <-first; got.code != http.StatusOK {
			h.Errorf("%+v", got)
		}
		h.began = nil
		if got := h.ask(http.MethodPost, pushPath, text, `{"text":"a"}`, "Idempotency-Key", "k"); got.code != http.StatusOK || got.header.Get("Idempotency-Replayed") != "true" {
			h.Errorf("%+v", got)
		}
		if events, acts := h.pushes(); events != 1 || acts != 1 {
			h.Errorf("%d pushed, %d acts", events, acts)
		}
	})
}

// TestADeathBetweenIsNoSecondPush: the process dies around the one commit of a
// request's work, frees no key, and another process is asked again.
func TestADeathBetweenIsNoSecondPush(t *testing.T) {
	for _, point := range []string{"after Claim", "before Commit", "after Commit"} {
		t.Run(point, func(t *testing.T) {
			eachDatabase(t, func(h *house) {
				_, text := h.token("n8n", store.APIToken{})
				died := errors.New("died")
				h.db.Seam(func(at string) {
					// A dead process does nothing more: what it would still write fails, too.
					if at == point || at == "before Unclaim" {
						panic(died)
					}
				})
				got := h.ask(http.MethodPost, pushPath, text, `{"text":"a"}`, "Idempotency-Key", "k")
				if got.code != http.StatusInternalServerError {
					h.Errorf("who died answers %d", got.code)
				}
				h.db.Seam(nil)
				done := point == "after Commit"
				again := h.ask(http.MethodPost, pushPath, text, `{"text":"a"}`, "Idempotency-Key", "k")
				if done {
					if again.code != http.StatusOK || again.header.Get("Idempotency-Replayed") != "true" {
						h.Errorf("%+v", again)
					}
				} else {
					h.refuses("at once", again, http.StatusConflict, "being worked at")
					h.wait(time.Minute) // by now whoever held it is dead
					if again = h.ask(http.MethodPost, pushPath, text, `{"text":"a"}`, "Idempotency-Key", "k"); again.code != http.StatusOK || again.header.Get("Idempotency-Replayed") != "" {
						h.Errorf("%+v", again)
					}
				}
				if events, acts := h.pushes(); events != 1 || acts != 1 {
					h.Errorf("%d pushed, %d acts", events, acts)
				}
				if _, err := h.db.VerifyActs(h.Context(), nil); err != nil {
					h.Error(err)
				}
			})
		})
	}
}
