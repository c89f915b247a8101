package web

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ponte/internal/signin"
	"ponte/internal/store"
)

// fill gives an address of a pattern's form.
func fill(pattern string) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	return method, strings.NewReplacer("{conta}", "acme", "{token}", "x", "{$}", "", "{causa}", "refused", "{acao}", "tentar", "{flow}", "tasks",
		"{kind}", "customer", "{side}", "auvo", "{id}", "55", "{run}", "01J", "{rascunho}", "polo", "{pessoa}", "nobody", "{lado}", "auvo", "{passo}", "fluxos").Replace(path)
}

// comes is a browser with a session of somebody, without the door.
func (h *house) comes(p store.Person) *browserOf {
	h.Helper()
	b, token := h.browser(), signin.NewToken()
	now := h.clock()
	h.ok(h.db.StartSession(h.Context(), store.Session{ID: newID(), Person: p.ID, Digest: signin.Digest(token), Created: now, Rotated: now, Seen: now, Expires: expiry(now, now), Proven: now}))
	r, err := http.NewRequest(http.MethodGet, h.url, http.NoBody)
	h.ok(err)
	b.client.Jar.SetCookies(r.URL, []*http.Cookie{{Name: "ponte", Value: token, Path: "/"}})
	return b
}

// account makes an account with every flow on.
func (h *house) account(id string) {
	h.Helper()
	settings := `{"id":"` + id + `","name":"ACME Refrigeração","flows":{"customers":{"conflict":"ask"},"products":{},"services":{},"tasks":{},"quotations":{"approved_stages":["Aprovado"]}},
		"orders":{"service_order":{"category":"1.01.02","bank_account":7},"sales_order":{"category":"1.01.03","bank_account":7}}}`
	h.ok(h.db.SaveAccount(h.Context(), store.Account{ID: id, Name: "ACME Refrigeração", Settings: []byte(settings)}, nil))
}

func TestEveryAnswerCarriesTheHeadersAndAStaticFileIsKept(t *testing.T) {
	h := newHouse(t, func(o *Options) { o.PublicURL = "https://ponte.example.test" })
	b := h.browser()
	for _, path := range []string{"/entrar", "/nowhere", asset("style.css"), "/static/x/style.css", asset("ponte.svg")} {
		got := b.get(path)
		for name, want := range map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000",
		} {
			if got.header.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, got.header.Get(name))
			}
		}
		kept := strings.Contains(got.header.Get("Cache-Control"), "immutable")
		if kept != (assets["style.css"] == path || assets["ponte.svg"] == path) {
			t.Errorf("%s: Cache-Control is %q", path, got.header.Get("Cache-Control"))
		}
	}
	for _, unsafe := range []string{"unsafe-inline", "unsafe-eval", "http:", "https:", "data:"} {
		if strings.Contains(policy, unsafe) {
			t.Errorf("the policy allows %s", unsafe)
		}
	}
	if got := b.get("/static/" + strings.Split(asset("NOTICE.txt"), "/")[2] + "/NOTICE.txt"); got.code != http.StatusNotFound {
		t.Errorf("the notice answers %d", got.code)
	}
	p := h.person(signin.Reader)
	res := b.post("/entrar", "email", p.Email, "senha", goodPassword)
	if c := res.header.Get("Set-Cookie"); !strings.HasPrefix(c, "__Host-ponte=") || !strings.Contains(c, "Secure") || !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") {
		t.Errorf("the cookie is %q", c)
	}
}

func TestARequestOfAnotherSiteIsRefused(t *testing.T) {
	h := newHouse(t, nil)
	b := h.comes(h.person(signin.Reader))
	for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"} {
		r, err := http.NewRequest(http.MethodPost, h.url+"/sair", http.NoBody)
		h.ok(err)
		r.Header.Set(name, value)
		if got := b.do(r); got.code != http.StatusForbidden || !strings.Contains(got.body, "outro site") {
			t.Errorf("%s %s answers %d", name, value, got.code)
		}
	}
	b.says("/eu")
}

