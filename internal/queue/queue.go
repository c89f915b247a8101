// Package queue works the accounts: each has one job at a time on River, on
// SQLite and PostgreSQL alike, which runs what is due for it in slices of a
// minute or two. It decides nothing about records: that is the engine's.
//
// A job is "do what is to be done for account A" (store.Schedule.Next): what
// hooks announced, the run that gave its worker back, the nightly sweep, the
// next cycle. It comes to be in one of two ways: a tick, every 15 seconds, puts
// a job on the queue for each account that is due, and the delivery of a hook
// puts one there in its own transaction, before those of the tick. River keeps one job per account and
// number; a delivery that finds the job running is still not lost, because the
// job ends in a transaction that holds the account's schedule and sees that
// nothing is left (store.Rest).
//
// A job works under the account's lease, so that a job that River runs twice, or
// that was taken for dead, writes nothing twice. A worker that dies shows by its
// lease within half a minute; the tick then gives the account a job of a new
// number, long before River's own rescue.
package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// Config is what a Queue works with. Zero values mean the defaults named.
type Config struct {
	Store *store.DB
	// Engine returns an account's engine, both sides connected.
	Engine func(ctx context.Context, account string) (*engine.Engine, error)
	Holder string // names this process to who waits for a lease
	Log    *slog.Logger
	// Ended is told of every cycle, sweep and run for hints that came to its end; nil: nobody.
	Ended func(step string, complete bool, took time.Duration)

	// Watch looks at all accounts for what people must be told, and Send tells one
	// receiver, for the last time or not; nil: nobody is told anything.
	Watch func(ctx context.Context, post store.Poster) error
	Send  func(ctx context.Context, account string, message int64, last bool) error

	// Find finds something out for an account, or for a draft of one (setup.Lists, …), as
	// the asking of that number. nil: nothing is.
	Find func(ctx context.Context, of store.Owner, work string, number int64) (store.Work, error)

	// Rates are how many calls a minute this process may make to each side for cycles,
	// from its IP. nil: nobody minds, and no interval is ever stretched.
	Rates func() map[record.Side]float64

	Workers int           // accounts at work at once; 48
	Slice   time.Duration // after which a job gives its worker back; 90 s
	Tick    time.Duration // between two looks for who is due; 15 s
	Look    time.Duration // between two looks for what people must be told; a minute
	Gather  time.Duration // a hook's job waits for the others of a burst; 1.5 s
	Stop    time.Duration // how long a stop waits for jobs to come to a safe point; 10 s
	// Poll, where it is not zero, asks for jobs so often instead of listening: for tests in a synctest bubble.
	Poll time.Duration
}

// Times of the queue. A job outlives its slice by one slow vendor call at most;
// River rescues what is older still (stack.md §3.5).
const (
	jobTimeout  = 3 * time.Minute
	rescueAfter = jobTimeout + 30*time.Second
	keepJobs    = time.Hour
)

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		of *time.Duration
		is time.Duration
	}{{&c.Slice, 90 * time.Second}, {&c.Tick, 15 * time.Second}, {&c.Look, time.Minute}, {&c.Gather, 1500 * time.Millisecond}, {&c.Stop, 10 * time.Second}} {
		if *d.of == 0 {
			*d.of = d.is
		}
	}
	if c.Workers == 0 {
		c.Workers = 48
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Ended == nil {
		c.Ended = func(string, bool, time.Duration) {}
	}
	return c
}

// A Queue puts jobs on the queue and, once started, works them.
type Queue struct {
	client   client
	config   Config
	stopping atomic.Bool
	still    func() // ends the beat
}

// client is River's on either database.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
	enqueue(ctx context.Context, tx any, priority int, jobs ...store.Job) error
	find(ctx context.Context, tx any, args findArgs) error
	post(ctx context.Context, tx any, account string, messages ...int64) error
	jobs(ctx context.Context) (map[rivertype.JobState]int, error)
}

// New makes the queue's tables where they are missing and returns a queue that
// only takes jobs until it is started. Several processes may do so at once.
func New(ctx context.Context, c Config) (*Queue, error) {
	q := &Queue{config: c.withDefaults(), still: func() {}}
	var err error
	if pool := c.Store.Pool(); pool != nil {
		q.client, err = open(ctx, riverpgxv5.New(pool), q, q.config)
	} else {
		q.client, err = open(ctx, riversqlite.New(c.Store.SQL()), q, q.config)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open the queue: %w", err)
	}
	return q, nil
}

// Start works jobs until Stop.
func (q *Queue) Start(ctx context.Context) error {
	q.still = q.config.startBeat(ctx)
	return q.client.Start(ctx)
}

// cutWithin is how long a stop waits for jobs that it cut off. Who does not hear it is
// left behind: the process ends, and its lease soon after.
const cutWithin = time.Second

