package store

import (
	"context"
	"fmt"
	"strings"

	"ponte/internal/record"
)

// Search returns up to n items that a person may mean by text: an id, a code,
// a CPF or CNPJ with or without punctuation, a SKU, or words of a title in any
// order, case and accents apart. Exact finds come first.
func (db *DB) Search(ctx context.Context, account, text string, n int) ([]record.Item, error) {
	text = strings.TrimSpace(text)
	if text == "" || n <= 0 {
		return nil, nil
	}
	q := db.ask(ctx)
	found, err := list(q, scanItem, `select `+itemColumns+` from items where account = $1 and (id = $2 or exists (
			select 1 from item_keys k where k.account = $1 and k.name in ('document', 'sku', 'code') and k.value in ($2, $3, $4)
			and k.side = items.side and k.kind = items.kind and k.id = items.id)) order by seq limit $5`,
		account, text, strings.ToUpper(text), lettersAndDigits(text), n)
	if err != nil || len(found) >= n {
		return found, err
	}
	byTitle, err := searchTitles(q, account, record.Fold(text), n)
	if err != nil {
		return nil, err
	}
	return merge(found, byTitle, n), nil
}

func searchTitles(q query, account, folded string, n int) ([]record.Item, error) {
	words := strings.Fields(folded)
	if len(words) == 0 {
		return nil, nil
	}
	var where strings.Builder
	args := []any{account, n}
	for _, w := range words[:min(len(words), 20)] {
		args = append(args, "%"+likeEscaper.Replace(w)+"%")
		fmt.Fprintf(&where, ` and folded like $%d escape '!'`, len(args))
	}
	return list(q, scanItem, `select `+itemColumns+` from items where account = $1`+where.String()+` order by seq limit $2`, args...)
}

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// merge returns first and then what of second it lacks, n at most.
func merge(first, second []record.Item, n int) []record.Item {
	seen := map[record.Ref]bool{}
	var out []record.Item
	for _, it := range append(first, second...) {
		if !seen[it.Ref()] && len(out) < n {
			seen[it.Ref()] = true
			out = append(out, it)
		}
	}
	return out
}

// lettersAndDigits is the form in which documents are kept.
func lettersAndDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(s))
}
