package storetest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ponte/internal/record"
	"ponte/internal/store"
)

func TestADatabaseOfANewerPonteIsRefused(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := p.open()
		_, err := db.SQL().ExecContext(t.Context(), `insert into goose_db_version (version_id, is_applied) values (9999, true)`)
		ok(t, err)
		_, err = store.Open(t.Context(), p.dsn, p.ring)
		if err == nil || !strings.Contains(err.Error(), "newer ponte") || strings.Contains(err.Error(), "\n") {
			t.Errorf("err = %v", err)
		}
	})
}

func TestTheFilesAreTheirOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a dir?#%", "ponte.db")
	ok(t, os.Mkdir(filepath.Dir(path), 0o700))
	db, _ := leased(t, place{t, path, ring(t)})
	ok(t, db.Ping(t.Context()))
	files := must[[]fs.DirEntry](t)(os.ReadDir(filepath.Dir(path)))
	if len(files) < 3 {
		t.Errorf("%d files", len(files))
	}
	for _, f := range files {
		if mode := must[fs.FileInfo](t)(f.Info()).Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o", f.Name(), mode)
		}
	}
}

func TestAMemoryStoreKeepsEverythingAndCanBeCopied(t *testing.T) {
	db, l := leased(t, place{t, ":memory:", ring(t)})
	must[[]store.Sight](t)(db.SavePage(t.Context(), l, page("r1", true, nil, item("1", "Um"))))
	err := db.EachItem(t.Context(), "acme", record.Omie, record.Customer, func(i record.Item) error {
		return db.Redecide(t.Context(), l, i.Ref()) // on the only connection
	})
	ok(t, err)
	other := place{t, ":memory:", ring(t)}.open()
	ok(t, store.Copy(t.Context(), db, other, "acme"))
	got := must[record.Item](t)(other.Item(t.Context(), "acme", item("1", "").Ref()))
	if got.Title != "Um" {
		t.Errorf("copied %+v", got)
	}
}

func TestBytesThatNoDatabaseTakesDoNotStopAPage(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		odd := item("1", "nul \x00 and \xff")
		odd.Keys = append(odd.Keys, record.Key{Name: record.KeySKU, Value: "\x00"})
		odd.Raw = []byte("{\"razao_social\":\"\xff\x00\"}")
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, page("r1", true, nil, odd, item("", "no id"), item("2", "Dois"))))
		if n := must[int](t)(db.Count(t.Context(), "acme", record.Omie, record.Customer)); n != 2 {
			t.Errorf("%d stored", n)
		}
	})
}

// BenchmarkSavePageUnchanged compares pages of 100 records that did not change,
// each with a payload of 2 kB: the work of a nightly sweep.
func BenchmarkSavePageUnchanged(b *testing.B) {
	db, l := benched(b)
	w := page("00000000000000000000000001", true, nil, many(100)...)
	if _, err := db.SavePage(b.Context(), l, w); err != nil {
		b.Fatal(err)
	}
	w.Run = "00000000000000000000000002"
	b.ResetTimer()
	for b.Loop() {
		if _, err := db.SavePage(b.Context(), l, w); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(w.Seen))/b.Elapsed().Seconds(), "records/s")
}
