package storetest

import (
	"fmt"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

func task(id string) record.Ref { return record.Ref{Kind: record.Task, Side: record.Auvo, ID: id} }

func TestWaitsAreCountedAndPagedByCause(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		for n := range 5 {
			cause := "refused"
			if n == 4 {
				cause = "conflict"
			}
			w := store.Wait{Flow: "tasks", Ref: task(fmt.Sprint(n)), Cause: cause, About: "x", Since: noon.Add(time.Duration(n) * time.Minute)}
			must[[]store.Change](t)(db.Decide(t.Context(), l, store.Decision{Flow: "tasks", Settles: []record.Ref{w.Ref}, Waits: []store.Wait{w}}))
		}
		first := must[[]store.KeyedWait](t)(db.WaitsPage(t.Context(), "acme", store.WaitPage{Cause: "refused", At: noon, Most: 1}))
		must[int](t)(db.Ignore(t.Context(), l, []store.Wait{first[0].Wait}, store.Ignoring{Until: noon.Add(time.Hour), Why: "depois", By: "ana"}))
		counts := must[[]store.WaitCount](t)(db.CountWaits(t.Context(), "acme", noon))
		want := []store.WaitCount{{Flow: "tasks", Cause: "conflict", Open: 1, Since: noon.Add(4 * time.Minute)}, {Flow: "tasks", Cause: "refused", Open: 3, Hidden: 1, Since: noon.Add(time.Minute)}}
		if fmt.Sprint(counts) != fmt.Sprint(want) {
			t.Errorf("counts = %+v", counts)
		}
		var ids []string
		for after := int64(0); ; {
			page := must[[]store.KeyedWait](t)(db.WaitsPage(t.Context(), "acme", store.WaitPage{Cause: "refused", Flow: "tasks", At: noon, After: after, Most: 2}))
			if len(page) == 0 {
				break
			}
			for _, w := range page {
				ids, after = append(ids, w.Ref.ID), w.Key
			}
		}
		if fmt.Sprint(ids) != "[1 2 3]" {
			t.Errorf("pages have %v", ids)
		}
		hidden := must[[]store.KeyedWait](t)(db.WaitsPage(t.Context(), "acme", store.WaitPage{Cause: "refused", Hidden: true, At: noon, Most: 9}))
		if len(hidden) != 1 || hidden[0].Ref.ID != "0" || hidden[0].Why != "depois" {
			t.Errorf("hidden = %+v", hidden)
		}
		if other := must[[]store.KeyedWait](t)(db.WaitsPage(t.Context(), "acme", store.WaitPage{Cause: "refused", Flow: "customers", At: noon, Most: 9})); len(other) != 0 {
			t.Errorf("another flow's = %+v", other)
		}
	})
}

func TestWhatWasDoneIsCountedByTheHour(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		for n, at := range []time.Time{noon, noon.Add(59 * time.Minute), noon.Add(time.Hour), noon.Add(-48 * time.Hour)} {
			planned := must[[]store.Change](t)(db.Decide(t.Context(), l, store.Decision{Flow: "tasks", Run: "r1", Plan: []store.Change{{
				Key: fmt.Sprint("k", n), Run: "r1", Flow: "tasks", Kind: record.ServiceOrder, Source: task(fmt.Sprint(n)), Action: "create", To: record.Omie,
			}}}))
			c := must[store.Change](t)(db.Send(t.Context(), l, planned[0].ID, at))
			c.State, c.Settled = store.Done, at
			ok(t, db.Settle(t.Context(), l, store.Settlement{Change: c}))
		}
		got := map[time.Time]int{}
		for _, d := range must[[]store.DoneCount](t)(db.DoneSince(t.Context(), "acme", noon.Add(-time.Hour))) {
			if d.Flow != "tasks" || d.Action != "create" {
				t.Errorf("count = %+v", d)
			}
			got[d.Hour] += d.Count
		}
		if len(got) != 2 || got[noon] != 2 || got[noon.Add(time.Hour)] != 1 {
			t.Errorf("counts = %v", got)
		}
		page := must[[]store.Change](t)(db.RunChangesAfter(t.Context(), "acme", "r1", 0, 3))
		rest := must[[]store.Change](t)(db.RunChangesAfter(t.Context(), "acme", "r1", page[2].ID, 3))
		if len(page) != 3 || len(rest) != 1 || rest[0].Key != "k3" {
			t.Errorf("pages = %v, %v", page, rest)
		}
		if some := must[[]store.Change](t)(db.ChangesByID(t.Context(), "acme", []int64{rest[0].ID, page[0].ID, 999999})); len(some) != 2 || some[0].ID != page[0].ID {
			t.Errorf("by id = %v", some)
		}
	})
}

