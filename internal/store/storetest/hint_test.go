package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ponte/internal/record"
	"ponte/internal/store"
)

func notice(id, mark string) record.Notice {
	return record.Notice{Topic: "ClienteFornecedor.Alterado", Mark: mark, Ref: record.Ref{Kind: record.Customer, Side: record.Omie, ID: id}}
}

func delivery(body string, notices ...record.Notice) store.Delivery {
	return store.Delivery{Source: record.Omie, Body: []byte(body), Notices: notices}
}

func TestADeliveryMadeAgainIsOneHint(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		for n, want := range []struct {
			d    store.Delivery
			made int
		}{
			{delivery("one", notice("1", "m1")), 1},
			{delivery("one, worded anew", notice("1", "m1")), 0},
			{delivery("two", notice("1", "")), 1},
			{delivery("two", notice("1", "")), 0},
			{delivery("three", notice("2", "m1"), notice("3", "m1"), record.Notice{Topic: "Frete.Alterado"}), 2},
			{delivery("a ping"), 0},
		} {
			if got := must[int](t)(db.AddHints(t.Context(), "acme", want.d)); got != want.made {
				t.Errorf("delivery %d made %d hints, not %d", n, got, want.made)
			}
		}
		open := must[[]store.Hint](t)(db.OpenHints(t.Context(), "acme"))
		if len(open) != 4 || open[0].Times != 2 || open[1].Times != 2 || open[3].Notice.Ref.ID != "3" {
			t.Errorf("open = %+v", open)
		}
		ok(t, db.SettleHints(t.Context(), l, "r1", store.HintRead, open[0].Seq, open[1].Seq))
		// Settled: the marked event is known for good, a like body without a mark may be another event.
		if got := must[int](t)(db.AddHints(t.Context(), "acme", delivery("late", notice("1", "m1")))); got != 0 {
			t.Errorf("a late repeat made %d hints", got)
		}
		if got := must[int](t)(db.AddHints(t.Context(), "acme", delivery("two", notice("1", "")))); got != 1 {
			t.Errorf("a like body later made %d hints", got)
		}
		_, err := db.AddHints(t.Context(), "nobody", delivery("x", notice("1", "")))
		if err == nil {
			t.Error("an unknown account got a hint")
		}
	})
}

// A paused account's hooks speak on and nobody takes them up: no hint is kept for more than a week.
func TestHintsThatNobodyTakesUpAreForgotten(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		for n, days := range []int{9, 8, 6, 0} {
			d := delivery(fmt.Sprint(n), notice(fmt.Sprint(n), ""))
			d.At = time.Now().AddDate(0, 0, -days)
			must[int](t)(db.AddHints(t.Context(), "acme", d))
			if n == 0 {
				ok(t, db.SettleHints(t.Context(), l, "r1", store.HintRead, must[[]store.Hint](t)(db.OpenHints(t.Context(), "acme"))[0].Seq))
			}
		}
		open := must[[]store.Hint](t)(db.OpenHints(t.Context(), "acme"))
		if all := must[[]store.Hint](t)(db.Hints(t.Context(), "acme", 9)); len(all) != 2 || len(open) != 2 || open[0].Notice.Ref.ID != "2" {
			t.Errorf("all %+v, open %+v", all, open)
		}
	})
}

func TestDeliveriesAtOnceLoseNothingAndDoubleNothing(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		other := p.open()
		var wg sync.WaitGroup
		for n := range 40 {
			wg.Go(func() {
				at := []*store.DB{db, other}[n%2]
				_, err := at.AddHints(t.Context(), "acme", delivery("x", notice(fmt.Sprint(n/4), fmt.Sprint("m", n/4))))
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		open := must[[]store.Hint](t)(db.OpenHints(t.Context(), "acme"))
		total := 0
		for _, h := range open {
			total += h.Times
		}
		if len(open) != 10 || total != 40 {
			t.Errorf("%d hints of %d deliveries", len(open), total)
		}
	})
}

func TestAHintIsSettledWithThePageThatShowsItsRecord(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		must[int](t)(db.AddHints(t.Context(), "acme", delivery("x", notice("1", ""), notice("2", ""))))
		open := must[[]store.Hint](t)(db.OpenHints(t.Context(), "acme"))
		w := page("r1", true, nil, item("1", "Um"))
		w.Hinted = map[string][]int64{"1": {open[0].Seq}, "2": {open[1].Seq}}
		db.Seam(func(at string) {
			if at == "before SavePage" {
				panic(at)
			}
		})
		func() {
			defer func() { _ = recover() }()
			_, err := db.SavePage(t.Context(), l, w)
			t.Errorf("survived: %v", err)
		}()
		db.Seam(nil)
		if n := len(must[[]store.Hint](t)(db.OpenHints(t.Context(), "acme"))); n != 2 {
			t.Errorf("%d open after a death before the commit", n)
		}
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, w))
		all := must[[]store.Hint](t)(db.Hints(t.Context(), "acme", 9))
		if all[1].Outcome != store.HintRead || all[1].Run != "r1" || all[0].Outcome != "" {
			t.Errorf("hints = %+v", all)
		}
		ok(t, db.Release(t.Context(), l))
		if err := db.SettleHints(t.Context(), l, "r", store.HintRead, open[1].Seq); !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("without a lease: %v", err)
		}
	})
}

