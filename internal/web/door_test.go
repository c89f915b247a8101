package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/realclientip/realclientip-go"

	"ponte/internal/signin"
)

func TestTheFirstAdministratorComesInByTheLinkOfTheTerminalOnce(t *testing.T) {
	h := newHouse(t, nil)
	h.browser().says("/entrar", "Ainda não há ninguém cadastrado", "escreveu no terminal")
	link, err := h.site.SetupLink(t.Context())
	h.ok(err)
	if again, err := h.site.SetupLink(t.Context()); err != nil || again == link {
		t.Errorf("a second start gives %q again (%v)", again, err)
	}
	path := func(link string) string { return strings.TrimPrefix(link, h.site.PublicURL) }
	if got := h.browser().get(path(link)); got.code != http.StatusNotFound {
		t.Errorf("the link of an older start answers %d", got.code)
	}
	link, err = h.site.SetupLink(t.Context())
	h.ok(err)
	b := h.browser()
	b.says(path(link), "Primeiro acesso")
	for _, wrong := range [][]string{
		{"nome", "Ana", "email", "ana", "senha", goodPassword, "senha2", goodPassword},
		{"nome", "Ana", "email", "ana@example.test", "senha", goodPassword, "senha2", "outra"},
		{"nome", "Ana", "email", "ana@example.test", "senha", "curta", "senha2", "curta"},
		{"nome", " ", "email", "ana@example.test", "senha", goodPassword, "senha2", goodPassword},
	} {
		if got := b.post(path(link), wrong...); got.code != http.StatusUnprocessableEntity {
			t.Errorf("%q answers %d", wrong, got.code)
		}
	}
	right := []string{"nome", "Ana", "email", "Ana@Example.test", "senha", goodPassword, "senha2", goodPassword}
	if got := b.post(path(link), right...); got.code != http.StatusSeeOther || got.to != "/" {
		t.Fatalf("answers %d to %s\n%s", got.code, got.to, got.body)
	}
	b.says("/eu", "ana@example.test", "Administração", "Bem-vindo, Ana.")
	if strings.Contains(b.says("/eu"), "Bem-vindo") {
		t.Error("the notice is said twice")
	}
	if got := h.browser().post(path(link), right...); got.code != http.StatusNotFound {
		t.Errorf("a used link answers %d", got.code)
	}
	if link, err := h.site.SetupLink(t.Context()); err != nil || link != "" {
		t.Errorf("there is a setup link %q though there is somebody (%v)", link, err)
	}
	h.onlyActs("invitation-used")
}

func TestAnInvitedPersonChoosesAPasswordAndComesIn(t *testing.T) {
	h := newHouse(t, nil)
	p := h.person(signin.Operator)
	old := h.in(p)
	link, err := Invite(t.Context(), h.db, "", p.ID, h.clock())
	h.ok(err)
	b := h.browser()
	b.says(link, "Escolha a sua senha", p.Name)
	if got := b.post(link, "senha", "outra ponte firme", "senha2", "outra ponte firme"); got.code != http.StatusSeeOther {
		t.Fatalf("answers %d\n%s", got.code, got.body)
	}
	b.says("/eu", p.Email)
	if got := old.get("/eu"); got.code != http.StatusSeeOther {
		t.Errorf("a session from before the new password answers %d", got.code)
	}
	h.wait(signin.InvitationLasts)
	link, err = Invite(t.Context(), h.db, "", p.ID, h.clock().Add(-signin.InvitationLasts))
	h.ok(err)
	if got := h.browser().get(link); got.code != http.StatusNotFound {
		t.Errorf("a link that is over answers %d", got.code)
	}
}

func TestSigningInGoesWhereOneWantedToGo(t *testing.T) {
	h := newHouse(t, nil)
	p := h.person(signin.Reader)
	b := h.browser()
	got := b.get("/eu?x=1")
	if got.code != http.StatusSeeOther || got.to != "/entrar?para=%2Feu%3Fx%3D1" {
		t.Fatalf("answers %d to %s", got.code, got.to)
	}
	for to, want := range map[string]string{"/eu?x=1": "/eu?x=1", "//evil.test": "/", "https://evil.test": "/", `/\evil.test`: "/", "": "/", "/entrar": "/"} {
		if got := h.browser().post("/entrar", "email", strings.ToUpper(p.Email), "senha", goodPassword, "para", to); got.to != want {
			t.Errorf("%q leads to %q", to, got.to)
		}
	}
	if got := b.post("/entrar", "email", p.Email, "senha", "errada errada"); got.code != http.StatusUnprocessableEntity || !strings.Contains(got.body, wrongPair) {
		t.Errorf("a wrong password answers %d", got.code)
	}
	if got := b.post("/entrar", "email", "nobody@example.test", "senha", goodPassword); !strings.Contains(got.body, wrongPair) {
		t.Error("somebody unknown is told something else")
	}
}

