package auvosim

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
)

// A Fault makes calls go wrong. Without Rate it strikes the Nth matching call
// and the Times−1 matching calls behind it; with Rate each matching call with that chance.
type Fault struct {
	Method  string  `json:"method,omitempty"`  // "": any
	Path    string  `json:"path,omitempty"`    // prefix, "/tasks"; "": every path but the login
	Nth     int     `json:"nth,omitempty"`     // counted from 1 since Break; 0: 1
	Times   int     `json:"times,omitempty"`   // 0: once, or without end with Rate; negative: without end
	Rate    float64 `json:"rate,omitempty"`    // 0 to 1
	Seed    uint64  `json:"seed,omitempty"`    // of Rate's dice
	Mode    string  `json:"mode"`              // one of FaultModes
	Status  int     `json:"status,omitempty"`  // in place of the mode's own
	Body    string  `json:"body,omitempty"`    // of mode "fault"
	Seconds float64 `json:"seconds,omitempty"` // of mode "slow"
}

// FaultModes lists the modes with what each does.
var FaultModes = map[string]string{
	"before":       "500 from the gateway; nothing was done",
	"after":        "done, but the answer is the gateway's 502",
	"cut":          "done; the body breaks off half way",
	"drop":         "done; the connection ends without an answer",
	"hang":         "no answer until the client gives up; nothing was done",
	"hang-after":   "done; no answer until the client gives up",
	"html":         "200 with a page instead of JSON; nothing was done",
	"429":          "over the limit, as the portal announces it; nothing was done",
	"403":          "over the limit; nothing was done",
	"401":          "the token is refused, this once; nothing was done",
	"404":          "not found, as a gateway says it in passing; nothing was done",
	"stale":        "reads answer what was there when Break was called",
	"lying-totals": "lists state one item more than there is",
	"short-page":   "a page lacks its last item; the totals count it",
	"slow":         "the right answer, late",
	"fault":        "the status and body of the fault; nothing was done",
}

type plannedFault struct {
	Fault
	id     int
	seen   int
	struck int
	dice   *rand.Rand
	old    map[string]*table // of "stale"
}

// Break plans a fault and returns its number, 0 for an unknown mode. Faults
// stay until they have struck their Times, or until Mend.
func (s *Sim) Break(f Fault) int {
	if _, known := FaultModes[f.Mode]; !known {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready()
	s.state.nextFault++
	p := &plannedFault{Fault: f, id: s.state.nextFault, dice: rand.New(rand.NewPCG(f.Seed, 1))}
	if f.Mode == "stale" {
		p.old = map[string]*table{}
		for name, t := range s.state.tables {
			p.old[name] = t.clone()
		}
	}
	s.state.faults = append(s.state.faults, p)
	return p.id
}

// Mend forgets all faults.
func (s *Sim) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.faults = nil
}

// pickFault counts the call in every fault that it matches and returns the
// first that strikes.
func (s *Sim) pickFault(c *exchange) *plannedFault {
	var chosen *plannedFault
	for _, f := range s.state.faults {
		if f.matches(c) && f.strikes() && chosen == nil {
			f.struck++
			chosen = f
		}
	}
	s.state.faults = slices.DeleteFunc(s.state.faults, (*plannedFault).spent)
	return chosen
}

func (f *plannedFault) matches(c *exchange) bool {
	path := apiPath(f.Path)
	if path == "" && c.path == "login" {
		return false
	}
	return strings.HasPrefix(c.path, path) && (f.Method == "" || strings.EqualFold(f.Method, c.method))
}

func (f *plannedFault) strikes() bool {
	f.seen++
	if f.spent() {
		return false
	}
	if f.Rate > 0 {
		return f.dice.Float64() < f.Rate
	}
	return f.seen >= max(f.Nth, 1)
}

func (f *plannedFault) spent() bool {
	switch {
	case f.Times < 0 || f.Times == 0 && f.Rate > 0:
		return false
	default:
		return f.struck >= max(f.Times, 1)
	}
}

// is is safe on a call without a fault.
func (f *plannedFault) is(modes ...string) bool { return f != nil && slices.Contains(modes, f.Mode) }

// instead is the answer of a fault that keeps the call from being done, else nil.
func (s *Sim) instead(f *plannedFault) *reply {
	if f == nil {
		return nil
	}
	var a *reply
	switch f.Mode {
	case "before":
		a = gateway(http.StatusInternalServerError)
	case "html":
		a = gateway(http.StatusOK)
	case "429":
		a = &reply{status: http.StatusTooManyRequests, header: http.Header{"Retry-After": {"5"}}}
	case "403":
		a = &reply{status: http.StatusForbidden, body: map[string]any{"error": "Rate limit temporarily exceeded"}}
	case "401":
		a = &reply{status: http.StatusUnauthorized, raw: s.ExpiredBody}
	case "404":
		a = empty(http.StatusNotFound)
	case "fault":
		a = &reply{status: http.StatusInternalServerError, raw: f.Body}
	default:
		return nil
	}
	if f.Status != 0 {
		a.status = f.Status
	}
	return a
}

// afterwards is what arrives of an answer to a call that was done.
func (f *plannedFault) afterwards(a *reply) *reply {
	if !f.is("after") {
		return a
	}
	if f.Status != 0 {
		return gateway(f.Status)
	}
	return gateway(http.StatusBadGateway)
}

func (f Fault) check() error {
	if _, known := FaultModes[f.Mode]; !known {
		return fmt.Errorf("unknown fault mode %q", f.Mode)
	}
	return nil
}
