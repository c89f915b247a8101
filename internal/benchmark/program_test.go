package benchmark

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A program is ponte as it is released, on a database of its own.
type program struct {
	t   testing.TB
	env []string
	dir string
}

// built is the binary, built once.
var built = sync.OnceValues(func() (string, error) {
	dir, err := makeDir("")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "ponte")
	build, cgo := []string{"build", "-trimpath", "-ldflags=-s -w", "-o", path}, "CGO_ENABLED=0"
	if raced {
		build, cgo = append(build, "-race"), "CGO_ENABLED=1"
	}
	cmd := exec.Command("go", append(build, "ponte/cmd/ponte")...)
	cmd.Env = append(os.Environ(), cgo)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func binary(t testing.TB) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// newProgram is ponte on SQLite, or on the PostgreSQL database at dsn.
func newProgram(t testing.TB, dsn string, env ...string) *program {
	t.Helper()
	p := &program{t: t, dir: ramDisk(t)}
	if dsn == "" {
		dsn = filepath.Join(p.dir, "ponte.db")
	}
	p.env = append([]string{"PONTE_DB=" + dsn, "PONTE_LOG=warn", "PONTE_MASTER_KEY=" + masterKey}, env...)
	return p
}

// masterKey seals the databases of tests: 32 zeros, in base64.
var masterKey = strings.Repeat("A", 43) + "="

func (p *program) command(args ...string) *exec.Cmd {
	p.t.Helper()
	cmd := exec.Command(binary(p.t), args...)
	cmd.Env, cmd.Dir = append(os.Environ(), p.env...), p.dir
	return cmd
}

// run runs a command to its end, which must be one of codes, and returns what it
// printed and the most memory that it had, in KiB.
func (p *program) run(stdin string, args []string, codes ...int) (out string, peak int64) {
	p.t.Helper()
	cmd := p.command(args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	// rusage would tell the most that this process had, too: a child begins as its copy.
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	err := p.watch(cmd.Process.Pid, done, &peak)
	for _, code := range codes {
		if cmd.ProcessState.ExitCode() == code {
			return stdout.String(), peak
		}
	}
	p.t.Fatalf("ponte %s: %v\n%s%s", strings.Join(args, " "), err, &stdout, &stderr)
	return "", 0
}

// watch keeps the most memory that a process had, in KiB, until it is done.
func (p *program) watch(pid int, done <-chan error, peak *int64) error {
	for {
		select {
		case err := <-done:
			return err
		case <-time.After(2 * time.Millisecond):
			if most, err := memoryOf(fmt.Sprint(pid), "VmHWM:"); err == nil { // it may have ended
				*peak = max(*peak, most)
			}
		}
	}
}

// apply applies accounts files.
func (p *program) apply(files ...string) {
	p.t.Helper()
	for _, file := range files {
		p.run(file, []string{"apply", "-f", "-"}, 0)
	}
}

// A process is ponte serve.
type process struct {
	t       testing.TB
	cmd     *exec.Cmd
	address string // "" of a worker
	ended   chan error
}

// serve starts ponte serve in a role and, unless it is a worker, waits for its address.
func (p *program) serve(role string) *process {
	p.t.Helper()
	cmd := p.command("serve", "--role", role, "--addr", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	s := &process{t: p.t, cmd: cmd, ended: make(chan error, 1)}
	p.t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewReader(out)
	if role != "worker" {
		for s.address == "" {
			line, err := lines.ReadString('\n')
			if err != nil {
				p.t.Fatalf("serve never listened: %v", err)
			}
			if at, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on "); ok {
				s.address = at
			}
		}
	}
	go func() {
		_, _ = io.Copy(io.Discard, lines) // what it says later is nobody's business here
		s.ended <- cmd.Wait()
	}()
	return s
}

// stop has the process end as an operator does, within 15 seconds.
func (s *process) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Error(err)
	}
	select {
	case err := <-s.ended:
		if err != nil {
			s.t.Errorf("serve ended: %v", err)
		}
	case <-time.After(15 * time.Second):
		s.t.Error("serve did not stop within 15 s")
		s.kill()
	}
}

// kill is kill -9.
func (s *process) kill() {
	_ = s.cmd.Process.Kill() // it may be over
	if err := <-s.ended; err == nil {
		s.t.Log("it had ended before it was killed")
	}
}

// A use is what a process had and took so far.
type use struct {
	memory int64 // resident, KiB
	cpu    time.Duration
}

// used asks the kernel.
func (s *process) used() use {
	s.t.Helper()
	u, err := usedBy(fmt.Sprint(s.cmd.Process.Pid))
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

// memoryOf reads a line of a process's status, in KiB.
func memoryOf(pid, line string) (kib int64, err error) {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0, err
	}
	for text := range strings.SplitSeq(string(status), "\n") {
		if rest, ok := strings.CutPrefix(text, line); ok {
			_, err = fmt.Sscan(rest, &kib)
		}
	}
	return kib, err
}

func usedBy(pid string) (u use, err error) {
	u.memory, err = memoryOf(pid, "VmRSS:")
	stat, statErr := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil || statErr != nil {
		return u, statErr
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	var user, system int64
	for n, field := range strings.Fields(rest) {
		switch n {
		case 11:
			_, err = fmt.Sscan(field, &user)
		case 12:
			_, err = fmt.Sscan(field, &system)
		}
	}
	const tick = 10 * time.Millisecond // USER_HZ is 100 wherever Go runs Linux
	u.cpu = time.Duration(user+system) * tick
	return u, err
}

// postgresCPU is what all PostgreSQL processes of the machine took so far.
func postgresCPU(t testing.TB) (sum time.Duration) {
	t.Helper()
	names, err := filepath.Glob("/proc/[0-9]*/comm")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if comm, err := os.ReadFile(name); err == nil && strings.TrimSpace(string(comm)) == "postgres" {
			if u, err := usedBy(filepath.Base(filepath.Dir(name))); err == nil { // it may have ended
				sum += u.cpu
			}
		}
	}
	return sum
}
