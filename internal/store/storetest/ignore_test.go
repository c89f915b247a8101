package storetest

import (
	"slices"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// An ignoring is one waiting customer and what is done about it.
type ignoring struct {
	t   *testing.T
	db  *store.DB
	l   store.Lease
	ref record.Ref
}

func newIgnoring(t *testing.T, p place) *ignoring {
	db, l := leased(t, p)
	must[[]store.Sight](t)(db.SavePage(t.Context(), l, page("r0", true, nil, item("1", "Um"))))
	return &ignoring{t, db, l, record.Ref{Kind: record.Customer, Side: record.Omie, ID: "1"}}
}

// decide has the record wait for exactly these, as "cause/about".
func (g *ignoring) decide(run string, waits ...[2]string) {
	g.t.Helper()
	d := store.Decision{Run: run, Flow: "customers", Settles: []record.Ref{g.ref}, Outcome: store.OutcomeWaiting}
	for _, w := range waits {
		d.Waits = append(d.Waits, store.Wait{Flow: "customers", Ref: g.ref, Cause: w[0], About: w[1]})
	}
	must[[]store.Change](g.t)(g.db.Decide(g.t.Context(), g.l, d))
}

func (g *ignoring) ignore(until time.Time, want int) {
	g.t.Helper()
	waits := must[[]store.Wait](g.t)(g.db.Waits(g.t.Context(), "acme"))
	n := must[int](g.t)(g.db.Ignore(g.t.Context(), g.l, waits, store.Ignoring{Until: until, Why: "à mão", By: "ana@aqui", At: time.Now(), Said: "Ana mandou ignorar"}))
	if n != want {
		g.t.Errorf("%d waits ignored, want %d", n, want)
	}
}

// open are the causes of the waits that show.
func (g *ignoring) open() (causes []string) {
	g.t.Helper()
	for _, w := range must[[]store.Wait](g.t)(g.db.Waits(g.t.Context(), "acme")) {
		if w.Open(time.Now()) {
			causes = append(causes, w.Cause+"/"+w.About)
		}
	}
	return causes
}

// told counts the lines of history of one sort.
func (g *ignoring) told(what string) int {
	g.t.Helper()
	events := must[[]store.Event](g.t)(g.db.Events(g.t.Context(), "acme", g.ref))
	return len(slices.DeleteFunc(events, func(e store.Event) bool { return e.What != what || e.Text == "" }))
}

func (g *ignoring) shows(want ...string) {
	g.t.Helper()
	if got := g.open(); !slices.Equal(got, want) {
		g.t.Errorf("shown: %v, want %v", got, want)
	}
}

func TestAnIgnoredWaitShowsAgainOnlyWhenItIsAnotherOne(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		g := newIgnoring(t, p)
		g.decide("r1", [2]string{"refused", "a"})
		g.ignore(time.Now().Add(time.Hour), 1)
		g.shows()
		waits := must[[]store.Wait](t)(g.db.Waits(t.Context(), "acme"))
		if w := waits[0]; w.Why != "à mão" || w.By != "ana@aqui" || g.told("ignored") != 1 {
			t.Errorf("ignored as %+v, told %d times", w, g.told("ignored"))
		}
		g.decide("r2", [2]string{"refused", "a"}) // the same decision again
		g.shows()
		g.decide("r3") // it waits no more
		g.decide("r4", [2]string{"refused", "a"})
		g.shows()
		g.decide("r5", [2]string{"too-long", "x"}) // another cause shows; what was ignored stays so
		g.shows("too-long/x")
		g.decide("r6", [2]string{"too-long", "x"}, [2]string{"refused", "a"})
		g.shows("too-long/x")
		if n := g.told("returned"); n != 0 {
			t.Errorf("told %d times that it shows again", n)
		}
		g.decide("r7", [2]string{"refused", "b"}) // about other data
		g.shows("refused/b")
		g.decide("r8", [2]string{"refused", "a"})
		g.shows("refused/a")
		if n := g.told("returned"); n != 1 {
			t.Errorf("told %d times that it shows again, want once", n)
		}
	})
}

