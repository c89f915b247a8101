package store

import (
	"context"
	"time"
)

// A Schedule is what the queue knows of an account. Its row is what a hook's
// delivery and the worker that comes to rest both lock, so that neither can miss
// the other.
type Schedule struct {
	Account   string
	NextCycle time.Time
	NextSweep time.Time // zero: not planned yet
	Run       string    // that gave its worker back and goes on; "" when none did
	Started   time.Time // when that run began
	Sweeps    bool      // that run is a sweep
	NotUntil  time.Time // nothing is done before
	Hinted    int64     // open hints up to this number were taken up
	Job       int64     // the number of the account's job; those of other numbers do nothing
	Working   bool      // that job is at work, or its worker died
	Urgent    bool      // that job was asked for: the queue works it before those whose time has come
	Paused    bool      // the account is
	OpenHint  int64     // the newest open hint's number, 0 when none is open
	Pacing
}

// A Pacing is how often an account's cycles come, and why.
type Pacing struct {
	Asks  time.Duration // the interval that it would have, were it alone; 0 before its first cycle
	Every time.Duration // the one in force: longer where all are stretched, shorter where its hook fell silent
	Quiet int           // cycles in a row that wrote nothing
	Costs Costs         // of its cycles
}

// A Step is what is to be done for an account.
type Step string

// The steps.
const (
	StepRest  Step = "rest"  // nothing, until the next tick or hook
	StepLater Step = "later" // nothing before NotUntil
	StepHints Step = "hints" // what hooks announced
	StepGoOn  Step = "go on" // with the run that gave its worker back
	StepSweep Step = "sweep" // a cycle that reads everything
	StepCycle Step = "cycle" // an ordinary one
)

// Next is what is to be done now. (pure)
func (s Schedule) Next(now time.Time) Step { return s.After("", now) }

// After is what is to be done now that a step was just done, "" none. Hints go first,
// but not twice while something else is due: a hook that speaks each second would keep
// all else away. Before the first cycle they say too little to go first at all. (pure)
func (s Schedule) After(done Step, now time.Time) Step {
	hinted, due := s.OpenHint > s.Hinted, s.due(now)
	switch {
	case s.Paused, !hinted && due == StepRest:
		return StepRest
	case now.Before(s.NotUntil):
		return StepLater
	case due == StepRest, hinted && done != StepHints && s.Asks > 0:
		return StepHints
	}
	return due
}

// due is what is to be done but for hints. (pure)
func (s Schedule) due(now time.Time) Step {
	switch {
	case s.Run != "":
		return StepGoOn
	case !s.NextSweep.IsZero() && !now.Before(s.NextSweep):
		return StepSweep
	case !now.Before(s.NextCycle):
		return StepCycle
	}
	return StepRest
}

// A Job is a piece of work on the queue: what is to be done for an account.
type Job struct {
	Account string
	Number  int64
}

// An Enqueuer puts jobs on the queue in the transaction that asks for it, which
// tx is: an *sql.Tx on SQLite, a pgx.Tx on PostgreSQL.
type Enqueuer func(ctx context.Context, tx any, jobs ...Job) error

const scheduleColumns = `s.account, s.next_cycle, s.next_sweep, s.run, s.started, s.sweeps, s.not_until, s.hinted, s.job, s.working, s.urgent, s.asks, s.every, s.quiet, s.costs, a.paused,
	coalesce((select max(h.seq) from hints h where h.account = s.account and h.settled = 0), 0)`

func scanSchedule(r row) (Schedule, error) {
	var s Schedule
	var cycle, sweep, started, notUntil, asks, every int64
	var costs string
	err := r.Scan(&s.Account, &cycle, &sweep, &s.Run, &started, &s.Sweeps, &notUntil, &s.Hinted, &s.Job, &s.Working, &s.Urgent, &asks, &every, &s.Quiet, &costs, &s.Paused, &s.OpenHint)
	if err != nil {
		return s, err
	}
	s.NextCycle, s.NextSweep, s.Started, s.NotUntil = instant(cycle), instant(sweep), instant(started), instant(notUntil)
	s.Asks, s.Every = time.Duration(asks)*time.Millisecond, time.Duration(every)*time.Millisecond
	s.Costs, err = readCosts(costs)
	return s, err
}

