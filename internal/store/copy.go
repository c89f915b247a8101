package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// accountTables are the tables with an account column, each behind the one it
// refers to. A lease is not among them: it belongs to one store.
var accountTables = []string{
	"accounts", "secrets", "sequences", "runs", "flow_runs", "marks", "cursors", "items", "item_keys", "links",
	"changes", "waits", "wait_needs", "conflicts", "holds", "events",
}

// Copy puts an account's rows into another store, in the place of what that
// has of the account: for dry runs on a temporary store. Its lease stays
// behind. It reads one state of from, whatever is written meanwhile.
func Copy(ctx context.Context, from, to *DB, account string) (err error) {
	source, err := from.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: from.differ.snapshot})
	if err != nil {
		return fmt.Errorf("store: Copy: %w", err)
	}
	defer func() { _ = source.Rollback() }() // it only reads
	return to.change(ctx, "Copy", func(q query) error {
		if _, err := q.exec(`delete from accounts where account = $1`, account); err != nil {
			return err
		}
		for _, table := range accountTables {
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
	names := strings.Join(columns, ", ")
	var batch [][]any
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if batch = append(batch, values); len(batch) == mostRows {
			if err := to.insert(table, names, "", batch); err != nil {
				return err
			}
			batch = nil
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return to.insert(table, names, "", batch)
}
