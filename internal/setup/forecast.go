package setup

import (
	"context"
	"errors"
	"slices"
	"strings"

	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A Forecast is what an account's first cycle would do.
type Forecast struct {
	Flows    []FlowForecast
	Waits    []CauseCount // what would wait for a person
	Holds    []string     // the titles of flows that a brake would hold
	Auvo     int          // calls, reads included
	Omie     int
	Seconds  int
	Complete bool // every flow read all its pages
	Trouble  string
	Choices  string // names what was said of pairs that went into it (ChoicesDigest)
}

// A FlowForecast is what would become of a flow's records.
type FlowForecast struct {
	Name                                                              string
	Read, Linked, Created, Updated, Unchanged, Excluded, Waits, Fails int
	Error                                                             string
	Examples                                                          []Example
}

// An Example is one change, or one pair that was found.
type Example struct {
	Action string // store's actions, or "link"
	To     record.Side
	Kind   record.Kind
	Title  string
	Fields []store.FieldChange
	How    string // of a link: by what the pair was found
}

// A CauseCount is how many records would wait for one cause.
type CauseCount struct {
	Cause    string
	Count    int
	Examples []string
}

// How much of a plan is kept to be shown.
const (
	mostExamples = 4 // of each kind of change of a flow
	mostPairs    = 50
	mostWaiting  = 3
)

// Read sums up a dry run that is over, from the store that it ran in.
func Read(ctx context.Context, db *store.DB, a config.Account, run store.Run) (Forecast, error) {
	f := Forecast{Complete: run.Complete, Trouble: run.Error}
	changes, err := db.RunChanges(ctx, a.ID, run.ID)
	if err != nil {
		return f, err
	}
	waits, err := db.Waits(ctx, a.ID)
	if err != nil {
		return f, err
	}
	holds, err := db.Holds(ctx, a.ID)
	if err != nil {
		return f, err
	}
	f.count(run, changes, a)
	f.wait(waits)
	for _, h := range holds {
		if of, ok := flow.Named(h.Flow); ok && !slices.Contains(f.Holds, of.Title) {
			f.Holds = append(f.Holds, of.Title)
		}
	}
	return f, f.pair(ctx, db, a.ID, run.ID)
}

// count counts the records, the changes and the calls.
func (f *Forecast) count(run store.Run, changes []store.Change, a config.Account) {
	for _, r := range run.Flows {
		f.Flows = append(f.Flows, FlowForecast{
			Name: r.Flow, Read: r.Read, Created: r.Created, Updated: r.Updated, Unchanged: r.Unchanged, Excluded: r.Excluded, Waits: r.Waiting, Fails: r.Failed, Error: r.Error,
		})
		f.Auvo += r.Calls[string(record.Auvo)]
		f.Omie += r.Calls[string(record.Omie)]
	}
	for _, c := range changes {
		switch c.To {
		case record.Auvo:
			f.Auvo++
		case record.Omie:
			f.Omie++
		}
		f.example(c.Flow, mostExamples, exampleOf(c))
	}
	f.Seconds = a.Seconds(f.Auvo, f.Omie)
}

func exampleOf(c store.Change) Example {
	e := Example{Action: c.Action, To: c.To, Kind: c.Kind, Title: c.Title}
	for _, field := range c.Fields {
		if !engine.Hidden(field.Name) {
			e.Fields = append(e.Fields, field)
		}
	}
	return e
}

func (f *Forecast) at(name string) int {
	return slices.IndexFunc(f.Flows, func(r FlowForecast) bool { return r.Name == name })
}

// example keeps an example while its kind has few.
func (f *Forecast) example(name string, most int, e Example) {
	at := f.at(name)
	if at < 0 {
		return
	}
	same := 0
	for _, x := range f.Flows[at].Examples {
		if x.Action == e.Action && x.To == e.To && x.Kind == e.Kind {
			same++
		}
	}
	if same < most {
		f.Flows[at].Examples = append(f.Flows[at].Examples, e)
	}
}

func (f *Forecast) wait(waits []store.Wait) {
	for _, w := range waits {
		at := slices.IndexFunc(f.Waits, func(c CauseCount) bool { return c.Cause == w.Cause })
		if at < 0 {
			f.Waits, at = append(f.Waits, CauseCount{Cause: w.Cause}), len(f.Waits)
		}
		c := &f.Waits[at]
		if c.Count++; len(c.Examples) < mostWaiting && w.Title != "" {
			c.Examples = append(c.Examples, w.Title)
		}
	}
	slices.SortFunc(f.Waits, func(a, b CauseCount) int { return strings.Compare(a.Cause, b.Cause) })
}

// ActionLink is the action of an example that is a pair.
const ActionLink = "link"

// pair counts the records of both sides that were found to be the same.
func (f *Forecast) pair(ctx context.Context, db *store.DB, account, run string) error {
	events, err := db.RunEvents(ctx, account, run, "linked")
	if err != nil {
		return err
	}
	for _, e := range events {
		of, ok := flow.Of(e.Ref.Kind)
		if !ok || e.Ref.Side != record.Auvo {
			continue // each pair stands under both sides
		}
		_, err := db.Link(ctx, account, e.Ref.Kind, e.Ref.Side, e.Ref.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue // an order's, of which its create tells
		}
		item, ierr := db.Item(ctx, account, e.Ref)
		if err = errors.Join(err, ierr); err != nil {
			return err
		}
		if at := f.at(of.Name); at >= 0 {
			f.Flows[at].Linked++
			f.example(of.Name, mostPairs, Example{Action: ActionLink, Kind: e.Ref.Kind, Title: item.Title, How: e.Text})
		}
	}
	return nil
}
