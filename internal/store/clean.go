package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// securely has what f deletes overwritten in the file, where the database is one:
// SQLite else leaves it in pages that are free.
func (db *DB) securely(ctx context.Context, f func() error) error {
	if db.file == "" {
		return f()
	}
	if _, err := db.write.ExecContext(ctx, `pragma secure_delete = 1`); err != nil {
		return err
	}
	err := f()
	_, off := db.write.ExecContext(context.WithoutCancel(ctx), `pragma secure_delete = 0`)
	return errors.Join(err, off)
}

// ErrBusy is returned by Clean when others kept the database busy all the time.
var ErrBusy = errors.New("the database is busy: what was erased is still in its files")

// Clean rewrites the database's files without what was deleted: on SQLite the file, whose
// log is then cut to nothing; on PostgreSQL the tables that hold what people wrote, and the
// samples of their columns. It waits for others, and may be called again at any time. whole
// is false where PostgreSQL refused the samples, which only the owner of the database may
// have rewritten. Its write-ahead log and the copies that were made before are the operator's.
func (db *DB) Clean(ctx context.Context) (whole bool, err error) {
	db.at("before Clean")
	defer db.at("after Clean")
	if db.pool != nil {
		return db.vacuumTables(ctx)
	}
	if _, err := db.write.ExecContext(ctx, `vacuum`); err != nil {
		return false, fmt.Errorf("store: Clean: %w", errors.Join(ErrBusy, err))
	}
	const tries = 20
	for range tries {
		var busy, pages, moved int64
		err := query{ctx, db.write}.one([]any{&busy, &pages, &moved}, `pragma wal_checkpoint(truncate)`)
		if err == nil && busy == 0 {
			return true, nil
		}
		if err := pause(ctx, 500*time.Millisecond); err != nil {
			return false, err
		}
	}
	return false, fmt.Errorf("store: Clean: %w", ErrBusy)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// vacuumed are the tables that an erasure writes to.
var vacuumed = []string{
	"items", "item_keys", "links", "changes", "unclear", "waits", "wait_needs", "ignores", "conflicts", "events", "hints", "lives", "marks",
	"alerts", "messages", "runs", "sweeps", "accounts_works", "drafts_works", "drafts_records", "drafts_pairs", "api_tokens_answers", "passages",
}

// vacuumTables writes each table anew; it waits a while for each.
func (db *DB) vacuumTables(ctx context.Context) (whole bool, err error) {
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close() }() // it goes back to the pool
	if _, err := conn.ExecContext(ctx, `set lock_timeout = '30s'`); err != nil {
		return false, err
	}
	defer func() {
		_, reset := conn.ExecContext(context.WithoutCancel(ctx), `reset lock_timeout`)
		err = errors.Join(err, reset)
	}()
	if err := unseen(ctx, conn, false); err != nil {
		return false, err
	}
	whole = true
	for _, table := range vacuumed {
		if _, err := conn.ExecContext(ctx, `vacuum (full, analyze) `+table); err != nil {
			return false, fmt.Errorf("store: Clean: %s: %w", table, errors.Join(ErrBusy, err))
		}
		gone, err := dropSamples(ctx, conn, table)
		if err != nil {
			return false, fmt.Errorf("store: Clean: %s: %w", table, err)
		}
		whole = whole && gone
	}
	rewritten, err := vacuumSamples(ctx, conn)
	if err != nil {
		return false, fmt.Errorf("store: Clean: samples: %w", err)
	}
	return whole && rewritten, nil
}

// unseen waits a while until nobody can see what was deleted so far: vacuum copies the rows that somebody may still see. Who
// sees them is who began to look before, in this database, at a replica or (autovacuum) in none; and who begins to look now
// sees whatever older transactions of the whole server, other databases' too, have not ended. Once true it stays true.
func unseen(ctx context.Context, conn *sql.Conn, catalog bool) error {
	const isUnseen = `select pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8 and not exists (
		select 1 from (
			select backend_xmin from pg_stat_activity where pid <> pg_backend_pid() and (datname = current_database() or datname is null)
			union all select xmin from pg_replication_slots
			union all select catalog_xmin from pg_replication_slots where $2
		) looks(since) where age(since) > age($1::text::xid8::xid))`
	var now string
	if err := conn.QueryRowContext(ctx, `select pg_snapshot_xmax(pg_current_snapshot())::text`).Scan(&now); err != nil {
		return err
	}
	for range 60 {
		is := false
		if err := conn.QueryRowContext(ctx, isUnseen, now, catalog).Scan(&is); err != nil || is {
			return err
		}
		if err := pause(ctx, 500*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("store: Clean: a session of the server, a transaction that was prepared or a replication slot has been looking since before: %w", ErrBusy)
}
