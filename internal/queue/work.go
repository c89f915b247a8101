package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"ponte/internal/call"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// accountArgs is an account's job. Its number is the account's own; a job of an
// older number does nothing.
type accountArgs struct {
	Account string `json:"account"`
	Number  int64  `json:"number"`
}

// Kind is the job's name for ever.
func (accountArgs) Kind() string { return "account" }

// unfinished are the states in which a job keeps another like it away. Completed
// is not among them: else nothing would run again until the old job is cleaned
// away (stack.md §3.5).
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
}

// InsertOpts has one job per account and number.
func (accountArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished}}
}

type worker struct {
	river.WorkerDefaults[accountArgs]
	Config
	queue    *Queue
	complete func(ctx context.Context, tx any, job *river.Job[accountArgs]) error
}

// How long a job waits for a lease that another holds: a job of this account that
// is just ending, or a command.
const (
	leaseWait  = 2 * time.Second
	leaseAgain = 5 * time.Second
)

// giveUpWithin is how long a job that was cut off by a stop may take to say so.
const giveUpWithin = 2 * time.Second

// Work does what is to be done for an account, for a slice.
func (w *worker) Work(ctx context.Context, job *river.Job[accountArgs]) error {
	account := job.Args.Account
	ctx = call.About(ctx, "account", account)
	// The name is this job's alone: who takes a lease under a name that has it gets it.
	holder := fmt.Sprintf("%s, job %d.%d", w.Holder, job.ID, job.Attempt)
	var again error
	err := engine.WithLease(ctx, w.Store, account, holder, leaseWait, func(ctx context.Context, lease store.Lease) error {
		s := &shift{worker: w, job: job, lease: lease, ends: time.Now().Add(w.Slice)}
		var err error
		if again, err = s.work(ctx); err != nil {
			s.giveUp(ctx)
		}
		return err
	})
	var held *engine.HeldError
	switch {
	case errors.As(err, &held), errors.Is(err, store.ErrLeaseLost):
		return river.JobSnooze(leaseAgain)
	case errors.Is(err, store.ErrNotFound):
		return river.JobCancel(fmt.Errorf("account %s is gone: %w", account, err))
	case err != nil && ctx.Err() != nil: // cut off: it goes on from the ledger
		return river.JobSnooze(0)
	case err != nil:
		return fmt.Errorf("account %s: %w", account, err)
	}
	return again
}

// A shift is one slice of an account's job.
type shift struct {
	*worker
	job   *river.Job[accountArgs]
	lease store.Lease
	ends  time.Time
}

// over tells whether the worker is to be given back.
func (s *shift) over() bool { return s.queue.stopping.Load() || !time.Now().Before(s.ends) }

// overAt tells whether a step is over that ends before the shift may.
func (s *shift) overAt(end time.Time) func() bool {
	return func() bool { return s.over() || !time.Now().Before(end) }
}

// work does step after step. What it returns as again is River's word for
// whether and when the job comes back.
func (s *shift) work(ctx context.Context) (again, err error) {
	current, err := s.Store.BeginWork(ctx, s.lease, s.job.Args.Number)
	if err != nil || !current {
		return nil, err
	}
	e, err := s.Engine(ctx, s.lease.Account)
	if err != nil {
		return nil, err
	}
	var done store.Step
	for {
		sched, err := s.Store.Schedule(ctx, s.lease.Account)
		if err != nil {
			return nil, err
		}
		step := sched.After(done, time.Now())
		switch step {
		case store.StepRest:
			rested, err := s.Store.Rest(ctx, s.lease, func(tx any) error { return s.complete(ctx, tx, s.job) })
			if rested || err != nil {
				return nil, err
			}
		case store.StepLater:
			return river.JobSnooze(max(time.Until(sched.NotUntil), 0)), s.Store.GiveBack(ctx, s.lease)
		default:
			if err := s.step(ctx, e, sched, step); err != nil {
				return nil, err
			}
		}
		done = step
		if s.over() {
			return s.giveBack(ctx)
		}
	}
}

