package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ponte/internal/call"
)

// How long Memory keeps what it is told: longer than the windows in which it
// is asked (faults: 30 minutes, omie-api.md §3; requests: the redundancy window of 60 s).
const (
	faultsKept = 24 * time.Hour
	madeKept   = 10 * time.Minute
)

// Memory returns the memory of the vendors' keys that all processes of this store share (P7).
func (db *DB) Memory() call.Memory { return memory{db} }

type memory struct{ db *DB }

func (m memory) AddFault(ctx context.Context, key, method string, at time.Time) error {
	return m.db.change(ctx, "AddFault", func(q query) error {
		if _, err := q.exec(`delete from faults where key = $1 and at < $2`, key, at.Add(-faultsKept)); err != nil {
			return err
		}
		_, err := q.exec(`insert into faults (key, method, at) values ($1, $2, $3)`, key, method, at)
		return err
	})
}

func (m memory) Faults(ctx context.Context, key, method string, since time.Time) ([]time.Time, error) {
	return list(m.db.ask(ctx), scanInstant, `select at from faults where key = $1 and method = $2 and at > $3 order by at`, key, method, since)
}

func scanInstant(r row) (time.Time, error) {
	var ms int64
	err := r.Scan(&ms)
	return instant(ms), err
}

func (m memory) SetBlock(ctx context.Context, key string, until time.Time) error {
	return m.db.change(ctx, "SetBlock", func(q query) error {
		_, err := q.exec(`insert into blocks (key, until) values ($1, $2) on conflict (key) do update set until = excluded.until`, key, until)
		return err
	})
}

func (m memory) Block(ctx context.Context, key string) (time.Time, error) {
	ms, err := m.db.ask(ctx).number(`select until from blocks where key = $1`, key)
	return instant(ms), err
}

func (m memory) Remember(ctx context.Context, key, digest string, at time.Time) error {
	return m.db.change(ctx, "Remember", func(q query) error {
		if _, err := q.exec(`delete from made where key = $1 and at < $2`, key, at.Add(-madeKept)); err != nil {
			return err
		}
		_, err := q.exec(`insert into made (key, digest, at) values ($1, $2, $3) on conflict (key, digest) do update set at = excluded.at`, key, digest, at)
		return err
	})
}

func (m memory) LastMade(ctx context.Context, key, digest string) (time.Time, error) {
	ms, err := m.db.ask(ctx).number(`select at from made where key = $1 and digest = $2`, key, digest)
	return instant(ms), err
}

func (m memory) SetToken(ctx context.Context, key, token string, expires time.Time) error {
	return m.db.change(ctx, "SetToken", func(q query) error {
		if token == "" {
			_, err := q.exec(`delete from tokens where key = $1`, key)
			return err
		}
		sealed, err := m.db.sealer.Seal([]byte(token), tokenAAD(key))
		if err != nil {
			return fmt.Errorf("cannot seal a token: %w", err)
		}
		_, err = q.exec(`insert into tokens (key, sealed, expires) values ($1, $2, $3)
			on conflict (key) do update set sealed = excluded.sealed, expires = excluded.expires`, key, sealed, expires)
		return err
	})
}

func (m memory) Token(ctx context.Context, key string) (string, time.Time, error) {
	var sealed []byte
	var expires int64
	err := m.db.ask(ctx).one([]any{&sealed, &expires}, `select sealed, expires from tokens where key = $1`, key)
	if errors.Is(err, ErrNotFound) {
		return "", time.Time{}, nil
	}
	if err != nil {
		return "", time.Time{}, err
	}
	plain, err := m.db.sealer.Unseal(sealed, tokenAAD(key))
	if err != nil {
		return "", time.Time{}, fmt.Errorf("cannot open the kept token: %w", err)
	}
	return string(plain), instant(expires), nil
}
