package store

import (
	"context"
	"errors"
	"time"

	"ponte/internal/record"
)

// Dirty returns up to n items of a kind and side that wait to be decided, in
// the order in which they came, after the item named after ("": from the first).
func (db *DB) Dirty(ctx context.Context, account string, kind record.Kind, side record.Side, after string, n int) ([]record.Item, error) {
	return list(db.ask(ctx), scanItem, `select `+itemColumns+` from items where account = $1 and kind = $2 and side = $3 and dirty
		and seq > coalesce((select seq from items where account = $1 and side = $3 and kind = $2 and id = $4), 0) order by seq limit $5`,
		account, kind, side, after, n)
}

// Redecide marks records dirty.
func (db *DB) Redecide(ctx context.Context, l Lease, refs ...record.Ref) error {
	return db.under(ctx, l, "Redecide", func(q query) error { return markDirty(q, l.Account, refs) })
}

// RedecideOutcomes marks dirty a kind's records whose last outcome is one of
// these, and returns how many.
func (db *DB) RedecideOutcomes(ctx context.Context, l Lease, kind record.Kind, outcomes ...string) (n int, err error) {
	err = db.under(ctx, l, "RedecideOutcomes", func(q query) error {
		if len(outcomes) == 0 {
			return nil
		}
		n, err = q.exec(`update items set dirty = true where account = $1 and kind = $2 and outcome in `+tuple(3, len(outcomes)),
			append([]any{l.Account, kind}, anys(outcomes)...)...)
		return err
	})
	return n, err
}

// Unseen returns the items of a kind and side that the run's whole read did not show.
func (db *DB) Unseen(ctx context.Context, account string, kind record.Kind, side record.Side, run string) ([]record.Item, error) {
	return list(db.ask(ctx), scanItem, `select `+itemColumns+` from items
		where account = $1 and side = $2 and kind = $3 and seen_run <> $4 and missing = 0 order by seq`, account, side, kind, run)
}

// MarkMissing records that records are gone from their side, and has them and
// what waits for them decided.
func (db *DB) MarkMissing(ctx context.Context, l Lease, refs []record.Ref, at time.Time) error {
	return db.under(ctx, l, "MarkMissing", func(q query) error {
		var tokens []string
		for _, ref := range refs {
			if _, err := q.exec(`update items set missing = $5, dirty = true where account = $1 and side = $2 and kind = $3 and id = $4`,
				l.Account, ref.Side, ref.Kind, ref.ID, at); err != nil {
				return err
			}
			tokens = append(tokens, TokenItem(ref))
		}
		return wake(q, l.Account, tokens)
	})
}

// MissingSince returns since when a record is missing; zero when it is not.
func (db *DB) MissingSince(ctx context.Context, account string, ref record.Ref) (time.Time, error) {
	s, err := db.ItemState(ctx, account, ref)
	if errors.Is(err, ErrNotFound) {
		return time.Time{}, nil
	}
	return s.Missing, err
}
