package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"ponte/internal/flow"
	"ponte/internal/store"
)

type waitingCmd struct {
	Account string `help:"Only this account."`
	JSON    bool   `name:"json" help:"One JSON array."`
}

func (waitingCmd) Help() string {
	return "Example:\n  ponte waiting --account acme"
}

// waitJSON is the waiting shape of contract.md.
type waitJSON struct {
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
	all := []waitJSON{}
	for _, a := range accounts {
		waits, err := s.openWaits(a.ID)
		if err != nil {
			return err
		}
		for _, w := range waits {
			all = append(all, asWaitJSON(a.ID, w))
		}
	}
	if c.JSON {
		return json.NewEncoder(s.out()).Encode(all)
	}
	return printWaits(s.out(), all)
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

func asWaitJSON(account string, w store.Wait) waitJSON {
	p := flow.Say(w.Cause, w.Detail)
	rec := recordJSON{w.Auvo, w.Omie, w.Title}
	if rec.Auvo == "" && w.Ref.Side == "auvo" {
		rec.Auvo = w.Ref.ID
	}
	if rec.Omie == "" && w.Ref.Side == "omie" {
		rec.Omie = w.Ref.ID
	}
	return waitJSON{account, w.Flow, rec, w.Cause, p.Message, p.Hint, w.Since.UTC(), w.Attempts}
}

// printWaits groups by cause: the next step once, then each record's sentence.
func printWaits(w io.Writer, waits []waitJSON) error {
	if len(waits) == 0 {
		_, err := fmt.Fprintln(w, "Nada espera por uma pessoa.")
		return err
	}
	byCause := map[string][]waitJSON{}
	var causes []string
	for _, x := range waits {
		if byCause[x.Cause] == nil {
			causes = append(causes, x.Cause)
		}
		byCause[x.Cause] = append(byCause[x.Cause], x)
	}
	for _, cause := range causes {
		group := byCause[cause]
		if _, err := fmt.Fprintf(w, "\n%s (%d)\n  → %s\n", cause, len(group), oneLine(group[0].Hint)); err != nil {
			return err
		}
		for _, x := range group {
			if _, err := fmt.Fprintf(w, "  %s  %s: %s — %s\n", x.Since.Local().Format("02/01 15:04"), flowTitle(x.Flow), oneLine(x.Record.Title), oneLine(x.Message)); err != nil {
				return err
			}
		}
	}
	return nil
}
