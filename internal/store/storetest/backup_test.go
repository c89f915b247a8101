package storetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
	"ponte/internal/store/pgtest"
	"ponte/internal/store/sqlitetest"
)

// lived is an account with something in most tables, a planned change among it.
func lived(t *testing.T, p place) (*store.DB, store.Lease) {
	t.Helper()
	db, l := leased(t, p)
	ctx := t.Context()
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	task := record.Item{Kind: record.Task, Side: record.Auvo, ID: "812", Title: "Tarefa 812", Fields: record.Fields{}, Raw: []byte(`{"taskID":812}`)}
	must[[]store.Sight](t)(db.SavePage(ctx, l, store.PageWrite{
		Run: "r", Feed: "auvo/tasks", Kind: record.Task, Side: record.Auvo, Seen: []store.Seen{{Item: task, Carry: true}},
		Cursor: &store.Cursor{Done: at, Newest: at, Indexed: at},
	}))
	must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{
		Run: "r", Flow: "tasks", Settles: []record.Ref{task.Ref()}, Outcome: store.OutcomeUnchanged, Reason: "Regra geral da conta.",
		Plan: []store.Change{{
			Run: "r", Flow: "tasks", Kind: record.ServiceOrder, Key: "create:omie:service-order:AUVOT812S", Source: task.Ref(),
			Action: "create", To: record.Omie, Code: "AUVOT812S", Created: at,
		}},
	}))
	ok(t, db.StartRun(ctx, l, store.Run{ID: "r", Account: "acme", Started: at}))
	ok(t, db.FinishRun(ctx, l, store.Run{ID: "r", Account: "acme", Started: at, Finished: at, Complete: true}))
	ok(t, db.SetMark(ctx, l, "orders-indexed", "then"))
	ok(t, db.Memory().SetToken(ctx, "key", "token-canary", at.AddDate(10, 0, 0)))
	ok(t, db.SetPaused(ctx, "acme", true))
	now := time.Now()
	ok(t, db.AddPerson(ctx, store.Person{ID: "ana", Email: "ana@example.test", Name: "Ana", Role: "administrator", Password: "hash"}))
	ok(t, db.StartSession(ctx, store.Session{ID: "s", Person: "ana", Digest: "door", Created: now, Rotated: now, Seen: now, Expires: now.Add(time.Hour)}))
	ok(t, db.Invite(ctx, store.Invitation{Person: "ana", Digest: "door", Expires: now.Add(time.Hour)}))
	ok(t, db.AddPassage(ctx, store.Passage{Digest: "door", Kind: store.PassageCode, Person: "ana", Target: "/", Expires: now.Add(time.Hour)}, now))
	ok(t, db.AddAPIToken(ctx, apiToken("a")))
	return db, l
}

// same checks that a store holds what lived made, and recovers.
func same(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := t.Context()
	ref := record.Ref{Kind: record.Task, Side: record.Auvo, ID: "812"}
	if i := must[record.Item](t)(db.Item(ctx, "acme", ref)); i.Title != "Tarefa 812" || string(i.Raw) != `{"taskID":812}` {
		t.Errorf("item %+v", i)
	}
	if s := must[store.ItemState](t)(db.ItemState(ctx, "acme", ref)); !s.Dirty {
		t.Error("what was planned is not decided again")
	}
	if c := must[store.Change](t)(db.ChangeByKey(ctx, "acme", "create:omie:service-order:AUVOT812S")); c.State != store.Superseded {
		t.Errorf("the planned change is %s", c.State)
	}
	if a := must[store.Account](t)(db.Account(ctx, "acme")); !a.Paused || a.Name != "ACME" {
		t.Errorf("account %+v", a)
	}
	if c := must[store.Cursor](t)(db.Cursor(ctx, "acme", "auvo/tasks")); c.Done.IsZero() || !c.Indexed.IsZero() {
		t.Errorf("cursor %+v", c)
	}
	if m := must[string](t)(db.Mark(ctx, "acme", "orders-indexed")); m != "" {
		t.Errorf("orders-indexed is %q", m)
	}
	if s := must[map[string]string](t)(db.Secrets(ctx, "acme")); s[store.SecretAuvoKey] != "clear-canary" {
		t.Errorf("secrets %v", s)
	}
	if token, _, err := db.Memory().Token(ctx, "key"); err != nil || token != "" {
		t.Errorf("a login went along: %q %v", token, err)
	}
	shut(t, db)
	if people, tokens := must[[]store.Person](t)(db.People(ctx)), must[[]store.APIToken](t)(db.APITokens(ctx)); len(people) != 1 || len(tokens) != 1 {
		t.Errorf("people %v, tokens %v", people, tokens)
	}
	if r := must[store.Recovery](t)(db.Recovery(ctx, "acme")); !r.On() || r.Why != store.FromBackup || time.Since(r.State) > time.Minute {
		t.Errorf("recovery %+v", r)
	}
}

