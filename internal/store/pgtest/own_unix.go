//go:build unix

package pgtest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// An Owned server belongs to one test, which may take its power away. It is as durable as an installed one.
type Owned struct {
	t         testing.TB
	bin, home string
	port      string
	as        []string // PostgreSQL refuses to run as root
}

// Own starts a server that ends with the test. Where PostgreSQL is missing the test is skipped, and in CI it fails.
func Own(t testing.TB) *Owned {
	t.Helper()
	o := &Owned{t: t}
	if o.bin = binaries(); o.bin == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("PostgreSQL is missing: run make test, which installs it")
		}
		t.Skip("PostgreSQL is missing: run make test, which installs it")
	}
	var err error
	if o.home, err = os.MkdirTemp("", "ponte-pg"); err != nil { // t.TempDir is not open to another user
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(o.home) })
	if os.Geteuid() == 0 {
		o.as = []string{"runuser", "-u", "postgres", "--"}
		o.give("postgres")
	}
	o.run("initdb", "-D", o.data(), "--username=ponte", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	t.Cleanup(o.Cut)
	o.port = freePort(t)
	o.Start()
	return o
}

func binaries() string {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	all, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(all) == 0 {
		return ""
	}
	return filepath.Dir(slices.Max(all))
}

func (o *Owned) give(name string) {
	o.t.Helper()
	who, err := user.Lookup(name)
	if err != nil {
		o.t.Fatal(err)
	}
	uid, _ := strconv.Atoi(who.Uid)
	gid, _ := strconv.Atoi(who.Gid)
	if err := os.Chown(o.home, uid, gid); err != nil {
		o.t.Fatal(err)
	}
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func (o *Owned) data() string { return filepath.Join(o.home, "data") }

// DSN is the address of the server's empty database.
func (o *Owned) DSN() string {
	return fmt.Sprintf("postgres://ponte@127.0.0.1:%s/postgres?sslmode=disable", o.port)
}

// Files are the server's, byte for byte: those of tables and indexes, and its log of writes.
func (o *Owned) Files() map[string][]byte {
	o.t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(o.data(), func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) { // it goes on working
			return nil
		}
		files[strings.TrimPrefix(path, o.home)] = text
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return files
}

// Start has a server that lost its power come back.
func (o *Owned) Start() {
	o.t.Helper()
	o.run("pg_ctl", "-D", o.data(), "-l", filepath.Join(o.home, "log"), "-w", "-o", "-p "+o.port+" -c unix_socket_directories='' -c listen_addresses=127.0.0.1", "start")
}

// Cut takes the power from the server: kill -9 of each of its processes.
func (o *Owned) Cut() {
	o.t.Helper()
	text, err := os.ReadFile(filepath.Join(o.data(), "postmaster.pid"))
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	first, _, _ := strings.Cut(string(text), "\n")
	head, err := strconv.Atoi(first)
	if err != nil {
		o.t.Fatal(err)
	}
	_ = syscall.Kill(head, syscall.SIGSTOP) // so that it makes no more of them
	family := append(childrenOf(head), head)
	for _, pid := range family {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may be gone
	}
	for _, pid := range family { // while one is left a new server does not start
		for n := 0; alive(pid); n++ {
			if n == 2000 {
				o.t.Fatalf("PostgreSQL's process %d does not die", pid)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	// A machine that comes back has no such process. Here its body may lie about until somebody buries it, and a server that
	// finds its number in the file would not start.
	_ = os.Remove(filepath.Join(o.data(), "postmaster.pid"))
}

func childrenOf(parent int) (pids []int) {
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil
	}
	for _, path := range all {
		pid, _ := strconv.Atoi(filepath.Base(path))
		if _, of := stat(pid); of == parent {
			pids = append(pids, pid)
		}
	}
	return pids
}

// alive tells whether a process is there and not only waiting to be buried.
func alive(pid int) bool {
	state, _ := stat(pid)
	return state != "" && state != "Z"
}

// stat reads a process's state and its parent. Its name stands before them, in brackets, and may hold anything.
func stat(pid int) (state string, parent int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0
	}
	_, _ = fmt.Sscan(string(text[bytes.LastIndexByte(text, ')')+1:]), &state, &parent)
	return state, parent
}

func (o *Owned) run(program string, args ...string) {
	o.t.Helper()
	line := append(slices.Clone(o.as), filepath.Join(o.bin, program))
	cmd := exec.Command(line[0], append(line[1:], args...)...)
	cmd.Dir = "/"
	if out, err := outputOf(cmd, o.home); err != nil {
		log, _ := os.ReadFile(filepath.Join(o.home, "log"))
		o.t.Fatalf("%s: %v\n%s\n%s", program, err, out, log)
	}
}

// outputOf does not wait for who inherits the output, as the server does from pg_ctl.
func outputOf(cmd *exec.Cmd, in string) ([]byte, error) {
	file, err := os.CreateTemp(in, "out")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	cmd.Stdout, cmd.Stderr = file, file
	err = cmd.Run()
	out, readErr := os.ReadFile(file.Name())
	return out, errors.Join(err, readErr, file.Close())
}
