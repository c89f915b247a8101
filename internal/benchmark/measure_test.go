package benchmark

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

var (
	measure = flag.Bool("measure", false, "measure what takes long (make bench)")
	window  = flag.Duration("window", 0, "how long idle accounts are watched; 0: as each figure says")
)

// TestMain takes away what the tests leave beside their own directories: the binary,
// and what earlier ones left that were killed.
func TestMain(m *testing.M) {
	flag.Parse()
	sweepUp(func(pid int) bool { return !alive(pid) })
	code := m.Run()
	sweepUp(func(pid int) bool { return pid == os.Getpid() })
	os.Exit(code)
}

// A directory of the benchmarks names the process that made it.
const dirPrefix = "ponte-benchmark-"

func makeDir(where string) (string, error) {
	return os.MkdirTemp(where, fmt.Sprintf("%s%d-", dirPrefix, os.Getpid()))
}

// sweepUp takes the directories of those processes away.
func sweepUp(of func(pid int) bool) {
	for _, where := range []string{os.TempDir(), ram} {
		all, _ := filepath.Glob(filepath.Join(where, dirPrefix+"*-*")) // the pattern is well formed
		for _, dir := range all {
			owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), dirPrefix), "-")
			if pid, err := strconv.Atoi(owner); err == nil && of(pid) {
				_ = os.RemoveAll(dir) // what cannot be taken away lies there a while longer
			}
		}
	}
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

func TestNothingIsLeftLyingAbout(t *testing.T) {
	gone := exec.Command("true") // a process that is no more
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	for pid, stays := range map[int]bool{gone.Process.Pid: false, os.Getpid(): true} {
		dir, err := os.MkdirTemp(t.TempDir(), "x")
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv("TMPDIR", dir)
		left := filepath.Join(dir, fmt.Sprintf("%s%d-1", dirPrefix, pid))
		if err := os.Mkdir(left, 0o700); err != nil {
			t.Fatal(err)
		}
		sweepUp(func(pid int) bool { return !alive(pid) })
		if _, err := os.Stat(left); (err == nil) != stays {
			t.Errorf("of process %d: %v", pid, err)
		}
	}
}

// measured skips what only make bench measures.
func measured(t *testing.T) {
	t.Helper()
	if !*measure {
		t.Skip("run make bench")
	}
}

// row prints a row of the table of docs/benchmarks.md; a goal that is missed fails.
func row(t *testing.T, figure, goal, got string, holds bool) {
	t.Helper()
	word := "holds"
	switch {
	case goal == "":
		word = ""
	case !holds:
		word = "**missed**"
		t.Errorf("%s: %s, the goal is %s", figure, got, goal)
	}
	fmt.Printf("| %s | %s | %s | %s |\n", figure, goal, got, word)
}

func TestFirstLoadOfTenThousand(t *testing.T) {
	measured(t)
	for _, d := range directions {
		l := firstLoad(t, d, 10_000)
		row(t, "first load of 10,000 customers, "+d.name+": share of the permitted rate", "> 0.9, 0 punished",
			fmt.Sprintf("%.3f, %d punished, %s", l.share, l.punished, l.lasted.Round(1e9)), l.share > 0.9 && l.punished == 0)
		ratio := float64(l.calls) / float64(l.bound)
		row(t, "first load, "+d.name+": calls ÷ lower bound", "≤ 1.05", fmt.Sprintf("%d ÷ %d = %.3f", l.calls, l.bound, ratio), ratio <= 1.05)
	}
}

func TestThriftOfCycles(t *testing.T) {
	measured(t)
	for _, c := range cyclesOfAShop(t) {
		got := fmt.Sprintf("%d reads + %d writes ÷ %d = %.3f", c.reads, c.writes, c.bound, c.ratio())
		switch c.name {
		case "rerun":
			row(t, "rerun", "reads only", got, c.writes == 0)
		case "cycle":
			row(t, "cycle with 40 edits: calls ÷ lower bound", "≤ 1.2", got, c.ratio() <= 1.2)
		default:
			row(t, "cycle with 100 documents: calls ÷ lower bound", "≤ 1.1", got, c.ratio() <= 1.1)
		}
	}
}
