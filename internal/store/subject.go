package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ponte/internal/record"
)

// A Subject is the records of one person in an account (package subject).
type Subject struct {
	Account   string
	Customers []record.Ref // on both sides
	Sources   []record.Ref // tasks and quotations for them
	Orders    []record.Ref // that bill them
}

// Refs are all its records.
func (s Subject) Refs() []record.Ref { return slices.Concat(s.Customers, s.Sources, s.Orders) }

// SubjectOf returns the records of whom some customers are: what is linked to them,
// what was asked for them, and what bills them.
func (db *DB) SubjectOf(ctx context.Context, account string, customers ...record.Ref) (Subject, error) {
	s, q := Subject{Account: account}, db.ask(ctx)
	var err error
	if s.Customers, err = linkedCustomers(q, account, customers); err != nil {
		return s, err
	}
	for _, c := range s.Customers {
		more, err := madeFor(q, account, c)
		if err != nil {
			return s, err
		}
		for _, ref := range more {
			if isOrderKind(ref.Kind) {
				s.Orders = append(s.Orders, ref)
			} else {
				s.Sources = append(s.Sources, ref)
			}
		}
	}
	for _, source := range s.Sources {
		orders, err := list(q, scanRef, `select kind, 'omie', omie from links where account = $1 and kind in ('service-order', 'sales-order') and auvo = $2`, account, source.String())
		if err != nil {
			return s, err
		}
		s.Orders = append(s.Orders, orders...)
	}
	s.Orders = onlyOnce(s.Orders)
	return s, nil
}

func isOrderKind(k record.Kind) bool { return k == record.ServiceOrder || k == record.SalesOrder }

