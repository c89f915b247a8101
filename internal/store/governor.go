package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"ponte/internal/record"
)

// A Governor is how the budgets of all workers' IPs stand to the cycles of all
// accounts. Where they do not carry each account's interval, all intervals are
// stretched by one factor.
type Governor struct {
	Factor float64     // of all intervals: 1 or more
	Load   float64     // what the cycles would take of the budgets at the accounts' own intervals: over 1 is too much
	Side   record.Side // of the shortest budget
	At     time.Time   // when it was reckoned; zero: never
}

// Stretched tells whether intervals are longer than their accounts ask for. (pure)
func (g Governor) Stretched() bool { return g.Factor > 1 }

// A Load is what an account's cycles take.
type Load struct {
	Every time.Duration           // between two cycles, were the account alone
	Calls map[record.Side]float64 // a cycle
	Scans map[record.Side]float64 // an hour, and a cycle where cycles are longer than that
}

// A Toll is what a cycle called, by side.
type Toll struct {
	Calls map[record.Side]int `json:"calls,omitempty"`
	Stock map[record.Side]int `json:"stock,omitempty"` // of those for levels of stock
}

// plus is both. (pure)
func (t Toll) plus(more Toll) Toll {
	sum := func(a, b map[record.Side]int) map[record.Side]int {
		out := maps.Clone(a)
		for side, n := range b {
			if out == nil {
				out = map[record.Side]int{}
			}
			out[side] += n
		}
		return out
	}
	return Toll{sum(t.Calls, more.Calls), sum(t.Stock, more.Stock)}
}

// Costs are the calls of an account's cycles by side.
type Costs struct {
	Cycles map[record.Side][]int `json:"cycles"`          // of the last ones, newest last
	Scans  map[record.Side]Scan  `json:"scans,omitempty"` // that not each cycle makes: the last ones
	Open   Toll                  `json:"open,omitzero"`   // of the cycle that goes on, in the slices that are over
}

// A Scan is one of all levels of stock.
type Scan struct {
	Calls int       `json:"calls"`
	At    time.Time `json:"at"`
}

const (
	// costsKept is how many cycles are looked at: an Auvo login, which comes with every
	// third cycle of ten minutes, is in them twice.
	costsKept = 6
	// scanKept is for how long a scan counts that no other followed: the catalogue shrank.
	scanKept = 24 * time.Hour
)

// Going returns the costs while a cycle goes on that called so much in a slice. (pure)
func (c Costs) Going(t Toll) Costs {
	c.Open = c.Open.plus(t)
	return c
}

// Ended returns the costs after the cycle that goes on; counted says whether it is one
// of those that the next are likely to resemble. More than so many calls for stock are a
// scan that not each cycle makes. (pure)
func (c Costs) Ended(counted bool, scan int, now time.Time) Costs {
	out := Costs{Cycles: map[record.Side][]int{}, Scans: map[record.Side]Scan{}}
	for side, s := range c.Scans {
		if now.Sub(s.At) < scanKept {
			out.Scans[side] = s
		}
	}
	maps.Copy(out.Cycles, c.Cycles)
	for side, n := range c.Open.Calls {
		if stock := c.Open.Stock[side]; stock > scan {
			out.Scans[side] = Scan{stock, now.UTC().Truncate(time.Second)}
			n -= stock
		}
		if counted {
			all := append(slices.Clone(c.Cycles[side]), n)
			out.Cycles[side] = all[max(len(all)-costsKept, 0):]
		}
	}
	return out
}

// Mean is what a cycle usually costs, but for such scans: the mean, busy hours left out,
// which are more than twice the median. (pure)
func (c Costs) Mean(side record.Side) float64 {
	all := slices.Sorted(slices.Values(c.Cycles[side]))
	if len(all) == 0 {
		return 0
	}
	median, sum, n := all[(len(all)-1)/2], 0, 0
	for _, calls := range all {
		if calls <= 2*median {
			sum, n = sum+calls, n+1
		}
	}
	return float64(sum) / float64(n)
}

func (c Costs) text() string {
	if len(c.Cycles) == 0 && len(c.Scans) == 0 && len(c.Open.Calls) == 0 {
		return ""
	}
	if c.Cycles == nil {
		c.Cycles = map[record.Side][]int{}
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return "" // numbers always encode
	}
	return string(raw)
}

