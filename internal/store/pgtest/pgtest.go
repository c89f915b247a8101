// Package pgtest gives tests a PostgreSQL database of their own.
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Server is the test server, "" when there is none: PONTE_TEST_POSTGRES names one
// whose user may create databases (tools/postgres.sh starts it).
func Server() string { return os.Getenv("PONTE_TEST_POSTGRES") }

var databases atomic.Int64

// New makes an empty database that goes with the test, and returns its address.
// Without a server the test is skipped, and in CI it fails.
func New(t testing.TB) (dsn string) {
	t.Helper()
	if Server() == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("PONTE_TEST_POSTGRES is not set: run make test, which starts a server")
		}
		t.Skip("PONTE_TEST_POSTGRES is not set: run make test, which starts a server")
	}
	at, err := url.Parse(Server())
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("ponte_%d_%d", os.Getpid(), databases.Add(1))
	admin(t, "create database "+name)
	t.Cleanup(func() { admin(t, "drop database "+name+" with (force)") })
	at.Path = "/" + name
	return at.String()
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
