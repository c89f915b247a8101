package store

import (
	"context"
	"fmt"
	"strings"
)

// Additional data binds a sealed value to its row: moved to another, it does not open.
func secretAAD(account, name string) string { return "secret/" + account + "/" + name }
func tokenAAD(key string) string            { return "token/" + key }

func (db *DB) saveSecret(q query, account, name, plain string) error {
	if plain == "" { // an optional one that is no longer given
		_, err := q.exec(`delete from secrets where account = $1 and name = $2`, account, name)
		return err
	}
	sealed, err := db.sealer.Seal([]byte(plain), secretAAD(account, name))
	if err != nil {
		return fmt.Errorf("cannot seal %s: %w", name, err)
	}
	_, err = q.exec(`insert into secrets (account, name, sealed) values ($1, $2, $3)
		on conflict (account, name) do update set sealed = excluded.sealed`, account, name, sealed)
	return err
}

func (db *DB) saveSecrets(q query, account string, secrets map[string]string) error {
	for name, plain := range secrets {
		if err := db.saveSecret(q, account, name, plain); err != nil {
			return err
		}
	}
	return nil
}

type sealedRow struct {
	account, name string // of a token: "", its key; of a draft: draft/ and its id; of a person: person/ and theirs
	sealed        []byte
}

func (s sealedRow) aad() string {
	if s.account == "" {
		return tokenAAD(s.name)
	}
	return secretAAD(s.account, s.name)
}

func scanSealed(r row) (sealedRow, error) {
	var s sealedRow
	err := r.Scan(&s.account, &s.name, &s.sealed)
	return s, err
}

// A SealedError says that no master key at hand opens an account's credentials:
// the database came without its key.
type SealedError struct {
	Account, Name string
	Err           error
}

func (e *SealedError) Error() string {
	return fmt.Sprintf("the credentials of account %s are sealed with a master key that is not here: put the key file of the database they come from in place (PONTE_MASTER_KEY_FILE), or run ponte apply again with the accounts file", e.Account)
}

func (e *SealedError) Unwrap() error { return e.Err }

// DropUnreadable forgets those of an account's credentials that no key at hand opens.
func (db *DB) DropUnreadable(ctx context.Context, id string) error {
	return db.change(ctx, "DropUnreadable", func(q query) error { return db.dropUnreadable(q, id) })
}

func (db *DB) dropUnreadable(q query, id string) error {
	rows, err := list(q, scanSealed, `select account, name, sealed from secrets where account = $1`, id)
	if err != nil {
		return err
	}
	for _, s := range rows {
		if _, err := db.sealer.Unseal(s.sealed, s.aad()); err == nil {
			continue
		}
		if _, err := q.exec(`delete from secrets where account = $1 and name = $2`, id, s.name); err != nil {
			return err
		}
	}
	return nil
}

// Secrets returns an account's credentials in the clear, by name. They go to
// the vendors' clients and nowhere else (P10).
func (db *DB) Secrets(ctx context.Context, id string) (map[string]string, error) {
	return db.unsealed(db.ask(ctx), `select account, name, sealed from secrets where account = $1`, id)
}

// unsealed are the sealed rows of a question about an account or a draft, in the clear by name.
func (db *DB) unsealed(q query, text, id string) (map[string]string, error) {
	rows, err := list(q, scanSealed, text, id)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(rows))
	for _, s := range rows {
		plain, err := db.sealer.Unseal(s.sealed, s.aad())
		if err != nil {
			return nil, &SealedError{Account: id, Name: s.name, Err: err}
		}
		out[s.name] = string(plain)
	}
	return out, nil
}

// Reseal seals under the current master key what an older one sealed, secrets,
// tokens and what people sign in with, and returns how many values that were.
func (db *DB) Reseal(ctx context.Context) (int, error) {
	done := 0
	err := db.change(ctx, "Reseal", func(q query) error {
		rows, err := list(q, scanSealed, `select account, name, sealed from secrets union all select '', key, sealed from tokens
			union all select '`+draftPrefix+`' || draft, name, sealed from drafts_secrets
			union all select '`+personPrefix+`' || person, '`+totpSecret+`', sealed from people_totp`)
		if err != nil {
			return err
		}
		for _, s := range rows {
			if db.sealer.KeyOf(s.sealed) == db.sealer.Current() {
				continue
			}
			if err := db.reseal(q, s); err != nil {
				return err
			}
			done++
		}
		return nil
	})
	return done, err
}

// reseal replaces exactly the value it read: one saved meanwhile is newer, and stays.
func (db *DB) reseal(q query, s sealedRow) error {
	plain, err := db.sealer.Unseal(s.sealed, s.aad())
	if err != nil {
		return fmt.Errorf("cannot open %s%s: %w", s.account, s.name, err)
	}
	sealed, err := db.sealer.Seal(plain, s.aad())
	if err != nil {
		return fmt.Errorf("cannot seal %s: %w", s.name, err)
	}
	if s.account == "" {
		_, err = q.exec(`update tokens set sealed = $3 where key = $1 and sealed = $2`, s.name, s.sealed, sealed)
		return err
	}
	if draft, is := strings.CutPrefix(s.account, draftPrefix); is {
		_, err = q.exec(`update drafts_secrets set sealed = $4 where draft = $1 and name = $2 and sealed = $3`, draft, s.name, s.sealed, sealed)
		return err
	}
	if person, is := strings.CutPrefix(s.account, personPrefix); is {
		_, err = q.exec(`update people_totp set sealed = $3 where person = $1 and sealed = $2`, person, s.sealed, sealed)
		return err
	}
	_, err = q.exec(`update secrets set sealed = $4 where account = $1 and name = $2 and sealed = $3`, s.account, s.name, s.sealed, sealed)
	return err
}

// SecretNames returns which secrets of an account are kept, without opening any.
func (db *DB) SecretNames(ctx context.Context, account string) ([]string, error) {
	return list(db.ask(ctx), scanName, `select name from secrets where account = $1 order by name`, account)
}
