//go:build !windows

package disk

import (
	"io/fs"
	"syscall"
)

const write = 2 // W_OK of access(2)

// MayWrite tells why a file or a folder cannot be written, without opening it: closing an SQLite file that is open elsewhere
// in this process would drop that one's locks.
func MayWrite(path string) error {
	if err := syscall.Access(path, write); err != nil {
		return &fs.PathError{Op: "write", Path: path, Err: err}
	}
	return nil
}
