package store

import (
	"context"
	"errors"
	"time"

	"ponte/internal/record"
)

// SettingsRef is under what the history of an account's settings stands.
func SettingsRef(account string) record.Ref { return record.Ref{Kind: "settings", ID: account} }

const accountColumns = `account, name, settings, paused, created, updated`

func scanAccount(r row) (Account, error) {
	var a Account
	var settings string
	var created, updated int64
	err := r.Scan(&a.ID, &a.Name, &settings, &a.Paused, &created, &updated)
	a.Created, a.Updated = instant(created), instant(updated)
	if settings != "" {
		a.Settings = []byte(settings)
	}
	return a, err
}

// SaveAccount makes or changes an account. Of one that is there, Paused and
// Created stay as they are. Secrets (by the Secret… names) that the map lacks
// stay as they are, empty ones are dropped; the others are sealed, with the account
// and the name as additional data (P10). Events are lines of the account's history (SettingsRef).
func (db *DB) SaveAccount(ctx context.Context, a Account, secrets map[string]string, events ...Event) error {
	return db.change(ctx, "SaveAccount", func(q query) error {
		_, err := q.exec(`insert into accounts (`+accountColumns+`) values ($1, $2, $3, $4, $5, $6)
			on conflict (account) do update set name = excluded.name, settings = excluded.settings, updated = excluded.updated`,
			a.ID, a.Name, a.Settings, a.Paused, orNow(a.Created), orNow(a.Updated))
		if err != nil {
			return err
		}
		if err := db.saveSecrets(q, a.ID, secrets); err != nil {
			return err
		}
		return addEvents(q, a.ID, events)
	})
}

// ChangeSettings puts settings in the place of those that were read, and tells the
// account's history; false when they are others by now.
func (db *DB) ChangeSettings(ctx context.Context, l Lease, was, now Account, events ...Event) (changed bool, err error) {
	return db.ChangeWithSecrets(ctx, l, was, now, nil, events...)
}

// ChangeWithSecrets is ChangeSettings for settings that come with secrets, as
// SaveAccount takes them.
func (db *DB) ChangeWithSecrets(ctx context.Context, l Lease, was, now Account, secrets map[string]string, events ...Event) (changed bool, err error) {
	err = db.under(ctx, l, "ChangeSettings", func(q query) error {
		changed, err = changeSettings(q, l.Account, was, now)
		if err != nil || !changed {
			return err
		}
		if err := db.saveSecrets(q, l.Account, secrets); err != nil {
			return err
		}
		return addEvents(q, l.Account, events)
	})
	return changed && err == nil, err
}

func changeSettings(q query, account string, was, now Account) (bool, error) {
	n, err := q.exec(`update accounts set name = $3, settings = $4, updated = $5 where account = $1 and settings = $2`,
		account, string(was.Settings), now.Name, now.Settings, time.Now())
	return n > 0, err
}

// SaveCredentials seals credentials of an account in the place of those there are
// (P10): those that it lacks stay, and those that no key at hand opens are forgotten.
// Whoever runs the account takes them up.
func (db *DB) SaveCredentials(ctx context.Context, id string, secrets map[string]string, events ...Event) error {
	return db.change(ctx, "SaveCredentials", func(q query) error {
		n, err := q.exec(`update accounts set updated = $2 where account = $1`, id, time.Now())
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		if err := db.dropUnreadable(q, id); err != nil {
			return err
		}
		if err := db.saveSecrets(q, id, secrets); err != nil {
			return err
		}
		return addEvents(q, id, events)
	})
}

// An AccountChange is an account as it was read, what it becomes, and lines of its history.
type AccountChange struct {
	Was, Now Account
	Events   []Event
}

// ErrAccountChanged says that an account is not the one that was read.
var ErrAccountChanged = errors.New("the account was changed meanwhile")

