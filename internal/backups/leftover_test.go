package backups_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"ponte/internal/backups"
)

// TestWhatKilledProcessesLeftGoes after a day, and nothing else among the temporary files.
func TestWhatKilledProcessesLeftGoes(t *testing.T) {
	temp, elsewhere := t.TempDir(), t.TempDir()
	now := time.Now()
	makes := func(name string, age time.Duration) {
		t.Helper()
		path := filepath.Join(temp, name)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(path, "ponte.db"), []byte("all of it"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	makes("ponte-copia-1", 25*time.Hour)
	makes("ponte-restore-2", 48*time.Hour)
	makes("ponte-copia-3", 23*time.Hour)
	makes("ponte-demo-4", 48*time.Hour)
	makes("outro", 48*time.Hour)
	if err := os.WriteFile(filepath.Join(elsewhere, "kept"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(temp, "ponte-copia-5")); err != nil {
		if runtime.GOOS == "windows" { // which lets few make a link
			t.Skip(err)
		}
		t.Fatal(err)
	}
	if n, err := backups.DropLeftovers(temp, now); n != 2 || err != nil {
		t.Errorf("%d dropped, %v", n, err)
	}
	entries, err := os.ReadDir(temp)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := []string{"outro", "ponte-copia-3", "ponte-copia-5", "ponte-demo-4"}; !slices.Equal(left, want) {
		t.Errorf("left are %q", left)
	}
	if _, err := os.Stat(filepath.Join(elsewhere, "kept")); err != nil {
		t.Error(err)
	}
}
