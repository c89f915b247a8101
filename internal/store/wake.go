package store

import (
	"context"
	"slices"

	"ponte/internal/record"
)

// Tokens name what a waiting record may lack (Wait.Needs). When the named
// thing appears or changes, the record is decided again.

// TokenItem is the token of a record: it wakes when the record is read new or changed.
func TokenItem(ref record.Ref) string {
	return "item:" + string(ref.Kind) + ":" + string(ref.Side) + ":" + ref.ID
}

// TokenKey is the token of a key: it wakes when a record of the side and kind
// gains it, loses it, or has it and changes.
func TokenKey(side record.Side, kind record.Kind, key record.Key) string {
	return "key:" + string(side) + ":" + string(kind) + ":" + key.Name + ":" + key.Value
}

// TokenLink is the token of a record's link: it wakes when the record is
// linked to another than before.
func TokenLink(kind record.Kind, side record.Side, id string) string {
	return "link:" + string(kind) + ":" + string(side) + ":" + id
}

// TokenSetting is the token of a setting; who notices its change calls Wake.
func TokenSetting(name string) string { return "setting:" + name }

// itemTokens are the tokens that a new or changed item wakes.
func itemTokens(it record.Item) []string {
	tokens := []string{TokenItem(it.Ref())}
	for _, k := range allKeys(it) {
		tokens = append(tokens, TokenKey(it.Side, it.Kind, k))
	}
	return tokens
}

func linkTokens(l Link) []string {
	return []string{TokenLink(l.Kind, record.Auvo, l.Auvo), TokenLink(l.Kind, record.Omie, l.Omie)}
}

// Wake makes dirty the items that have a wait which needs one of the tokens.
func (db *DB) Wake(ctx context.Context, l Lease, tokens ...string) error {
	return db.under(ctx, l, "Wake", func(q query) error { return wake(q, l.Account, tokens) })
}

func wake(q query, account string, tokens []string) error {
	slices.Sort(tokens)
	for batch := range slices.Chunk(slices.Compact(tokens), 1000) {
		refs, err := list(q, scanRef, `select distinct kind, side, id from wait_needs where account = $1 and token in `+
			tuple(2, len(batch)), append([]any{account}, anys(batch)...)...)
		if err != nil {
			return err
		}
		if err := redecide(q, account, refs); err != nil {
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
