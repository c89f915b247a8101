package store

import (
	"context"
	"slices"

	"ponte/internal/record"
)

// TokenItem wakes a wait when the record changes or comes.
func TokenItem(ref record.Ref) string { return "item:" + ref.String() }

// TokenKey wakes a wait when a record with that key changes or comes.
func TokenKey(side record.Side, kind record.Kind, key record.Key) string {
	return "key:" + string(side) + ":" + string(kind) + ":" + key.Name + ":" + key.Value
}

// TokenLink wakes a wait when the record is linked.
func TokenLink(kind record.Kind, side record.Side, id string) string {
	return "link:" + string(kind) + ":" + string(side) + ":" + id
}

func itemTokens(it record.Item) []string {
	tokens := []string{TokenItem(it.Ref())}
	for _, k := range allKeys(it) {
		tokens = append(tokens, TokenKey(it.Side, it.Kind, k))
	}
	return tokens
}

// wake marks dirty the items whose waits need one of the tokens.
func wake(q query, account string, tokens []string) error {
	tokens = slices.Compact(slices.Sorted(slices.Values(tokens)))
	for batch := range slices.Chunk(tokens, mostRows) {
		args := append([]any{account}, anys(batch)...)
		refs, err := list(q, scanRef, `select distinct kind, side, id from wait_needs where account = $1 and token in `+tuple(2, len(batch)), args...)
		if err != nil {
			return err
		}
		if err := markDirty(q, account, refs); err != nil {
			return err
		}
	}
	return nil
}

func scanRef(r row) (record.Ref, error) {
	var ref record.Ref
	err := r.Scan(&ref.Kind, &ref.Side, &ref.ID)
	return ref, err
}

func markDirty(q query, account string, refs []record.Ref) error {
	for _, ref := range refs {
		if _, err := q.exec(`update items set dirty = true where account = $1 and side = $2 and kind = $3 and id = $4`, account, ref.Side, ref.Kind, ref.ID); err != nil {
			return err
		}
	}
	return nil
}

// Wake marks dirty the items whose waits need one of the tokens.
func (db *DB) Wake(ctx context.Context, l Lease, tokens ...string) error {
	return db.under(ctx, l, "Wake", func(q query) error { return wake(q, l.Account, tokens) })
}
