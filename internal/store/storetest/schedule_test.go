package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

func TestWhatIsDoneNextForAnAccount(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	soon, past := now.Add(time.Minute), now.Add(-time.Minute)
	ran := store.Pacing{Asks: 10 * time.Minute} // a cycle at least
	for _, test := range []struct {
		name string
		s    store.Schedule
		want store.Step
		then store.Step // when that was done and everything is as it was
	}{
		{"nothing is due", store.Schedule{NextCycle: soon, NextSweep: soon}, store.StepRest, store.StepRest},
		{"a cycle is due", store.Schedule{NextCycle: now, NextSweep: soon}, store.StepCycle, store.StepCycle},
		{"no sweep was ever planned", store.Schedule{NextCycle: past}, store.StepCycle, store.StepCycle},
		{"both are due", store.Schedule{NextCycle: past, NextSweep: past}, store.StepSweep, store.StepSweep},
		{"a run goes on before the next begins", store.Schedule{NextCycle: past, NextSweep: past, Run: "r"}, store.StepGoOn, store.StepGoOn},
		{"hints come between slices", store.Schedule{NextCycle: past, Run: "r", OpenHint: 5, Hinted: 4, Pacing: ran}, store.StepHints, store.StepGoOn},
		{"and before a sweep", store.Schedule{NextCycle: past, NextSweep: past, OpenHint: 5, Hinted: 4, Pacing: ran}, store.StepHints, store.StepSweep},
		{"and before a cycle", store.Schedule{NextCycle: past, NextSweep: soon, OpenHint: 5, Hinted: 4, Pacing: ran}, store.StepHints, store.StepCycle},
		{"hints alone follow hints", store.Schedule{NextCycle: soon, NextSweep: soon, OpenHint: 5, Hinted: 4, Pacing: ran}, store.StepHints, store.StepHints},
		{"a first load goes before hints", store.Schedule{NextCycle: past, Run: "r", OpenHint: 5, Hinted: 4}, store.StepGoOn, store.StepGoOn},
		{"it begins before hints", store.Schedule{NextCycle: past, OpenHint: 5, Hinted: 4}, store.StepCycle, store.StepCycle},
		{"hints that were taken up and stayed open wait for the cycle", store.Schedule{NextCycle: soon, OpenHint: 5, Hinted: 5}, store.StepRest, store.StepRest},
		{"an unclear write is waited out", store.Schedule{NextCycle: soon, Run: "r", NotUntil: soon, OpenHint: 5}, store.StepLater, store.StepLater},
		{"and then the run goes on", store.Schedule{NextCycle: soon, Run: "r", NotUntil: past}, store.StepGoOn, store.StepGoOn},
		{"nothing is waited out for nothing", store.Schedule{NextCycle: soon, NextSweep: soon, NotUntil: soon.Add(-time.Second)}, store.StepRest, store.StepRest},
		{"a paused account rests", store.Schedule{NextCycle: past, Run: "r", OpenHint: 5, Paused: true}, store.StepRest, store.StepRest},
	} {
		if got := test.s.Next(now); got != test.want {
			t.Errorf("%s: %s, not %s", test.name, got, test.want)
		}
		if then := test.s.After(test.want, now); then != test.then {
			t.Errorf("%s: then %s, not %s", test.name, then, test.then)
		}
	}
}

// taken is an enqueuer that only remembers.
func taken(into *[]store.Job) store.Enqueuer {
	return func(_ context.Context, tx any, jobs ...store.Job) error {
		if tx == nil {
			return errors.New("no transaction")
		}
		*into = append(*into, jobs...)
		return nil
	}
}

