// Package sqlitetest gives tests a SQLite database of their own.
package sqlitetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"ponte/internal/secret"
	"ponte/internal/store"
)

// model is a file with a store's tables, migrated once for all tests of a process.
var model = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "ponte-model-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "ponte.db")
	db, err := store.Open(context.Background(), path, nil)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path) // its log went into it when it was closed
})

// Migrated makes a database with a store's tables, which goes with the test, and returns its path.
func Migrated(t testing.TB) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "ponte.db")
	if err := Put(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// Open opens a store of its own until the test ends, sealed by a key of its own.
func Open(t testing.TB) *store.DB {
	t.Helper()
	path := Migrated(t)
	ring, err := secret.Open(secret.Options{Database: path})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), path, ring)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Put makes a database with a store's tables at path.
func Put(path string) error {
	file, err := model()
	if err != nil {
		return err
	}
	return os.WriteFile(path, file, 0o600)
}
