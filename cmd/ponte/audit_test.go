package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// TestTheAuditIsWholeAndSaysWho reads the chain as an auditor would who knows only what the help says of a hash.
func TestTheAuditIsWholeAndSaysWho(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { theAuditIsWhole(t, nil) })
	t.Run("PostgreSQL", func(t *testing.T) { theAuditIsWhole(t, sharedDatabase(t)) })
}

func theAuditIsWhole(t *testing.T, env map[string]string) {
	b := newBenchOn(t, fullAccount, 40*time.Millisecond, env)
	b.ponte(0, "user", "add", "ana@example.test", "--role", "administrator")
	first := b.verified()
	b.ponte(0, "accounts", "pause", "acme")
	b.ponte(0, "accounts", "resume", "acme")
	if again := b.verified(); again == first {
		t.Error("acts move the hash")
	}
	b.ponte(0, "audit", "verify", "--expect", first)
	if code, _, errs := said(b.env, "audit", "verify", "--expect", strings.Repeat("0", 64)); code != 1 || !strings.Contains(errs, "lacks the hash") {
		t.Errorf("exit %d: %s", code, errs)
	}

	before, what := "", []string{}
	for lines := bufio.NewScanner(strings.NewReader(b.ponte(0, "audit", "export"))); lines.Scan(); {
		var a struct {
			Seq                                          int64
			At                                           time.Time
			Account, Person, By, What, About, Said, Hash string
			Fields                                       json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		fields := string(a.Fields)
		if fields == "[]" {
			fields = ""
		}
		row, err := json.Marshal([]any{before, a.Seq, a.At.UnixMilli(), a.Account, a.Person, a.By, a.What, a.About, a.Said, fields})
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(row); hex.EncodeToString(sum[:]) != a.Hash {
			t.Errorf("act %d has another hash than its text: %s", a.Seq, lines.Text())
		}
		before, what = a.Hash, append(what, a.What)
	}
	if got := strings.Join(what, " "); !strings.HasSuffix(got, "person-invited account-paused account-resumed") {
		t.Errorf("exported: %s", got)
	}
}

// TestWhatIsDoneByHandIsAnAct: by the command line as on the pages.
func TestWhatIsDoneByHandIsAnAct(t *testing.T) {
	b := newBench(t, fullAccount, 40*time.Millisecond)
	b.seedTasks(1)
	b.sync(0)
	for _, c := range []struct {
		args []string
		acts string // what it leaves
	}{
		{[]string{"housekeep"}, "housekept"},
		{[]string{"explain", "--account", "acme", "task:800"}, ""},
		{[]string{"explain", "--account", "acme", "task:800", "--json"}, "payload-revealed"},
		{[]string{"accounts", "hooks", "acme", "--register", "--public-url", "https://ponte.example.test"}, "hook-registered"},
		{[]string{"sync"}, ""}, // as the schedule does
		{[]string{"accounts", "remove", "acme", "--yes"}, "account-removed"},
	} {
		before := strings.Count(b.ponte(0, "audit", "export"), "\n")
		said(b.env, c.args...)
		all := strings.Split(strings.TrimSpace(b.ponte(0, "audit", "export")), "\n")
		left := strings.Join(all[before:], "\n")
		if c.acts == "" && left != "" || !strings.Contains(left, c.acts) {
			t.Errorf("%v leaves %s", c.args, left)
		}
		if c.acts == "account-removed" && !strings.Contains(left, "ACME") {
			t.Errorf("a removed account has no before: %s", left)
		}
		for _, secret := range []string{b.env["AUVO_TOKEN"], b.env["OMIE_SECRET"]} {
			if strings.Contains(left, secret) {
				t.Errorf("%v leaves a secret", c.args)
			}
		}
	}
}

// verified is the chain's last hash.
func (b *bench) verified() string {
	b.t.Helper()
	var said struct {
		Acts int64
		Hash string
	}
	if err := json.Unmarshal([]byte(b.ponte(0, "audit", "verify", "--json")), &said); err != nil || said.Acts == 0 || len(said.Hash) != 64 {
		b.t.Fatalf("%+v, %v", said, err)
	}
	return said.Hash
}
