package storetest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ponte/internal/store"
)

func act(what, account, person string) store.Act {
	return store.Act{At: noon, Account: account, Person: person, By: person + ", " + person + "@example.test", What: what, Said: "fez " + what}
}

// saidBy are the sentences of acts, newest first.
func saidBy(t *testing.T, db *store.DB, f store.ActFilter) (out []string) {
	t.Helper()
	for _, a := range must[[]store.Act](t)(db.Acts(t.Context(), f, 0, 100)) {
		out = append(out, a.Said)
	}
	return out
}

func TestAnActIsThereIfAndOnlyIfItsChangeIs(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := db.WithAct(t.Context(), act("one", "acme", "ana"))
		if err := db.SetPaused(ctx, "nobody", true); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("pausing nobody: %v", err)
		}
		ok(t, db.EndSession(ctx, "ana", "none")) // changes no row
		if _, err := db.Accounts(ctx); err != nil {
			t.Fatal(err)
		}
		if got := saidBy(t, db, store.ActFilter{}); len(got) > 0 {
			t.Errorf("without a change there are %v", got)
		}
		ok(t, db.SetPaused(ctx, "acme", true))
		ok(t, db.SetPaused(ctx, "acme", false)) // the same act's second change
		if got := saidBy(t, db, store.ActFilter{}); !cmp.Equal(got, []string{"fez one"}) {
			t.Errorf("after two changes of one act there are %v", got)
		}
		ok(t, db.SetMark(db.WithAct(t.Context(), act("leased", "acme", "ana")), l, "a", "1"))
		enqueued := func(context.Context, any, ...store.Job) error { return nil }
		must[store.Schedule](t)(db.Hasten(db.WithAct(t.Context(), act("queued", "acme", "ana")), "acme", enqueued))
		if got := saidBy(t, db, store.ActFilter{}); !cmp.Equal(got, []string{"fez queued", "fez leased", "fez one"}) {
			t.Errorf("acts = %v", got)
		}
		// Who lost the lease did nothing.
		stale := l
		stale.Epoch--
		if err := db.SetMark(db.WithAct(t.Context(), act("lost", "acme", "ana")), stale, "a", "2"); !errors.Is(err, store.ErrLeaseLost) {
			t.Fatalf("under a lost lease: %v", err)
		}
		// A paused account is not hastened: its schedule is held, and stays as it is.
		ok(t, db.SetPaused(t.Context(), "acme", true))
		must[store.Schedule](t)(db.Hasten(db.WithAct(t.Context(), act("hasten", "acme", "ana")), "acme", enqueued))
		ok(t, db.RemoveAccount(t.Context(), "acme"))
		if n := must[store.Act](t)(db.VerifyActs(t.Context(), nil)).Seq; n != 3 {
			t.Errorf("of 3 acts %d outlived their account", n)
		}
	})
}

func TestADeathBeforeTheCommitLeavesNeitherChangeNorAct(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		ctx := db.WithAct(t.Context(), act("one", "acme", "ana"))
		dieAt := func(point string) {
			db.Seam(func(at string) {
				if at == point {
					panic(point)
				}
			})
			defer func() {
				db.Seam(nil)
				if recover() == nil {
					t.Errorf("%s was not reached", point)
				}
			}()
			_ = db.SetPaused(ctx, "acme", true) // dies
		}
		dieAt("before SetPaused")
		if a := must[store.Account](t)(db.Account(t.Context(), "acme")); a.Paused || len(saidBy(t, db, store.ActFilter{})) > 0 {
			t.Errorf("before the commit: paused %v, acts %v", a.Paused, saidBy(t, db, store.ActFilter{}))
		}
		dieAt("after SetPaused")
		if a := must[store.Account](t)(db.Account(t.Context(), "acme")); !a.Paused || len(saidBy(t, db, store.ActFilter{})) != 1 {
			t.Errorf("after the commit: paused %v, acts %v", a.Paused, saidBy(t, db, store.ActFilter{}))
		}
	})
}

