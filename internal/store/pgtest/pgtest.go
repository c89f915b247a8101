// Package pgtest gives tests a PostgreSQL database of their own.
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"ponte/internal/store"
)

// Server is the test server, "" when there is none: PONTE_TEST_POSTGRES names one
// whose user may create databases (tools/postgres.sh starts it).
func Server() string { return os.Getenv("PONTE_TEST_POSTGRES") }

var databases atomic.Int64

// New makes an empty database that goes with the test, and returns its address.
// Without a server the test is skipped, and in CI it fails.
func New(t testing.TB) (dsn string) {
	t.Helper()
	return create(t, "template1")
}

var (
	model    string
	prepared sync.Once
)

// Migrated makes a database with a store's tables, which goes with the test: a copy of
// one that is migrated once for all tests of a process.
func Migrated(t testing.TB) (dsn string) {
	t.Helper()
	need(t)
	prepared.Do(func() {
		name := fmt.Sprintf("ponte_%d_model", os.Getpid())
		admin(t, "drop database if exists "+name)
		admin(t, "create database "+name)
		db, err := store.Open(context.Background(), address(t, name), nil)
		if err == nil {
			err = db.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		model = name
	})
	if model == "" {
		t.Fatal("the database that others are copies of could not be migrated")
	}
	return create(t, model)
}

func need(t testing.TB) {
	t.Helper()
	if Server() != "" {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("PONTE_TEST_POSTGRES is not set: run make test, which starts a server")
	}
	t.Skip("PONTE_TEST_POSTGRES is not set: run make test, which starts a server")
}

func address(t testing.TB, name string) string {
	t.Helper()
	at, err := url.Parse(Server())
	if err != nil {
		t.Fatal(err)
	}
	at.Path = "/" + name
	return at.String()
}

func create(t testing.TB, from string) (dsn string) {
	t.Helper()
	need(t)
	name := fmt.Sprintf("ponte_%d_%d", os.Getpid(), databases.Add(1))
	admin(t, "create database "+name+" template "+from)
	t.Cleanup(func() { admin(t, "drop database "+name+" with (force)") })
	return address(t, name)
}

// admin tells the server something on a connection of its own.
func admin(t testing.TB, text string) {
	t.Helper()
	ctx := context.Background() // a test that ended drops its database
	c, err := pgx.Connect(ctx, Server())
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = c.Close(ctx) }()
	if _, err := c.Exec(ctx, text); err != nil {
		t.Error(err)
	}
}
