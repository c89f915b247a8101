//go:build unix

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // opens the server's own database
	"github.com/pressly/goose/v3"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
	"ponte/internal/store/pgtest"
)

// cuts is how often each piece of work loses its power, at moments spread over it.
const cuts = 8

// A socket is what a bench's database hangs on: Ponte's own file, or a server with processes of its own.
type socket struct {
	*bench
	server *pgtest.Owned // nil with SQLite
	master string        // the file of the master keys
}

// eachSocket runs f on a bench with either database, its master key in a file.
func eachSocket(t *testing.T, f func(t *testing.T, s *socket)) {
	withoutRaceDetector(t)
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, fullAccount, 40*time.Millisecond)
		f(t, &socket{b, nil, b.env["PONTE_DB"] + ".key"})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		server, key := pgtest.Own(t), filepath.Join(t.TempDir(), "master.key")
		if err := os.WriteFile(key, []byte("1:"+strings.Repeat("A", 43)+"=\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		b := newBenchOn(t, fullAccount, 40*time.Millisecond, map[string]string{"PONTE_DB": server.DSN(), "PONTE_MASTER_KEY_FILE": key})
		f(t, &socket{b, server, key})
	})
}

// eachCut starts the same command again and again, lets it lose its power at another moment each time, together with
// the database, and has after look at what is left. Some of them must die on the way, or nothing was tried.
func (s *socket) eachCut(before func(n int) []string, after func(n int)) {
	s.t.Helper()
	began := time.Now()
	if out, err := s.program(before(0)...).CombinedOutput(); err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
	took := time.Since(began)
	after(0)
	died := 0
	for n := 1; n <= cuts; n++ {
		if s.cut(s.program(before(n)...), took*time.Duration(n)/cuts) {
			died++
		}
		after(n)
	}
	if s.t.Logf("it takes %s; %d of %d died on the way", took.Round(time.Millisecond), died, cuts); died == 0 {
		s.t.Error("none died on the way")
	}
}

// cut lets a command lose its power after a while; false when it was done before.
func (s *socket) cut(cmd *exec.Cmd, after time.Duration) bool {
	s.t.Helper()
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(after)
	if s.server != nil {
		s.server.Cut()
	}
	_ = cmd.Process.Kill() // it may be done
	died := cmd.Wait() != nil
	if s.server != nil {
		s.server.Start()
	}
	return died
}

// TestAnUpgradeSurvivesPowerLossLarge: from each schema that a released Ponte had, and from the middle of the way, a
// start reaches the newest and loses no row.
func TestAnUpgradeSurvivesPowerLossLarge(t *testing.T) {
	eachSocket(t, func(t *testing.T, s *socket) {
		versions := schemas(t)
		s.eachCut(func(n int) []string {
			s.age(versions[n*(len(versions)-1)/(cuts+1)])
			return []string{"status", "--json"}
		}, func(int) {
			for range 2 { // the start that ends the upgrade, and the one after it
				if said := s.ponte(0, "status", "--json"); !strings.Contains(said, `"old-customer"`) {
					t.Errorf("the account of before is gone: %s", said)
				}
			}
			if got := s.schema(); got != versions[len(versions)-1] {
				t.Errorf("the schema is %d", got)
			}
		})
	})
}

// schemas are the versions of the schema so far.
func schemas(t *testing.T) (versions []int64) {
	t.Helper()
	files, err := fs.Glob(os.DirFS(migrations), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		v, err := goose.NumericComponent(name)
		if err != nil {
			t.Fatal(err)
		}
		versions = append(versions, v)
	}
	return versions
}

const migrations = "../../internal/store/migrations"

// age makes the database one of an older Ponte's, with an account in it.
func (s *socket) age(version int64) {
	s.t.Helper()
	if s.server == nil {
		s.env["PONTE_DB"] = filepath.Join(s.t.TempDir(), "ponte.db")
	}
	s.sql(func(ctx context.Context, dialect goose.Dialect, db *sql.DB) error {
		if s.server != nil {
			if _, err := db.ExecContext(ctx, `drop schema public cascade; create schema public`); err != nil {
				return err
			}
		}
		p, err := goose.NewProvider(dialect, db, os.DirFS(migrations), goose.WithDisableGlobalRegistry(true))
		if err != nil {
			return err
		}
		if _, err := p.UpTo(ctx, version); err != nil {
			return err
		}
		_, err = db.ExecContext(ctx, `insert into accounts (account, name, settings, paused, created, updated) values ('old-customer', 'Antiga', '{"id":"old-customer"}', false, 1, 1)`)
		return err
	})
}

func (s *socket) schema() (version int64) {
	s.sql(func(ctx context.Context, dialect goose.Dialect, db *sql.DB) error {
		return db.QueryRowContext(ctx, `select max(version_id) from goose_db_version`).Scan(&version)
	})
	return version
}

