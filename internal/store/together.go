package store

import (
	"context"
	"fmt"
)

// A joint is a transaction in which several methods write.
type joint struct {
	db   *DB
	on   runner
	with withTx
}

type jointKey struct{}

// Together has all that do writes by its context become one transaction, with the
// act that ctx brought: it is there as a whole or not at all. What do reads is of the
// same transaction. do is short: others wait for its end.
func (db *DB) Together(ctx context.Context, method string, do func(context.Context) error) error {
	return db.queued(ctx, method, func(q query, with withTx) error {
		return do(context.WithValue(ctx, jointKey{}, &joint{db, q.on, with}))
	})
}

// jointOf is the transaction of a store that a context writes in; nil: each method has its own.
func jointOf(ctx context.Context, db *DB) *joint {
	if j, ok := ctx.Value(jointKey{}).(*joint); ok && j.db == db {
		return j
	}
	return nil
}

// run is a method's part of the transaction.
func (j *joint) run(ctx context.Context, method string, f func(query, withTx) error) error {
	if err := f(query{ctx, j.on}, j.with); err != nil {
		return fmt.Errorf("store: %s: %w", method, err)
	}
	return nil
}
