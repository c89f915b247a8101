package queue

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
)

// dispatchQueue is where ticks go, so that they never wait behind accounts.
const dispatchQueue = "dispatch"

// dispatchArgs is the job of a tick: look who is due.
type dispatchArgs struct{}

// Kind is the job's name for ever.
func (dispatchArgs) Kind() string { return "dispatch" }

// tick puts the dispatch job on the queue. When each account is due is in our own table.
func tick(every time.Duration) *river.PeriodicJob {
	return periodic(dispatchArgs{}, dispatchQueue, every)
}

// periodic puts a job on the queue again and again, at once when a process becomes the
// leader: the schedule is in the leader's memory, and dies with it. There is one job a
// period, not one at all: that of a worker that died would keep all others away until
// River rescues it, minutes later. So two of a kind may be at work at once, and take turns
// by the rows they hold.
func periodic(args river.JobArgs, queue string, every time.Duration) *river.PeriodicJob {
	opts := river.InsertOpts{Queue: queue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: max(every, time.Second), ByState: unfinished}}
	return river.NewPeriodicJob(river.PeriodicInterval(every),
		func() (river.JobArgs, *river.InsertOpts) { return args, &opts }, &river.PeriodicJobOpts{RunOnStart: true})
}

type dispatcher struct {
	river.WorkerDefaults[dispatchArgs]
	Config
	queue *Queue
}

// Timeout of a tick: it is a few statements.
func (*dispatcher) Timeout(*river.Job[dispatchArgs]) time.Duration { return 30 * time.Second }

// Work puts a job on the queue for each account that is due and each asking whose
// worker died, and looks whether the budgets carry all cycles.
func (d *dispatcher) Work(ctx context.Context, _ *river.Job[dispatchArgs]) error {
	if err := d.Store.Govern(ctx, governs, reckon); err != nil {
		d.Log.Error("cannot reckon how often cycles may come", "error", err) // they come as before
	}
	_, err := d.Store.Dispatch(ctx, d.queue.enqueueDue)
	if d.Find != nil {
		err = errors.Join(err, d.Store.AskAgain(ctx, d.queue.askAgain))
	}
	return err
}