func TestWhoGuessesIsLockedOutAndLaterNotAnyMore(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		p := h.person(signin.Reader)
		b := h.browser()
		for range 5 {
			if got := b.post("/entrar", "email", p.Email, "senha", "errada errada"); !strings.Contains(got.body, wrongPair) {
				h.Fatalf("answers %d\n%s", got.code, got.body)
			}
		}
		if got := b.post("/entrar", "email", p.Email, "senha", goodPassword); !strings.Contains(got.body, "tentativas demais") {
			h.Errorf("the sixth attempt is no attempt too many: %d", got.code)
		}
		h.wait(signin.AttemptsLast)
		if got := b.post("/entrar", "email", p.Email, "senha", goodPassword); got.code != http.StatusSeeOther {
			h.Errorf("after the lock the right password answers %d", got.code)
		}
	})
}

func TestASessionEndsBySignOutByIdlenessAndByAge(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		p := h.person(signin.Reader)
		b := h.in(p)
		if got := b.post("/sair"); got.to != "/entrar" {
			h.Errorf("signing out leads to %q", got.to)
		}
		b2 := h.in(p)
		out := func(b *browserOf) bool { return b.get("/eu").code != http.StatusOK }
		if !out(b) || out(b2) {
			h.Error("signing out ended the wrong session")
		}
		h.wait(sessionIdle)
		if !out(b2) {
			h.Error("an idle session lasts")
		}
		b3 := h.in(p)
		for range 13 {
			h.wait(sessionIdle - time.Minute)
			if out(b3) {
				h.Fatal("a session in use ended")
			}
		}
		h.wait(sessionIdle - time.Minute)
		h.wait(15 * time.Minute)
		if !out(b3) {
			h.Error("a session lasts for ever")
		}
	})
}

func TestATokenRotatesAndARefreshKeepsNoSessionAlive(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		b := h.in(h.person(signin.Reader))
		cookie := func() string {
			r, err := http.NewRequest(http.MethodGet, h.url, http.NoBody)
			h.ok(err)
			return b.client.Jar.Cookies(r.URL)[0].Value
		}
		first := cookie()
		h.wait(sessionRotate)
		b.says("/eu")
		second := cookie()
		if first == second {
			h.Error("the token did not rotate")
		}
		h.wait(2 * time.Minute)
		old, err := http.NewRequest(http.MethodGet, h.url+"/eu", http.NoBody)
		h.ok(err)
		old.AddCookie(&http.Cookie{Name: "ponte", Value: first})
		if got := h.browser().do(old); got.code != http.StatusSeeOther {
			h.Errorf("the old token answers %d", got.code)
		}
		for range 30 {
			h.wait(time.Hour)
			r, err := http.NewRequest(http.MethodGet, h.url+"/eu", http.NoBody)
			h.ok(err)
			r.Header.Set("HX-Request", "true")
			if got := b.do(r); got.code == http.StatusNoContent {
				if got.header.Get("HX-Redirect") == "" {
					h.Error("a refresh without a session does not lead to the door")
				}
				return
			}
		}
		h.Error("refreshing kept the session alive")
	})
}

func TestAPasswordChangeNeedsTheOldOneAndEndsOtherSessions(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		p := h.person(signin.Reader)
		here, there := h.in(p), h.in(p)
		for _, wrong := range [][]string{
			{"atual", "errada errada", "nova", "outra ponte firme", "nova2", "outra ponte firme"},
			{"atual", goodPassword, "nova", "outra ponte firme", "nova2", "ainda outra ponte"},
			{"atual", goodPassword, "nova", "curta", "nova2", "curta"},
		} {
			if got := here.post("/eu/senha", wrong...); got.code != http.StatusUnprocessableEntity {
				h.Errorf("%q answers %d", wrong, got.code)
			}
		}
		if got := here.post("/eu/senha", "atual", goodPassword, "nova", "outra ponte firme", "nova2", "outra ponte firme"); got.to != "/eu" {
			h.Fatalf("answers %d\n%s", got.code, got.body)
		}
		here.says("/eu", "Senha trocada")
		if got := there.get("/eu"); got.code != http.StatusSeeOther {
			h.Errorf("another session answers %d", got.code)
		}
		if got := h.browser().post("/entrar", "email", p.Email, "senha", "outra ponte firme"); got.code != http.StatusSeeOther {
			h.Errorf("the new password answers %d", got.code)
		}
	})
}