func TestActsAreReadBackAsTheyWereAndPagedByKey(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := p.open()
		full := store.Act{
			At: noon, Account: "acme", Person: "ana", By: "Ana, ana@example.test", What: "rule", About: "orders.service_order", Said: "mudou <b>“category”</b>\x00\xff",
			Fields: []store.ActField{{Name: "category", Before: "1.01", After: "<script>"}, {Name: "stage", Before: "", After: "10\x00"}},
		}
		ok(t, db.AddAct(t.Context(), full))
		got := must[[]store.Act](t)(db.Acts(t.Context(), store.ActFilter{}, 0, 9))
		full.Seq, full.Said, full.Fields[1].After = 1, "mudou <b>“category”</b>\uFFFD\uFFFD", "10\uFFFD"
		if len(got) != 1 || len(got[0].Hash) != 64 {
			t.Fatalf("acts = %+v", got)
		}
		full.Hash = got[0].Hash
		if diff := cmp.Diff(full, got[0]); diff != "" {
			t.Error(diff)
		}
		for n := range 30 {
			person, account, what := []string{"ana", "bia"}[n%2], []string{"acme", "", "beta"}[n%3], []string{"rule", "person"}[n/15]
			a := act(what, account, person)
			a.Said = fmt.Sprint(n)
			ok(t, db.AddAct(t.Context(), a))
		}
		for f, want := range map[store.ActFilter]int{
			{}: 31, {Account: "acme"}: 11, {Person: "ana"}: 16, {What: "rule"}: 16, {Account: "beta", Person: "bia"}: 5, {Account: "beta", What: "person"}: 5,
			{Person: "bia", What: "rule"}: 7, {Account: "acme", Person: "ana", What: "person"}: 2, {Account: "gone"}: 0,
		} {
			seen, before := map[int64]bool{}, int64(0)
			for {
				page := must[[]store.Act](t)(db.Acts(t.Context(), f, before, 4))
				for _, a := range page {
					if before != 0 && a.Seq >= before {
						t.Fatalf("%+v: act %d comes after %d", f, a.Seq, before)
					}
					seen[a.Seq], before = true, a.Seq
				}
				if len(page) < 4 {
					break
				}
			}
			if len(seen) != want {
				t.Errorf("%+v: %d acts, not %d", f, len(seen), want)
			}
		}
		who := must[[]store.Actor](t)(db.Actors(t.Context(), store.ActFilter{}))
		if diff := cmp.Diff([]store.Actor{{Person: "ana", By: "ana, ana@example.test"}, {Person: "bia", By: "bia, bia@example.test"}}, who); diff != "" {
			t.Error(diff)
		}
		if who := must[[]store.Actor](t)(db.Actors(t.Context(), store.ActFilter{Account: "gone"})); len(who) > 0 {
			t.Errorf("an account without acts has %v", who)
		}
		if n := must[store.Act](t)(db.VerifyActs(t.Context(), nil)).Seq; n != 31 {
			t.Errorf("the chain has %d acts", n)
		}
	})
}

// TestALivingAccountHasNoActsOfTheDead: another company may have the id now.
func TestALivingAccountHasNoActsOfTheDead(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := p.open()
		for _, a := range []store.Act{act("rule", "acme", "ana"), act("account-removed", "acme", "ana"), act("account-removed", "beta", "ana"), act("rule", "acme", "bia"), act("rule", "beta", "ana")} {
			ok(t, db.AddAct(t.Context(), a))
		}
		living := must[[]store.Act](t)(db.Acts(t.Context(), store.ActFilter{Account: "acme", Living: true}, 0, 9))
		if len(living) != 1 || living[0].Person != "bia" {
			t.Errorf("acts = %+v", living)
		}
		if who := must[[]store.Actor](t)(db.Actors(t.Context(), store.ActFilter{Account: "acme", Living: true})); len(who) != 1 || who[0].Person != "bia" {
			t.Errorf("actors = %v", who)
		}
		if all := must[[]store.Act](t)(db.Acts(t.Context(), store.ActFilter{Account: "acme"}, 0, 9)); len(all) != 3 {
			t.Errorf("all acts = %+v", all)
		}
	})
}

