package store

import (
	"context"
	"fmt"
	"slices"

	"ponte/internal/record"
)

const linkColumns = `kind, auvo, omie, role, code, base, how, undone`

func scanLink(r row) (Link, error) {
	var l Link
	var base, undone string
	if err := r.Scan(&l.Kind, &l.Auvo, &l.Omie, &l.Role, &l.Code, &base, &l.How, &undone); err != nil {
		return l, err
	}
	if err := decode(undone, &l.Undone); err != nil {
		return l, err
	}
	return l, decode(base, &l.Base)
}

// Link returns the link of a record, the main one of an Omie record that has
// sites, or ErrNotFound.
func (db *DB) Link(ctx context.Context, account string, kind record.Kind, side record.Side, id string) (Link, error) {
	links, err := db.Links(ctx, account, kind, side, id)
	if err != nil {
		return Link{}, err
	}
	if len(links) == 0 {
		return Link{}, fmt.Errorf("link of %s %s %s: %w", kind, side, id, ErrNotFound)
	}
	return links[0], nil
}

// Links returns all links of a record, the main one first.
func (db *DB) Links(ctx context.Context, account string, kind record.Kind, side record.Side, id string) ([]Link, error) {
	column := "omie"
	if side == record.Auvo {
		column = "auvo"
	}
	return list(db.ask(ctx), scanLink, `select `+linkColumns+` from links where account = $1 and kind = $2 and `+column+` = $3 order by role, seq`,
		account, kind, id)
}

// AllLinks returns every link of a kind, in the order in which they were made.
func (db *DB) AllLinks(ctx context.Context, account string, kind record.Kind) ([]Link, error) {
	return list(db.ask(ctx), scanLink, `select `+linkColumns+` from links where account = $1 and kind = $2 order by seq`, account, kind)
}

// CountLinks returns how many links of a kind there are.
func (db *DB) CountLinks(ctx context.Context, account string, kind record.Kind) (int, error) {
	n, err := db.ask(ctx).number(`select count(*) from links where account = $1 and kind = $2`, account, kind)
	return int(n), err
}

// saveLinks keeps links and returns the tokens of those that were not there
// before. Who calls it wakes them last in the transaction: what the same
// transaction leaves waiting may need one.
func saveLinks(q query, account string, links []Link) ([]string, error) {
	links = lastLinks(links)
	if len(links) == 0 {
		return nil, nil
	}
	next, err := numbers(q, account, len(links))
	if err != nil {
		return nil, err
	}
	known, err := knownLinks(q, account, links)
	if err != nil {
		return nil, err
	}
	var tokens []string
	rows := make([][]any, 0, len(links))
	for i, l := range links {
		if l.Role == "" {
			l.Role = RoleMain
		}
		rows = append(rows, []any{account, next + int64(i), l.Kind, l.Auvo, l.Omie, l.Role, l.Code, encode(l.Base), l.How, encode(l.Undone)})
		if !known[[3]string{string(l.Kind), l.Auvo, l.Omie}] {
			tokens = append(tokens, TokenLink(l.Kind, record.Auvo, l.Auvo), TokenLink(l.Kind, record.Omie, l.Omie))
		}
	}
	err = q.insert("links", "account, seq, "+linkColumns,
		`on conflict (account, kind, auvo) do update set omie = excluded.omie, role = excluded.role, code = excluded.code, base = excluded.base, undone = excluded.undone,
			how = case when excluded.how = '' then links.how else excluded.how end`, rows)
	if err != nil {
		return nil, fmt.Errorf("cannot link %s %s and %s: %w", links[0].Kind, links[0].Auvo, links[0].Omie, err)
	}
	return tokens, nil
}

// lastLinks leaves out links that a later one of the same Auvo record replaces:
// one statement must not write a row twice.
func lastLinks(links []Link) []Link {
	var out []Link
	at := map[[2]string]int{}
	for _, l := range links {
		key := [2]string{string(l.Kind), l.Auvo}
		if n, again := at[key]; again {
			out[n] = l
			continue
		}
		at[key] = len(out)
		out = append(out, l)
	}
	return out
}

// knownLinks are those of the links that are stored: kind, auvo, omie.
func knownLinks(q query, account string, links []Link) (map[[3]string]bool, error) {
	known := map[[3]string]bool{}
	byKind := map[record.Kind][]string{} // without the kind no index finds them
	for _, l := range links {
		byKind[l.Kind] = append(byKind[l.Kind], l.Auvo)
	}
	for kind, ids := range byKind {
		if err := knownOf(q, account, kind, ids, known); err != nil {
			return nil, err
		}
	}
	return known, nil
}

func knownOf(q query, account string, kind record.Kind, ids []string, known map[[3]string]bool) error {
	for batch := range slices.Chunk(ids, mostRows) {
		err := q.each(func(r row) error {
			var l [3]string
			err := r.Scan(&l[0], &l[1], &l[2])
			known[l] = true
			return err
		}, `select kind, auvo, omie from links where account = $1 and kind = $2 and auvo in `+tuple(3, len(batch)), append([]any{account, kind}, anys(batch)...)...)
		if err != nil {
			return err
		}
	}
	return nil
}

func dropLinks(q query, account string, links []Link) error {
	for _, l := range links {
		if _, err := q.exec(`delete from links where account = $1 and kind = $2 and auvo = $3 and omie = $4`, account, l.Kind, l.Auvo, l.Omie); err != nil {
			return err
		}
	}
	return nil
}
