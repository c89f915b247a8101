package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/cli"
	"ponte/internal/omie/omiesim"
	"ponte/internal/store/pgtest"
)

// inRealTime has both simulators live now: serve has no clock of its own.
func (b *bench) inRealTime() {
	b.now = time.Now
	b.auvo.Now, b.omie.Now = time.Now, time.Now
	b.day = time.Now().In(time.FixedZone("BRT", -3*3600)) // as the vendors write times
}

// serve runs ponte serve in this process; it returns its address and a stop that
// must end it well and in time.
func (b *bench) serve(args ...string) (address string, stop func()) {
	b.t.Helper()
	return b.serveLogging(os.Stderr, args...)
}

// serveLogging is serve with its logs written to log.
func (b *bench) serveLogging(log io.Writer, args ...string) (address string, stop func()) {
	b.t.Helper()
	return b.serveUntil("listening on ", log, args...)
}

// serveMetrics is serve of a process whose metrics have an address of their own, which it returns.
func (b *bench) serveMetrics(log io.Writer, args ...string) (address string, stop func()) {
	b.t.Helper()
	return b.serveUntil("metrics on ", log, args...)
}

func (b *bench) serveUntil(says string, log io.Writer, args ...string) (address string, stop func()) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	w := world()
	w.Stdin, w.Stdout, w.Stderr = strings.NewReader(""), in, log
	w.Getenv = func(name string) (string, bool) { v, ok := b.env[name]; return v, ok }
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Main(ctx, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...), w)
		_ = in.CloseWithError(errors.New("serve ended"))
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at, ok := strings.CutPrefix(lines.Text(), says); ok {
			address = at
			break
		}
	}
	if address == "" {
		b.t.Fatalf("serve never listened: %v\n%v", lines.Err(), log)
	}
	go func() {
		for lines.Scan() { // what it says later is nobody's business here
		}
	}()
	return address, func() {
		b.t.Helper()
		began := time.Now()
		cancel()
		select {
		case code := <-ended:
			if code != 0 {
				b.t.Errorf("serve ended with %d", code)
			}
		case <-time.After(15 * time.Second):
			b.t.Fatalf("serve did not stop within %s", time.Since(began))
		}
	}
}

// eventually waits for what must come true and returns how long that took, which on a machine
// that has much else to do says nothing: speed is what make bench measures.
func (b *bench) eventually(what string, is func() bool) time.Duration {
	b.t.Helper()
	const patience = 2 * time.Minute
	began := time.Now()
	for time.Since(began) < patience {
		if is() {
			return time.Since(began)
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("not within %s: %s", patience, what)
	return 0
}

func (b *bench) post(url, body string) {
	b.t.Helper()
	res, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b.t.Errorf("POST %s: %d", url, res.StatusCode)
	}
}

// hookOf is the address of a side's hook at a server.
func (b *bench) hookOf(address, side string) string {
	b.t.Helper()
	for line := range strings.SplitSeq(b.ponte(0, "accounts", "hooks", "acme", "--public-url", address), "\n") {
		if parts := strings.Fields(line); len(parts) == 3 && parts[1] == side {
			return parts[2]
		}
	}
	b.t.Fatalf("no address of %s", side)
	return ""
}

func (b *bench) orders() int { return len(b.omie.Snapshot().OS) }

func TestServeTakesWhatHooksAnnounceAcrossWithinSeconds(t *testing.T) {
	b := newBench(t, fullAccount, time.Second)
	b.inRealTime()
	b.seedTasks(3)
	address, stop := b.serve()
	defer stop()
	for _, path := range []string{"/healthz", "/readyz"} {
		if res, err := http.Get(address + path); err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("%s: %v %v", path, res, err)
		}
	}
	b.eventually("the first cycle", func() bool {
		return strings.Contains(b.ponte(0, "status", "--json"), `"complete":true`) && b.running() == ""
	})
	b.calls()

	if err := b.omie.Edit("clientes", 7000100001, map[string]any{"telefone1_ddd": "19", "telefone1_numero": "32321010"}); err != nil {
		t.Fatal(err)
	}
	b.post(b.hookOf(address, "omie"), `{"messageId":"m1","topic":"ClienteFornecedor.Alterado","event":{"codigo_cliente_omie":7000100001},"author":{"name":"Ana","userId":5}}`)
	took := b.eventually("the telephone is in Auvo", func() bool {
		return strings.Contains(fmt.Sprint(b.auvo.Snapshot().Customers), "32321010")
	})
	auvo, omie, _ := b.calls()
	t.Logf("Omie's hook took %s, %d calls to Auvo and %d to Omie", took, auvo, omie)
	if auvo != 2 || omie != 1 {
		t.Errorf("%d calls to Auvo and %d to Omie; a list of each and one write would do", auvo, omie)
	}

	before := b.orders()
	b.day = time.Now().In(b.day.Location())
	b.seed(auvosim.Data{Tasks: []auvosim.Record{b.task(50)}}, omiesim.Data{})
	b.post(b.hookOf(address, "auvo"), `{"result":{"EntityType":"Tarefas","Action":"Alteracao","EntityId":850,"WebhookId":9,"Date":"2026-11-24T09:00:00"}}`)
	took = b.eventually("the task's order is in Omie", func() bool { return b.orders() == before+1 })
	t.Logf("Auvo's hook took %s", took)
	b.blameless()
}

