package store

import (
	"context"
	"fmt"
	"time"
)

// A LeaseHeldError says that another holder has the account, until when unless it renews.
type LeaseHeldError struct {
	Holder string
	Until  time.Time
}

func (e *LeaseHeldError) Error() string {
	return fmt.Sprintf("the account is held by %s until %s", e.Holder, e.Until.Format(time.RFC3339))
}

// Acquire takes an account's lease for ttl, in real time. While another
// holder's is alive it returns a *LeaseHeldError; of an unknown account,
// ErrNotFound. Every lease has a higher epoch than those before it.
func (db *DB) Acquire(ctx context.Context, account, holder string, ttl time.Duration) (Lease, error) {
	l := Lease{Account: account, Holder: holder}
	if holder == "" {
		return Lease{}, fmt.Errorf("cannot lease account %s: the holder has no name", account)
	}
	err := db.change(ctx, "Acquire", func(q query) error {
		var of int // 1: an account, 2: one to be
		if err := q.one([]any{&of}, `select 1 from accounts where account = $1 union all select 2 from drafts where draft = $1 order by 1 limit 1`, account); err != nil {
			return err
		}
		now, err := db.present(q)
		if err != nil {
			return err
		}
		l.Epoch, err = q.number(`insert into leases (account, epoch, holder, until) values ($1, 1, $2, $3)
			on conflict (account) do update set epoch = leases.epoch + 1, holder = excluded.holder, until = excluded.until
			where leases.until <= $4 or leases.holder = excluded.holder or leases.holder = ''
			returning epoch`, account, holder, now.Add(ttl), now)
		if err == nil && l.Epoch == 0 {
			return heldBy(q, account)
		}
		if err != nil {
			return err
		}
		return db.hearWitness(q, &l, of == 1)
	})
	if err != nil {
		return Lease{}, err
	}
	return l, db.witness.note(account, l.Epoch)
}

// hearWitness puts the account into recovery when this machine saw a later lease
// of it than the database knows, and gives this one an epoch above that. A draft
// has nothing to recover.
func (db *DB) hearWitness(q query, l *Lease, recovers bool) error {
	seen := db.witness.seen(l.Account)
	if seen < l.Epoch {
		return nil
	}
	l.Epoch = seen + 1
	if _, err := q.exec(`update leases set epoch = $2 where account = $1`, l.Account, l.Epoch); err != nil || !recovers {
		return err
	}
	last, err := q.number(`select coalesce(max(started), 0) from runs where account = $1`, l.Account)
	if err != nil {
		return err
	}
	return startRecovery(q, l.Account, FromOlderFile, instant(last))
}

func heldBy(q query, account string) error {
	var held LeaseHeldError
	var until int64
	if err := q.one([]any{&held.Holder, &until}, `select holder, until from leases where account = $1`, account); err != nil {
		return err
	}
	held.Until = instant(until)
	return &held
}

// Renew makes a lease last ttl from now. One that another holder took is lost
// (ErrLeaseLost); one that only ran out is still ours.
func (db *DB) Renew(ctx context.Context, l Lease, ttl time.Duration) error {
	return db.under(ctx, l, "Renew", func(q query) error {
		now, err := db.present(q)
		if err != nil {
			return err
		}
		_, err = q.exec(`update leases set until = $2 where account = $1`, l.Account, now.Add(ttl))
		return err
	})
}

// Release gives a lease back: nothing can be written under it any more. A
// lease that was lost already is left as it is.
func (db *DB) Release(ctx context.Context, l Lease) error {
	return db.change(ctx, "Release", func(q query) error {
		now, err := db.present(q)
		if err != nil {
			return err
		}
		// Nobody holds it; until tells until when somebody did (AccountCensus.Worked).
		_, err = q.exec(`update leases set holder = '', until = $4 where account = $1 and epoch = $2 and holder = $3`,
			l.Account, l.Epoch, l.Holder, now)
		return err
	})
}
