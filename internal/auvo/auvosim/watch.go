package auvosim

import (
	"slices"
	"time"
)

// A Call is a request as it was answered. It holds no credential: of a login
// neither query nor body is kept.
type Call struct {
	At     time.Time `json:"at"` // real time
	Method string    `json:"method"`
	Path   string    `json:"path"` // lower case, without /v2
	Filter string    `json:"filter,omitempty"`
	Page   string    `json:"page,omitempty"`
	Size   string    `json:"size,omitempty"`
	Body   string    `json:"body,omitempty"`
	Status int       `json:"status"`          // 0: no answer was sent
	Fault  string    `json:"fault,omitempty"` // the mode of the fault that struck
}

// A Violation is something that a good client does not do.
type Violation struct {
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Detail string    `json:"detail"`
}

// The kinds of violations, each with its source in auvo-api.md.
const (
	OverRate      = "over-rate"          // §2.1
	UnknownFilter = "unknown-filter"     // §3.2: ignored, so everything comes back
	UnknownQuery  = "unknown-query"      // §3.2: ignored
	UnknownBody   = "unknown-body"       // §3.5: ignored
	SecretInURL   = "secret-in-url"      // §1
	GetLogin      = "get-login"          // §1
	PostedPrice   = "posted-price"       // §6.1: stored tenfold
	PastTheEnd    = "past-the-end"       // §3.4: the totals had said so
	MissingDates  = "missing-dates"      // §2.4
	NoContentType = "no-content-type"    // §2.5
	FilterNotJSON = "filter-not-json"    // §2.6 b
	FollowedLink  = "followed-link"      // §3.3
	DoubleEncoded = "double-encoded"     // §3.2
	DeadToken     = "dead-token-again"   // §1: one 401, then log in
	NoToken       = "no-token"           // §1
	ReplacingPut  = "replacing-put"      // §4.3: PUT wipes what it omits
	MadeByPut     = "made-by-put"        // §3.5: an id that matches nothing makes a record
	NoRoute       = "no-such-route"      // a path or method that the API lacks
	BigPage       = "page-over-the-most" // §2.3
)

// The logs keep the newest of each, so that a demo may run for weeks.
const (
	mostCalls      = 10000
	mostViolations = 2000
	mostLoggedBody = 16 << 10
)

// note keeps a violation of this request.
func (c *exchange) note(kind, detail string) {
	c.noted = append(c.noted, Violation{Kind: kind, Method: c.method, Path: c.path, Detail: detail})
}

// log records the exchange as it was answered; the caller holds the lock.
func (c *exchange) log(status int) {
	now := time.Now()
	call := Call{At: now, Method: c.method, Path: c.path, Status: status}
	if c.path != "login" {
		call.Filter, call.Page, call.Size = c.query.Get("paramfilter"), c.query.Get("page"), c.query.Get("pagesize")
		call.Body = string(c.body[:min(len(c.body), mostLoggedBody)])
	}
	if c.fault != nil {
		call.Fault = c.fault.Mode
	}
	st := &c.sim.state
	st.calls = newest(append(st.calls, call), mostCalls)
	for _, v := range c.noted {
		v.At = now
		st.violations = newest(append(st.violations, v), mostViolations)
	}
}

// newest drops the oldest tenth of a log that has grown over its most.
func newest[T any](log []T, most int) []T {
	if len(log) <= most {
		return log
	}
	return slices.Clone(log[most/10:])
}

// Calls returns the requests answered so far, logins included, oldest first.
func (s *Sim) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.state.calls)
}

// ResetCalls forgets calls and violations.
func (s *Sim) ResetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.calls, s.state.violations = nil, nil
}

// Violations returns what clients should not have done, oldest first.
func (s *Sim) Violations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.state.violations)
}
