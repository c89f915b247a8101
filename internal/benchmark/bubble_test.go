package benchmark

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata" // stamps are São Paulo's

	"ponte/internal/auvo"
	"ponte/internal/auvo/auvoapi"
	"ponte/internal/auvo/auvosim"
	"ponte/internal/call"
	"ponte/internal/cli"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/inprocess"
	"ponte/internal/omie"
	"ponte/internal/omie/omieapi"
	"ponte/internal/omie/omiesim"
	"ponte/internal/queue"
	"ponte/internal/record"
	"ponte/internal/secret"
	"ponte/internal/store"
)

// A bubble is one account with default settings at work in fake time: the queue,
// the engine, both clients, a SQLite file, and both simulators with their
// published limits and a latency.
type bubble struct {
	t       *testing.T
	auvo    *auvosim.Sim
	omie    *omiesim.Sim
	db      *store.DB
	account config.Account
	queue   *queue.Queue

	mu   sync.Mutex
	made []made
}

// noon is when bubbles begin to be measured.
var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// latency is that of every answer of both vendors.
const latency = 150 * time.Millisecond

const bubbleAccount = `accounts:
  - id: acme
    name: ACME Refrigeração
    auvo: {base_url: "http://auvo.test/v2", api_key: %q, api_token: %q}
    omie: {base_url: "http://omie.test/api/v1", app_key: %q, app_secret: %q}
    flows:
%s
    orders:
      service_order: {category: "1.01.02", bank_account: 7000000300}
      sales_order: {category: "1.01.03", bank_account: 7000000300}
`

// inBubble lets the queue work an account with these flows until do returns. What
// seed puts there is there before.
func inBubble(t *testing.T, flows string, seed, do func(*bubble)) {
	t.Helper()
	path := filepath.Join(ramDisk(t), "ponte.db")
	ring, err := secret.Open(secret.Options{Database: path}) // outside: it reads the machine's entropy and files
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		// Bubbles begin on the last evening of 1999 in São Paulo, and tasks dated before 2000 are not asked for (auvoapi.TaskFilter).
		time.Sleep(time.Until(noon))
		b := &bubble{t: t, auvo: &auvosim.Sim{Latency: latency}, omie: &omiesim.Sim{Latency: latency, NoConsumer: true}}
		b.open(path, ring, flows)
		seed(b)
		if err := b.queue.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		do(b)
		if err := b.queue.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		b.blameless()
		if err := b.db.Close(); err != nil {
			t.Error(err)
		}
	})
}

// ram is a disk in memory, where the machine has one.
const ram = "/dev/shm"

