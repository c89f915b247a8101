package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// An APIToken lets a program use the API.
type APIToken struct {
	ID       string // names it in the audit; opens nothing
	Name     string // what people call the program
	Digest   string // of the token; the token itself is kept nowhere
	Scopes   []string
	Accounts []string // the only ones that it sees; none: every account
	By       string   // who made it, for people to read
	Created  time.Time
	Expires  time.Time // zero: never
	Seen     time.Time // its last use, about; zero: none
}

// Sees tells whether the token is for an account.
func (t APIToken) Sees(account string) bool {
	return len(t.Accounts) == 0 || slices.Contains(t.Accounts, account)
}

// ErrNameTaken says that another token has the name.
var ErrNameTaken = errors.New("another token has that name")

const apiTokenColumns = `id, name, digest, scopes, accounts, made_by, created, expires, seen`

func scanAPIToken(r row) (APIToken, error) {
	var t APIToken
	var scopes, accounts string
	var created, expires, seen int64
	if err := r.Scan(&t.ID, &t.Name, &t.Digest, &scopes, &accounts, &t.By, &created, &expires, &seen); err != nil {
		return t, err
	}
	t.Scopes, t.Created, t.Expires, t.Seen = strings.Fields(scopes), instant(created), instant(expires), instant(seen)
	return t, decode(accounts, &t.Accounts)
}

// AddAPIToken keeps a new token, or returns ErrNameTaken.
func (db *DB) AddAPIToken(ctx context.Context, t APIToken) error {
	return db.change(ctx, "AddAPIToken", func(q query) error {
		n, err := q.exec(`insert into api_tokens (`+apiTokenColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, 0) on conflict (name) do nothing`,
			t.ID, t.Name, t.Digest, strings.Join(t.Scopes, " "), encode(t.Accounts), t.By, orNow(t.Created), t.Expires)
		if err == nil && n == 0 {
			return ErrNameTaken
		}
		return err
	})
}

// APITokens returns all tokens, by name.
func (db *DB) APITokens(ctx context.Context) ([]APIToken, error) {
	return list(db.ask(ctx), scanAPIToken, `select `+apiTokenColumns+` from api_tokens order by name`)
}

// APIToken returns the token with a digest that is good at an instant, or ErrNotFound.
func (db *DB) APIToken(ctx context.Context, digest string, at time.Time) (APIToken, error) {
	return first(db.ask(ctx), scanAPIToken, `select `+apiTokenColumns+` from api_tokens where digest = $1 and (expires = 0 or expires > $2)`, digest, at)
}

// APITokenByID returns a token, or ErrNotFound.
func (db *DB) APITokenByID(ctx context.Context, id string) (APIToken, error) {
	return first(db.ask(ctx), scanAPIToken, `select `+apiTokenColumns+` from api_tokens where id = $1`, id)
}

// SeeAPIToken keeps that a token was used.
func (db *DB) SeeAPIToken(ctx context.Context, id string, at time.Time) error {
	return db.change(ctx, "SeeAPIToken", func(q query) error {
		_, err := q.exec(`update api_tokens set seen = $2 where id = $1 and seen < $2`, id, at)
		return err
	})
}

// RevokeAPIToken forgets a token, which opens nothing from then on; ErrNotFound when there is none.
func (db *DB) RevokeAPIToken(ctx context.Context, id string) error {
	return db.change(ctx, "RevokeAPIToken", func(q query) error {
		n, err := q.exec(`delete from api_tokens where id = $1`, id) // its answers follow by their references
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
}

// closeToTokens has no token see an account any more, nor a later one of the same id. A
// token that saw no other is forgotten: without a list it would see every account.
func (q query) closeToTokens(account string) error {
	all, err := list(q, scanAPIToken, `select `+apiTokenColumns+` from api_tokens where accounts <> ''`)
	if err != nil {
		return err
	}
	for _, t := range all {
		if !slices.Contains(t.Accounts, account) {
			continue
		}
		others := slices.DeleteFunc(t.Accounts, func(a string) bool { return a == account })
		if len(others) == 0 {
			_, err = q.exec(`delete from api_tokens where id = $1`, t.ID)
		} else {
			_, err = q.exec(`update api_tokens set accounts = $2 where id = $1`, t.ID, encode(others))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
