package store

import (
	"context"
	"time"
)

// A Passage is a sign-in of which a step is missing, bound to one browser. It
// opens nothing by itself.
type Passage struct {
	Digest  string // of the token that the browser holds
	Kind    string // what is missing: a PassageCode, …
	Person  string // who showed a password, or proves who they are; "" nobody yet
	Target  string // where it goes afterwards
	Expires time.Time
}

// What may be missing.
const (
	PassageCode     = "code"     // the code behind a password
	PassageProvider = "provider" // the provider of identities says who it is
	PassageProof    = "proof"    // the provider says again that it is who is signed in
)

const passageColumns = `digest, kind, person, target, expires`

func scanPassage(r row) (p Passage, err error) {
	var expires int64
	err = r.Scan(&p.Digest, &p.Kind, &p.Person, &p.Target, &expires)
	p.Expires = instant(expires)
	return p, err
}

// AddPassage keeps the beginning of a sign-in, and forgets those that are over.
func (db *DB) AddPassage(ctx context.Context, p Passage, at time.Time) error {
	return db.change(ctx, "AddPassage", func(q query) error {
		if _, err := q.exec(`delete from passages where expires <= $1`, at); err != nil {
			return err
		}
		_, err := q.exec(`insert into passages (`+passageColumns+`) values ($1, $2, $3, $4, $5)`, p.Digest, p.Kind, p.Person, p.Target, p.Expires)
		return err
	})
}

// Passage returns the sign-in that a token's digest goes on with, or ErrNotFound.
func (db *DB) Passage(ctx context.Context, digest string, at time.Time) (Passage, error) {
	return first(db.ask(ctx), scanPassage, `select `+passageColumns+` from passages where digest = $1 and expires > $2`, digest, at)
}

// EndPassage uses a passage up: of two who go on with it at once the second gets ErrNotFound.
func (db *DB) EndPassage(ctx context.Context, digest string, at time.Time) error {
	return db.change(ctx, "EndPassage", func(q query) error {
		n, err := q.exec(`delete from passages where digest = $1 and expires > $2`, digest, at)
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
}