// Stop has running jobs give their workers back at the next safe point, and cuts
// off those that do not within the configured time.
func (q *Queue) Stop(ctx context.Context) error {
	q.stopping.Store(true)
	defer q.still()
	err := q.client.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		cut, cancel := context.WithTimeout(context.WithoutCancel(ctx), cutWithin)
		defer cancel()
		return errors.Join(err, q.client.StopAndCancel(cut))
	}
	return err
}

// River works all jobs of a smaller number first: what a hook or a person asks for does
// not wait behind the long work of others.
const (
	urgent = 1
	timely = 2
)

// Enqueue puts jobs that somebody asks for on the queue in a transaction of the store (store.Enqueuer).
func (q *Queue) Enqueue(ctx context.Context, tx any, jobs ...store.Job) error {
	return q.client.enqueue(ctx, tx, urgent, jobs...)
}

// enqueueDue puts those on the queue whose time has come.
func (q *Queue) enqueueDue(ctx context.Context, tx any, jobs ...store.Job) error {
	return q.client.enqueue(ctx, tx, timely, jobs...)
}

// Jobs returns how many jobs there are, by River's states; finished ones are kept for an hour.
func (q *Queue) Jobs(ctx context.Context) (map[string]int, error) {
	counts, err := q.client.jobs(ctx)
	out := map[string]int{}
	for state, n := range counts {
		out[string(state)] = n
	}
	return out, err
}

// riverClient is River's client of one driver.
type riverClient[D riverdriver.Driver[T], T any] struct {
	*river.Client[T]
	driver D
}

func open[D riverdriver.Driver[T], T any](ctx context.Context, driver D, q *Queue, c Config) (client, error) {
	if err := migrate(ctx, driver, c); err != nil {
		return nil, err
	}
	w := &worker{Config: c, queue: q}
	w.complete = func(ctx context.Context, tx any, job *river.Job[accountArgs]) error {
		_, err := river.JobCompleteTx[D](ctx, tx.(T), job)
		return err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	river.AddWorker(workers, &dispatcher{Config: c, queue: q})
	queues := map[string]river.QueueConfig{
		river.QueueDefault: {MaxWorkers: c.Workers},
		dispatchQueue:      {MaxWorkers: 1}, // never behind the accounts
	}
	timed := []*river.PeriodicJob{tick(c.Tick)}
	if c.Watch != nil {
		river.AddWorker(workers, &watcher{Config: c, queue: q})
		river.AddWorker(workers, &teller{Config: c})
		queues[watchQueue], queues[tellQueue] = river.QueueConfig{MaxWorkers: 1}, river.QueueConfig{MaxWorkers: 4}
		timed = append(timed, look(c.Look))
	}
	if c.Find != nil {
		river.AddWorker(workers, &finder{Config: c})
		queues[findQueue] = river.QueueConfig{MaxWorkers: 2}
	}
	rc, err := river.NewClient(driver, &river.Config{
		Queues:  queues,
		Workers: workers, Logger: slog.New(warnings{c.Log.Handler(), &q.stopping}), PollOnly: c.Poll > 0, FetchPollInterval: c.Poll,
		JobTimeout: jobTimeout, RescueStuckJobsAfter: rescueAfter, SoftStopTimeout: c.Stop,
		CompletedJobRetentionPeriod: keepJobs, CancelledJobRetentionPeriod: keepJobs, DiscardedJobRetentionPeriod: 24 * time.Hour,
		RetryPolicy:  soon{},
		PeriodicJobs: timed,
		Middleware:   []rivertype.Middleware{traced},
	})
	if err != nil {
		return nil, err
	}
	return riverClient[D, T]{rc, driver}, nil
}

// migrate brings River's own tables up to date while no other process does:
// processes that start together would fall over each other (stack.md §3.5).
func migrate[T any](ctx context.Context, driver riverdriver.Driver[T], c Config) error {
	return c.Store.Alone(ctx, func(ctx context.Context) error {
		m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			return err
		}
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	})
}

func (c riverClient[D, T]) enqueue(ctx context.Context, tx any, priority int, jobs ...store.Job) error {
	params := make([]river.InsertManyParams, 0, len(jobs))
	for _, j := range jobs {
		params = append(params, river.InsertManyParams{Args: accountArgs{j.Account, j.Number}, InsertOpts: &river.InsertOpts{Priority: priority}})
	}
	_, err := c.InsertManyTx(ctx, tx.(T), params)
	return err
}

func (c riverClient[D, T]) jobs(ctx context.Context) (map[rivertype.JobState]int, error) {
	counts, err := c.driver.GetExecutor().JobCountByAllStates(ctx, &riverdriver.JobCountByAllStatesParams{})
	if err != nil {
		return nil, fmt.Errorf("cannot count the queue's jobs: %w", err)
	}
	return counts, nil
}

// soon tries a job that failed again within a minute: what fails here is the
// store, not a vendor.
type soon struct{}

// NextRetry returns when.
func (soon) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(min(time.Duration(len(job.Errors)+1)*5*time.Second, time.Minute))
}