// shut checks that a copy lets nobody in by what they held when it was made: it may have been taken from them since.
func shut(t *testing.T, db *store.DB) {
	t.Helper()
	if _, _, err := db.Session(t.Context(), "door", time.Now()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a session came back: %v", err)
	}
	if _, err := db.Invited(t.Context(), "door", time.Now()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an invitation came back: %v", err)
	}
	if _, err := db.Passage(t.Context(), "door", time.Now()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a passage came back: %v", err)
	}
}

// TestABackupIsAStoreToStartOn, whichever database it was taken of and while its
// account is at work; it holds no secret in clear, and is loaded into the other.
func TestABackupIsAStoreToStartOn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := lived(t, p)
		ctx, path := t.Context(), filepath.Join(t.TempDir(), "backup.db")
		info := must[store.BackupInfo](t)(db.Backup(ctx, path, false))
		stat := must[os.FileInfo](t)(os.Stat(path))
		if len(info.Accounts) != 1 || info.Accounts[0] != "acme" || info.Rows < 8 || info.Bytes != stat.Size() || stat.Mode().Perm() != 0o600 {
			t.Errorf("%+v, mode %v, size %d", info, stat.Mode(), stat.Size())
		}
		if text := must[[]byte](t)(os.ReadFile(path)); strings.Contains(string(text), "canary") {
			t.Error("a secret is in the backup in clear")
		}
		// Loaded into an empty database of the same sort; the file stays a backup.
		empty := place{t, newPlace(t, p), p.ring}.open()
		if accounts, rows, err := empty.Load(ctx, path); err != nil || len(accounts) != 1 || rows < 8 {
			t.Fatal(accounts, rows, err)
		}
		same(t, empty)
		if _, _, err := empty.Load(ctx, path); !errors.Is(err, store.ErrNotEmpty) {
			t.Errorf("loaded twice: %v", err)
		}
		// Started on, twice: it recovers once.
		started := place{t, path, p.ring}.open()
		same(t, started)
		l := must[store.Lease](t)(started.Acquire(ctx, "acme", "other", time.Minute))
		ok(t, started.EndRecovery(ctx, l))
		if r := must[store.Recovery](t)((place{t, path, p.ring}).open().Recovery(ctx, "acme")); r.On() || r.Ended.IsZero() {
			t.Errorf("it recovers again: %+v", r)
		}
		other := place{t, newPlace(t, p), p.ring}.open()
		if _, _, err := other.Load(ctx, path); !errors.Is(err, store.ErrNoBackup) {
			t.Errorf("a database at work was loaded as a backup: %v", err)
		}
		if r := must[store.Recovery](t)(db.Recovery(ctx, "acme")); !r.Since.IsZero() {
			t.Errorf("the database that was backed up recovers: %+v", r)
		}
	})
}

// newPlace is another, empty place like p.
func newPlace(t *testing.T, p place) string {
	t.Helper()
	if isPostgres(p) {
		return pgtest.Migrated(t)
	}
	return sqlitetest.Migrated(t)
}

