// Package web is Ponte's face for the office: server-rendered pages in
// Portuguese, whole without JavaScript; htmx only refreshes what stands there.
//
// routes.go is its index: each route with the least role that may use it. One
// action (a page, or one change) is one file; it reads a typed page struct from
// the store and hands it to the template of the same name. An action returns an
// error, which becomes a sentence (problem.go).
//
// Everything that changes something is a POST, and what it will do is shown
// first. Changes go through the same functions of engine and store as the
// command line's, under the account's lease, with the person's name in the
// record's history.
//
// The package calls no vendor but to test a key that was just typed (chaves.go, trocar_chaves.go),
// knows no side and holds no SQL.
package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ponte/internal/config"
	"ponte/internal/identity"
	"ponte/internal/record"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// Options are what a Site needs.
type Options struct {
	Store   *store.DB
	Log     *slog.Logger
	Now     func() time.Time // nil: the real clock
	Version string
	// PublicURL is the address that browsers use; with https cookies are for https alone.
	PublicURL string
	// Identity is the provider that says who people are, beside their passwords; nil: there is none.
	Identity *identity.Provider
	// Proxies are those in front of which it is believed for whom they ask.
	Proxies []net.IPNet
	// Demo signs every visitor in by itself; it serves loopback only.
	Demo bool
	// Holder names this process to whoever waits for an account's lease.
	Holder string
	// MemoryKeys names, by side, the keys under which an account's limits are remembered; nil: blocks are not shown.
	MemoryKeys func(config.Account) map[string]string
	// RecordLink is where a record stands in its own system, "" when nobody knows; nil: nowhere.
	RecordLink func(config.Account, record.Ref) string
	// Assistant has administrators connect companies here; nil: an accounts file does.
	Assistant *Assistant
	// Hasten has an account's next run start now; nil: the pages cannot ask for that.
	Hasten Hastener
	// Post puts jobs that send messages on the queue; nil: the pages send none.
	Post store.Poster
	// Nightly is when the newest copy was made that this process's folder has (zero:
	// none yet); nil: nothing is copied each night.
	Nightly func() (time.Time, error)
	// WebhookPrivate lets alerts' webhooks be private addresses and plain http.
	WebhookPrivate bool
	// BaseURLs are addresses, besides the vendors' own, that accounts may have which the pages set up.
	BaseURLs []string
	// Rehearsal has a demo's visitor begin with the assistant; nil: there is no demo, or none that can.
	Rehearsal *Rehearsal
	// LeaseWait is how long a change waits for a busy account; 0: 20 s.
	LeaseWait time.Duration
}

// A Site serves the pages.
type Site struct {
	Options
	public  *url.URL
	handler http.Handler
	pairs   pairings
	parsed  settingsRead
}

// New returns the site. It only reads and writes o.Store when it is asked something.
func New(o Options) *Site {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.LeaseWait == 0 {
		o.LeaseWait = 20 * time.Second
	}
	s := &Site{Options: o, public: &url.URL{}}
	if u, err := url.Parse(o.PublicURL); err == nil {
		s.public = u
	}
	s.handler = behind(o.Proxies, s.guard(s.mux()))
	return s
}

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// SetupLink returns the address at which the first administrator is made, good
// once; "" when there are people already. Whoever calls it shows it to who
// started the process, and to nobody else.
func (s *Site) SetupLink(ctx context.Context) (string, error) {
	has, err := s.Store.HasPeople(ctx)
	if err != nil || has || s.Demo {
		return "", err
	}
	return Invite(ctx, s.Store, s.PublicURL, "", s.Now())
}

// Invite makes the link that lets a person choose a password, good once; person
// "" is the first administrator. An older link of the same person ends.
func Invite(ctx context.Context, db *store.DB, publicURL, person string, now time.Time) (string, error) {
	token := signin.NewToken()
	err := db.Invite(ctx, store.Invitation{Person: person, Digest: signin.Digest(token), Expires: now.Add(signin.InvitationLasts)})
	return strings.TrimRight(publicURL, "/") + "/convite/" + token, err
}
