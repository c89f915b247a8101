package cli

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"ponte/internal/config"
	"ponte/internal/store"
)

// A faultJSON is a method that failed lately: Omie blocks a key by its faults.
type faultJSON struct {
	Side   string `json:"side"`
	Method string `json:"method"`
	Count  int    `json:"count"` // of half an hour: at 5 Ponte pauses the method, at 10 Omie blocks the key
}

// A cycleJSON is the newest run that came to its end.
type cycleJSON struct {
	Run      string    `json:"run"`
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	Seconds  float64   `json:"seconds"` // from its first slice to its last
	Complete bool      `json:"complete"`
	Error    string    `json:"error"`
}

// changesJSON are changes of the ledger in states that somebody should know of.
type changesJSON struct {
	Failed  int `json:"failed"`  // by a mistake of Ponte's
	Unknown int `json:"unknown"` // nobody knows yet whether they were made
}

// faults are those of the account's keys, the most first.
func (s *session) faults(a config.Account) ([]faultJSON, error) {
	out := []faultJSON{}
	for side, key := range s.world.MemoryKeys(a) {
		all, err := s.db.FaultCounts(s.ctx, key, time.Now())
		if err != nil {
			return out, err
		}
		for _, f := range all {
			out = append(out, faultJSON{side, f.Method, f.Count})
		}
	}
	slices.SortFunc(out, func(a, b faultJSON) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Side, b.Side), cmp.Compare(a.Method, b.Method))
	})
	return out, nil
}

// lastCycle is nil before the first ended.
func (s *session) lastCycle(account string) (*cycleJSON, error) {
	r, err := s.db.LastRun(s.ctx, account)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &cycleJSON{r.ID, r.Started.UTC(), r.Finished.UTC(), r.Finished.Sub(r.Started).Seconds(), r.Complete, r.Error}, err
}

func (s *session) ledger(account string) (changesJSON, error) {
	n, err := s.db.ChangesIn(s.ctx, account, store.Failed, store.Unknown)
	return changesJSON{n[store.Failed], n[store.Unknown]}, err
}

// truths are what /metrics tells of the account besides.
func (s *session) truths(a config.Account, st *accountStatus) (err error) {
	if st.Faults, err = s.faults(a); err != nil {
		return err
	}
	if st.LastCycle, err = s.lastCycle(a.ID); err != nil {
		return err
	}
	st.Changes, err = s.ledger(a.ID)
	return err
}

func printTruths(s *session, st accountStatus) {
	if c := st.LastCycle; c != nil {
		end := "complete"
		if !c.Complete {
			end = cmp.Or(oneLine(c.Error), "not complete")
		}
		s.printf("last cycle: ended %s, took %s, %s\n", c.Finished.Local().Format("02/01 15:04:05"), c.Finished.Sub(c.Started).Round(100*time.Millisecond), end)
	}
	if r := st.Rhythm; r != nil {
		s.printf("cycles every %s; all accounts' take %.0f %% of what the workers' IPs carry\n", time.Duration(r.Every)*time.Second, 100*r.Load)
	}
	if st.Changes.Failed > 0 {
		s.printf("%d changes failed by a mistake of Ponte's\n", st.Changes.Failed)
	}
	if st.Changes.Unknown > 0 {
		s.printf("%d changes of which nobody knows yet whether they were made\n", st.Changes.Unknown)
	}
	for _, f := range st.Faults {
		s.printf("%s: %s failed %d times in half an hour; at 5 Ponte pauses it, at 10 Omie blocks the key\n", f.Side, f.Method, f.Count)
	}
}
