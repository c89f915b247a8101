package alert

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"ponte/internal/config"
	"ponte/internal/store"
)

// Hook calls accounts' webhooks. Their addresses come from whoever runs an
// account, so they may not lead into the network that Ponte stands in: only https
// to public addresses, looked at as they are dialled (a name may resolve to
// anything), through no proxy, and no redirect is followed.
type Hook struct {
	// Private lets calls go to private addresses and over plain http.
	Private bool
	client  *http.Client
}

const hookTimeout = 10 * time.Second

// NewHook returns a caller of webhooks.
func NewHook(private bool) Hook {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if !private {
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return onlyPublic(address) }
	}
	return Hook{private, &http.Client{
		Timeout: hookTimeout,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: hookTimeout,
			DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// notPublic are networks that netip's own tests leave out.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("fec0::/10"), // IPv4 in another form, and what was private before fc00::/7
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
}

var errPrivate = errors.New("the webhook leads to an address that is not public (PONTE_WEBHOOK_PRIVATE allows that)")

func onlyPublic(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return errPrivate
	}
	ip := at.Addr().Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return errPrivate
	}
	for _, p := range notPublic {
		if p.Contains(ip) {
			return errPrivate
		}
	}
	return nil
}

func (h Hook) send(ctx context.Context, m store.Message, w config.Webhook) error {
	address := w.URL.Reveal()
	if !h.Private && !strings.HasPrefix(address, "https://") {
		return fmt.Errorf("the webhook's address is no https: %w", errForGood)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(m.Body))
	if err != nil {
		return fmt.Errorf("the webhook's address is no address: %w", errForGood) // the cause would repeat it
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "ponte")
	req.Header.Set("Ponte-Delivery", deliveryID(m))
	req.Header.Set("Ponte-Signature", Sign(w.Secret.Reveal(), time.Now(), m.Body))
	res, err := h.client.Do(req)
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // without the address, which is a secret
	}
	if errors.Is(err, errPrivate) {
		return fmt.Errorf("%w: %w", err, errForGood)
	}
	if err != nil {
		return err
	}
	_, _ = io.CopyN(io.Discard, res.Body, 64<<10) // what it says is nobody's business
	_ = res.Body.Close()
	return answered(res.StatusCode)
}

// answered reads a webhook's answer: what says that the message itself is not
// wanted is not repeated.
func answered(status int) error {
	switch {
	case status/100 == 2:
		return nil
	case status/100 == 4 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests && status != http.StatusTooEarly:
		return fmt.Errorf("the webhook answered %d: %w", status, errForGood)
	}
	return fmt.Errorf("the webhook answered %d", status)
}

// Sign is the value of the header Ponte-Signature: the instant, and the HMAC-SHA256
// of "instant.body" under the account's secret. Whoever receives it compares both,
// and refuses what is older than a few minutes.
func Sign(secret string, at time.Time, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%d.%s", at.Unix(), body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

// refuses looks at what an address itself tells. (pure)
func refuses(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "https":
		return "o endereço precisa começar com https://"
	case isHere(u.Hostname()) || strings.HasSuffix(u.Hostname(), ".localhost"):
		return "o endereço é desta própria máquina"
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && onlyPublic(netip.AddrPortFrom(ip, 443).String()) != nil {
		return "o endereço não é público"
	}
	return ""
}
