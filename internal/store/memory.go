package store

import (
	"context"
	"errors"
	"math"
	"time"

	"ponte/internal/call"
)

// Memory is what the vendors' clients remember of a key, kept for the next process.
func (db *DB) Memory() call.Memory { return memory{db} }

type memory struct{ db *DB }

// Requests older than this need no longer be remembered: the redundancy window
// is a minute. Faults count for half an hour.
const (
	madeLasts  = 10 * time.Minute
	faultLasts = 24 * time.Hour
)

func (m memory) AddFault(ctx context.Context, key, method string, at time.Time) error {
	return m.db.change(ctx, "AddFault", func(q query) error {
		if _, err := q.exec(`delete from faults where key = $1 and at < $2`, key, at.Add(-faultLasts)); err != nil {
			return err
		}
		_, err := q.exec(`insert into faults (key, method, at) values ($1, $2, $3)`, key, method, at)
		return err
	})
}

func (m memory) Faults(ctx context.Context, key, method string, since time.Time) ([]time.Time, error) {
	return list(m.db.ask(ctx), func(r row) (time.Time, error) {
		var at int64
		err := r.Scan(&at)
		return instant(at), err
	}, `select at from faults where key = $1 and method = $2 and at > $3 order by at`, key, method, since)
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
		if _, err := q.exec(`delete from made where key = $1 and at < $2`, key, at.Add(-madeLasts)); err != nil {
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

func (m memory) SetPace(ctx context.Context, key string, p call.Pace) error {
	return m.db.change(ctx, "SetPace", func(q query) error {
		_, err := q.exec(`insert into paces (key, share, cut, why) values ($1, $2, $3, $4)
			on conflict (key) do update set share = excluded.share, cut = excluded.cut, why = excluded.why`, key, thousandths(p.Share), p.Cut, p.Why)
		return err
	})
}

func (m memory) Pace(ctx context.Context, key string) (call.Pace, error) {
	p, err := first(m.db.ask(ctx), scanPace, `select `+paceColumns+` from paces where key = $1`, key)
	if errors.Is(err, ErrNotFound) {
		return call.Pace{}, nil
	}
	return p, err
}

const paceColumns = `share, cut, why`

func scanPace(r row) (call.Pace, error) {
	var p call.Pace
	var share, cut int64
	err := r.Scan(&share, &cut, &p.Why)
	p.Share, p.Cut = float64(share)/1000, instant(cut)
	return p, err
}

// thousandths is a small number as a column has it, which rounds alike on both databases.
func thousandths(v float64) int64 { return int64(math.Round(v * 1000)) }

func (m memory) SetToken(ctx context.Context, key, token string, expires time.Time) error {
	return m.db.change(ctx, "SetToken", func(q query) error {
		if token == "" {
			_, err := q.exec(`delete from tokens where key = $1`, key)
			return err
		}
		sealed, err := m.db.sealer.Seal([]byte(token), tokenAAD(key))
		if err != nil {
			return err
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
		return "", time.Time{}, nil //nolint:nilerr // a token that no longer opens is a token we do not have
	}
	return string(plain), instant(expires), nil
}
