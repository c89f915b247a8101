package cli

import (
	"errors"
	"slices"
	"strings"
	"time"

	"ponte/internal/config"
	"ponte/internal/inbox"
	"ponte/internal/store"
)

// rhythmJSON is how often an account's cycles come under ponte serve.
type rhythmJSON struct {
	Asks    int     `json:"asks_seconds"`  // the interval that it would have, were it alone
	Every   int     `json:"every_seconds"` // the one in force
	Stretch float64 `json:"stretch"`       // by how much all accounts' intervals are stretched; 1: not
	Load    float64 `json:"load"`          // what all cycles would take of the shortest budget at their own intervals; over 1 is too much
	Side    string  `json:"side"`          // of that budget
	Message string  `json:"message"`       // in Portuguese; "" while nothing is stretched
}

// A yieldJSON is a key that leaves room for other software that uses it.
type yieldJSON struct {
	Side  string    `json:"side"`
	Share float64   `json:"share"` // of its rate that Ponte uses now
	Since time.Time `json:"since"`
	Until time.Time `json:"until"` // when the whole rate is used again, if nothing more is noticed
	Why   string    `json:"why"`   // what the vendor said to which call
}

// rhythm is an account's, nil before its first cycle.
func (s *session) rhythm(account string) (*rhythmJSON, error) {
	sched, err := s.db.Schedule(s.ctx, account)
	if errors.Is(err, store.ErrNotFound) || (err == nil && sched.Every == 0) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	g, err := s.db.Governor(s.ctx)
	return &rhythmJSON{
		int(sched.Asks.Seconds()), int(sched.Every.Seconds()), g.Factor, g.Load, string(g.Side), inbox.Stretched(g, sched.Every),
	}, err
}

// yields are the sides on which the account's key yields now.
func (s *session) yields(a config.Account) ([]yieldJSON, error) {
	out := []yieldJSON{}
	now := time.Now()
	for side, key := range s.world.MemoryKeys(a) {
		p, err := s.db.Memory().Pace(s.ctx, key)
		if err != nil {
			return out, err
		}
		if p.Yields(now) {
			out = append(out, yieldJSON{side, p.At(now), p.Cut.UTC(), p.Whole().UTC(), p.Why})
		}
	}
	slices.SortFunc(out, func(a, b yieldJSON) int { return strings.Compare(a.Side, b.Side) })
	return out, nil
}

func printRhythm(s *session, st accountStatus) {
	if st.Rhythm != nil && st.Rhythm.Message != "" {
		s.printf("%s\n", st.Rhythm.Message)
	}
	for _, y := range st.Yields {
		s.printf("%s: other software uses the key, too (%s, %s): Ponte uses %.0f %% of its rate, all of it again by %s\n",
			y.Side, y.Why, y.Since.Local().Format("15:04:05"), 100*y.Share, y.Until.Local().Format("15:04"))
	}
}
