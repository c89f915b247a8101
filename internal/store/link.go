package store

import (
	"context"
	"fmt"

	"ponte/internal/record"
)

const linkColumns = `kind, auvo, omie, role, code, base, how`

func scanLink(r row) (Link, error) {
	var l Link
	var base string
	if err := r.Scan(&l.Kind, &l.Auvo, &l.Omie, &l.Role, &l.Code, &base, &l.How); err != nil {
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

// CountLinks returns how many links of a kind there are.
func (db *DB) CountLinks(ctx context.Context, account string, kind record.Kind) (int, error) {
	n, err := db.ask(ctx).number(`select count(*) from links where account = $1 and kind = $2`, account, kind)
	return int(n), err
}

// saveLinks keeps links and returns the tokens of those that were not there
// before. Who calls it wakes them last in the transaction: what the same
// transaction leaves waiting may need one.
func saveLinks(q query, account string, links []Link) ([]string, error) {
	if len(links) == 0 {
		return nil, nil
	}
	next, err := numbers(q, account, len(links))
	if err != nil {
		return nil, err
	}
	var tokens []string
	for i, l := range links {
		if l.Role == "" {
			l.Role = RoleMain
		}
		known, err := q.number(`select count(*) from links where account = $1 and kind = $2 and auvo = $3 and omie = $4`, account, l.Kind, l.Auvo, l.Omie)
		if err != nil {
			return nil, err
		}
		_, err = q.exec(`insert into links (account, seq, `+linkColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			on conflict (account, kind, auvo) do update set omie = excluded.omie, role = excluded.role, code = excluded.code, base = excluded.base,
				how = case when excluded.how = '' then links.how else excluded.how end`,
			account, next+int64(i), l.Kind, l.Auvo, l.Omie, l.Role, l.Code, encode(l.Base), l.How)
		if err != nil {
			return nil, fmt.Errorf("cannot link %s %s and %s: %w", l.Kind, l.Auvo, l.Omie, err)
		}
		if known == 0 {
			tokens = append(tokens, TokenLink(l.Kind, record.Auvo, l.Auvo), TokenLink(l.Kind, record.Omie, l.Omie))
		}
	}
	return tokens, nil
}

func dropLinks(q query, account string, links []Link) error {
	for _, l := range links {
		if _, err := q.exec(`delete from links where account = $1 and kind = $2 and auvo = $3 and omie = $4`, account, l.Kind, l.Auvo, l.Omie); err != nil {
			return err
		}
	}
	return nil
}