func readCosts(text string) (c Costs, err error) {
	if text == "" {
		return c, nil
	}
	if err = json.Unmarshal([]byte(text), &c); err == nil && c.Cycles == nil {
		err = json.Unmarshal([]byte(text), &c.Cycles) // as it was kept before scans were counted apart
	}
	return c, err
}

// workerLasts is for how long a process that was not seen still counts.
const workerLasts = 2 * time.Minute

// SaveWorker says that a process works accounts, and how many calls a minute it may
// make to each side for their cycles.
func (db *DB) SaveWorker(ctx context.Context, name string, calls map[record.Side]float64) error {
	return db.change(ctx, "SaveWorker", func(q query) error {
		now, err := db.present(q)
		if err != nil {
			return err
		}
		_, err = q.exec(`insert into workers (name, auvo, omie, seen) values ($1, $2, $3, $4)
			on conflict (name) do update set auvo = excluded.auvo, omie = excluded.omie, seen = excluded.seen`,
			name, thousandths(calls[record.Auvo]), thousandths(calls[record.Omie]), now)
		return err
	})
}

// DropWorker says that a process works no more.
func (db *DB) DropWorker(ctx context.Context, name string) error {
	return db.change(ctx, "DropWorker", func(q query) error {
		_, err := q.exec(`delete from workers where name = $1`, name)
		return err
	})
}

// Govern has reckon look at all accounts' cycles and all workers' budgets, by side,
// and keeps what it says; at most once in a while, whoever asks.
func (db *DB) Govern(ctx context.Context, while time.Duration, reckon func(was Governor, loads []Load, budget map[record.Side]float64) Governor) error {
	return db.change(ctx, "Govern", func(q query) error {
		now, err := db.present(q)
		if err != nil {
			return err
		}
		was, err := governor(q)
		if err != nil || now.Sub(was.At) < while {
			return err
		}
		budget, err := budgets(q, now)
		if err != nil || len(budget) == 0 {
			return err // nobody works
		}
		loads, err := list(q, scanLoad, `select s.asks, s.costs from schedules s join accounts a on a.account = s.account where s.asks > 0 and not a.paused`)
		if err != nil {
			return err
		}
		g := reckon(was, loads, budget)
		_, err = q.exec(`insert into governor (id, factor, load, side, at) values (1, $1, $2, $3, $4)
			on conflict (id) do update set factor = excluded.factor, load = excluded.load, side = excluded.side, at = excluded.at`,
			thousandths(g.Factor), thousandths(g.Load), g.Side, now)
		return err
	})
}

func budgets(q query, now time.Time) (map[record.Side]float64, error) {
	if _, err := q.exec(`delete from workers where seen < $1`, now.Add(-workerLasts)); err != nil {
		return nil, err
	}
	all := map[record.Side]float64{}
	err := q.each(func(r row) error {
		var auvo, omie int64
		err := r.Scan(&auvo, &omie)
		all[record.Auvo] += float64(auvo) / 1000
		all[record.Omie] += float64(omie) / 1000
		return err
	}, `select auvo, omie from workers`)
	return all, err
}

func scanLoad(r row) (Load, error) {
	var asks int64
	var text string
	if err := r.Scan(&asks, &text); err != nil {
		return Load{}, err
	}
	costs, err := readCosts(text)
	l := Load{Every: time.Duration(asks) * time.Millisecond, Calls: map[record.Side]float64{}, Scans: map[record.Side]float64{}}
	for side := range costs.Cycles {
		l.Calls[side] = costs.Mean(side)
	}
	for side, scan := range costs.Scans {
		l.Scans[side] = float64(scan.Calls)
	}
	return l, err
}

// Governor returns how the budgets stand; before anybody reckoned nothing is stretched.
func (db *DB) Governor(ctx context.Context) (Governor, error) { return governor(db.ask(ctx)) }

func governor(q query) (Governor, error) {
	g, err := first(q, func(r row) (Governor, error) {
		var g Governor
		var factor, load, at int64
		err := r.Scan(&factor, &load, &g.Side, &at)
		g.Factor, g.Load, g.At = float64(factor)/1000, float64(load)/1000, instant(at)
		return g, err
	}, `select factor, load, side, at from governor where id = 1`)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	g.Factor = cmp.Or(g.Factor, 1)
	return g, err
}
