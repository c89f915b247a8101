package inbox

import (
	"slices"
	"time"

	"ponte/internal/config"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A Group is all that waits for one cause.
type Group struct {
	Cause    string `json:"cause"`
	Headline string `json:"headline"` // what waits, and how many
	Count    int    `json:"count"`
	Steps    []Step `json:"steps"`
}

// A Step is a next step and the records that it is for: those of one cause may ask
// for different ones.
type Step struct {
	Hint     string        `json:"hint"`
	Settings []flow.Remedy `json:"settings"` // the settings whose change may end the wait
	Waits    []Wait        `json:"waits"`
}

// A Wait is one record that waits, as people read it.
type Wait struct {
	Account  string     `json:"account"`
	Flow     string     `json:"flow"`
	Ref      record.Ref `json:"ref"`
	Auvo     string     `json:"auvo"`
	Omie     string     `json:"omie"`
	Title    string     `json:"title"`
	Cause    string     `json:"cause"`
	Message  string     `json:"message"`
	Hint     string     `json:"hint"`
	Since    time.Time  `json:"since"`
	Attempts int        `json:"attempts"`
}

// WaitOf puts a wait into words.
func WaitOf(account string, w store.Wait) Wait {
	p := flow.Say(w.Cause, w.Detail)
	out := Wait{
		Account: account, Flow: w.Flow, Ref: w.Ref, Auvo: w.Auvo, Omie: w.Omie, Title: w.Title, Cause: w.Cause,
		Message: p.Message, Hint: p.Hint, Since: w.Since.UTC(), Attempts: w.Attempts,
	}
	if out.Auvo == "" && w.Ref.Side == record.Auvo {
		out.Auvo = w.Ref.ID
	}
	if out.Omie == "" && w.Ref.Side == record.Omie {
		out.Omie = w.Ref.ID
	}
	return out
}

// Groups puts an account's waits together by cause and next step, in the order in
// which they came. What is ignored is the caller's to leave out.
func Groups(a config.Account, waits []store.Wait) []Group {
	groups := []Group{}
	for _, w := range waits {
		told := WaitOf(a.ID, w)
		n := slices.IndexFunc(groups, func(g Group) bool { return g.Cause == w.Cause })
		if n < 0 {
			groups, n = append(groups, Group{Cause: w.Cause}), len(groups)
		}
		groups[n].add(told, flow.Remedies(a, w.Flow, w.Cause, w.Detail))
	}
	return groups
}

func (g *Group) add(w Wait, settings []flow.Remedy) {
	g.Count++
	g.Headline = flow.Headline(g.Cause, g.Count)
	n := slices.IndexFunc(g.Steps, func(s Step) bool { return s.Hint == w.Hint && slices.Equal(s.Settings, settings) })
	if n < 0 {
		if settings == nil {
			settings = []flow.Remedy{}
		}
		g.Steps, n = append(g.Steps, Step{Hint: w.Hint, Settings: settings}), len(g.Steps)
	}
	g.Steps[n].Waits = append(g.Steps[n].Waits, w)
}

// Without leaves out the waits of which unclear writes tell more.
func Without(waits []store.Wait, unclear []Unclear) []store.Wait {
	return slices.DeleteFunc(waits, func(w store.Wait) bool {
		return w.Cause == "unknown-outcome" && slices.ContainsFunc(unclear, func(u Unclear) bool { return u.Source == w.Ref.String() })
	})
}
