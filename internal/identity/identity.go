// Package identity asks a company's own provider of identities who somebody is
// (OpenID Connect: the code flow with PKCE). It says what the provider vouches
// for; who comes in is decided elsewhere.
//
// What it believes is signed by the provider, for this client, not over, and
// answers the question of this very browser: state, nonce and PKCE's verifier all
// come of one token that the browser alone holds, so that nothing is kept here.
// The provider is asked for its keys and addresses when they are first needed: one
// that is away stops nobody who has a password.
//
// The client's secret goes to the provider's token endpoint and nowhere else.
package identity

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"ponte/internal/config"
)

// Options say which provider, and as which client.
type Options struct {
	Issuer   string // PONTE_OIDC_ISSUER; "": there is none
	ClientID string
	Secret   config.Secret
	Redirect string           // the page that the provider sends browsers back to
	Now      func() time.Time // nil: the real clock
}

// A Provider is asked who somebody is. It is safe for concurrent use.
type Provider struct {
	Options
	client *http.Client

	mu    sync.Mutex
	found *oidc.Provider // nil until it was asked
}

// patience is how long the provider has for one answer, and mostAnswer how much it may say.
const (
	patience   = 10 * time.Second
	mostAnswer = 1 << 20
)

// New returns the provider that the options name, nil when they name none. It asks nothing yet.
func New(o Options) (*Provider, error) {
	if o.Issuer == "" && o.ClientID == "" && o.Secret.IsZero() {
		return nil, nil //nolint:nilnil // no provider is no error
	}
	if o.Issuer == "" || o.ClientID == "" || o.Secret.IsZero() {
		return nil, errors.New("PONTE_OIDC_ISSUER, PONTE_OIDC_CLIENT_ID and PONTE_OIDC_CLIENT_SECRET go together: set all three, or none")
	}
	u, err := url.Parse(o.Issuer)
	if err != nil || u.User != nil || !isSafe(u) {
		return nil, errors.New("PONTE_OIDC_ISSUER must be an https:// address (http:// on this machine alone)")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Provider{Options: o, client: &http.Client{
		Timeout:       patience,
		Transport:     short{http.DefaultTransport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// isSafe tells whether what is sent to an address is for its host alone to read.
func isSafe(u *url.URL) bool {
	return u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()))
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// short cuts long answers.
type short struct{ http.RoundTripper }

func (s short) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := s.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, mostAnswer), res.Body}
	}
	return res, err
}

// A Handshake is what binds an answer to the browser that asked: all of it comes of
// the token that the browser holds.
type Handshake struct{ state, nonce, verifier string }

// HandshakeOf derives a handshake from a token. (pure)
func HandshakeOf(token string) Handshake {
	part := func(name string) string {
		sum := sha256.Sum256([]byte("ponte oidc " + name + "\x00" + token))
		return base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return Handshake{part("state"), part("nonce"), part("verifier")}
}

// Answers tells whether a state that came back is the one that was sent.
func (h Handshake) Answers(state string) bool {
	return subtle.ConstantTimeCompare([]byte(state), []byte(h.state)) == 1
}

// A Claim is what the provider vouches for.
type Claim struct {
	Subject  string    // who, for ever: the issuer and its number for them
	Email    string    // lower case
	Verified bool      // the provider knows that the address is theirs
	Showed   time.Time // when they last showed who they are; zero: it does not say
}

// An Error says that the provider could not be asked, or said something that counts
// for nothing. Its text is for the log: it holds no secret.
type Error struct {
	Away bool // it does not answer as it should; else it answered, and the answer does not hold
	Why  string
}

func (e *Error) Error() string { return "the provider of identities: " + e.Why }

// away and wrong tell what happened without what must not be told: a provider may
// say our secret back.
func (p *Provider) away(err error) error  { return &Error{true, p.told(err)} }
func (p *Provider) wrong(err error) error { return &Error{false, p.told(err)} }

const mostTold = 300

func (p *Provider) told(err error) string {
	text := err.Error()
	if r, ok := errors.AsType[*oauth2.RetrieveError](err); ok { // its text is the whole answer
		text = fmt.Sprintf("the token endpoint answers %s %s", r.Response.Status, r.ErrorCode)
	}
	secret := p.Secret.Reveal()
	for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
		text = strings.ReplaceAll(text, form, "[hidden]")
	}
	return text[:min(len(text), mostTold)]
}

// discovered asks the provider for its addresses and keys, once it answers.
func (p *Provider) discovered(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.Issuer)
	if err != nil {
		return nil, p.away(err)
	}
	if err := allSafe(found); err != nil {
		return nil, p.wrong(err)
	}
	p.found = found
	return found, nil
}

// allSafe holds the addresses that discovery names to what holds for the issuer's: the
// client's secret goes to one of them, browsers to another, and the keys that we believe come of the third.
func allSafe(found *oidc.Provider) error {
	var keys struct {
		Address string `json:"jwks_uri"`
	}
	if err := found.Claims(&keys); err != nil {
		return err
	}
	for name, address := range map[string]string{"token_endpoint": found.Endpoint().TokenURL, "authorization_endpoint": found.Endpoint().AuthURL, "jwks_uri": keys.Address} {
		if u, err := url.Parse(address); err != nil || u.User != nil || !isSafe(u) {
			return fmt.Errorf("its %s is no https:// address", name)
		}
	}
	return nil
}

func (p *Provider) oauth(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.Secret.Reveal(), Endpoint: found.Endpoint(), RedirectURL: p.Redirect, Scopes: []string{oidc.ScopeOpenID, "email"},
	}
}

// Door is the provider's page that a browser is sent to; again: they show anew who
// they are, although the provider knows them.
func (p *Provider) Door(ctx context.Context, h Handshake, again bool) (string, error) {
	found, err := p.discovered(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(h.nonce), oauth2.S256ChallengeOption(h.verifier)}
	if again {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return p.oauth(found).AuthCodeURL(h.state, options...), nil
}

// Redeem asks the provider whom a code stands for.
func (p *Provider) Redeem(ctx context.Context, h Handshake, code string) (Claim, error) {
	found, err := p.discovered(ctx)
	if err != nil {
		return Claim{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.oauth(found).Exchange(ctx, code, oauth2.VerifierOption(h.verifier))
	if err != nil {
		return Claim{}, p.away(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.Verifier(&oidc.Config{ClientID: p.ClientID, Now: p.Now}).Verify(ctx, raw)
	if err != nil {
		return Claim{}, p.wrong(err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(h.nonce)) != 1 {
		return Claim{}, p.wrong(errors.New("the answer is to another question (nonce)"))
	}
	var said struct {
		Email    string `json:"email"`
		Verified truth  `json:"email_verified"`
		AuthTime int64  `json:"auth_time"`
	}
	if err := id.Claims(&said); err != nil {
		return Claim{}, p.wrong(err)
	}
	c := Claim{Subject: id.Issuer + "|" + id.Subject, Email: strings.ToLower(strings.TrimSpace(said.Email)), Verified: bool(said.Verified)}
	if said.AuthTime > 0 {
		c.Showed = time.Unix(said.AuthTime, 0)
	}
	if id.Subject == "" {
		return Claim{}, p.wrong(errors.New("the answer names nobody"))
	}
	return c, nil
}

// truth is a claim that some providers write as a text.
type truth bool

func (t *truth) UnmarshalJSON(b []byte) error {
	*t = string(b) == "true" || string(b) == `"true"`
	return nil
}
