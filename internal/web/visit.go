package web

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"ponte/internal/signin"
	"ponte/internal/store"
)

// A visit is one request, and what is known of who makes it.
type visit struct {
	*http.Request
	person  store.Person           // zero: nobody signed in
	session store.Session          // of the person
	roles   map[string]signin.Role // by account, of a person without a role for all
	account *tenant                // of the address, when it names one
	all     []store.AccountName    // when the address names one: all that the person sees, by id
}

func (s *Site) visitOf(r *http.Request) *visit { return &visit{Request: r} }

// How long a session lasts: a day after it was last used, two weeks in all. Its
// token changes every hour, and its use is noted once a minute.
const (
	sessionIdle   = 24 * time.Hour
	sessionMost   = 14 * 24 * time.Hour
	sessionRotate = time.Hour
	sessionNote   = time.Minute
)

// recognize finds the visit's person by the cookie; in a demo everybody is one.
func (s *Site) recognize(w http.ResponseWriter, v *visit) error {
	if s.Demo && !isLocal(v.Request) {
		return refused(http.StatusForbidden, "A demonstração só atende quem está neste computador (127.0.0.1).")
	}
	if c, err := v.Cookie(s.cookieName()); err == nil && c.Value != "" {
		digest := signin.Digest(c.Value)
		v.session, v.person, err = s.Store.Session(v.Context(), digest, s.Now())
		switch {
		case err == nil:
			if err := s.readRoles(v); err != nil {
				return err
			}
			return s.keep(w, v, digest)
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		v.session, v.person = store.Session{}, store.Person{}
	}
	if s.Demo {
		return s.welcome(w, v)
	}
	return nil
}

// keep notes a session's use and changes its token when it is time. A page that
// refreshes itself is no use.
func (s *Site) keep(w http.ResponseWriter, v *visit, digest string) error {
	now := s.Now()
	if v.Header.Get("HX-Request") != "" || now.Sub(v.session.Seen) < sessionNote {
		return nil
	}
	v.session.Seen, v.session.Expires = now, expiry(v.session.Created, now)
	v.session.Agent, v.session.Address = v.UserAgent(), addressOf(v.Request)
	if err := s.Store.SeeSession(v.Context(), v.session); err != nil {
		return err
	}
	if now.Sub(v.session.Rotated) < sessionRotate || digest != v.session.Digest {
		return nil
	}
	token := signin.NewToken()
	won, err := s.Store.RotateSession(v.Context(), v.session, signin.Digest(token), now)
	if err == nil && won {
		s.setCookie(w, token)
	}
	return err
}

func expiry(created, now time.Time) time.Time {
	if last := created.Add(sessionMost); last.Before(now.Add(sessionIdle)) {
		return last
	}
	return now.Add(sessionIdle)
}

// begin starts a session of a person who just showed who they are, in this browser.
// A token that the browser brought opens nothing of it.
func (s *Site) begin(w http.ResponseWriter, v *visit, p store.Person, notice string) error {
	token, now := signin.NewToken(), s.Now()
	owes, err := s.owes(v, p)
	if err != nil {
		return err
	}
	v.person = p
	v.session = store.Session{
		ID: newID(), Person: p.ID, Digest: signin.Digest(token), Created: now, Rotated: now, Seen: now, Expires: expiry(now, now),
		Agent: v.UserAgent(), Address: addressOf(v.Request), Notice: notice,
		Proven: now, Owes: owes,
	}
	if err := s.Store.StartSession(v.Context(), v.session); err != nil {
		return err
	}
	s.setCookie(w, token)
	return nil
}

// cookieName: the prefix has browsers refuse the cookie from anywhere but this host over https.
func (s *Site) cookieName() string {
	if s.public.Scheme == "https" {
		return "__Host-ponte"
	}
	return "ponte"
}

func (s *Site) setCookie(w http.ResponseWriter, token string) {
	s.giveCookie(w, s.cookieName(), token, sessionMost)
}

// giveCookie has the browser keep a token for a while, and "" forget it.
func (s *Site) giveCookie(w http.ResponseWriter, name, token string, lasts time.Duration) {
	c := &http.Cookie{
		Name: name, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, // Lax: the provider of identities sends browsers back
		Secure: s.public.Scheme == "https", MaxAge: int(lasts.Seconds()),
	}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// addressOf is the machine that speaks to us.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// isLocal tells whether a request comes from this machine, to an address of
// this machine: a page elsewhere must not reach a demo by a name of its own
// (DNS rebinding), nor a proxy hand strangers in.
func isLocal(r *http.Request) bool {
	forwarded := r.Header.Get("Forwarded") != "" || r.Header.Get("X-Forwarded-For") != ""
	return !forwarded && isLoopback(addressOf(r)) && IsHere(hostOf(r))
}

// hostOf is the host that the browser asked, without its port.
func hostOf(r *http.Request) string {
	if h, _, err := net.SplitHostPort(r.Host); err == nil {
		return h
	}
	return r.Host
}

// IsHere tells whether a host, without its port, is a name of this machine for itself:
// what is said to it crosses no network.
func IsHere(host string) bool { return host == "localhost" || isLoopback(host) }

func isLoopback(host string) bool {
	if len(host) > 1 && host[0] == '[' {
		host = host[1 : len(host)-1]
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func queryEscape(s string) string { return url.QueryEscape(s) }

// notice has the session's next page say something.
func (s *Site) notice(v *visit, sentence string) error {
	return s.Store.SetNotice(v.Context(), v.session.ID, sentence)
}
