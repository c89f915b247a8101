package cli

import (
	"context"
	"time"

	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/store"
)

// newAccounts is where an account that the assistant makes finds its vendors.
type newAccounts struct {
	AuvoURL       string        `env:"PONTE_AUVO_URL" default:"https://api.auvo.com.br/v2" help:"Auvo's address in accounts that the assistant makes; another one for a simulator."`
	OmieURL       string        `env:"PONTE_OMIE_URL" default:"https://app.omie.com.br/api/v1" help:"Omie's, likewise."`
	AllowBaseURLs []string      `env:"PONTE_ALLOW_BASE_URLS" help:"Addresses, besides the vendors' own, that the pages may give to accounts, with commas between them."`
	OmieWindow    time.Duration `env:"PONTE_OMIE_WINDOW" default:"60s" help:"How long Omie refuses an identical request in them; shorter only for a simulator."`
}

// allowed are addresses, besides the vendors' own, that the pages may give to accounts.
func (n newAccounts) allowed() []string {
	return append([]string{n.AuvoURL, n.OmieURL}, n.AllowBaseURLs...)
}

// account is what such an account starts from.
func (n newAccounts) account() config.Account {
	a := *config.New[config.Account]()
	a.Auvo.BaseURL, a.Omie.BaseURL, a.Omie.RedundancyWindow = n.AuvoURL, n.OmieURL, config.Duration(n.OmieWindow)
	return a
}

// find finds something out for an account, or for a draft of one (queue.Config.Find).
func (c *connections) find(ctx context.Context, of store.Owner, work string, number int64) (w store.Work, err error) {
	a, err := c.owned(ctx, of)
	if err != nil {
		return w, err
	}
	if work == setup.Plan && !of.Draft {
		return c.plan(ctx, a, number)
	}
	at, err := c.of(a) // the connection that the account's cycles go on with
	if err != nil {
		return w, err
	}
	return setup.FindOut(ctx, setup.Asking{Store: c.session.db, Of: of, Work: work, Number: number}, setup.Simulation{
		Sealer: c.session.ring, Account: a, Auvo: at.auvo, Omie: at.omie, Holder: c.session.holder(), Run: newRunID(),
	})
}

// owned is the account, or what the draft makes, with its credentials.
func (c *connections) owned(ctx context.Context, of store.Owner) (config.Account, error) {
	if !of.Draft {
		return c.session.account(of.ID)
	}
	return setup.Owned(ctx, c.session.db, of)
}

// reach connects an account with keys that a person just typed (web.Assistant).
func (s *session) reach(a config.Account) (auvo, omie record.System, err error) {
	return s.join(a, time.Now)
}
