package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"ponte/internal/call"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/store"
)

// newAccounts is where an account that the assistant makes finds its vendors.
type newAccounts struct {
	AuvoURL    string        `env:"PONTE_AUVO_URL" default:"https://api.auvo.com.br/v2" help:"Auvo's address in accounts that the assistant makes; another one for a simulator."`
	OmieURL    string        `env:"PONTE_OMIE_URL" default:"https://app.omie.com.br/api/v1" help:"Omie's, likewise."`
	OmieWindow time.Duration `env:"PONTE_OMIE_WINDOW" default:"60s" help:"How long Omie refuses an identical request in them; shorter only for a simulator."`
}

// account is what such an account starts from.
func (n newAccounts) account() config.Account {
	a := *config.New[config.Account]()
	a.Auvo.BaseURL, a.Omie.BaseURL, a.Omie.RedundancyWindow = n.AuvoURL, n.OmieURL, config.Duration(n.OmieWindow)
	return a
}

// draft finds something out for an account to be (queue.Config.Draft).
func (c *connections) draft(ctx context.Context, id, work string) (about string, answer []byte, said string, err error) {
	db := c.session.db
	d, err := db.Draft(ctx, id)
	if err != nil {
		return "", nil, "", err
	}
	secrets, err := db.DraftSecrets(ctx, id)
	if err != nil {
		return "", nil, "", err
	}
	a, err := setup.Account(d, secrets)
	if err != nil {
		return "", nil, "", err
	}
	about = setup.About(work, a)
	found, err := c.findOut(ctx, a, work)
	if call.ReactionOf(err) != "" { // a vendor's trouble is an answer, too
		return about, nil, setup.Said("Auvo ou o Omie", err), nil
	}
	if err != nil {
		return about, nil, "", err
	}
	answer, err = json.Marshal(found)
	return about, answer, "", err
}

// findOut uses the connection that the account's first cycle goes on with.
func (c *connections) findOut(ctx context.Context, a config.Account, work string) (any, error) {
	at, err := c.of(a)
	if err != nil {
		return nil, err
	}
	switch work {
	case setup.Lists:
		return append(at.auvo.Choices(ctx), at.omie.Choices(ctx)...), nil
	case setup.Plan:
		return c.session.forecast(ctx, a, at)
	}
	return nil, fmt.Errorf("nobody knows the work %q", work)
}

// forecast runs the account's first cycle against two dry sides on a store of its own.
func (s *session) forecast(ctx context.Context, a config.Account, at connection) (f setup.Forecast, err error) {
	scratch, err := store.Open(ctx, ":memory:", Sealer{s.ring})
	if err != nil {
		return f, err
	}
	defer func() {
		if cerr := scratch.Close(); err == nil {
			err = cerr
		}
	}()
	if err := scratch.SaveAccount(ctx, store.Account{ID: a.ID, Name: a.Name, Settings: json.RawMessage(a.Settings())}, nil); err != nil {
		return f, err
	}
	err = engine.WithLease(ctx, scratch, a.ID, s.holder(), 0, func(ctx context.Context, lease store.Lease) error {
		e := &engine.Engine{Store: scratch, Auvo: at.auvo, Omie: at.omie, Account: a, Now: time.Now}
		dry(e)
		run, err := e.Run(ctx, lease, newRunID(), engine.Options{})
		if err != nil {
			return err
		}
		f, err = setup.Read(ctx, scratch, a, run)
		return err
	})
	return f, err
}

// reach connects an account to be (web.Options.Connect).
func (s *session) reach(a config.Account) (auvo, omie record.System, err error) {
	return s.connect(a, time.Now)
}