// giveBack ends the shift of a job that goes on. What was urgent was done first: the rest
// is long work, which takes its turn with the others' from here on, as another job.
func (s *shift) giveBack(ctx context.Context) (again, err error) {
	if s.job.Priority != urgent {
		return river.JobSnooze(0), s.Store.GiveBack(ctx, s.lease)
	}
	return nil, s.Store.PassOn(ctx, s.lease, func(tx any, next store.Job) error {
		return errors.Join(s.complete(ctx, tx, s.job), s.queue.enqueueDue(ctx, tx, next))
	})
}

// giveUp says that a job that failed is no longer at work: else a tick takes its worker
// for dead, and tries again with a new number long before the queue does. Where that
// cannot be said the store is away, or the lease is lost: then the tick is right.
func (s *shift) giveUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUpWithin)
	defer cancel()
	if err := s.Store.GiveBack(ctx, s.lease); err != nil && !errors.Is(err, store.ErrLeaseLost) {
		s.Log.ErrorContext(ctx, "cannot say that a job is no longer at work", "error", err)
	}
}

// step runs the engine once. A vendor's trouble ends a cycle like any other: the
// next comes in its time.
func (s *shift) step(ctx context.Context, e *engine.Engine, sched store.Schedule, step store.Step) error {
	opts, run := engine.Options{Yield: s.over, Thrift: true}, ulid.Make().String()
	switch step {
	case store.StepHints:
		return s.hints(ctx, e, run, opts)
	case store.StepGoOn:
		run, opts.Start, opts.Full = sched.Run, sched.Started, sched.Sweeps
	case store.StepSweep, store.StepCycle:
		if off, err := s.putsOff(ctx, e, sched, step); off || err != nil {
			return err
		}
		opts.Full, opts.Start = step == store.StepSweep, e.Now().Truncate(time.Millisecond)
		if err := s.Store.BeginCycle(ctx, s.lease, run, opts.Start, opts.Full); err != nil {
			return err
		}
	}
	toll := &call.Toll{}
	done, err := e.Run(call.WithToll(ctx, toll), s.lease, run, opts)
	if !opts.Full { // a sweep says nothing of cycles
		sched.Costs = sched.Costs.Going(drawn(toll))
	}
	if later, more := errors.AsType[*engine.MoreError](err); more {
		// The schedule holds the run until it ends.
		return errors.Join(s.Store.KeepCosts(ctx, s.lease, sched.Costs), s.notBefore(ctx, later))
	}
	if err := s.lasting(ctx, err); err != nil {
		return err
	}
	s.note(ctx, done, err, step)
	counted := !opts.Full && sched.Asks > 0 // a first load says nothing of cycles, but for its scan
	sched.Costs = sched.Costs.Ended(counted, engine.ScanEachCycle, time.Now())
	if opts.Full {
		sched.NextSweep = time.Time{} // done
	}
	return s.plan(ctx, e, sched, done)
}

// putsOff puts a sweep off that a stop made late.
func (s *shift) putsOff(ctx context.Context, e *engine.Engine, sched store.Schedule, step store.Step) (bool, error) {
	if step != store.StepSweep {
		return false, nil
	}
	zone, err := time.LoadLocation(e.Account.Timezone)
	if err != nil {
		return false, err
	}
	now := time.Now()
	to := putOff(s.lease.Account, zone, sched.NextSweep, now)
	if !to.After(now) {
		return false, nil
	}
	return true, s.Store.PutSweepOff(ctx, s.lease, to)
}

// drawn is what a slice drew from the IP's budgets.
func drawn(t *call.Toll) store.Toll {
	out := store.Toll{Calls: map[record.Side]int{}, Stock: map[record.Side]int{}}
	for _, side := range []record.Side{record.Auvo, record.Omie} {
		out.Calls[side], out.Stock[side] = t.Calls(string(side)), t.Stock(string(side))
	}
	return out
}

