package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"ponte/internal/audit"
	"ponte/internal/store"
)

type backupCmd struct {
	File  string `arg:"" help:"The file to write."`
	Force bool   `help:"Replace a file that is there."`
	JSON  bool   `name:"json" help:"One JSON object."`
}

func (backupCmd) Help() string {
	return "Writes one state of the database to a SQLite file, whichever database it is on, while Ponte is at work.\n" +
		"Credentials stay sealed in it; the master key is not in it.\n\nExample:\n  ponte backup ponte-backup.db\n\n" +
		"To restore, stop ponte and start it on the file (--db ponte-backup.db), or load it into an empty database:\n  ponte restore ponte-backup.db"
}

// Run writes a backup. It takes no lease: readers see one state, whoever writes.
func (c *backupCmd) Run(s *session) error {
	db, err := s.open()
	if err != nil {
		return err
	}
	info, err := db.Backup(s.ctx, c.File, c.Force)
	if err != nil {
		return backupTrouble(c.File, err)
	}
	if err := db.AddAct(s.ctx, s.act("", audit.BackupMade("pela linha de comando"))); err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(s.out()).Encode(map[string]any{"file": c.File, "accounts": nonNil(info.Accounts), "rows": info.Rows, "bytes": info.Bytes})
	}
	s.printf("%s: %s, %d rows, %s; written and checked\n", c.File, megabytes(info.Bytes), info.Rows, accountsNamed(info.Accounts))
	s.printf("The credentials in it are sealed with the master key (%s), which is not in it: keep that too, elsewhere.\n", s.keyPlace())
	s.printf("To restore: stop ponte, then start it with --db %s, or load it into an empty database with ponte restore %s.\n", c.File, c.File)
	s.printf("Each account then recovers: before it makes anything it finds again what was made since.\n")
	return nil
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func accountsNamed(ids []string) string {
	switch len(ids) {
	case 0:
		return "no account"
	case 1:
		return "account " + ids[0]
	}
	return "accounts " + strings.Join(ids, ", ")
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// keyPlace says where the master key is.
func (s *session) keyPlace() string {
	switch _, inEnv := s.world.Getenv("PONTE_MASTER_KEY"); {
	case inEnv:
		return "PONTE_MASTER_KEY"
	case s.globals.MasterKeyFile != "":
		return s.globals.MasterKeyFile
	}
	return s.globals.DB + ".key"
}

// backupTrouble says in one sentence why there is no backup.
func backupTrouble(file string, err error) error {
	switch {
	case errors.Is(err, store.ErrExists):
		return fmt.Errorf("%s is there already: give another name, or --force to replace a file", file)
	case errors.Is(err, store.ErrItself):
		return fmt.Errorf("%s is the database itself: give another name", file)
	case errors.Is(err, syscall.ENOSPC), strings.Contains(err.Error(), "disk is full"):
		return fmt.Errorf("no backup was written: the disk of %s is full", file)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("no backup was written: the folder of %s does not exist", file)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), strings.Contains(err.Error(), "readonly"):
		return fmt.Errorf("no backup was written: the folder of %s cannot be written to", file)
	}
	return fmt.Errorf("no backup was written to %s: %w", file, err)
}

type restoreCmd struct {
	File string `arg:"" help:"A file that ponte backup wrote."`
}

func (restoreCmd) Help() string {
	return "Loads a backup into an empty database, SQLite or PostgreSQL; the file stays as it is. Every account then recovers.\n\n" +
		"Example:\n  ponte restore --db postgres://ponte@db/ponte ponte-backup.db"
}

// Run loads a backup.
func (c *restoreCmd) Run(s *session) error {
	db, err := s.open()
	if err != nil {
		return err
	}
	accounts, rows, err := db.Load(s.acting("", audit.BackupRestored()), c.File)
	switch {
	case errors.Is(err, store.ErrNotEmpty):
		return errors.New("nothing was restored: the database has accounts already; restore into an empty one")
	case errors.Is(err, store.ErrNoBackup):
		return fmt.Errorf("nothing was restored: %s is no backup that ponte made, or ponte was started on it since (then start on it again, with --db)", c.File)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("nothing was restored: there is no file %s", c.File)
	case err != nil:
		return fmt.Errorf("nothing was restored: %w", err)
	}
	s.printf("%d rows of %s restored; each account recovers with its next run\n", rows, accountsNamed(accounts))
	for _, id := range accounts {
		if _, err := db.Secrets(s.ctx, id); err != nil {
			s.printf("%s: %v\n", id, err)
		}
	}
	return s.whoCameBack()
}

// whoCameBack says who may come in as a copy has it, also who was removed since.
func (s *session) whoCameBack() error {
	people, err := s.db.People(s.ctx)
	if err != nil {
		return err
	}
	tokens, err := s.db.APITokens(s.ctx)
	if err != nil {
		return err
	}
	s.printf("%d people and %d API tokens came back as they were then, also those that were removed or revoked since: look at them (ponte user list, ponte token list).\n", len(people), len(tokens))
	s.printf("Everybody signs in anew, and invitations are made anew (ponte user link).\n")
	return nil
}
