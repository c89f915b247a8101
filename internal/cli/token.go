package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"ponte/internal/audit"
	"ponte/internal/store"
	"ponte/internal/token"
)

type tokenCmd struct {
	Add    tokenAddCmd    `cmd:"" help:"Make a token with which a program uses the API, and print it once."`
	List   tokenListCmd   `cmd:"" help:"List tokens, what they may do and when they were last used."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token at once."`
}

type tokenAddCmd struct {
	Name    string   `arg:"" help:"What people call the program."`
	Scope   []string `required:"" enum:"read,operate,plan" help:"What it may do (${enum}); several with commas between them."`
	Account []string `help:"Only these accounts; all when none is named."`
	Expires string   `help:"The last day on which it is good (YYYY-MM-DD), or never; a year from now when empty."`
}

func (tokenAddCmd) Help() string {
	return "read: accounts, runs, records, what waits. operate: retry and ignore. plan: have a dry run made. None contains another.\n" +
		"The token is shown this once and kept nowhere: of it the database has a digest. See docs/api.md.\n\n" +
		"Example:\n  ponte token add n8n --scope read,operate --account acme --expires 2027-12-31"
}

func (c *tokenAddCmd) Run(s *session) error {
	until, err := c.until()
	if err != nil {
		return err
	}
	db, err := s.open()
	if err != nil {
		return err
	}
	for _, id := range c.Account {
		if _, err := db.Account(s.ctx, id); err != nil {
			return knownAccount(id, err)
		}
	}
	t := store.APIToken{Name: c.Name, Scopes: c.Scope, Accounts: c.Account, Expires: until, By: s.person()}
	if flaw := token.FlawOf(t, time.Now()); flaw != token.Faultless {
		return usage("%s", map[token.Flaw]string{
			token.NoName: fmt.Sprintf("the name must have 1 to %d letters, on one line", token.Most), token.NoScope: "--scope takes read, operate and plan", token.IsOver: "--expires is over already",
		}[flaw])
	}
	t, text := token.New(t, time.Now())
	lasts := "nunca acaba"
	if !until.IsZero() {
		lasts = until.Add(-time.Second).Format("02/01/2006")
	}
	if err := db.AddAPIToken(s.acting("", audit.TokenMade(t, token.Titles(t.Scopes), lasts)), t); err != nil {
		if errors.Is(err, store.ErrNameTaken) {
			return fmt.Errorf("there is a token %q already: see ponte token list", t.Name)
		}
		return err
	}
	s.printf("made token %s (%s), which is shown this once:\n%s\n", oneLine(t.Name), t.ID, text)
	return nil
}

// until is when it is over; zero: never.
func (c *tokenAddCmd) until() (time.Time, error) {
	switch c.Expires {
	case "never":
		return time.Time{}, nil
	case "":
		return token.UntilTheEndOf(time.Now().Add(token.Lasts)), nil
	}
	day, err := time.ParseInLocation(time.DateOnly, c.Expires, time.Local)
	if err != nil {
		return day, usage("--expires takes a day such as 2027-12-31, or never")
	}
	return token.UntilTheEndOf(day), nil
}

type tokenListCmd struct{}

func (tokenListCmd) Help() string { return "Example:\n  ponte token list" }

func (tokenListCmd) Run(s *session) error {
	db, err := s.open()
	if err != nil {
		return err
	}
	all, err := db.APITokens(s.ctx)
	if err != nil {
		return err
	}
	t := newTable(s.out(), "ID", "NAME", "SCOPES", "ACCOUNTS", "MADE", "LAST USE", "GOOD UNTIL")
	for _, k := range all {
		accounts := "all"
		if len(k.Accounts) > 0 {
			accounts = strings.Join(k.Accounts, ",")
		}
		t.row(k.ID, oneLine(k.Name), strings.Join(k.Scopes, ","), accounts, k.Created.Local().Format(time.DateOnly), dayOr(k.Seen, "never"), goodUntil(k))
	}
	return t.flush(fmt.Sprintf("%d tokens", len(all)))
}

func goodUntil(t store.APIToken) string {
	text := dayOr(t.Expires.Add(-time.Second), "")
	switch {
	case t.Expires.IsZero():
		return "always"
	case !t.Expires.After(time.Now()):
		return text + " (over)"
	}
	return text
}

func dayOr(at time.Time, none string) string {
	if at.IsZero() {
		return none
	}
	return at.Local().Format(time.DateOnly)
}

type tokenRevokeCmd struct {
	Token string `arg:"" help:"Its name or id."`
	Yes   bool   `help:"Do it without asking."`
}

func (tokenRevokeCmd) Help() string {
	return "The next request that brings it is refused.\n\nExample:\n  ponte token revoke n8n --yes"
}

func (c *tokenRevokeCmd) Run(s *session) error {
	db, err := s.open()
	if err != nil {
		return err
	}
	all, err := db.APITokens(s.ctx)
	if err != nil {
		return err
	}
	for _, t := range all {
		if t.Name != c.Token && t.ID != c.Token {
			continue
		}
		if err := s.confirm(c.Yes, fmt.Sprintf("token %s (%s, %s) will be refused from now on", oneLine(t.Name), t.ID, strings.Join(t.Scopes, ","))); err != nil {
			return err
		}
		if err := db.RevokeAPIToken(s.acting("", audit.TokenRevoked(t, token.Titles(t.Scopes))), t.ID); err != nil {
			return err
		}
		s.printf("revoked %s\n", oneLine(t.Name))
		return nil
	}
	return fmt.Errorf("there is no token %q: see ponte token list", c.Token)
}