func (s *socket) sql(f func(context.Context, goose.Dialect, *sql.DB) error) {
	s.t.Helper()
	driver, dsn, dialect := "sqlite", s.env["PONTE_DB"], goose.DialectSQLite3
	if s.server != nil {
		driver, dsn, dialect = "pgx", s.server.DSN(), goose.DialectPostgres
	}
	db, err := sql.Open(driver, dsn)
	if err == nil {
		err = errors.Join(f(s.t.Context(), dialect, db), db.Close())
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestARotationSurvivesPowerLossLarge: whenever it dies, every credential still opens, and running it again ends it:
// then nothing needs an older key.
func TestARotationSurvivesPowerLossLarge(t *testing.T) {
	eachSocket(t, func(t *testing.T, s *socket) {
		s.manyAccounts(150)
		s.eachCut(func(int) []string { return []string{"keys", "rotate"} }, func(int) {
			s.opens("acme")
			s.ponte(0, "keys", "rotate")
			s.forgetOldKeys()
			s.opens("shop-149")
			s.ponte(0, "audit", "verify")
		})
	})
}

// manyAccounts applies accounts beside acme, with credentials of their own.
func (s *socket) manyAccounts(n int) {
	s.t.Helper()
	path := filepath.Join(s.dir, "accounts.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	head, acme, _ := strings.Cut(string(text), "\n")
	for i := range n {
		text = append(text, strings.Replace(acme, "id: acme", fmt.Sprintf("id: shop-%d", i), 1)...)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil || head != "accounts:" {
		s.t.Fatal(head, err)
	}
	s.ponte(0, "apply", "-f", path)
}

// opens fails the test unless an account's credentials are read and taken.
func (s *socket) opens(account string) {
	s.t.Helper()
	if _, said := s.tries([]string{"doctor", "--account", account}); strings.Count(said, "the key opens") != 2 {
		s.t.Errorf("the credentials of %s do not open: %s", account, said)
	}
}

// forgetOldKeys leaves the current master key alone in its file.
func (s *socket) forgetOldKeys() {
	s.t.Helper()
	text, err := os.ReadFile(s.master)
	if err == nil {
		first, _, _ := strings.Cut(string(text), "\n")
		err = os.WriteFile(s.master, []byte(first+"\n"), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestABackupSurvivesPowerLossLarge: a backup that dies leaves no file that looks whole, and the database it was taken
// from goes on.
func TestABackupSurvivesPowerLossLarge(t *testing.T) {
	eachSocket(t, func(t *testing.T, s *socket) {
		s.seedTasks(200)
		s.sync(0)
		whole, file := 0, ""
		s.eachCut(func(int) []string {
			file = filepath.Join(t.TempDir(), "backup.db")
			return []string{"backup", file}
		}, func(int) {
			s.sync(0)
			if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
				return
			}
			whole++
			source := s.env["PONTE_DB"]
			s.env["PONTE_DB"] = filepath.Join(t.TempDir(), "restored.db")
			s.ponte(0, "restore", file)
			s.env["PONTE_DB"] = source
		})
		s.oneOrderEach(200)
		t.Logf("%d files, all of them whole", whole)
	})
}

// TestAnErasureSurvivesPowerLossLarge: what was begun is ended by housekeeping, then nothing of the person is found, and no
// document is made twice, also not when the person is a customer again before the next cut.
func TestAnErasureSurvivesPowerLossLarge(t *testing.T) {
	const tasks = 8
	eachSocket(t, func(t *testing.T, s *socket) {
		s.seedTasks(tasks)
		s.seed(auvosim.Data{}, omiesim.Data{Produtos: []omiesim.Record{{ // an empty list is a fault, of which Omie takes few
			"codigo_produto": 7000000500, "codigo": "FIL-10", "descricao": "Filtro", "unidade": "UN", "ncm": "8421.39.90", "valor_unitario": 35.5, "inativo": "N",
		}}})
		s.sync(0)
		erase := []string{"subject", "erase", cnpj(1), "--yes"}
		s.eachCut(func(n int) []string {
			if n > 0 {
				s.ponte(0, "subject", "lift", "--account", "acme", strconv.Itoa(n), "--yes")
				s.sync(0, "--full")
			}
			if !strings.Contains(s.everything(), cnpj(1)) {
				t.Fatal("before, the document is not found: this test looks in the wrong place")
			}
			return erase
		}, func(n int) {
			if begun := strings.Count(s.ponte(0, "audit", "export"), "subject-erased") > n; !begun {
				s.ponte(0, erase...)
			}
			s.ponte(0, "housekeep")
			for _, text := range []string{cnpj(1), "CLIENTE 00001 LTDA", "Cliente 00001"} {
				if strings.Contains(s.everything(), text) {
					t.Errorf("%q is found after the erasure", text)
				}
			}
			s.sync(0, "--full")
			s.oneOrderEach(tasks)
		})
		s.blameless()
	})
}
