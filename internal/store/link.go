package store

import (
	"context"
	"errors"
	"fmt"

	"ponte/internal/record"
)

const linkColumns = `kind, auvo, omie, role, code, base, how`

func scanLink(r row) (Link, error) {
	var l Link
	var base string
	if err := r.Scan(&l.Kind, &l.Auvo, &l.Omie, &l.Role, &l.Code, &base, &l.How); err != nil {
		return Link{}, err
	}
	return l, decode(base, &l.Base)
}

// Link returns the link of a record, or ErrNotFound. An Omie record with
// several Auvo records (sites) has the main one's.
func (db *DB) Link(ctx context.Context, account string, kind record.Kind, side record.Side, id string) (Link, error) {
	links, err := db.Links(ctx, account, kind, side, id)
	if err != nil {
		return Link{}, err
	}
	if len(links) == 0 {
		return Link{}, fmt.Errorf("link of %s: %w", record.Ref{Kind: kind, Side: side, ID: id}, ErrNotFound)
	}
	return links[0], nil
}

// Links returns all links of a record, the main one first.
func (db *DB) Links(ctx context.Context, account string, kind record.Kind, side record.Side, id string) ([]Link, error) {
	where := `auvo = $3`
	if side == record.Omie {
		where = `omie = $3`
	}
	return list(db.ask(ctx), scanLink, `select `+linkColumns+` from links where account = $1 and kind = $2 and `+where+
		` order by role, seq`, account, kind, id)
}

// CountLinks returns how many records of a kind are linked, sites included.
func (db *DB) CountLinks(ctx context.Context, account string, kind record.Kind) (int, error) {
	n, err := db.ask(ctx).number(`select count(*) from links where account = $1 and kind = $2`, account, kind)
	return int(n), err
}

// saveLink makes a link or changes the one of its Auvo record, and returns the
// tokens that it wakes: none while both stay the same.
func saveLink(q query, account string, l Link) ([]string, error) {
	if l.Role == "" {
		l.Role = RoleMain
	}
	var omie string
	err := q.one([]any{&omie}, `select omie from links where account = $1 and kind = $2 and auvo = $3`, account, l.Kind, l.Auvo)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	seq, err := numbers(q, account, 1)
	if err != nil {
		return nil, err
	}
	_, err = q.exec(`insert into links (account, `+linkColumns+`, seq) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (account, kind, auvo) do update set omie = excluded.omie, role = excluded.role, code = excluded.code,
			base = excluded.base, how = excluded.how`,
		account, l.Kind, l.Auvo, l.Omie, l.Role, l.Code, encode(l.Base), l.How, seq)
	if err != nil {
		return nil, fmt.Errorf("cannot link %s %s and %s: %w", l.Kind, l.Auvo, l.Omie, err)
	}
	if omie == l.Omie {
		return nil, nil
	}
	return linkTokens(l), nil
}

func saveLinks(q query, account string, links []Link) ([]string, error) {
	var tokens []string
	for _, l := range links {
		woken, err := saveLink(q, account, l)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, woken...)
	}
	return tokens, nil
}

// dropLinks removes links; of one that meanwhile leads elsewhere nothing.
func dropLinks(q query, account string, links []Link) error {
	for _, l := range links {
		_, err := q.exec(`delete from links where account = $1 and kind = $2 and auvo = $3 and omie = $4`, account, l.Kind, l.Auvo, l.Omie)
		if err != nil {
			return err
		}
	}
	return nil
}
