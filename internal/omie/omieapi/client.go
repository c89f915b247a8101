// Package omieapi is the Omie API as it is: one file per resource, its words
// (Portuguese, as Omie's tags), its faults, its paging and its limits.
//
// Every call is a POST of one envelope to the service's address. A Client makes
// them for one app key, and keeps Omie's rules so that no caller has to:
// requests per minute and at once, no identical request within the redundancy
// window, no call while the key is blocked, and a pause of a method long before
// its tenth fault (P7). Reads are retried a little; a write is repeated only
// when the answer proves that nothing was done. Every failure is a *call.Error
// whose reaction Classify chose.
//
// It never answers from a cache, knows nothing of Auvo, and converts nothing:
// that is package omie. Sources are cited as sections of docs/apis/omie.md,
// which keeps the numbering of omie-api.md.
package omieapi

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"ponte/internal/call"
)

// DefaultBaseURL is where Omie answers.
const DefaultBaseURL = "https://app.omie.com.br/api/v1"

// Config is what a Client is built from. Zero values mean the defaults named.
type Config struct {
	BaseURL          string // DefaultBaseURL; a simulator's address otherwise
	AppKey           string
	AppSecret        string
	HTTP             *http.Client     // own transport: HTTP/1.1 only, 90 s
	Memory           call.Memory      // MemoryOnly
	RatePerMinute    int              // per method; 216, nine tenths of Omie's limit
	IP               *call.Share      // of what the process may call; nil: none
	RedundancyWindow time.Duration    // 60 s; shorter only against a simulator
	Now              func() time.Time // the run's clock, for fault budget and block; time.Now
	FaultBudget      int              // faults of a method in 30 minutes; 5
	Watch            call.Watch       // is told of every request; nil: nobody
}

// A Client calls Omie for one app key. It is safe for concurrent use. Keep one
// per account and process: its limiters start full.
type Client struct {
	base      string
	appKey    string
	appSecret string
	http      *http.Client
	memory    call.Memory
	keyName   string // the key's name in memory, a digest
	perMinute int
	ip        *call.Share
	pacer     *call.Pacer
	window    time.Duration
	now       func() time.Time
	budget    int
	pause     time.Duration // before the first retry; later ones are longer
	clock     call.Clock
	watch     call.Watch
	lost      atomic.Pointer[time.Time] // when a request of ours last ended without an answer

	writing *semaphore.Weighted // one write at a time (§2.1)
	mu      sync.Mutex          // guards methods
	methods map[string]*methodLimits
	claims  sync.Mutex // makes "when was it made" and "made now" one step
}

// methodLimits are the limits that Omie counts per method.
type methodLimits struct {
	rate  *call.Limiter
	slots *semaphore.Weighted
}

// parallelReads is how many requests of one method Omie runs at once (§2.1).
const parallelReads = 4

// New builds a Client. It makes no call.
func New(cfg Config) *Client {
	c := &Client{
		base:      strings.TrimRight(orElse(strings.TrimSpace(cfg.BaseURL), DefaultBaseURL), "/"),
		appKey:    strings.TrimSpace(cfg.AppKey),
		appSecret: strings.TrimSpace(cfg.AppSecret),
		http:      withoutRedirects(cfg.HTTP),
		memory:    cfg.Memory,
		perMinute: orElse(cfg.RatePerMinute, 216),
		ip:        cfg.IP,
		window:    orElse(cfg.RedundancyWindow, time.Minute),
		now:       cfg.Now,
		budget:    orElse(cfg.FaultBudget, 5),
		pause:     2 * time.Second,
		watch:     cfg.Watch,
		writing:   semaphore.NewWeighted(1),
		methods:   map[string]*methodLimits{},
	}
	if c.memory == nil {
		c.memory = &call.MemoryOnly{}
	}
	if c.now == nil {
		c.now = time.Now
	}
	sum := sha256.Sum256([]byte("omie " + c.appKey))
	c.keyName = hex.EncodeToString(sum[:12])
	c.pacer = call.NewPacer(c.memory, c.keyName)
	return c
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// withoutRedirects returns h, or our own client for nil, so that it never sends
// a body, which holds the secret, to where a redirect points. HTTP/2 and a
// charset made Omie's gateway answer "Bad Request" for one client (§1.1).
func withoutRedirects(h *http.Client) *http.Client {
	own := &http.Client{Timeout: 90 * time.Second}
	if h != nil {
		*own = *h
	} else {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.Protocols = new(http.Protocols)
		t.Protocols.SetHTTP1(true)
		own.Transport = t
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return own
}

// limits returns the limits of a method, made on first use.
func (c *Client) limits(method string) *methodLimits {
	c.mu.Lock()
	defer c.mu.Unlock()
	l, ok := c.methods[method]
	if !ok {
		l = &methodLimits{call.PerMinute(c.perMinute), semaphore.NewWeighted(parallelReads)}
		c.methods[method] = l
	}
	return l
}

// hidden is how everything that holds a credential prints (P10).
const hidden = "[hidden]"

// String hides a Config, as do the methods below in their ways of printing.
func (Config) String() string { return hidden }

// GoString hides a Config from %#v.
func (Config) GoString() string { return hidden }

// LogValue hides a Config from logs.
func (Config) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON hides a Config from JSON.
func (Config) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// Format hides a Config under every verb.
func (Config) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) }

// String hides a Client, as do the methods below in their ways of printing.
func (*Client) String() string { return hidden }

// GoString hides a Client from %#v.
func (*Client) GoString() string { return hidden }

// LogValue hides a Client from logs.
func (*Client) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON hides a Client from JSON.
func (*Client) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// Format hides a Client under every verb.
func (*Client) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) }

// MemoryKey names the key in call.Memory: a digest, never a secret.
func (c *Client) MemoryKey() string { return c.keyName }

// Skew is how far Omie's clock is ahead of ours, by its newest answer.
func (c *Client) Skew() (time.Duration, bool) { return c.clock.Skew() }
