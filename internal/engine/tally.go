package engine

import (
	"ponte/internal/call"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A tally counts one flow's records: one outcome per record and run, the worst
// that it met, so that the counts close (P5).
type tally struct {
	meter     call.Meter
	outcomes  map[string]string
	conflicts map[string]bool
	err       error
	failures  int // decisions in a row that a vendor's fault prevented
}

func newTally() *tally {
	return &tally{outcomes: map[string]string{}, conflicts: map[string]bool{}}
}

// rank orders outcomes, worst first (contract.md, Outcomes).
var rank = map[string]int{
	store.OutcomeFailed: 6, store.OutcomeWaiting: 5, store.OutcomeCreated: 4,
	store.OutcomeUpdated: 3, store.OutcomeUnchanged: 2, store.OutcomeExcluded: 1,
}

// outcomePlanned is the stored outcome of an item whose change is in the
// ledger and not yet made; it counts as unchanged until it is.
const outcomePlanned = "planned"

// set records an outcome of the record named by key. A decision replaces what
// an earlier one in the same run said; a change that was made adds to it.
func (t *tally) set(key, outcome string) {
	if outcome == outcomePlanned || outcome == "" {
		outcome = store.OutcomeUnchanged
	}
	if was := t.outcomes[key]; rank[outcome] > rank[was] {
		t.outcomes[key] = outcome
	}
}

// replace records an outcome whatever was said before.
func (t *tally) replace(key, outcome string) {
	delete(t.outcomes, key)
	t.set(key, outcome)
}

// decide records what a decision says, in place of an earlier one, of this run or
// a run before; what this run made or changed stands, unless the record now waits.
func (t *tally) decide(key, outcome string) {
	was := t.outcomes[key]
	if outcome != store.OutcomeWaiting && (was == store.OutcomeCreated || was == store.OutcomeUpdated) {
		return
	}
	t.replace(key, outcome)
}

// merge moves what was counted under from to key: two records turned out to be one.
func (t *tally) merge(from, key string) {
	if was, ok := t.outcomes[from]; ok && from != key {
		delete(t.outcomes, from)
		t.set(key, was)
	}
}

// fail keeps the first error of the flow.
func (t *tally) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}

func (t *tally) run(name string) store.FlowRun {
	fr := store.FlowRun{Flow: name, Conflicts: len(t.conflicts), Read: len(t.outcomes)}
	for _, outcome := range t.outcomes {
		switch outcome {
		case store.OutcomeFailed:
			fr.Failed++
		case store.OutcomeWaiting:
			fr.Waiting++
		case store.OutcomeCreated:
			fr.Created++
		case store.OutcomeUpdated:
			fr.Updated++
		case store.OutcomeExcluded:
			fr.Excluded++
		default:
			fr.Unchanged++
		}
	}
	fr.Calls = map[string]int{"auvo": t.meter.Count("auvo"), "omie": t.meter.Count("omie")}
	if t.err != nil {
		fr.Error = t.err.Error()
	}
	return fr
}

// complete: every enabled flow read all its pages and moved its cursor.
func (r *run) complete() bool {
	for _, t := range r.tally {
		if t.err != nil {
			return false
		}
	}
	return true
}

// pairKey names a record for counting: by its Auvo id once both are linked.
func pairKey(kind record.Kind, auvo, omie string) string {
	if auvo != "" {
		return string(kind) + ":auvo:" + auvo
	}
	return string(kind) + ":omie:" + omie
}
