package store

import (
	"context"
	"errors"
	"time"
)

// An Invitation is a way in that works once: its bearer chooses a password.
// Person "" is for the first administrator.
type Invitation struct {
	Person  string
	Digest  string // of the token; the token itself is kept nowhere
	Expires time.Time
}

// Invite keeps an invitation; one that the person had before is worth nothing any more.
func (db *DB) Invite(ctx context.Context, i Invitation) error {
	return db.change(ctx, "Invite", func(q query) error {
		_, err := q.exec(`insert into invitations (person, digest, expires) values ($1, $2, $3)
			on conflict (person) do update set digest = excluded.digest, expires = excluded.expires`, i.Person, i.Digest, i.Expires)
		return err
	})
}

// CancelInvitation makes a person's invitation worth nothing; ErrNotFound when they have none.
func (db *DB) CancelInvitation(ctx context.Context, person string) error {
	return db.change(ctx, "CancelInvitation", func(q query) error {
		n, err := q.exec(`delete from invitations where person = $1`, person)
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
}

// Invited returns whom an invitation is for, ErrNotFound when it is used, over
// or nobody's. The first administrator has but an empty Person.
func (db *DB) Invited(ctx context.Context, digest string, at time.Time) (Person, error) {
	return invited(db.ask(ctx), digest, at)
}

func invited(q query, digest string, at time.Time) (Person, error) {
	var id string
	if err := q.one([]any{&id}, `select person from invitations where digest = $1 and expires > $2`, digest, at); err != nil || id == "" {
		return Person{}, err
	}
	return first(q, scanPerson, `select `+personColumns+` from people where id = $1`, id)
}

// Accept uses an invitation up: its person has that password from now on and
// no session that was open before. It returns the person.
func (db *DB) Accept(ctx context.Context, digest, password string, at time.Time) (Person, error) {
	var p Person
	err := db.change(ctx, "Accept", func(q query) (err error) {
		if p, err = invited(q, digest, at); err != nil {
			return err
		}
		if p.ID == "" {
			return ErrNotFound // the first administrator comes in by AcceptFirst
		}
		if err := useUp(q, digest); err != nil {
			return err
		}
		return setPassword(q, p.ID, password, "")
	})
	return p, err
}

// AcceptFirst uses the first administrator's invitation up and adds them,
// while there is nobody else (ErrNotFirst).
func (db *DB) AcceptFirst(ctx context.Context, digest string, p Person, at time.Time) error {
	return db.change(ctx, "AcceptFirst", func(q query) error {
		who, err := invited(q, digest, at)
		if err != nil {
			return err
		}
		if who.ID != "" {
			return ErrNotFound
		}
		if n, err := q.number(`select 1 from people limit 1`); err != nil || n == 1 {
			return errors.Join(err, ErrNotFirst)
		}
		if err := useUp(q, digest); err != nil {
			return err
		}
		return addPerson(q, p)
	})
}

// useUp deletes an invitation; of two who use it at once the second finds none.
func useUp(q query, digest string) error {
	n, err := q.exec(`delete from invitations where digest = $1`, digest)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}
