package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"ponte/internal/config"
	"ponte/internal/identity"
	"ponte/internal/identity/identitytest"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// A provided house has a provider of identities; log is all that it logs.
type provided struct {
	*house
	idp *identitytest.Provider
	log *bytes.Buffer
}

func eachProvided(t *testing.T, test func(h *provided)) {
	p := &provided{log: &bytes.Buffer{}}
	change := func(o *Options) {
		p.idp = identitytest.New(t, identitytest.Lies{Email: "Bia@Example.test", Subject: "b-1", Now: o.Now})
		idp, err := identity.New(identity.Options{Issuer: p.idp.URL, ClientID: identitytest.ClientID, Secret: config.NewSecret(identitytest.Secret), Now: o.Now})
		if err != nil {
			t.Fatal(err)
		}
		o.Identity, o.Log = idp, slog.New(slog.NewJSONHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	eachHouse(t, change, func(h *house) {
		p.house = h
		h.site.Identity.Redirect = h.url + ProviderReturn
		p.log.Reset()
		test(p)
		for _, secret := range []string{identitytest.Secret, "canary-access-token"} {
			if strings.Contains(p.log.String(), secret) {
				h.Errorf("the log holds %s", secret)
			}
		}
	})
}

// walks takes a browser to the provider; the address is what it is sent back to.
func (b *browserOf) walks(to string) (back string) {
	b.Helper()
	got := b.get("/entrar/provedor?para=" + url.QueryEscape(to))
	if got.code != http.StatusSeeOther || strings.Contains(got.to, identitytest.Secret) {
		b.Fatalf("the way to the provider answers %d %q\n%s", got.code, got.to, readable(got.body))
	}
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, got.to, http.NoBody)
	b.ok(err)
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	b.ok(err)
	b.ok(res.Body.Close())
	return strings.TrimPrefix(res.Header.Get("Location"), b.url)
}

// invited adds Bia, who has no password but an invitation.
func (h *provided) invited() store.Person {
	h.Helper()
	p := store.Person{ID: newID(), Email: "bia@example.test", Name: "Bia Reis", Role: "operator"}
	h.ok(h.db.AddPerson(h.Context(), p))
	_, err := Invite(h.Context(), h.db, "", p.ID, h.clock())
	h.ok(err)
	return p
}

func TestWhoWasInvitedComesInByTheProvider(t *testing.T) {
	eachProvided(t, func(h *provided) {
		p := h.invited()
		b := h.browser()
		b.says("/entrar?para=/eu", "Entrar com a conta da empresa", "Senha")
		back := b.walks("/eu")
		if got := b.get(back); got.code != http.StatusSeeOther || got.to != "/eu" {
			h.Fatalf("the provider's answer leads to %d %q\n%s", got.code, got.to, readable(got.body))
		}
		h.did(p, "identity-bound", "pela primeira vez")
		b.says("/eu", "bia@example.test", "não tem senha aqui")
		if m, err := h.db.Members(t.Context(), h.clock()); err != nil || !m[0].Invited.IsZero() {
			h.Errorf("the invitation was not used up: %+v, %v", m, err)
		}
		// The same answer again, in this browser and in another.
		for _, who := range []*browserOf{b, h.browser()} {
			if got := who.get(back); got.code != http.StatusForbidden || !strings.Contains(got.body, "Comece de novo") && !strings.Contains(got.body, "já foi usada") {
				h.Errorf("a replayed answer answers %d %q", got.code, got.to)
			}
		}
		// Later it needs no invitation, and is no new act.
		h.wait(48 * time.Hour)
		c := h.browser()
		if got := c.get(c.walks("/")); got.to != "/" {
			h.Errorf("the second time leads to %d %q", got.code, got.to)
		}
		h.onlyActs("identity-bound")

		// Without a password the provider proves again who they are.
		h.wait(proofLasts)
		c.says("/eu/provar?para=/eu/duas-etapas", "Confirmar com a conta da empresa")
		if got := c.get(c.walks("/eu/duas-etapas")); got.to != "/eu/duas-etapas" {
			h.Fatalf("the proof leads to %d %q\n%s", got.code, got.to, readable(got.body))
		}
		secret, _ := c.turnsOn()
		h.wait(proofLasts)
		h.idp.Change(func(l *identitytest.Lies) { l.Claims = map[string]any{"auth_time": h.clock().Add(-time.Hour).Unix()} })
		if got := c.get(c.walks("/eu/duas-etapas")); got.code != http.StatusForbidden || !strings.Contains(got.body, "não pediu de novo") {
			h.Errorf("a proof of an hour ago answers %d", got.code)
		}
		h.idp.Change(func(l *identitytest.Lies) { l.Claims, l.Subject = nil, "another" })
		if got := c.get(c.walks("/eu/duas-etapas")); got.code != http.StatusForbidden || !strings.Contains(got.body, "outra pessoa") {
			h.Errorf("another's proof answers %d", got.code)
		}
		// Whoever has a second step takes it behind the provider's, too.
		h.idp.Change(func(l *identitytest.Lies) { l.Subject = "b-1" })
		d := h.browser()
		if got := d.get(d.walks("/eu")); got.to != "/entrar/codigo" {
			h.Errorf("with a second step the provider leads to %q", got.to)
		}
		if got := d.post("/entrar/codigo", "codigo", h.codeOf(secret)); got.to != "/eu" {
			h.Errorf("then the code leads to %d %q", got.code, got.to)
		}
	})
}

// TestNobodyComesInByWhatTheProviderDoesNotVouchFor: each lie leaves nobody in, adds
// nobody and binds nobody.
func TestNobodyComesInByWhatTheProviderDoesNotVouchFor(t *testing.T) {
	eachProvided(t, func(h *provided) {
		h.invited()
		for name, lie := range map[string]func(*identitytest.Lies){
			"an unverified e-mail":   func(l *identitytest.Lies) { l.Unverified = true },
			"no e-mail":              func(l *identitytest.Lies) { l.Email = "" },
			"somebody unknown":       func(l *identitytest.Lies) { l.Email = "eve@example.test" },
			"another nonce":          func(l *identitytest.Lies) { l.Claims = map[string]any{"nonce": "x"} },
			"no nonce":               func(l *identitytest.Lies) { l.Claims = map[string]any{"nonce": nil} },
			"another audience":       func(l *identitytest.Lies) { l.Claims = map[string]any{"aud": "other"} },
			"another issuer":         func(l *identitytest.Lies) { l.Claims = map[string]any{"iss": "https://evil.test"} },
			"an expired token":       func(l *identitytest.Lies) { l.Claims = map[string]any{"exp": h.clock().Add(-time.Minute).Unix()} },
			"no subject":             func(l *identitytest.Lies) { l.Subject = "" },
			"alg none":               func(l *identitytest.Lies) { l.Unsigned = true },
			"our secret as a key":    func(l *identitytest.Lies) { l.Symmetric = true },
			"a key of somebody else": func(l *identitytest.Lies) { l.Forged = true },
			"no token":               func(l *identitytest.Lies) { l.NoToken = true },
		} {
			b := h.browser()
			back := b.walks("/eu")
			h.idp.Change(lie)
			if got := b.get(back); got.code == http.StatusSeeOther || got.code == http.StatusOK || !strings.Contains(got.body, `role="alert"`) {
				h.Errorf("%s answers %d %q\n%s", name, got.code, got.to, readable(got.body))
			}
			if got := b.get("/eu"); got.code != http.StatusSeeOther {
				h.Errorf("%s leaves somebody in", name)
			}
			h.idp.Change(func(l *identitytest.Lies) {
				*l = identitytest.Lies{Email: "bia@example.test", Subject: "b-1", Now: h.clock}
			})
			h.wait(time.Minute)
		}
		for name, change := range map[string]func(q url.Values){
			"another state":      func(q url.Values) { q.Set("state", "x") },
			"no state":           func(q url.Values) { q.Del("state") },
			"no code":            func(q url.Values) { q.Del("code") },
			"another code":       func(q url.Values) { q.Set("code", "x") },
			"the provider's no":  func(q url.Values) { q.Set("error", "access_denied") },
			"another's browser":  nil,
			"a passage too late": nil,
		} {
			b := h.browser()
			path, query, _ := strings.Cut(b.walks("/eu"), "?")
			q, err := url.ParseQuery(query)
			h.ok(err)
			switch {
			case change != nil:
				change(q)
			case name == "another's browser":
				b = h.browser()
				b.walks("/eu") // which began one of its own
			default:
				h.wait(passageLasts)
			}
			if got := b.get(path + "?" + q.Encode()); got.code == http.StatusSeeOther || got.code == http.StatusOK {
				h.Errorf("%s answers %d %q", name, got.code, got.to)
			}
			h.wait(signin.AttemptsLast)
		}
		people, err := h.db.People(t.Context())
		h.ok(err)
		if len(people) != 1 || people[0].Subject != "" {
			h.Errorf("people = %+v", people)
		}
		h.onlyActs()
	})
}

func TestAnotherIdentityNeedsAnotherInvitation(t *testing.T) {
	eachProvided(t, func(h *provided) {
		p := h.invited()
		b := h.browser()
		if got := b.get(b.walks("/")); got.to != "/" {
			h.Fatalf("the first time leads to %d %q", got.code, got.to)
		}
		h.idp.Change(func(l *identitytest.Lies) { l.Subject = "somebody who has the address now" })
		c := h.browser()
		if got := c.get(c.walks("/")); got.code != http.StatusForbidden || !strings.Contains(got.body, "outra identidade") {
			h.Errorf("another identity answers %d", got.code)
		}
		_, err := Invite(t.Context(), h.db, "", p.ID, h.clock())
		h.ok(err)
		if got := c.get(c.walks("/")); got.to != "/" {
			h.Errorf("invited again it leads to %d %q", got.code, got.to)
		}
		// Somebody whose invitation was cancelled is nobody.
		h.ok(h.db.AddPerson(t.Context(), store.Person{ID: newID(), Email: "caio@example.test", Name: "Caio", Role: "reader"}))
		h.idp.Change(func(l *identitytest.Lies) { l.Email, l.Subject = "caio@example.test", "c-1" })
		d := h.browser()
		if got := d.get(d.walks("/")); got.code != http.StatusForbidden || !strings.Contains(got.body, "foi convidado") {
			h.Errorf("without an invitation it answers %d", got.code)
		}
	})
}

// TestAPasswordIsNoInvitation: whoever has somebody's address at the provider does not
// become them; they take the identity themselves, signed in, after they saw it.
func TestAPasswordIsNoInvitation(t *testing.T) {
	eachProvided(t, func(h *provided) {
		p := h.person(signin.Operator)
		h.idp.Change(func(l *identitytest.Lies) { l.Email, l.Subject = p.Email, "a stranger who has the address now" })
		stranger := h.browser()
		if got := stranger.get(stranger.walks("/eu")); got.code != http.StatusForbidden || !strings.Contains(got.body, "Você já tem senha aqui") {
			h.Errorf("somebody with the address answers %d %q", got.code, got.to)
		}
		if got := stranger.get("/eu"); got.code != http.StatusSeeOther {
			h.Error("a stranger is in")
		}
		h.subject(p, "")

		// She goes there herself; what is not hers is not offered.
		b := h.in(p)
		b.says("/eu", "Conta da empresa", "não ligada")
		if got := b.get(bindPath); got.to != "/entrar/provedor?para=%2Feu%2Fprovedor" {
			h.Fatalf("it leads to %d %q", got.code, got.to)
		}
		for name, lie := range map[string]func(*identitytest.Lies){
			"another's address":     func(l *identitytest.Lies) { l.Email = "eve@example.test" },
			"an unverified address": func(l *identitytest.Lies) { l.Unverified = true },
		} {
			h.idp.Change(lie)
			if got := b.get(b.walks(bindPath)); got.code != http.StatusForbidden {
				h.Errorf("%s answers %d %q", name, got.code, got.to)
			}
			h.idp.Change(func(l *identitytest.Lies) { l.Email, l.Subject, l.Unverified = p.Email, "o-1", false })
		}
		if got := b.post(bindPath); got.code != http.StatusConflict {
			h.Errorf("nothing was vouched for, and it answers %d", got.code)
		}
		if got := b.get(b.walks("/eu")); got.code != http.StatusForbidden { // a proof by an identity that is not hers yet
			h.Errorf("a proof answers %d %q", got.code, got.to)
		}
		h.subject(p, "")
		h.onlyActs()

		if got := b.get(b.walks(bindPath)); got.to != bindPath {
			h.Fatalf("the provider's answer leads to %d %q\n%s", got.code, got.to, readable(got.body))
		}
		b.says(bindPath, "O provedor confirmou a conta da empresa de "+p.Email)
		h.subject(p, "") // it was only shown
		if got := h.comes(p).post(bindPath); got.code != http.StatusConflict {
			h.Errorf("another browser of hers takes it: %d", got.code)
		}
		if got := b.post(bindPath); got.code != http.StatusSeeOther || got.to != "/eu" {
			h.Fatalf("taking it answers %d %q", got.code, got.to)
		}
		h.did(p, "identity-bound", "ligou a conta da empresa")
		h.subject(p, h.idp.URL+"|o-1")
		b.says("/eu", "Você também entra com a conta da empresa")
		if got := b.post(bindPath); got.code != http.StatusConflict {
			h.Errorf("taking it twice answers %d", got.code)
		}
		c := h.browser()
		if got := c.get(c.walks("/eu")); got.to != "/eu" {
			h.Errorf("by the provider she comes to %d %q", got.code, got.to)
		}
		h.idp.Change(func(l *identitytest.Lies) { l.Subject = "a stranger who has the address now" })
		if got := stranger.get(stranger.walks("/eu")); got.code != http.StatusForbidden {
			h.Errorf("the stranger answers %d", got.code)
		}
	})
}

// subject holds who somebody is to the provider against what it must be.
func (h *provided) subject(p store.Person, want string) {
	h.Helper()
	got, err := h.db.PersonByID(h.Context(), p.ID)
	h.ok(err)
	if got.Subject != want {
		h.Errorf("%s is %q to the provider, not %q", p.Email, got.Subject, want)
	}
}

// TestAProviderThatFailsLocksNobodyOut: passwords work, the page says so, and nothing of
// what the provider echoes is told.
func TestAProviderThatFailsLocksNobodyOut(t *testing.T) {
	eachProvided(t, func(h *provided) {
		h.invited()
		p := h.person(signin.Reader)
		h.idp.Change(func(l *identitytest.Lies) { l.Down = true })
		b := h.browser()
		got := b.get("/entrar/provedor")
		if got.code != http.StatusBadGateway || !strings.Contains(got.body, "Entre com e-mail e senha") || !strings.Contains(got.body, `name="senha"`) {
			h.Errorf("a provider that is down answers %d\n%s", got.code, readable(got.body))
		}
		if got := b.post("/entrar", "email", p.Email, "senha", goodPassword); got.to != "/" {
			h.Errorf("the password leads to %d %q", got.code, got.to)
		}
		h.idp.Change(func(l *identitytest.Lies) { l.Down = false })
		c := h.browser()
		back := c.walks("/eu")
		h.idp.Change(func(l *identitytest.Lies) { l.Down = true })
		got = c.get(back)
		if got.code != http.StatusBadGateway || strings.Contains(got.body, identitytest.Secret) {
			h.Errorf("a token endpoint that is down answers %d", got.code)
		}
		if !strings.Contains(h.log.String(), "the provider of identities failed") {
			h.Error("the log does not tell")
		}
	})
}

func TestWithoutAProviderNothingSpeaksOfOne(t *testing.T) {
	h := newHouse(t, nil)
	h.person(signin.Reader)
	b := h.browser()
	if body := b.says("/entrar"); strings.Contains(body, "provedor") {
		t.Error("the door offers a provider")
	}
	for _, path := range []string{"/entrar/provedor", ProviderReturn} {
		if got := b.get(path); got.code != http.StatusNotFound {
			t.Errorf("%s answers %d", path, got.code)
		}
	}
}
