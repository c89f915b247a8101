package store

import (
	"context"
	"time"

	"ponte/internal/record"
)

// Dirty returns up to n items of a kind and side that wait to be decided, in
// the order in which the store first knew them, behind the item named after
// ("" for the first batch).
func (db *DB) Dirty(ctx context.Context, account string, kind record.Kind, side record.Side, after string, n int) ([]record.Item, error) {
	return list(db.ask(ctx), scanItem, `select `+itemColumns+` from items where account = $1 and kind = $2 and side = $3 and dirty
		and seq > coalesce((select seq from items where account = $1 and kind = $2 and side = $3 and id = $4), 0)
		order by seq limit $5`, account, kind, side, after, n)
}

// Redecide makes items dirty; those that are not stored are passed over.
func (db *DB) Redecide(ctx context.Context, l Lease, refs ...record.Ref) error {
	return db.under(ctx, l, "Redecide", func(q query) error { return redecide(q, l.Account, refs) })
}

func redecide(q query, account string, refs []record.Ref) error {
	for _, r := range refs {
		_, err := q.exec(`update items set dirty = true where account = $1 and side = $2 and kind = $3 and id = $4 and not dirty`,
			account, r.Side, r.Kind, r.ID)
		if err != nil {
			return err
		}
	}
	return nil
}

// RedecideOutcomes makes dirty the items of a kind whose last outcome is one
// of outcomes, and returns how many were not dirty before.
func (db *DB) RedecideOutcomes(ctx context.Context, l Lease, kind record.Kind, outcomes ...string) (int, error) {
	changed := 0
	err := db.under(ctx, l, "RedecideOutcomes", func(q query) error {
		if len(outcomes) == 0 {
			return nil
		}
		n, err := q.exec(`update items set dirty = true where account = $1 and kind = $2 and not dirty and outcome in `+
			tuple(3, len(outcomes)), append([]any{l.Account, kind}, anys(outcomes)...)...)
		changed = n
		return err
	})
	return changed, err
}

// Unseen returns the items that a run's whole read of their kind and side did not have.
func (db *DB) Unseen(ctx context.Context, account string, kind record.Kind, side record.Side, run string) ([]record.Item, error) {
	return list(db.ask(ctx), scanItem, `select `+itemColumns+` from items
		where account = $1 and kind = $2 and side = $3 and seen_run <> $4 order by seq`, account, kind, side, run)
}

// MarkMissing records since when whole reads lack these items. The first time
// counts, until a page has the item again.
func (db *DB) MarkMissing(ctx context.Context, l Lease, refs []record.Ref, at time.Time) error {
	return db.under(ctx, l, "MarkMissing", func(q query) error {
		for _, r := range refs {
			_, err := q.exec(`update items set missing = $5 where account = $1 and side = $2 and kind = $3 and id = $4 and missing = 0`,
				l.Account, r.Side, r.Kind, r.ID, at)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// MissingSince returns since when whole reads lack an item; zero when they do
// not, ErrNotFound when it is not stored.
func (db *DB) MissingSince(ctx context.Context, account string, ref record.Ref) (time.Time, error) {
	s, err := db.ItemState(ctx, account, ref)
	return s.Missing, err
}
