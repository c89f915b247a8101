package benchmark

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"
)

var idle = flag.Duration("idle", 10*time.Minute, "how long after its last login the idle process is looked at")

// TestTheBinary: how large it is, and how soon it is ready.
func TestTheBinary(t *testing.T) {
	measured(t)
	info, err := os.Stat(binary(t))
	if err != nil {
		t.Fatal(err)
	}
	row(t, "binary, stripped", "", fmt.Sprintf("%.1f MiB", float64(info.Size())/(1<<20)), true)
	p := newProgram(t, "")
	for _, database := range []string{"a new", "its own"} {
		began := time.Now()
		s := p.serve("all")
		for {
			if res, err := http.Get(s.address + "/readyz"); err == nil {
				_ = res.Body.Close()
				if res.StatusCode == http.StatusOK {
					break
				}
			}
			time.Sleep(2 * time.Millisecond)
		}
		took := time.Since(began)
		s.stop()
		row(t, "ready on "+database+" SQLite database", "< 1 s", took.Round(time.Millisecond).String(), took < time.Second)
	}
}

// TestTheIdleProcess: one account, signed in once, ten minutes later.
func TestTheIdleProcess(t *testing.T) {
	measured(t)
	a := unlimited(0)
	a.settle(t, shopCustomers, shopProducts)
	v := serveVendors(t, a)
	v.forgetCalls(t)
	p := newProgram(t, "")
	p.apply(v.files("10m", "")...)
	p.run("uma ponte firme\n", []string{"user", "add", "ana@example.test", "--role", "administrator", "--password-stdin"}, 0)
	s := p.serve("all")
	time.Sleep(20 * time.Second) // the first cycle
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(s.address+"/entrar", url.Values{"email": {"ana@example.test"}, "senha": {"uma ponte firme"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("the sign-in answers %d", res.StatusCode)
	}
	time.Sleep(5 * time.Second)
	before := s.used()
	time.Sleep(*idle)
	after := s.used()
	s.stop()
	core := 100 * (after.cpu - before.cpu).Seconds() / idle.Seconds()
	row(t, "idle default process, resident, "+idle.String()+" after the last login", "< 80 MiB", fmt.Sprintf("%.1f MiB", float64(after.memory)/1024), after.memory < 80<<10)
	row(t, "idle default process, share of a core", "< 2.5 %", fmt.Sprintf("%.2f %%", core), core < 2.5)
}

// TestMemoryAtAHundredThousandLinks is the most that a first contact, a cycle and a
// sweep take more than those of an account without records.
func TestMemoryAtAHundredThousandLinks(t *testing.T) {
	measured(t)
	peak := func(customers int) (first, cycle, sweep int64) {
		a := unlimited(0)
		a.settle(t, customers, 0)
		v := serveVendors(t, a)
		v.forgetCalls(t)
		p := newProgram(t, "", withoutIPLimits...)
		p.apply(v.files("10m", withoutLimits)...)
		_, first = p.run("", []string{"sync"}, 0, 3)
		time.Sleep(time.Minute) // the same reads would wait so long
		_, cycle = p.run("", []string{"sync"}, 0, 3)
		time.Sleep(time.Minute)
		_, sweep = p.run("", []string{"sync", "--full"}, 0, 3)
		return first, cycle, sweep
	}
	emptyFirst, emptyCycle, emptySweep := peak(0)
	first, cycle, sweep := peak(100_000)
	for _, c := range []struct {
		name, goal  string
		empty, full int64
	}{
		{"a first contact that links 100,000 records", "", emptyFirst, first},
		{"an ordinary cycle at 100,000 links", "< 64 MiB", emptyCycle, cycle},
		{"a sweep at 100,000 links", "< 64 MiB", emptySweep, sweep},
	} {
		row(t, "peak memory of "+c.name+", above an empty account's", c.goal,
			fmt.Sprintf("%d MiB (%d above %d)", (c.full-c.empty)>>10, c.full>>10, c.empty>>10), c.full-c.empty < 64<<10)
	}
}
