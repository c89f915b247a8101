// Package alert tells people what is wrong with an account, and how its day was:
// by e-mail and by a signed webhook.
//
// What is wrong is found by pure rules (rules.go, a table) over what the store
// knows (Facts); one trouble is one cause, whatever the number of records. A
// watcher looks at all accounts each minute and keeps what it found: what is new is
// told once, and again only when it ended and began anew (store.Watch). Messages
// are written before they are sent; the queue's jobs send them (send.go).
//
// It calls no vendor and decides nothing about records.
package alert

import (
	"fmt"
	"time"

	"ponte/internal/config"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// Facts are what the rules and the digest know of an account.
type Facts struct {
	store.AccountCensus
	Settings config.Account
	Now      time.Time
	Awake    time.Time // since when somebody looks: nothing was late before
	Place    *time.Location
	Blocks   map[record.Side]time.Time // until when a side refuses the key
	Refused  record.Side               // the side whose key the last run met refused; "" neither
	Made     []store.DoneCount         // documents made in the last four weeks and today, by the hour
	Did      []store.DoneCount         // all that was done on the day before, for a digest
}

// A rule finds troubles of one kind. (pure)
type rule struct {
	name string
	find func(Facts) []Trouble
}

// A Trouble is one thing that is wrong now.
type Trouble struct {
	About string // what tells it from others of its rule
	Title string
	Text  string
}

// Find is what is wrong with an account now, by the table of rules. A paused
// account is left in peace: a person knows. (pure)
func Find(f Facts) []store.Alert {
	if f.Paused {
		return nil
	}
	var out []store.Alert
	for _, r := range rules {
		for _, t := range r.find(f) {
			out = append(out, store.Alert{Rule: r.name, About: t.About, Title: t.Title, Text: t.Text})
		}
	}
	return out
}

// Linger is how long a trouble must stay away before it has ended: two cycles, so
// that what each second run meets again is one trouble and not many. (pure)
func Linger(a config.Account) time.Duration {
	return max(15*time.Minute, 2*a.Every.Std()+5*time.Minute)
}

// stamp is an instant for people.
func (f Facts) stamp(at time.Time) string { return at.In(f.Place).Format("02/01 15:04") }

// late is how far behind a source may be: three cycles, half an hour at least.
func (f Facts) late() time.Duration { return store.LateAfter(f.Settings.Every.Std()) }

// sides are the feeds of the flows that are on, by side.
func (f Facts) sides() map[record.Side][]string {
	out := map[record.Side][]string{}
	for _, fl := range flow.All {
		if !fl.On(f.Settings) {
			continue
		}
		for _, feed := range fl.Feeds {
			side := sideOf(feed)
			out[side] = append(out[side], feed)
		}
	}
	return out
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