func scheduleOf(q query, account string) (Schedule, error) {
	return first(q, scanSchedule, `select `+scheduleColumns+` from schedules s join accounts a on a.account = s.account where s.account = $1`, account)
}

// Schedule returns what the queue knows of an account, or ErrNotFound while it knows nothing.
func (db *DB) Schedule(ctx context.Context, account string) (Schedule, error) {
	return scheduleOf(db.ask(ctx), account)
}

// holdSchedule makes an account's schedule where there is none, and holds its
// row until the commit. A new one is due at once.
func holdSchedule(q query, account string) (Schedule, error) {
	var held string // asked for, not counted: to hold a row changes nothing (WithAct)
	err := q.one([]any{&held}, `insert into schedules (account, next_cycle, next_sweep, run, started, sweeps, not_until, hinted, job, working)
		values ($1, $2, 0, '', 0, false, 0, 0, 1, false) on conflict (account) do update set account = excluded.account returning account`, account, nowMillis())
	if err != nil {
		return Schedule{}, err
	}
	return scheduleOf(q, account)
}

// Dispatch puts a job on the queue for every account that has something to do
// now; the queue drops those that it has. A job whose worker died, which shows by
// its lease, gets a new number: the queue itself would hold it for minutes.
func (db *DB) Dispatch(ctx context.Context, enqueue Enqueuer) ([]Job, error) {
	var jobs []Job
	err := db.queued(ctx, "Dispatch", func(q query, with withTx) error {
		if err := scheduleAll(q); err != nil {
			return err
		}
		now, err := db.present(q)
		if err != nil {
			return err
		}
		_, err = q.exec(`update schedules set job = job + 1, working = false, urgent = false where working and not exists
			(select 1 from leases l where l.account = schedules.account and l.holder <> '' and l.until > $1)`, now)
		if err != nil {
			return err
		}
		all, err := list(q, scanSchedule, `select `+scheduleColumns+` from schedules s join accounts a on a.account = s.account order by s.next_cycle, s.account`)
		if err != nil {
			return err
		}
		for _, s := range all {
			if step := s.Next(time.Now()); step != StepRest && step != StepLater {
				jobs = append(jobs, Job{s.Account, s.Job})
			}
		}
		if len(jobs) == 0 {
			return nil
		}
		return with(func(tx any) error { return enqueue(ctx, tx, jobs...) })
	})
	return jobs, err
}

func scheduleAll(q query) error {
	_, err := q.exec(`insert into schedules (account, next_cycle, next_sweep, run, started, sweeps, not_until, hinted, job, working)
		select account, cast($1 as bigint), 0, '', 0, false, 0, 0, 1, false from accounts where not exists
		(select 1 from schedules s where s.account = accounts.account) on conflict (account) do nothing`, nowMillis())
	return err
}

// BeginWork says that a job is at work under the lease; false when its number is
// not the account's any more.
func (db *DB) BeginWork(ctx context.Context, l Lease, job int64) (current bool, err error) {
	err = db.under(ctx, l, "BeginWork", func(q query) error {
		n, err := q.exec(`update schedules set working = true where account = $1 and job = $2`, l.Account, job)
		current = n > 0
		return err
	})
	return current, err
}

// GiveBack says that the job is no longer at work, and goes on later.
func (db *DB) GiveBack(ctx context.Context, l Lease) error {
	return db.schedule(ctx, l, "GiveBack", `working = false`)
}

// PassOn says that the job is no longer at work, and that another of a new number goes on,
// in the transaction of enqueue, which ends the one and puts the other on the queue.
func (db *DB) PassOn(ctx context.Context, l Lease, enqueue func(tx any, next Job) error) error {
	return db.queued(ctx, "PassOn", func(q query, with withTx) error {
		if err := holds(q, db.differ, l); err != nil {
			return err
		}
		number, err := q.number(`update schedules set job = job + 1, working = false, urgent = false where account = $1 returning job`, l.Account)
		if err != nil {
			return err
		}
		return with(func(tx any) error { return enqueue(tx, Job{l.Account, number}) })
	})
}

// TookHints says that the open hints up to a number were taken up.
func (db *DB) TookHints(ctx context.Context, l Lease, upTo int64) error {
	return db.schedule(ctx, l, "TookHints", `hinted = $2`, upTo)
}

