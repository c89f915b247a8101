package omiesim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"ponte/internal/call"
)

// The modes of a Fault.
const (
	Before      = "before"       // a broken response; nothing was done (§1.5)
	After       = "after"        // done, then a broken response (§10.8.21)
	Cut         = "cut"          // done, then half of the answer
	Hang        = "hang"         // no answer until the client gives up, or for Seconds, then 504; done with Commit
	HTML        = "html"         // 502 with HTML; done with Commit (§1.3)
	ManyCalls   = "429"          // Too Many Requests with keys of its own (§1.3)
	Block       = "block"        // the key is blocked for 30 minutes from now (§2.1)
	Stale       = "stale"        // reads answer as things were when the Fault was asked for
	LyingTotals = "lying-totals" // a list declares Rows more than there are
	ShortPage   = "short-page"   // a list leaves out Rows of its last rows but declares them
	Slow        = "slow"         // the answer comes after Seconds
	Refusal     = "fault"        // a fault with Text, Code and Status; it counts towards the ten
	Credentials = "credentials"  // the 403 of a refused key (§12.25: seen for a while after bursts)
)

// A Fault asks for misbehaviour. It never counts as a violation.
type Fault struct {
	Call string `json:"call"` // the method; "" any
	Has  string `json:"has"`  // only calls whose param, as JSON with sorted members, contains this
	Mode string `json:"mode"`

	Nth   int     `json:"nth"`   // the first matching call that misbehaves; 0 and 1: the next
	Times int     `json:"times"` // how many misbehave; 0: one, or without end with a Rate; negative: without end
	Rate  float64 `json:"rate"`  // the share of matching calls that misbehave, at random; 0: all

	Commit  bool    `json:"commit"`
	Seconds float64 `json:"seconds"`
	Rows    int     `json:"rows"` // 0: 1
	Text    string  `json:"text"`
	Code    string  `json:"code"`   // without SOAP-ENV; "": "Client-102"
	Status  int     `json:"status"` // 0: 500
}

// rules are the Faults asked for.
type rules struct {
	list   []*rule
	lastID int
	random *rand.Rand
}

type rule struct {
	Fault
	seen, done int
	old        *db // with Stale
}

// Break makes the simulator misbehave. It panics on a mode that does not exist:
// the tables of tests are wrong then. The first Fault that applies to a call is the one that acts.
func (s *Sim) Break(f Fault) (id int) {
	if !modes[f.Mode] {
		panic(fmt.Sprintf("omiesim: no fault mode %q", f.Mode))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.init()
	r := &rule{Fault: f}
	if f.Mode == Stale {
		r.old = s.db.clone()
	}
	s.rules.lastID++
	s.rules.list = append(s.rules.list, r)
	return s.rules.lastID
}

// Mend ends all misbehaviour; blocks stay.
func (s *Sim) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules.list = nil
}

// LiftBlocks forgets blocks and counted faults.
func (s *Sim) LiftBlocks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate.blocks, s.gate.faults = map[string]time.Time{}, map[string][]time.Time{}
}

var modes = map[string]bool{
	Before: true, After: true, Cut: true, Hang: true, HTML: true, ManyCalls: true, Block: true,
	Stale: true, LyingTotals: true, ShortPage: true, Slow: true, Refusal: true, Credentials: true,
}

// pick returns the rule that this call obeys, nil for none. The lock is held.
func (rs *rules) pick(req *request, seed uint64) *rule {
	if rs.random == nil {
		rs.random = rand.New(rand.NewPCG(seed, 1))
	}
	for _, r := range rs.list {
		if r.Call != "" && r.Call != req.call || r.Has != "" && !strings.Contains(req.canonical, r.Has) {
			continue
		}
		r.seen++
		if r.seen < r.Nth || r.spent() || r.Rate > 0 && rs.random.Float64() >= r.Rate {
			continue
		}
		r.done++
		return r
	}
	return nil
}

func (r *rule) spent() bool {
	switch {
	case r.Times < 0, r.Times == 0 && r.Rate > 0:
		return false
	case r.Times == 0:
		return r.done >= 1
	}
	return r.done >= r.Times
}

func (s *Sim) misbehave(ctx context.Context, req *request, r *rule) *answer {
	switch r.Mode {
	case After, Cut, Slow, Stale, LyingTotals, ShortPage:
		return s.misbehaveAfter(ctx, req, r)
	case Hang:
		return s.hang(ctx, req, r)
	case HTML:
		if r.Commit {
			s.carryOut(req, nil)
		}
		return gateway(http.StatusBadGateway)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Mode == ManyCalls || r.Mode == Block || r.Mode == Credentials {
		s.unseen(req) // refused at the gate
	}
	switch r.Mode {
	case Before:
		return s.faultAnswer(r.broken())
	case ManyCalls:
		return s.tooManyRequests(req, "")
	case Block:
		s.gate.blocks[s.blockKey(req)] = s.now().Add(blockLength)
		return s.faultAnswer(blockedFor(wholeSeconds(blockLength)))
	case Credentials:
		return s.faultAnswer(wrongKey())
	}
	return s.refusal(req, r)
}

// refusal answers the asked-for fault and counts it, as Omie counts every
// faulted answer (omie-api.md §2.1).
func (s *Sim) refusal(req *request, r *rule) *answer {
	f := &fault{status: r.Status, code: r.Code, text: r.Text}
	if f.code == "" {
		f.code = "Client-102"
	}
	if f.status == 0 {
		return s.faulted(req, f)
	}
	return s.faultAnswer(f)
}

// broken is the text of Before and After: the usual one, or Text, such as one
// with PROTO_BYEBYE (omie-api.md §1.5).
func (r *rule) broken() *fault {
	f := brokenResponse()
	if r.Text != "" {
		f.text = r.Text
	}
	return f
}

func (s *Sim) misbehaveAfter(ctx context.Context, req *request, r *rule) *answer {
	if r.Mode == Slow && call.Pause(ctx, seconds(r.Seconds)) != nil {
		return &answer{gone: true}
	}
	a := s.carryOut(req, r.old)
	if a.status != http.StatusOK || a.fault != "" {
		return a
	}
	switch r.Mode {
	case After:
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.faultAnswer(r.broken())
	case Cut:
		a.cut = true
	case LyingTotals, ShortPage:
		return lie(a, r)
	}
	return a
}

func (s *Sim) hang(ctx context.Context, req *request, r *rule) *answer {
	if r.Commit {
		s.carryOut(req, nil)
	}
	if r.Seconds > 0 {
		if call.Pause(ctx, seconds(r.Seconds)) == nil {
			return gateway(http.StatusGatewayTimeout)
		}
		return &answer{gone: true}
	}
	<-ctx.Done()
	return &answer{gone: true}
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

func gateway(status int) *answer {
	text := http.StatusText(status)
	return &answer{
		status: status, contentType: "text/html", fault: text,
		body: []byte("<html><head><title>" + text + "</title></head><body><h1>" + text + "</h1></body></html>"),
	}
}

// lie makes a list's totals disagree with its rows.
func lie(a *answer, r *rule) *answer {
	var body Record
	if err := decode(a.body, &body); err != nil {
		return a
	}
	rows := max(r.Rows, 1)
	for name, v := range body {
		list, ok := v.([]any)
		if ok && r.Mode == ShortPage {
			body[name] = list[:max(0, len(list)-rows)]
		}
		if (name == "total_de_registros" || name == "nTotRegistros") && r.Mode == LyingTotals {
			body[name] = number(body.Int(name) + int64(rows))
		}
	}
	return jsonAnswer(a.status, body)
}
