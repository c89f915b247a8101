package web

import (
	"context"
	"sync"
	"time"

	"ponte/internal/engine"
	"ponte/internal/flow"
)

// pairings keeps what was compared last: with a large account, comparing takes
// longer than a page may.
type pairings struct {
	mu   sync.Mutex
	kept map[string]compared // by account and flow
}

// A compared is what came of comparing, as long as its stamp is the present one.
type compared struct {
	stamp engine.Stamp
	at    time.Time
	all   []flow.Pairing
}

const (
	mostCompared  = 8                // of them kept
	comparedLasts = 30 * time.Second // while a run is reading
)

// pairingsOf are the unlinked records of a flow and what each may be.
func (s *Site) pairingsOf(ctx context.Context, t *tenant, f flow.Flow) ([]flow.Pairing, error) {
	s.pairs.mu.Lock()
	defer s.pairs.mu.Unlock()
	stamp, err := engine.StampOf(ctx, s.Store, t.ID, f.Kind)
	if err != nil {
		return nil, err
	}
	key := t.ID + "/" + f.Name
	was, ok := s.pairs.kept[key]
	if ok && was.stamp == stamp && (!stamp.Finished.IsZero() || s.Now().Sub(was.at) < comparedLasts) {
		return was.all, nil
	}
	all, err := engine.Pairings(ctx, s.Store, t.ID, f)
	if err != nil {
		return nil, err
	}
	if s.pairs.kept == nil || len(s.pairs.kept) >= mostCompared {
		s.pairs.kept = map[string]compared{}
	}
	s.pairs.kept[key] = compared{stamp, s.Now(), all}
	return all, nil
}
