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
	Unclear bool   `help:"Only the writes of which nobody knows whether they were made."`
	JSON    bool   `name:"json" help:"One JSON array."`
}

func (waitingCmd) Help() string {
	return "Example:\n  ponte waiting --account acme\n  ponte waiting --unclear --json"
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
	source   string     // "task:812"
}

func (c *waitingCmd) Run(s *session) error {
	accounts, err := s.accounts(c.Account)
	if err != nil {
		return err
	}
	all := []waitJSON{}
	var ids []string
	for _, a := range accounts {
		ids = append(ids, a.ID)
		waits, err := s.openWaits(a.ID)
		if err != nil {
			return err
		}
		for _, w := range waits {
			all = append(all, asWaitJSON(a.ID, w))
		}
	}
	switch {
	case c.Unclear:
		return c.unclear(s, ids)
	case c.JSON:
		return json.NewEncoder(s.out()).Encode(all)
	}
	var unclear []accountUnclear
	for _, id := range ids {
		of, err := s.unclear(id)
		if err != nil {
			return err
		}
		unclear = append(unclear, of...)
	}
	if len(all)+len(unclear) == 0 {
		s.printf("Nada espera por uma pessoa.\n")
		return nil
	}
	if err := printWaits(s.out(), without(all, unclear)); err != nil {
		return err
	}
	return printUnclear(s.out(), unclear)
}

// without leaves out the waits of which the unclear writes tell more.
func without(waits []waitJSON, unclear []accountUnclear) []waitJSON {
	return slices.DeleteFunc(waits, func(w waitJSON) bool {
		return w.Cause == "unknown-outcome" && slices.ContainsFunc(unclear, func(u accountUnclear) bool { return u.Account == w.Account && u.Source == w.source })
	})
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
	return waitJSON{account, w.Flow, rec, w.Cause, p.Message, p.Hint, w.Since.UTC(), w.Attempts, w.Ref.String()}
}

// printWaits groups by cause: the next step once, then each record's sentence,
// with its own next step where that is another.
func printWaits(w io.Writer, waits []waitJSON) error {
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
			if x.Hint == group[0].Hint {
				continue
			}
			if _, err := fmt.Fprintf(w, "    → %s\n", oneLine(x.Hint)); err != nil {
				return err
			}
		}
	}
	return nil
}
