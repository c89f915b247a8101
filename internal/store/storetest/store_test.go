package storetest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

func item(id, name string) record.Item {
	return record.Item{
		Kind: record.Customer, Side: record.Omie, ID: id, Title: name, Code: "AUVOC" + id, Changed: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC),
		Fields: record.Fields{record.FieldName: name}, Keys: []record.Key{{Name: record.KeyDocument, Value: "doc" + id}}, Raw: []byte(`{"razao_social":"` + name + `"}`),
	}
}

func page(run string, carry bool, cursor *store.Cursor, items ...record.Item) store.PageWrite {
	w := store.PageWrite{Run: run, Feed: "omie/customers", Kind: record.Customer, Side: record.Omie, Cursor: cursor}
	for _, i := range items {
		w.Seen = append(w.Seen, store.Seen{Item: i, Carry: carry})
	}
	return w
}

func TestAPageStoresItemsPayloadsAndCursorTogether(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		done := time.Date(2026, 3, 10, 12, 30, 0, 0, time.UTC)
		sights := must[[]store.Sight](t)(db.SavePage(t.Context(), l, page("r1", true, &store.Cursor{Done: done, Newest: done}, item("1", "Um"), item("2", "Dois"))))
		if len(sights) != 2 || !sights[0].New || !sights[0].Dirty {
			t.Errorf("sights = %+v", sights)
		}
		got := must[record.Item](t)(db.Item(t.Context(), "acme", record.Ref{Kind: record.Customer, Side: record.Omie, ID: "1"}))
		if got.Fingerprint() != item("1", "Um").Fingerprint() || string(got.Raw) != `{"razao_social":"Um"}` {
			t.Errorf("item = %+v", got)
		}
		if c := must[store.Cursor](t)(db.Cursor(t.Context(), "acme", "omie/customers")); !c.Done.Equal(done) {
			t.Errorf("cursor = %+v", c)
		}
		again := must[[]store.Sight](t)(db.SavePage(t.Context(), l, page("r2", true, nil, item("1", "Um"), item("2", "Outro"))))
		if again[0].Changed || again[0].New || !again[1].Changed {
			t.Errorf("second sights = %+v", again)
		}
		unseen := must[[]record.Item](t)(db.Unseen(t.Context(), "acme", record.Customer, record.Omie, "r2"))
		if len(unseen) != 0 {
			t.Errorf("unseen = %+v", unseen)
		}
	})
}

func TestADeathBeforeTheCommitLeavesNothingAndAfterItEverything(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		for _, point := range []string{"before SavePage", "after SavePage"} {
			db, l := leased(t, p)
			db.Seam(func(at string) {
				if at == point {
					panic(point)
				}
			})
			func() {
				defer func() { _ = recover() }()
				_, err := db.SavePage(t.Context(), l, page("r", true, &store.Cursor{Done: time.Now()}, item(point[:6], "X")))
				t.Errorf("survived %s: %v", point, err)
			}()
			db.Seam(nil)
			_, err := db.Item(t.Context(), "acme", record.Ref{Kind: record.Customer, Side: record.Omie, ID: point[:6]})
			if stored := err == nil; stored != (point == "after SavePage") {
				t.Errorf("%s: stored %v (%v)", point, stored, err)
			}
			ok(t, db.Release(t.Context(), l))
		}
	})
}

func TestAnIndexedItemIsDirtyOnceItIsCarriedOver(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, page("r1", false, nil, item("1", "Um"))))
		if n := len(must[[]record.Item](t)(db.Dirty(t.Context(), "acme", record.Customer, record.Omie, "", 10))); n != 0 {
			t.Errorf("%d dirty after the index", n)
		}
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, page("r2", true, nil, item("1", "Um"))))
		dirty := must[[]record.Item](t)(db.Dirty(t.Context(), "acme", record.Customer, record.Omie, "", 10))
		if len(dirty) != 1 {
			t.Errorf("%d dirty once carried over", len(dirty))
		}
		if rest := must[[]record.Item](t)(db.Dirty(t.Context(), "acme", record.Customer, record.Omie, dirty[0].ID, 10)); len(rest) != 0 {
			t.Errorf("%d behind the last", len(rest))
		}
	})
}