// ChangeAccounts changes the names and settings of accounts, begins drafts and writes
// the acts that tell of them: all or nothing. ErrAccountChanged and ErrIDTaken say that nothing was done.
func (db *DB) ChangeAccounts(ctx context.Context, changes []AccountChange, drafts []Draft, acts ...Act) error {
	return db.change(ctx, "ChangeAccounts", func(q query) error {
		for _, c := range changes {
			changed, err := changeSettings(q, c.Was.ID, c.Was, c.Now)
			if err == nil && !changed {
				err = ErrAccountChanged
			}
			if err != nil {
				return err
			}
			if err := addEvents(q, c.Was.ID, c.Events); err != nil {
				return err
			}
		}
		for _, d := range drafts {
			if err := addDraft(q, d); err != nil {
				return err
			}
		}
		for _, a := range acts {
			if err := addAct(q, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// Holdings are how much is kept of an account.
type Holdings struct{ Items, Links, Changes, Waits, Runs int }

// Holdings counts what is kept of an account.
func (db *DB) Holdings(ctx context.Context, account string) (h Holdings, err error) {
	err = db.ask(ctx).one([]any{&h.Items, &h.Links, &h.Changes, &h.Waits, &h.Runs}, `select (select count(*) from items where account = $1),
		(select count(*) from links where account = $1), (select count(*) from changes where account = $1), (select count(*) from waits where account = $1),
		(select count(*) from runs where account = $1)`, account)
	return h, err
}

// An AccountName is what people call an account.
type AccountName struct{ ID, Name string }

// AccountNames returns the names of all accounts, by id, without reading their settings.
func (db *DB) AccountNames(ctx context.Context) ([]AccountName, error) {
	return list(db.ask(ctx), func(r row) (a AccountName, err error) {
		err = r.Scan(&a.ID, &a.Name)
		return a, err
	}, `select account, name from accounts order by account`)
}

// Account returns an account, or ErrNotFound.
func (db *DB) Account(ctx context.Context, id string) (Account, error) {
	return first(db.ask(ctx), scanAccount, `select `+accountColumns+` from accounts where account = $1`, id)
}

// Accounts returns all accounts by id.
func (db *DB) Accounts(ctx context.Context) ([]Account, error) {
	return list(db.ask(ctx), scanAccount, `select `+accountColumns+` from accounts order by account`)
}

// SetPaused stops or resumes an account's cycles.
func (db *DB) SetPaused(ctx context.Context, id string, paused bool) error {
	return db.change(ctx, "SetPaused", func(q query) error {
		n, err := q.exec(`update accounts set paused = $2, updated = $3 where account = $1`, id, paused, time.Now())
		if err == nil && n == 0 {
			return ErrNotFound
		}
		if err != nil || paused {
			return err
		}
		// Its cycle is due from now on: nobody was late while it was paused.
		_, err = q.exec(`update schedules set next_cycle = $2 where account = $1 and next_cycle < $2`, id, nowMillis())
		return err
	})
}

// RemoveAccount deletes an account with all its rows. Of its lease the epoch
// stays, so that a worker that still holds it writes nothing into a later
// account of the same id (P1).
func (db *DB) RemoveAccount(ctx context.Context, id string) error {
	return db.change(ctx, "RemoveAccount", func(q query) error {
		if _, err := q.exec(`update leases set holder = '', until = 0 where account = $1`, id); err != nil {
			return err
		}
		// Of a person's erasure that was cut short the files alone are left to be done.
		if _, err := q.exec(`update erasures set state = $2 where account = $1 and state = $3`, id, Cleaning, Erasing); err != nil {
			return err
		}
		// Whom it no longer takes in are numbers of its two systems: others' in a later account of the id. That they were asked for stays.
		if _, err := q.exec(`delete from erased where account = $1`, id); err != nil {
			return err
		}
		if err := q.closeToTokens(id); err != nil {
			return err
		}
		n, err := q.exec(`delete from accounts where account = $1`, id) // the other tables follow by their references
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
}
