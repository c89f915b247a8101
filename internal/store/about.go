package store

import "context"

// About is what there is to say of the database itself.
type About struct {
	Postgres bool
	Bytes    int64 // on the disk, its journal aside
	Acts     int64 // in the audit's chain
}

// About returns what there is to say of the database.
func (db *DB) About(ctx context.Context) (a About, err error) {
	q := db.ask(ctx)
	if a.Acts, err = q.number(`select seq from acts_head`); err != nil {
		return a, err
	}
	size := `select page_count * page_size from pragma_page_count(), pragma_page_size()`
	if a.Postgres = db.pool != nil; a.Postgres {
		size = `select pg_database_size(current_database())`
	}
	a.Bytes, err = q.number(size)
	return a, err
}
