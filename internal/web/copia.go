package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"ponte/internal/audit"
	"ponte/internal/store"
)

// A copiaPage says what a copy of the database holds, before it is made.
type copiaPage struct {
	Action, Back string
	Last         lastBackup
	Size         string // of the database now
	Postgres     bool
}

func (s *Site) backupForm(w http.ResponseWriter, v *visit) error {
	about, err := s.Store.About(v.Context())
	if err != nil {
		return err
	}
	page := copiaPage{Action: "/ajustes/copia", Back: "/ajustes", Size: megabytes(about.Bytes), Postgres: about.Postgres}
	if page.Last, err = s.lastBackupOf(v.Context()); err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, copiaSheet, "Cópia de segurança", page)
}

// backup writes a copy beside other temporary files and sends it; the file goes with
// the request. It is one state of the database, whoever writes meanwhile. The act is
// written when the copy is whole, and before its first byte leaves.
func (s *Site) backup(w http.ResponseWriter, v *visit) (err error) {
	dir, err := os.MkdirTemp("", store.DownloadFolder) // mode 0700
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "ponte.db")
	info, err := s.Store.Backup(v.Context(), path, false)
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	if err := s.Store.AddAct(v.Context(), s.actOf(v, audit.BackupMade("pelas páginas"))); err != nil {
		return err
	}
	s.Log.Info("a backup was downloaded", "bytes", info.Bytes, "person", v.person.Email)
	h := w.Header()
	h.Set("Content-Type", "application/vnd.sqlite3")
	h.Set("Content-Length", fmt.Sprint(info.Bytes))
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "ponte-"+s.Now().UTC().Format("20060102-150405")+".db"))
	_, _ = io.Copy(w, file) // who has gone reads nothing
	return nil
}
