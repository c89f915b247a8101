package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// PostgreSQL samples the columns of each table (analyze, by itself too), and keeps their
// commonest values and a histogram as they are in pg_statistic: names and documents.

// dropSamples forgets those of a table that is empty: analyze writes new ones only from
// rows. To give a column the type that it has drops its samples. It is false where
// somebody else's view stands in the way.
func dropSamples(ctx context.Context, conn *sql.Conn, table string) (gone bool, err error) {
	const sampled = `select quote_ident(a.attname) from pg_attribute a
		where a.attrelid = $1::text::regclass and a.attnum > 0 and not a.attisdropped and a.atttypid = 'text'::regtype
		and not exists (select 1 from pg_constraint c where c.conrelid = a.attrelid and c.contype = 'f' and a.attnum = any(c.conkey))
		and exists (select 1 from pg_stats s join pg_class k on k.oid = a.attrelid
			where s.schemaname = k.relnamespace::regnamespace::text and s.tablename = k.relname and s.attname = a.attname)`
	filled := false
	if err := conn.QueryRowContext(ctx, `select exists (select 1 from `+table+`)`).Scan(&filled); err != nil || filled {
		return true, err
	}
	columns, err := list(query{ctx, conn}, scanName, sampled, table)
	if err != nil || len(columns) == 0 {
		return true, err
	}
	alters := make([]string, 0, len(columns))
	for _, c := range columns {
		alters = append(alters, `alter column `+c+` type text`)
	}
	_, err = conn.ExecContext(ctx, `alter table `+table+` `+strings.Join(alters, ", "))
	if answers(err, "0A000", "2BP01") { // a view reads it
		return false, nil
	}
	return true, err
}

// vacuumSamples writes pg_statistic anew, which is the affair of the database's owner:
// to others PostgreSQL says so, and does nothing.
func vacuumSamples(ctx context.Context, conn *sql.Conn) (rewritten bool, err error) {
	const where = `select pg_relation_filenode('pg_catalog.pg_statistic')`
	var before, after int64
	if err := unseen(ctx, conn, true); err != nil {
		return false, err
	}
	if err := conn.QueryRowContext(ctx, where).Scan(&before); err != nil {
		return false, err
	}
	_, err = conn.ExecContext(ctx, `vacuum (full) pg_catalog.pg_statistic`)
	if answers(err, "42501") { // may not
		return false, nil
	}
	if err != nil {
		return false, errors.Join(ErrBusy, err)
	}
	err = conn.QueryRowContext(ctx, where).Scan(&after)
	return after != before, err
}

// answers tells whether PostgreSQL answered one of some codes.
func answers(err error, codes ...string) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	for _, c := range codes {
		if pg.Code == c {
			return true
		}
	}
	return false
}
