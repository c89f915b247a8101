package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Alone runs f while no other process of this database does: migrations of
// processes that start together take turns (stack.md §3.5).
func (db *DB) Alone(ctx context.Context, f func(context.Context) error) error {
	return db.differ.alone(ctx, db, f)
}

// migrate brings the schema to what this binary knows, and refuses one that is newer.
func (db *DB) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(db.differ.goose, db.write, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("cannot read the migrations: %w", err)
	}
	has, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("cannot read the database's schema version: %w", err)
	}
	sources := provider.ListSources()
	if knows := sources[len(sources)-1].Version; has > knows {
		return fmt.Errorf("the database was made by a newer ponte (its schema is %d, this program knows up to %d): start that version, or restore an older backup", has, knows)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("cannot migrate the database: %w", err)
	}
	return nil
}

// bootLock is the number of our advisory lock: "ponte" in ASCII.
const bootLock = 0x706f6e7465

func underAdvisoryLock(ctx context.Context, db *DB, f func(context.Context) error) (err error) {
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("cannot reach the database: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, `select pg_advisory_lock($1)`, int64(bootLock)); err != nil {
		return fmt.Errorf("cannot lock the database for its migrations: %w", err)
	}
	// The connection goes back to a pool, so the lock must not stay with it, whatever became of ctx.
	defer func() {
		_, unlockErr := conn.ExecContext(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, int64(bootLock))
		err = errors.Join(err, unlockErr)
	}()
	return f(ctx)
}

func underFileLock(ctx context.Context, path string, f func(context.Context) error) (err error) {
	lock := flock.New(path)
	if _, err := lock.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return fmt.Errorf("cannot lock the database for its migrations: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }() // which lets the lock go
	return f(ctx)
}
