package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"modernc.org/sqlite" // binds $1…$N by number, which bindsByNumber asserts
)

// openSQLite opens a SQLite database whose connections keep their prepared
// statements: the driver alone parses a text anew each time, which was a third of
// the CPU of a walk. On PostgreSQL pgx keeps them too.
func openSQLite(dsn string) (*sql.DB, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keeping{c}), nil
}

type keeping struct{ driver.Connector }

// Connect opens a connection that keeps its statements.
func (k keeping) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keeper{sqliteConn: c.(sqliteConn), young: map[string]statement{}}, nil
}

// mostKept bounds the statements of a connection: at most twice as many are kept.
// A text longer than longestKept is a batch, of a length that seldom comes again.
const mostKept, longestKept = 128, 4 << 10

// A keeper is a connection with its idle statements, by their text. A running
// one is with who runs it, so that a text may run while its rows are still read.
// database/sql lets one goroutine at a time use a connection.
type keeper struct {
	sqliteConn
	young, old map[string]statement // old: not used since young was last full
}

// What database/sql uses of a connection, a statement and rows of the driver.
type (
	sqliteConn interface {
		driver.Conn
		driver.ConnBeginTx
		driver.ConnPrepareContext
		driver.ExecerContext
		driver.QueryerContext
		driver.Pinger
		driver.SessionResetter
		driver.Validator
	}
	statement interface {
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	}
	sqliteRows interface {
		driver.Rows
		driver.RowsColumnTypeDatabaseTypeName
	}
)

// ExecContext runs a kept or new statement.
func (k *keeper) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	s, err := k.take(ctx, text)
	if err != nil {
		return nil, err
	}
	res, err := s.ExecContext(ctx, args)
	return res, errors.Join(err, k.giveBack(text, s))
}

// QueryContext asks a kept or new statement, which comes back with the end of its rows.
func (k *keeper) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := k.take(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, k.giveBack(text, s))
	}
	return &keptRows{rows.(sqliteRows), func() error { return k.giveBack(text, s) }}, nil
}

type keptRows struct {
	sqliteRows
	giveBack func() error
}

// Close ends the rows; database/sql does it once.
func (r *keptRows) Close() error { return errors.Join(r.sqliteRows.Close(), r.giveBack()) }

func (k *keeper) take(ctx context.Context, text string) (statement, error) {
	for _, kept := range []map[string]statement{k.young, k.old} {
		if s, there := kept[text]; there {
			delete(kept, text)
			return s, nil
		}
	}
	s, err := k.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.(statement), nil
}

// giveBack keeps a statement that was reset by its run; what was not used for
// the longest time makes room.
func (k *keeper) giveBack(text string, s statement) error {
	if _, twice := k.young[text]; twice || len(text) > longestKept {
		return s.Close()
	}
	k.young[text] = s
	if len(k.young) < mostKept {
		return nil
	}
	err := closeAll(k.old)
	k.young, k.old = map[string]statement{}, k.young
	return err
}

// Close closes the statements and the connection.
func (k *keeper) Close() error {
	return errors.Join(closeAll(k.young), closeAll(k.old), k.sqliteConn.Close())
}

func closeAll(kept map[string]statement) error {
	var errs []error
	for _, s := range kept {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}
