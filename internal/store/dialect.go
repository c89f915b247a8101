package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"ponte/internal/disk"
)

// A dialect is all that differs between the two databases.
type dialect struct {
	goose goose.Dialect
	// lock ends a select whose rows nobody else may change until the commit.
	// SQLite has one writer, so there it is nothing.
	lock string
	// skip ends a select that leaves rows out which somebody else is about to change.
	skip string
	// now asks the database's clock; "" where ours is the only one.
	now string
	// snapshot is the isolation in which all reads of a transaction see one state.
	snapshot sql.IsolationLevel
	// alone holds the boot lock of the database while f runs.
	alone func(ctx context.Context, db *DB, f func(context.Context) error) error
}

func connect(ctx context.Context, dsn string) (*DB, error) {
	switch {
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		return connectPostgres(ctx, dsn)
	case dsn == ":memory:":
		return connectMemory()
	}
	return connectFile(dsn)
}

func connectPostgres(ctx context.Context, dsn string) (*DB, error) {
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		return nil, errors.New("the postgres:// address cannot be used") // the cause would quote the password
	}
	db := stdlib.OpenDBFromPool(pool)
	return &DB{write: db, read: db, pool: pool, differ: dialect{
		goose:    goose.DialectPostgres,
		lock:     " for update",
		skip:     " for update skip locked",
		now:      "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)",
		snapshot: sql.LevelRepeatableRead,
		alone:    underAdvisoryLock,
	}}, nil
}

// Pragmas of every SQLite connection. FULL: a commit survives a power cut,
// since the ledger must know what was sent.
const sqlitePragmas = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"

func connectMemory() (*DB, error) {
	db, err := openSQLite(":memory:?_txlock=immediate&" + sqlitePragmas)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return &DB{write: db, read: db, differ: dialect{
		goose: goose.DialectSQLite3,
		alone: func(ctx context.Context, _ *DB, f func(context.Context) error) error { return f(ctx) },
	}}, nil
}

// connectFile gives one connection to writes, because SQLite has one writer,
// and four that can only read, so that pages never wait for a cycle (stack.md §3.4).
func connectFile(path string) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := makePrivate(path); err != nil {
		return nil, err
	}
	for _, needed := range []string{path, filepath.Dir(path)} { // the journal is made beside the file; SQLite would say "error 14"
		if err := disk.MayWrite(needed); err != nil {
			return nil, err
		}
	}
	name := fileURI(path)
	write, err := openSQLite(name + "?_txlock=immediate&" + sqlitePragmas)
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := openSQLite(name + "?_pragma=query_only(1)&" + sqlitePragmas)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(4)
	return &DB{write: write, read: read, file: path, witness: witness{path}, differ: dialect{
		goose: goose.DialectSQLite3,
		alone: func(ctx context.Context, _ *DB, f func(context.Context) error) error {
			return underFileLock(ctx, path+".lock", f)
		},
	}}, nil
}

// makePrivate makes the file, for its owner alone, when it is not there yet;
// SQLite gives the same mode to the files beside it.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// present is the time by which leases live and die: the database's own where
// several machines share it, else this machine's.
func (db *DB) present(q query) (time.Time, error) {
	if db.differ.now == "" {
		return time.Now(), nil
	}
	ms, err := q.number(db.differ.now)
	if err != nil {
		return time.Time{}, fmt.Errorf("cannot read the database's clock: %w", err)
	}
	return instant(ms), nil
}
