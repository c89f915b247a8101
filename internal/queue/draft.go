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

// draftQueue keeps what is read for accounts to be apart from accounts' work: a
// person waits for it.
const draftQueue = "drafts"

// draftArgs is the job of finding something out for a draft. Of several askings
// the newest alone is answered.
type draftArgs struct {
	Draft  string `json:"draft"`
	Work   string `json:"work"`
	Number int64  `json:"number"`
}

// Kind is the job's name for ever.
func (draftArgs) Kind() string { return "draft" }

// InsertOpts has one job per asking.
func (draftArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: draftQueue, MaxAttempts: 3, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished}}
}

type drafter struct {
	river.WorkerDefaults[draftArgs]
	Config
}

// Timeout of a dry run: that of ten thousand customers takes minutes at the vendors' limits.
func (*drafter) Timeout(*river.Job[draftArgs]) time.Duration { return 20 * time.Minute }

// Work finds it out, under the lease of the account to be: its calls come from one
// place at a time.
func (d *drafter) Work(ctx context.Context, job *river.Job[draftArgs]) error {
	asked := job.Args
	works, err := d.Store.DraftWorks(ctx, asked.Draft)
	if err != nil {
		return err
	}
	if w := works[asked.Work]; w.Number != asked.Number || !w.Pending() {
		return nil // somebody asked again, or the draft is gone
	}
	holder := fmt.Sprintf("%s, draft job %d.%d", d.Holder, job.ID, job.Attempt) // this job's alone, see worker.Work
	err = engine.WithLease(ctx, d.Store, asked.Draft, holder, leaseWait, func(ctx context.Context, _ store.Lease) error {
		w, err := d.Draft(ctx, asked.Draft, asked.Work, asked.Number)
		if err != nil {
			return err
		}
		return d.Store.EndDraftWork(ctx, w)
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

// AskDraft puts the job of an asking on the queue in a transaction of the store (store.DraftEnqueuer).
func (q *Queue) AskDraft(ctx context.Context, tx any, draft, work string, number int64) error {
	return q.client.draft(ctx, tx, draftArgs{draft, work, number})
}

func (c riverClient[D, T]) draft(ctx context.Context, tx any, args draftArgs) error {
	_, err := c.InsertTx(ctx, tx.(T), args, nil)
	return err
}

var _ store.DraftEnqueuer = (*Queue)(nil).AskDraft
