package omiesim

import (
	"math"
	"net/http"
	"time"
)

const (
	faultWindow = 30 * time.Minute // in which faults are counted (omie-api.md §12.6)
	blockLength = 30 * time.Minute // of a block (§2.1)
)

// A gate keeps the counts behind Omie's limits (omie-api.md §2). Rates and the
// redundancy window run in real time; faults and blocks in simulated time.
type gate struct {
	hits    map[string][]time.Time // calls of the last minute, per scope and per IP
	running map[string]int         // calls under way, per scope
	writes  int                    // that came to the limit of one at a time
	seen    map[string]time.Time   // when an identical request last came
	faults  map[string][]time.Time // per scope
	blocks  map[string]time.Time   // until when, per key or scope
}

func (g *gate) init() {
	if g.hits == nil {
		*g = gate{
			hits: map[string][]time.Time{}, running: map[string]int{}, seen: map[string]time.Time{},
			faults: map[string][]time.Time{}, blocks: map[string]time.Time{},
		}
	}
}

// enter asks every limit in turn; leave must be called when the call ends.
// The lock is held.
func (s *Sim) enter(req *request) (leave func(), refused *answer) {
	s.gate.init()
	if refused, ours := s.overRate(req); refused {
		kind := OverRate
		if !ours {
			kind = ""
		}
		return nil, s.tooManyRequests(req, kind)
	}
	if key, secret := s.credentials(); req.key != key || req.secret != secret {
		return nil, s.faulted(req, wrongKey())
	}
	if f := s.blocked(req); f != nil {
		return nil, s.faulted(req, f)
	}
	if a := s.parallel(req); a != nil {
		return nil, a
	}
	if f := s.redundant(req); f != nil {
		return nil, s.faulted(req, f)
	}
	scope := req.scope()
	s.gate.running[scope]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.gate.running[scope]--
	}, nil
}

// overRate counts a call; ours tells whether the caller alone asks too much.
func (s *Sim) overRate(req *request) (refused, ours bool) {
	now := time.Now()
	// What is refused is not counted: how Omie counts those is unknown.
	byMethod := within(s.gate.hits[req.scope()], now, time.Minute)
	byIP := within(s.gate.hits[req.ip], now, time.Minute)
	most, mostIP := limit(s.PerMinute, 240), limit(s.PerIPMinute, 960)
	refused = over(len(byMethod)+s.Others, most) || over(len(byIP)+s.Others, mostIP)
	ours = over(len(byMethod), most) || over(len(byIP), mostIP)
	if !refused {
		byMethod, byIP = append(byMethod, now), append(byIP, now)
	}
	s.gate.hits[req.scope()], s.gate.hits[req.ip] = byMethod, byIP
	return refused, ours
}

// over tells whether one more than n would pass most; a negative most never is.
func over(n, most int) bool { return most >= 0 && n >= most }

// within drops, in place, the instants that are not in the window that ends at now.
func within(at []time.Time, now time.Time, window time.Duration) []time.Time {
	kept := at[:0]
	for _, t := range at {
		if age := now.Sub(t); age >= 0 && age < window {
			kept = append(kept, t)
		}
	}
	return kept
}

// tooManyRequests is the 429 with keys of its own (omie-api.md §1.3, §10.8.22).
func (s *Sim) tooManyRequests(req *request, kind Breach) *answer {
	if kind != "" {
		s.breached(kind, req, "429 Too Many Requests")
	}
	a := jsonAnswer(http.StatusTooManyRequests, Record{"error_code": number(429), "error_message": "Too Many Requests", "error_hash": "omiesim"})
	a.fault = "Too Many Requests"
	a.retryAfter = s.RetryAfter
	return a
}

func (s *Sim) blockKey(req *request) string {
	if s.BlockMethodOnly {
		return req.scope()
	}
	return req.key
}

// blocked refuses with the seconds left; the call starts the half hour anew
// unless the block is fixed (omie-api.md §2.1, §2.2).
func (s *Sim) blocked(req *request) *fault {
	key, now := s.blockKey(req), s.now()
	left := s.gate.blocks[key].Sub(now)
	if left <= 0 || left > blockLength {
		return nil
	}
	if !s.BlockFixed {
		s.gate.blocks[key] = now.Add(blockLength)
		left = blockLength
	}
	return blockedFor(wholeSeconds(left))
}

func wholeSeconds(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }

// parallel refuses the fifth reading call at once of a method with 429 and the
// second writing one with 1880 (omie-api.md §2.4).
func (s *Sim) parallel(req *request) *answer {
	n := s.gate.running[req.scope()]
	if req.method.write && n > 0 && s.Parallel >= 0 {
		return s.faulted(req, stillRunning())
	}
	if req.method.write && s.OthersWrite > 0 {
		if s.gate.writes++; s.gate.writes%s.OthersWrite == 0 {
			return s.faulted(req, stillRunning().as("")) // nobody's fault who asks
		}
	}
	if over(n, limit(s.Parallel, 4)) {
		return s.tooManyRequests(req, TooParallel)
	}
	return nil
}

// redundant refuses a request with the same key, method and parameters inside
// the window, its exact edge included, reads and writes alike (§2.2, §2.4).
func (s *Sim) redundant(req *request) *fault {
	window, now := s.redundancyWindow(), time.Now()
	if window < 0 {
		return nil
	}
	s.forgetSeen(now, window)
	digest := req.digest()
	last, ok := s.gate.seen[digest]
	age := now.Sub(last)
	if !ok || age > window {
		s.gate.seen[digest] = now
		return nil
	}
	if !s.RedundancyFixed {
		s.gate.seen[digest], age = now, 0
	}
	if req.method.write && s.RepeatedWrites8020 {
		return alreadyProcessed(hourOf(s.now().Add(window - age)))
	}
	return redundant(wholeSeconds(window - age))
}

func (r *request) digest() string { return r.key + "|" + r.service + r.call + "|" + r.canonical }

// unseen forgets a request that was refused over the rate, a block or the key:
// such a one is not registered as made (docs/apis/omie.md §2.2), so that its
// repetition is not redundant.
func (s *Sim) unseen(req *request) { delete(s.gate.seen, req.digest()) }

// forgetSeen keeps the memory small under load.
func (s *Sim) forgetSeen(now time.Time, window time.Duration) {
	if len(s.gate.seen) < 20_000 {
		return
	}
	for digest, at := range s.gate.seen {
		if now.Sub(at) > window {
			delete(s.gate.seen, digest)
		}
	}
}

// countFault counts one faulted answer; the tenth of a method in half an hour
// blocks (omie-api.md §2.1).
func (s *Sim) countFault(req *request) {
	most := limit(s.FaultLimit, 10)
	if most < 0 {
		return
	}
	now := s.now()
	faults := append(within(s.gate.faults[req.scope()], now, faultWindow), now)
	s.gate.faults[req.scope()] = faults
	if len(faults) < most {
		return
	}
	s.gate.blocks[s.blockKey(req)] = now.Add(blockLength)
	delete(s.gate.faults, req.scope())
	s.breached(TooManyFaults, req, "the fault limit was reached; the key is blocked")
}
