package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ponte/internal/call"
)

// A Census is what stands in the store of all accounts at one instant, counted:
// what is watched. It holds no record and no secret.
type Census struct {
	At       time.Time
	Accounts []AccountCensus      // by id
	Faults   []FaultCount         // of the last half hour, by key and method
	Blocks   map[string]time.Time // by key, until when the vendor refuses it; only those that last
	Paces    map[string]call.Pace // by key, of those that use less than their rate
	Governor Governor
}

// An AccountCensus is one account's part.
type AccountCensus struct {
	Account
	Done     map[string]time.Time // by feed: everything changed before was processed
	Last     Run                  // the newest finished run, without its flows; zero before the first
	Changes  map[string]int       // by state; empty when the ledger was not asked for
	Waits    []WaitCount
	Held     []Held         // not released, without their changes
	Drift    map[string]int // by source: what its newest whole sweep found that its windows had not told
	Hooks    []Hook
	Coverage []Coverage // of the last seven days
	Hints    int        // open
	Schedule Schedule   // zero: the queue knows nothing of it yet
	Worked   time.Time  // when somebody last held its lease
}

// A FaultCount is how many faults a key's method had.
type FaultCount struct {
	Key, Method string
	Count       int
}

// How far back a census counts. Omie blocks a key by its faults of half an hour
// (docs/apis/omie.md §2.2).
const (
	censusFaults   = 30 * time.Minute
	censusCoverage = 7 * 24 * time.Hour
)

