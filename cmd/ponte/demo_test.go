package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"ponte/internal/cli"
	"ponte/internal/record"
	"ponte/internal/store"
)

// An output is what a command wrote so far.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// TestTheDemoShowsEverythingArriving runs the demo as `ponte demo | cat` does.
func TestTheDemoShowsEverythingArriving(t *testing.T) {
	if testing.Short() {
		t.Skip("takes most of a minute")
	}
	var out output
	w := world()
	w.Stdout, w.Stderr = &out, &out
	if err := runDemo(t.Context(), w, cli.DemoOptions{Seed: 1, Scale: 1}); err != nil {
		t.Errorf("the demo failed: %v", err)
	}
	if !strings.Contains(out.String(), "violations: 0\n") {
		t.Errorf("the demo does not end with no violations:\n%s", out.String())
	}
	if !strings.Contains(out.String(), "pages: http://127.0.0.1:") {
		t.Error("the demo says of no pages")
	}
	t.Log(out.String())
}

func TestASimServesBothSystemsUntilItIsTold(t *testing.T) {
	var out output
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- runSim(ctx, cli.World{Stdout: &out}, cli.SimOptions{Auvo: "127.0.0.1:0", Omie: "127.0.0.1:0", Seed: 1, Scale: 1})
	}()
	var admins []string
	for len(admins) < 2 {
		time.Sleep(10 * time.Millisecond)
		admins = regexp.MustCompile(`http://\S+/_sim/`).FindAllString(out.String(), -1)
	}
	for _, url := range admins {
		res, err := http.Get(url + "violations")
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d, %v", url, res.StatusCode, err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := http.Get(admins[0]); err == nil {
		t.Error("the simulator still answers")
	}
}

func TestAnAddressInUseIsAnError(t *testing.T) {
	_, stop, err := serveOn("127.0.0.1:0", http.NotFoundHandler())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if err := runSim(t.Context(), cli.World{}, cli.SimOptions{Auvo: "256.0.0.1:0"}); err == nil {
		t.Error("a wrong address was served")
	}
}

func TestAFrameFitsTheTerminal(t *testing.T) {
	got := frame([]string{"short", "a line that is too long", "hidden"}, 10, 3)
	if want := home + "short" + clearLine + "\r\na line th…" + clearLine + "\r\n" + clearRest; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestAStoryKeepsTheNewestAndAddsUp(t *testing.T) {
	var s story
	for i := range 9 {
		s.change(store.Change{
			Flow: "tasks", Action: "update", Kind: record.Customer, To: record.Omie, Title: fmt.Sprintf("Loja %d\x1b[31m", i),
			Fields: []store.FieldChange{{Name: "phone"}, {Name: "email"}},
		})
	}
	if len(s.changes) != newest || !strings.HasSuffix(s.changes[5], "update customer in omie: Loja 8[31m (phone, email)") {
		t.Errorf("kept %q", s.changes)
	}
	for range 2 {
		s.cycled(store.Run{Flows: []store.FlowRun{{Flow: "tasks", Read: 3, Created: 7, Error: "cut"}}}, []store.Wait{{Flow: "tasks", Cause: "missing-customer"}}, nil)
	}
	if got := strings.Fields(s.flowLines()[5]); strings.Join(got, " ") != "tasks 6 0 9 1 0" {
		t.Errorf("the row reads %v", got)
	}
	if s.trouble != "tasks: cut" || s.cycles != 2 || len(s.waitLines(newest)) != 3 {
		t.Errorf("trouble %q after %d cycles", s.trouble, s.cycles)
	}
}

func TestTheDemosPagesFindAnotherPortWhereTheirsIsTaken(t *testing.T) {
	first, stop, err := servePages("127.0.0.1:0", http.NotFoundHandler())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	second, stop2, err := servePages(strings.TrimPrefix(first, "http://"), http.NotFoundHandler())
	if err != nil || second == first {
		t.Fatalf("served at %s beside %s: %v", second, first, err)
	}
	stop2()
}
