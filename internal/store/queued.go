package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// withTx hands the open transaction to the queue's driver.
type withTx func(use func(tx any) error) error

// queued is change for a transaction that also puts jobs on the queue, or ends
// one: rows and jobs are committed together or not at all.
func (db *DB) queued(ctx context.Context, method string, f func(query, withTx) error) (err error) {
	if j := jointOf(ctx, db); j != nil {
		return j.run(ctx, method, f)
	}
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("store: %s: %w", method, err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: %s: %w", method, err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	counted := &counting{runner: tx}
	with := func(use func(any) error) error {
		counted.changed++ // the queue's own rows
		if db.pool == nil {
			return use(tx)
		}
		return conn.Raw(func(driver any) error { return use(pgxTx{driver.(*stdlib.Conn).Conn()}) })
	}
	if err := f(query{ctx, counted}, with); err != nil {
		return fmt.Errorf("store: %s: %w", method, err)
	}
	return db.end(ctx, tx, method, counted.changed > 0)
}

// A pgxTx is the transaction that is open on a connection, as pgx's own users
// take it. It is committed by who opened it alone.
type pgxTx struct{ conn *pgx.Conn }

var errNotYours = errors.New("store: the transaction is the store's")

func (t pgxTx) Begin(context.Context) (pgx.Tx, error) { return nil, errNotYours }
func (t pgxTx) Commit(context.Context) error          { return errNotYours }
func (t pgxTx) Rollback(context.Context) error        { return errNotYours }
func (t pgxTx) Conn() *pgx.Conn                       { return t.conn }
func (t pgxTx) LargeObjects() pgx.LargeObjects        { return pgx.LargeObjects{} }

func (t pgxTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	return t.conn.CopyFrom(ctx, table, columns, rows)
}

func (t pgxTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return t.conn.SendBatch(ctx, b)
}

func (t pgxTx) Prepare(ctx context.Context, name, text string) (*pgconn.StatementDescription, error) {
	return t.conn.Prepare(ctx, name, text)
}

func (t pgxTx) Exec(ctx context.Context, text string, args ...any) (pgconn.CommandTag, error) {
	return t.conn.Exec(ctx, text, args...)
}

func (t pgxTx) Query(ctx context.Context, text string, args ...any) (pgx.Rows, error) {
	return t.conn.Query(ctx, text, args...)
}

func (t pgxTx) QueryRow(ctx context.Context, text string, args ...any) pgx.Row {
	return t.conn.QueryRow(ctx, text, args...)
}
