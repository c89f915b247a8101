package signin

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/netip"
	"strings"
	"time"

	"ponte/internal/store"
)

// InvitationLasts is how long a link that lets somebody choose a password works.
const InvitationLasts = 24 * time.Hour

// NewToken returns a token that cannot be guessed, fit for an address and a cookie.
func NewToken() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b)
}

// Digest is what is kept of a token. A token has 256 random bits, so a plain hash hides it.
func Digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// AttemptsLast is the while in which attempts are counted, and after which they are forgotten.
const AttemptsLast = 15 * time.Minute

// Allowances are how often somebody may try to sign in: few times with one
// e-mail from one place, so that a guesser is stopped soon; more often from
// anywhere with one e-mail, so that a stranger does not lock its owner out at
// once; and with many e-mails from one place. Only digests of them are kept.
// The first is forgotten when the password was right.
func Allowances(email, address string) []store.Allowance {
	key := func(parts ...string) string { return Digest(strings.Join(parts, "\x00")) }
	place := placeOf(address)
	return []store.Allowance{
		{Key: key("pair", email, place), Most: 5},
		{Key: key("email", email), Most: 40},
		{Key: key("address", place), Most: 40},
	}
}

// placeOf is what is counted of an address: all of an IPv4 one, and of an IPv6 one the
// network of 64 bits, since whoever has one address of it has them all.
func placeOf(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap().WithZone(""); a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a, 64).Masked().String()
}

// ProviderAllowances are how often browsers of one place may go to the provider of
// identities, and come back.
func ProviderAllowances(address string) []store.Allowance {
	return []store.Allowance{{Key: Digest("provider\x00" + placeOf(address)), Most: 60}}
}

// CodeAllowances are how often somebody may type a code: as for passwords, and
// fewer times for one person wherever they come from. Who gets there knows the
// password, so that no stranger locks anybody out; and of six digits a few hundred
// thousand tries would find one.
func CodeAllowances(email, address string) []store.Allowance {
	return append(Allowances(email, address), store.Allowance{Key: Digest("code\x00" + email), Most: 10})
}
