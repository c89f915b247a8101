package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/store"
)

type applyCmd struct {
	File string `short:"f" required:"" help:"The accounts file; - for standard input." placeholder:"FILE"`
}

func (applyCmd) Help() string {
	return "Creates or updates accounts. Idempotent; prints what changed, never a secret.\n\nExample:\n  ponte apply -f accounts.yaml"
}

func (c *applyCmd) Run(s *session) error {
	file, err := c.read(s)
	if err != nil {
		return err
	}
	db, err := s.open()
	if err != nil {
		return err
	}
	for _, a := range file.Accounts {
		if err := applyAccount(s.ctx, s, db, a); err != nil {
			return fmt.Errorf("account %s: %w", a.ID, err)
		}
	}
	return nil
}

func (c *applyCmd) read(s *session) (config.File, error) {
	if c.File == "-" {
		return config.Parse(s.world.Stdin, s.world.Getenv)
	}
	f, err := os.Open(c.File)
	if err != nil {
		return config.File{}, fmt.Errorf("cannot read the accounts file: %w", err)
	}
	file, err := config.Parse(f, s.world.Getenv)
	if err != nil {
		err = fmt.Errorf("%s: %w", c.File, err)
	}
	return file, errors.Join(err, f.Close())
}

// applyAccount keeps one account and says what changed.
func applyAccount(ctx context.Context, s *session, db *store.DB, a config.Account) error {
	old, err := s.account(a.ID)
	created := errors.Is(err, store.ErrNotFound) || (err != nil && old.ID == "")
	if err != nil && !created {
		return err
	}
	changed := a.Diff(old)
	if !created && len(changed) == 0 {
		s.printf("%s: unchanged\n", a.ID)
		return nil
	}
	if s.sealedError(a.ID) != nil {
		if err := db.DropUnreadable(ctx, a.ID); err != nil {
			return err
		}
		s.sealed.Delete(a.ID)
	}
	var said []store.Event
	if changes := a.Changes(old); !created && len(changes) > 0 {
		detail, err := json.Marshal(changes)
		if err != nil {
			return err
		}
		said = append(said, store.Event{At: time.Now(), Ref: store.SettingsRef(a.ID), What: "settings", Text: s.person() + ", com ponte apply", Detail: detail})
	}
	act := s.act(a.ID, appliedAct(a, old, created, changed))
	if err := KeepAccount(db.WithAct(ctx, act), db, a, said...); err != nil {
		return err
	}
	return printChanges(s.out(), a.ID, created, changed)
}

// appliedAct tells what applying an account changed; of credentials only which.
func appliedAct(a, old config.Account, created bool, changed []string) store.Act {
	const how = "com ponte apply"
	if created {
		return audit.AccountMade(how, a)
	}
	act := audit.SettingsChanged("mudou a conta "+how, a.Changes(old))
	for _, c := range a.Credentials() {
		if slices.Contains(changed, c.Key) {
			act.Fields = append(act.Fields, store.ActField{Name: c.Key, After: audit.Replaced})
		}
	}
	return act
}

// KeepAccount keeps an account's settings, its credentials sealed, and lines of its history.
func KeepAccount(ctx context.Context, db *store.DB, a config.Account, said ...store.Event) error {
	secrets := map[string]string{}
	for _, c := range a.Credentials() {
		secrets[c.Key] = c.Value.Reveal()
	}
	return db.SaveAccount(ctx, store.Account{ID: a.ID, Name: a.Name, Settings: json.RawMessage(a.Settings())}, secrets, said...)
}

func printChanges(w io.Writer, id string, created bool, changed []string) error {
	if created {
		_, err := fmt.Fprintf(w, "%s: created\n", id)
		return err
	}
	if _, err := fmt.Fprintf(w, "%s: updated\n", id); err != nil {
		return err
	}
	for _, key := range changed {
		if _, err := fmt.Fprintf(w, "  %s\n", key); err != nil {
			return err
		}
	}
	return nil
}
