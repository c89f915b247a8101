package omiesim

import (
	"encoding/json"
	"slices"
	"time"
)

// A Call is one request to the API as the simulator saw it, without credentials.
type Call struct {
	Service  string          `json:"service"` // "/geral/clientes/"
	Call     string          `json:"call"`
	Param    json.RawMessage `json:"param,omitempty"` // the one object of param
	Status   int             `json:"status"`          // 0: the client gave up or the answer was cut
	Fault    string          `json:"fault,omitempty"`
	Injected string          `json:"injected,omitempty"` // the mode of the Fault that misbehaved
	At       time.Time       `json:"at"`                 // simulated time of arrival
}

// A Breach names a published rule.
type Breach string

// The rules whose breach is recorded.
const (
	OverRate           Breach = "over-rate"            // §2.1: 240 per method, 960 per IP
	Redundant          Breach = "redundant"            // §2.1: an identical request within 60 s
	TooManyFaults      Breach = "too-many-faults"      // §2.1: the tenth fault
	CalledWhileBlocked Breach = "called-while-blocked" // §2.1
	TooParallel        Breach = "too-parallel"         // §2.1: 4 at a time
	ParallelWrite      Breach = "parallel-write"       // §2.1: writes one at a time
	WrongCredentials   Breach = "wrong-credentials"    // §1.3
	SecretInURL        Breach = "secret-in-url"        // §1.1: credentials travel in the body
	WrongVerb          Breach = "wrong-verb"           // §1.1: POST only
	NoTrailingSlash    Breach = "no-trailing-slash"    // §1.1
	WrongContentType   Breach = "wrong-content-type"   // §1.1: application/json
	Malformed          Breach = "malformed"            // §1.1: the envelope
	UnknownMethod      Breach = "unknown-method"       // §1.5
	UnknownTag         Breach = "unknown-tag"          // §1.2
	WrongType          Breach = "wrong-type"           // §1.2
	TooLong            Breach = "too-long"             // §10.5
	BothIdentifiers    Breach = "both-identifiers"     // §3.1, §6.7
	ReadPastEnd        Breach = "read-past-end"        // §2.3
	ReadOnlySent       Breach = "read-only-sent"       // §7.7
	BilledAltered      Breach = "billed-altered"       // §6.7: billed and cancelled documents
)

// A Violation is one breach of a published rule by the client.
type Violation struct {
	Kind    Breach    `json:"kind"`
	Service string    `json:"service"`
	Call    string    `json:"call"`
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
}

// keptCalls bounds the log; the oldest go first.
const keptCalls = 200_000

// Calls returns the log of API calls in the order in which they were answered.
func (s *Sim) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// ResetCalls empties the log of calls; violations stay.
func (s *Sim) ResetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// Violations returns every breach so far. A Fault that misbehaves is none.
func (s *Sim) Violations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// ResetViolations forgets the breaches.
func (s *Sim) ResetViolations() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations = nil
}

func (s *Sim) record(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.calls) >= keptCalls {
		s.calls = slices.Delete(s.calls, 0, keptCalls/10)
	}
	s.calls = append(s.calls, c)
}

// breached records a violation. The lock is held.
func (s *Sim) breached(kind Breach, req *request, text string) {
	s.violations = append(s.violations, Violation{Kind: kind, Service: req.service, Call: req.call, Text: text, At: s.now()})
}
