package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/inbox"
	"ponte/internal/store"
)

// accountUnclear is an unclear write of an account, as --unclear prints it.
type accountUnclear struct {
	Account string `json:"account"`
	inbox.Unclear
}

// unclear are the writes of an account whose outcome nobody knows now.
func (s *session) unclear(account string) ([]inbox.Unclear, error) {
	open, err := s.db.UnclearWrites(s.ctx, account)
	out := make([]inbox.Unclear, 0, len(open))
	for _, u := range open {
		out = append(out, inbox.UnclearOf(u, time.Now()))
	}
	return out, err
}

func (c *waitingCmd) unclear(s *session, accounts []config.Account) error {
	all := []accountUnclear{}
	p := &printer{w: s.out()}
	for _, a := range accounts {
		unclear, err := s.unclear(a.ID)
		if err != nil {
			return err
		}
		for _, u := range unclear {
			all = append(all, accountUnclear{a.ID, u})
		}
		if !c.JSON {
			p.unclearSection(unclear)
		}
	}
	switch {
	case c.JSON:
		return json.NewEncoder(s.out()).Encode(all)
	case len(all) == 0:
		p.line("Nenhuma gravação incerta.")
	}
	return p.err
}

// unclearSection tells of writes of which nobody knows whether they were made.
func (p *printer) unclearSection(all []inbox.Unclear) {
	if len(all) == 0 {
		return
	}
	p.line("\nunknown-outcome (%d)\n  %s", len(all), flow.Headline("unknown-outcome", len(all)))
	for _, u := range all {
		p.line("  %s  %s: %s", u.Since.Local().Format("02/01 15:04"), flowTitle(u.Flow), oneLine(u.Title))
		p.unclearBody(u)
	}
}

func (p *printer) unclear(u inbox.Unclear) {
	switch {
	case u.Ended == nil:
		p.line("\nGravação incerta desde %s", u.Since.Local().Format("02/01/2006 15:04"))
	case *u.Made:
		p.line("\nGravação incerta de %s a %s: tinha sido feita", u.Since.Local().Format("02/01/2006 15:04:05"), u.Ended.Local().Format("02/01/2006 15:04:05"))
	default:
		p.line("\nGravação incerta de %s a %s: não tinha sido feita", u.Since.Local().Format("02/01/2006 15:04:05"), u.Ended.Local().Format("02/01/2006 15:04:05"))
	}
	p.unclearBody(u)
}

func (p *printer) unclearBody(u inbox.Unclear) {
	p.line("    pedido: %s %s", oneLine(u.Asked), oneLine(u.Method))
	p.line("    por que é incerta: %s", oneLine(u.Why))
	p.line("    como se descobre: %s", u.ByWhat)
	if u.NotYet != nil {
		p.line("    não antes de %s", u.NotYet.Local().Format("02/01/2006 15:04:05"))
	}
	if u.Last != nil {
		p.line("    procurada %d vez(es), a última em %s: %s", u.Looked, u.Last.Local().Format("02/01/2006 15:04:05"), oneLine(u.Found))
	}
	if u.By != "" {
		p.line("    decidido por %s", oneLine(u.By))
	}
	if u.Next != "" {
		p.line("    → %s", oneLine(u.Next))
	}
}

// sureOf leaves out the records with an unclear write: it is looked up before
// anything else is done with them (P1).
func (s *session) sureOf(account string, waits []store.Wait) ([]store.Wait, error) {
	unclear, err := engine.UnclearAbout(s.ctx, s.db, account, refsOf(waits)...)
	if err != nil || len(unclear) == 0 {
		return waits, err
	}
	for _, u := range unclear {
		told := inbox.UnclearOf(u, time.Now())
		s.printf("%s: nobody knows yet whether a write was made, so it is not retried.\n  %s\n  → %s\n", told.Source, oneLine(told.Asked), oneLine(told.Next))
	}
	left := slices.DeleteFunc(waits, func(w store.Wait) bool {
		return slices.ContainsFunc(unclear, func(u store.Unclear) bool { return u.Change.Source == w.Ref })
	})
	if len(left) == 0 {
		return nil, fmt.Errorf("nothing to retry")
	}
	return left, nil
}

// notMade settles a record's unclear writes as not made.
func (c *retryCmd) notMade(s *session, waits []store.Wait) error {
	unclear, err := engine.UnclearAbout(s.ctx, s.db, c.Account, refsOf(waits)...)
	if err != nil {
		return err
	}
	what := ""
	for _, u := range unclear {
		what += "\n  " + inbox.UnclearOf(u, time.Now()).Asked
	}
	if what == "" {
		return fmt.Errorf("no write about %s is unclear: see ponte explain", c.What)
	}
	what = "You say that this was NOT made, and the next cycle makes it (again). If it was made after all, there will be two:" + what
	if err := s.confirm(c.Yes, what); err != nil {
		return err
	}
	return s.leased(c.Account, func(ctx context.Context, lease store.Lease) error {
		for _, u := range unclear {
			if err := engine.NotMade(s.db.WithAct(ctx, s.act(c.Account, audit.NotMade(u.Change))), s.db, lease, u, s.person()); err != nil {
				return err
			}
		}
		return nil
	})
}