func TestAHookIsOpenedByItsNewestTokenAlone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		ok(t, db.SetHook(t.Context(), "acme", record.Omie, "first"))
		ok(t, db.SetHook(t.Context(), "acme", record.Omie, "second"))
		if h := must[store.Hook](t)(db.HookOf(t.Context(), record.Omie, "second")); h.Account != "acme" || !h.Heard.IsZero() {
			t.Errorf("hook = %+v", h)
		}
		for _, wrong := range []struct {
			side  record.Side
			token string
		}{{record.Omie, "first"}, {record.Auvo, "second"}, {record.Omie, ""}} {
			if _, err := db.HookOf(t.Context(), wrong.side, wrong.token); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%v: %v", wrong, err)
			}
		}
		must[int](t)(db.AddHints(t.Context(), "acme", delivery("x")))
		hooks := must[[]store.Hook](t)(db.Hooks(t.Context(), "acme"))
		if len(hooks) != 1 || time.Since(hooks[0].Heard) > time.Minute {
			t.Errorf("hooks = %+v", hooks)
		}
		if secrets := must[map[string]string](t)(db.Secrets(t.Context(), "acme")); secrets[store.HookSecret(record.Omie)] != "second" {
			t.Errorf("sealed: %v", secrets)
		}
		if err := db.SetHook(t.Context(), "nobody", record.Omie, "x"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown account: %v", err)
		}
	})
}

func TestCoverageCountsWhatHooksAnnounced(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		w := page("r1", true, nil, item("1", "Um"), item("2", "Dois"), item("3", "Três"))
		w.Covers = true
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, w)) // nobody listens yet
		ok(t, db.SetHook(t.Context(), "acme", record.Omie, "token"))
		must[int](t)(db.AddHints(t.Context(), "acme", delivery("x", notice("1", ""))))
		w = page("r2", true, nil, item("1", "Um!"), item("2", "Dois!"), item("3", "Três"))
		w.Covers, w.Hinted = true, map[string][]int64{"1": {must[[]store.Hint](t)(db.OpenHints(t.Context(), "acme"))[0].Seq}}
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, w))
		got := must[[]store.Coverage](t)(db.CoverageSince(t.Context(), "acme", time.Now().Add(-time.Hour)))
		if len(got) != 1 || got[0] != (store.Coverage{Side: record.Omie, Kind: record.Customer, Found: 2, Announced: 1}) {
			t.Errorf("coverage = %+v", got)
		}
		hook := must[[]store.Hook](t)(db.Hooks(t.Context(), "acme"))[0]
		later := hook.Heard.Add(2 * time.Hour)
		if len(hook.Kinds) != 1 || hook.Kinds[0].Missed != 1 || len(hook.Silent(later)) > 0 {
			t.Errorf("after one change that nobody announced: %+v", hook)
		}
		for n := range 4 {
			w = page("r3", true, nil, item("2", "Dois"+strings.Repeat("!", n)))
			w.Covers = true
			must[[]store.Sight](t)(db.SavePage(t.Context(), l, w))
		}
		if hook = must[[]store.Hook](t)(db.Hooks(t.Context(), "acme"))[0]; len(hook.Silent(later)) != 1 || len(hook.Silent(hook.Heard)) > 0 {
			t.Errorf("after five: %+v", hook)
		}
		product := notice("9", "")
		product.Ref.Kind = record.Product
		must[int](t)(db.AddHints(t.Context(), "acme", delivery("p", product)))
		if hook = must[[]store.Hook](t)(db.Hooks(t.Context(), "acme"))[0]; len(hook.Silent(later)) != 1 || hook.Silent(later)[0].Kind != record.Customer {
			t.Errorf("after a delivery about a product customers are heard: %+v", hook)
		}
		must[int](t)(db.AddHints(t.Context(), "acme", delivery("y", notice("1", ""))))
		if hook = must[[]store.Hook](t)(db.Hooks(t.Context(), "acme"))[0]; len(hook.Silent(later)) > 0 || hook.Kinds[0].Missed != 0 || len(hook.Kinds) != 2 {
			t.Errorf("heard again: %+v", hook)
		}
		census := must[store.Census](t)(db.Census(t.Context(), time.Now(), false)).Accounts[0]
		if diff := cmp.Diff([]store.Hook{hook}, census.Hooks); diff != "" {
			t.Errorf("the census has other hooks: %s", diff)
		}
		if v := census.Coverage; len(v) != 1 || v[0].Kind != record.Customer || v[0].Found != 6 {
			t.Errorf("the census has the coverage %+v", v)
		}
	})
}

func TestAHookThatASideWasToldToCallIsMissedThoughItWasNeverHeard(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ok(t, db.SetHook(t.Context(), "acme", record.Omie, "token"))
		change := func(text string) store.Hook {
			w := page("r", true, nil, item("1", text), item("2", text), item("3", text), item("4", text), item("5", text))
			w.Covers = true
			must[[]store.Sight](t)(db.SavePage(t.Context(), l, w))
			return must[[]store.Hook](t)(db.Hooks(t.Context(), "acme"))[0]
		}
		later := time.Now().Add(2 * time.Hour)
		if h := change("a"); len(h.Silent(later)) > 0 || len(h.Kinds) > 0 {
			t.Errorf("nobody was told of the address: %+v", h)
		}
		ok(t, db.RegisteredHook(t.Context(), "acme", record.Omie))
		h := change("b")
		if silent := h.Silent(later); len(silent) != 1 || silent[0].Missed != 5 || !h.Heard.IsZero() || len(h.Silent(h.Made.Add(time.Minute))) > 0 {
			t.Errorf("registered, and never heard: %+v", h)
		}
		ok(t, db.SetHook(t.Context(), "acme", record.Omie, "another"))
		if h := must[[]store.Hook](t)(db.Hooks(t.Context(), "acme"))[0]; !h.Registered.IsZero() || h.Kinds[0].Missed != 0 {
			t.Errorf("a new address that nobody was told: %+v", h)
		}
	})
}
