package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A witness remembers, outside the SQLite file, the highest lease epoch of each
// account that this machine saw. A file whose next epoch is no higher is older
// than what ran here: somebody put a copy back. A file each, since an account's
// lease has one holder at a time; no database file, no witness.
type witness struct{ database string }

// seen returns the highest epoch seen of an account, 0 for none.
func (w witness) seen(account string) int64 {
	if w.database == "" {
		return 0
	}
	text, err := os.ReadFile(w.path(account))
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0 // torn by a power cut: what it said is lost, and the age of the last run must do
	}
	return n
}

// note remembers an epoch, after it stands in the database: a death between the
// two leaves the witness behind, which says nothing.
func (w witness) note(account string, epoch int64) error {
	if w.database == "" {
		return nil
	}
	path := w.path(account)
	err := os.WriteFile(path+".new", []byte(strconv.FormatInt(epoch, 10)+"\n"), 0o600)
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("cannot keep the lease's number beside the database: %w", err)
	}
	return nil
}

func (w witness) path(account string) string { return w.database + ".epoch." + filepath.Base(account) }