// BeginCycle says which run goes on until EndCycle, whoever works it.
func (db *DB) BeginCycle(ctx context.Context, l Lease, run string, started time.Time, sweeps bool) error {
	return db.schedule(ctx, l, "BeginCycle", `run = $2, started = $3, sweeps = $4`, run, started, sweeps)
}

// PutSweepOff has the next sweep start at another instant.
func (db *DB) PutSweepOff(ctx context.Context, l Lease, to time.Time) error {
	return db.schedule(ctx, l, "PutSweepOff", `next_sweep = $2`, to)
}

// KeepCosts keeps what a cycle called that goes on in another slice.
func (db *DB) KeepCosts(ctx context.Context, l Lease, c Costs) error {
	return db.schedule(ctx, l, "KeepCosts", `costs = $2`, c.text())
}

// NotBefore has nothing done for the account before an instant.
func (db *DB) NotBefore(ctx context.Context, l Lease, at time.Time) error {
	return db.schedule(ctx, l, "NotBefore", `not_until = $2`, at)
}

// A Due is when the next cycle and the next sweep of an account are due, and how
// often its cycles come.
type Due struct {
	Cycle, Sweep time.Time
	Pacing
}

// EndCycle says that the run is over, and what comes next.
func (db *DB) EndCycle(ctx context.Context, l Lease, next Due) error {
	return db.schedule(ctx, l, "EndCycle", `run = '', started = 0, sweeps = false, next_cycle = $2, next_sweep = $3, asks = $4, every = $5, quiet = $6, costs = $7`,
		next.Cycle, next.Sweep, next.Asks.Milliseconds(), next.Every.Milliseconds(), next.Quiet, next.Costs.text())
}

func (db *DB) schedule(ctx context.Context, l Lease, method, set string, args ...any) error {
	return db.under(ctx, l, method, func(q query) error {
		_, err := q.exec(`update schedules set `+set+` where account = $1`, append([]any{l.Account}, args...)...)
		return err
	})
}

// Rest ends the account's job, in the transaction of complete, when there is
// nothing to do for it; false when there is. A hook's delivery that comes
// meanwhile either is seen here or puts a new job on the queue.
func (db *DB) Rest(ctx context.Context, l Lease, complete func(tx any) error) (bool, error) {
	rested := false
	err := db.queued(ctx, "Rest", func(q query, with withTx) error {
		if err := holds(q, db.differ, l); err != nil {
			return err
		}
		s, err := holdSchedule(q, l.Account)
		if err != nil || s.Next(time.Now()) != StepRest {
			return err
		}
		if _, err := q.exec(`update schedules set working = false, urgent = false where account = $1`, l.Account); err != nil {
			return err
		}
		rested = true
		return with(complete)
	})
	return rested && err == nil, err
}

// Hasten has an account's next cycle start now, and returns what the queue knew of
// it before: a paused account rests, and a run that is at work goes on as it is. The
// account has one job still: one that is at work finds the cycle before it rests.
func (db *DB) Hasten(ctx context.Context, account string, enqueue Enqueuer) (was Schedule, err error) {
	err = db.queued(ctx, "Hasten", func(q query, with withTx) error {
		was, err = holdSchedule(q, account)
		if err != nil || was.Paused || was.Run != "" {
			return err
		}
		if _, err := q.exec(`update schedules set next_cycle = $2 where account = $1`, account, nowMillis()); err != nil {
			return err
		}
		return wakeAccount(ctx, q, account, with, enqueue)
	})
	return was, err
}

// wakeAccount puts an account's job on the queue. One that is there because its time had come
// may stand behind many others': what is asked for gets a new number, and stands before them.
func wakeAccount(ctx context.Context, q query, account string, with withTx, enqueue Enqueuer) error {
	s, err := holdSchedule(q, account)
	if err != nil {
		return err
	}
	if !s.Working && !s.Urgent {
		s.Job, err = q.number(`update schedules set job = job + 1, urgent = true where account = $1 returning job`, account)
		if err != nil {
			return err
		}
	}
	return with(func(tx any) error { return enqueue(ctx, tx, Job{account, s.Job}) })
}
