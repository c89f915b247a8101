// Package flow is the table of flows (All) and the rules of each: what crosses,
// what is the same, what is made, what waits and what is excluded. Its
// functions are pure: values in, values out.
//
// A mirror keeps two records alike. A derive turns a source that is ready into
// orders, once. The engine runs both without knowing what they are about.
//
// Adding a flow of an existing kind is a row in all.go and a file of rules
// beside it; see docs/adding-a-flow.md.
package flow

import (
	"time"

	"ponte/internal/call"
	"ponte/internal/config"
	"ponte/internal/reconcile"
	"ponte/internal/record"
)

// A Flow is one row of the table. Exactly one of Mirror and Derive is set.
type Flow struct {
	Name  string // for ever: kebab-case, plural
	Title string // Portuguese, for people
	Kind  record.Kind
	On    func(config.Account) bool
	Feeds []string // the cursors that tell how fresh it is
	// Urgency is that of its calls, when the IP's budget is short.
	Urgency call.Urgency
	Mirror  *Mirror
	Derive  *Derive
}

// Fresh is the instant before which every change of the flow's feeds was
// processed, by how far each was read; zero while one never was.
func (f Flow) Fresh(done map[string]time.Time) time.Time {
	var oldest time.Time
	for n, feed := range f.Feeds {
		if at := done[feed]; n == 0 || at.Before(oldest) {
			oldest = at
		}
	}
	return oldest
}

// A Mirror says how two records of a kind are kept alike.
type Mirror struct {
	// Rules are the fields, and which way each crosses.
	Rules func(config.Account) []reconcile.Rule
	// Policy settles a field that both sides changed.
	Policy func(config.Account) reconcile.Policy
	// Matches find the other side's record, best first.
	Matches []Match
	// Doubt, when set, is a likeness that proves nothing: who shares it waits.
	Doubt *Match
	// Sole, when set, is what a side lets one record hold only: what another holds is not sent.
	Sole *Sole
	// Make says whether an unmatched item is made on the other side.
	Make func(config.Account, record.Item) Making
	// Lookback is how far the first run, and the first after a gap, looks back.
	Lookback func(config.Account) config.Duration
	// FirstLoad: the first read carries everything over, not only its window (services).
	FirstLoad bool
	// Code is the key under which an item is made on the other side.
	Code func(record.Item) string
	// SkipFeeds names the feeds that the account's settings make needless; nil: none.
	SkipFeeds func(config.Account) []string
}

// A Match is a key that both sides hold of the same record. Value gives it for
// an item of either side, "" when the item has none.
type Match struct {
	Why      string // Portuguese: "pelo CPF/CNPJ"
	Name     string // what the key is called in messages: "CPF/CNPJ"
	AuvoKey  string // the key's name on each side
	OmieKey  string
	Value    func(record.Item) string
	OmieForm func(string) string // the value as Omie holds it; nil: as it is
}

// Key returns the key by which side holds value.
func (m Match) Key(side record.Side, value string) record.Key {
	if side == record.Auvo {
		return record.Key{Name: m.AuvoKey, Value: value}
	}
	if m.OmieForm != nil {
		value = m.OmieForm(value)
	}
	return record.Key{Name: m.OmieKey, Value: value}
}

// Sole is a field that a side refuses when another of its records holds the value.
type Sole struct {
	Side  record.Side
	Field string
	Key   string // the key by which the holders are found
	Cause string
}

// A Making is the answer to whether an unmatched item is made on the other side.
type Making struct {
	OK     bool
	Why    string        // Portuguese: why not, or the rule that says so
	Fields record.Fields // what to send
}

// sameValue is the Match value of a key that both sides hold alike.
func sameValue(name string) func(record.Item) string {
	return func(i record.Item) string { return i.Key(name) }
}