func TestRunsArePagedFromTheNewest(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		for n := range 5 {
			ok(t, db.StartRun(t.Context(), l, store.Run{ID: fmt.Sprint("r", n), Account: "acme", Started: noon}))
		}
		var ids []string
		for last := ""; ; {
			page := must[[]store.Run](t)(db.RunsBefore(t.Context(), "acme", last, 2))
			if len(page) == 0 {
				break
			}
			for _, r := range page {
				ids, last = append(ids, r.ID), r.ID
			}
		}
		if fmt.Sprint(ids) != "[r4 r3 r2 r1 r0]" {
			t.Errorf("pages have %v", ids)
		}
		if got := must[[]store.Run](t)(db.RunsBefore(t.Context(), "acme", "unknown", 2)); len(got) != 0 {
			t.Errorf("before an unknown run = %v", got)
		}
		if got := must[store.Run](t)(db.Run(t.Context(), "acme", "r3")); got.ID != "r3" {
			t.Errorf("run = %+v", got)
		}
		if holder := must[string](t)(db.Holder(t.Context(), "acme")); holder != "test" {
			t.Errorf("holder = %q", holder)
		}
		ok(t, db.Release(t.Context(), l))
		if holder := must[string](t)(db.Holder(t.Context(), "acme")); holder != "" {
			t.Errorf("holder = %q", holder)
		}
	})
}

func TestWhatIsOnItsWayOutIsCountedByFlow(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx, now := t.Context(), time.Now().UTC().Truncate(time.Millisecond)
		ref := record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "55"}
		var plan []store.Change
		for n := range 5 {
			plan = append(plan, change(fmt.Sprint("k", n)))
		}
		plan = must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Run: "r1", Flow: "customers", Settles: []record.Ref{ref}, Plan: plan}))
		settle := func(n int, state, cause string, at time.Time) {
			t.Helper()
			c := must[store.Change](t)(db.Send(ctx, l, plan[n].ID, at))
			c.State, c.Cause, c.Settled = state, cause, at
			ok(t, db.Settle(ctx, l, store.Settlement{Change: c}))
		}
		settle(0, store.Done, "", now.Add(-time.Hour)) // before
		settle(1, store.Done, "", now.Add(-2*time.Minute))
		settle(2, store.Done, "", now.Add(-time.Minute))
		settle(3, store.Planned, "paused", now)
		if got := must[[]store.Change](t)(db.NewestDone(ctx, "acme", now.Add(-10*time.Minute), 5)); len(got) != 2 || got[0].Key != "k2" || got[1].Key != "k1" {
			t.Errorf("newest: %+v", got)
		}
		want := store.Outgoing{Flow: "customers", Planned: 1, Made: 2, First: now.Add(-2 * time.Minute), Last: now.Add(-time.Minute)}
		if got := must[map[string]store.Outgoing](t)(db.Outgoing(ctx, "acme", now.Add(-10*time.Minute))); len(got) != 1 || got["customers"] != want {
			t.Errorf("%+v, not %+v", got, want)
		}
	})
}
