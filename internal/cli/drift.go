package cli

import (
	"fmt"
	"time"

	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// driftJSON is what the last sweep of a source found. Drift is what the source
// failed to tell, and should be 0; what nothing tells of is expected.
type driftJSON struct {
	Flow       string        `json:"flow"`
	Source     string        `json:"source"` // "auvo/customers"
	At         time.Time     `json:"at"`
	Run        string        `json:"run"`
	Read       int           `json:"read"`
	Drift      int           `json:"drift"`
	Missed     int           `json:"missed"`    // stamped within a window that did not show them
	Unstamped  int           `json:"unstamped"` // changed without a new stamp
	Expected   int           `json:"expected"`  // the source has no list of changes
	Gone       int           `json:"gone"`
	Distrusted bool          `json:"distrusted"` // read whole in between, until its windows tell again
	Message    string        `json:"message"`    // Portuguese
	Examples   []store.Drift `json:"examples"`
}

// drift is what the last sweep found, by source; none before the first.
func (s *session) drift(account string) ([]driftJSON, error) {
	sweeps, err := s.db.Drift(s.ctx, account)
	if err != nil {
		return nil, err
	}
	out := []driftJSON{}
	for _, w := range sweeps {
		mark, err := s.db.Mark(s.ctx, account, engine.DistrustMark(w.Source))
		if err != nil {
			return nil, err
		}
		said := flow.Drift{Source: w.Source, Missed: w.Missed, Unstamped: w.Unstamped, Unasked: w.Unasked, Gone: w.Gone}
		j := driftJSON{
			Flow: w.Flow, Source: w.Source, At: w.At.UTC(), Run: w.Run, Read: w.Seen, Drift: w.Drifted(), Missed: w.Missed, Unstamped: w.Unstamped,
			Expected: w.Unasked, Gone: w.Gone, Distrusted: engine.Distrusted(mark, w.At), Message: said.Message(), Examples: w.Examples,
		}
		if j.Examples == nil {
			j.Examples = []store.Drift{}
		}
		out = append(out, j)
	}
	return out, nil
}

// printDrift says what the last sweep found: one line where all is well.
func printDrift(s *session, all []driftJSON) {
	if len(all) == 0 {
		return
	}
	total := 0
	for _, d := range all {
		total += d.Drift
	}
	last := all[0].At
	for _, d := range all[1:] {
		if d.At.After(last) {
			last = d.At
		}
	}
	s.printf("Varredura de %s: deriva %d (deve ser 0)\n", last.Local().Format("02/01 15:04"), total)
	for _, d := range all {
		if d.Drift+d.Expected+d.Gone > 0 {
			s.printf("  %s\n", oneLine(d.Message))
		}
		if d.Distrusted {
			s.printf("  → o Ponte lê essa lista inteira entre as varreduras; ponte doctor diz o que fazer\n")
		}
		if d.Drift > 0 {
			printExamples(s, d.Examples)
		}
	}
}

func printExamples(s *session, examples []store.Drift) {
	const most = 3
	shown := 0
	for _, e := range examples {
		if e.Why != store.DriftMissed && e.Why != store.DriftUnstamped {
			continue
		}
		if shown++; shown > most {
			return
		}
		change := "registro novo ou mudado"
		if e.Field != "" {
			change = fmt.Sprintf("%s: %q → %q", flow.FieldTitle(e.Field), e.From, e.To)
		}
		s.printf("    %s %s – %s; mudou em %s, devia vir na janela de %s a %s\n", e.Ref, oneLine(e.Title), oneLine(change),
			e.Changed.Local().Format("02/01 15:04"), e.Since.Local().Format("02/01 15:04"), e.Until.Local().Format("02/01 15:04"))
	}
}

// distrusts are doctor's findings about sources that the sweep found to lose changes.
func (s *session) distrusts(a config.Account) ([]findingJSON, error) {
	sweeps, err := s.drift(a.ID)
	if err != nil {
		return nil, err
	}
	var out []findingJSON
	for _, d := range sweeps {
		side := record.Auvo
		if d.Source[:4] == string(record.Omie) {
			side = record.Omie
		}
		f := record.Findings{Side: side}
		detail := fmt.Sprintf("the sweep of %s found %d change(s) of %d records that %s had not told", d.At.Local().Format("2006-01-02 15:04"), d.Drift, d.Read, d.Source)
		f.Note("sweep of "+d.Source, !d.Distrusted && d.Drift == 0, detail,
			"nothing is lost: the sweep repaired them, and Ponte reads this list whole in between for a week where it is short enough (10,000 records); tell the vendor's support, with the records that ponte status --json shows")
		out = append(out, findingJSON{a.ID, f.List[0]})
	}
	return out, nil
}
