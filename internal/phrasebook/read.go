package phrasebook

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"ponte/internal/call"
)

// A Said is what a vendor answered to a call.
type Said struct {
	Op      string
	Write   bool
	Status  int
	Code    string
	Text    string
	Now     time.Time // by the vendor's clock, in its time zone
	Refused bool      // it is known to be a refusal; only the cause is asked
}

// A Verdict is what a text asks for, in the members of call.Error.
type Verdict struct {
	Entry    string // "" when no entry knows the text
	Reaction call.Reaction
	Cause    string
	Field    string
	ID       string
	Ours     bool
	Wait     time.Duration
	Asks     time.Duration // how long the text asks to wait, whatever the entry makes of it
}

// Read says what an answer's text asks for. It always decides.
func (b *Book) Read(s Said) Verdict {
	t := b.open(s.Text)
	v := Verdict{Reaction: call.WaitForPerson, Cause: "refused", Field: b.Field.first(s.Text), Asks: b.seconds(t.folded)}
	refused := s.Refused
	for _, e := range b.Entries {
		switch {
		case refused && !e.refuses(), !e.asks(s), !e.matches(t):
		case e.Reaction == call.WaitForPerson && e.Cause == "":
			refused = true
		default:
			return b.verdict(e, s, t, v)
		}
	}
	return v
}

func (b *Book) verdict(e Entry, s Said, t text, v Verdict) Verdict {
	v.Entry, v.Reaction, v.Cause, v.Ours = e.ID, e.Reaction, e.Cause, e.Ours
	if v.Reaction == call.Unclear && !s.Write {
		v.Reaction = call.Retry
	}
	switch e.Wait {
	case "seconds":
		v.Wait = v.Asks
	case "clock":
		v.Wait = b.untilClock(t.folded, s.Now)
	}
	if v.Wait > 0 {
		v.Wait += time.Duration(e.Margin)
	} else {
		v.Wait = time.Duration(e.Otherwise)
	}
	if e.Reaction == call.Exists {
		v.ID = b.id(t.folded)
	}
	return v
}

// Is tells whether a text is of the family of that name.
func (b *Book) Is(id, said string) bool {
	n := slices.IndexFunc(b.Entries, func(e Entry) bool { return e.ID == id })
	return n >= 0 && b.Entries[n].matches(b.open(said))
}

// Explain returns the entry that says what the text of a refusal means, with the
// parts of the text that it names. Only the text counts, so that a record that waits
// is explained by what was learnt since it was refused.
func (b *Book) Explain(said string) (Entry, map[string]string, bool) {
	t := b.open(said)
	for _, e := range b.Entries {
		if !e.refuses() || e.Says == "" || len(e.Match) == 0 && e.Raw.Regexp == nil || !e.matches(t) {
			continue
		}
		return e, e.Extract.parts(t.folded), true
	}
	return Entry{}, nil, false
}

// asks tells whether an entry is about such a call.
func (e Entry) asks(s Said) bool {
	switch {
	case e.On == "read" && s.Write, e.On == "write" && !s.Write:
		return false
	case len(e.Ops) > 0 && !slices.ContainsFunc(e.Ops, func(op string) bool { return strings.HasPrefix(s.Op, op) }):
		return false
	case len(e.Status) > 0 && !slices.Contains(e.Status, s.Status):
		return false
	}
	return len(e.Code) == 0 || slices.Contains(e.Code, s.Code)
}

// matches tells whether an entry's patterns fit a text.
func (e Entry) matches(t text) bool {
	for _, p := range e.Match {
		if !p.MatchString(t.bare) {
			return false
		}
	}
	if e.Raw.Regexp != nil && !e.Raw.MatchString(t.folded) {
		return false
	}
	return e.Unless.Regexp == nil || !e.Unless.MatchString(t.bare)
}

// A text is what was said, made comparable, with its data and without.
type text struct{ folded, bare string }

func (b *Book) open(said string) text {
	folded := Fold(said)
	if b.Data.Regexp == nil {
		return text{folded, folded}
	}
	return text{folded, b.Data.ReplaceAllString(folded, "[]")}
}

// Fold makes texts comparable: lower case, no accents, single blanks.
func Fold(s string) string {
	strip := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	plain, _, err := transform.String(strip, s)
	if err != nil {
		plain = s
	}
	return strings.Join(strings.Fields(strings.ToLower(plain)), " ")
}

func (b *Book) id(folded string) string {
	for _, p := range b.IDs {
		if id := p.first(folded); id != "" {
			return id
		}
	}
	return ""
}

// seconds bounds what a hostile text may make us wait.
func (b *Book) seconds(folded string) time.Duration {
	n, err := strconv.Atoi(b.Seconds.first(folded))
	if err != nil {
		return 0
	}
	return time.Duration(min(n, 24*60*60)) * time.Second
}

// untilClock returns how far away the clock time of the text is, 0 when it is past
// or too far to be meant for us.
func (b *Book) untilClock(folded string, now time.Time) time.Duration {
	if b.Clock.Regexp == nil {
		return 0
	}
	m := b.Clock.FindStringSubmatch(folded)
	if m == nil {
		return 0
	}
	at, err := time.ParseInLocation("15:4:5", strings.Join(m[1:], ":"), now.Location())
	if err != nil {
		return 0
	}
	at = time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), at.Second(), 0, now.Location())
	if at.Before(now.Add(-12 * time.Hour)) {
		at = at.AddDate(0, 0, 1) // said just before midnight
	}
	if wait := at.Sub(now); wait > 0 && wait < 10*time.Minute {
		return wait
	}
	return 0
}

// first returns the first part of the first match, "" when there is none.
func (p pattern) first(s string) string {
	if p.Regexp == nil {
		return ""
	}
	if m := p.FindStringSubmatch(s); len(m) > 1 {
		return m[1]
	}
	return ""
}

// parts returns the named parts of the first match.
func (p pattern) parts(s string) map[string]string {
	parts := map[string]string{}
	if p.Regexp == nil {
		return parts
	}
	for n, value := range p.FindStringSubmatch(s) {
		if name := p.SubexpNames()[n]; name != "" {
			parts[name] = value
		}
	}
	return parts
}

// A pattern is a regular expression in a book; nil: none.
type pattern struct{ *regexp.Regexp }

// patterns must all be found; a book may write one alone.
type patterns []pattern

type duration time.Duration
