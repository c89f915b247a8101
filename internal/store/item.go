package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"ponte/internal/record"
)

// itemColumns are what an item is made of; body has all of it but what changes
// with every read.
const itemColumns = `version, changed, body, raw`

func scanItem(r row) (record.Item, error) {
	var it record.Item
	var version, body, raw string
	var changed int64
	if err := r.Scan(&version, &changed, &body, &raw); err != nil {
		return record.Item{}, err
	}
	err := decode(body, &it)
	it.Version, it.Changed = version, instant(changed)
	if raw != "" {
		it.Raw = []byte(raw)
	}
	return it, err
}

// An itemRow is an item as it is about to be stored.
type itemRow struct {
	item        record.Item
	seq         int64 // 0: a new row, which gets the account's next number
	run         string
	missing     time.Time
	dirty       bool
	fingerprint string
	laid        record.Fields // what partial pages laid over it
}

func rawSum(it record.Item) string {
	sum := sha256.Sum256(it.Raw)
	return hex.EncodeToString(sum[:8])
}

// noRaw is the sum of an item that has had no payload yet.
var noRaw = rawSum(record.Item{})

// keptRaw is how a payload takes the place of another. One that is not given leaves the
// sum as it is, by which an unchanged row is known when its payload is kept no more, and
// one that is the same stays as old as it was.
const keptRaw = `raw_at = case when excluded.raw = '' then 0 when items.raw_at > 0 and items.raw_sum = excluded.raw_sum then items.raw_at else excluded.raw_at end,
		raw_sum = case when excluded.raw = '' then items.raw_sum else excluded.raw_sum end, raw = excluded.raw`

// rawAt is when a payload that is stored now came to be.
func rawAt(it record.Item) int64 {
	if len(it.Raw) == 0 {
		return 0
	}
	return nowMillis()
}

// putItems writes rows whole. What only decisions write (outcome and reason)
// stays as it is.
func putItems(q query, account string, rows []itemRow) error {
	if len(rows) == 0 {
		return nil
	}
	next, err := numbers(q, account, len(rows))
	if err != nil {
		return err
	}
	var values, keys [][]any
	for i, r := range rows {
		if r.seq == 0 {
			r.seq = next + int64(i)
		}
		values = append(values, itemValues(account, r))
		for _, k := range allKeys(r.item) {
			keys = append(keys, []any{account, k.Name, k.Value, r.item.Side, r.item.Kind, r.item.ID})
		}
	}
	err = q.insert("items", `account, side, kind, id, seq, seen_run, missing, dirty, fingerprint, version, changed, raw_sum,
		outcome, reason, decided_run, decided, title, folded, code, laid, body, raw, raw_at`,
		`on conflict (account, side, kind, id) do update set seen_run = excluded.seen_run, missing = excluded.missing, dirty = excluded.dirty,
		fingerprint = excluded.fingerprint, version = excluded.version, changed = excluded.changed,
		title = excluded.title, folded = excluded.folded, code = excluded.code, laid = excluded.laid, body = excluded.body, `+keptRaw, values)
	if err != nil {
		return err
	}
	return q.insert("item_keys", "account, name, value, side, kind, id", "on conflict do nothing", keys)
}

func itemValues(account string, r itemRow) []any {
	it := r.item
	body := it
	body.Version, body.Changed = "", time.Time{} // their columns may move without the body
	return []any{
		account, it.Side, it.Kind, it.ID, r.seq, r.run, r.missing, r.dirty, r.fingerprint, it.Version, it.Changed, rawSum(it),
		"", "", "", 0, it.Title, record.Fold(it.Title), it.Code, encode(r.laid), encode(body), it.Raw, rawAt(it),
	}
}

// allKeys are an item's keys, its code included; its id needs no row.
func allKeys(it record.Item) []record.Key {
	keys := make([]record.Key, 0, len(it.Keys)+1)
	for _, k := range it.Keys {
		if k.Name != record.KeyID && k.Value != "" {
			keys = append(keys, k)
		}
	}
	if it.Code != "" && it.Key(record.KeyCode) == "" {
		keys = append(keys, record.Key{Name: record.KeyCode, Value: it.Code})
	}
	return keys
}

func dropKeys(q query, account string, old record.Item) error {
	for _, k := range allKeys(old) {
		_, err := q.exec(`delete from item_keys where account = $1 and name = $2 and value = $3 and side = $4 and kind = $5 and id = $6`,
			account, k.Name, k.Value, old.Side, old.Kind, old.ID)
		if err != nil {
			return err
		}
	}
	return nil
}

func findItem(q query, account string, ref record.Ref) (record.Item, error) {
	return first(q, scanItem, `select `+itemColumns+` from items where account = $1 and side = $2 and kind = $3 and id = $4`,
		account, ref.Side, ref.Kind, ref.ID)
}

// Item returns what is stored of a record, or ErrNotFound.
func (db *DB) Item(ctx context.Context, account string, ref record.Ref) (record.Item, error) {
	it, err := findItem(db.ask(ctx), account, ref)
	if err != nil {
		return it, fmt.Errorf("%s: %w", ref, err)
	}
	return it, nil
}

