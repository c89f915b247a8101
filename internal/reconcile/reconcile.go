// Package reconcile merges two records field by field against what both sides
// last agreed. It is pure: values in, values out; no clock, no error.
//
// For each field, with base the agreed value, a Auvo's and o Omie's:
//
//	a same as o                     agreed                    (equal on both sides is no conflict)
//	a or o not held                 nothing                   (a side that does not know the field)
//	no base (linking): a empty      Auvo takes o
//	no base (linking): o empty      Omie takes a
//	no base (linking): both differ  conflict                  (where Omie leads: its value, no conflict)
//	a same as base                  Auvo takes o
//	o same as base                  Omie takes a              (where Omie leads: kept, or put back with Restore)
//	all three differ                conflict                  (where Omie leads: its value, no conflict)
//
// A field that a person undid has a base of its own for each side: what that side
// held then. While both are as they were, nothing happens; later edits are told from
// there.
//
// A conflict is settled by what a person took, else by the policy, else it
// waits. A write to a side that the rule's way forbids is left out, and the
// field keeps its old base, so that nothing is forgotten.
package reconcile

import "ponte/internal/record"

// A Way says where a field's changes may go.
type Way string

// The ways.
const (
	Both   Way = "both"
	ToAuvo Way = "to-auvo" // Omie's edits cross; Auvo's stay where they are
	ToOmie Way = "to-omie"
)

// A Rule says how one field crosses.
type Rule struct {
	Field string
	Way   Way
	// Leads: the way's source always knows best: at linking its value is taken
	// and no conflict is counted (products, services).
	Leads bool
	// Own: written only over nothing or over what Ponte wrote (external ids):
	// a foreign value that is not empty is never overwritten.
	Own bool
}

// A Policy settles the same field changed on both sides.
type Policy string

// The policies.
const (
	OmieWins Policy = "omie"
	AuvoWins Policy = "auvo"
	Ask      Policy = "ask"
)

// Input is one pair of records and how to merge it.
type Input struct {
	Base    record.Fields // what both sides last agreed; nil at linking
	Auvo    record.Fields
	Omie    record.Fields
	Rules   []Rule
	Policy  Policy
	Taken   map[string]record.Side   // by field: the side that a person took
	Restore bool                     // the sweep: put back what someone changed on the following side
	Undone  map[string]record.Values // fields that a person undid, with what each side held then
}

// A Change is one field to be written to one side.
type Change struct {
	Field    string
	From, To string
}

// A Conflict is one field changed on both sides.
type Conflict struct {
	Field            string
	Base, Auvo, Omie string
	Settled          record.Side // whose value was taken; "" while it waits
	ByPerson         bool
}

// A Result is what a merge asks for.
type Result struct {
	ToAuvo, ToOmie []Change
	Conflicts      []Conflict
	// Agreed holds the fields that are equal now. A written field joins it only
	// when its write has been made.
	Agreed record.Fields
	// Left are the fields that differ, are written nowhere and wait for nobody: what
	// changed there does not cross that way.
	Left []string
}

// Merge decides each rule's field.
func Merge(in Input) Result {
	res := Result{Agreed: record.Fields{}}
	for _, r := range in.Rules {
		before := res.told()
		res.merge(in, r)
		if res.told() == before && differs(in, r.Field) {
			res.Left = append(res.Left, r.Field)
		}
	}
	return res
}

// told counts what is written and what waits for a person.
func (res *Result) told() int {
	n := len(res.ToAuvo) + len(res.ToOmie)
	for _, c := range res.Conflicts {
		if c.Settled == "" {
			n++
		}
	}
	return n
}

// differs tells whether both sides hold a field, not alike.
func differs(in Input, field string) bool {
	a, heldA := in.Auvo[field]
	o, heldO := in.Omie[field]
	return heldA && heldO && !record.Same(field, a, o)
}

func (res *Result) merge(in Input, r Rule) {
	a, heldA := in.Auvo[r.Field]
	o, heldO := in.Omie[r.Field]
	if !heldA || !heldO {
		return
	}
	if record.Same(r.Field, a, o) {
		res.Agreed[r.Field] = o
		return
	}
	b, agreed := in.Base[r.Field]
	bases := record.Values{Auvo: b, Omie: b}
	if undone, ok := in.Undone[r.Field]; ok {
		bases, agreed = undone, true
		if record.Same(r.Field, a, bases.Auvo) && record.Same(r.Field, o, bases.Omie) {
			return
		}
	}
	switch {
	case r.Own:
		if a == "" || (agreed && record.Same(r.Field, a, bases.Auvo)) {
			res.write(r, record.Auvo, a, o)
		}
	case r.Leads:
		if !agreed || in.Restore || !record.Same(r.Field, o, bases.Omie) {
			res.write(r, record.Auvo, a, o)
		}
	case !agreed && a == "":
		res.write(r, record.Auvo, a, o)
	case !agreed && o == "":
		res.write(r, record.Omie, o, a)
	case agreed && record.Same(r.Field, a, bases.Auvo):
		res.write(r, record.Auvo, a, o)
	case agreed && record.Same(r.Field, o, bases.Omie):
		res.write(r, record.Omie, o, a)
	default:
		res.settle(in, r, Conflict{Field: r.Field, Base: b, Auvo: a, Omie: o})
	}
}

// settle decides a field that both sides changed.
func (res *Result) settle(in Input, r Rule, c Conflict) {
	c.Settled, c.ByPerson = in.Taken[r.Field], in.Taken[r.Field] != ""
	if c.Settled == "" {
		switch in.Policy {
		case OmieWins:
			c.Settled = record.Omie
		case AuvoWins:
			c.Settled = record.Auvo
		}
	}
	res.Conflicts = append(res.Conflicts, c)
	switch c.Settled {
	case record.Omie:
		res.write(r, record.Auvo, c.Auvo, c.Omie)
	case record.Auvo:
		res.write(r, record.Omie, c.Omie, c.Auvo)
	}
}

// write asks for a field to be written to side, where the rule's way allows it.
func (res *Result) write(r Rule, side record.Side, from, to string) {
	change := Change{Field: r.Field, From: from, To: to}
	switch {
	case side == record.Auvo && r.Way != ToOmie:
		res.ToAuvo = append(res.ToAuvo, change)
	case side == record.Omie && r.Way != ToAuvo:
		res.ToOmie = append(res.ToOmie, change)
	}
}
