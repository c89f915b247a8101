package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ponte/internal/cli"
)

// canaries are credentials that must be found nowhere (P10).
var canaries = map[string]string{
	"AUVO_KEY": "canary-auvo-key-3f9a", "AUVO_TOKEN": "canary-auvo-token-77c1",
	"OMIE_KEY": "1234567890123", "OMIE_SECRET": "canaryomiesecret000000000000005b",
}

// TestNoCredentialAppearsAnywhere plants credentials and searches output,
// errors, logs and database bytes for them, with right and with refused keys.
func TestNoCredentialAppearsAnywhere(t *testing.T) {
	for _, refused := range []bool{false, true} {
		b := newBench(t, fullAccount, 40*time.Millisecond)
		for name, value := range canaries {
			b.env[name] = value
		}
		if !refused {
			b.auvo.APIKey, b.auvo.APIToken = canaries["AUVO_KEY"], canaries["AUVO_TOKEN"]
			b.omie.AppKey, b.omie.AppSecret = canaries["OMIE_KEY"], canaries["OMIE_SECRET"]
		}
		b.seedTasks(2)
		b.env["PONTE_LOG"] = "debug"
		var said bytes.Buffer
		for _, args := range [][]string{
			{"apply", "-f", filepath.Join(b.dir, "accounts.yaml")},
			{"sync", "--at", b.now().Format(time.RFC3339)},
			{"sync", "--json"},
			{"plan"},
			{"status"},
			{"waiting"},
			{"doctor"},
			{"accounts", "export"},
			{"explain", "--account", "acme", "task:800"},
			{"keys", "rotate"},
			{"sync"},
		} {
			b.say(&said, args...)
		}
		haystacks := map[string][]byte{"output": said.Bytes()}
		files, err := filepath.Glob(filepath.Join(b.dir, "ponte.db*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, ".key") {
				continue
			}
			if haystacks[filepath.Base(f)], err = os.ReadFile(f); err != nil {
				t.Fatal(err)
			}
		}
		search(t, haystacks)
	}
}

func (b *bench) say(out *bytes.Buffer, args ...string) {
	w := world()
	w.Stdin, w.Stdout, w.Stderr = strings.NewReader(""), out, out
	w.Getenv = func(name string) (string, bool) { v, ok := b.env[name]; return v, ok }
	cli.Main(context.Background(), args, w)
}

// simulatedLogin is how the simulator's access tokens look.
const simulatedLogin = `sim\.[A-Z2-7]{20}`

func search(t *testing.T, haystacks map[string][]byte) {
	t.Helper()
	login := regexp.MustCompile(simulatedLogin)
	for where, bytesThere := range haystacks {
		for name, canary := range canaries {
			for form, needle := range map[string]string{"clear": canary, "base64": base64.StdEncoding.EncodeToString([]byte(canary))} {
				if bytes.Contains(bytesThere, []byte(needle)) {
					t.Errorf("%s stands in %s in %s form", name, where, form)
				}
			}
		}
		if login.Match(bytesThere) {
			t.Errorf("a login token stands in %s", where)
		}
	}
}

// TestTheProcessListShowsNoCredential looks at the command line of a running sync.
func TestTheProcessListShowsNoCredential(t *testing.T) {
	b := newBench(t, fullAccount, 40*time.Millisecond)
	b.auvo.Latency, b.omie.Latency = 100*time.Millisecond, 100*time.Millisecond
	b.seedTasks(3)
	cmd := b.program("sync", "--account", "acme")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }()
	time.Sleep(200 * time.Millisecond)
	list, err := exec.Command("ps", "-eo", "args").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(list, []byte("sync --account acme")) {
		t.Error("the running sync is not in the process list")
	}
	for _, secret := range []string{b.env["AUVO_TOKEN"], b.env["OMIE_SECRET"]} {
		if bytes.Contains(list, []byte(secret)) {
			t.Error("a credential stands in the process list")
		}
	}
	// A password that somebody writes there is refused before anything is opened.
	const canary = "canary-database-password"
	out, err := b.program("status", "--db", "postgres://ponte:"+canary+"@127.0.0.1:1/ponte").CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("PONTE_DB")) || bytes.Contains(out, []byte(canary)) {
		t.Errorf("a password on the command line: %v\n%s", err, out)
	}
}
