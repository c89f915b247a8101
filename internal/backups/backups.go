// Package backups keeps copies of the store in a folder: a new one each night,
// and of these the newest so many. A copy is an affair of the machine that has the
// folder, so each process with a folder looks after it by itself; of several that
// share one, one does at a time.
package backups

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"ponte/internal/store"
)

// Look is how often a folder is looked at.
const Look = 10 * time.Minute

// A Keeper looks after one folder.
type Keeper struct {
	Store  *store.DB
	Folder string
	Keep   int // copies that stay; at least 1
	Zone   *time.Location
	Log    *slog.Logger
}

// Run looks now and then, until ctx ends. What fails is logged, and tried again at the next look.
func (k Keeper) Run(ctx context.Context) {
	for {
		switch made, err := k.Look(ctx, time.Now()); {
		case err != nil && ctx.Err() == nil:
			k.Log.Error("no backup was made", "folder", k.Folder, "error", err)
		case made.Name != "":
			k.Log.Info("backup made", "file", filepath.Join(k.Folder, made.Name), "rows", made.Rows, "bytes", made.Bytes)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(Look):
		}
	}
}

// Made is a copy that a look made; without a name, none was due.
type Made struct {
	store.BackupInfo
	Name string
}

// Look makes a copy when one is due, checked before it has its name, and only then
// drops those that are too many.
func (k Keeper) Look(ctx context.Context, now time.Time) (made Made, err error) {
	if err := os.MkdirAll(k.Folder, 0o700); err != nil {
		return made, err
	}
	lock := flock.New(filepath.Join(k.Folder, ".lock"))
	ours, err := lock.TryLock()
	if err != nil || !ours { // another process is at it
		return made, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	names, err := k.names()
	if err != nil {
		return made, err
	}
	if due(names, now, k.Zone) {
		name := nameAt(now)
		info, err := k.Store.Backup(ctx, filepath.Join(k.Folder, name), false)
		if err != nil {
			return made, err
		}
		made = Made{info, name}
		names = append(names, name)
	}
	for _, name := range surplus(names, k.Keep, now) {
		if err := os.Remove(filepath.Join(k.Folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return made, fmt.Errorf("cannot drop an old copy: %w", err)
		}
	}
	return made, nil
}

// Newest is when the newest copy was made; zero: there is none.
func (k Keeper) Newest() (time.Time, error) {
	names, err := k.names()
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	return newest(names), err
}

func (k Keeper) names() ([]string, error) {
	entries, err := os.ReadDir(k.Folder)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
