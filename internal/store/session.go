package store

import (
	"context"
	"time"
)

// A Session is one browser in which a person signed in.
type Session struct {
	ID      string // names it in lists; opens nothing
	Person  string
	Digest  string // of the token that the browser holds
	Rotated time.Time
	Created time.Time
	Seen    time.Time
	Expires time.Time // nothing opens it after
	Agent   string
	Address string
	Notice  string    // what the next page says, once
	Proven  time.Time // when who sits there last showed who they are
	Owes    bool      // it only sets the second step up (TOTP), which everybody must have
}

// sessionGrace is how long the token before a rotation still counts: requests
// that a browser sent side by side may carry it.
const sessionGrace = time.Minute

const sessionColumns = `id, person, digest, rotated, created, seen, expires, agent, address, notice, proven, owes`

func scanSession(r row) (Session, error) {
	var s Session
	var rotated, created, seen, expires, proven int64
	err := r.Scan(&s.ID, &s.Person, &s.Digest, &rotated, &created, &seen, &expires, &s.Agent, &s.Address, &s.Notice, &proven, &s.Owes)
	s.Rotated, s.Created, s.Seen, s.Expires, s.Proven = instant(rotated), instant(created), instant(seen), instant(expires), instant(proven)
	return s, err
}

// StartSession keeps a new session, and forgets those that are over.
func (db *DB) StartSession(ctx context.Context, s Session) error {
	return db.change(ctx, "StartSession", func(q query) error {
		if _, err := q.exec(`delete from sessions where expires <= $1`, s.Created); err != nil {
			return err
		}
		_, err := q.exec(`insert into sessions (before, `+sessionColumns+`) values ('', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			s.ID, s.Person, s.Digest, s.Rotated, s.Created, s.Seen, s.Expires, s.Agent, s.Address, s.Notice, s.Proven, s.Owes)
		return err
	})
}

// Session returns the session that a token's digest opens, and whose it is; ErrNotFound when it opens none.
func (db *DB) Session(ctx context.Context, digest string, at time.Time) (Session, Person, error) {
	q := db.ask(ctx)
	s, err := first(q, scanSession, `select `+sessionColumns+` from sessions where expires > $2 and (digest = $1 or (before = $1 and before <> '' and rotated > $3))`,
		digest, at, at.Add(-sessionGrace))
	if err != nil {
		return s, Person{}, err
	}
	p, err := first(q, scanPerson, `select `+personColumns+` from people where id = $1`, s.Person)
	return s, p, err
}

// SeeSession keeps that a session was used, and until when it lasts.
func (db *DB) SeeSession(ctx context.Context, s Session) error {
	return db.change(ctx, "SeeSession", func(q query) error {
		_, err := q.exec(`update sessions set seen = $2, expires = $3, agent = $4, address = $5 where id = $1`, s.ID, s.Seen, s.Expires, s.Agent, s.Address)
		return err
	})
}

// RotateSession has another token open the session from now on. Of requests
// that rotate at once the first wins: the others get false.
func (db *DB) RotateSession(ctx context.Context, s Session, digest string, at time.Time) (bool, error) {
	n := 0
	err := db.change(ctx, "RotateSession", func(q query) (err error) {
		n, err = q.exec(`update sessions set before = digest, digest = $3, rotated = $4 where id = $1 and digest = $2`, s.ID, s.Digest, digest, at)
		return err
	})
	return n == 1, err
}

// ProveSession keeps that who sits there showed again who they are, under
// another token: one that was taken before is worth nothing from now on.
func (db *DB) ProveSession(ctx context.Context, s Session, digest string, at time.Time) error {
	return db.change(ctx, "ProveSession", func(q query) error {
		n, err := q.exec(`update sessions set before = '', digest = $2, rotated = $3, proven = $3 where id = $1`, s.ID, digest, at)
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
}

// Sessions returns a person's open sessions, the one used last first.
func (db *DB) Sessions(ctx context.Context, person string, at time.Time) ([]Session, error) {
	return list(db.ask(ctx), scanSession, `select `+sessionColumns+` from sessions where person = $1 and expires > $2 order by seen desc, id`, person, at)
}

// EndSession ends one of a person's sessions.
func (db *DB) EndSession(ctx context.Context, person, id string) error {
	return db.change(ctx, "EndSession", func(q query) error {
		_, err := q.exec(`delete from sessions where person = $1 and id = $2`, person, id)
		return err
	})
}

// EndOtherSessions ends all of a person's sessions but one.
func (db *DB) EndOtherSessions(ctx context.Context, person, but string) error {
	return db.change(ctx, "EndOtherSessions", func(q query) error {
		_, err := q.exec(`delete from sessions where person = $1 and id <> $2`, person, but)
		return err
	})
}

// SetNotice keeps what the session's next page says; "" once it was said.
func (db *DB) SetNotice(ctx context.Context, id, notice string) error {
	return db.change(ctx, "SetNotice", func(q query) error {
		_, err := q.exec(`update sessions set notice = $2 where id = $1`, id, notice)
		return err
	})
}

// An Allowance is how many attempts a key has in a while.
type Allowance struct {
	Key  string
	Most int
}

// Attempt counts an attempt to sign in under each key, and returns the zero
// time when every key allows it, else from when on it will be allowed. It
// counts before anything is tried, so that attempts side by side are all counted.
func (db *DB) Attempt(ctx context.Context, allowances []Allowance, at time.Time, while time.Duration) (time.Time, error) {
	var until time.Time
	err := db.change(ctx, "Attempt", func(q query) error {
		until = time.Time{}
		if _, err := q.exec(`delete from attempts where since <= $1`, at.Add(-while)); err != nil {
			return err
		}
		for _, a := range allowances {
			var tries, since int64
			err := q.one([]any{&tries, &since}, `insert into attempts (key, tries, since) values ($1, 1, $2)
				on conflict (key) do update set tries = attempts.tries + 1 returning tries, since`, a.Key, at)
			if err != nil {
				return err
			}
			if end := instant(since).Add(while); tries > int64(a.Most) && end.After(until) {
				until = end
			}
		}
		return nil
	})
	return until, err
}

// ForgetAttempts forgets the attempts of a key: it was the right person.
func (db *DB) ForgetAttempts(ctx context.Context, key string) error {
	return db.change(ctx, "ForgetAttempts", func(q query) error {
		_, err := q.exec(`delete from attempts where key = $1`, key)
		return err
	})
}
