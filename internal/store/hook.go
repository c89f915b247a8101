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
	Account    string
	Side       record.Side
	Made       time.Time // when its token was made
	Registered time.Time // when the side was told to call it by its API; zero: not that we know
	Heard      time.Time // the last delivery of any kind; zero: none yet
	Kinds      []HookKind
}

// A HookKind is how one kind of a side's records is announced.
type HookKind struct {
	Kind   record.Kind
	Heard  time.Time // the last delivery about it; zero: none yet
	Missed int       // changes found since that were not announced
}

// listened tells whether anybody is known to call the hook: it was heard, or the side
// was told to. An address that was only made may lie in a drawer. (pure)
func (h Hook) listened() bool { return !h.Heard.IsZero() || !h.Registered.IsZero() }

// Silent are the kinds of which nothing is heard, or no more, though there was
// something to say. (pure)
func (h Hook) Silent(now time.Time) (out []HookKind) {
	const enough, quiet = 5, time.Hour
	for _, k := range h.Kinds {
		if h.listened() && k.Missed >= enough && now.Sub(h.Since(k)) > quiet {
			out = append(out, k)
		}
	}
	return out
}

// Since is when a kind was last heard of; of one that never was, when the hook was made. (pure)
func (h Hook) Since(k HookKind) time.Time {
	if k.Heard.IsZero() {
		return h.Made
	}
	return k.Heard
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
			on conflict (account, side) do update set digest = excluded.digest, made = excluded.made, registered = 0`, account, side, tokenDigest(token), nowMillis())
		if err != nil {
			return err
		}
		_, err = q.exec(`update hooks_kinds set heard = 0, missed = 0 where account = $1 and side = $2`, account, side)
		return err
	})
}

// RegisteredHook says that a side was told to call the account's hook, by its API.
func (db *DB) RegisteredHook(ctx context.Context, account string, side record.Side) error {
	return db.change(ctx, "RegisteredHook", func(q query) error {
		_, err := q.exec(`update hooks set registered = $3 where account = $1 and side = $2`, account, side, nowMillis())
		return err
	})
}

const hookColumns = `account, side, made, registered, heard`

func scanHook(r row) (Hook, error) {
	var h Hook
	var made, registered, last int64
	err := r.Scan(&h.Account, &h.Side, &made, &registered, &last)
	h.Made, h.Registered, h.Heard = instant(made), instant(registered), instant(last)
	return h, err
}

// addKinds adds what is known of kinds to the hooks of an account; where is a condition.
func addKinds(q query, where string, args []any, of func(account string) []Hook) error {
	return q.each(func(r row) error {
		var account string
		var side record.Side
		var k HookKind
		var last int64
		err := r.Scan(&account, &side, &k.Kind, &last, &k.Missed)
		k.Heard = instant(last)
		hooks := of(account)
		for n := range hooks {
			if hooks[n].Side == side {
				hooks[n].Kinds = append(hooks[n].Kinds, k)
			}
		}
		return err
	}, `select account, side, kind, heard, missed from hooks_kinds`+where+` order by account, side, kind`, args...)
}

// HookOf returns the hook of a side that a token opens, without its kinds, or
// ErrNotFound. Tokens are found by their digest: how long that takes tells nothing
// about a token.
func (db *DB) HookOf(ctx context.Context, side record.Side, token string) (Hook, error) {
	return first(db.ask(ctx), scanHook, `select `+hookColumns+` from hooks where side = $1 and digest = $2`, side, tokenDigest(token))
}

// Hooks returns an account's hooks by side.
func (db *DB) Hooks(ctx context.Context, account string) ([]Hook, error) {
	q := db.ask(ctx)
	all, err := list(q, scanHook, `select `+hookColumns+` from hooks where account = $1 order by side`, account)
	if err != nil || len(all) == 0 {
		return all, err
	}
	return all, addKinds(q, ` where account = $1`, []any{account}, func(string) []Hook { return all })
}

// heard says that a side's hook was heard, and about which kinds.
func heard(q query, account string, side record.Side, at time.Time, notices []record.Notice) error {
	known, err := q.exec(`update hooks set heard = $3 where account = $1 and side = $2`, account, side, at)
	if err != nil || known == 0 {
		return err
	}
	said := map[record.Kind]bool{"": true} // of no kind that Ponte knows
	for _, n := range notices {
		if said[n.Ref.Kind] {
			continue
		}
		said[n.Ref.Kind] = true
		_, err := q.exec(`insert into hooks_kinds (account, side, kind, heard, missed) values ($1, $2, $3, $4, 0)
			on conflict (account, side, kind) do update set heard = excluded.heard, missed = 0`, account, side, n.Ref.Kind, at)
		if err != nil {
			return err
		}
	}
	return nil
}

// Coverage is how many changes of a kind were found on a side, and how many of them its hook had announced.
type Coverage struct {
	Side      record.Side
	Kind      record.Kind
	Found     int
	Announced int
}

const sumCoverage = `side, kind, sum(found), sum(announced) from coverage`

func scanCoverage(r row) (Coverage, error) {
	var c Coverage
	err := r.Scan(&c.Side, &c.Kind, &c.Found, &c.Announced)
	return c, err
}

// CoverageSince returns each side's coverage by kind from a day (UTC) on.
func (db *DB) CoverageSince(ctx context.Context, account string, day time.Time) ([]Coverage, error) {
	return list(db.ask(ctx), scanCoverage, `select `+sumCoverage+` where account = $1 and day >= $2 group by side, kind order by side, kind`, account, day.UTC().Format(time.DateOnly))
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
	if errors.Is(err, ErrNotFound) || (err == nil && !h.listened()) {
		return nil // nobody calls it
	}
	if err != nil {
		return err
	}
	_, err = p.q.exec(`insert into coverage (account, side, kind, day, found, announced) values ($1, $2, $3, $4, $5, $6)
		on conflict (account, side, kind, day) do update set found = coverage.found + excluded.found, announced = coverage.announced + excluded.announced`,
		p.account, p.Side, p.Kind, time.Now().UTC().Format(time.DateOnly), found, announced)
	if err == nil && found > announced {
		_, err = p.q.exec(`insert into hooks_kinds (account, side, kind, heard, missed) values ($1, $2, $3, 0, $4)
			on conflict (account, side, kind) do update set missed = hooks_kinds.missed + excluded.missed`, p.account, p.Side, p.Kind, found-announced)
	}
	if err != nil {
		return fmt.Errorf("cannot count the hook's coverage: %w", err)
	}
	return nil
}
