package store

import (
	"context"
	"time"
)

// A DraftWork is what a worker was asked to read at the vendors for a draft, and
// what it found: who shows pages calls none.
type DraftWork struct {
	Draft, Work string
	Number      int64 // of the newest asking; 0: it was never asked for
	Asked       time.Time
	About       string // a digest of what it was asked for
	Done        int64  // the asking that Answer is for
	Ended       time.Time
	Answered    string // About of that asking
	Said        string // what went wrong, for people; "" nothing
	Answer      []byte
	Reviews     bool // with EndDraftWork: what SaveReview kept for the asking is the review now
}

// Pending tells whether the newest asking has no answer yet.
func (w DraftWork) Pending() bool { return w.Number != w.Done }

const draftWorkColumns = `draft, work, number, asked, about, done, ended, answered, said, answer`

func scanDraftWork(r row) (DraftWork, error) {
	var w DraftWork
	var asked, ended int64
	var answer string
	err := r.Scan(&w.Draft, &w.Work, &w.Number, &asked, &w.About, &w.Done, &ended, &w.Answered, &w.Said, &answer)
	w.Asked, w.Ended, w.Answer = instant(asked), instant(ended), []byte(answer)
	return w, err
}

// A DraftEnqueuer puts the job of an asking on the queue, in the transaction that asks.
type DraftEnqueuer func(ctx context.Context, tx any, draft, work string, number int64) error

// AskDraftWork asks a worker for something about a draft; an earlier asking that
// has no answer yet gets none any more.
func (db *DB) AskDraftWork(ctx context.Context, draft, work, about string, enqueue DraftEnqueuer) error {
	return db.queued(ctx, "AskDraftWork", func(q query, with withTx) error {
		if _, err := first(q, scanDraft, `select `+draftColumns+` from drafts where draft = $1`, draft); err != nil {
			return err
		}
		number, err := q.number(`insert into drafts_works (`+draftWorkColumns+`) values ($1, $2, 1, $3, $4, 0, 0, '', '', '')
			on conflict (draft, work) do update set number = drafts_works.number + 1, asked = excluded.asked, about = excluded.about
			returning number`, draft, work, time.Now(), about)
		if err != nil {
			return err
		}
		return with(func(tx any) error { return enqueue(ctx, tx, draft, work, number) })
	})
}

// DraftWorks returns what was asked for a draft, by work.
func (db *DB) DraftWorks(ctx context.Context, draft string) (map[string]DraftWork, error) {
	all, err := list(db.ask(ctx), scanDraftWork, `select `+draftWorkColumns+` from drafts_works where draft = $1`, draft)
	out := map[string]DraftWork{}
	for _, w := range all {
		out[w.Work] = w
	}
	return out, err
}

// EndDraftWork keeps the answer to an asking, unless there is a newer one. It is
// about what the worker read, which w.Answered names.
func (db *DB) EndDraftWork(ctx context.Context, w DraftWork) error {
	return db.change(ctx, "EndDraftWork", func(q query) error {
		n, err := q.exec(`update drafts_works set done = $3, ended = $4, answered = $5, said = $6, answer = $7 where draft = $1 and work = $2 and number = $3`,
			w.Draft, w.Work, w.Number, time.Now(), w.Answered, w.Said, string(w.Answer))
		if err != nil || n == 0 || !w.Reviews {
			return err
		}
		return dropReviews(q, w.Draft, "<>", w.Number)
	})
}