// Census counts all accounts at an instant, in one transaction that sees one
// state. The ledger, which grows for ever and costs most, is counted when asked for.
func (db *DB) Census(ctx context.Context, at time.Time, ledger bool) (Census, error) {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: db.differ.snapshot})
	if err != nil {
		return Census{}, fmt.Errorf("store: Census: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // it only reads
	c := &census{query: query{ctx, tx}, Census: Census{At: at, Blocks: map[string]time.Time{}, Paces: map[string]call.Pace{}}, place: map[string]int{}}
	counts := []func() error{c.accounts, c.cursors, c.runs, c.waits, c.held, c.drift, c.hooks, c.coverage, c.hints, c.schedules, c.leases, c.faults, c.blocks, c.paces, c.governor}
	if ledger {
		counts = append(counts, c.changes)
	}
	for _, count := range counts {
		if err := count(); err != nil {
			return Census{}, fmt.Errorf("store: Census: %w", err)
		}
	}
	return c.Census, nil
}

// census is a Census that is being counted.
type census struct {
	query
	Census
	place map[string]int // of an account in Accounts
}

// Where the newest of something is asked for per account, the cross join has SQLite
// go by account and not by all rows there ever were; each then is one step in an index.

// of is an account's part; one that is none's stands for an account that is gone.
func (c *census) of(account string) *AccountCensus {
	n, ok := c.place[account]
	if !ok {
		return &AccountCensus{}
	}
	return &c.Accounts[n]
}

func (c *census) accounts() error {
	all, err := list(c.query, scanAccount, `select `+accountColumns+` from accounts order by account`)
	for n, a := range all {
		c.place[a.ID] = n
		c.Accounts = append(c.Accounts, AccountCensus{Account: a, Done: map[string]time.Time{}, Changes: map[string]int{}, Drift: map[string]int{}})
	}
	return err
}

func (c *census) cursors() error {
	return c.each(func(r row) error {
		var account, feed string
		var done int64
		err := r.Scan(&account, &feed, &done)
		if a := c.of(account); a.Done != nil {
			a.Done[feed] = instant(done)
		}
		return err
	}, `select account, feed, done from cursors`)
}

func (c *census) runs() error {
	return c.each(func(r row) error {
		run, err := scanRun(r)
		c.of(run.Account).Last = run
		return err
	}, `select r.account, r.id, r.started, r.finished, r.complete, '', r.error from accounts a cross join runs r where r.account = a.account
		and r.seq = (select n.seq from runs n where n.account = a.account and n.finished <> 0 order by n.seq desc limit 1)`)
}

func (c *census) changes() error {
	return c.counts(func(a *AccountCensus) map[string]int { return a.Changes }, `select account, state, count(*) from changes group by account, state`)
}

// counts keeps rows of an account, a name and a count.
func (c *census) counts(in func(*AccountCensus) map[string]int, text string) error {
	return c.each(func(r row) error {
		var account, name string
		var n int
		err := r.Scan(&account, &name, &n)
		if counts := in(c.of(account)); counts != nil {
			counts[name] = n
		}
		return err
	}, text)
}

func (c *census) waits() error {
	return c.each(func(r row) error {
		var account string
		w, err := scanWaitCount(after{r, []any{&account}})
		a := c.of(account)
		a.Waits = append(a.Waits, w)
		return err
	}, `select w.account, `+countWaits+` group by w.account, w.flow, w.cause order by w.account, w.cause, w.flow`, c.At)
}

func (c *census) held() error {
	return c.each(func(r row) error {
		var account string
		var h Held
		var since int64
		err := r.Scan(&account, &h.Flow, &h.Brake, &h.Plan, &h.Count, &since)
		h.Since = instant(since)
		a := c.of(account)
		a.Held = append(a.Held, h)
		return err
	}, `select account, flow, brake, plan, size, since from holds where released_by = '' order by account, flow, brake`)
}

// drift goes by the cursors: what has drifted has windows.
func (c *census) drift() error {
	return c.counts(func(a *AccountCensus) map[string]int { return a.Drift }, `select s.account, s.source, s.missed + s.unstamped from cursors c cross join sweeps s where s.account = c.account and s.source = c.feed
		and s.seq = (select n.seq from sweeps n where n.account = c.account and n.source = c.feed and n.whole order by n.seq desc limit 1)`)
}

func (c *census) hooks() error {
	all, err := list(c.query, scanHook, `select `+hookColumns+` from hooks order by account, side`)
	for _, h := range all {
		a := c.of(h.Account)
		a.Hooks = append(a.Hooks, h)
	}
	if err != nil {
		return err
	}
	return addKinds(c.query, "", nil, func(account string) []Hook { return c.of(account).Hooks })
}

func (c *census) coverage() error {
	return c.each(func(r row) error {
		var account string
		v, err := scanCoverage(after{r, []any{&account}})
		a := c.of(account)
		a.Coverage = append(a.Coverage, v)
		return err
	}, `select account, `+sumCoverage+` where day >= $1 group by account, side, kind order by account, side, kind`,
		c.At.Add(-censusCoverage).UTC().Format(time.DateOnly))
}

func (c *census) hints() error {
	return c.each(func(r row) error {
		var account string
		var n int
		err := r.Scan(&account, &n)
		c.of(account).Hints = n
		return err
	}, `select account, count(*) from hints where settled = 0 group by account`)
}

func (c *census) schedules() error {
	return c.each(func(r row) error {
		s, err := scanSchedule(r)
		c.of(s.Account).Schedule = s
		return err
	}, `select `+scheduleColumns+` from schedules s join accounts a on a.account = s.account`)
}

func (c *census) leases() error {
	return c.each(func(r row) error {
		var account string
		var until int64
		err := r.Scan(&account, &until)
		if at := instant(until); at.Before(c.At) {
			c.of(account).Worked = at
		} else {
			c.of(account).Worked = c.At
		}
		return err
	}, `select account, until from leases`)
}

func scanFaultCount(r row) (FaultCount, error) {
	var f FaultCount
	err := r.Scan(&f.Key, &f.Method, &f.Count)
	return f, err
}

// FaultCounts are a key's faults of the half hour before an instant, by method.
func (db *DB) FaultCounts(ctx context.Context, key string, at time.Time) ([]FaultCount, error) {
	return list(db.ask(ctx), scanFaultCount, `select key, method, count(*) from faults where key = $1 and at > $2 group by key, method order by method`, key, at.Add(-censusFaults))
}

// ChangesIn counts an account's changes that are in some states, by state.
func (db *DB) ChangesIn(ctx context.Context, account string, states ...string) (map[string]int, error) {
	out := map[string]int{}
	for _, state := range states {
		n, err := db.ask(ctx).number(`select count(*) from changes where account = $1 and state = $2`, account, state)
		if err != nil {
			return nil, err
		}
		out[state] = int(n)
	}
	return out, nil
}

func (c *census) faults() (err error) {
	c.Faults, err = list(c.query, scanFaultCount, `select key, method, count(*) from faults where at > $1 group by key, method order by key, method`, c.At.Add(-censusFaults))
	return err
}

func (c *census) blocks() error {
	return c.each(func(r row) error {
		var key string
		var until int64
		err := r.Scan(&key, &until)
		c.Blocks[key] = instant(until)
		return err
	}, `select key, until from blocks where until > $1`, c.At)
}

func (c *census) paces() error {
	return c.each(func(r row) error {
		var key string
		p, err := scanPace(after{r, []any{&key}})
		if p.Yields(c.At) {
			c.Paces[key] = p
		}
		return err
	}, `select key, `+paceColumns+` from paces`)
}

func (c *census) governor() (err error) {
	c.Governor, err = governor(c.query)
	return err
}

// after scans what comes before a scanner's own columns.
type after struct {
	row
	before []any
}

// Scan scans a row into what comes before, and dest.
func (r after) Scan(dest ...any) error { return r.row.Scan(append(r.before, dest...)...) }