func TestAnIgnoredWaitShowsAgainWhenItsTimeIsOver(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		g := newIgnoring(t, p)
		until := time.Now().Add(time.Hour)
		g.decide("r1", [2]string{"refused", "a"}, [2]string{"refused", "b"})
		g.ignore(until, 2)
		if n := must[int](t)(g.db.EndIgnores(t.Context(), g.l, "r2", until.Add(-time.Second))); n != 0 {
			t.Errorf("%d ended before their time", n)
		}
		g.shows()
		must[int](t)(g.db.EndIgnores(t.Context(), g.l, "r2", until))
		g.shows("refused/a", "refused/b")
		if n := g.told("returned"); n != 1 {
			t.Errorf("told %d times that it shows again, want once a record", n)
		}
		g.ignore(until, 2)
		g.decide("r3")
		if n := must[int](t)(g.db.EndIgnores(t.Context(), g.l, "r4", until)); n != 0 || g.told("returned") != 1 {
			t.Error("what waits no more was told to wait again")
		}
	})
}

func TestARetryShowsAnIgnoredWaitAgain(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		g := newIgnoring(t, p)
		g.decide("r1", [2]string{"refused", "a"})
		g.ignore(time.Now().Add(time.Hour), 1)
		ok(t, g.db.RetryWaits(t.Context(), g.l, []record.Ref{g.ref}, store.Event{Ref: g.ref, What: "retried", Text: "Ana"}))
		g.shows("refused/a")
		if state := must[store.ItemState](t)(g.db.ItemState(t.Context(), "acme", g.ref)); !state.Dirty || g.told("retried") != 1 {
			t.Error("a retried record is not decided again, or its history does not say so")
		}
	})
}

func TestOnlyWhatStillStandsIsIgnored(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		g := newIgnoring(t, p)
		g.decide("r1", [2]string{"refused", "a"})
		seen := must[[]store.Wait](t)(g.db.Waits(t.Context(), "acme"))
		g.decide("r2", [2]string{"refused", "b"})
		n := must[int](t)(g.db.Ignore(t.Context(), g.l, seen, store.Ignoring{Until: time.Now().Add(time.Hour), Why: "x"}))
		if n != 0 || g.told("ignored") != 0 {
			t.Errorf("%d waits ignored that nobody saw", n)
		}
		g.shows("refused/b")
	})
}

// TestARunsWaitsAreWhatItFoundDecidedOrCouldNotWrite: ponte retry --run.
func TestARunsWaitsAreWhatItFoundDecidedOrCouldNotWrite(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		g := newIgnoring(t, p)
		g.decide("r1", [2]string{"refused", "a"})
		g.decide("r2", [2]string{"refused", "a"})
		for run, want := range map[string]int{"r1": 1, "r2": 1, "r3": 0} {
			if got := must[[]store.Wait](t)(g.db.RunWaits(t.Context(), "acme", run)); len(got) != want {
				t.Errorf("run %s left %d waiting, want %d", run, len(got), want)
			}
		}
	})
}

// TestARefusedWriteEndsWithTheDecisionThatNoLongerWantsIt: nothing in the ledger
// waits when the record does not.
func TestARefusedWriteEndsWithTheDecisionThatNoLongerWantsIt(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		c := change("update:omie:customer:1:r1")
		c.Action = "update"
		c = must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Run: "r1", Flow: "customers", Settles: []record.Ref{c.Source}, Plan: []store.Change{c}}))[0]
		c = must[store.Change](t)(db.Send(ctx, l, c.ID, time.Now()))
		c.State = store.Waiting
		ok(t, db.Settle(ctx, l, store.Settlement{Change: c, Waits: []store.Wait{{Flow: "customers", Ref: c.Source, Cause: "refused"}}}))
		must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Run: "r2", Flow: "customers", Settles: []record.Ref{c.Source}}))
		if c := must[store.Change](t)(db.Change(ctx, "acme", c.ID)); c.State != store.Superseded {
			t.Errorf("a refused write that nobody wants any more is %s", c.State)
		}
		if waits := must[[]store.Wait](t)(db.Waits(ctx, "acme")); len(waits) != 0 {
			t.Errorf("still waits: %+v", waits)
		}
	})
}
