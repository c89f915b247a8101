package backups

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ponte/internal/store"
)

// DropLeftovers drops the copies that killed processes left among the temporary files of a
// folder, and tells how many. A younger one may be another process's at work; who cannot
// drop one is told so, and the others go.
func DropLeftovers(folder string, now time.Time) (dropped int, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if !e.IsDir() || !leftover(e.Name()) { // a link to a folder is none
			continue
		}
		info, one := e.Info()
		if errors.Is(one, fs.ErrNotExist) {
			continue
		}
		if one == nil && now.Sub(info.ModTime()) <= abandoned {
			continue
		}
		if one == nil {
			one = os.RemoveAll(filepath.Join(folder, e.Name()))
		}
		if one == nil {
			dropped++
		}
		err = errors.Join(err, one)
	}
	return dropped, err
}

// leftover tells whether a folder's name is one that a whole copy stands in for a while. (pure)
func leftover(name string) bool {
	return strings.HasPrefix(name, store.DownloadFolder) || strings.HasPrefix(name, store.RestoreFolder)
}
