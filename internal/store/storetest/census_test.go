package storetest

import (
	"fmt"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

func TestACensusCountsWhatStandsOfEveryAccount(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		ok(t, db.SaveAccount(ctx, store.Account{ID: "zeta", Name: "Zeta", Settings: []byte("{}"), Paused: true}, nil))
		must[[]store.Sight](t)(db.SavePage(ctx, l, page("r1", false, &store.Cursor{Feed: "omie/customers", Done: noon}, item("1", "Um"))))
		plan := []store.Change{}
		for n := range 3 {
			plan = append(plan, store.Change{
				Key: fmt.Sprint("k", n), Run: "r1", Flow: "tasks", Kind: record.ServiceOrder, Source: task(fmt.Sprint(n)), Action: "create", To: record.Omie, State: store.Planned,
			})
		}
		planned := must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Flow: "tasks", Run: "r1", Plan: plan}))
		must[store.Change](t)(db.Send(ctx, l, planned[0].ID, noon))
		wait := store.Wait{Flow: "tasks", Ref: task("9"), Cause: "refused", About: "x", Since: noon}
		must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Flow: "tasks", Settles: []record.Ref{wait.Ref}, Waits: []store.Wait{wait}}))
		ok(t, db.StartRun(ctx, l, store.Run{ID: "r1", Account: "acme", Started: noon}))
		ok(t, db.FinishRun(ctx, l, store.Run{ID: "r1", Account: "acme", Started: noon, Finished: noon.Add(time.Minute), Complete: true}))
		ok(t, db.StartRun(ctx, l, store.Run{ID: "r2", Account: "acme", Started: noon.Add(time.Hour)}))
		for n, missed := range []int{4, 2} {
			ok(t, db.AddSweep(ctx, l, store.Sweep{Run: fmt.Sprint("s", n), Flow: "customers", Source: "omie/customers", At: noon, Whole: true, Missed: missed, Unstamped: 1}))
		}
		ok(t, db.SetHook(ctx, "acme", record.Omie, "token"))
		must[int](t)(db.AddHints(ctx, "acme", store.Delivery{Source: record.Omie, At: noon, Body: []byte("b"), Notices: []record.Notice{{Topic: "t", Ref: record.Ref{Kind: record.Customer, Side: record.Omie, ID: "1"}}}}))
		for n := range 3 {
			ok(t, db.Memory().AddFault(ctx, "k", "IncluirOS", noon.Add(-time.Duration(n)*20*time.Minute)))
		}
		ok(t, db.Memory().SetBlock(ctx, "k", noon.Add(time.Minute)))
		ok(t, db.Memory().SetBlock(ctx, "past", noon.Add(-time.Minute)))
		must[[]store.Job](t)(db.Dispatch(ctx, taken(&[]store.Job{})))

		c := must[store.Census](t)(db.Census(ctx, noon, true))
		if len(c.Accounts) != 2 || c.Accounts[0].ID != "acme" || !c.Accounts[1].Paused || len(c.Accounts[1].Waits) != 0 {
			t.Fatalf("accounts = %+v", c.Accounts)
		}
		a := c.Accounts[0]
		if !a.Done["omie/customers"].Equal(noon) || a.Changes[store.Planned] != 2 || a.Changes[store.Sending] != 1 {
			t.Errorf("processed %v, changes %v", a.Done, a.Changes)
		}
		if without := must[store.Census](t)(db.Census(ctx, noon, false)); len(without.Accounts[0].Changes) != 0 || len(without.Accounts[0].Waits) != 1 {
			t.Errorf("without the ledger: %+v", without.Accounts[0])
		}
		if len(a.Waits) != 1 || a.Waits[0].Open != 1 || a.Waits[0].Cause != "refused" || !a.Waits[0].Since.Equal(noon) {
			t.Errorf("waits %+v", a.Waits)
		}
		if a.Last.ID != "r1" || !a.Last.Complete || a.Last.Finished.Sub(a.Last.Started) != time.Minute {
			t.Errorf("the newest finished run is %+v", a.Last)
		}
		if a.Drift["omie/customers"] != 3 {
			t.Errorf("the newest sweep's drift is %v", a.Drift)
		}
		if len(a.Hooks) != 1 || !a.Hooks[0].Heard.Equal(noon) || a.Hints != 1 {
			t.Errorf("hooks %+v, %d hints", a.Hooks, a.Hints)
		}
		if a.Schedule.Account != "acme" || !a.Worked.Equal(noon) {
			t.Errorf("held at the moment: worked until %s, schedule %+v", a.Worked, a.Schedule)
		}
		before := time.Now().Add(-time.Second)
		ok(t, db.Release(ctx, l))
		if a := must[store.Census](t)(db.Census(ctx, time.Now().Add(time.Hour), false)).Accounts[0]; a.Worked.Before(before) || a.Worked.After(time.Now().Add(time.Second)) {
			t.Errorf("given back just now: worked until %s", a.Worked)
		}
		if len(c.Faults) != 1 || c.Faults[0] != (store.FaultCount{Key: "k", Method: "IncluirOS", Count: 2}) {
			t.Errorf("the faults of half an hour are %+v", c.Faults)
		}
		if got := must[[]store.FaultCount](t)(db.FaultCounts(ctx, "k", noon)); len(got) != 1 || got[0] != c.Faults[0] {
			t.Errorf("one key's faults are %+v", got)
		}
		if got := must[map[string]int](t)(db.ChangesIn(ctx, "acme", store.Sending, store.Failed)); got[store.Sending] != 1 || got[store.Failed] != 0 || len(got) != 2 {
			t.Errorf("one account's changes are %v", got)
		}
		if len(c.Blocks) != 1 || !c.Blocks["k"].Equal(noon.Add(time.Minute)) {
			t.Errorf("blocks %v", c.Blocks)
		}
		if len(c.Accounts) != 2 || c.Accounts[0].Schedule.Account == "" || !c.Accounts[1].Schedule.Paused {
			t.Errorf("schedules %+v", c.Accounts)
		}
	})
}
