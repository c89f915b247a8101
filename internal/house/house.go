// Package house keeps the store from keeping more than it should: the vendors' rows for
// a month, history for years, and what ended by itself for no longer than it is of use
// (docs/lgpd.md). It also ends what a dead process left of a person's erasure.
//
// It works in small transactions with pauses between them, so that cycles and pages never
// wait for it. Several processes may do it at once: what one dropped the other does not find.
package house

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"ponte/internal/engine"
	"ponte/internal/store"
	"ponte/internal/subject"
)

// Look is how often there is a look for what is old.
const Look = time.Hour

// before are the instants before which history goes.
func before(t subject.Terms, now time.Time) store.Keep {
	return store.Keep{Records: now.AddDate(-t.RecordYears, 0, 0), Fiscal: now.AddDate(-t.FiscalYears, 0, 0)}
}

// A Keeper looks after one store.
type Keeper struct {
	Store  *store.DB
	Terms  subject.Terms
	Holder string // names this process to who waits for a lease
	Log    *slog.Logger
	place  store.Place
}

// Done is what one look did.
type Done struct {
	Raws    int // payloads dropped
	History int // rows of history dropped
	Ended   int // rows dropped that had ended
	Erased  int // erasures that were brought to their end
	Sampled int // of these, those of which PostgreSQL's samples may still hold something (store.Clean)
}

// Samples says what is left to do of an erasure that PostgreSQL let nobody but its owner end.
const Samples = "PostgreSQL's samples (pg_statistic) may still hold what was erased: have the owner of the database run VACUUM FULL pg_statistic"

// Run looks now and then, until ctx ends. What fails is logged, and tried again at the next look.
func (k *Keeper) Run(ctx context.Context) {
	for {
		done, err := k.Look(ctx, time.Now())
		switch {
		case err != nil && ctx.Err() == nil:
			k.Log.Error("housekeeping failed", "error", err)
		case done != Done{}:
			k.Log.Info("housekeeping", "payloads", done.Raws, "history", done.History, "ended", done.Ended, "erasures", done.Erased)
		}
		if done.Sampled > 0 {
			k.Log.Warn(Samples)
		}
		if rest(ctx, Look) != nil {
			return
		}
	}
}

// rows bounds a transaction.
const rows = 500

// breath is the pause between two transactions.
const breath = 50 * time.Millisecond

func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// Look drops all that is old at an instant.
func (k *Keeper) Look(ctx context.Context, now time.Time) (done Done, err error) {
	done, erasing := EndErasures(ctx, k.Store, k.Holder)
	if done.Raws, err = k.dropRaws(ctx, now.AddDate(0, 0, -k.Terms.RawDays)); err != nil {
		return done, errors.Join(erasing, err)
	}
	keep := before(k.Terms, now)
	if done.History, err = k.forget(ctx, keep); err != nil {
		return done, errors.Join(erasing, err)
	}
	done.Ended, err = k.Store.DropEnded(ctx, now, keep)
	return done, errors.Join(erasing, err)
}

func (k *Keeper) dropRaws(ctx context.Context, before time.Time) (dropped int, err error) {
	for {
		n, err := k.Store.DropRaws(ctx, before, rows)
		dropped += n
		if err != nil || n < rows {
			return dropped, err
		}
		if err := rest(ctx, breath); err != nil {
			return dropped, err
		}
	}
}

func (k *Keeper) forget(ctx context.Context, keep store.Keep) (dropped int, err error) {
	if k.place == nil {
		k.place = store.Place{}
	}
	for {
		n, more, err := k.Store.Forget(ctx, keep, k.place, rows)
		dropped += n
		if err != nil || !more {
			return dropped, err
		}
		if err := rest(ctx, breath); err != nil {
			return dropped, err
		}
	}
}

// EndErasures does what is left of erasures, of its own process or of one that died. One
// whose account is busy keeps none of the others waiting.
func EndErasures(ctx context.Context, db *store.DB, holder string) (done Done, err error) {
	all, err := db.Erasures(ctx, "")
	if err != nil {
		return done, err
	}
	for _, e := range all {
		if !e.Unfinished() {
			continue
		}
		whole, one := endErasure(ctx, db, holder, e)
		if err = errors.Join(err, one); one != nil {
			continue
		}
		done.Erased++
		if !whole {
			done.Sampled++
		}
	}
	return done, err
}

// endErasure does what is left of an erasure: its rows, under the account's lease, and
// then the database's files. whole is as store.Clean says.
func endErasure(ctx context.Context, db *store.DB, holder string, e store.Erasure) (whole bool, err error) {
	if e.State == store.Erasing {
		err := engine.WithLease(ctx, db, e.Account, holder, engine.LeaseWait, func(ctx context.Context, lease store.Lease) error {
			return engine.GoOn(ctx, db, lease, e.Number)
		})
		if err != nil {
			return false, err
		}
	}
	whole, err = db.Clean(ctx)
	if err != nil {
		return false, err
	}
	return whole, db.EndErasure(ctx, e.Account, e.Number)
}
