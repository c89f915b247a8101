package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"

	"ponte/internal/disk"
)

// A BackupInfo is what a backup holds.
type BackupInfo struct {
	Accounts []string
	Rows     int
	Bytes    int64
}

// ErrExists is returned by Backup for a file that is there already.
var ErrExists = errors.New("the file exists already")

// ErrItself is returned by Backup for the file of the database itself.
var ErrItself = errors.New("it is the database itself")

// Folders beside other temporary files in which a whole copy stands for a while, by how
// their names begin. Who is killed leaves them (backups.DropLeftovers).
const (
	DownloadFolder = "ponte-copia-"
	RestoreFolder  = "ponte-restore-"
)

// Backup writes the store to a SQLite file, whichever database it is on: one
// state of all rows, whatever is written meanwhile. Credentials stay sealed; the
// vendors' logins and the queue's jobs stay behind, and no lease is held in it.
// The file knows that it is a backup: who starts on it recovers.
//
// It is written beside path under another name, checked, and put in place when it
// is whole and on the disk: a death leaves no file of that name that is not. What
// stands there is replaced only with force.
func (db *DB) Backup(ctx context.Context, path string, force bool) (BackupInfo, error) {
	if err := db.mayWrite(path, force); err != nil {
		return BackupInfo{}, err
	}
	part, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part") // mode 0600
	if err != nil {
		return BackupInfo{}, err
	}
	name := part.Name()
	info, err := db.backupTo(ctx, part)
	if err = errors.Join(err, part.Close()); err == nil {
		err = putInPlace(name, path, force)
	}
	if err != nil {
		return info, errors.Join(err, drop(name), drop(name+"-journal"))
	}
	return info, nil
}

