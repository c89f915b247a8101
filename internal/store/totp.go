package store

import (
	"context"
	"fmt"
	"time"
)

// A TOTP is the second step of a person's sign-in.
type TOTP struct {
	Secret string    // base32, in the clear; it goes to its person once and nowhere else (P10)
	Since  time.Time // when the person proved to have it; zero: not yet, and nothing asks for a code
	Step   int64     // the newest used code's; none up to it counts again
	Codes  int       // recovery codes that are left
}

// Names under which a person's secret is sealed (secretAAD).
const (
	personPrefix = "person/"
	totpSecret   = "totp"
)

func totpAAD(person string) string { return secretAAD(personPrefix+person, totpSecret) }

// BeginTOTP keeps a secret that a person may take up, in the place of one that they
// did not; ErrExists when they have one.
func (db *DB) BeginTOTP(ctx context.Context, person, secret string) error {
	sealed, err := db.sealer.Seal([]byte(secret), totpAAD(person))
	if err != nil {
		return fmt.Errorf("cannot seal a person's secret: %w", err)
	}
	return db.change(ctx, "BeginTOTP", func(q query) error {
		n, err := q.exec(`insert into people_totp (person, sealed, since, step) values ($1, $2, 0, 0)
			on conflict (person) do update set sealed = excluded.sealed where people_totp.since = 0`, person, sealed)
		if err == nil && n == 0 {
			return ErrExists
		}
		return err
	})
}

// TOTP returns the second step of a person's sign-in, or ErrNotFound; a *SealedError
// when no master key at hand opens it.
func (db *DB) TOTP(ctx context.Context, person string) (TOTP, error) {
	var t TOTP
	var sealed []byte
	var since, codes int64
	err := db.ask(ctx).one([]any{&sealed, &since, &t.Step, &codes}, `select sealed, since, step, (select count(*) from people_codes c where c.person = people_totp.person)
		from people_totp where person = $1`, person)
	if err != nil {
		return t, err
	}
	t.Since, t.Codes = instant(since), int(codes)
	plain, err := db.sealer.Unseal(sealed, totpAAD(person))
	if err != nil {
		return t, &SealedError{Account: personPrefix + person, Name: totpSecret, Err: err}
	}
	t.Secret = string(plain)
	return t, nil
}

// HasTOTP tells whether a person's sign-in has a second step, without opening its secret.
func (db *DB) HasTOTP(ctx context.Context, person string) (bool, error) {
	n, err := db.ask(ctx).number(`select 1 from people_totp where person = $1 and since > 0`, person)
	return n == 1, err
}

// ConfirmTOTP has a person's sign-in ask for codes from now on: they showed the one
// of that step. Their other sessions end, which came in without; this one owes nothing.
// ErrNotFound when there is nothing to confirm (any more).
func (db *DB) ConfirmTOTP(ctx context.Context, person, session string, step int64, codes []string, at time.Time) error {
	return db.change(ctx, "ConfirmTOTP", func(q query) error {
		n, err := q.exec(`update people_totp set since = $2, step = $3 where person = $1 and since = 0`, person, at, step)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNotFound
		}
		if err := setCodes(q, person, codes); err != nil {
			return err
		}
		if _, err := q.exec(`update sessions set owes = false where id = $1`, session); err != nil {
			return err
		}
		_, err = q.exec(`delete from sessions where person = $1 and id <> $2`, person, session)
		return err
	})
}

// UseTOTP uses up a person's codes to the one of that step; false when it was used already.
func (db *DB) UseTOTP(ctx context.Context, person string, step int64) (bool, error) {
	n := 0
	err := db.change(ctx, "UseTOTP", func(q query) (err error) {
		n, err = q.exec(`update people_totp set step = $2 where person = $1 and since > 0 and step < $2`, person, step)
		return err
	})
	return n == 1, err
}

// SetRecoveryCodes gives a person other recovery codes, by their digests.
func (db *DB) SetRecoveryCodes(ctx context.Context, person string, digests []string) error {
	return db.change(ctx, "SetRecoveryCodes", func(q query) error { return setCodes(q, person, digests) })
}

func setCodes(q query, person string, digests []string) error {
	if _, err := q.exec(`delete from people_codes where person = $1`, person); err != nil {
		return err
	}
	var rows [][]any
	for _, d := range digests {
		rows = append(rows, []any{person, d})
	}
	return q.insert("people_codes", "person, digest", "", rows)
}

// UseRecoveryCode uses one of a person's recovery codes up; false when it is none of them.
func (db *DB) UseRecoveryCode(ctx context.Context, person, digest string) (bool, error) {
	n := 0
	err := db.change(ctx, "UseRecoveryCode", func(q query) (err error) {
		n, err = q.exec(`delete from people_codes where person = $1 and digest = $2`, person, digest)
		return err
	})
	return n == 1, err
}

// DropTOTP takes the second step out of a person's sign-in, with its recovery codes;
// ErrNotFound when there is none. With end their sessions end, too.
func (db *DB) DropTOTP(ctx context.Context, person string, end bool) error {
	return db.change(ctx, "DropTOTP", func(q query) error {
		n, err := q.exec(`delete from people_totp where person = $1`, person)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNotFound
		}
		texts := []string{`delete from people_codes where person = $1`, `delete from passages where person = $1`}
		if end {
			texts = append(texts, `delete from sessions where person = $1`)
		}
		for _, text := range texts {
			if _, err := q.exec(text, person); err != nil {
				return err
			}
		}
		return nil
	})
}
