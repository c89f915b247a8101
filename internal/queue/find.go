package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"ponte/internal/engine"
	"ponte/internal/store"
)

// findQueue keeps what a person waits for apart from accounts' cycles.
const findQueue = "drafts"

// findArgs is the job of finding something out for an account, or for a draft of
// one. Of several askings the newest alone is answered.
type findArgs struct {
	Owner   string `json:"draft"` // so called before accounts asked for anything
	Account bool   `json:"account,omitempty"`
	Work    string `json:"work"`
	Number  int64  `json:"number"`
	Death   int64  `json:"death,omitempty"` // of the worker whose asking this is again
}

func (a findArgs) of() store.Owner { return store.Owner{ID: a.Owner, Draft: !a.Account} }

// Kind is the job's name for ever.
func (findArgs) Kind() string { return "draft" }

// InsertOpts has one job per asking, and one more for each death of its worker.
func (findArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: findQueue, MaxAttempts: 3, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished}}
}

type finder struct {
	river.WorkerDefaults[findArgs]
	Config
}

// Timeout of a dry run: that of ten thousand customers takes minutes at the vendors'
// limits. River rescues none before; a tick asks again for one whose worker died.
func (*finder) Timeout(*river.Job[findArgs]) time.Duration { return 20 * time.Minute }

// Work finds it out, under the lease of the account, or of the account to be: its
// calls come from one place at a time.
func (f *finder) Work(ctx context.Context, job *river.Job[findArgs]) error {
	asked, of := job.Args, job.Args.of()
	works, err := f.Store.Works(ctx, of)
	if err != nil {
		return err
	}
	if w := works[asked.Work]; w.Number != asked.Number || !w.Pending() {
		return nil // somebody asked again, or the owner is gone
	}
	holder := fmt.Sprintf("%s, draft job %d.%d", f.Holder, job.ID, job.Attempt) // this job's alone, see worker.Work
	err = engine.WithLease(ctx, f.Store, of.ID, holder, leaseWait, func(ctx context.Context, _ store.Lease) error {
		w, err := f.Find(ctx, of, asked.Work, asked.Number)
		if err != nil {
			return err
		}
		return f.Store.EndWork(ctx, w)
	})
	var held *engine.HeldError
	switch {
	case errors.As(err, &held), errors.Is(err, store.ErrLeaseLost):
		return river.JobSnooze(leaseAgain)
	case err != nil && ctx.Err() != nil: // cut off by a stop: the next process does it
		return river.JobSnooze(0)
	case errors.Is(err, store.ErrNotFound):
		return river.JobCancel(err)
	}
	return err
}

// Ask puts the job of an asking on the queue in a transaction of the store (store.WorkEnqueuer).
func (q *Queue) Ask(ctx context.Context, tx any, of store.Owner, work string, number int64) error {
	return q.client.find(ctx, tx, findArgs{Owner: of.ID, Account: !of.Draft, Work: work, Number: number})
}

// askAgain puts another one on the queue, since the worker of the last one died.
func (q *Queue) askAgain(ctx context.Context, tx any, of store.Owner, work string, number, death int64) error {
	return q.client.find(ctx, tx, findArgs{Owner: of.ID, Account: !of.Draft, Work: work, Number: number, Death: death})
}

func (c riverClient[D, T]) find(ctx context.Context, tx any, args findArgs) error {
	_, err := c.InsertTx(ctx, tx.(T), args, nil)
	return err
}

var _ store.WorkEnqueuer = (*Queue)(nil).Ask
