//go:build !windows

// Package disk is what file systems differ in.
package disk

import (
	"errors"
	"os"
)

// SyncFolder makes the names in a folder last a power cut.
func SyncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
