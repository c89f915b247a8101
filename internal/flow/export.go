package flow

import (
	"slices"

	"ponte/internal/record"
)

// A Standing is what has become of an exported order in Omie, as far as
// altering it goes (P8).
type Standing string

// The standings.
const (
	Open      Standing = "open"
	Billed    Standing = "billed"
	Cancelled Standing = "cancelled"
	Shared    Standing = "shared" // adopted for more than one source: what one asks for says nothing about the whole of it
	Frozen    Standing = "frozen" // in a stage that the account does not alter
	Gone      Standing = "gone"   // no longer in Omie
)

// StandingOf is the standing of an order as it was just read. One that was
// billed and then cancelled is cancelled. shared: several sources have it.
func StandingOf(held record.Item, found, shared bool, frozenStages []string) Standing {
	switch {
	case !found:
		return Gone
	case held.Fact(record.FactCancelled) == "true":
		return Cancelled
	case held.Fact(record.FactBilled) == "true":
		return Billed
	case shared:
		return Shared
	case slices.Contains(frozenStages, held.Fact(record.FactStage)):
		return Frozen
	}
	return Open
}

// A Parting is what happens to an order whose source was deleted, or no longer
// meets the rules or asks for it.
type Parting string

// The partings.
const (
	LeaveIt  Parting = ""       // it is gone or cancelled already: nothing is left to do
	TellOf   Parting = "wait"   // it stays as it is, and a person looks at it
	CancelIt Parting = "cancel" // the account has it cancelled
)

// Part says what happens to an order whose source waits for cause, by its
// standing in Omie (design.md §7, After export).
func Part(cause string, s Standing, onDelete string) Parting {
	switch {
	case s == Cancelled, s == Gone:
		return LeaveIt
	case cause == "deleted-after-export" && s == Open && onDelete == "cancel":
		return CancelIt
	}
	return TellOf
}

// OrderDetail names an order in a wait: what it is, its number where known,
// its code, and how it stands.
func OrderDetail(kind record.Kind, number, code string, s Standing) map[string]string {
	return map[string]string{"order": string(kind), "number": number, "code": code, "what": string(s)}
}
