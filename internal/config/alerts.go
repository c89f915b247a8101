package config

import (
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"time"
)

// Alerts says who is told when something is wrong with an account, and of each day.
type Alerts struct {
	// Email are the addresses that are written to.
	Email []string `json:"email"`
	// Webhook is called as well.
	Webhook Webhook `json:"webhook,omitzero"`
	// Digest is the hour, as 07:30 in the account's time zone, at which the last day is told; empty: never.
	Digest string `json:"digest"`
	// After is how long something must have waited before it is told.
	After Duration `json:"after" default:"10m" min:"0s"`
}

// Webhook is an address that is called with a signed message.
type Webhook struct {
	// URL is kept secret: at many services whoever knows it may write there.
	URL Secret `json:"url,omitzero"`
	// Secret signs what is sent.
	Secret Secret `json:"secret,omitzero"`
}

// IsZero says that there is no webhook.
func (w Webhook) IsZero() bool { return w.URL.IsZero() }

// IsZero says that nothing is set, so that the settings of an account without
// alerts stay the text they are.
func (a Alerts) IsZero() bool {
	return len(a.Email) == 0 && a.Webhook.IsZero() && a.Digest == "" && (a.After == 0 || a.After == New[Alerts]().After)
}

// On says whether somebody is told.
func (a Alerts) On() bool { return len(a.Email) > 0 || !a.Webhook.IsZero() }

var clock = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

// DigestAt is the instant of a day's digest in a place; false when none is wanted.
func (a Alerts) DigestAt(day time.Time) (time.Time, bool) {
	at, err := time.Parse("15:04", a.Digest)
	return time.Date(day.Year(), day.Month(), day.Day(), at.Hour(), at.Minute(), 0, 0, day.Location()), err == nil
}

func (a Alerts) check(add reporter) {
	for i, address := range a.Email {
		if at, err := mail.ParseAddress(address); err != nil || at.Address != address {
			add(fmt.Sprintf("alerts.email[%d]", i), "must be an e-mail address, without a name")
		}
	}
	if a.Digest != "" && !clock.MatchString(a.Digest) {
		add("alerts.digest", "must be an hour such as 07:30, or left out")
	}
	w := a.Webhook
	if w.URL.IsZero() != w.Secret.IsZero() {
		add("alerts.webhook", "needs both url and secret: what is sent is signed")
	}
	if w.URL.IsZero() {
		return
	}
	u, err := url.Parse(w.URL.Reveal())
	if err != nil || !slices.Contains([]string{"https", "http"}, u.Scheme) || u.Hostname() == "" || u.User != nil {
		add("alerts.webhook.url", "must be an address that begins with https:// and holds no user")
	}
	if len(w.Secret.Reveal()) < 16 {
		add("alerts.webhook.secret", "must have at least 16 characters")
	}
}
