package web

import (
	"errors"
	"net/http"
	"net/url"
	"runtime/debug"
)

// policy lets a page load only what this site serves, run no script and use no
// style of its own text, and be framed by nobody.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard stands around everything: headers, requests from other sites, and
// actions that panic.
func (s *Site) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, s.visitOf(r), refused(http.StatusForbidden, "Este pedido veio de outro site e foi recusado."))
	}))
	next = cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // not no-referrer: browsers would send forms with the origin null
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
		if s.public.Scheme == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler { //nolint:errorlint // it is this very value
				s.Log.Error("a page panicked", "route", r.Pattern, "panic", p, "stack", string(debug.Stack()))
				s.fail(w, s.visitOf(r), errors.New("panic"))
			}
		}()
		if err := s.inTheClear(r); err != nil {
			s.fail(w, s.visitOf(r), err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// InTheClear tells whether a request came over a network on which everybody may read
// it, as far as can be known: public is the address that this installation says it has.
func InTheClear(public *url.URL, r *http.Request) bool {
	return public.Scheme != "https" && !IsHere(hostOf(r))
}

// inTheClear refuses what would cross a network as everybody's to read: passwords and
// sessions go over https, or stay on this machine. What a proxy in front says of
// itself counts for nothing (X-Forwarded-*): anybody can say it. Whoever set an
// https address answers for what stands before us.
func (s *Site) inTheClear(r *http.Request) error {
	if !InTheClear(s.public, r) {
		return nil
	}
	return &problem{
		status: http.StatusForbidden, sentence: "Este endereço é http: senhas e sessões passariam abertas pela rede.",
		hint: "Quem cuida do servidor põe um proxy com https na frente do Ponte e define PONTE_PUBLIC_URL com esse endereço (docs/install.md). Neste computador, http://127.0.0.1 continua valendo.",
	}
}

// mostBody bounds a form: hundreds of ticked records fit, an attack does not.
const mostBody = 256 << 10

// mostOf bounds what is sent to a route.
func mostOf(pattern string) int64 {
	if pattern == "POST /arquivo" || pattern == "POST /arquivo/aplicar" {
		return mostFile
	}
	return mostBody
}

// open stands before one route: who is it, and may they?
func (s *Site) open(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, mostOf(rt.pattern))
		w.Header().Set("Cache-Control", "no-store")
		v := s.visitOf(r)
		if err := s.enter(w, v, rt); err != nil {
			s.fail(w, v, err)
		}
	})
}

func (s *Site) enter(w http.ResponseWriter, v *visit, rt route) error {
	if err := s.recognize(w, v); err != nil {
		return err
	}
	if rt.least == anyone {
		return rt.do(s, w, v)
	}
	if v.person.ID == "" {
		return s.toTheDoor(w, v)
	}
	if v.session.Owes && !settlesWhatIsOwed(rt.pattern) {
		return s.toTwoSteps(w, v)
	}
	if id := v.PathValue("conta"); id != "" { // before the role, which is one on the account
		if err := s.choose(v, id); err != nil {
			return err
		}
	}
	if rt.least != someone && !v.role().Covers(rt.least) {
		return refused(http.StatusForbidden, "O seu papel ("+v.roleTitle()+") não permite isto.")
	}
	if rt.proof == fresh && !s.proved(v) {
		return s.askProof(w, v, rt)
	}
	return rt.do(s, w, v)
}

// toTheDoor sends somebody who is not signed in to the door, and back afterwards.
func (s *Site) toTheDoor(w http.ResponseWriter, v *visit) error {
	to := "/entrar"
	if v.Method == http.MethodGet && v.URL.Path != "/" {
		to += "?para=" + queryEscape(v.URL.RequestURI())
	}
	lead(w, v, to)
	return nil
}

// lead sends a browser to another page. What was to be a part of a page is none of that one: the whole page goes there.
func lead(w http.ResponseWriter, v *visit, to string) {
	if v.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
}
