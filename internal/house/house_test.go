package house_test

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ponte/internal/house"
	"ponte/internal/record"
	"ponte/internal/secret"
	"ponte/internal/store"
	"ponte/internal/store/sqlitetest"
	"ponte/internal/subject"
)

// A kept store has a keeper with a log, in a bubble whose clock jumps.
type kept struct {
	*testing.T
	path   string
	db     *store.DB
	lease  store.Lease
	keeper *house.Keeper
	log    bytes.Buffer
}

func inBubble(t *testing.T, test func(k *kept)) {
	t.Helper()
	path := sqlitetest.Migrated(t)
	ring, err := secret.Open(secret.Options{Database: path})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		k := &kept{T: t, path: path}
		k.db, err = store.Open(t.Context(), path, ring)
		k.ok(err)
		k.ok(k.db.SaveAccount(t.Context(), store.Account{ID: "acme", Name: "ACME", Settings: []byte(`{"id":"acme"}`)}, nil))
		k.lease, err = k.db.Acquire(t.Context(), "acme", "test", 100*365*24*time.Hour)
		k.ok(err)
		k.keeper = &house.Keeper{Store: k.db, Terms: subject.Terms{RawDays: 30, RecordYears: 2, FiscalYears: 6}, Holder: "house", Log: slog.New(slog.NewTextHandler(&k.log, nil))}
		test(k)
		k.ok(k.db.Close())
	})
}

func (k *kept) ok(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

// runs has the keeper look for a while.
func (k *kept) runs(d time.Duration) {
	k.Helper()
	ctx, stop := context.WithTimeout(k.Context(), d)
	defer stop()
	k.keeper.Run(ctx) // returns when it is over, or the bubble says that nobody moves
}

// reads stores customers of Omie, from the first number to the last, as they came.
func (k *kept) reads(first, last int) {
	k.Helper()
	w := store.PageWrite{Run: "r", Feed: "f", Kind: record.Customer, Side: record.Omie}
	for n := first; n <= last; n++ {
		id := strconv.Itoa(n)
		w.Seen = append(w.Seen, store.Seen{Carry: true, Item: record.Item{Kind: record.Customer, Side: record.Omie, ID: id, Title: "Cliente " + id, Raw: []byte(`{"n":` + id + `}`)}})
	}
	_, err := k.db.SavePage(k.Context(), k.lease, w)
	k.ok(err)
}

// rows are how many customers have what came still with them.
func (k *kept) rows() (n int) {
	k.Helper()
	k.ok(k.db.EachItem(k.Context(), "acme", record.Omie, record.Customer, func(i record.Item) error {
		if len(i.Raw) > 0 {
			n++
		}
		return nil
	}))
	return n
}

// sql does something to the database that Ponte does not.
func (k *kept) sql(text string) {
	k.Helper()
	db, err := sql.Open("sqlite", k.path)
	k.ok(err)
	_, err = db.ExecContext(k.Context(), text)
	k.ok(err)
	k.ok(db.Close())
}

const day = 24 * time.Hour

// TestRowsLastAMonth: also those that are more than one transaction drops, while hours in
// which nothing is old say nothing.
func TestRowsLastAMonth(t *testing.T) {
	inBubble(t, func(k *kept) {
		k.reads(1, 1200)
		time.Sleep(10 * day)
		k.reads(1201, 1201)
		time.Sleep(19 * day)
		k.runs(12 * time.Hour)
		if n := k.rows(); n != 1201 || k.log.Len() > 0 {
			k.Errorf("before a month is over, %d rows are left, and it says %s", n, &k.log)
		}
		k.runs(day)
		if n, said := k.rows(), k.log.String(); n != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "payloads=1200 history=0 ended=0 erasures=0") {
			k.Errorf("after a month, %d rows are left, and it says %s", n, said)
		}
		time.Sleep(9 * day)
		k.runs(day)
		if n := k.rows(); n != 0 {
			k.Errorf("after another ten days, %d rows are left", n)
		}
	})
}

// TestHistoryLastsYears, that of customers fewer than that of tasks, and the keeper goes on from where it was.
func TestHistoryLastsYears(t *testing.T) {
	inBubble(t, func(k *kept) {
		customer, task := record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "1"}, record.Ref{Kind: record.Task, Side: record.Auvo, ID: "2"}
		began := time.Now()
		for n := range 700 {
			at := began.Add(time.Duration(n) * time.Minute)
			k.ok(k.db.AddEvents(k.Context(), k.lease, store.Event{At: at, Ref: customer, What: "x", Text: "x"}, store.Event{At: at, Ref: task, What: "x", Text: "x"}))
		}
		for _, c := range []struct {
			years            int
			forgotten        int
			customers, tasks int
		}{{1, 0, 700, 700}, {2, 700, 0, 700}, {5, 0, 0, 700}, {6, 700, 0, 0}} {
			done, err := k.keeper.Look(k.Context(), began.AddDate(c.years, 0, 1))
			k.ok(err)
			customers, err := k.db.Events(k.Context(), "acme", customer)
			k.ok(err)
			tasks, err := k.db.Events(k.Context(), "acme", task)
			k.ok(err)
			if done.History != c.forgotten || len(customers) != c.customers || len(tasks) != c.tasks {
				k.Errorf("after %d years: %+v; %d lines of the customer and %d of the task are left", c.years, done, len(customers), len(tasks))
			}
		}
	})
}

// TestWhatFailsIsSaidAndTriedAgain at the next look; an end in the middle is no failure.
func TestWhatFailsIsSaidAndTriedAgain(t *testing.T) {
	inBubble(t, func(k *kept) {
		k.reads(1, 1)
		time.Sleep(31 * day)
		k.sql(`create trigger away before update on items begin select raise(abort, 'not now'); end`)
		k.runs(2*time.Hour + time.Minute)
		if said := k.log.String(); strings.Count(said, "housekeeping failed") != 3 || strings.Count(said, "not now") != 3 || k.rows() != 1 {
			k.Errorf("%d rows are left, and of two hours of failures it says %s", k.rows(), said)
		}
		k.sql(`drop trigger away`)
		k.log.Reset()
		k.runs(time.Minute)
		if said := k.log.String(); k.rows() != 0 || !strings.Contains(said, "payloads=1 ") {
			k.Errorf("%d rows are left, and it says %s", k.rows(), said)
		}
		k.log.Reset()
		ended, end := context.WithCancel(k.Context())
		end()
		k.keeper.Run(ended)
		if k.log.Len() > 0 {
			k.Errorf("of an end it says %s", &k.log)
		}
	})
}