// running names who works on the account, "" nobody.
func (b *bench) running() string {
	out := b.ponte(0, "status", "--json")
	if _, rest, ok := strings.Cut(out, `"running":"`); ok {
		name, _, _ := strings.Cut(rest, `"`)
		return name
	}
	return ""
}

// TestAKilledWorkersAccountGoesOnElsewhere kills a worker (kill -9) in the middle
// of its documents; another process ends the work, and nothing is there twice.
// It is so on SQLite and, with a PostgreSQL server (tools/postgres.sh), there. What a
// hook tells the web process meanwhile is done as well.
func TestAKilledWorkersAccountGoesOnElsewhere(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a program, and waits for a dead worker's lease to end")
	}
	t.Parallel() // most of the time it waits
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		aKilledWorkersAccountGoesOn(t, nil)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		aKilledWorkersAccountGoesOn(t, sharedDatabase(t))
	})
}

func aKilledWorkersAccountGoesOn(t *testing.T, env map[string]string) {
	const tasks = 12
	b := newBenchOn(t, fullAccount, time.Second, env)
	b.inRealTime()
	b.omie.Latency, b.auvo.Latency = 60*time.Millisecond, 60*time.Millisecond
	b.seedTasks(tasks)
	address, stop := b.serve("--role", "web")
	defer stop()
	first, second := b.worker(), b.worker()
	b.eventually("some orders are made", func() bool { return b.orders() >= 3 })
	holder := b.running()
	victim, other := first, second
	if strings.Contains(holder, fmt.Sprintf("process %d on", second.Process.Pid)) {
		victim, other = second, first
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait() // killed
	made := b.orders()
	b.day = time.Now().In(b.day.Location())
	b.seed(auvosim.Data{Tasks: []auvosim.Record{b.task(tasks)}}, omiesim.Data{})
	b.post(b.hookOf(address, "auvo"), fmt.Sprintf(`{"EntityType":"Tarefas","Action":"Inclusao","EntityId":%d}`, 800+tasks))
	took := b.eventually("the other process made the rest", func() bool { return b.orders() >= tasks+1 })
	t.Logf("killed %q after %d orders; the rest took %s", holder, made, took)
	b.eventually("it rests", func() bool { return b.running() == "" })
	b.oneOrderEach(tasks + 1)
	b.blameless()
	if err := other.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := other.Wait(); err != nil || time.Since(began) > 15*time.Second {
		t.Errorf("the worker stopped after %s: %v", time.Since(began), err)
	}
}

// sharedDatabase is a fresh PostgreSQL database with a master key. Where there is no
// server the test is skipped, and in CI it fails (pgtest.New).
func sharedDatabase(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{"PONTE_DB": pgtest.New(t), "PONTE_MASTER_KEY": base64.StdEncoding.EncodeToString(make([]byte, 32))}
}

// worker starts ponte serve --role worker as a process of its own.
func (b *bench) worker() *exec.Cmd {
	b.t.Helper()
	cmd := b.program("serve", "--role", "worker")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd
}
