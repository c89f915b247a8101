package cli

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/secret"
	"ponte/internal/store"
	"ponte/internal/store/sqlitetest"
)

// keyed opens the database with the master key of a name, made on first use.
func keyed(t testing.TB, path, key string) *session {
	t.Helper()
	ring, err := secret.Open(secret.Options{Database: filepath.Join(filepath.Dir(path), key)})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), path, ring)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	connect := func(Connection) (auvo, omie record.System, err error) { return auvo, omie, nil }
	world := World{Stdout: io.Discard, Stderr: io.Discard, Connect: connect}
	return &session{ctx: t.Context(), world: world, log: slog.New(slog.DiscardHandler), ring: ring, db: db}
}

func TestARunningProcessTakesUpCredentialsThatAnotherAppliedAgain(t *testing.T) {
	path := sqlitetest.Migrated(t)
	a := *config.New[config.Account]()
	a.ID, a.Name = "acme", "ACME"
	for _, c := range a.Credentials() {
		*c.Value = config.NewSecret("before " + c.Key)
	}
	if err := KeepAccount(t.Context(), keyed(t, path, "lost").db, a); err != nil {
		t.Fatal(err)
	}
	serve, apply := keyed(t, path, "ours"), keyed(t, path, "ours")

	read, err := serve.account("acme")
	if err != nil {
		t.Fatal(err)
	}
	var sealed *store.SealedError
	if _, _, err := serve.connect(read, time.Now); !errors.As(err, &sealed) {
		t.Fatalf("credentials that no key opens connected: %v", err)
	}

	for _, c := range a.Credentials() {
		*c.Value = config.NewSecret("after " + c.Key)
	}
	if err := applyAccount(t.Context(), apply, apply.db, a); err != nil {
		t.Fatal(err)
	}
	if read, err = serve.account("acme"); err != nil {
		t.Fatal(err)
	}
	if got, want := read.Auvo.APIToken.Reveal(), "after auvo.api_token"; got != want {
		t.Errorf("the process reads %q, not %q", got, want)
	}
	if _, _, err := serve.connect(read, time.Now); err != nil {
		t.Errorf("the account is refused still: %v", err)
	}
}

func TestALookWhoseTimeIsOverReadsNoMoreAccounts(t *testing.T) {
	s := keyed(t, sqlitetest.Migrated(t), "ours")
	a := *config.New[config.Account]()
	a.ID, a.Name = "acme", "ACME"
	if err := KeepAccount(t.Context(), s.db, a); err != nil {
		t.Fatal(err)
	}
	row, err := s.db.Account(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	over, end := context.WithCancel(t.Context())
	end()
	known := newKnownAccounts(s)
	if _, err := known.of(over, row); !errors.Is(err, context.Canceled) {
		t.Errorf("it read on: %v", err)
	}
	if got, err := known.of(t.Context(), row); err != nil || got.ID != "acme" {
		t.Errorf("%+v, %v", got, err)
	}
}
