package store

import (
	"context"
	"errors"
	"time"
)

// A Claim is a request that a program makes under a key of its own, so that it may
// send it again: what it asks for is done once.
type Claim struct {
	Token   string // by id
	Key     string
	Request string // digest of all that was asked
	Owner   string // this sending of it alone
}

// An Answered is what a request was answered.
type Answered struct {
	Status int // 0: it has no answer yet
	Body   []byte
}

// What a claim may be refused with.
var (
	ErrOtherRequest = errors.New("the key was used for another request")
	ErrClaimed      = errors.New("the same request is being worked at")
	ErrClaimLost    = errors.New("another sending of the request has taken its place")
)

// Claim begins the work of a request, until an instant by which it is over or its
// process dead, and returns the zero answer; of one that was answered since an
// instant it returns that answer. ErrOtherRequest: the key stands for something else;
// ErrClaimed: somebody works at it.
func (db *DB) Claim(ctx context.Context, c Claim, at, until, since time.Time) (a Answered, err error) {
	err = db.change(ctx, "Claim", func(q query) error {
		a = Answered{}
		if _, err := q.exec(`delete from api_tokens_answers where token = $1 and key = $2 and made <= $3 and until <= $4`, c.Token, c.Key, since, at); err != nil {
			return err
		}
		n, err := q.exec(`insert into api_tokens_answers (token, key, request, owner, until, made, status, answer) values ($1, $2, $3, $4, $5, $6, 0, '') on conflict (token, key) do nothing`,
			c.Token, c.Key, c.Request, c.Owner, until, at)
		if err != nil || n == 1 {
			return err
		}
		// Left by a process that died: its work was not done, or it would have an answer.
		n, err = q.exec(`update api_tokens_answers set owner = $4, until = $5 where token = $1 and key = $2 and request = $3 and status = 0 and until <= $6`,
			c.Token, c.Key, c.Request, c.Owner, until, at)
		if err != nil || n == 1 {
			return err
		}
		var request, body string
		err = q.one([]any{&request, &a.Status, &body}, `select request, status, answer from api_tokens_answers where token = $1 and key = $2`, c.Token, c.Key)
		if errors.Is(err, ErrNotFound) {
			return ErrClaimed // whoever had it gave it up since the insert
		}
		if err != nil {
			return err
		}
		a.Body = []byte(body)
		switch {
		case request != c.Request:
			return ErrOtherRequest
		case a.Status == 0:
			return ErrClaimed
		}
		return nil
	})
	return a, err
}

// Answer keeps what a claimed request is answered: together with its work, or else
// the work might be done again. ErrClaimLost: the claim is another's by now.
func (db *DB) Answer(ctx context.Context, c Claim, a Answered) error {
	return db.change(ctx, "Answer", func(q query) error {
		n, err := q.exec(`update api_tokens_answers set status = $4, answer = $5, until = 0 where token = $1 and key = $2 and owner = $3 and status = 0`,
			c.Token, c.Key, c.Owner, a.Status, string(a.Body))
		if err == nil && n == 0 {
			return ErrClaimLost
		}
		return err
	})
}

// Unclaim ends a claim of which nothing was done: the key is free again.
func (db *DB) Unclaim(ctx context.Context, c Claim) error {
	return db.change(ctx, "Unclaim", func(q query) error {
		_, err := q.exec(`delete from api_tokens_answers where token = $1 and key = $2 and owner = $3 and status = 0`, c.Token, c.Key, c.Owner)
		return err
	})
}

// ForgetAnswers forgets the requests that were made until an instant, and the
// answers to what accounts were asked under a name of work until then.
func (db *DB) ForgetAnswers(ctx context.Context, until time.Time, work string) error {
	return db.change(ctx, "ForgetAnswers", func(q query) error {
		if _, err := q.exec(`delete from api_tokens_answers where made <= $1`, until); err != nil {
			return err
		}
		_, err := q.exec(`update accounts_works set answer = '' where work = $2 and number = done and ended <= $1 and answer <> ''`, until, work)
		return err
	})
}