// TestManyWriteOneChain: two processes, at once.
func TestManyWriteOneChain(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		dbs := []*store.DB{p.open(), p.open()}
		if n := must[store.Act](t)(dbs[0].VerifyActs(t.Context(), nil)).Seq; n != 0 {
			t.Errorf("an empty chain has %d", n)
		}
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				for range 5 {
					if err := dbs[n%2].AddAct(t.Context(), act("many", "", fmt.Sprint("p", n))); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if n := must[store.Act](t)(dbs[1].VerifyActs(t.Context(), nil)).Seq; n != 40 {
			t.Errorf("the chain has %d acts, not 40", n)
		}
	})
}

func TestAnActThatWasTouchedBreaksTheChain(t *testing.T) {
	for name, c := range map[string]struct {
		touch string
		at    int64
	}{
		"a sentence":      {`update acts set said = 'nada' where seq = 2`, 2},
		"who":             {`update acts set person = 'eve' where seq = 3`, 3},
		"a value":         {`update acts set fields = '' where seq = 2`, 2},
		"one in between":  {`delete from acts where seq = 2`, 2},
		"the last":        {`delete from acts where seq = 3`, 3},
		"all of them":     {`delete from acts`, 1},
		"the end's hash":  {`update acts_head set hash = 'x'`, 3},
		"two in exchange": {`update acts set said = case said when 'fez a' then 'fez b' else 'fez a' end where seq < 3`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, p place) {
				db := p.open()
				for _, what := range []string{"a", "b", "c"} {
					a := act(what, "acme", "ana")
					a.Fields = []store.ActField{{Name: "x", Before: "1", After: what}}
					ok(t, db.AddAct(t.Context(), a))
				}
				if n := must[store.Act](t)(db.VerifyActs(t.Context(), nil)).Seq; n != 3 {
					t.Fatalf("the chain has %d acts", n)
				}
				if _, err := db.SQL().ExecContext(t.Context(), c.touch); err != nil {
					t.Fatal(err)
				}
				var broken *store.BrokenChainError
				if _, err := db.VerifyActs(t.Context(), nil); !errors.As(err, &broken) || broken.Seq != c.at {
					t.Errorf("found %v, want a break at %d", err, c.at)
				}
			})
		})
	}
}

// TestABackupTakesTheChainAlong: and the act of making it is in the store, not in the copy.
func TestABackupTakesTheChainAlong(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		ok(t, db.AddAct(t.Context(), act("before", "acme", "ana")))
		ctx := db.WithAct(t.Context(), act("backup", "", "ana"))
		file := filepath.Join(t.TempDir(), "copy.db")
		must[store.BackupInfo](t)(db.Backup(ctx, file, false))
		copied := place{t, file, p.ring}.open()
		if n := must[store.Act](t)(copied.VerifyActs(t.Context(), nil)).Seq; n != 1 {
			t.Errorf("the backup has %d acts", n)
		}
		ok(t, copied.AddAct(t.Context(), act("after", "acme", "ana")))
		if n := must[store.Act](t)(copied.VerifyActs(t.Context(), nil)).Seq; n != 2 {
			t.Errorf("a started backup has %d acts", n)
		}
	})
}

func TestTheDatabaseTellsItsSizeAndItsActs(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := p.open()
		before := must[store.About](t)(db.About(t.Context()))
		ok(t, db.AddAct(t.Context(), act("one", "", "ana")))
		after := must[store.About](t)(db.About(t.Context()))
		if before.Acts != 0 || after.Acts != 1 || after.Bytes < 4096 || after.Postgres != (db.Pool() != nil) {
			t.Errorf("about = %+v, then %+v", before, after)
		}
	})
}