// ItemsByKey returns the items of a side and kind that have key, oldest first.
// The keys id and code need not stand among an item's keys.
func (db *DB) ItemsByKey(ctx context.Context, account string, side record.Side, kind record.Kind, key record.Key) ([]record.Item, error) {
	if key.Name == record.KeyID {
		it, err := findItem(db.ask(ctx), account, record.Ref{Kind: kind, Side: side, ID: key.Value})
		if errors.Is(err, ErrNotFound) {
			return nil, nil
		}
		return []record.Item{it}, err
	}
	return list(db.ask(ctx), scanItem, `select `+itemColumns+` from items where account = $1 and side = $2 and kind = $3 and id in
		(select id from item_keys where account = $1 and name = $4 and value = $5 and side = $2 and kind = $3) order by seq`,
		account, side, kind, key.Name, key.Value)
}

// KnownID returns the id of a record that exists, the one that changed last; "" when none is known.
func (db *DB) KnownID(ctx context.Context, account string, side record.Side, kind record.Kind) (string, error) {
	ids, err := db.KnownIDs(ctx, account, side, kind, 1)
	if err != nil || len(ids) == 0 {
		return "", err
	}
	return ids[0], nil
}

// KnownIDs returns the ids of at most so many records that exist, what changed last first.
func (db *DB) KnownIDs(ctx context.Context, account string, side record.Side, kind record.Kind, most int) ([]string, error) {
	return list(db.ask(ctx), scanName, `select id from items where account = $1 and side = $2 and kind = $3 and missing = 0
		order by changed desc, seq desc limit $4`, account, side, kind, most)
}

// Count returns how many records of a side and kind are stored, missing ones included.
func (db *DB) Count(ctx context.Context, account string, side record.Side, kind record.Kind) (int, error) {
	n, err := db.ask(ctx).number(`select count(*) from items where account = $1 and side = $2 and kind = $3`, account, side, kind)
	return int(n), err
}

// CountSince returns how many records of a side and kind changed at or after an instant.
func (db *DB) CountSince(ctx context.Context, account string, side record.Side, kind record.Kind, since time.Time) (int, error) {
	n, err := db.ask(ctx).number(`select count(*) from items where account = $1 and side = $2 and kind = $3 and changed >= $4`, account, side, kind, since)
	return int(n), err
}

// EachItem calls f for every item of a side and kind, by id. f may use the store.
func (db *DB) EachItem(ctx context.Context, account string, side record.Side, kind record.Kind, f func(record.Item) error) error {
	const page = 200
	for after := ""; ; {
		items, err := list(db.ask(ctx), scanItem, `select `+itemColumns+` from items
			where account = $1 and side = $2 and kind = $3 and id > $4 order by id limit $5`, account, side, kind, after, page)
		if err != nil {
			return err
		}
		for _, it := range items {
			if err := f(it); err != nil {
				return err
			}
		}
		if len(items) < page {
			return nil
		}
		after = items[len(items)-1].ID
	}
}

// NewestItems returns the n items of a side and kind that changed last, newest first.
func (db *DB) NewestItems(ctx context.Context, account string, side record.Side, kind record.Kind, n int) ([]record.Item, error) {
	return list(db.ask(ctx), scanItem, `select `+itemColumns+` from items where account = $1 and side = $2 and kind = $3
		order by changed desc, seq desc limit $4`, account, side, kind, n)
}

// Items returns the items of a side and kind that have one of the ids, by id.
func (db *DB) Items(ctx context.Context, account string, side record.Side, kind record.Kind, ids []string) (map[string]record.Item, error) {
	out := make(map[string]record.Item, len(ids))
	for batch := range slices.Chunk(ids, mostRows) {
		some, err := itemsByID(db.ask(ctx), account, side, kind, batch)
		if err != nil {
			return nil, err
		}
		maps.Copy(out, some)
	}
	return out, nil
}

// MissingIDs returns the ids of a side and kind that whole reads lack.
func (db *DB) MissingIDs(ctx context.Context, account string, side record.Side, kind record.Kind) (map[string]bool, error) {
	gone := map[string]bool{}
	err := db.ask(ctx).each(func(r row) error {
		var id string
		err := r.Scan(&id)
		gone[id] = true
		return err
	}, `select id from items where account = $1 and side = $2 and kind = $3 and missing <> 0`, account, side, kind)
	return gone, err
}

// An ItemState is what the store knows of an item beside the record itself.
type ItemState struct {
	Dirty   bool      // waits to be decided
	Outcome string    // of its last decision; "" when never decided
	Reason  string    // of its last decision
	Decided time.Time // when that was
	Seen    string    // the run that read it last
	Missing time.Time // since when whole reads lack it; zero: they do not
}

// ItemState returns the state of an item, or ErrNotFound.
func (db *DB) ItemState(ctx context.Context, account string, ref record.Ref) (ItemState, error) {
	return first(db.ask(ctx), scanState, `select dirty, outcome, reason, decided, seen_run, missing
		from items where account = $1 and side = $2 and kind = $3 and id = $4`, account, ref.Side, ref.Kind, ref.ID)
}

func scanState(r row) (ItemState, error) {
	var s ItemState
	var decided, missing int64
	err := r.Scan(&s.Dirty, &s.Outcome, &s.Reason, &decided, &s.Seen, &missing)
	s.Decided, s.Missing = instant(decided), instant(missing)
	return s, err
}