// TestABackupReplacesNothingUnasked, least of all the database, and leaves
// nothing half done behind.
func TestABackupReplacesNothingUnasked(t *testing.T) {
	p := place{t, filepath.Join(t.TempDir(), "ponte.db"), ring(t)}
	db, _ := lived(t, p)
	ctx, dir := t.Context(), t.TempDir()
	path := filepath.Join(dir, "backup.db")
	ok(t, os.WriteFile(path, []byte("mine"), 0o600))
	if _, err := db.Backup(ctx, path, false); !errors.Is(err, store.ErrExists) {
		t.Errorf("no force: %v", err)
	}
	if _, err := db.Backup(ctx, dir, true); !errors.Is(err, store.ErrExists) {
		t.Errorf("a folder: %v", err)
	}
	if _, err := db.Backup(ctx, p.dsn, true); !errors.Is(err, store.ErrItself) {
		t.Errorf("itself: %v", err)
	}
	if text := must[[]byte](t)(os.ReadFile(path)); string(text) != "mine" {
		t.Error("it was replaced")
	}
	must[store.BackupInfo](t)(db.Backup(ctx, path, true))
	if files := must[[]os.DirEntry](t)(os.ReadDir(dir)); len(files) != 1 {
		t.Errorf("left behind: %v", files)
	}
	if _, err := db.Backup(ctx, filepath.Join(dir, "nowhere", "x.db"), false); err == nil {
		t.Error("a folder that is not there was written to")
	}
}

// TestAnOlderCopyOfTheFileRecovers: put back by hand within a cycle, it knows
// fewer leases than this machine saw.
func TestAnOlderCopyOfTheFileRecovers(t *testing.T) {
	p := place{t, filepath.Join(t.TempDir(), "ponte.db"), ring(t)}
	ctx := t.Context()
	db, l := lived(t, p)
	ok(t, db.Release(ctx, l))
	ok(t, db.Close())
	old := must[[]byte](t)(os.ReadFile(p.dsn))
	again := place{t, p.dsn, p.ring}.open()
	l = must[store.Lease](t)(again.Acquire(ctx, "acme", "a", time.Minute))
	if r := must[store.Recovery](t)(again.Recovery(ctx, "acme")); !r.Since.IsZero() {
		t.Errorf("the same file recovers: %+v", r)
	}
	ok(t, again.Release(ctx, l))
	ok(t, again.Close())
	for _, beside := range []string{"-wal", "-shm"} {
		_ = os.Remove(p.dsn + beside)
	}
	ok(t, os.WriteFile(p.dsn, old, 0o600))
	back := place{t, p.dsn, p.ring}.open()
	older := must[store.Lease](t)(back.Acquire(ctx, "acme", "a", time.Minute))
	if older.Epoch <= l.Epoch {
		t.Errorf("epoch %d is given twice", older.Epoch)
	}
	if r := must[store.Recovery](t)(back.Recovery(ctx, "acme")); !r.On() || r.Why != store.FromOlderFile || r.State.IsZero() {
		t.Errorf("recovery %+v", r)
	}
	ok(t, back.EndRecovery(ctx, older))
	ok(t, back.Release(ctx, older))
	must[store.Lease](t)(back.Acquire(ctx, "acme", "a", time.Minute))
	if r := must[store.Recovery](t)(back.Recovery(ctx, "acme")); r.On() {
		t.Errorf("it recovers again: %+v", r)
	}
}

// TestABackupIsOneStateOfAStoreAtWork: each page is stored with its cursor, and
// each backup that is taken meanwhile holds both or neither.
func TestABackupIsOneStateOfAStoreAtWork(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx, stop := context.WithCancel(t.Context())
		worked := make(chan error, 1)
		items := many(1000)
		go func() {
			defer close(worked)
			for n := 0; n < len(items) && ctx.Err() == nil; n++ {
				w := page("r", true, &store.Cursor{Done: time.UnixMilli(int64(n + 1))}, items[n])
				if _, err := db.SavePage(t.Context(), l, w); err != nil {
					worked <- err
					return
				}
			}
		}()
		for range 4 {
			path := filepath.Join(t.TempDir(), "backup.db")
			must[store.BackupInfo](t)(db.Backup(t.Context(), path, false))
			copied := place{t, path, p.ring}.open()
			n := must[int](t)(copied.Count(t.Context(), "acme", record.Omie, record.Customer))
			cursors := must[[]store.Cursor](t)(copied.Cursors(t.Context(), "acme"))
			if told := done(cursors); told != n {
				t.Errorf("%d items, and a cursor that tells of %d", n, told)
			}
		}
		stop()
		for err := range worked {
			t.Error(err)
		}
	})
}

func done(cursors []store.Cursor) int {
	if len(cursors) == 0 {
		return 0
	}
	return int(cursors[0].Done.UnixMilli())
}