func TestSessionsAreListedAndRevoked(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		p := h.person(signin.Reader)
		here, second, third := h.in(p), h.in(p), h.in(p)
		all, err := h.db.Sessions(h.Context(), p.ID, h.clock())
		h.ok(err)
		if len(all) != 3 || strings.Count(here.says("/eu"), "Encerrar</button>") != 2 {
			h.Errorf("%d sessions", len(all))
		}
		here.post("/eu/sessoes")
		for _, b := range []*browserOf{second, third} {
			if got := b.get("/eu"); got.code != http.StatusSeeOther {
				h.Errorf("a revoked session answers %d", got.code)
			}
		}
		other := h.in(p)
		all, err = h.db.Sessions(h.Context(), p.ID, h.clock())
		h.ok(err)
		for _, s := range all {
			if strings.Contains(other.says("/eu"), s.ID) { // the one that is not here
				other.post("/eu/sessoes", "sessao", s.ID)
				break
			}
		}
		if got := here.get("/eu"); got.code != http.StatusSeeOther {
			h.Errorf("the named session answers %d", got.code)
		}
	})
}

func TestADemoSignsItsVisitorInOnLoopbackOnly(t *testing.T) {
	h := newHouse(t, func(o *Options) { o.Demo = true })
	b := h.browser()
	b.says("/eu", "Visita", "Demonstração")
	b.says("/eu", "esta sessão")
	for name, change := range map[string]func(*http.Request){
		"another host's name": func(r *http.Request) { r.Host = "evil.test" },
		"a proxy":             func(r *http.Request) { r.Header.Set("X-Forwarded-For", "10.0.0.1") },
	} {
		r, err := http.NewRequest(http.MethodGet, h.url+"/eu", http.NoBody)
		h.ok(err)
		change(r)
		if got := b.do(r); got.code != http.StatusForbidden {
			t.Errorf("%s answers %d", name, got.code)
		}
	}
	for address, want := range map[string]bool{"127.0.0.1:1": true, "[::1]:1": true, "10.0.0.1:1": false, "nonsense": false} {
		if got := isLocal(&http.Request{RemoteAddr: address, Host: "localhost:8080", Header: http.Header{}}); got != want {
			t.Errorf("%s is local: %v", address, got)
		}
	}
	if got := newHouse(t, nil).browser().get("/eu"); got.code != http.StatusSeeOther {
		t.Errorf("no demo signs its visitor in: %d", got.code)
	}
}

// TestAttemptsAreCountedByWhoStandsBehindTheProxy: one who guesses many people's passwords locks out no other machine, and nobody
// takes another's address by saying so, to the proxy or past it.
func TestAttemptsAreCountedByWhoStandsBehindTheProxy(t *testing.T) {
	cases := map[string]struct {
		proxies []string
		guesser string // the address that has no attempts left
		says    string // what X-Forwarded-For holds of who knows the password
		let     bool
	}{
		"another machine":        {[]string{"127.0.0.1"}, "203.0.113.7", "203.0.113.8", true},
		"the guesser's":          {[]string{"127.0.0.1"}, "203.0.113.7", "203.0.113.7", false},
		"which invents a chain":  {[]string{"127.0.0.1"}, "203.0.113.7", "198.51.100.2, 203.0.113.7", false},
		"behind two proxies":     {[]string{"127.0.0.1", "10.0.0.0/8"}, "203.0.113.7", "203.0.113.7, 10.0.0.9", false},
		"which says nothing":     {[]string{"127.0.0.1"}, "127.0.0.1", "", false},
		"of the same IPv6":       {[]string{"127.0.0.1"}, "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", false},
		"of another IPv6":        {[]string{"127.0.0.1"}, "2001:db8:1:2::1", "2001:db8:1:3::1", true},
		"no proxy is believed":   {nil, "127.0.0.1", "203.0.113.8", false},
		"another one is, not it": {[]string{"10.0.0.0/8"}, "127.0.0.1", "203.0.113.8", false},
	}
	eachHouse(t, nil, func(h *house) {
		p := h.person(signin.Reader)
		for name, c := range cases {
			h.wait(signin.AttemptsLast) // what was counted before is forgotten
			proxies, err := realclientip.AddressesAndRangesToIPNets(c.proxies...)
			h.ok(err)
			o := h.site.Options
			o.Proxies, o.PublicURL = proxies, "https://ponte.example.test"
			server := httptest.NewServer(New(o))
			for n := range 45 {
				_, err := h.db.Attempt(h.Context(), signin.Allowances(fmt.Sprintf("person%d@example.test", n), c.guesser), h.clock(), signin.AttemptsLast)
				h.ok(err)
			}
			r, err := http.NewRequest(http.MethodPost, server.URL+"/entrar", strings.NewReader(url.Values{"email": {p.Email}, "senha": {goodPassword}}.Encode()))
			h.ok(err)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if c.says != "" {
				r.Header.Set("X-Forwarded-For", c.says)
			}
			if got := h.browser().do(r); (got.code == http.StatusSeeOther) != c.let {
				h.Errorf("%s: the right password answers %d", name, got.code)
			}
			server.Close()
		}
	})
}