func TestAPanicAndALargeFormAreSentences(t *testing.T) {
	h := newHouse(t, nil)
	panics := h.site.guard(h.site.open(route{least: anyone, do: func(*Site, http.ResponseWriter, *visit) error { panic("secret detail") }}))
	rec := httptest.NewRecorder()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url, http.NoBody)
	h.ok(err)
	panics.ServeHTTP(rec, r)
	if rec.Code != http.StatusInternalServerError || strings.Contains(rec.Body.String(), "secret detail") || !strings.Contains(rec.Body.String(), "nosso lado") {
		t.Errorf("a panic answers %d %s", rec.Code, rec.Body)
	}
	var log bytes.Buffer
	h.site.Log = slog.New(slog.NewTextHandler(&log, nil))
	mux := http.NewServeMux()
	mux.Handle("GET /convite/{token}", h.site.open(route{least: anyone, do: func(*Site, http.ResponseWriter, *visit) error { panic("again") }}))
	mux.Handle("POST /convite/{token}", h.site.open(route{least: anyone, do: func(*Site, http.ResponseWriter, *visit) error { return errors.New("a disk that is full") }}))
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		r, err := http.NewRequestWithContext(t.Context(), method, h.url+"/convite/canary-of-an-invitation", http.NoBody)
		h.ok(err)
		h.site.guard(mux).ServeHTTP(httptest.NewRecorder(), r)
	}
	if text := log.String(); !strings.Contains(text, "GET /convite/{token}") || !strings.Contains(text, "POST /convite/{token}") || strings.Contains(text, "canary") {
		t.Errorf("the log says %s", text)
	}
	if got := h.browser().post("/entrar", "email", strings.Repeat("x", mostBody+1)); got.code == http.StatusOK || got.code == http.StatusSeeOther {
		t.Errorf("a large form answers %d", got.code)
	}
}

// TestACookieIsForHTTPSOrForThisMachine: an address that is neither is refused with
// what to do, whatever a proxy claims.
func TestACookieIsForHTTPSOrForThisMachine(t *testing.T) {
	h := newHouse(t, nil)
	p := h.person(signin.Reader)
	b := h.browser()
	got := b.post("/entrar", "email", p.Email, "senha", goodPassword)
	if c := got.header.Get("Set-Cookie"); !strings.HasPrefix(c, "ponte=") || strings.Contains(c, "Secure") || !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") {
		t.Errorf("on loopback the cookie is %q", c)
	}
	for _, host := range []string{"ponte.example.com", "192.168.0.9:8080", "127.0.0.1.evil.test", "[2001:db8::1]:8080", "localhost.evil.test", ""} {
		for _, header := range []string{"", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/entrar", strings.NewReader("email="+p.Email+"&senha="+goodPassword))
			h.ok(err)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Host = host
			if header != "" {
				r.Header.Set(header, map[string]string{"X-Forwarded-Proto": "https", "X-Forwarded-Host": "localhost", "Forwarded": "proto=https;host=localhost"}[header])
			}
			if host == "" { // what no client sends
				rec := httptest.NewRecorder()
				h.site.ServeHTTP(rec, r)
				if rec.Code != http.StatusForbidden {
					t.Errorf("no host answers %d", rec.Code)
				}
				continue
			}
			got := h.browser().do(r)
			if got.code != http.StatusForbidden || !strings.Contains(got.body, "PONTE_PUBLIC_URL") || got.header.Get("Set-Cookie") != "" {
				t.Errorf("%s with %s answers %d, cookie %q", host, header, got.code, got.header.Get("Set-Cookie"))
			}
		}
	}
	for _, host := range []string{"localhost:8080", "[::1]:8080", "127.0.0.2"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/entrar", http.NoBody)
		h.ok(err)
		r.Host = host
		if got := h.browser().do(r); got.code != http.StatusOK {
			t.Errorf("%s answers %d", host, got.code)
		}
	}
}

// TestWhatAProxySaysOfTheAddressCountsForNothing: neither the lock-out nor the list of
// sessions believes X-Forwarded-For.
func TestWhatAProxySaysOfTheAddressCountsForNothing(t *testing.T) {
	h := newHouse(t, nil)
	p := h.person(signin.Reader)
	try := func(n int, password string) answer {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/entrar", strings.NewReader("email="+p.Email+"&senha="+password))
		h.ok(err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Forwarded-For", "10.9.8."+string(rune('0'+n)))
		r.Header.Set("X-Real-IP", "10.9.8."+string(rune('0'+n)))
		return h.browser().do(r)
	}
	for n := range 5 {
		try(n, "errada")
	}
	if got := try(6, strings.ReplaceAll(goodPassword, " ", "+")); !strings.Contains(got.body, "tentativas demais") {
		t.Errorf("another claimed address answers %d", got.code)
	}
	h.wait(signin.AttemptsLast)
	if got := try(7, strings.ReplaceAll(goodPassword, " ", "+")); got.code != http.StatusSeeOther {
		t.Fatalf("later it answers %d", got.code)
	}
	all, err := h.db.Sessions(t.Context(), p.ID, h.clock())
	if err != nil || len(all) != 1 || all[0].Address != "127.0.0.1" {
		t.Errorf("sessions = %+v, %v", all, err)
	}
}