func TestATickPutsTheJobsOfThoseThatAreDueOnTheQueue(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ok(t, db.SaveAccount(t.Context(), store.Account{ID: "beta", Settings: []byte("{}")}, nil))
		var jobs []store.Job
		must[[]store.Job](t)(db.Dispatch(t.Context(), taken(&jobs)))
		if !slices.Equal(jobs, []store.Job{{Account: "acme", Number: 1}, {Account: "beta", Number: 1}}) {
			t.Errorf("a new account is due at once: %v", jobs)
		}
		if !must[bool](t)(db.BeginWork(t.Context(), l, 1)) || must[bool](t)(db.BeginWork(t.Context(), l, 2)) {
			t.Error("only the account's own number is current")
		}
		ok(t, db.BeginCycle(t.Context(), l, "r1", time.Now(), true))
		if s := must[store.Schedule](t)(db.Schedule(t.Context(), "acme")); s.Run != "r1" || !s.Sweeps || !s.Working {
			t.Errorf("schedule = %+v", s)
		}
		later := time.Now().Add(time.Hour)
		ok(t, db.EndCycle(t.Context(), l, store.Due{Cycle: later, Sweep: later}))
		ok(t, db.SetPaused(t.Context(), "beta", true))
		if jobs := must[[]store.Job](t)(db.Dispatch(t.Context(), taken(&jobs))); len(jobs) != 0 {
			t.Errorf("nothing is due, beta is paused: %v", jobs)
		}
		rested := must[bool](t)(db.Rest(t.Context(), l, func(any) error { return nil }))
		if s := must[store.Schedule](t)(db.Schedule(t.Context(), "acme")); !rested || s.Working || s.Run != "" {
			t.Errorf("rested %v: %+v", rested, s)
		}
		resumed := time.Now().Truncate(time.Millisecond)
		ok(t, db.SetPaused(t.Context(), "beta", false))
		if s := must[store.Schedule](t)(db.Schedule(t.Context(), "beta")); s.NextCycle.Before(resumed) || s.NextCycle.After(time.Now()) {
			t.Errorf("after a pause its cycle is due since %s, not since the resume", s.NextCycle)
		}
		jobs = nil
		must[store.Schedule](t)(db.Hasten(t.Context(), "beta", taken(&jobs)))
		if len(jobs) != 1 || must[store.Schedule](t)(db.Schedule(t.Context(), "beta")).Next(time.Now()) != store.StepCycle {
			t.Errorf("hastened: %v", jobs)
		}
	})
}

func TestAJobWhoseWorkerDiedGetsANewNumber(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		var jobs []store.Job
		must[[]store.Job](t)(db.Dispatch(t.Context(), taken(&jobs)))
		must[bool](t)(db.BeginWork(t.Context(), l, 1))
		jobs = nil
		must[[]store.Job](t)(db.Dispatch(t.Context(), taken(&jobs)))
		if !slices.Equal(jobs, []store.Job{{Account: "acme", Number: 1}}) {
			t.Errorf("its worker lives: %v", jobs)
		}
		ok(t, db.Renew(t.Context(), l, -time.Second)) // nobody renewed it in time
		jobs = nil
		must[[]store.Job](t)(db.Dispatch(t.Context(), taken(&jobs)))
		if !slices.Equal(jobs, []store.Job{{Account: "acme", Number: 2}}) {
			t.Errorf("its worker is dead: %v", jobs)
		}
	})
}

func TestAJobEndsOnlyWhenNothingIsLeftToDo(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		var jobs []store.Job
		must[[]store.Job](t)(db.Dispatch(t.Context(), taken(&jobs)))
		must[bool](t)(db.BeginWork(t.Context(), l, 1))
		never := func(any) error { t.Error("completed"); return nil }
		if must[bool](t)(db.Rest(t.Context(), l, never)) {
			t.Error("rested with a cycle due")
		}
		later := time.Now().Add(time.Hour)
		ok(t, db.EndCycle(t.Context(), l, store.Due{Cycle: later, Sweep: later}))
		jobs = nil
		d := delivery("x", notice("1", ""))
		d.Enqueue = taken(&jobs)
		must[int](t)(db.AddHints(t.Context(), "acme", d))
		must[int](t)(db.AddHints(t.Context(), "acme", d)) // a repeat wakes nobody
		if len(jobs) != 1 {
			t.Errorf("jobs = %v", jobs)
		}
		if must[bool](t)(db.Rest(t.Context(), l, never)) {
			t.Error("rested with a hint open")
		}
		ok(t, db.TookHints(t.Context(), l, must[store.Schedule](t)(db.Schedule(t.Context(), "acme")).OpenHint))
		failed := errors.New("the queue failed")
		if rested, err := db.Rest(t.Context(), l, func(any) error { return failed }); rested || !errors.Is(err, failed) {
			t.Errorf("rested %v: %v", rested, err)
		}
		if s := must[store.Schedule](t)(db.Schedule(t.Context(), "acme")); !s.Working {
			t.Error("what failed was kept")
		}
		if !must[bool](t)(db.Rest(t.Context(), l, func(any) error { return nil })) {
			t.Error("did not rest")
		}
	})
}

