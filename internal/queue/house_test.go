package queue_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/queue"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
	"ponte/internal/secret"
	"ponte/internal/store"
	"ponte/internal/store/pgtest"
	"ponte/internal/store/sqlitetest"
)

// eachDatabase runs a test on SQLite and on PostgreSQL (tools/postgres.sh).
func eachDatabase(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, sqlitetest.Migrated(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, pgtest.Migrated(t))
	})
}

// A house is accounts on one database, each between two sides in memory.
type house struct {
	t     *testing.T
	dsn   string
	ring  *secret.Ring
	db    *store.DB
	mu    sync.Mutex
	sides map[string]*sides
}

// sides are an account's, and what is noted of the runs that read them.
type sides struct {
	auvo, omie *recordtest.Memory
	account    config.Account
	slow       time.Duration // each page of Omie's customers takes
	hold       chan struct{} // when set, a read of Omie's customers waits for it
	reading    atomic.Int32  // reads of Omie's customers at once
	atOnce     atomic.Int32  // the most of them
	reads      atomic.Int32
	broken     error // its engine cannot be had
}

func newHouse(t *testing.T, dsn string, accounts ...string) *house {
	t.Helper()
	ring, err := secret.Open(secret.Options{Database: filepath.Join(t.TempDir(), "keys")})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, dsn: dsn, ring: ring, sides: map[string]*sides{}}
	h.db = h.open()
	for _, id := range accounts {
		h.add(id)
	}
	return h
}

func (h *house) open() *store.DB {
	h.t.Helper()
	db, err := store.Open(context.Background(), h.dsn, h.ring)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = db.Close() })
	return db
}

func accountOf(t *testing.T, id string) config.Account {
	t.Helper()
	file, err := config.Parse(strings.NewReader(fmt.Sprintf(`accounts:
  - id: %s
    auvo: {api_key: k, api_token: t}
    omie: {app_key: k, app_secret: s}
    flows: {customers: {}}
`, id)), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return file.Accounts[0]
}

func (h *house) add(id string) *sides {
	h.t.Helper()
	s := &sides{account: accountOf(h.t, id)}
	s.auvo = &recordtest.Memory{Side: record.Auvo, Now: time.Now}
	s.omie = &recordtest.Memory{Side: record.Omie, Now: time.Now}
	if err := h.db.SaveAccount(h.t.Context(), store.Account{ID: id, Settings: []byte(s.account.Settings())}, nil); err != nil {
		h.t.Fatal(err)
	}
	h.mu.Lock()
	h.sides[id] = s
	h.mu.Unlock()
	return s
}

// process starts a queue as a process of its own would.
func (h *house) process(name string, c queue.Config) *queue.Queue {
	h.t.Helper()
	c.Store, c.Holder = h.open(), name
	db := c.Store
	c.Engine = func(_ context.Context, account string) (*engine.Engine, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		s := h.sides[account]
		if s.broken != nil {
			return nil, s.broken
		}
		return &engine.Engine{Store: db, Auvo: s.auvo.System(), Omie: s.watched(), Account: s.account, Now: time.Now}, nil
	}
	if testing.Verbose() {
		c.Log = slog.New(slog.NewTextHandler(h.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	q, err := queue.New(h.t.Context(), c)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := q.Start(context.WithoutCancel(h.t.Context())); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = q.Stop(ctx)
	})
	return q
}

// watched is Omie with its list of customers slowed down, held up and counted.
func (s *sides) watched() record.System {
	omie := s.omie.System()
	customers := *omie.Customers
	feed := customers.Feeds[0]
	list := feed.List
	feed.List = func(ctx context.Context, w record.Window, page func(record.Page) error) error {
		s.reads.Add(1)
		if n := s.reading.Add(1); n > s.atOnce.Load() {
			s.atOnce.Store(n)
		}
		defer s.reading.Add(-1)
		if s.hold != nil {
			select {
			case <-s.hold:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return list(ctx, w, func(p record.Page) error {
			select {
			case <-time.After(s.slow):
			case <-ctx.Done():
				return ctx.Err()
			}
			return page(p)
		})
	}
	customers.Feeds = []record.Feed{feed}
	omie.Customers = &customers
	return omie
}

// patience is how long a test waits for what must come true: long enough for a machine that has much else to do,
// and shorter than the age at which River rescues a job, and than the hour of a tick that must not help.
const patience = 90 * time.Second

func (h *house) eventually(what string, is func() bool) {
	h.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if is() {
			return
		}
	}
	h.t.Fatalf("not within %s: %s", patience, what)
}

func (h *house) ran(account string) bool {
	run, err := h.db.LastRun(h.t.Context(), account)
	return err == nil && run.Complete
}

func (h *house) hint(account, id string, q *queue.Queue) {
	h.t.Helper()
	n := record.Notice{Topic: "ClienteFornecedor.Alterado", Ref: record.Ref{Kind: record.Customer, Side: record.Omie, ID: id}}
	_, err := h.db.AddHints(h.t.Context(), account, store.Delivery{Source: record.Omie, Body: []byte(id), Notices: []record.Notice{n}, Enqueue: q.Enqueue})
	if err != nil {
		h.t.Error(err)
	}
}

// comesDue has an account's cycle due now, and its sweep when it says.
func (h *house) comesDue(account string, sweep func(was time.Time) time.Time) {
	h.t.Helper()
	l, err := h.db.Acquire(h.t.Context(), account, "time", time.Minute)
	if err != nil {
		h.t.Fatal(err)
	}
	s, err := h.db.Schedule(h.t.Context(), account)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.db.EndCycle(h.t.Context(), l, store.Due{Cycle: time.Now(), Sweep: sweep(s.NextSweep), Pacing: s.Pacing}); err != nil {
		h.t.Fatal(err)
	}
	if err := h.db.Release(h.t.Context(), l); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) openHints(account string) int {
	open, err := h.db.OpenHints(h.t.Context(), account)
	if err != nil {
		h.t.Fatal(err)
	}
	return len(open)
}

func customer(id, name string) record.Item {
	return record.Item{Kind: record.Customer, ID: id, Title: name, Fields: record.Fields{
		record.FieldName: name, record.FieldDocument: "", record.FieldActive: "true", record.FieldExternalID: id, record.FieldPhone: "1133334444", record.FieldEmail: "",
	}, Keys: []record.Key{{Name: record.KeyName, Value: record.Fold(name)}}}
}
