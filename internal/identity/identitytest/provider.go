// Package identitytest is a provider of identities for tests: it serves discovery,
// keys, its page and the token endpoint over HTTP, and signs what it says. It may
// lie, in the ways in which its fields are named.
package identitytest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// The client that it knows.
const (
	ClientID = "ponte"
	Secret   = "canary-oidc-client-secret" //nolint:gosec // of a test's provider
)

// A Provider is one provider. Its fields may be changed between requests, under Change.
type Provider struct {
	*httptest.Server
	t testing.TB

	mu    sync.Mutex
	lies  Lies
	codes map[string]asked
	key   *rsa.PrivateKey
}

// Lies are who it says that somebody is, and what is wrong with how it says so.
type Lies struct {
	Email, Subject string
	Unverified     bool           // it does not vouch for the e-mail
	Claims         map[string]any // instead of what is true: nonce, aud, exp, iss, auth_time
	Unsigned       bool           // alg none
	Symmetric      bool           // signed with the client's secret
	Forged         bool           // signed with a key that it never told of
	Down           bool           // every answer is 500, and holds what was sent
	NoToken        bool           // the token endpoint gives no id_token
	Now            func() time.Time
}

type asked struct {
	challenge, nonce, redirect string
	again                      bool
}

// New serves a provider until the test ends.
func New(t testing.TB, lies Lies) *Provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{t: t, lies: lies, codes: map[string]asked{}, key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.now().Down {
			_ = r.ParseForm() // what it echoes is what came
			user, password, _ := r.BasicAuth()
			http.Error(w, r.Form.Encode()+user+password, http.StatusInternalServerError)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

// Change has it say something else from now on.
func (p *Provider) Change(f func(*Lies)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.lies)
}

func (p *Provider) now() Lies {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lies
}

func say(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // who has gone reads nothing
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	say(w, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"none", "HS256", "RS256"}, // as a careless one would
	})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	say(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &p.key.PublicKey, KeyID: "one", Algorithm: "RS256", Use: "sig"}}})
}

// authorize signs its visitor in at once and sends the browser back with a code.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("state") == "" || q.Get("nonce") == "" {
		http.Error(w, "a bad question", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = asked{q.Get("code_challenge"), q.Get("nonce"), q.Get("redirect_uri"), q.Get("max_age") == "0" && q.Get("prompt") == "login"}
	p.mu.Unlock()
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
}

// token redeems a code once, for the client that proves itself and for the verifier of its challenge.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	p.mu.Lock()
	a, known := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	p.mu.Unlock()
	if !known || id != ClientID || secret != Secret || a.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) || a.redirect != r.PostFormValue("redirect_uri") {
		w.WriteHeader(http.StatusBadRequest)
		say(w, map[string]string{"error": "invalid_grant", "error_description": "no " + secret})
		return
	}
	answer := map[string]any{"access_token": "canary-access-token", "token_type": "Bearer", "expires_in": 60}
	if lies := p.now(); !lies.NoToken {
		answer["id_token"] = p.sign(lies, a)
	}
	say(w, answer)
}

func (p *Provider) sign(lies Lies, a asked) string {
	now := lies.Now()
	claims := map[string]any{
		"iss": p.URL, "sub": lies.Subject, "aud": ClientID, "exp": now.Add(time.Minute).Unix(), "iat": now.Unix(), "nonce": a.nonce,
		"email": lies.Email, "email_verified": !lies.Unverified, "auth_time": now.Add(-time.Hour).Unix(),
	}
	if a.again {
		claims["auth_time"] = now.Unix()
	}
	for name, value := range lies.Claims {
		claims[name] = value
	}
	key := jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: "one"}}
	switch {
	case lies.Unsigned:
		body, err := json.Marshal(claims)
		if err != nil {
			p.t.Error(err)
		}
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(body) + "."
	case lies.Symmetric:
		key = jose.SigningKey{Algorithm: jose.HS256, Key: []byte(Secret + Secret)}
	case lies.Forged:
		other, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			p.t.Error(err)
		}
		key.Key = jose.JSONWebKey{Key: other, KeyID: "one"}
	}
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		p.t.Error(err)
		return ""
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		p.t.Error(err)
	}
	return text
}
