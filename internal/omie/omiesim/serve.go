package omiesim

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"ponte/internal/call"
)

// A handler answers one method; s.mu is held. What it returns is encoded after
// the lock is released: stored records are replaced, never changed in place.
type handler func(s *Sim, param Record) (Record, *fault)

type method struct {
	run   handler
	write bool
}

// ServeHTTP answers the API under any service path, with or without the prefix
// /api/v1, and the admin API under /_sim/.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_sim/") {
		s.serveAdmin(w, r)
		return
	}
	req, f := s.readRequest(r)
	var a *answer
	if f != nil {
		s.mu.Lock()
		a = s.refuseUnread(req, f)
		s.mu.Unlock()
	} else {
		a = s.answer(r.Context(), req)
	}
	s.log(req, a)
	a.write(w, s.load(req))
}

// refuseUnread answers a request whose envelope is wrong. It counts against a
// known method only with the right key. The lock is held.
func (s *Sim) refuseUnread(req *request, f *fault) *answer {
	s.init()
	if key, secret := s.credentials(); req.method.run != nil && (req.key != key || req.secret != secret) {
		f = wrongKey()
	}
	return s.faulted(req, f)
}

// answer takes a request through the limits, the misbehaviour that was asked
// for, the structure and the method itself.
func (s *Sim) answer(ctx context.Context, req *request) *answer {
	s.mu.Lock()
	s.init()
	leave, refused := s.enter(req)
	if refused != nil {
		s.mu.Unlock()
		return refused
	}
	rule := s.rules.pick(req, s.RandSeed)
	latency := s.Latency
	s.mu.Unlock()
	defer leave()

	if call.Pause(ctx, latency) != nil {
		return &answer{gone: true}
	}
	if rule == nil {
		return s.carryOut(req, nil)
	}
	a := s.misbehave(ctx, req, rule)
	a.injected = rule.Mode
	return a
}

// carryOut runs the method.
func (s *Sim) carryOut(req *request, old *db) *answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := req.checkStructure(); f != nil {
		return s.faulted(req, f)
	}
	s.req = req
	if old != nil && !req.method.write {
		current := s.db
		s.db = old
		defer func() { s.db = current }()
	}
	result, f := req.method.run(s, req.param)
	if f != nil {
		return s.faulted(req, f)
	}
	return jsonAnswer(http.StatusOK, result)
}

func (s *Sim) log(req *request, a *answer) {
	c := Call{Service: req.service, Call: req.call, Status: a.status, Fault: a.fault, Injected: a.injected, At: req.at}
	if a.gone || a.cut {
		c.Status = 0
	}
	if req.canonical != "" {
		c.Param = json.RawMessage(req.canonical)
	}
	s.record(c)
}

// load is the X-Omie-ParallelRateLimit header: running/allowed (omie-api.md §1.3).
func (s *Sim) load(req *request) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	allowed := limit(s.Parallel, 4)
	if req.method.write {
		allowed = 1
	}
	return fmt.Sprintf("%d/%d", s.gate.running[req.scope()]+1, allowed)
}
