package web

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A health is what there is to know of an account at a glance.
type health struct {
	Running  string // who works on it now; "" nobody
	Run      string // the run at work, or that goes on in a moment; "" none
	Began    time.Time
	Schedule store.Schedule // what the queue knows; zero where none works the account
	Runs     map[string]store.Run
	Done     map[string]time.Time // by feed
	Waits    []store.WaitCount
	Holds    []store.Held // not released yet
	Hooks    []store.Hook
	Governor store.Governor
	Blocks   []blockRow
}

// A blockRow is a side that refuses the key, and until when.
type blockRow struct {
	Side  string
	Until moment
}

func (s *Site) healthOf(ctx context.Context, t *tenant) (h health, err error) {
	db, now := s.Store, s.Now()
	if h.Running, err = db.Holder(ctx, t.ID); err != nil {
		return h, err
	}
	if err := s.atWork(ctx, t, &h); err != nil {
		return h, err
	}
	if h.Runs, err = db.LastFlowRuns(ctx, t.ID); err != nil {
		return h, err
	}
	if h.Done, err = db.Processed(ctx, t.ID); err != nil {
		return h, err
	}
	if h.Waits, err = db.CountWaits(ctx, t.ID, now); err != nil {
		return h, err
	}
	holds, err := db.Holds(ctx, t.ID)
	if err != nil {
		return h, err
	}
	if h.Hooks, err = db.Hooks(ctx, t.ID); err != nil {
		return h, err
	}
	if h.Governor, err = db.Governor(ctx); err != nil {
		return h, err
	}
	h.Holds = slices.DeleteFunc(holds, func(x store.Held) bool { return x.Release != "" })
	h.Blocks, err = s.blocks(ctx, t)
	return h, err
}

func (s *Site) blocks(ctx context.Context, t *tenant) ([]blockRow, error) {
	if s.MemoryKeys == nil {
		return nil, nil
	}
	var out []blockRow
	for side, key := range s.MemoryKeys(t.settings) {
		until, err := s.Store.Memory().Block(ctx, key)
		if err != nil {
			return nil, err
		}
		if until.After(s.Now()) {
			out = append(out, blockRow{record.Side(side).Title(), t.moments.of(until)})
		}
	}
	slices.SortFunc(out, func(a, b blockRow) int { return cmp.Compare(a.Side, b.Side) })
	return out, nil
}

// waiting is how many records wait, of one flow or ("") of all.
func (h health) waiting(flowName string) int {
	n := 0
	for _, w := range h.Waits {
		if flowName == "" || w.Flow == flowName {
			n += w.Open
		}
	}
	return n
}

// fresh is the instant before which all changes of all flows that are on were processed.
func (h health) fresh(t *tenant) time.Time {
	var oldest time.Time
	first := true
	for _, f := range flow.All {
		if !f.On(t.settings) {
			continue
		}
		if at := f.Fresh(h.Done); first || at.Before(oldest) {
			oldest, first = at, false
		}
	}
	return oldest
}

// trouble is the first flow's error of its last run, "" when none has one.
func (h health) trouble() string {
	for _, f := range flow.All {
		if text := flowRunOf(h.Runs[f.Name], f.Name).Error; text != "" {
			return f.Title + ": " + text
		}
	}
	return ""
}

func flowRunOf(r store.Run, name string) store.FlowRun {
	for _, f := range r.Flows {
		if f.Flow == name {
			return f
		}
	}
	return store.FlowRun{Flow: name}
}

// A verdict is an account's state in few words. Tone is a colour: good, warn, bad, or "" for neither.
type verdict struct {
	Tone string
	Text string
}

// lateAfter is how many cycles an account may be behind before it is called late.
const lateAfter = 3

// late is how far behind that is, by the interval in force.
func (h health) late(t *tenant) time.Duration {
	return lateAfter * max(t.settings.Every.Std(), h.Schedule.Every)
}

// judge says how an account is, the worst first.
func judge(t *tenant, h health, now time.Time) verdict {
	fresh := h.fresh(t)
	switch {
	case t.Paused:
		return verdict{"", "Pausada"}
	case len(h.Blocks) > 0:
		return verdict{"bad", "Chave bloqueada"}
	case h.trouble() != "":
		return verdict{"bad", "Com erro"}
	case len(h.Holds) > 0:
		return verdict{"warn", "Freio segurando"}
	case fresh.IsZero() && len(h.Runs) == 0 && h.Run == "":
		return verdict{"", "Ainda não rodou"}
	case fresh.IsZero():
		return verdict{"", "Primeira carga"}
	case now.Sub(fresh) > h.late(t):
		return verdict{"warn", "Atrasada"}
	case h.waiting("") > 0:
		return verdict{"warn", count(h.waiting(""), "", "1 pendência", "pendências")}
	}
	return verdict{"good", "Em dia"}
}

// lastStart is when the newest run of any flow began.
func lastStart(h health) time.Time {
	var newest time.Time
	for _, r := range h.Runs {
		if r.Started.After(newest) {
			newest = r.Started
		}
	}
	return newest
}
