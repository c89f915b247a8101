package store

import (
	"context"
	"time"
)

// An Owner is for whom a worker finds something out at the vendors: an account, or
// a draft of one. Who shows pages calls no vendor.
type Owner struct {
	ID    string
	Draft bool
}

// A Work is what a worker was asked to find out, and what it found.
type Work struct {
	Owner
	Work     string
	Number   int64 // of the newest asking; 0: it was never asked for
	Asked    time.Time
	About    string // what it was asked for: a digest, or an address
	Done     int64  // the asking that Answer is for
	Ended    time.Time
	Answered string // About of that asking
	Said     string // what went wrong, for people; "" nothing
	Answer   []byte
	Reviews  bool // with EndWork, of a draft: what SaveReview kept for the asking is the review now
}

// WorkInherited is the work of which an account inherits the answer from its draft: the catalogues.
const WorkInherited = "lists"

// Pending tells whether the newest asking has no answer yet.
func (w Work) Pending() bool { return w.Number != w.Done }

const workColumns = `work, number, asked, about, done, ended, answered, said, answer`

// worksOf are the table of an owner's works, the table of such owners, and the column that both name them by.
func worksOf(of Owner) (table, owners, key string) {
	if of.Draft {
		return "drafts_works", "drafts", "draft"
	}
	return "accounts_works", "accounts", "account"
}

func scanWork(of Owner) func(row) (Work, error) {
	return func(r row) (Work, error) {
		w := Work{Owner: of}
		var asked, ended int64
		var answer string
		err := r.Scan(&w.Work, &w.Number, &asked, &w.About, &w.Done, &ended, &w.Answered, &w.Said, &answer)
		w.Asked, w.Ended, w.Answer = instant(asked), instant(ended), []byte(answer)
		return w, err
	}
}

// A WorkEnqueuer puts the job of an asking on the queue, in the transaction that asks.
type WorkEnqueuer func(ctx context.Context, tx any, of Owner, work string, number int64) error

// AskWork asks a worker for something; an earlier asking that has no answer yet
// gets none any more. ErrNotFound: there is no such owner.
func (db *DB) AskWork(ctx context.Context, of Owner, work, about string, enqueue WorkEnqueuer) error {
	table, owners, key := worksOf(of)
	return db.queued(ctx, "AskWork", func(q query, with withTx) error {
		if err := q.one([]any{new(int)}, `select 1 from `+owners+` where `+key+` = $1`, of.ID); err != nil {
			return err
		}
		number, err := q.number(`insert into `+table+` (`+key+`, `+workColumns+`) values ($1, $2, 1, $3, $4, 0, 0, '', '', '')
			on conflict (`+key+`, work) do update set number = `+table+`.number + 1, asked = excluded.asked, about = excluded.about
			returning number`, of.ID, work, time.Now(), about)
		if err != nil {
			return err
		}
		return with(func(tx any) error { return enqueue(ctx, tx, of, work, number) })
	})
}

// AskWorkAlone is AskWork, at an instant, unless the newest asking, made since another, still has
// no answer: then nothing is asked, and asked is false. It returns the newest asking's number.
func (db *DB) AskWorkAlone(ctx context.Context, of Owner, work, about string, at, since time.Time, enqueue WorkEnqueuer) (number int64, asked bool, err error) {
	table, owners, key := worksOf(of)
	err = db.queued(ctx, "AskWorkAlone", func(q query, with withTx) error {
		if err := q.one([]any{new(int)}, `select 1 from `+owners+` where `+key+` = $1`, of.ID); err != nil {
			return err
		}
		number, err = q.number(`insert into `+table+` (`+key+`, `+workColumns+`) values ($1, $2, 1, $3, $4, 0, 0, '', '', '')
			on conflict (`+key+`, work) do update set number = `+table+`.number + 1, asked = excluded.asked, about = excluded.about
			where `+table+`.number = `+table+`.done or `+table+`.asked <= $5
			returning number`, of.ID, work, at, about, since)
		if err != nil {
			return err
		}
		if asked = number > 0; asked {
			return with(func(tx any) error { return enqueue(ctx, tx, of, work, number) })
		}
		number, err = q.number(`select number from `+table+` where `+key+` = $1 and work = $2`, of.ID, work)
		return err
	})
	return number, asked, err
}

// AskAgain has another job be put on the queue for each asking whose worker died: the
// lease of its owner ran out and was not given back. The queue itself would hold the
// asking's job for as long as it may take. A lease's epoch, death, tells one such job from
// another: one for each death.
func (db *DB) AskAgain(ctx context.Context, enqueue func(ctx context.Context, tx any, of Owner, work string, number, death int64) error) error {
	for _, draft := range []bool{true, false} {
		asked, err := db.orphans(ctx, draft)
		if err != nil {
			return err
		}
		for _, a := range asked {
			err := db.queued(ctx, "AskAgain", func(_ query, with withTx) error {
				return with(func(tx any) error { return enqueue(ctx, tx, a.Owner, a.Work.Work, a.Number, a.death) })
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// An orphan is an asking without an answer whose worker died.
type orphan struct {
	Work
	death int64
}

func (db *DB) orphans(ctx context.Context, drafts bool) ([]orphan, error) {
	q := db.ask(ctx)
	now, err := db.present(q)
	if err != nil {
		return nil, err
	}
	table, _, key := worksOf(Owner{Draft: drafts})
	return list(q, func(r row) (orphan, error) {
		o := orphan{Work: Work{Owner: Owner{Draft: drafts}}}
		err := r.Scan(&o.ID, &o.Work.Work, &o.Number, &o.death)
		return o, err
	}, `select w.`+key+`, w.work, w.number, l.epoch from `+table+` w join leases l on l.account = w.`+key+`
		where w.number <> w.done and l.holder <> '' and l.until <= $1 order by w.`+key+`, w.work`, now)
}

// Works returns what was asked for an owner, by work.
func (db *DB) Works(ctx context.Context, of Owner) (map[string]Work, error) {
	table, _, key := worksOf(of)
	all, err := list(db.ask(ctx), scanWork(of), `select `+workColumns+` from `+table+` where `+key+` = $1`, of.ID)
	out := map[string]Work{}
	for _, w := range all {
		out[w.Work] = w
	}
	return out, err
}

// EndWork keeps the answer to an asking, unless there is a newer one. It is about
// what the worker read, which w.Answered names.
func (db *DB) EndWork(ctx context.Context, w Work) error {
	table, _, key := worksOf(w.Owner)
	return db.change(ctx, "EndWork", func(q query) error {
		n, err := q.exec(`update `+table+` set done = $3, ended = $4, answered = $5, said = $6, answer = $7 where `+key+` = $1 and work = $2 and number = $3`,
			w.ID, w.Work, w.Number, time.Now(), w.Answered, w.Said, string(w.Answer))
		if err != nil || n == 0 || !w.Reviews {
			return err
		}
		return dropReviews(q, w.ID, "<>", w.Number)
	})
}

// finished is an owner's work that has an answer, if it has.
func finished(q query, of Owner, work string) ([]Work, error) {
	table, _, key := worksOf(of)
	return list(q, scanWork(of), `select `+workColumns+` from `+table+` where `+key+` = $1 and work = $2 and number = done`, of.ID, work)
}

// inherit gives an account what was found out for its draft.
func inherit(q query, account string, works []Work) error {
	for _, w := range works {
		_, err := q.exec(`insert into accounts_works (account, `+workColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			account, w.Work, w.Number, w.Asked, w.About, w.Done, w.Ended, w.Answered, w.Said, string(w.Answer))
		if err != nil {
			return err
		}
	}
	return nil
}
