package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ponte/internal/cli"
	"ponte/internal/company"
)

// wrongUsage is how a command ends that does not exist, or not in this form.
const wrongUsage = 2

// endless are commands that run until somebody ends them: of these the help is asked for.
var endless = []string{"serve", "demo", "sim"}

// findNothing are the commands that may end otherwise than well here, and what they say
// then: what they name is of the book's example, or they stand in two books. All others end well.
var findNothing = map[string]string{
	"ponte backup FILE":      "FILE is there already",
	"ponte restore FILE":     "restore into an empty one",
	"ponte restore copia.db": "restore into an empty one",
	"ponte subject export 10.000.001/0001-90 -o titular.json": "nobody among the customers answers to that",
	"ponte subject find 10.000.001/0001-90":                   "nobody among the customers answers to that",
	"ponte user link EMAIL":                                   `there is no "email"`,
	"ponte user link ana@example.com":                         `there is no "ana@example.com"`,
	"ponte user role EMAIL --role operator --account acme":    `there is no "email"`,
	"ponte user totp-reset EMAIL":                             `there is no "email"`,
	"ponte explain --account acme task:812":                   `answers to "task:812"`,
}

// TestEveryCommandThatABookShowsIsOne runs each `ponte …` of the read-mes and of docs/ on an account of that name. What a
// command finds to do is other tests' business; it must exist, with those arguments. One that stands in a sentence
// without its arguments must have a help.
func TestEveryCommandThatABookShowsIsOne(t *testing.T) {
	b := newBench(t, fullAccount, 40*time.Millisecond)
	b.seedTasks(3)
	b.sync(0)
	here, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	books, err := filepath.Glob(here + "/docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	books = append(books, here+"/README.md", here+"/LEIAME.md")
	t.Chdir(b.dir) // commands write files
	shown := 0
	for _, book := range books {
		text, err := os.ReadFile(book)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range commands(string(text)) {
			shown++
			b.accepts(filepath.Base(book), line)
		}
	}
	if shown < 60 {
		t.Errorf("only %d commands were found in %d books", shown, len(books))
	}
}

// commands are the lines of code that call ponte: in a sentence, or in a block with its comment.
func commands(text string) (lines []string) {
	for _, m := range regexp.MustCompile("(?m)`(ponte [^`\n]*)`|^ *(?:\\$ )?(ponte [^\n#`]*)").FindAllStringSubmatch(text, -1) {
		lines = append(lines, strings.TrimSpace(m[1]+m[2]))
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// accepts fails the test when a line is no command. Of one that does not run as it stands, because a sentence names it without
// its arguments, the help must know each flag.
func (b *bench) accepts(book, line string) {
	b.t.Helper()
	args := strings.Fields(line)[1:]
	if len(args) > 0 && !slices.Contains(endless, args[0]) {
		code, said := b.tries(args)
		if code != wrongUsage {
			if says, may := findNothing[line]; code != 0 && (!may || !strings.Contains(said, says)) {
				b.t.Errorf("%s: %s ends with %d: %s", book, line, code, said)
			}
			return
		}
	}
	var words, flags []string
	for _, arg := range args {
		if name, _, _ := strings.Cut(arg, "="); strings.HasPrefix(name, "--") {
			flags = append(flags, name)
		} else if len(flags) == 0 {
			words = append(words, arg)
		}
	}
	code, help := b.tries(append(words, "--help"))
	if code != 0 {
		b.t.Errorf("%s: %s: %s", book, line, help)
	}
	for _, name := range flags {
		if name != "--help" && !strings.Contains(help, name) {
			b.t.Errorf("%s: %s: there is no %s", book, line, name)
		}
	}
}

// tries runs a command that is given up after a while.
func (b *bench) tries(args []string) (int, string) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var out bytes.Buffer
	w := world()
	w.Stdin, w.Stdout, w.Stderr = strings.NewReader(""), &out, &out
	w.Getenv = func(name string) (string, bool) { v, ok := b.env[name]; return v, ok }
	return cli.Main(ctx, args, w), out.String()
}

// TestTheCommandsForTheSimulatorsWork runs the shell block of docs/simulators.md.
func TestTheCommandsForTheSimulatorsWork(t *testing.T) {
	text, err := os.ReadFile("../../docs/simulators.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```sh\n(.*?)```").FindSubmatch(text)
	if block == nil {
		t.Fatal("there is no block of commands")
	}
	c := company.New(7, 1, time.Now())
	auvo, omie := httptest.NewServer(c.Auvo), httptest.NewServer(c.Omie)
	defer auvo.Close()
	defer omie.Close()
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", string(block[1]))
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "AUVO="+auvo.URL, "OMIE="+omie.URL)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if state, err := os.ReadFile(filepath.Join(cmd.Dir, "omie.json")); err != nil || !json.Valid(state) {
		t.Errorf("the state is no JSON: %v", err)
	}
}

// TestTheBookOfThreatsNamesTestsThatExist: an answer is worth the test that shows it.
func TestTheBookOfThreatsNamesTestsThatExist(t *testing.T) {
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	err = filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		code, err := os.ReadFile(path)
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(code, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(Test\\w+)`").FindAllSubmatch(text, -1)
	if len(named) < 20 {
		t.Errorf("it names only %d tests", len(named))
	}
	for _, m := range named {
		if !there[string(m[1])] {
			t.Errorf("there is no %s", m[1])
		}
	}
}
