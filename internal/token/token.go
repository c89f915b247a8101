// Package token holds the rules of the tokens that programs bring to the API: how
// one is made and known again, what its scopes let it do, how long it lasts. The
// API, the pages and `ponte token` share it. It stores nothing and serves nothing.
//
// A token is "ponte_" and one of signin's, 43 letters of base64url: the beginning has
// those who search code and logs for leaked secrets recognise one. It is shown once; of
// it its digest alone is kept (signin.Digest).
package token

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"ponte/internal/record"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// A Scope is something that a token lets its bearer do. None contains another.
type Scope string

// The scopes.
const (
	Read    Scope = "read"    // accounts, runs, records, what waits
	Operate Scope = "operate" // retry and ignore what waits
	Plan    Scope = "plan"    // have a dry run made, and read it
)

var all = []Scope{Read, Operate, Plan}

var titles = map[Scope]string{Read: "Ler", Operate: "Resolver pendências", Plan: "Pedir simulações"}

var does = map[Scope]string{
	Read:    "Vê contas, execuções, registros e o que espera, com nomes e dados de clientes.",
	Operate: "Manda tentar de novo e ignora o que espera.",
	Plan:    "Pede o que a próxima rodada faria: lê o Auvo e o Omie, e não grava em nenhum.",
}

// Scopes are all of them.
func Scopes() []Scope { return slices.Clone(all) }

// Title is the scope's name for people, in Portuguese.
func (s Scope) Title() string { return titles[s] }

// Does says in Portuguese what it lets a program do.
func (s Scope) Does() string { return does[s] }

// Most is the longest name of a token, in letters.
const Most = 60

// Lasts is how long a token is good for unless somebody says otherwise.
const Lasts = 365 * 24 * time.Hour

const beginning = "ponte_"

var form = regexp.MustCompile(`^ponte_[A-Za-z0-9_-]{43}$`)

// Plausible tells whether a text looks like a token.
func Plausible(text string) bool { return form.MatchString(text) }

// New makes a token of what t says: it has its id and digest from here. The text is
// the token itself, which is kept nowhere.
func New(t store.APIToken, now time.Time) (made store.APIToken, text string) {
	text = beginning + signin.NewToken()
	t.ID, t.Digest, t.Created = strings.ToLower(ulid.Make().String()), signin.Digest(text), now
	t.Name = strings.TrimSpace(t.Name)
	slices.Sort(t.Scopes)
	t.Scopes = slices.Compact(t.Scopes)
	slices.Sort(t.Accounts)
	t.Accounts = slices.Compact(t.Accounts)
	return t, text
}

// A Flaw is why no token can be made.
type Flaw string

// The flaws.
const (
	NoName    Flaw = "name"   // none, too long, or with what is no letter
	NoScope   Flaw = "scope"  // none, or one that nobody knows
	IsOver    Flaw = "expiry" // it would be over already
	Faultless Flaw = ""
)

// FlawOf looks at what a token is to be.
func FlawOf(t store.APIToken, now time.Time) Flaw {
	name := strings.TrimSpace(t.Name)
	switch {
	case name == "" || record.Runes(name) > Most || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u202e' }):
		return NoName
	case len(t.Scopes) == 0 || slices.ContainsFunc(t.Scopes, func(s string) bool { return !slices.Contains(all, Scope(s)) }):
		return NoScope
	case !t.Expires.IsZero() && !t.Expires.After(now):
		return IsOver
	}
	return Faultless
}

// UntilTheEndOf is when a day is over.
func UntilTheEndOf(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, day.Location())
}

// Titles are the names of scopes for people.
func Titles(scopes []string) string {
	var out []string
	for _, s := range scopes {
		out = append(out, Scope(s).Title())
	}
	return strings.Join(out, ", ")
}