func TestAPartialPageLaysFieldsOverTheItem(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, page("r1", false, nil, item("1", "Um"))))
		w := page("r2", true, nil, record.Item{ID: "1", Fields: record.Fields{record.FieldStock: "5"}}, record.Item{ID: "9", Fields: record.Fields{record.FieldStock: "1"}})
		w.Partial, w.Feed = true, "omie/stock"
		if sights := must[[]store.Sight](t)(db.SavePage(t.Context(), l, w)); len(sights) != 1 || !sights[0].Changed {
			t.Errorf("sights = %+v", sights)
		}
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, page("r3", false, nil, item("1", "Um"))))
		got := must[record.Item](t)(db.Item(t.Context(), "acme", record.Ref{Kind: record.Customer, Side: record.Omie, ID: "1"}))
		if got.Fields[record.FieldStock] != "5" || got.Fields[record.FieldName] != "Um" {
			t.Errorf("fields = %v", got.Fields)
		}
	})
}

func change(key string) store.Change {
	return store.Change{
		Flow: "customers", Kind: record.Customer, Key: key, Source: record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "55"}, Auvo: "55",
		Action: "create", To: record.Omie, Code: "AUVOC55", Fields: []store.FieldChange{{Name: "name", To: "Um"}},
	}
}

func TestAKeyExistsOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		ref := record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "55"}
		plan := must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Run: "r1", Flow: "customers", Settles: []record.Ref{ref}, Plan: []store.Change{change("k")}}))
		sent := must[store.Change](t)(db.Send(ctx, l, plan[0].ID, time.Now()))
		if sent.State != store.Sending || sent.Attempts != 1 {
			t.Errorf("sent = %+v", sent)
		}
		if _, err := db.Send(ctx, l, plan[0].ID, time.Now()); err == nil {
			t.Error("a change that is being sent was sent again")
		}
		_, err := db.Decide(ctx, l, store.Decision{Run: "r2", Flow: "customers", Plan: []store.Change{change("k")}})
		if _, taken := errors.AsType[*store.KeyTakenError](err); !taken {
			t.Errorf("planning a key that is being sent: %v", err)
		}
		if left := must[[]store.Change](t)(db.Unsettled(ctx, "acme")); len(left) != 1 {
			t.Errorf("unsettled = %+v", left)
		}
		sent.State = store.Waiting
		ok(t, db.Settle(ctx, l, store.Settlement{Change: sent, Waits: []store.Wait{{Flow: "customers", Ref: ref, Cause: "refused"}}}))
		again := must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Run: "r3", Flow: "customers", Settles: []record.Ref{ref}, Plan: []store.Change{change("k")}}))
		if again[0].ID != plan[0].ID || again[0].Attempts != 1 {
			t.Errorf("a refused create was not revived: %+v", again)
		}
		must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Run: "r4", Flow: "customers", Settles: []record.Ref{ref}}))
		if c := must[store.Change](t)(db.ChangeByKey(ctx, "acme", "k")); c.State != store.Superseded {
			t.Errorf("a change that is no longer planned is %s", c.State)
		}
	})
}

