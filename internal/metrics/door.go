package metrics

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
)

// A Door says who may read the metrics: they name accounts and tell how a
// business does. With a token, who brings it; without one, programs on this
// machine; anybody only on an address that an operator opened for it.
type Door struct {
	Token  string
	Anyone bool // there is no token, and the address is the metrics' own
}

func (d Door) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case d.Token != "" && !d.Opens(r.Header.Get("Authorization")):
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "the metrics need their token", http.StatusUnauthorized)
		case d.Token == "" && !d.Anyone && !local(r):
			http.Error(w, "the metrics are for programs on this machine: set PONTE_METRICS_TOKEN or PONTE_METRICS_ADDR", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// Opens tells whether an Authorization header brings the token; how long that takes tells nothing of it.
func (d Door) Opens(authorization string) bool {
	token, ok := strings.CutPrefix(authorization, "Bearer ")
	want, got := sha256.Sum256([]byte(d.Token)), sha256.Sum256([]byte(strings.TrimSpace(token)))
	return ok && subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// forwards are what a proxy adds: then the neighbour asks for somebody else.
var forwards = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via", "Cf-Connecting-Ip"}

// local tells whether a program on this machine asks for itself: by its address,
// by the name under which it asks (a page in a browser may point a name of its
// own here), and by no proxy's trace.
func local(r *http.Request) bool {
	for _, name := range forwards {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	return loopback(r.RemoteAddr) && (loopback(r.Host) || hostOf(r.Host) == "localhost")
}

func loopback(address string) bool {
	ip := net.ParseIP(hostOf(address))
	return ip != nil && ip.IsLoopback()
}

func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return strings.Trim(address, "[]")
}
