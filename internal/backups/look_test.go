package backups_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"ponte/internal/backups"
	"ponte/internal/secret"
	"ponte/internal/store"
	"ponte/internal/store/pgtest"
)

// onBoth runs a test with a keeper of a store with one account, on each database.
func onBoth(t *testing.T, test func(*testing.T, backups.Keeper)) {
	for name, dsn := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "ponte.db") },
		"postgres": func(t *testing.T) string { return pgtest.New(t) },
	} {
		t.Run(name, func(t *testing.T) {
			at := dsn(t)
			test(t, backups.Keeper{Store: open(t, at), Folder: filepath.Join(t.TempDir(), "copies"), Keep: 2, Zone: time.UTC, Log: slog.New(slog.DiscardHandler)})
		})
	}
}

func open(t *testing.T, dsn string) *store.DB {
	t.Helper()
	ring, err := secret.Open(secret.Options{Database: filepath.Join(t.TempDir(), "any")})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), dsn, ring)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func files(t *testing.T, k backups.Keeper) []string {
	t.Helper()
	entries, err := os.ReadDir(k.Folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.Name() != ".lock" {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestAFolderGetsACopyEachNight(t *testing.T) {
	onBoth(t, func(t *testing.T, k backups.Keeper) {
		if err := k.Store.SaveAccount(t.Context(), store.Account{ID: "acme", Settings: []byte(`{}`)}, nil); err != nil {
			t.Fatal(err)
		}
		noon := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
		for _, step := range []struct {
			at   time.Time
			made bool
			want []string
		}{
			{noon, true, []string{"ponte-20261129T120000Z.db"}},
			{noon.Add(time.Hour), false, []string{"ponte-20261129T120000Z.db"}},
			{noon.Add(14 * time.Hour), true, []string{"ponte-20261129T120000Z.db", "ponte-20261130T020000Z.db"}},
			{noon.Add(38 * time.Hour), true, []string{"ponte-20261130T020000Z.db", "ponte-20261201T020000Z.db"}},
		} {
			made, err := k.Look(t.Context(), step.at)
			if err != nil || (made.Name != "") != step.made {
				t.Fatalf("at %s: %+v, %v", step.at, made, err)
			}
			if got := files(t, k); !slices.Equal(got, step.want) {
				t.Fatalf("at %s the folder holds %q, not %q", step.at, got, step.want)
			}
		}
		if newest, err := k.Newest(); err != nil || !newest.Equal(noon.Add(38*time.Hour)) {
			t.Errorf("the newest is of %s, %v", newest, err)
		}
		again := open(t, filepath.Join(t.TempDir(), "again.db"))
		if accounts, _, err := again.Load(t.Context(), filepath.Join(k.Folder, "ponte-20261201T020000Z.db")); err != nil || !slices.Equal(accounts, []string{"acme"}) {
			t.Errorf("the copy holds %q, %v", accounts, err)
		}
	})
}

func TestOneProcessAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, k backups.Keeper) {
		if err := os.Mkdir(k.Folder, 0o700); err != nil {
			t.Fatal(err)
		}
		other := flock.New(filepath.Join(k.Folder, ".lock"))
		if ours, err := other.TryLock(); err != nil || !ours {
			t.Fatal(ours, err)
		}
		now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
		if made, err := k.Look(t.Context(), now); err != nil || made.Name != "" {
			t.Fatalf("made %+v, %v while another is at it", made, err)
		}
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		if made, err := k.Look(t.Context(), now); err != nil || made.Name == "" {
			t.Fatalf("made %+v, %v", made, err)
		}
	})
}

// A copy that fails drops none of those that stand.
func TestAFailedCopyDropsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, k backups.Keeper) {
		if err := os.Mkdir(k.Folder, 0o700); err != nil {
			t.Fatal(err)
		}
		old := []string{"ponte-20261101T010000Z.db", "ponte-20261102T010000Z.db", "ponte-20261103T010000Z.db"}
		for _, name := range old {
			if err := os.WriteFile(filepath.Join(k.Folder, name), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if made, err := k.Look(ctx, time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)); err == nil {
			t.Fatalf("made %+v, %v", made, err)
		}
		if got := files(t, k); !slices.Equal(got, old) {
			t.Errorf("the folder holds %q", got)
		}
	})
}