// ramDisk is a directory of the test's own, in memory where that can be.
func ramDisk(t testing.TB) string {
	t.Helper()
	where := ""
	if _, err := os.Stat(ram); err == nil {
		where = ram
	}
	dir, err := makeDir(where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (b *bubble) open(path string, ring *secret.Ring, flows string) {
	b.t.Helper()
	file, err := config.Parse(strings.NewReader(fmt.Sprintf(bubbleAccount,
		auvosim.DefaultAPIKey, auvosim.DefaultAPIToken, omiesim.DefaultAppKey, omiesim.DefaultAppSecret, flows)), os.LookupEnv)
	if err != nil {
		b.t.Fatal(err)
	}
	b.account = file.Accounts[0]
	if b.db, err = store.Open(b.t.Context(), path, ring); err != nil {
		b.t.Fatal(err)
	}
	if err := cli.KeepAccount(b.t.Context(), b.db, b.account); err != nil {
		b.t.Fatal(err)
	}
	e := b.engine()
	b.queue, err = queue.New(b.t.Context(), queue.Config{
		Store: b.db, Holder: "bubble", Poll: time.Second,
		Engine: func(context.Context, string) (*engine.Engine, error) { return e, nil },
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// engine connects the account as serve does, the limits of the process included.
func (b *bubble) engine() *engine.Engine {
	a := b.account
	vendors := &http.Client{Transport: b, Timeout: 2 * time.Minute}
	return &engine.Engine{
		Store: b.db, Account: a, Now: time.Now,
		Auvo: auvo.New(auvoapi.New(auvoapi.Config{
			BaseURL: a.Auvo.BaseURL, APIKey: a.Auvo.APIKey.Reveal(), APIToken: a.Auvo.APIToken.Reveal(), Memory: b.db.Memory(),
			RatePerMinute: a.Auvo.RatePerMinute, IP: call.NewBudget("auvo", defaultAuvoRate).Share(), Now: time.Now, HTTP: vendors,
		}), auvo.Options{Name: string(config.NameRazaoSocial)}),
		Omie: omie.New(omieapi.New(omieapi.Config{
			BaseURL: a.Omie.BaseURL, AppKey: a.Omie.AppKey.Reveal(), AppSecret: a.Omie.AppSecret.Reveal(), Memory: b.db.Memory(),
			RatePerMinute: a.Omie.RatePerMinute, RedundancyWindow: a.Omie.RedundancyWindow.Std(), IP: call.NewBudget("omie", defaultOmieRate).Share(),
			Now: time.Now, HTTP: vendors,
		}), omie.Options{Name: string(config.NameRazaoSocial), StockLocation: string(config.StockDefault)}),
	}
}

// What a process allows itself from its IP by default (contract.md).
const (
	defaultAuvoRate = 360
	defaultOmieRate = 864
)

// RoundTrip hands a call to its simulator, and keeps it: the simulators forget
// the oldest of many thousands.
func (b *bubble) RoundTrip(r *http.Request) (*http.Response, error) {
	m := made{at: time.Now(), side: record.Omie, method: r.Method}
	to := http.Handler(b.omie)
	if r.URL.Host == "auvo.test" {
		m.side, to = record.Auvo, b.auvo
	} else if body, err := r.GetBody(); err == nil {
		var envelope struct{ Call string }
		if err := json.NewDecoder(body).Decode(&envelope); err != nil {
			return nil, err
		}
		m.method = envelope.Call
	}
	res, err := inprocess.Transport(to).RoundTrip(r)
	if err == nil && res.StatusCode/100 != 2 {
		m.punish, err = punishes(res)
	}
	if !strings.Contains(r.URL.Path, "/login") {
		b.mu.Lock()
		b.made = append(b.made, m)
		b.mu.Unlock()
	}
	return res, err
}

// punishes tells whether an answer is one to who asks too much. A list that is
// empty is a fault of Omie's, too, but punishes nobody.
func punishes(res *http.Response) (bool, error) {
	body, err := io.ReadAll(res.Body)
	res.Body = io.NopCloser(bytes.NewReader(body))
	switch res.StatusCode {
	case http.StatusForbidden, http.StatusTooManyRequests, http.StatusTooEarly:
		return true, err
	}
	return res.Request.URL.Host == "omie.test" && !bytes.Contains(body, []byte("registros")), err
}

// cycle waits for the end of the account's nth cycle, counted from 1, and returns it.
func (b *bubble) cycle(n int) store.Run {
	b.t.Helper()
	for {
		time.Sleep(5 * time.Second)
		runs, err := b.db.Runs(b.t.Context(), b.account.ID, n)
		if err != nil {
			b.t.Fatal(err)
		}
		if len(runs) < n || runs[0].Finished.IsZero() {
			continue
		}
		if !runs[0].Complete || runs[0].Error != "" {
			b.t.Errorf("cycle %d is complete: %v, %s", n, runs[0].Complete, runs[0].Error)
		}
		return runs[0]
	}
}

// blameless fails the test when a simulator counted a violation.
func (b *bubble) blameless() {
	b.t.Helper()
	for _, v := range b.auvo.Violations() {
		b.t.Errorf("auvo: %+v", v)
	}
	for _, v := range b.omie.Violations() {
		b.t.Errorf("omie: %+v", v)
	}
}

// A made is one call, logins apart.
type made struct {
	at     time.Time
	side   record.Side
	method string // Omie's, or Auvo's verb
	punish bool   // the answer is one to who asks too much
}

// taken returns the calls since the last look, in the order of their answers.
func (b *bubble) taken() []made {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.made
	b.made = nil
	return all
}

// seed puts data on both sides.
func (b *bubble) seed(auvo auvosim.Data, omie omiesim.Data) {
	b.t.Helper()
	if err := b.auvo.Seed(auvo); err != nil {
		b.t.Fatal(err)
	}
	if err := b.omie.Seed(omie); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bubble) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}
