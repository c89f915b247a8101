package queue

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"ponte/internal/store"
)

// watchQueue and tellQueue keep what people are told apart from the accounts'
// work: a mail server that does not answer holds up no cycle.
const (
	watchQueue = "watch"
	tellQueue  = "tell"
)

// watchArgs is the job of a look at all accounts.
type watchArgs struct{}

// Kind is the job's name for ever.
func (watchArgs) Kind() string { return "watch" }

// look puts a look at all accounts on the queue.
func look(every time.Duration) *river.PeriodicJob { return periodic(watchArgs{}, watchQueue, every) }

type watcher struct {
	river.WorkerDefaults[watchArgs]
	Config
	queue *Queue
}

// Work looks.
func (w *watcher) Work(ctx context.Context, _ *river.Job[watchArgs]) error {
	return w.Watch(ctx, w.queue.Post)
}

// messageArgs is the job of sending one message.
type messageArgs struct {
	Account string `json:"account"`
	Message int64  `json:"message"`
}

// Kind is the job's name for ever.
func (messageArgs) Kind() string { return "message" }

// messageTries is how often a message is tried, over half a day and more.
const messageTries = 12

// InsertOpts has one job per message.
func (messageArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: tellQueue, MaxAttempts: messageTries, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished}}
}

type teller struct {
	river.WorkerDefaults[messageArgs]
	Config
}

// Timeout of a message: a mail server takes its time, no more than that.
func (*teller) Timeout(*river.Job[messageArgs]) time.Duration { return time.Minute }

// NextRetry doubles from a minute on, up to two hours.
func (*teller) NextRetry(job *river.Job[messageArgs]) time.Time {
	return time.Now().Add(min(time.Minute<<min(max(job.Attempt-1, 0), 10), 2*time.Hour))
}

// Work sends one message.
func (t *teller) Work(ctx context.Context, job *river.Job[messageArgs]) error {
	return t.Send(ctx, job.Args.Account, job.Args.Message, job.Attempt >= job.MaxAttempts)
}

// Post puts jobs that send messages on the queue in a transaction of the store (store.Poster).
func (q *Queue) Post(ctx context.Context, tx any, account string, messages ...int64) error {
	return q.client.post(ctx, tx, account, messages...)
}

func (c riverClient[D, T]) post(ctx context.Context, tx any, account string, messages ...int64) error {
	params := make([]river.InsertManyParams, 0, len(messages))
	for _, m := range messages {
		params = append(params, river.InsertManyParams{Args: messageArgs{account, m}})
	}
	_, err := c.InsertManyTx(ctx, tx.(T), params)
	return err
}

var _ store.Poster = (*Queue)(nil).Post
