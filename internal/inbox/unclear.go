// Package inbox is what the office finds on its desk: what waits, in groups with
// one next step each, and the writes whose outcome nobody knows. It turns what the
// store keeps into the sentences of flow, for the command line and the web alike;
// it asks nothing and decides nothing.
package inbox

import (
	"strconv"
	"time"

	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// An Unclear is a write of which nobody knew, or knows, whether it was made.
type Unclear struct {
	Flow   string              `json:"flow"`
	Source string              `json:"source"` // the record whose decision it was: "task:812"
	Title  string              `json:"title"`
	Auvo   string              `json:"auvo,omitempty"`
	Omie   string              `json:"omie,omitempty"`
	Asked  string              `json:"asked"`            // what was asked, one sentence
	Method string              `json:"method,omitempty"` // the vendor's, where an answer named it
	Action string              `json:"action"`
	Kind   record.Kind         `json:"kind"`
	To     record.Side         `json:"to"`
	Code   string              `json:"code,omitempty"` // the integration code of a create
	Fields []store.FieldChange `json:"fields"`
	Order  *record.Order       `json:"order,omitempty"`

	Why    string     `json:"why"` // what came back instead of an answer
	Sent   time.Time  `json:"sent_at"`
	Since  time.Time  `json:"since"`
	How    string     `json:"how"`      // store.Look…
	ByWhat string     `json:"how_text"` // the same, as a sentence
	Looked int        `json:"looked"`
	Last   *time.Time `json:"looked_at,omitempty"`
	Found  string     `json:"found,omitempty"`
	NotYet *time.Time `json:"not_before,omitempty"` // not looked up before; nil: the next cycle does, or a person must
	Next   string     `json:"next,omitempty"`       // what happens now, or what to do

	Ended *time.Time `json:"ended_at,omitempty"`
	Made  *bool      `json:"made,omitempty"` // with ended_at
	By    string     `json:"ended_by,omitempty"`
}

// lookNames say how a write is looked up.
var lookNames = map[string]string{
	store.LookByCode:   "pelo código de integração",
	store.LookByMatch:  "pelo que liga os dois cadastros (código, título ou documento)",
	store.LookAtRecord: "pelo que o registro contém",
	store.LookByPerson: "só uma pessoa pode ver",
}

// UnclearOf tells of an unclear write at an instant.
func UnclearOf(u store.Unclear, now time.Time) Unclear {
	c := u.Change
	out := Unclear{
		Flow: c.Flow, Source: c.Source.String(), Title: c.Title, Auvo: c.Auvo, Omie: c.Omie, Asked: asked(c), Method: u.Method,
		Action: c.Action, Kind: c.Kind, To: c.To, Code: c.Code, Fields: []store.FieldChange{}, Order: c.Order,
		Why: u.Why, Sent: c.Sent.UTC(), Since: u.Since.UTC(), How: u.How, ByWhat: lookNames[u.How],
		Looked: u.Looked, Last: given(u.Last), Found: u.Found, Ended: given(u.Ended), By: u.By,
	}
	for _, f := range c.Fields {
		if !engine.Hidden(f.Name) {
			out.Fields = append(out.Fields, f)
		}
	}
	if out.Ended != nil {
		made := u.As == store.Done
		out.Made = &made
		return out
	}
	if c.NotUntil.After(now) && u.How != store.LookByPerson {
		out.NotYet = given(c.NotUntil)
	}
	out.Next = next(u, c)
	return out
}

func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// asked is one sentence about what was asked of a vendor.
func asked(c store.Change) string {
	text := flow.ActionTitle(c.Action) + " " + flow.KindTitle(c.Kind)
	switch {
	case c.Action == "create" && c.Code != "":
		text += " com o código " + c.Code
	case c.To == record.Auvo && c.Auvo != "":
		text += " " + c.Auvo
	case c.To == record.Omie && c.Omie != "":
		text += " " + c.Omie
	}
	return text + " no " + c.To.Title() + "."
}

func next(u store.Unclear, c store.Change) string {
	if u.How == store.LookByPerson {
		return flow.Say("unknown-outcome", map[string]string{"what": "person", "side": string(c.To), "ref": c.Source.String()}).Hint
	}
	if u.Looked > 0 {
		return "O Ponte procurou " + times(u.Looked) + " e procura de novo em cada ciclo. Quem souber que não foi feita pode usar “ponte retry " + c.Source.String() + " --not-made”."
	}
	return flow.Say("unknown-outcome", nil).Hint
}

func times(n int) string {
	if n == 1 {
		return "uma vez"
	}
	return strconv.Itoa(n) + " vezes"
}
