// Package storetest runs the store's contract on both databases.
package storetest

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"ponte/internal/secret"
	"ponte/internal/store"
	"ponte/internal/store/pgtest"
	"ponte/internal/store/sqlitetest"
)

// A place is where a store lives: it can be opened again, as another process would.
type place struct {
	t    *testing.T
	dsn  string
	ring *secret.Ring
}

func (p place) open() *store.DB {
	p.t.Helper()
	db, err := store.Open(context.Background(), p.dsn, p.ring)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if err := db.Close(); err != nil {
			p.t.Error(err)
		}
	})
	return db
}

// eachDatabase runs a test on SQLite and on PostgreSQL. PONTE_TEST_POSTGRES
// names a server whose user may create databases; make test starts one.
func eachDatabase(t *testing.T, test func(t *testing.T, p place)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, place{t, sqlitetest.Migrated(t), ring(t)})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, place{t, pgtest.Migrated(t), ring(t)})
	})
}

func ring(t *testing.T) *secret.Ring {
	t.Helper()
	r, err := secret.Open(secret.Options{Database: filepath.Join(t.TempDir(), "keys")})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// leased is an account in a fresh store, under a lease.
func leased(t *testing.T, p place) (*store.DB, store.Lease) {
	t.Helper()
	db := p.open()
	err := db.SaveAccount(t.Context(), store.Account{ID: "acme", Name: "ACME", Settings: []byte(`{"id":"acme"}`)}, map[string]string{store.SecretAuvoKey: "clear-canary"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := db.Acquire(t.Context(), "acme", "test", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return db, l
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func isPostgres(p place) bool { return strings.HasPrefix(p.dsn, "postgres") }