func TestSettlingLinksStoresAndWakes(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		source, sleeper := record.Ref{Kind: record.Customer, Side: record.Omie, ID: "1"}, record.Ref{Kind: record.Customer, Side: record.Omie, ID: "2"}
		must[[]store.Sight](t)(db.SavePage(ctx, l, page("r1", true, nil, item("1", "Um"), item("2", "Dois"))))
		wait := store.Wait{Flow: "customers", Ref: sleeper, Cause: "missing-customer", Needs: []string{store.TokenLink(record.Customer, record.Auvo, "55")}, Detail: map[string]string{"name": "Um"}}
		must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Run: "r1", Flow: "customers", Settles: []record.Ref{source, sleeper}, Outcome: store.OutcomeWaiting, Waits: []store.Wait{wait}}))
		c := change("k")
		c.Source, c.To, c.Omie = source, record.Auvo, "1"
		c = must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Run: "r1", Flow: "customers", Plan: []store.Change{c}}))[0]
		c.State, c.Auvo = store.Done, "55"
		made := record.Item{Kind: record.Customer, Side: record.Auvo, ID: "55", Title: "Um", Fields: record.Fields{record.FieldName: "Um"}}
		link := store.Link{Kind: record.Customer, Auvo: "55", Omie: "1", Base: record.Fields{record.FieldName: "Um"}, How: "criado"}
		ok(t, db.Settle(ctx, l, store.Settlement{Change: c, Items: []record.Item{made}, Links: []store.Link{link}, Outcome: store.OutcomeCreated}))
		if got := must[store.Link](t)(db.Link(ctx, "acme", record.Customer, record.Omie, "1")); got.Auvo != "55" || got.Role != store.RoleMain || got.Base[record.FieldName] != "Um" {
			t.Errorf("link = %+v", got)
		}
		if state := must[store.ItemState](t)(db.ItemState(ctx, "acme", sleeper)); !state.Dirty {
			t.Error("the link did not wake what waited for it")
		}
		waits := must[[]store.Wait](t)(db.WaitsOf(ctx, "acme", sleeper))
		if len(waits) != 1 || waits[0].Detail["name"] != "Um" {
			t.Errorf("waits = %+v", waits)
		}
		must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Run: "r2", Flow: "customers", Settles: []record.Ref{sleeper}, Waits: []store.Wait{wait}}))
		if again := must[[]store.Wait](t)(db.WaitsOf(ctx, "acme", sleeper)); len(again) != 1 || again[0].Run != "r1" || !again[0].Since.Equal(waits[0].Since) {
			t.Errorf("a wait of the same cause lost its history: %+v", again)
		}
	})
}

func TestALeaseTakenOverWritesNothingMore(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, first := leased(t, p)
		if _, err := db.Acquire(t.Context(), "acme", "other", time.Minute); err == nil {
			t.Fatal("two holders at once")
		} else if held, busy := errors.AsType[*store.LeaseHeldError](err); !busy || held.Holder != "test" {
			t.Errorf("err = %v", err)
		}
		ok(t, db.Renew(t.Context(), first, -time.Second))
		second := must[store.Lease](t)(db.Acquire(t.Context(), "acme", "other", time.Minute))
		if second.Epoch <= first.Epoch {
			t.Errorf("epochs %d, %d", first.Epoch, second.Epoch)
		}
		for name, write := range map[string]func() error{
			"SavePage": func() error {
				_, err := db.SavePage(t.Context(), first, page("r", true, nil, item("1", "Um")))
				return err
			},
			"Decide":  func() error { _, err := db.Decide(t.Context(), first, store.Decision{}); return err },
			"Settle":  func() error { return db.Settle(t.Context(), first, store.Settlement{Change: change("k")}) },
			"SetMark": func() error { return db.SetMark(t.Context(), first, "a", "b") },
			"Renew":   func() error { return db.Renew(t.Context(), first, time.Minute) },
		} {
			if err := write(); !errors.Is(err, store.ErrLeaseLost) {
				t.Errorf("%s under a lost lease: %v", name, err)
			}
		}
	})
}

func TestManyProcessesMayBootAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				db, err := store.Open(context.Background(), p.dsn, p.ring)
				if err != nil {
					t.Error(err)
					return
				}
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

func TestSecretsAreSealedAndResealed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		ok(t, db.Memory().SetToken(t.Context(), "digest", "token-canary", time.Now().Add(time.Hour)))
		ok(t, p.ring.Rotate())
		if n := must[int](t)(db.Reseal(t.Context())); n != 2 {
			t.Errorf("%d resealed", n)
		}
		if got := must[map[string]string](t)(db.Secrets(t.Context(), "acme")); got[store.SecretAuvoKey] != "clear-canary" {
			t.Errorf("secrets = %v", got)
		}
		if token, _, err := db.Memory().Token(t.Context(), "digest"); err != nil || token != "token-canary" {
			t.Errorf("token = %q, %v", token, err)
		}
		if isPostgres(p) {
			return
		}
		files := must[[]string](t)(filepath.Glob(p.dsn + "*"))
		for _, f := range files {
			raw := must[[]byte](t)(os.ReadFile(f))
			if bytes.Contains(raw, []byte("canary")) {
				t.Errorf("a secret stands in clear in %s", f)
			}
		}
	})
}

