package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ponte/internal/record"
	"ponte/internal/subject"
)

// chunk is how many rows a transaction of an erasure walks over.
const chunk = 5000

// ScrubTexts puts subject.Gone in the place of texts wherever sentences of the account
// may hold them, drops the payloads of other records that do, and tells how many rows
// had one. Each transaction is short.
func (db *DB) ScrubTexts(ctx context.Context, l Lease, texts []string) (rows int, err error) {
	for batch := range slices.Chunk(texts, mostTraces) {
		for _, s := range allScrubbed {
			n, err := db.scrub(ctx, l, s, batch)
			if err != nil {
				return rows, fmt.Errorf("%s: %w", s.table, err)
			}
			rows += n
		}
	}
	n, err := db.dropRawsWith(ctx, l, texts)
	return rows + n, err
}

func (db *DB) scrub(ctx context.Context, l Lease, s scrubbed, texts []string) (rows int, err error) {
	if s.by == "" {
		return db.scrubIn(ctx, l, s, texts, 0, 0)
	}
	last, err := db.ask(ctx).number(`select coalesce(max(`+s.by+`), 0) from `+s.table+` where account = $1`, l.Account)
	if err != nil {
		return 0, err
	}
	for from := int64(0); from < last; from += chunk {
		n, err := db.scrubIn(ctx, l, s, texts, from, from+chunk)
		rows += n
		if err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// scrubIn scrubs the rows behind a place up to another, where rows are counted.
func (db *DB) scrubIn(ctx context.Context, l Lease, s scrubbed, texts []string, after, upTo int64) (rows int, err error) {
	keys := s.keys()
	text := `select ` + strings.Join(slices.Concat(keys, s.columns), ", ") + ` from ` + s.table + ` where ` + s.of() + ` and ` + s.holds(len(texts))
	args := append([]any{l.Account}, anys(texts)...)
	if s.by != "" {
		text += fmt.Sprintf(` and %s > $%d and %s <= $%d`, s.by, len(args)+1, s.by, len(args)+2)
		args = append(args, after, upTo)
	}
	err = db.under(ctx, l, "ScrubTexts", func(q query) error {
		found, err := list(q, func(r row) ([]any, error) { return scanAny(r, len(keys)+len(s.columns)) }, text+db.differ.lock, args...)
		if err != nil {
			return err
		}
		for _, f := range found {
			n, err := s.put(q, l.Account, f[:len(keys)], f[len(keys):], texts)
			if err != nil {
				return err
			}
			rows += n
		}
		return nil
	})
	return rows, err
}

// put writes a row's columns without some texts; where those stand only in names of JSON's
// members it has nothing to write.
func (s scrubbed) put(q query, account string, key, columns []any, texts []string) (int, error) {
	args := []any{account}
	var sets, where []string
	changed := false
	for n, name := range s.columns {
		was := asText(columns[n])
		is := subject.Scrub(was, texts)
		changed = changed || is != was
		args = append(args, is)
		sets = append(sets, name+` = `+dollar(len(args)))
	}
	if !changed {
		return 0, nil
	}
	for n, name := range s.keys() {
		args = append(args, key[n])
		where = append(where, name+` = `+dollar(len(args)))
	}
	return q.exec(`update `+s.table+` set `+strings.Join(sets, ", ")+` where `+s.of()+` and `+strings.Join(where, " and "), args...)
}

func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

// dropRawsWith drops the payloads in which a text stands; they are read again when they are
// needed. Those of who is erased go last, with them: by what they say the rest was found.
func (db *DB) dropRawsWith(ctx context.Context, l Lease, texts []string) (dropped int, err error) {
	if len(texts) == 0 {
		return 0, nil
	}
	last, err := db.ask(ctx).number(`select coalesce(max(seq), 0) from items where account = $1`, l.Account)
	if err != nil {
		return 0, err
	}
	for from := int64(0); from < last; from += rawsAtOnce {
		var refs []record.Ref
		err := db.ask(ctx).each(func(r row) error {
			var ref record.Ref
			raw := ""
			err := r.Scan(&ref.Kind, &ref.Side, &ref.ID, &raw)
			if slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(raw, t) }) {
				refs = append(refs, ref)
			}
			return err
		}, `select kind, side, id, raw from items where account = $1 and seq > $2 and seq <= $3 and raw <> ''
			and not (kind = 'customer' and exists (select 1 from erased e where e.account = items.account and e.side = items.side and e.id = items.id))`,
			l.Account, from, from+rawsAtOnce)
		if err != nil {
			return dropped, err
		}
		if len(refs) == 0 {
			continue
		}
		err = db.under(ctx, l, "ScrubTexts", func(q query) error {
			for _, ref := range refs {
				n, err := dropRaw(q, l.Account, ref)
				if err != nil {
					return err
				}
				dropped += n
			}
			return nil
		})
		if err != nil {
			return dropped, err
		}
	}
	return dropped, nil
}

// rawsAtOnce is how many items' payloads are looked at in one question.
const rawsAtOnce = 500
