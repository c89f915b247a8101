package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"ponte/internal/signin"
)

var tokenShown = regexp.MustCompile(`value="(ponte_[^"]+)"`)

func TestATokenIsMadeShownOnceAndRevoked(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	ana := h.person(signin.Administrator)
	b := h.comes(ana)
	b.says("/ajustes", "Tokens da API")
	b.says("/ajustes/tokens", "Nenhum programa tem um token.")
	b.says("/ajustes/tokens/novo", "Resolver pendências", "não vence")
	for _, wrong := range [][]string{
		{"nome", " ", "permissao", "read", "validade", "90"},
		{"nome", "n8n", "validade", "90"},
		{"nome", "n8n", "permissao", "root", "validade", "90"},
		{"nome", "n8n", "permissao", "read", "validade", "12"},
		{"nome", "n8n", "permissao", "read", "validade", "90", "contas", "acme, nobody"},
		{"nome", strings.Repeat("n", 61), "permissao", "read", "validade", "90"},
	} {
		if got := b.post("/ajustes/tokens/novo", wrong...); got.code != http.StatusUnprocessableEntity || tokenShown.MatchString(got.body) {
			t.Errorf("%q answers %d", wrong, got.code)
		}
	}
	h.onlyActs()
	good := []string{"nome", "n8n", "permissao", "read", "permissao", "operate", "validade", "90", "contas", "acme"}
	got := b.post("/ajustes/tokens/novo", good...)
	shown := tokenShown.FindStringSubmatch(got.body)
	if got.code != http.StatusOK || shown == nil || got.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("answers %d\n%s", got.code, readable(got.body))
	}
	act := h.did(ana, "token-made", "criou o token n8n")
	for _, f := range act.Fields {
		if strings.Contains(f.After, shown[1]) || strings.Contains(f.After, signin.Digest(shown[1])) {
			t.Error("the act holds the token")
		}
	}
	made, err := h.db.APIToken(t.Context(), signin.Digest(shown[1]), h.clock())
	h.ok(err)
	if !made.Sees("acme") || made.Sees("other") || !made.Expires.Equal(h.clock().Add(90*24*time.Hour)) || made.By != ana.Name+", "+ana.Email {
		t.Errorf("%+v", made)
	}
	if got := b.post("/ajustes/tokens/novo", good...); got.code != http.StatusUnprocessableEntity {
		t.Errorf("a second n8n answers %d", got.code)
	}
	if body := b.says("/ajustes/tokens", "n8n", "Ler", "Resolver pendências", "acme", "nunca usado", "vale até"); strings.Contains(body, shown[1]) {
		t.Error("the token is shown again")
	}
	path := "/ajustes/tokens/" + made.ID + "/revogar"
	b.says(path, "é recusado", "acme")
	if got := b.post(path); got.to != "/ajustes/tokens" {
		t.Errorf("revoking answers %d", got.code)
	}
	b.says("/ajustes/tokens", "O token n8n não vale mais.")
	h.did(ana, "token-revoked", "revogou o token n8n")
	if got := b.post(path); got.code != http.StatusNotFound {
		t.Errorf("revoking twice answers %d", got.code)
	}
	if _, err := h.db.APIToken(t.Context(), made.Digest, h.clock()); err == nil {
		t.Error("it opens still")
	}
	h.onlyActs("token-made", "token-revoked")
}
