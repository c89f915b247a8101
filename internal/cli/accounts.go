package cli

import (
	"errors"
	"fmt"

	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/hook"
	"ponte/internal/record"
)

type accountsCmd struct {
	List   accountsListCmd   `cmd:"" default:"1" help:"List the accounts."`
	Hooks  accountsHooksCmd  `cmd:"" help:"Print an account's webhook addresses."`
	Pause  accountsPauseCmd  `cmd:"" help:"Stop an account's cycles."`
	Resume accountsResumeCmd `cmd:"" help:"Let an account's cycles go on."`
	Remove accountsRemoveCmd `cmd:"" help:"Forget an account and all that Ponte keeps of it; both systems stay as they are."`
	Export accountsExportCmd `cmd:"" help:"Write the accounts file, without secrets."`
}

type accountsListCmd struct{}

func (accountsListCmd) Help() string { return "Example:\n  ponte accounts list" }

func (accountsListCmd) Run(s *session) error {
	accounts, err := s.accounts("")
	if err != nil {
		return err
	}
	t := newTable(s.out(), "ACCOUNT", "NAME", "EVERY", "STATE")
	for _, a := range accounts {
		row, err := s.db.Account(s.ctx, a.ID)
		if err != nil {
			return err
		}
		state := "active"
		if row.Paused {
			state = "paused"
		}
		t.row(a.ID, a.Name, a.Every, state)
	}
	return t.flush("")
}

type oneAccount struct {
	ID string `arg:"" name:"account" help:"The account."`
}

type accountsHooksCmd struct {
	ID       string `arg:"" optional:"" name:"account" help:"The account; all when empty."`
	Rotate   bool   `help:"Make new addresses; the old ones answer nothing from then on."`
	Register bool   `help:"Have Auvo call the address, and say how Omie is told."`
}

func (accountsHooksCmd) Help() string {
	return "Whoever knows an address can have records read again, and nothing else.\n\nExample:\n  ponte accounts hooks acme\n  ponte accounts hooks acme --register --public-url https://ponte.example.test"
}

func (c *accountsHooksCmd) Run(s *session) error {
	if c.Register && s.globals.PublicURL == "" {
		return usage("--register needs the address at which the vendors reach Ponte: set PONTE_PUBLIC_URL or --public-url")
	}
	accounts, err := s.accounts(c.ID)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		for _, side := range []record.Side{record.Auvo, record.Omie} {
			token, err := hook.Token(s.acting(a.ID, audit.HookRotated(side)), s.db, a.ID, side, c.Rotate)
			if err != nil {
				return err
			}
			s.printf("%s %s %s\n", a.ID, side, hook.Address(s.publicURL(), side, token))
		}
		if c.Register {
			if err := s.register(a); err != nil {
				return err
			}
		}
	}
	return nil
}

type accountsPauseCmd struct{ oneAccount }

func (accountsPauseCmd) Help() string { return "Example:\n  ponte accounts pause acme" }

func (c *accountsPauseCmd) Run(s *session) error { return s.setPaused(c.ID, true) }

type accountsResumeCmd struct{ oneAccount }

func (accountsResumeCmd) Help() string { return "Example:\n  ponte accounts resume acme" }

func (c *accountsResumeCmd) Run(s *session) error { return s.setPaused(c.ID, false) }

func (s *session) setPaused(id string, paused bool) error {
	db, err := s.open()
	if err != nil {
		return err
	}
	if err := db.SetPaused(s.acting(id, audit.AccountPaused(paused)), id, paused); err != nil {
		return knownAccount(id, err)
	}
	s.printf("%s: %s\n", id, map[bool]string{true: "paused", false: "resumed"}[paused])
	return nil
}

type accountsRemoveCmd struct {
	oneAccount
	Yes bool `help:"Do it without asking."`
}

func (accountsRemoveCmd) Help() string { return "Example:\n  ponte accounts remove acme --yes" }

func (c *accountsRemoveCmd) Run(s *session) error {
	a, err := s.account(c.ID)
	if err != nil {
		return err
	}
	if err := s.confirm(c.Yes, fmt.Sprintf("account %s will be forgotten with its links and history; Auvo and Omie stay as they are", c.ID)); err != nil {
		return err
	}
	return s.db.RemoveAccount(s.acting(c.ID, audit.AccountRemoved(a)), c.ID)
}

type accountsExportCmd struct{}

func (accountsExportCmd) Help() string { return "Example:\n  ponte accounts export > accounts.yaml" }

func (accountsExportCmd) Run(s *session) error {
	accounts, err := s.accounts("")
	if err != nil {
		return err
	}
	text, err := config.Export(config.File{Accounts: accounts})
	if err != nil {
		return err
	}
	_, err = s.out().Write(text)
	return err
}

type keysCmd struct {
	Rotate keysRotateCmd `cmd:"" help:"Make a new master key and seal every credential with it."`
}

type keysRotateCmd struct{}

func (keysRotateCmd) Help() string { return "Example:\n  ponte keys rotate" }

func (keysRotateCmd) Run(s *session) error {
	db, err := s.open()
	if err != nil {
		return err
	}
	if err := s.ring.Rotate(); err != nil {
		return err
	}
	n, err := db.Reseal(s.acting("", audit.MasterKeyRotated()))
	if err != nil {
		return errors.Join(fmt.Errorf("the new key is kept beside the old one; run ponte keys rotate again to finish"), err)
	}
	s.printf("%d credential(s) sealed with key %d\n", n, s.ring.Current())
	return nil
}
