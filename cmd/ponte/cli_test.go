package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"ponte/internal/cli"
)

// said runs a command and returns its exit code and all that it printed.
func said(env map[string]string, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	w := world()
	w.Stdin, w.Stdout, w.Stderr = strings.NewReader(""), &stdout, &stderr
	w.Getenv = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	code = cli.Main(context.Background(), args, w)
	return code, stdout.String(), stderr.String()
}

// every command of contract.md, The program.
var everyCommand = []string{
	"demo", "serve", "apply", "sync", "plan", "status", "waiting", "explain", "retry", "ignore", "undo", "link", "unlink", "resolve", "release",
	"accounts list", "accounts hooks", "accounts pause", "accounts resume", "accounts remove", "accounts export", "doctor", "match", "sim",
	"user add", "user link", "user list", "user role", "user totp-reset", "user remove", "token add", "token list", "token revoke",
	"keys rotate", "audit verify", "audit export", "backup", "restore", "subject find", "subject export", "subject erase", "subject lift", "subject record", "housekeep", "version",
}

func TestEveryCommandAnswersHelpWithAnExample(t *testing.T) {
	for _, c := range everyCommand {
		code, out, errs := said(nil, append(strings.Fields(c), "--help")...)
		if code != 0 || errs != "" || !strings.Contains(out, "ponte "+c) || !strings.Contains(out, "Example:") {
			t.Errorf("ponte %s --help: exit %d\n%s%s", c, code, out, errs)
		}
	}
}

func TestWrongUsageIsTwoAndNamesTheRemedy(t *testing.T) {
	for args, want := range map[string]string{
		"sync --nope": "unknown flag --nope", "sync --flow cars": "must be one of", "nonsense": "unexpected argument nonsense", "explain task:1": "missing flags: --account",
		"retry --account acme": "name one record, or --cause, or --run", "sync --at yesterday": "at",
	} {
		code, _, errs := said(map[string]string{"PONTE_DB": t.TempDir() + "/x.db"}, strings.Fields(args)...)
		if code != 2 || !strings.Contains(errs, want) {
			t.Errorf("ponte %s: exit %d, %s", args, code, errs)
		}
	}
}

// TestCommandsWithoutATerminalChangeNothingUnlessToldTo: without --yes they
// ask on a terminal and change nothing elsewhere.
func TestCommandsWithoutATerminalChangeNothingUnlessToldTo(t *testing.T) {
	b := newBench(t, fullAccount, 40*time.Millisecond)
	code, out, errs := said(b.env, "accounts", "remove", "acme")
	if code != 1 || !strings.Contains(errs, "run again with --yes") {
		t.Errorf("exit %d, %s %s", code, out, errs)
	}
	b.ponte(0, "accounts", "list")
	b.ponte(0, "accounts", "pause", "acme")
	if code, _, errs := said(b.env, "sync", "--account", "acme"); code != 1 || !strings.Contains(errs, "paused") {
		t.Errorf("sync of a paused account: exit %d, %s", code, errs)
	}
	b.ponte(0, "accounts", "resume", "acme")
	if first, again := b.ponte(0, "accounts", "hooks", "acme"), b.ponte(0, "accounts", "hooks", "acme"); first != again || !strings.Contains(first, "/hooks/auvo/") {
		t.Errorf("hooks: %s then %s", first, again)
	}
	if out := b.ponte(0, "accounts", "export"); !strings.Contains(out, "${ACME_AUVO_TOKEN}") {
		t.Errorf("export: %s", out)
	}
	b.ponte(0, "accounts", "remove", "acme", "--yes")
	if code, _, _ := said(b.env, "accounts", "list"); code != 1 {
		t.Error("a removed account is listed")
	}
}

func TestAccountsFileErrorsNameLineKeyAndRemedy(t *testing.T) {
	path := t.TempDir() + "/bad.yaml"
	if err := os.WriteFile(path, []byte("accounts:\n  - id: acme\n    every: 5\n    colour: red\n    auvo: {api_key: \"${NOWHERE}\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := said(map[string]string{"PONTE_DB": t.TempDir() + "/x.db"}, "apply", "-f", path)
	for _, want := range []string{"3", "every", "colour", "NOWHERE"} {
		if code != 1 || !strings.Contains(errs, want) {
			t.Errorf("exit %d, %q is not in %s", code, want, errs)
		}
	}
}

// TestTheSameCyclesRunOnPostgreSQL: store and engine on the other database.
func TestTheSameCyclesRunOnPostgreSQL(t *testing.T) {
	b := newBenchOn(t, fullAccount, 40*time.Millisecond, sharedDatabase(t))
	b.seedTasks(8)
	b.sync(0)
	b.oneOrderEach(8)
	b.calls()
	for _, f := range b.sync(0).Flows {
		if f.Created+f.Updated > 0 {
			t.Errorf("at rest: %+v", f)
		}
	}
	b.ponte(0, "plan")
	b.ponte(0, "status")
	b.ponte(0, "explain", "--account", "acme", "task:800")
	b.blameless()
}
