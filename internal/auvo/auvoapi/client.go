// Package auvoapi is the Auvo API v2 as it is: its words, its pages, its
// errors, one file per resource. It reads both generations of the vendor's
// documents, because the live API answers with a mix of them.
//
// Every failed call is a *call.Error whose Reaction was decided by Classify,
// and nobody else reads Auvo's codes. A list method returns one page. A row
// keeps the vendor's Raw text and the Problems of members that did not read,
// so that one bad record stops only itself (P5).
//
// The package never creates twice: a POST is repeated only where the answer
// proves that nothing was done. It never follows a redirect or a link of an
// answer, never puts a secret in a URL, and maps nothing to Omie.
//
// What it believes about the vendor stands in docs/apis/auvo.md.
package auvoapi

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"ponte/internal/call"
)

const (
	defaultBaseURL = "https://api.auvo.com.br/v2"
	defaultRate    = 360             // 90 % of the published 400 a minute (docs/apis/auvo.md, Limits)
	defaultTimeout = 2 * time.Minute // lists of 100 tasks take 25 s and more
	defaultBackoff = 5 * time.Second
	atOnce         = 4        // requests in flight per account; the vendor's own limit is unknown
	bodyLimit      = 32 << 20 // bytes of one answer
)

// A Config says how to reach one Auvo account. It prints as [hidden].
type Config struct {
	BaseURL       string           // default https://api.auvo.com.br/v2
	APIKey        string           // of the account's administrator user
	APIToken      string           // likewise
	HTTP          *http.Client     // nil: one of our own with a timeout of 120 s
	Memory        call.Memory      // keeps the token; nil: call.MemoryOnly
	RatePerMinute int              // calls of this account in any 60 s; default 360
	IP            *call.Share      // of what the process may call; nil: none
	Now           func() time.Time // the run's clock, for windows; default time.Now. Rates and the token use real time
	Backoff       time.Duration    // the first pause before a repeat; further ones are multiples. Default 5 s
	Watch         call.Watch       // is told of every request; nil: nobody
}

// Format prints the configuration without its secrets, whatever the verb (P10).
func (Config) Format(f fmt.State, _ rune) { hide(f, "auvoapi.Config[hidden]") }

// A Client calls one Auvo account. It may be used by several goroutines.
type Client struct {
	Customers      Customers
	CustomerGroups CustomerGroups
	Users          Users
	Products       Products
	Services       Services
	Tasks          Tasks
	TaskTypes      TaskTypes
	Quotations     Quotations
	Webhooks       Webhooks

	base     string
	apiKey   secret
	apiToken secret
	key      string // digest that names the account in memory
	http     *http.Client
	memory   call.Memory
	own      *call.Limiter
	ip       *call.Share
	pacer    *call.Pacer
	slots    chan struct{}
	now      func() time.Time
	backoff  time.Duration
	clock    call.Clock
	watch    call.Watch

	logins singleflight.Group
	mu     sync.Mutex
	token  heldToken
	held   time.Time // no request leaves before: the vendor said to slow down
}

// Format prints a client without its secrets, whatever the verb (P10).
func (*Client) Format(f fmt.State, _ rune) { hide(f, "auvoapi.Client[hidden]") }

func hide(f fmt.State, text string) {
	_, _ = io.WriteString(f, text) // fmt.State has nobody to report to
}

// New returns a client of the account. It makes no call.
func New(cfg Config) *Client {
	cfg = cfg.withDefaults()
	c := &Client{
		base:     strings.TrimRight(strings.TrimSpace(cfg.BaseURL), "/"),
		apiKey:   keep(strings.TrimSpace(cfg.APIKey)),
		apiToken: keep(strings.TrimSpace(cfg.APIToken)),
		http:     withoutRedirects(cfg.HTTP),
		memory:   cfg.Memory,
		own:      call.PerMinute(cfg.RatePerMinute),
		ip:       cfg.IP,
		slots:    make(chan struct{}, atOnce),
		now:      cfg.Now,
		backoff:  cfg.Backoff,
		watch:    cfg.Watch,
	}
	c.key = digest(c.base, c.apiKey(), c.apiToken())
	c.pacer = call.NewPacer(c.memory, c.key)
	c.Customers, c.CustomerGroups, c.Users = Customers{c}, CustomerGroups{c}, Users{c}
	c.Products, c.Services = Products{c}, Services{c}
	c.Tasks, c.TaskTypes, c.Quotations = Tasks{c}, TaskTypes{c}, Quotations{c}
	c.Webhooks = Webhooks{c}
	return c
}

func (cfg Config) withDefaults() Config {
	if cfg.BaseURL == "" {
		cfg.BaseURL = defaultBaseURL
	}
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{Timeout: defaultTimeout}
	}
	if cfg.Memory == nil {
		cfg.Memory = &call.MemoryOnly{}
	}
	if cfg.RatePerMinute <= 0 {
		cfg.RatePerMinute = defaultRate
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Backoff <= 0 {
		cfg.Backoff = defaultBackoff
	}
	return cfg
}

// withoutRedirects returns a copy of h that follows none: a redirect would
// carry the token, which contains the account's secrets, to another address.
func withoutRedirects(h *http.Client) *http.Client {
	copied := *h
	copied.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &copied
}

// A secret gives its text only when called, so that no verb of fmt can print it.
type secret func() string

func keep(text string) secret { return func() string { return text } }

// digest names an account without its secrets. The token is part of it: a key
// typed with a wrong token must not live on another's login.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return "auvo:" + hex.EncodeToString(sum[:16])
}

// MemoryKey names the account in call.Memory: a digest, never a secret.
func (c *Client) MemoryKey() string { return c.key }

// Skew is how far Auvo's clock is ahead of ours, by its newest answer.
func (c *Client) Skew() (time.Duration, bool) { return c.clock.Skew() }