func onlyOnce(refs []record.Ref) []record.Ref {
	slices.SortFunc(refs, func(a, b record.Ref) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(refs)
}

// linkedCustomers follows links, sites included, until nobody new is found.
func linkedCustomers(q query, account string, refs []record.Ref) ([]record.Ref, error) {
	found, seen := []record.Ref{}, map[record.Ref]bool{}
	for next := slices.Clone(refs); len(next) > 0; {
		ref := next[0]
		next = next[1:]
		if seen[ref] {
			continue
		}
		seen[ref] = true
		found = append(found, ref)
		here, there := "auvo", "omie"
		if ref.Side == record.Omie {
			here, there = there, here
		}
		linked, err := list(q, scanRef, `select kind, '`+there+`', `+there+` from links where account = $1 and kind = 'customer' and `+here+` = $2`, account, ref.ID)
		if err != nil {
			return nil, err
		}
		next = append(next, linked...)
	}
	return found, nil
}

// madeFor are the tasks and quotations for a customer of Auvo, or the orders that bill one of Omie.
func madeFor(q query, account string, c record.Ref) ([]record.Ref, error) {
	if c.Side == record.Auvo {
		return list(q, scanRef, `select kind, side, id from item_keys where account = $1 and name = $2 and value = $3 and side = 'auvo' and kind in ('task', 'quotation') order by kind, id`,
			account, record.KeyCustomer, c.ID)
	}
	name, err := json.Marshal(c.ID)
	if err != nil {
		return nil, err
	}
	return list(q, scanRef, `select kind, side, id from items where account = $1 and side = 'omie' and kind in ('service-order', 'sales-order')
		and replace(body, $2, '') <> body order by kind, id`, account, `"order":{"customer":`+string(name)+`,`)
}

// A Holding is one row that is kept about a record: its columns by name, without those
// that are empty.
type Holding struct {
	Table string
	Ref   record.Ref
	Row   map[string]any
}

// A holder is a table that keeps something about a record: of which rows, by $1 the
// account, $2 the kind, $3 the side, $4 the id (those that it uses).
type holder struct{ table, columns, where string }

// onSide is the condition that a row's pair has the record.
const onSide = `(cast($3 as text) = 'auvo' and auvo = $4 or cast($3 as text) = 'omie' and omie = $4)`

var holders = []holder{
	{"items", "title, code, version, changed, outcome, reason, laid, body, raw", `kind = $2 and side = $3 and id = $4`},
	{"item_keys", "name, value", `kind = $2 and side = $3 and id = $4`},
	{"links", "kind, auvo, omie, role, code, base, how, undone", `kind = $2 and ` + onSide},
	{"changes", "id, run, kind, action, target, auvo, omie, title, code, fields, doc, reason, state, said, answer, created, sent, settled", `(source_kind = $2 and source_side = $3 and source_id = $4 or kind = $2 and ` + onSide + `)`},
	{"unclear", "change, method, why, since, how, looked, last, found, ended, ended_as, by_whom", `change in (select id from changes where account = $1 and (source_kind = $2 and source_side = $3 and source_id = $4 or kind = $2 and ` + onSide + `))`},
	{"waits", "flow, title, cause, detail, since", `kind = $2 and side = $3 and id = $4`},
	{"ignores", "flow, cause, until, why, by_whom, at", `kind = $2 and side = $3 and id = $4`},
	{"conflicts", "at, field, base, in_auvo, in_omie, settled, settled_by", `kind = $2 and ` + onSide},
	{"lives", "kind, epoch, undone, why", `source_kind = $2 and cast($3 as text) = 'auvo' and source_id = $4`},
	{"events", "at, run, what, said, detail", `kind = $2 and side = $3 and id = $4`},
	{"hints", "topic, received, times, settled, outcome", `kind = $2 and source = $3 and id = $4`},
	{"marks", "name, value", `name in (select 'taken/' || kind || '/' || auvo || '/' || omie from links where account = $1 and kind = $2 and ` + onSide + `)`},
}

// EachHolding calls f with every row that is kept about some records of an account.
func (db *DB) EachHolding(ctx context.Context, account string, refs []record.Ref, f func(Holding) error) error {
	for _, ref := range refs {
		for _, h := range holders {
			if err := h.each(db.ask(ctx), account, ref, f); err != nil {
				return fmt.Errorf("%s: %w", h.table, err)
			}
		}
	}
	return nil
}

func (h holder) each(q query, account string, ref record.Ref, f func(Holding) error) error {
	names := strings.Split(h.columns, ", ")
	rows, err := q.on.QueryContext(q.ctx, `select `+h.columns+` from `+h.table+` where account = $1 and `+h.where, values([]any{account, ref.Kind, ref.Side, ref.ID})...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // read to the end, its error is rows.Err's
	var all []Holding
	for rows.Next() {
		values, err := scanAny(rows, len(names))
		if err != nil {
			return err
		}
		row := map[string]any{}
		for n, v := range values {
			if v = asShown(names[n], v); v != nil {
				row[names[n]] = v
			}
		}
		all = append(all, Holding{h.table, ref, row})
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, one := range all {
		if err := f(one); err != nil {
			return err
		}
	}
	return nil
}

// stamps are the columns that hold an instant.
var stamps = []string{"changed", "created", "sent", "settled", "since", "until", "at", "undone", "received", "last", "ended"}

// asShown is a column's value as people are shown it: JSON as such, instants as such; nil
// where there is none.
func asShown(name string, v any) any {
	switch v := v.(type) {
	case []byte:
		return asShown(name, string(v))
	case string:
		if v == "" {
			return nil
		}
		if (v[0] == '{' || v[0] == '[') && json.Valid([]byte(v)) {
			return json.RawMessage(v)
		}
	case int64:
		if v == 0 {
			return nil
		}
		if slices.Contains(stamps, name) {
			return instant(v)
		}
	}
	return v
}

// ActsAbout counts the acts that name one of some records; they stay for good.
func (db *DB) ActsAbout(ctx context.Context, account string, refs []record.Ref) (int, error) {
	n := 0
	for _, ref := range refs {
		one, err := db.ask(ctx).number(`select count(*) from acts where account = $1 and (about = $2 or fields <> replace(fields, $3, ''))`, account, ref.String(), ref.String())
		if err != nil {
			return 0, err
		}
		n += int(one)
	}
	return n, nil
}

// A scrubbed table has sentences in which data of a person may stand who is not the one
// that the row is about. No decision reads them: a text is put in another's place there
// without anybody's fields changing.
type scrubbed struct {
	table, by string   // by: what its rows are counted by; "" where there are few
	key       []string // names a row, within the account where there is one; nil: by does
	columns   []string // that hold sentences, or JSON with sentences
	everybody bool     // it has no account
}

var allScrubbed = []scrubbed{
	{table: "events", by: "seq", columns: []string{"said", "detail"}},
	{table: "changes", by: "id", columns: []string{"title", "said", "answer", "reason"}},
	{table: "unclear", by: "seq", columns: []string{"why", "found"}},
	{table: "waits", by: "seq", columns: []string{"title", "detail"}},
	{table: "ignores", key: []string{"kind", "side", "id", "flow", "cause", "about"}, columns: []string{"why"}},
	{table: "lives", key: []string{"kind", "source_kind", "source_id"}, columns: []string{"why"}},
	{table: "items", by: "seq", key: []string{"side", "kind", "id"}, columns: []string{"reason"}},
	{table: "alerts", by: "seq", columns: []string{"title", "said"}},
	{table: "messages", by: "seq", columns: []string{"subject", "body", "said"}},
	{table: "runs", by: "seq", key: []string{"id"}, columns: []string{"flows", "error"}},
	{table: "sweeps", by: "seq", key: []string{"run", "source"}, columns: []string{"examples"}},
	{table: "accounts_works", key: []string{"work"}, columns: []string{"about", "said", "answer"}},
	{table: "drafts_works", key: []string{"draft", "work"}, columns: []string{"about", "said", "answer"}, everybody: true},
	{table: "drafts_records", key: []string{"draft", "number", "kind", "side", "id"}, columns: []string{"title", "folded", "fields"}, everybody: true},
	{table: "drafts_pairs", key: []string{"draft", "number", "kind", "level", "seq"}, columns: []string{"reasons"}, everybody: true},
	{table: "api_tokens_answers", key: []string{"token", "key"}, columns: []string{"answer"}, everybody: true},
}

// keys are the columns that name a row.
func (s scrubbed) keys() []string {
	if s.key == nil {
		return []string{s.by}
	}
	return s.key
}

// mostTraces bounds the texts of one statement.
const mostTraces = 40

// Mentions counts, by table, the rows of sentences in which one of some texts stands.
func (db *DB) Mentions(ctx context.Context, account string, texts []string) (map[string]int, error) {
	found := map[string]int{}
	for batch := range slices.Chunk(texts, mostTraces) {
		for _, s := range allScrubbed {
			args := append([]any{account}, anys(batch)...)
			n, err := db.ask(ctx).number(`select count(*) from `+s.table+` where `+s.of()+` and `+s.holds(len(batch)), args...)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.table, err)
			}
			found[s.table] += int(n)
		}
	}
	maps.DeleteFunc(found, func(_ string, n int) bool { return n == 0 })
	return found, nil
}

// of is the condition on the account, $1.
func (s scrubbed) of() string {
	if s.everybody {
		return `cast($1 as text) <> ''`
	}
	return `account = $1`
}

// holds is the condition that one of the texts, from $2 on, stands in a column.
func (s scrubbed) holds(texts int) string {
	var parts []string
	for _, c := range s.columns {
		for n := range texts {
			parts = append(parts, `replace(`+c+`, `+dollar(2+n)+`, '') <> `+c)
		}
	}
	return `(` + strings.Join(parts, ` or `) + `)`
}