func TestAJobIsPassedOnUnderANewNumber(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		var jobs []store.Job
		must[[]store.Job](t)(db.Dispatch(t.Context(), taken(&jobs)))
		must[bool](t)(db.BeginWork(t.Context(), l, 1))
		failed := errors.New("the queue failed")
		if err := db.PassOn(t.Context(), l, func(any, store.Job) error { return failed }); !errors.Is(err, failed) {
			t.Errorf("err = %v", err)
		}
		if s := must[store.Schedule](t)(db.Schedule(t.Context(), "acme")); s.Job != 1 || !s.Working {
			t.Errorf("what failed was kept: %+v", s)
		}
		ok(t, db.PassOn(t.Context(), l, func(tx any, next store.Job) error { return taken(&jobs)(t.Context(), tx, next) }))
		if s := must[store.Schedule](t)(db.Schedule(t.Context(), "acme")); s.Job != 2 || s.Working || len(jobs) != 2 || jobs[1].Number != 2 {
			t.Errorf("%+v, %v", s, jobs)
		}
		ok(t, db.Release(t.Context(), l))
		if err := db.PassOn(t.Context(), l, func(any, store.Job) error { return nil }); !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("without the lease: %v", err)
		}
	})
}

// What is asked for while a job waits for its turn gets a new number, once: the queue holds the other in its place.
func TestWhatIsAskedForDoesNotWaitForTheTurnOfWhatIsDue(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		var jobs []store.Job
		must[[]store.Job](t)(db.Dispatch(t.Context(), taken(&jobs)))
		for n := range 3 {
			d := delivery(fmt.Sprint(n), notice(fmt.Sprint(n), ""))
			d.Enqueue = taken(&jobs)
			must[int](t)(db.AddHints(t.Context(), "acme", d))
		}
		if want := []store.Job{{Account: "acme", Number: 1}, {Account: "acme", Number: 2}, {Account: "acme", Number: 2}, {Account: "acme", Number: 2}}; !slices.Equal(jobs, want) {
			t.Errorf("jobs = %v", jobs)
		}
		if must[bool](t)(db.BeginWork(t.Context(), l, 1)) {
			t.Error("the job that stood in its place was worked as well")
		}
		must[bool](t)(db.BeginWork(t.Context(), l, 2))
		jobs = nil
		d := delivery("y", notice("9", ""))
		d.Enqueue = taken(&jobs)
		must[int](t)(db.AddHints(t.Context(), "acme", d))
		if !slices.Equal(jobs, []store.Job{{Account: "acme", Number: 2}}) {
			t.Errorf("one that is at work finds it itself: %v", jobs)
		}
		ok(t, db.PassOn(t.Context(), l, func(any, store.Job) error { return nil }))
		d.Body, d.Notices = []byte("z"), []record.Notice{notice("10", "")}
		must[int](t)(db.AddHints(t.Context(), "acme", d))
		if jobs[1].Number != 4 {
			t.Errorf("the rest of a job takes its turn, and is asked for again as %v", jobs[1])
		}
	})
}

func TestRowsAndJobsAreKeptTogetherOrNotAtAll(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		failed := errors.New("the queue failed")
		d := delivery("x", notice("1", ""))
		d.Enqueue = func(context.Context, any, ...store.Job) error { return failed }
		if _, err := db.AddHints(t.Context(), "acme", d); !errors.Is(err, failed) {
			t.Errorf("err = %v", err)
		}
		if open := must[[]store.Hint](t)(db.OpenHints(t.Context(), "acme")); len(open) != 0 {
			t.Errorf("a hint without a job was kept: %+v", open)
		}
	})
}

func TestAListIsTakenUpWhereItWasGivenUp(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		now := time.Now()
		at := store.Reading{Feed: "omie/customers", Run: "r1", Window: record.Window{Until: now, After: record.Place{Page: 3, Size: 97, Declared: 900}}, Received: 291, Cursor: store.Cursor{Newest: now.Add(-time.Hour)}, Began: now.Add(-time.Minute), Saved: now}
		if all := must[[]store.Reading](t)(db.Readings(t.Context(), "acme")); len(all) != 0 {
			t.Errorf("readings = %+v", all)
		}
		w := page("r1", true, nil, item("1", "Um"))
		w.Reading = &at
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, w))
		got := must[store.Reading](t)(db.Reading(t.Context(), "acme", "omie/customers"))
		if all := must[[]store.Reading](t)(db.Readings(t.Context(), "acme")); len(all) != 1 || all[0].Received != 291 || all[0].Saved.Sub(all[0].Began) != time.Minute {
			t.Errorf("readings = %+v", all)
		}
		if got.Window.After != at.Window.After || got.Received != 291 || got.Cursor.Newest.UnixMilli() != at.Cursor.Newest.UnixMilli() {
			t.Errorf("reading = %+v", got)
		}
		if !got.Continues("r1", record.Window{Until: now}) || got.Continues("r2", record.Window{Until: now}) || got.Continues("r1", record.Window{Until: now, Sweep: true}) {
			t.Error("a reading is of one run and one window")
		}
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, page("r1", true, &store.Cursor{Done: now}, item("2", "Dois"))))
		if got := must[store.Reading](t)(db.Reading(t.Context(), "acme", "omie/customers")); got.Run != "" {
			t.Errorf("read to its end: %+v", got)
		}
	})
}

