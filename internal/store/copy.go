package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// copied are the tables of an account that a dry run needs, parents first.
var copied = []string{"accounts", "sequences", "runs", "flow_runs", "marks", "cursors", "items", "item_keys", "links", "lives", "changes", "unclear", "waits", "wait_needs", "ignores", "conflicts", "holds", "recoveries", "erased"}

// Copy copies an account's rows to another store, for a dry run there. Secrets
// and history stay behind. It reads one state of from, whatever is written meanwhile.
func Copy(ctx context.Context, from, to *DB, account string) error {
	source, err := from.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: from.differ.snapshot})
	if err != nil {
		return fmt.Errorf("store: Copy: %w", err)
	}
	defer func() { _ = source.Rollback() }() // it only reads
	return to.change(ctx, "Copy", func(q query) error {
		for _, table := range copied {
			if _, err := copyTable(query{ctx, source}, q, table, account); err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
		}
		return nil
	})
}

// copyTable copies an account's rows of a table, every row when account is "",
// and returns how many.
func copyTable(from, to query, table, account string) (n int, err error) {
	text, args := `select * from `+table, []any{}
	if account != "" {
		text, args = text+` where account = $1`, []any{account}
	}
	rows, err := from.on.QueryContext(from.ctx, text, args...)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }() // read to the end, its error is rows.Err's
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	truths, err := booleans(rows)
	if err != nil {
		return 0, err
	}
	var batch [][]any
	flush := func() error {
		n += len(batch)
		err := to.insert(table, strings.Join(columns, ", "), "", batch)
		batch = batch[:0]
		return err
	}
	for rows.Next() {
		values, err := scanAny(rows, len(columns))
		if err != nil {
			return n, err
		}
		for _, i := range truths {
			if v, number := values[i].(int64); number { // as SQLite gives it
				values[i] = v != 0
			}
		}
		if batch = append(batch, values); len(batch) == mostRows {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return n, err
	}
	return n, flush()
}

// booleans are the columns declared so.
func booleans(rows *sql.Rows) ([]int, error) {
	types, err := rows.ColumnTypes()
	var out []int
	for i, t := range types {
		if strings.HasPrefix(strings.ToUpper(t.DatabaseTypeName()), "BOOL") {
			out = append(out, i)
		}
	}
	return out, err
}

func scanAny(r row, n int) ([]any, error) {
	values, into := make([]any, n), make([]any, n)
	for i := range values {
		into[i] = &values[i]
	}
	err := r.Scan(into...)
	return values, err
}
