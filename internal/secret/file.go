package secret

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"ponte/internal/disk"
)

// maxKeyFile is far more than a thousand rotations.
const maxKeyFile = 64 << 10

// readFile reads a key file that others cannot read.
func readFile(path string) (text string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("cannot read the key file: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return "", fmt.Errorf("cannot read the key file: %w", err)
	}
	if !isPrivate(info.Mode().Perm()) {
		return "", fmt.Errorf("key file %s can be read or changed by others (mode %04o); run: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	data, err := io.ReadAll(io.LimitReader(file, maxKeyFile+1))
	if err != nil {
		return "", fmt.Errorf("cannot read the key file: %w", err)
	}
	if len(data) > maxKeyFile {
		return "", fmt.Errorf("key file %s is too large to be one", path)
	}
	return string(data), nil
}

// makeFile makes a key file with a first key, unless there is one. It is linked into place when it is whole and on the
// disk, so that a crash leaves no half of it and of two processes exactly one makes it.
func makeFile(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	line, err := newKeyLine(1)
	if err != nil {
		return err
	}
	whole, err := writeBeside(path, line)
	if err != nil {
		return err
	}
	err = os.Link(whole, path)
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	if err := errors.Join(err, os.Remove(whole), disk.SyncFolder(filepath.Dir(path))); err != nil {
		return fmt.Errorf("cannot make the key file: %w", err)
	}
	return nil
}

// replaceFile puts a new text in the place of a file's, all or nothing.
func replaceFile(path, text string) error {
	whole, err := writeBeside(path, text)
	if err != nil {
		return err
	}
	if err := os.Rename(whole, path); err != nil {
		return fmt.Errorf("cannot replace the key file: %w", errors.Join(err, os.Remove(whole)))
	}
	return disk.SyncFolder(filepath.Dir(path))
}

// writeBeside writes a text, down to the disk, to a new file with mode 0600 in the folder of path.
func writeBeside(path, text string) (whole string, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return "", fmt.Errorf("cannot make the key file: %w", err)
	}
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return "", fmt.Errorf("cannot write the key file: %w", errors.Join(err, os.Remove(file.Name())))
	}
	return file.Name(), nil
}