// A delivery and a job that comes to rest never miss each other, whichever is
// first: both hold the account's schedule (stack.md §3.5).
func TestADeliveryAndAJobAtItsEndTakeTurns(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		other := p.open()
		var jobs []store.Job
		must[[]store.Job](t)(db.Dispatch(t.Context(), taken(&jobs)))
		later := time.Now().Add(time.Hour)
		ok(t, db.EndCycle(t.Context(), l, store.Due{Cycle: later, Sweep: later}))

		inside, on := make(chan bool), make(chan bool)
		d := delivery("x", notice("1", ""))
		d.Enqueue = func(context.Context, any, ...store.Job) error { inside <- true; <-on; return nil }
		added := make(chan error)
		go func() { _, err := other.AddHints(t.Context(), "acme", d); added <- err }()
		<-inside
		rested := make(chan bool)
		go func() {
			rested <- must[bool](t)(db.Rest(t.Context(), l, func(any) error { t.Error("completed over an open hint"); return nil }))
		}()
		select {
		case <-rested:
			t.Error("the job did not wait for the delivery")
		case <-time.After(300 * time.Millisecond):
		}
		on <- true
		ok(t, <-added)
		if <-rested {
			t.Error("the job missed the delivery")
		}

		ok(t, db.TookHints(t.Context(), l, must[store.Schedule](t)(db.Schedule(t.Context(), "acme")).OpenHint))
		completed := make(chan bool, 1)
		go func() {
			rested <- must[bool](t)(db.Rest(t.Context(), l, func(any) error { inside <- true; <-on; completed <- true; return nil }))
		}()
		<-inside
		second := delivery("y", notice("2", ""))
		second.Enqueue = func(context.Context, any, ...store.Job) error {
			if len(completed) == 0 {
				t.Error("the delivery's job came before the other's end, and is kept away as its double")
			}
			return nil
		}
		go func() { _, err := other.AddHints(t.Context(), "acme", second); added <- err }()
		time.Sleep(100 * time.Millisecond)
		on <- true
		ok(t, <-added)
		if !<-rested {
			t.Error("the job did not rest")
		}
	})
}

func TestAskingForARunDisturbsNeitherTheOneAtWorkNorAPausedAccount(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx, later := t.Context(), time.Now().Add(time.Hour)
		var jobs []store.Job
		must[store.Schedule](t)(db.Hasten(ctx, "acme", taken(&jobs)))
		must[bool](t)(db.BeginWork(ctx, l, jobs[0].Number))
		ok(t, db.BeginCycle(ctx, l, "r1", time.Now(), false))
		if was := must[store.Schedule](t)(db.Hasten(ctx, "acme", taken(&jobs))); was.Run != "r1" || len(jobs) != 1 {
			t.Errorf("while a run is at work: %+v, %v", was, jobs)
		}
		ok(t, db.EndCycle(ctx, l, store.Due{Cycle: later, Sweep: later}))
		if s := must[store.Schedule](t)(db.Schedule(ctx, "acme")); s.Next(time.Now()) != store.StepRest {
			t.Errorf("another run follows: %+v", s)
		}
		ok(t, db.SetPaused(ctx, "acme", true))
		if was := must[store.Schedule](t)(db.Hasten(ctx, "acme", taken(&jobs))); !was.Paused || len(jobs) != 1 {
			t.Errorf("while it is paused: %+v, %v", was, jobs)
		}
		ok(t, db.SetPaused(ctx, "acme", false))
		// Its job is at work, on hints say: the same number again, and it does not rest before the cycle ran.
		if was := must[store.Schedule](t)(db.Hasten(ctx, "acme", taken(&jobs))); !was.Working || len(jobs) != 2 || jobs[1] != jobs[0] {
			t.Errorf("while its job is at work: %+v, %v", was, jobs)
		}
		if must[bool](t)(db.Rest(ctx, l, func(any) error { return nil })) {
			t.Error("the job rests before the run that was asked for")
		}
		failing := func(context.Context, any, ...store.Job) error { return errors.New("no queue") }
		ok(t, db.EndCycle(ctx, l, store.Due{Cycle: later, Sweep: later}))
		if _, err := db.Hasten(ctx, "acme", failing); err == nil {
			t.Error("asked without a job")
		}
		if s := must[store.Schedule](t)(db.Schedule(ctx, "acme")); !s.NextCycle.After(time.Now()) {
			t.Error("the asking was kept without its job")
		}
	})
}
