package store

import (
	"context"
	"errors"
	"time"
)

// A Recovery says that an account's database was put back to an earlier state:
// what was made since stands in the two systems and not in the ledger, and is
// taken back by its codes before anything is made (design.md §5, After a restore).
type Recovery struct {
	Why   string    // FromBackup or FromOlderFile
	State time.Time // the state to which it went back
	Since time.Time
	Ended time.Time // zero while it lasts
}

// How Ponte knows that a database was put back.
const (
	FromBackup    = "backup"     // the file says that ponte backup wrote it
	FromOlderFile = "older-file" // this machine saw a later lease of the account (witness.go)
)

// On tells whether the account still recovers.
func (r Recovery) On() bool { return !r.Since.IsZero() && r.Ended.IsZero() }

// Recovery returns the account's last recovery, the zero one when it had none.
func (db *DB) Recovery(ctx context.Context, account string) (Recovery, error) {
	r, err := first(db.ask(ctx), scanRecovery, `select why, state, since, ended from recoveries where account = $1`, account)
	if errors.Is(err, ErrNotFound) {
		return Recovery{}, nil
	}
	return r, err
}

func scanRecovery(r row) (Recovery, error) {
	var v Recovery
	var state, since, ended int64
	err := r.Scan(&v.Why, &state, &since, &ended)
	v.State, v.Since, v.Ended = instant(state), instant(since), instant(ended)
	return v, err
}

// EndRecovery records that the account has read what it missed.
func (db *DB) EndRecovery(ctx context.Context, l Lease) error {
	return db.under(ctx, l, "EndRecovery", func(q query) error {
		_, err := q.exec(`update recoveries set ended = $2 where account = $1 and ended = 0`, l.Account, nowMillis())
		return err
	})
}

// startRecovery puts an account into recovery, in one transaction, so that a death
// while it recovers changes nothing of it. One that recovers already begins again: its mirrors are read whole again, its
// orders are indexed again, what was planned is decided again (it may have been
// made since), and plans that brakes hold are no more.
func startRecovery(q query, account, why string, state time.Time) error {
	for _, text := range []string{
		`update cursors set indexed = 0 where account = $1`,
		`delete from marks where account = $1 and (name = 'orders-indexed' or name like 'known-linked/%')`,
		`delete from holds where account = $1`,
		`update items set dirty = true where account = $1 and (side, kind, id) in
			(select source_side, source_kind, source_id from changes where account = $1 and state = 'planned')`,
	} {
		if _, err := q.exec(text, account); err != nil {
			return err
		}
	}
	_, err := q.exec(`update changes set state = 'superseded', cause = '', settled = $2 where account = $1 and state = 'planned'`, account, nowMillis())
	if err != nil {
		return err
	}
	_, err = q.exec(`insert into recoveries (account, why, state, since, ended) values ($1, $2, $3, $4, 0)
		on conflict (account) do update set why = case when recoveries.ended = 0 then recoveries.why else excluded.why end,
			state = case when recoveries.ended = 0 then recoveries.state else excluded.state end, since = excluded.since, ended = 0`,
		account, why, state, nowMillis())
	return err
}

// wakeBackup puts every account of a file that ponte backup wrote into recovery, and has
// everybody sign in anew, once: from then on it is a database at work.
func (db *DB) wakeBackup(ctx context.Context) error {
	made, err := query{ctx, db.write}.number(`select max(made) from backups having max(made) > 0`)
	if err != nil || made == 0 {
		return err
	}
	return db.change(ctx, "Open", func(q query) error {
		accounts, err := list(q, scanName, `select account from accounts`)
		if err != nil {
			return err
		}
		for _, id := range accounts {
			if err := startRecovery(q, id, FromBackup, instant(made)); err != nil {
				return err
			}
		}
		if err := shutDoors(q); err != nil { // of a copy that an older Ponte made
			return err
		}
		_, err = q.exec(`delete from backups`)
		return err
	})
}
