package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"
)

// A Sealer seals secrets at rest under numbered master keys (P10). What was
// sealed with one aad is unsealed only with the same.
type Sealer interface {
	Seal(plain []byte, aad string) ([]byte, error)
	Unseal(sealed []byte, aad string) ([]byte, error)
	Current() uint32            // the number of the key that seals now
	KeyOf(sealed []byte) uint32 // the number of the key that sealed
}

// A DB is the store. Its methods may be called from several goroutines.
type DB struct {
	write   *sql.DB
	read    *sql.DB       // for questions outside a writing transaction; may be write itself
	pool    *pgxpool.Pool // nil on SQLite
	differ  dialect
	sealer  Sealer
	file    string // the SQLite file; "" elsewhere
	witness witness
	seam    atomic.Pointer[func(string)]
}

// Open opens the store that dsn names, and brings its schema up to date: a
// file path or ":memory:" for SQLite, postgres://… for PostgreSQL. Several
// processes may open one store at once; they take turns.
func Open(ctx context.Context, dsn string, sealer Sealer) (*DB, error) {
	db, err := connect(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("cannot open the database: %w", err)
	}
	db.sealer = sealer
	if err := db.prepare(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (db *DB) prepare(ctx context.Context) error {
	// Alone from the first statement on: it switches SQLite to WAL, which no
	// busy timeout waits for.
	return db.Alone(ctx, func(ctx context.Context) error {
		if err := db.bindsByNumber(ctx); err != nil {
			return err
		}
		if err := db.migrate(ctx); err != nil {
			return err
		}
		return db.wakeBackup(ctx)
	})
}

// bindsByNumber makes sure that $1 is the first argument wherever it stands:
// every text of this package relies on it, and not every SQLite driver does it.
func (db *DB) bindsByNumber(ctx context.Context) error {
	var second, first string
	err := query{ctx, db.write}.one([]any{&second, &first}, `select cast($2 as text), cast($1 as text)`, "first", "second")
	if err != nil {
		return fmt.Errorf("cannot reach the database: %w", err)
	}
	if first != "first" || second != "second" {
		return errors.New("the database driver binds $1 and $2 by order, not by number: use the driver of go.mod")
	}
	return nil
}

// Close closes the store.
func (db *DB) Close() error {
	err := db.write.Close()
	if db.read != db.write {
		err = errors.Join(err, db.read.Close())
	}
	if db.pool != nil {
		db.pool.Close()
	}
	return err
}

// Ping tells whether the database can be reached.
func (db *DB) Ping(ctx context.Context) error { return db.read.PingContext(ctx) }

// SQL returns the pool of writing connections, for the queue's own tables. On
// SQLite it has one connection: who holds a transaction must use only that.
func (db *DB) SQL() *sql.DB { return db.write }

// Pool returns the PostgreSQL pool beneath SQL, nil on SQLite.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Seam has f called with "before <Method>" and "after <Method>" around each
// commit of a write. It is for tests of death: f may panic. Before the commit
// that leaves nothing written, after it everything.
func (db *DB) Seam(f func(point string)) {
	if f == nil {
		db.seam.Store(nil)
		return
	}
	db.seam.Store(&f)
}

func (db *DB) at(point string) {
	if f := db.seam.Load(); f != nil {
		(*f)(point)
	}
}

// ask is how reads run: by themselves, or among what Together does, in its transaction.
// There a second connection could be one that nobody has left.
func (db *DB) ask(ctx context.Context) query {
	if j := jointOf(ctx, db); j != nil {
		return query{ctx, j.on}
	}
	return query{ctx, db.read}
}

// change runs f in a writing transaction, named after the public method.
func (db *DB) change(ctx context.Context, method string, f func(query) error) error {
	if j := jointOf(ctx, db); j != nil {
		return j.run(ctx, method, func(q query, _ withTx) error { return f(q) })
	}
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: %s: %w", method, err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	counted := &counting{runner: tx}
	if err := f(query{ctx, counted}); err != nil {
		return fmt.Errorf("store: %s: %w", method, err)
	}
	return db.end(ctx, tx, method, counted.changed > 0)
}

// end commits a method's transaction. One that changed anything takes the act with
// it that its context brought (WithAct).
func (db *DB) end(ctx context.Context, tx *sql.Tx, method string, changed bool) error {
	commit := func() error {
		db.at("before " + method)
		return tx.Commit()
	}
	var err error
	if act := actOf(ctx, db); act != nil && changed {
		err = act.commit(query{ctx, tx}, commit)
	} else {
		err = commit()
	}
	if err != nil {
		return fmt.Errorf("store: %s: %w", method, err)
	}
	db.at("after " + method)
	return nil
}

// counting counts the rows that statements change.
type counting struct {
	runner
	changed int64
}

// ExecContext runs a statement.
func (c *counting) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	res, err := c.runner.ExecContext(ctx, text, args...)
	if err == nil {
		if n, err := res.RowsAffected(); err == nil {
			c.changed += n
		}
	}
	return res, err
}

// under is change for a write that the lease must cover until its commit (P1).
func (db *DB) under(ctx context.Context, l Lease, method string, f func(query) error) error {
	return db.change(ctx, method, func(q query) error {
		if err := holds(q, db.differ, l); err != nil {
			return err
		}
		return f(q)
	})
}

// holds makes sure that the lease is still the account's, and keeps it so until the commit.
func holds(q query, d dialect, l Lease) error {
	ours, err := q.number(`select 1 from leases where account = $1 and epoch = $2 and holder = $3 and holder <> ''`+d.lock,
		l.Account, l.Epoch, l.Holder)
	if err == nil && ours == 0 {
		return ErrLeaseLost
	}
	return err
}
