package auvosim

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ponte/internal/call"
)

// ServeHTTP answers the API under /v2 and without a prefix, and the admin API
// under /_sim/.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, adminPrefix) {
		s.serveAdmin(w, r)
		return
	}
	c, err := s.receive(r)
	if err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	refused, wait := s.begin(c)
	if call.Pause(r.Context(), wait) != nil || c.fault.is("hang") {
		<-r.Context().Done()
		s.giveUp(c)
		return
	}
	a := refused
	if a == nil {
		a = s.decide(c)
	}
	s.send(w, r, c, a)
}

// begin counts the call against the limit and the faults. It returns the answer
// of a call over the limit, and how long any answer takes.
func (s *Sim) begin(c *exchange) (refused *reply, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready()
	c.readQuery()
	if refused = c.overRate(); refused != nil {
		c.log(refused.status)
		return refused, 0
	}
	c.fault = s.pickFault(c)
	wait = s.Latency
	if c.fault.is("slow") {
		wait += time.Duration(c.fault.Seconds * float64(time.Second))
	}
	return nil, wait
}

func (s *Sim) giveUp(c *exchange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.log(0)
}

// decide does what the call asks for and returns what arrives of the answer.
func (s *Sim) decide(c *exchange) *reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := c.answer()
	status := a.status
	if c.fault.is("drop", "hang-after") {
		status = 0
	}
	c.log(status)
	return a
}

func (c *exchange) answer() *reply {
	if a := c.sim.instead(c.fault); a != nil {
		return a
	}
	if c.fault.is("stale") && c.method == http.MethodGet {
		now := c.sim.state.tables
		c.sim.state.tables = c.fault.old
		defer func() { c.sim.state.tables = now }()
	}
	if c.path == "login" && (c.method == http.MethodGet || c.method == http.MethodPost) {
		return c.fault.afterwards(c.login())
	}
	if a := c.unauthorized(); a != nil {
		return a
	}
	return c.fault.afterwards(c.route())
}

// send writes an answer, or what a fault leaves of it.
func (s *Sim) send(w http.ResponseWriter, r *http.Request, c *exchange, a *reply) {
	switch {
	case c.fault.is("hang-after"):
		<-r.Context().Done()
		return
	case c.fault.is("drop"):
		panic(http.ErrAbortHandler)
	}
	body, contentType := a.bytes()
	maps.Copy(w.Header(), a.header)
	if contentType != "" {
		w.Header().Set("Content-Type", contentType)
	}
	if a.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(a.status)
	if c.fault.is("cut") {
		body = body[:len(body)/2]
	}
	if _, err := w.Write(body); err != nil {
		return // the client has gone
	}
}
