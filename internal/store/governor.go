package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
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
}

// Costs are the calls of an account's last cycles by side, newest last.
type Costs map[record.Side][]int

// costsKept is how many cycles are looked at: an Auvo login, which comes with every
// third cycle of ten minutes, is in them twice.
const costsKept = 6

// With returns the costs with those of one more cycle. (pure)
func (c Costs) With(calls map[record.Side]int) Costs {
	out := Costs{}
	for side, n := range calls {
		all := append(slices.Clone(c[side]), n)
		out[side] = all[max(len(all)-costsKept, 0):]
	}
	return out
}

// Mean is what a cycle usually costs: the mean, first loads and busy hours left out,
// which are more than twice the median. (pure)
func (c Costs) Mean(side record.Side) float64 {
	all := slices.Sorted(slices.Values(c[side]))
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
	if len(c) == 0 {
		return ""
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return "" // numbers always encode
	}
	return string(raw)
}

func readCosts(text string) (c Costs, err error) {
	if text != "" {
		err = json.Unmarshal([]byte(text), &c)
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
	l := Load{Every: time.Duration(asks) * time.Millisecond, Calls: map[record.Side]float64{}}
	for side := range costs {
		l.Calls[side] = costs.Mean(side)
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
