package store

import (
	"context"
	"time"
)

// A DoneCount is how many of a flow's changes were made in one hour.
type DoneCount struct {
	Flow   string
	Action string
	Hour   time.Time // its beginning
	Count  int
}

// DoneSince returns the account's changes made since an instant, counted by flow, action and hour.
func (db *DB) DoneSince(ctx context.Context, account string, since time.Time) ([]DoneCount, error) {
	return list(db.ask(ctx), func(r row) (DoneCount, error) {
		var d DoneCount
		var hour int64
		err := r.Scan(&d.Flow, &d.Action, &hour, &d.Count)
		d.Hour = time.UnixMilli(hour * time.Hour.Milliseconds()).UTC()
		return d, err
	}, `select flow, action, settled / 3600000, count(*) from changes where account = $1 and settled >= $2 and state = 'done'
		group by flow, action, settled / 3600000`, account, since)
}

// NewestDone returns the n changes that were made last, newest first, as far as they
// were made since an instant.
func (db *DB) NewestDone(ctx context.Context, account string, since time.Time, n int) ([]Change, error) {
	return list(db.ask(ctx), scanChange, `select `+changeColumns+` from changes where account = $1 and settled >= $2 and state = 'done' order by settled desc, id desc limit $3`,
		account, since, n)
}

// An Outgoing is how far a flow's changes are on their way out.
type Outgoing struct {
	Flow        string
	Planned     int       // that nothing holds
	Made        int       // since an instant
	First, Last time.Time // of those
}

// Outgoing returns for each flow the changes that are planned, which no brake and no
// pause holds, and those that were made since an instant.
func (db *DB) Outgoing(ctx context.Context, account string, since time.Time) (map[string]Outgoing, error) {
	out := map[string]Outgoing{}
	q := db.ask(ctx)
	err := q.each(func(r row) error {
		var s Outgoing
		var began, ended int64
		err := r.Scan(&s.Flow, &s.Made, &began, &ended)
		s.First, s.Last = instant(began), instant(ended)
		out[s.Flow] = s
		return err
	}, `select flow, count(*), min(settled), max(settled) from changes where account = $1 and settled >= $2 and state = 'done' group by flow`, account, since)
	if err != nil {
		return nil, err
	}
	return out, q.each(func(r row) error {
		var name string
		var n int
		err := r.Scan(&name, &n)
		s := out[name]
		s.Flow, s.Planned = name, n
		out[name] = s
		return err
	}, `select flow, count(*) from changes where account = $1 and state = 'planned' and cause = '' group by flow`, account)
}

// Holder returns who holds an account's lease now, "" when nobody does.
func (db *DB) Holder(ctx context.Context, account string) (string, error) {
	q := db.ask(ctx)
	now, err := db.present(q)
	if err != nil {
		return "", err
	}
	holders, err := list(q, scanName, `select holder from leases where account = $1 and until > $2`, account, now)
	if err != nil || len(holders) == 0 {
		return "", err
	}
	return holders[0], nil
}

// A WaitCount is how many records of a flow wait for a cause.
type WaitCount struct {
	Flow   string
	Cause  string
	Open   int
	Hidden int       // ignored now
	Since  time.Time // of the open one that waits longest; zero when none is open
}

// countWaits are the columns of a WaitCount at instant $1, over all waits.
const countWaits = `w.flow, w.cause, sum(case when coalesce(i.until, 0) > $1 then 0 else 1 end), sum(case when coalesce(i.until, 0) > $1 then 1 else 0 end),
	coalesce(min(case when coalesce(i.until, 0) > $1 then null else w.since end), 0) ` + fromWaits

func scanWaitCount(r row) (WaitCount, error) {
	var c WaitCount
	var since int64
	err := r.Scan(&c.Flow, &c.Cause, &c.Open, &c.Hidden, &since)
	c.Since = instant(since)
	return c, err
}

// CountWaits counts what waits at an instant, by flow and cause.
func (db *DB) CountWaits(ctx context.Context, account string, at time.Time) ([]WaitCount, error) {
	return list(db.ask(ctx), scanWaitCount, `select `+countWaits+` where w.account = $2 group by w.flow, w.cause order by w.cause, w.flow`, at, account)
}

// A WaitPage asks for some of what waits for a cause.
type WaitPage struct {
	Cause  string
	Flow   string // "" any
	Hidden bool   // the ignored ones instead of the open ones
	At     time.Time
	After  int64 // the key of the last one seen; 0 from the beginning
	Upto   int64 // no key over this; 0 to the end
	Most   int
}

// A KeyedWait is a wait with the key by which pages go on.
type KeyedWait struct {
	Wait
	Key int64
}

// WaitsPage returns one page of what waits.
func (db *DB) WaitsPage(ctx context.Context, account string, p WaitPage) ([]KeyedWait, error) {
	is := "<="
	if p.Hidden {
		is = ">"
	}
	return list(db.ask(ctx), func(r row) (KeyedWait, error) {
		w, err := scanWait(r)
		return KeyedWait{w.Wait, w.seq}, err
	}, selectWaits+`where w.account = $1 and w.cause = $2 and w.seq > $3 and ($4 = '' or w.flow = $4) and coalesce(i.until, 0) `+is+` $5
		and (cast($7 as bigint) = 0 or w.seq <= $7) order by w.seq limit $6`, account, p.Cause, p.After, p.Flow, p.At, p.Most, p.Upto)
}

// RunsBefore returns up to n runs older than the one named, newest first; "" begins with the newest.
func (db *DB) RunsBefore(ctx context.Context, account, run string, n int) ([]Run, error) {
	if run == "" {
		return db.Runs(ctx, account, n)
	}
	return list(db.ask(ctx), scanRun, `select `+runColumns+` from runs where account = $1
		and seq < coalesce((select seq from runs where account = $1 and id = $2), 0) order by seq desc limit $3`, account, run, n)
}

// Run returns a run, or ErrNotFound.
func (db *DB) Run(ctx context.Context, account, id string) (Run, error) {
	return first(db.ask(ctx), scanRun, `select `+runColumns+` from runs where account = $1 and id = $2`, account, id)
}

// RunChangesAfter returns up to n changes that a run planned last, whose id is over after, oldest first.
func (db *DB) RunChangesAfter(ctx context.Context, account, run string, after int64, n int) ([]Change, error) {
	return list(db.ask(ctx), scanChange, `select `+changeColumns+` from changes where account = $1 and run = $2 and id > $3 order by id limit $4`, account, run, after, n)
}

// ChangesByID returns changes by their ids, oldest first; those that are not there are left out.
func (db *DB) ChangesByID(ctx context.Context, account string, ids []int64) ([]Change, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return list(db.ask(ctx), scanChange, `select `+changeColumns+` from changes where account = $1 and id in `+tuple(2, len(ids))+` order by id`,
		append([]any{account}, anys(ids)...)...)
}
