package cli

import (
	"fmt"
	"net/url"
	"strings"

	"ponte/internal/config"
	"ponte/internal/identity"
	"ponte/internal/web"
)

// identifying is who else says who people are.
type identifying struct {
	OIDCIssuer   string `name:"oidc-issuer" env:"PONTE_OIDC_ISSUER" help:"The company's provider of identities (OpenID Connect), by which invited people may come in; PONTE_OIDC_CLIENT_SECRET goes with it."`
	OIDCClientID string `name:"oidc-client-id" env:"PONTE_OIDC_CLIENT_ID" help:"What Ponte is called there."`
}

// provider of identities, nil where there is none. The client's secret has no flag:
// a command line is for everyone to read (P10).
func (s *session) provider(i identifying) (*identity.Provider, error) {
	secret, _ := s.world.Getenv("PONTE_OIDC_CLIENT_SECRET")
	return identity.New(identity.Options{
		Issuer: i.OIDCIssuer, ClientID: i.OIDCClientID, Secret: config.NewSecret(secret), Redirect: strings.TrimRight(s.publicURL(), "/") + web.ProviderReturn,
	})
}

// safeForBrowsers refuses a public address over which passwords and sessions would
// cross a network as everybody's to read.
func (g globals) safeForBrowsers() error {
	if g.PublicURL == "" {
		return nil // from PONTE_ADDR: the pages answer on loopback and refuse any other name
	}
	u, err := url.Parse(g.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("PONTE_PUBLIC_URL is %q: it must be an address such as https://ponte.example.com", g.PublicURL)
	}
	if u.Scheme == "https" || web.IsHere(u.Hostname()) {
		return nil
	}
	return fmt.Errorf("PONTE_PUBLIC_URL is %s: over http, passwords and sessions would cross the network for everybody to read. Put a proxy that speaks https in front and set its https:// address; on this machine alone, http://127.0.0.1 will do", u.Redacted())
}