func TestMemoryOutlivesTheProcess(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		ctx, now := t.Context(), time.Now().Truncate(time.Millisecond)
		m := db.Memory()
		ok(t, m.AddFault(ctx, "k", "IncluirOS", now))
		ok(t, m.SetBlock(ctx, "k", now.Add(time.Hour)))
		ok(t, m.Remember(ctx, "k", "digest", now))
		other := p.open().Memory()
		if faults := must[[]time.Time](t)(other.Faults(ctx, "k", "IncluirOS", now.Add(-time.Minute))); len(faults) != 1 || !faults[0].Equal(now) {
			t.Errorf("faults = %v", faults)
		}
		if until := must[time.Time](t)(other.Block(ctx, "k")); !until.Equal(now.Add(time.Hour)) {
			t.Errorf("block = %v", until)
		}
		if made := must[time.Time](t)(other.LastMade(ctx, "k", "digest")); !made.Equal(now) {
			t.Errorf("made = %v", made)
		}
	})
}

func TestSearchAndHistoryAndHolds(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		must[[]store.Sight](t)(db.SavePage(ctx, l, page("r1", true, nil, item("1", "Padaria Pão & Cia"), item("2", "Academia"))))
		for what, want := range map[string]string{"padaria pao": "1", "2": "2", "doc1": "1", "AUVOC2": "2"} {
			if found := must[[]record.Item](t)(db.Search(ctx, "acme", what, 5)); len(found) != 1 || found[0].ID != want {
				t.Errorf("search %q = %+v", what, found)
			}
		}
		events := must[[]store.Event](t)(db.Events(ctx, "acme", record.Ref{Kind: record.Customer, Side: record.Omie, ID: "1"}))
		if len(events) != 1 || events[0].What != "read" {
			t.Errorf("events = %+v", events)
		}
		ok(t, db.SaveHold(ctx, l, store.Held{Flow: "tasks", Brake: "documents", Plan: "a", Count: 3, Changes: []int64{1, 2, 3}}))
		if n := must[int](t)(db.ReleaseHold(ctx, l, "tasks", "ana")); n != 3 {
			t.Errorf("released %d", n)
		}
		if held := must[[]store.Held](t)(db.Holds(ctx, "acme")); len(held) != 1 || held[0].Release != "ana" || !slices.Equal(held[0].Changes, []int64{1, 2, 3}) {
			t.Errorf("holds = %+v", held)
		}
		ok(t, db.SaveHold(ctx, l, store.Held{Flow: "tasks", Brake: "documents", Plan: "b", Count: 4}))
		if held := must[[]store.Held](t)(db.Holds(ctx, "acme")); held[0].Release != "" {
			t.Error("a release held for another plan")
		}
	})
}

func TestRunsAndRemoval(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx, at := t.Context(), time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
		run := store.Run{ID: "r1", Account: "acme", Started: at}
		ok(t, db.StartRun(ctx, l, run))
		if _, err := db.LastRun(ctx, "acme"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unfinished run is the last: %v", err)
		}
		run.Finished, run.Complete, run.Flows = at.Add(time.Second), true, []store.FlowRun{{Flow: "tasks", Read: 3, Calls: map[string]int{"auvo": 2}}}
		ok(t, db.FinishRun(ctx, l, run))
		if got := must[map[string]store.Run](t)(db.LastFlowRuns(ctx, "acme")); got["tasks"].Flows[0].Read != 3 {
			t.Errorf("last flow runs = %+v", got)
		}
		scratch := must[*store.DB](t)(store.Open(ctx, ":memory:", p.ring))
		defer func() { _ = scratch.Close() }()
		ok(t, store.Copy(ctx, db, scratch, "acme"))
		if got := must[store.Run](t)(scratch.LastRun(ctx, "acme")); !got.Complete {
			t.Errorf("copied run = %+v", got)
		}
		ok(t, db.RemoveAccount(ctx, "acme"))
		if _, err := db.Account(ctx, "acme"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a removed account: %v", err)
		}
	})
}
