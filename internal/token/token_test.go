package token_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ponte/internal/signin"
	"ponte/internal/store"
	"ponte/internal/token"
)

var noon = time.Date(2026, 3, 10, 15, 0, 0, 0, time.UTC)

func TestATokenIsRecognisedAndOnlyItsDigestIsKept(t *testing.T) {
	made, text := token.New(store.APIToken{Name: " n8n ", Scopes: []string{"read", "operate", "read"}, Accounts: []string{"b", "a", "b"}}, noon)
	other, second := token.New(store.APIToken{}, noon)
	if !token.Plausible(text) || len(text) != 49 || text == second || made.ID == other.ID || made.Digest == other.Digest {
		t.Errorf("%s, %s", text, second)
	}
	if made.Digest != signin.Digest(text) || len(made.Digest) != 64 || strings.Contains(made.Digest+made.ID, text[6:20]) {
		t.Errorf("%+v", made)
	}
	if made.Name != "n8n" || !slices.Equal(made.Scopes, []string{"operate", "read"}) || !slices.Equal(made.Accounts, []string{"a", "b"}) || !made.Created.Equal(noon) {
		t.Errorf("%+v", made)
	}
	for _, no := range []string{"", "ponte_", text + "x", text[:48], "Ponte_" + text[6:], text[:48] + "=", "x" + text} {
		if token.Plausible(no) {
			t.Errorf("%q passes for a token", no)
		}
	}
}

func TestWhatATokenMayBe(t *testing.T) {
	for _, c := range []struct {
		of   store.APIToken
		want token.Flaw
	}{
		{store.APIToken{Name: "n8n", Scopes: []string{"read"}}, token.Faultless},
		{store.APIToken{Name: "n8n", Scopes: []string{"read"}, Expires: noon.Add(time.Second)}, token.Faultless},
		{store.APIToken{Name: "n8n", Scopes: []string{"read"}, Expires: noon}, token.IsOver},
		{store.APIToken{Name: "n8n"}, token.NoScope},
		{store.APIToken{Name: "n8n", Scopes: []string{"read", "root"}}, token.NoScope},
		{store.APIToken{Name: " ", Scopes: []string{"read"}}, token.NoName},
		{store.APIToken{Name: "a\nb", Scopes: []string{"read"}}, token.NoName},
		{store.APIToken{Name: strings.Repeat("á", token.Most), Scopes: []string{"read"}}, token.Faultless},
		{store.APIToken{Name: strings.Repeat("á", token.Most+1), Scopes: []string{"read"}}, token.NoName},
	} {
		if got := token.FlawOf(c.of, noon); got != c.want {
			t.Errorf("%+v: %q, want %q", c.of, got, c.want)
		}
	}
	for _, s := range token.Scopes() {
		if s.Title() == "" || s.Does() == "" {
			t.Errorf("%s is not explained", s)
		}
	}
}
