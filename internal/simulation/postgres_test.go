package simulation

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestWalksOnPostgreSQL walks a few histories on the other database. A socket
// cannot live in a bubble, so that here time passes by being set forward, and
// what Ponte waits for in real time is short.
func TestWalksOnPostgreSQL(t *testing.T) {
	server := os.Getenv("PONTE_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("PONTE_TEST_POSTGRES is not set: run make test, which starts a server")
		}
		t.Skip("PONTE_TEST_POSTGRES is not set: run make test, which starts a server")
	}
	for seed := range uint64(*onPostgres) {
		t.Run(fmt.Sprint("seed ", 501+seed), func(t *testing.T) {
			t.Parallel()
			h := drawHistory(501 + seed)
			w, err := newWorld(t, h, place{dsn: newDatabase(t, server, seed), window: 20 * time.Millisecond, lease: 500 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			defer w.close()
			w.walk()
			if len(w.problems) > 0 {
				t.Errorf("# %s\n%s", joined(w.problems), h)
			}
		})
	}
}

// newDatabase makes an empty database that goes with the test.
func newDatabase(t *testing.T, server string, seed uint64) string {
	t.Helper()
	name := fmt.Sprintf("walk_%d_%d", os.Getpid(), seed)
	admin := func(sql string) {
		c, err := pgx.Connect(context.Background(), server)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close(context.Background()) }()
		if _, err := c.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	admin("create database " + name)
	t.Cleanup(func() { admin("drop database " + name + " with (force)") })
	dsn, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	dsn.Path = "/" + name
	return dsn.String()
}
