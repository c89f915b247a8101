package web

import (
	"net"
	"net/http"
	"slices"

	"github.com/realclientip/realclientip-go"
)

// behind tells who is at the other end of the proxies in front, where attempts to sign in are counted by address: without,
// forty wrong passwords of anybody would lock everybody out. Only what these proxies say is believed.
func behind(proxies []net.IPNet, next http.Handler) http.Handler {
	if len(proxies) == 0 {
		return next
	}
	strategy := realclientip.Must(realclientip.NewRightmostTrustedRangeStrategy("X-Forwarded-For", proxies))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ip := net.ParseIP(addressOf(r))
		if ip != nil && slices.ContainsFunc(proxies, func(p net.IPNet) bool { return p.Contains(ip) }) {
			if client := strategy.ClientIP(r.Header, r.RemoteAddr); client != "" {
				r = r.Clone(r.Context())
				r.RemoteAddr = net.JoinHostPort(client, "0")
			}
		}
		next.ServeHTTP(w, r)
	})
}
