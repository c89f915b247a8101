// Package phrasebook holds what the vendors say when they refuse or fail, and what
// that means: books/*.yaml, data with a version. A text that nobody knew is an entry
// there, not code. Both clients ask a book what an answer asks for (Read); the
// sentences for people ask it what a refusal means and what to do (Explain).
//
// What no entry knows is refused, with the vendor's own words, and waits for a
// person: it is never retried blindly and never looped (P6). Order matters: the first
// entry that applies decides.
//
// A member of an entry that is absent asks nothing. What an entry may say:
//
//	id          its name, once a book
//	match       patterns that must all be found in the folded text without its data
//	raw         the same, with its data
//	unless      a pattern that must not be found
//	on          read or write
//	ops         how the vendor's method begins, one of these
//	status      one of these HTTP statuses
//	code        one of these vendor codes
//	reaction    what to do (call.Reaction). unclear: a read is simply made again.
//	            wait-for-person without a cause: an entry below may name one
//	cause       with wait-for-person: the waiting cause (contract.md)
//	ours        with exists: the text names the code that we sent
//	wait        seconds or clock: the text says how long, or until when
//	margin      more than the text says; otherwise: when it says nothing
//	extract     names parts of the folded text for says and do
//	says, do    the meaning and the next step, in Portuguese
//	example     with says: such a text, as the vendor writes it
//	settings    which settings of the account are the remedy (flow.Remedies)
//	source      where the text was seen; confidence: doc, code, one, infer or guess
package phrasebook

import (
	"embed"
	"fmt"
	"strings"

	"ponte/internal/call"
)

//go:embed books/*.yaml
var files embed.FS

// The books of both vendors. Embedded data that does not read is our own mistake.
var (
	Auvo = must("auvo")
	Omie = must("omie")
)

// Of returns the book of a side, nil when there is none.
func Of(side string) *Book {
	for _, b := range []*Book{Auvo, Omie} {
		if b.Side == side {
			return b
		}
	}
	return nil
}

func must(name string) *Book {
	raw, err := files.ReadFile("books/" + name + ".yaml")
	if err != nil {
		panic(err)
	}
	b, err := parse(raw)
	if err != nil {
		panic(fmt.Sprintf("phrasebook: %s.yaml: %v", name, err))
	}
	return b
}

// A Book is the texts of one vendor.
type Book struct {
	Version string            `yaml:"version"`
	Side    string            `yaml:"side"`
	Data    pattern           `yaml:"data"`    // what stands for data in a folded text; it is emptied
	Field   pattern           `yaml:"field"`   // the field that a text names, as the text spells it
	Seconds pattern           `yaml:"seconds"` // how long it asks to wait
	Clock   pattern           `yaml:"clock"`   // until when: hour, minute, second
	IDs     []pattern         `yaml:"ids"`     // the id of the record that exists
	Fields  map[string]string `yaml:"fields"`  // the vendor's tags, lower case, for people
	Entries []Entry           `yaml:"entries"`
}

// An Entry is one family of texts.
type Entry struct {
	ID         string        `yaml:"id"`
	Match      patterns      `yaml:"match"`
	Raw        pattern       `yaml:"raw"`
	Unless     pattern       `yaml:"unless"`
	On         string        `yaml:"on"`
	Ops        []string      `yaml:"ops"`
	Status     []int         `yaml:"status"`
	Code       []string      `yaml:"code"`
	Reaction   call.Reaction `yaml:"reaction"`
	Cause      string        `yaml:"cause"`
	Ours       bool          `yaml:"ours"`
	Wait       string        `yaml:"wait"`
	Margin     duration      `yaml:"margin"`
	Otherwise  duration      `yaml:"otherwise"`
	Extract    pattern       `yaml:"extract"`
	Says       string        `yaml:"says"`
	Do         string        `yaml:"do"`
	Example    string        `yaml:"example"`
	Settings   []string      `yaml:"settings"`
	Source     string        `yaml:"source"`
	Confidence string        `yaml:"confidence"`
}

// refuses tells whether an entry names what a refusal is about.
func (e Entry) refuses() bool { return e.Reaction == call.WaitForPerson && e.Cause != "" }

// FieldTitle is a vendor's tag as people call it, the tag itself when no book has it.
func FieldTitle(tag string) string {
	for _, b := range []*Book{Omie, Auvo} {
		if title, ok := b.Fields[strings.ToLower(tag)]; ok {
			return title
		}
	}
	return tag
}
