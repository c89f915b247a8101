package store

import (
	"cmp"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
)

// oneConnection is a database of one connection with a table t of a and b, and
// a look at how many statements that connection keeps.
func oneConnection(t *testing.T) (db *sql.DB, kept func() (young, old int)) {
	t.Helper()
	db, err := openSQLite(fileURI(filepath.Join(t.TempDir(), "t.db")) + "?" + sqlitePragmas)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	db.SetMaxOpenConns(1)
	run(t, db, `create table t (a integer primary key, b text not null)`)
	run(t, db, `insert into t values (1, 'um'), (2, 'dois'), (3, 'três')`)
	return db, func() (young, old int) {
		t.Helper()
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }() // goes back to its pool
		err = conn.Raw(func(c any) error { young, old = len(c.(*keeper).young), len(c.(*keeper).old); return nil })
		if err != nil {
			t.Fatal(err)
		}
		return young, old
	}
}

func run(t *testing.T, on runner, text string, args ...any) {
	t.Helper()
	if _, err := on.ExecContext(t.Context(), text, args...); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, on runner, text string, args ...any) []string {
	t.Helper()
	all, err := list(query{t.Context(), on}, scanName, text, args...)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestATextIsPreparedOnceAndAnsweredByItsOwnArguments(t *testing.T) {
	db, kept := oneConnection(t)
	before, _ := kept()
	for a, want := range map[int]string{1: "um", 2: "dois", 3: "três"} {
		if got := names(t, db, `select b from t where a = $1`, a); !slices.Equal(got, []string{want}) {
			t.Errorf("%d = %v", a, got)
		}
	}
	if got := names(t, db, `select b from t where a = $1`, nil); got != nil {
		t.Errorf("nothing = %v", got)
	}
	if young, _ := kept(); young != before+1 {
		t.Errorf("%d statements kept for one text", young-before)
	}
}

func TestATextRunsAgainWhileItsRowsAreRead(t *testing.T) {
	db, kept := oneConnection(t)
	before, _ := kept()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	const text = `select b from t where a >= $1 order by a`
	var got []string
	err = query{t.Context(), tx}.each(func(r row) error {
		name, err := scanName(r)
		got = append(append(got, name), names(t, tx, text, 3)...)
		return err
	}, text, 1)
	if want := []string{"um", "três", "dois", "três", "três", "três"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("rows %v, %v", got, err)
	}
	if err := tx.Commit(); err != nil {
		t.Error(err)
	}
	if young, _ := kept(); young != before+1 {
		t.Errorf("%d statements kept for one text", young-before)
	}
}

func TestAKeptStatementSurvivesItsFailureARollbackAndANewSchema(t *testing.T) {
	db, _ := oneConnection(t)
	const insert, whole = `insert into t (a, b) values ($1, $2)`, `select b from (select * from t) where a > $1`
	run(t, db, insert, 4, "quatro")
	if _, err := db.ExecContext(t.Context(), insert, 4, "de novo"); err == nil {
		t.Error("two rows have one key")
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	run(t, tx, insert, 5, "cinco")
	if got := names(t, tx, whole, 3); !slices.Equal(got, []string{"quatro", "cinco"}) {
		t.Errorf("in the transaction %v", got)
	}
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
	run(t, db, `alter table t rename to before`)
	run(t, db, `create table t (new text, b text not null, a integer primary key)`)
	run(t, db, insert, 4, "outro")
	if got := names(t, db, whole, 3); !slices.Equal(got, []string{"outro"}) {
		t.Errorf("after the migration %v", got)
	}
	run(t, db, `drop table t`)
	if _, err := db.ExecContext(t.Context(), insert, 6, "seis"); err == nil {
		t.Error("a row was added to no table")
	}
}

func TestAConnectionKeepsTheTextsItUsesAndFewOthers(t *testing.T) {
	db, kept := oneConnection(t)
	const often = `select b from t where a = 1`
	same := map[any]bool{}
	for i := range 5 * mostKept {
		names(t, db, often)
		names(t, db, fmt.Sprintf(`select b from t where a = 2 -- %d`, i))
		same[statementOf(t, db, often)] = true
	}
	if young, old := kept(); young >= mostKept || old > mostKept {
		t.Errorf("%d and %d statements kept", young, old)
	}
	if len(same) != 1 {
		t.Errorf("the text in use was prepared %d times", len(same))
	}
	names(t, db, fmt.Sprintf(`select b from t where a = 2 -- %*d`, longestKept, 1))
	young, _ := kept()
	names(t, db, fmt.Sprintf(`select b from t where a = 2 -- %*d`, longestKept, 2))
	if now, _ := kept(); now != young {
		t.Error("the statement of a batch was kept")
	}
}

// statementOf is the statement that the only connection keeps for a text.
func statementOf(t *testing.T, db *sql.DB, text string) (s any) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // goes back to its pool
	err = conn.Raw(func(c any) error {
		s = cmp.Or(c.(*keeper).young[text], c.(*keeper).old[text])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
