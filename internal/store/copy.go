package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// copied are the tables of an account that a dry run needs, parents first.
var copied = []string{"accounts", "sequences", "runs", "flow_runs", "marks", "cursors", "items", "item_keys", "links", "lives", "changes", "unclear", "waits", "wait_needs", "ignores", "conflicts", "holds"}

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
			if err := copyTable(query{ctx, source}, q, table, account); err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
		}
		return nil
	})
}

func copyTable(from, to query, table, account string) error {
	rows, err := from.on.QueryContext(from.ctx, `select * from `+table+` where account = $1`, account)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // read to the end, its error is rows.Err's
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	var batch [][]any
	for rows.Next() {
		values, err := scanAny(rows, len(columns))
		if err != nil {
			return err
		}
		if batch = append(batch, values); len(batch) < mostRows {
			continue
		}
		if err := to.insert(table, strings.Join(columns, ", "), "", batch); err != nil {
			return err
		}
		batch = nil
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return to.insert(table, strings.Join(columns, ", "), "", batch)
}

func scanAny(rows *sql.Rows, n int) ([]any, error) {
	values, into := make([]any, n), make([]any, n)
	for i := range values {
		into[i] = &values[i]
	}
	err := rows.Scan(into...)
	return values, err
}
