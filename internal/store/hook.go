package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"ponte/internal/record"
)

// A Hook is how an account's side is heard.
type Hook struct {
	Account string
	Side    record.Side
	Made    time.Time // when its token was made
	Heard   time.Time // the last delivery; zero: none yet
	Missed  int       // changes found since that it had not announced
}

// Silent tells whether a hook that was heard once is heard no more, though there
// was something to say. (pure)
func (h Hook) Silent(now time.Time) bool {
	const enough, quiet = 5, time.Hour
	return !h.Heard.IsZero() && h.Missed >= enough && now.Sub(h.Heard) > quiet
}

// HookSecret is the name under which a side's token is sealed.
func HookSecret(side record.Side) string { return "hook." + string(side) }

func tokenDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// SetHook gives a side's hook its token, sealed; an earlier token is worth nothing from then on.
func (db *DB) SetHook(ctx context.Context, account string, side record.Side, token string) error {
	return db.change(ctx, "SetHook", func(q query) error {
		if err := q.one([]any{new(int)}, `select 1 from accounts where account = $1`, account); err != nil {
			return err
		}
		if err := db.saveSecret(q, account, HookSecret(side), token); err != nil {
			return err
		}
		_, err := q.exec(`insert into hooks (account, side, digest, made, heard) values ($1, $2, $3, $4, 0)
			on conflict (account, side) do update set digest = excluded.digest, made = excluded.made`, account, side, tokenDigest(token), nowMillis())
		return err
	})
}

const hookColumns = `account, side, made, heard, missed`

func scanHook(r row) (Hook, error) {
	var h Hook
	var made, last int64
	err := r.Scan(&h.Account, &h.Side, &made, &last, &h.Missed)
	h.Made, h.Heard = instant(made), instant(last)
	return h, err
}

// HookOf returns the hook of a side that a token opens, or ErrNotFound. Tokens
// are found by their digest: how long that takes tells nothing about a token.
func (db *DB) HookOf(ctx context.Context, side record.Side, token string) (Hook, error) {
	return first(db.ask(ctx), scanHook, `select `+hookColumns+` from hooks where side = $1 and digest = $2`, side, tokenDigest(token))
}

// Hooks returns an account's hooks by side.
func (db *DB) Hooks(ctx context.Context, account string) ([]Hook, error) {
	return list(db.ask(ctx), scanHook, `select `+hookColumns+` from hooks where account = $1 order by side`, account)
}

func heard(q query, account string, side record.Side, at time.Time) error {
	_, err := q.exec(`update hooks set heard = $3, missed = 0 where account = $1 and side = $2`, account, side, at)
	return err
}

// Coverage is how many changes of a side were found, and how many of them its hook had announced.
type Coverage struct {
	Side      record.Side
	Found     int
	Announced int
}

// CoverageSince returns both sides' coverage from a day (UTC) on.
func (db *DB) CoverageSince(ctx context.Context, account string, day time.Time) ([]Coverage, error) {
	return list(db.ask(ctx), func(r row) (Coverage, error) {
		var c Coverage
		err := r.Scan(&c.Side, &c.Found, &c.Announced)
		return c, err
	}, `select side, sum(found), sum(announced) from coverage where account = $1 and day >= $2 group by side order by side`, account, day.UTC().Format(time.DateOnly))
}

// cover counts the changes that a page brought, and those that hints had announced.
func (p *page) cover() error {
	found, announced := 0, 0
	for _, s := range p.sights {
		if (s.New || s.Changed) && s.Dirty {
			found++
			if len(p.Hinted[s.Ref.ID]) > 0 {
				announced++
			}
		}
	}
	if !p.Covers || found == 0 {
		return nil
	}
	var h Hook
	h, err := first(p.q, scanHook, `select `+hookColumns+` from hooks where account = $1 and side = $2`, p.account, p.Side)
	if errors.Is(err, ErrNotFound) || (err == nil && h.Heard.IsZero()) {
		return nil // nobody listens there
	}
	if err != nil {
		return err
	}
	_, err = p.q.exec(`insert into coverage (account, side, day, found, announced) values ($1, $2, $3, $4, $5)
		on conflict (account, side, day) do update set found = coverage.found + excluded.found, announced = coverage.announced + excluded.announced`,
		p.account, p.Side, time.Now().UTC().Format(time.DateOnly), found, announced)
	if err == nil && found > announced {
		_, err = p.q.exec(`update hooks set missed = missed + $3 where account = $1 and side = $2`, p.account, p.Side, found-announced)
	}
	if err != nil {
		return fmt.Errorf("cannot count the hook's coverage: %w", err)
	}
	return nil
}
