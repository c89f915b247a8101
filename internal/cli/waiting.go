package cli

import (
	"encoding/json"
	"io"
	"slices"
	"time"

	"ponte/internal/config"
	"ponte/internal/inbox"
	"ponte/internal/store"
)

type waitingCmd struct {
	Account string `help:"Only this account."`
	Unclear bool   `help:"Only the writes of which nobody knows whether they were made."`
	JSON    bool   `name:"json" help:"One JSON array."`
}

func (waitingCmd) Help() string {
	return "Example:\n  ponte waiting --account acme\n  ponte waiting --unclear --json"
}

// A WaitJSON is the waiting shape of contract.md.
type WaitJSON struct {
	Account  string     `json:"account"`
	Flow     string     `json:"flow"`
	Record   recordJSON `json:"record"`
	Cause    string     `json:"cause"`
	Message  string     `json:"message"`
	Hint     string     `json:"hint"`
	Since    time.Time  `json:"since"`
	Attempts int        `json:"attempts"`
}

func (c *waitingCmd) Run(s *session) error {
	accounts, err := s.accounts(c.Account)
	if err != nil {
		return err
	}
	switch {
	case c.Unclear:
		return c.unclear(s, accounts)
	case c.JSON:
		return c.json(s, accounts)
	}
	nothing := true
	for _, a := range accounts {
		waits, unclear, err := s.desk(a)
		if err != nil {
			return err
		}
		if len(waits)+len(unclear) == 0 {
			continue
		}
		nothing = false
		if len(accounts) > 1 {
			s.printf("\n== %s ==\n", a.ID)
		}
		if err := printDesk(s.out(), inbox.Groups(a, waits), unclear); err != nil {
			return err
		}
	}
	if nothing {
		s.printf("Nada espera por uma pessoa.\n")
	}
	return nil
}

func (c *waitingCmd) json(s *session, accounts []config.Account) error {
	all := []WaitJSON{}
	for _, a := range accounts {
		waits, err := s.openWaits(a.ID)
		if err != nil {
			return err
		}
		for _, w := range waits {
			all = append(all, asWaitJSON(a.ID, w))
		}
	}
	return json.NewEncoder(s.out()).Encode(all)
}

// desk is what an account shows a person: what waits, and what is unclear.
func (s *session) desk(a config.Account) ([]store.Wait, []inbox.Unclear, error) {
	waits, err := s.openWaits(a.ID)
	if err != nil {
		return nil, nil, err
	}
	unclear, err := s.unclear(a.ID)
	return inbox.Without(waits, unclear), unclear, err
}

// openWaits are the waits of an account that are not ignored.
func (s *session) openWaits(account string) ([]store.Wait, error) {
	waits, err := s.db.Waits(s.ctx, account)
	return shown(waits), err
}

// shown leaves out what is ignored now.
func shown(waits []store.Wait) []store.Wait {
	return slices.DeleteFunc(waits, func(w store.Wait) bool { return !w.Open(time.Now()) })
}

func asWaitJSON(account string, w store.Wait) WaitJSON {
	told := inbox.WaitOf(account, w)
	return WaitJSON{account, w.Flow, recordJSON{told.Auvo, told.Omie, told.Title}, told.Cause, told.Message, told.Hint, told.Since, told.Attempts}
}

// printDesk prints what waits by cause: the headline, each next step once with the
// settings that may end the wait, then each record's sentence.
func printDesk(w io.Writer, groups []inbox.Group, unclear []inbox.Unclear) error {
	p := &printer{w: w}
	for _, g := range groups {
		p.line("\n%s (%d)\n  %s", g.Cause, g.Count, g.Headline)
		for _, step := range g.Steps {
			p.step(step)
		}
	}
	p.unclearSection(unclear)
	return p.err
}

func (p *printer) step(step inbox.Step) {
	p.line("  → %s", oneLine(step.Hint))
	for _, r := range step.Settings {
		p.line("    %s: %s", r.Path, dash(r.Value))
	}
	for _, x := range step.Waits {
		p.line("  %s  %s: %s — %s", x.Since.Local().Format("02/01 15:04"), flowTitle(x.Flow), oneLine(x.Title), oneLine(x.Message))
	}
}