func drop(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (db *DB) mayWrite(path string, force bool) error {
	there, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if db.file != "" {
		if own, err := os.Stat(db.file); err == nil && os.SameFile(own, there) {
			return ErrItself
		}
	}
	if !force || !there.Mode().IsRegular() {
		return ErrExists
	}
	return nil
}

// putInPlace gives a whole file its name: without force only where none has it,
// as far as the disk's file system can tell.
func putInPlace(name, path string, force bool) error {
	err := errors.ErrUnsupported
	if !force {
		err = os.Link(name, path)
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return ErrExists
	case err == nil:
		err = os.Remove(name)
	default:
		err = os.Rename(name, path)
	}
	if err != nil {
		return err
	}
	return disk.SyncFolder(filepath.Dir(path))
}

// backupTo fills an empty file, checks it and brings it to the disk.
func (db *DB) backupTo(ctx context.Context, part *os.File) (info BackupInfo, err error) {
	copied := map[string]int{}
	if db.file != "" {
		if err := db.vacuumInto(ctx, part.Name()); err != nil {
			return info, err
		}
	}
	to, err := connectPart(part.Name())
	if err != nil {
		return info, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if db.file == "" {
		if err := to.migrate(ctx); err != nil {
			return info, err
		}
		if copied, err = copyAll(ctx, db, to); err != nil {
			return info, err
		}
	}
	if info, err = to.inspect(ctx, copied); err != nil {
		return info, err
	}
	if err := to.becomeBackup(ctx); err != nil {
		return info, err
	}
	if err := part.Sync(); err != nil {
		return info, err
	}
	stat, err := part.Stat()
	if err == nil {
		info.Bytes = stat.Size()
	}
	return info, err
}

// vacuumInto has SQLite write one state of the file to another, compact. It has a
// connection of its own, so that no writer waits for it.
func (db *DB) vacuumInto(ctx context.Context, path string) (err error) {
	own, err := openSQLite(fileURI(db.file) + "?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, own.Close()) }()
	_, err = own.ExecContext(ctx, `vacuum into $1`, path)
	return err
}

func fileURI(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

// becomeBackup takes out of a copy what must not wake with it: logins, leases, the
// queue's jobs, and the doors that were open. It says that it is a backup.
func (db *DB) becomeBackup(ctx context.Context) error {
	queue, err := list(db.ask(ctx), scanName, `select name from sqlite_master where type = 'table' and name like 'river_%' and name <> 'river_migration'`)
	if err != nil {
		return err
	}
	return db.change(ctx, "Backup", func(q query) error {
		for _, table := range queue {
			if _, err := q.exec(`delete from ` + table); err != nil {
				return err
			}
		}
		for _, text := range []string{`delete from tokens`, `update leases set holder = '', until = 0`, `delete from backups`} {
			if _, err := q.exec(text); err != nil {
				return err
			}
		}
		if err := shutDoors(q); err != nil {
			return err
		}
		_, err := q.exec(`insert into backups (made) values ($1)`, nowMillis())
		return err
	})
}

// shutDoors ends what lets somebody in by what they hold: since then it may have been
// used or taken from them, of which the copy knows nothing. Passwords and tokens stay.
func shutDoors(q query) error {
	return execAll(q, nil, `delete from sessions`, `delete from invitations`, `delete from passages`, `delete from attempts`)
}

func scanName(r row) (name string, err error) {
	err = r.Scan(&name)
	return name, err
}

// connectPart opens a file that nobody else knows yet: whoever dies leaves it
// behind under a name of its own, so that it needs no journal on the disk.
func connectPart(path string) (*DB, error) {
	one, err := openSQLite(fileURI(path) + "?_txlock=immediate&_pragma=journal_mode(MEMORY)&_pragma=synchronous(OFF)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)")
	if err != nil {
		return nil, err
	}
	one.SetMaxOpenConns(1)
	return &DB{write: one, read: one, differ: dialect{
		goose: goose.DialectSQLite3,
		alone: func(ctx context.Context, _ *DB, f func(context.Context) error) error { return f(ctx) },
	}}, nil
}

// copyAll copies one state of every table from one store to another that has
// none, and returns the rows of each table.
func copyAll(ctx context.Context, from, to *DB) (map[string]int, error) {
	tables, err := tablesOf(ctx, from, to) // before the only connection of a file is taken
	if err != nil {
		return nil, err
	}
	source, err := from.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: from.differ.snapshot})
	if err != nil {
		return nil, err
	}
	defer func() { _ = source.Rollback() }() // it only reads
	rows := map[string]int{}
	return rows, to.change(ctx, "copy", func(q query) error {
		// The chain of a store without accounts gives way: two cannot be one.
		for _, table := range []string{"acts", "acts_head"} {
			if _, err := q.exec(`delete from ` + table); err != nil {
				return err
			}
		}
		for _, table := range tables {
			n, err := copyTable(query{ctx, source}, q, table, "")
			if err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			rows[table] = n
		}
		return nil
	})
}

// tablesOf are the tables that the migrations make, accounts first since others
// refer to it. They are asked of whichever side is a SQLite file that nobody else
// keeps tables in.
func tablesOf(ctx context.Context, from, to *DB) ([]string, error) {
	asked := to
	if to.pool != nil {
		asked = from
	}
	tables, err := list(asked.ask(ctx), scanName,
		`select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not in ('goose_db_version', 'backups', 'accounts') order by name`)
	if err != nil {
		return nil, err
	}
	return slices.Insert(slices.DeleteFunc(tables, func(t string) bool { return strings.HasPrefix(t, "river_") }), 0, "accounts"), nil
}

// inspect reads a copy back: SQLite's own check of it, its references, and its
// rows, which are as many as were copied where that was counted.
func (db *DB) inspect(ctx context.Context, copied map[string]int) (BackupInfo, error) {
	var info BackupInfo
	var found string
	q := db.ask(ctx)
	if err := q.one([]any{&found}, `pragma integrity_check(1)`); err != nil || found != "ok" {
		return info, errors.Join(err, fmt.Errorf("the copy is damaged: %s", found))
	}
	if err := q.each(func(row) error { return errors.New("the copy has rows without their account") }, `pragma foreign_key_check`); err != nil {
		return info, err
	}
	tables, err := tablesOf(ctx, db, db)
	if err != nil {
		return info, err
	}
	for _, table := range tables {
		n, err := q.number(`select count(*) from ` + table)
		if err != nil {
			return info, err
		}
		if want, counted := copied[table]; counted && int(n) != want {
			return info, fmt.Errorf("the copy has %d rows of %s, not %d", n, table, want)
		}
		info.Rows += int(n)
	}
	info.Accounts, err = list(q, scanName, `select account from accounts order by account`)
	return info, err
}

// ErrNotEmpty is returned by Load for a store that has accounts.
var ErrNotEmpty = errors.New("the database has accounts already")

// Load fills this store, which has no account yet, from a backup's file, which
// stays as it is. Its accounts then recover, as if it was started on.
func (db *DB) Load(ctx context.Context, path string) (accounts []string, rows int, err error) {
	if n, err := db.ask(ctx).number(`select count(*) from accounts`); err != nil || n > 0 {
		return nil, 0, errors.Join(err, ErrNotEmpty)
	}
	from, forget, err := openCopy(ctx, path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, from.Close(), forget()) }()
	tables, err := copyAll(ctx, from, db)
	if err != nil {
		return nil, 0, err
	}
	for _, n := range tables {
		rows += n
	}
	accounts, err = list(db.ask(ctx), scanName, `select account from accounts order by account`)
	return accounts, rows, err
}

// openCopy opens a private copy of a backup, brought to this program's schema
// and put into recovery, and returns how to get rid of it.
func openCopy(ctx context.Context, path string) (*DB, func() error, error) {
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 { // somebody works on it
		return nil, nil, ErrNoBackup
	}
	text, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = text.Close() }() // it was only read
	dir, err := os.MkdirTemp("", RestoreFolder)
	if err != nil {
		return nil, nil, err
	}
	forget := func() error { return os.RemoveAll(dir) }
	db, err := func() (*DB, error) {
		name := filepath.Join(dir, "backup.db")
		if err := writeFrom(name, text); err != nil {
			return nil, err
		}
		db, err := connectPart(name)
		if err != nil {
			return nil, err
		}
		if err := db.adoptBackup(ctx); err != nil {
			return nil, errors.Join(err, db.Close())
		}
		return db, nil
	}()
	if err != nil {
		return nil, nil, errors.Join(err, forget())
	}
	return db, forget, nil
}

// ErrNoBackup is returned by Load for a file that ponte backup did not write.
var ErrNoBackup = errors.New("the file is no backup that ponte made")

func (db *DB) adoptBackup(ctx context.Context) error {
	n, err := db.ask(ctx).number(`select count(*) from sqlite_master where type = 'table' and name = 'backups'`)
	if err != nil || n == 0 {
		return errors.Join(ErrNoBackup, err)
	}
	if n, err := db.ask(ctx).number(`select count(*) from backups`); err != nil || n == 0 {
		return errors.Join(ErrNoBackup, err)
	}
	if err := db.migrate(ctx); err != nil {
		return err
	}
	return db.wakeBackup(ctx)
}

func writeFrom(name string, from *os.File) error {
	to, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close())
}
