package cli

import (
	"net/http"
	"net/url"

	"ponte/internal/api"
	"ponte/internal/web"
)

// sealedOff stands before what brings a token of its own (the API, the receivers of
// webhooks), by the rule that the pages have: over http only from this machine. Whoever
// set an https address answers for what stands before us (web.InTheClear).
func (s *session) sealedOff(next http.Handler, refuse http.HandlerFunc) http.Handler {
	public, err := url.Parse(s.publicURL())
	if err != nil {
		public = &url.URL{}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if web.InTheClear(public, r) {
			refuse(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

const clearRemedy = "this address is http: whoever is on the way reads the token. Put a proxy that speaks https in front of Ponte and set PONTE_PUBLIC_URL to that address (docs/install.md); on this machine, http://127.0.0.1 will do"

func refuseAPI(w http.ResponseWriter, _ *http.Request) {
	api.Answer(w, http.StatusForbidden, clearRemedy+". A token that was sent here was readable: revoke it and make another")
}

func refuseHook(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, clearRemedy+". An address that was called like this was readable: replace it (Conexões, or ponte accounts hooks ACCOUNT --rotate)", http.StatusForbidden)
}
