package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// TestKilledProcessesMakeOneDocumentEachLarge runs the real program against served
// simulators and kills it (kill -9) at points spread over its run; the rerun
// finds one document for each task, none missing (P1, P2). The redundancy
// window is one second on both sides.
func TestKilledProcessesMakeOneDocumentEachLarge(t *testing.T) {
	withoutRaceDetector(t)
	const tasks = 12
	var benches []*bench // all are killed before the first rerun, which waits for a dead process's lease to end
	for _, after := range []time.Duration{80, 120, 160, 200, 240, 280} {
		b := newBench(t, fullAccount, time.Second)
		b.omie.Latency, b.auvo.Latency = 5*time.Millisecond, 5*time.Millisecond
		b.seedTasks(tasks)
		killed := b.kill(after*time.Millisecond+time.Duration(rand.IntN(40))*time.Millisecond, "sync", "--at", b.now().Format(time.RFC3339))
		t.Logf("killed after %v: %v", after*time.Millisecond, killed)
		benches = append(benches, b)
	}
	for _, b := range benches {
		b.sync(0)
		b.oneOrderEach(tasks)
		b.blameless()
	}
}

// asProgram in the environment makes this test binary ponte itself, so that no
// test waits until another is linked.
const asProgram = "PONTE_TEST_IS_THE_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// program is ponte as a process of its own, on the bench's account.
func (b *bench) program(args ...string) *exec.Cmd {
	b.t.Helper()
	self, err := os.Executable()
	if err != nil {
		b.t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=yes")
	for name, value := range b.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// kill starts a command as a process of its own and kills it; false when it was done before.
func (b *bench) kill(after time.Duration, args ...string) bool {
	b.t.Helper()
	cmd := b.program(args...)
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		b.t.Logf("%s was done before: %v", args[0], err)
		return false
	case <-time.After(after):
		if err := cmd.Process.Kill(); err != nil {
			b.t.Fatal(err)
		}
		b.t.Logf("killed: %v", <-done)
		return true
	}
}

func (b *bench) seedTasks(n int) {
	b.t.Helper()
	stamp := map[string]any{"dAlt": "10/03/2026", "hAlt": "08:00:00", "dInc": "10/03/2026", "hInc": "08:00:00"}
	omie := omiesim.Data{
		Clientes: []omiesim.Record{omieCustomer(1)},
		Servicos: []omiesim.Record{{"intListar": map[string]any{"nCodServ": 7000000100}, "cabecalho": map[string]any{"cDescricao": "Visita", "nPrecoUnit": 150}, "info": stamp}},
	}
	auvo := auvosim.Data{
		Customers: []auvosim.Record{auvoCustomer(1, "7000100001")},
		Services:  []auvosim.Record{{"id": "0b1c2d3e-0000-4000-8000-0000000000a1", "title": "Visita", "price": 150, "active": true, "externalCode": "7000000100"}},
	}
	for i := range n {
		auvo.Tasks = append(auvo.Tasks, b.task(i))
	}
	b.seed(auvo, omie)
}

// task is the ith finished task of the bench's customer.
func (b *bench) task(i int) auvosim.Record {
	return auvosim.Record{
		"taskID": 800 + i, "customerId": 1001, "taskType": 7001, "idUserFrom": 501, "idUserTo": 502, "taskStatus": 5, "finished": true,
		"orientation": fmt.Sprintf("Visita %d", i), "taskDate": b.day.Format("2006-01-02T08:00:00"), "dateLastUpdate": b.day.Format("2006-01-02T15:04:05"),
		"services": []any{map[string]any{"id": "0b1c2d3e-0000-4000-8000-0000000000a1", "quantity": 1, "unitaryValue": 150}},
	}
}

func (b *bench) oneOrderEach(tasks int) {
	b.t.Helper()
	codes := map[string]int{}
	for _, o := range b.omie.Snapshot().OS {
		codes[o.Text("Cabecalho", "cCodIntOS")]++
	}
	for i := range tasks {
		if n := codes[fmt.Sprintf("AUVOT%dS", 800+i)]; n != 1 {
			b.t.Errorf("task %d has %d service orders", 800+i, n)
		}
	}
	if len(codes) != tasks {
		b.t.Errorf("service orders: %v", codes)
	}
}
