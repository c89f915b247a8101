package simulation

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata" // stamps are São Paulo's

	"ponte/internal/secret"
)

var (
	seeds      = flag.Int("seeds", 0, "how many seeds TestWalks walks; 0: a handful")
	fromSeed   = flag.Uint64("seed", 1, "the first of them")
	until      = flag.Int("until", 0, "stop after so many seeds that fail; 0: walk them all")
	onPostgres = flag.Int("postgres", 4, "how many seeds TestWalksOnPostgreSQL walks")
	trace      = flag.Bool("trace", false, "tell every call and step of TestHistory")
	told       = flag.String("history", "", "a file whose history TestHistory walks")
	tries      = flag.Int("tries", 250, "how many walks a failing history may be shrunk by")
)

// ring seals the databases of all walks.
var ring *secret.Ring

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp(ramDisk(), "ponte-simulation-")
	if err == nil {
		ring, err = secret.Open(secret.Options{Database: filepath.Join(dir, "ponte.db")})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	workDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// workDir holds the databases; in memory where the machine has such a disk.
var workDir string

func ramDisk() string {
	if _, err := os.Stat("/dev/shm"); err == nil {
		return "/dev/shm"
	}
	return ""
}

// live walks a history in a bubble of fake time and returns what was wrong.
func live(t *testing.T, h history) (problems []problem, sum summary) {
	t.Helper()
	dir, err := os.MkdirTemp(workDir, "walk-")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	synctest.Test(t, func(t *testing.T) {
		w, err := newWorld(t, h, place{bubble: true, dir: dir, window: time.Minute, lease: 30 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		w.walk()
		w.close()
		w.sum.seeds, w.sum.days = 1, time.Since(w.began)
		problems, sum = w.problems, w.sum
	})
	return problems, sum
}

// TestWalks walks -seeds histories from -seed on. One that breaks a promise is
// shrunk, printed, and kept beside the others.
func TestWalks(t *testing.T) {
	many := *seeds
	if many == 0 {
		many = 12
	}
	all := newSummary()
	var mu sync.Mutex
	next := uint64(0)
	take := func() (uint64, bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		return *fromSeed + next - 1, next <= uint64(many) && (*until == 0 || all.failed < *until) //nolint:gosec // not negative
	}
	t.Run("seeds", func(t *testing.T) {
		for n := range runtime.GOMAXPROCS(0) {
			t.Run(fmt.Sprint("walker ", n), func(t *testing.T) {
				t.Parallel()
				for seed, more := take(); more; seed, more = take() {
					problems, sum := live(t, drawHistory(seed))
					mu.Lock()
					all.add(sum)
					if len(problems) > 0 {
						all.failed++
						all.broken[problems[0].kind]++
					}
					if all.seeds%500 == 0 {
						t.Logf("%d of %d seeds walked, %d of them break a promise", all.seeds, many, all.failed)
					}
					mu.Unlock()
					if len(problems) > 0 {
						tell(t, drawHistory(seed), problems)
					}
				}
			})
		}
	})
	t.Logf("\n%s", all)
}

// tell shrinks a history that broke a promise and prints it.
func tell(t *testing.T, h history, problems []problem) {
	t.Helper()
	if *tries > 0 {
		kind := problems[0].kind
		h = shrink(h, *tries, func(h history) bool {
			p, _ := live(t, h)
			return len(p) > 0 && p[0].kind == kind
		})
		problems, _ = live(t, h)
	}
	t.Errorf("seed %d breaks a promise; the shortest history found, to be kept in testdata/histories:\n# %s\n%s", h.seed, joined(problems), h)
}

func joined(problems []problem) string {
	var all []string
	for _, p := range problems {
		all = append(all, strings.ReplaceAll(p.String(), "\n", "\n# "))
	}
	return strings.Join(all, "\n# ")
}

// TestKeptHistories replays every history that once broke a promise.
func TestKeptHistories(t *testing.T) {
	files, err := filepath.Glob("testdata/histories/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			t.Parallel()
			replay(t, name)
		})
	}
}

// TestHistory walks the history of -history, for who looks for a bug.
func TestHistory(t *testing.T) {
	if *told == "" {
		t.Skip("no -history")
	}
	replay(t, *told)
}

func replay(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	h, err := readHistory(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if problems, _ := live(t, h); len(problems) > 0 {
		t.Errorf("# %s\n%s", joined(problems), h)
	}
}

func TestAHistoryReadsBackAsItIsWritten(t *testing.T) {
	for seed := range uint64(50) {
		want := drawHistory(seed).String()
		h, err := readHistory(want)
		if err != nil {
			t.Fatal(err)
		}
		if h.String() != want {
			t.Errorf("seed %d reads back as\n%s\nwant\n%s", seed, h, want)
		}
	}
}
