package identity

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"ponte/internal/config"
)

func TestAProviderIsNamedWholeOrNotAtAll(t *testing.T) {
	secret := config.NewSecret("canary")
	for _, c := range []struct {
		o    Options
		says string // "" it will do
	}{
		{Options{}, ""},
		{Options{Issuer: "https://id.example.test", ClientID: "ponte", Secret: secret}, ""},
		{Options{Issuer: "http://127.0.0.1:9000", ClientID: "ponte", Secret: secret}, ""},
		{Options{Issuer: "https://id.example.test"}, "go together"},
		{Options{ClientID: "ponte", Secret: secret}, "go together"},
		{Options{Issuer: "http://id.example.test", ClientID: "ponte", Secret: secret}, "must be an https://"},
		{Options{Issuer: "https://user:canary@id.example.test", ClientID: "ponte", Secret: secret}, "must be an https://"},
		{Options{Issuer: "nonsense", ClientID: "ponte", Secret: secret}, "must be an https://"},
	} {
		p, err := New(c.o)
		if (err == nil) != (c.says == "") || err != nil && (!strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "canary")) {
			t.Errorf("%+v: %v", c.o, err)
		}
		if (p == nil) != (c.o.Issuer == "" || err != nil) {
			t.Errorf("%+v: %v", c.o, p)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", p, p, p), "canary") {
			t.Error("a provider prints its secret")
		}
	}
}

func TestAHandshakeIsItsTokensAlone(t *testing.T) {
	a, b := HandshakeOf("a"), HandshakeOf("b")
	if a != HandshakeOf("a") || a == b || a.state == a.nonce || a.nonce == a.verifier || len(a.verifier) < 43 {
		t.Errorf("handshakes %v and %v", a, b)
	}
	if !a.Answers(a.state) || a.Answers(b.state) || a.Answers("") {
		t.Error("the wrong states answer")
	}
}

func TestWhatAProviderSaysBackHoldsNoSecret(t *testing.T) {
	const secret = "s3cret/with+odd=signs"
	p, err := New(Options{Issuer: "https://id.example.test", ClientID: "ponte", Secret: config.NewSecret(secret)})
	if err != nil {
		t.Fatal(err)
	}
	told := p.away(errors.New("400: client_secret=" + url.QueryEscape(secret) + " and " + secret + strings.Repeat("x", 5000))).Error()
	if strings.Contains(told, "odd") || len(told) > mostTold+50 {
		t.Errorf("it tells %s", told)
	}
}

// TestNoAddressThatDiscoveryNamesIsInTheClear: the client's secret goes to one of them.
func TestNoAddressThatDiscoveryNamesIsInTheClear(t *testing.T) {
	names := []string{"authorization_endpoint", "token_endpoint", "jwks_uri"}
	for _, c := range []struct {
		address string
		safe    bool
	}{
		{"https://id.example.test/x", true},
		{"http://127.0.0.1:9/x", true},
		{"http://localhost/x", true},
		{"http://id.example.test/x", false},
		{"http://127.0.0.1.example.test/x", false},
		{"//id.example.test/x", false},
		{"https://a:b@id.example.test/x", false},
		{"", false},
		{"%", false},
	} {
		for _, name := range names {
			var server *httptest.Server
			server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				says := map[string]any{"issuer": server.URL}
				for _, other := range names {
					says[other] = "https://id.example.test/" + other
				}
				says[name] = c.address
				w.Header().Set("Content-Type", "application/json")
				_ = json.NewEncoder(w).Encode(says)
			}))
			p, err := New(Options{Issuer: server.URL, ClientID: "ponte", Secret: config.NewSecret("canary")})
			if err != nil {
				t.Fatal(err)
			}
			door, err := p.Door(t.Context(), HandshakeOf("a"), false)
			if (err == nil) != c.safe || err != nil && (!strings.Contains(err.Error(), name) || door != "") {
				t.Errorf("%s %q: %q, %v", name, c.address, door, err)
			}
			server.Close()
		}
	}
}
