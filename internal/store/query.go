package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"ponte/internal/record"
)

// runner is what *sql.DB and *sql.Tx have in common.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// A query runs the statements of one method; it lives no longer than the method's call.
type query struct {
	ctx context.Context
	on  runner
}

// exec runs a statement and returns how many rows it changed.
func (q query) exec(text string, args ...any) (int, error) {
	res, err := q.on.ExecContext(q.ctx, text, values(args)...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// each calls scan for every row.
func (q query) each(scan func(row) error, text string, args ...any) error {
	rows, err := q.on.QueryContext(q.ctx, text, values(args)...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // read to the end, its error is rows.Err's
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// row is the part of *sql.Rows that scanners need.
type row interface{ Scan(dest ...any) error }

// one scans the only row of a question into dest; ErrNotFound when there is none.
func (q query) one(dest []any, text string, args ...any) error {
	found := false
	err := q.each(func(r row) error {
		found = true
		return r.Scan(dest...)
	}, text, args...)
	if err == nil && !found {
		return ErrNotFound
	}
	return err
}

// number returns the one number that a question answers, 0 when it answers none.
func (q query) number(text string, args ...any) (int64, error) {
	var n int64
	err := q.one([]any{&n}, text, args...)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return n, err
}

// list scans every row of a question.
func list[T any](q query, scan func(row) (T, error), text string, args ...any) ([]T, error) {
	var out []T
	err := q.each(func(r row) error {
		v, err := scan(r)
		out = append(out, v)
		return err
	}, text, args...)
	return out, err
}

// first scans the first row of a question; ErrNotFound when there is none.
func first[T any](q query, scan func(row) (T, error), text string, args ...any) (T, error) {
	var none T
	all, err := list(q, scan, text, args...)
	if err != nil {
		return none, err
	}
	if len(all) == 0 {
		return none, ErrNotFound
	}
	return all[0], nil
}

// mostRows bounds the rows of one insert: SQLite takes 32,766 parameters.
const mostRows = 200

// insert adds rows to table (columns, comma-separated) in few statements; tail
// is the on-conflict clause, or "".
func (q query) insert(table, columns, tail string, rows [][]any) error {
	for len(rows) > 0 {
		batch := rows[:min(mostRows, len(rows))]
		rows = rows[len(batch):]
		args := make([]any, 0, len(batch)*len(batch[0]))
		var text strings.Builder
		text.WriteString("insert into " + table + " (" + columns + ") values ")
		for i, r := range batch {
			if i > 0 {
				text.WriteByte(',')
			}
			text.WriteString(tuple(len(args)+1, len(r)))
			args = append(args, r...)
		}
		if _, err := q.exec(text.String()+" "+tail, args...); err != nil {
			return err
		}
	}
	return nil
}

// tuple returns "($from, …)" with n parameters.
func tuple(from, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteByte("(,"[min(i, 1)])
		fmt.Fprintf(&b, "$%d", from+i)
	}
	b.WriteByte(')')
	return b.String()
}

// values turns our types into what both drivers bind: times into unix
// milliseconds, JSON and names into text. Text loses NUL and what is no UTF-8,
// which PostgreSQL refuses: a vendor's odd byte must not stop a page (P5).
func values(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case time.Time:
			out[i] = millis(v)
		case string:
			out[i] = text(v)
		case record.Kind:
			out[i] = text(string(v))
		case record.Side:
			out[i] = text(string(v))
		case json.RawMessage:
			out[i] = text(string(v))
		case int:
			out[i] = int64(v)
		default:
			out[i] = a
		}
	}
	return out
}

func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

func anys[T any](in []T) []any {
	out := make([]any, len(in))
	for i, v := range in {
		out[i] = v
	}
	return out
}

// millis is how times are stored: unix milliseconds, 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// instant is the opposite of millis; instants are UTC.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// orNow returns t, or the present when t is zero.
func orNow(t time.Time) time.Time {
	if t.IsZero() {
		return time.Now()
	}
	return t
}

// encode is how lists and maps are stored; "" stands for an empty one.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("store: %T does not marshal: %v", v, err)) // our own types always do
	}
	switch s := string(b); s {
	case "null", "[]", "{}":
		return ""
	default:
		return s
	}
}

func decode(s string, into any) error {
	if s == "" {
		return nil
	}
	return json.Unmarshal([]byte(s), into)
}