// plan says when the account's next cycle and sweep are due after a run.
func (s *shift) plan(ctx context.Context, e *engine.Engine, was store.Schedule, done store.Run) error {
	zone, err := time.LoadLocation(e.Account.Timezone)
	if err != nil {
		return err
	}
	a, err := s.asking(ctx, e.Account.Every.Std(), was, done)
	if err != nil {
		return err
	}
	now := time.Now()
	due := store.Due{Cycle: a.next(was, now), Sweep: was.NextSweep}
	due.Pacing = store.Pacing{Asks: a.alone(), Every: a.inForce(), Quiet: a.quiet, Costs: was.Costs}
	if due.Sweep.IsZero() {
		due.Sweep = nextSweep(s.lease.Account, zone, now)
	}
	return s.Store.EndCycle(ctx, s.lease, due)
}

// asking is what decides how often the account's cycles come.
func (s *shift) asking(ctx context.Context, every time.Duration, was store.Schedule, done store.Run) (asking, error) {
	a := asking{every: every, quiet: was.Quiet + 1}
	if !done.Complete || wrote(done) > 0 {
		a.quiet = 0
	}
	hooks, err := s.Store.Hooks(ctx, s.lease.Account)
	if err != nil {
		return a, err
	}
	a.silent = slices.ContainsFunc(hooks, func(h store.Hook) bool { return len(h.Silent(time.Now())) > 0 })
	a.governor, err = s.Store.Governor(ctx)
	return a, err
}

// wrote is how many records a run made and changed.
func wrote(r store.Run) (n int) {
	for _, f := range r.Flows {
		n += f.Created + f.Updated
	}
	return n
}

// hints runs what hooks announced, once a burst of them is gathered.
func (s *shift) hints(ctx context.Context, e *engine.Engine, run string, opts engine.Options) error {
	if err := call.Pause(ctx, s.Gather); err != nil {
		return err
	}
	sched, err := s.Store.Schedule(ctx, s.lease.Account)
	if err != nil {
		return err
	}
	// Half a slice at most, so that what else is due has the other half.
	opts.Hints, opts.Yield = true, s.overAt(time.Now().Add(s.Slice/2))
	done, err := e.Run(ctx, s.lease, run, opts)
	if later, more := errors.AsType[*engine.MoreError](err); more {
		return s.notBefore(ctx, later) // the hints are open still
	}
	if err := s.lasting(ctx, err); err != nil {
		return err
	}
	s.note(ctx, done, err, store.StepHints)
	// What this run left open (a blocked key, too many at once) is the next cycle's.
	return s.Store.TookHints(ctx, s.lease, sched.OpenHint)
}

func (s *shift) notBefore(ctx context.Context, later *engine.MoreError) error {
	if later.NotBefore.IsZero() {
		return nil
	}
	return s.Store.NotBefore(ctx, s.lease, later.NotBefore)
}

// lasting are the errors after which the run is not over: the process stops, the
// lease is lost, or the store failed. A refused key is a run's end.
func (s *shift) lasting(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return errors.Join(context.Cause(ctx), err)
	case call.ReactionOf(err) != "":
		return nil
	}
	return err
}

// note tells of a run's end, and logs it: quiet ones for who debugs, others for everyone.
func (s *shift) note(ctx context.Context, done store.Run, err error, step store.Step) {
	s.Ended(string(step), done.Complete && err == nil, done.Finished.Sub(done.Started))
	level, wrote := slog.LevelDebug, wrote(done)
	for _, f := range done.Flows {
		if f.Error != "" {
			level = slog.LevelWarn
		}
	}
	switch {
	case err != nil:
		level = slog.LevelError
	case wrote > 0 && level == slog.LevelDebug:
		level = slog.LevelInfo
	}
	s.Log.Log(call.About(ctx, "run", done.ID), level, "run", "step", string(step), "complete", done.Complete, "written", wrote,
		"seconds", done.Finished.Sub(done.Started).Seconds(), "error", done.Error)
}
