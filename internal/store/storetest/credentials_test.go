package storetest

import (
	"errors"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// TestCredentialsAreReplacedAlone: settings stay, and what no key opens makes room.
func TestCredentialsAreReplacedAlone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := p.open()
		ctx := t.Context()
		old := time.Now().Add(-time.Hour)
		ok(t, db.SaveAccount(ctx, store.Account{ID: "acme", Settings: []byte(`{"id":"acme"}`), Updated: old}, map[string]string{store.SecretAuvoKey: "old", store.SecretOmieKey: "stays"}))
		ok(t, db.SaveCredentials(ctx, "acme", map[string]string{store.SecretAuvoKey: "new"}, store.Event{Ref: store.SettingsRef("acme"), What: "settings", Text: "Ana"}))
		secrets := must[map[string]string](t)(db.Secrets(ctx, "acme"))
		a := must[store.Account](t)(db.Account(ctx, "acme"))
		if secrets[store.SecretAuvoKey] != "new" || secrets[store.SecretOmieKey] != "stays" || string(a.Settings) != `{"id":"acme"}` || time.Since(a.Updated) > time.Minute {
			t.Errorf("%d secrets, %+v", len(secrets), a)
		}
		if events := must[[]store.Event](t)(db.Events(ctx, "acme", store.SettingsRef("acme"))); len(events) != 1 {
			t.Errorf("events = %+v", events)
		}
		if err := db.SaveCredentials(ctx, "nobody", nil); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("nobody's credentials: %v", err)
		}
		if h := must[store.Holdings](t)(db.Holdings(ctx, "acme")); h != (store.Holdings{}) {
			t.Errorf("holds %+v", h)
		}
	})
}

// TestAccountsAreChangedTogetherOrNotAtAll: each only from what was read of it.
func TestAccountsAreChangedTogetherOrNotAtAll(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := p.open()
		ctx := t.Context()
		var changes []store.AccountChange
		for _, id := range []string{"one", "two"} {
			ok(t, db.SaveAccount(ctx, store.Account{ID: id, Settings: []byte(`{}`)}, map[string]string{store.SecretAuvoKey: id}))
			was := must[store.Account](t)(db.Account(ctx, id))
			now := was
			now.Name, now.Settings = "New", []byte(`{"id":"new"}`)
			changes = append(changes, store.AccountChange{Was: was, Now: now, Events: []store.Event{{Ref: store.SettingsRef(id), What: "settings"}}})
		}
		stale := changes[1]
		stale.Was.Settings = []byte(`{"x":1}`)
		drafts := []store.Draft{{ID: "three", Settings: []byte(`{"id":"three"}`)}}
		if err := db.ChangeAccounts(ctx, []store.AccountChange{changes[0], stale}, drafts); !errors.Is(err, store.ErrAccountChanged) {
			t.Errorf("a stale change: %v", err)
		}
		if err := db.ChangeAccounts(ctx, changes, []store.Draft{{ID: "one"}}); !errors.Is(err, store.ErrIDTaken) {
			t.Errorf("a draft of an account's id: %v", err)
		}
		if a := must[store.Account](t)(db.Account(ctx, "one")); a.Name != "" {
			t.Errorf("half of it was done: %+v", a)
		}
		ok(t, db.ChangeAccounts(ctx, changes, drafts))
		two := must[store.Account](t)(db.Account(ctx, "two"))
		events := must[[]store.Event](t)(db.Events(ctx, "two", store.SettingsRef("two")))
		if two.Name != "New" || len(events) != 1 || must[map[string]string](t)(db.Secrets(ctx, "two"))[store.SecretAuvoKey] != "two" {
			t.Errorf("%+v, %d events", two, len(events))
		}
		if d := must[store.Draft](t)(db.Draft(ctx, "three")); string(d.Settings) != `{"id":"three"}` {
			t.Errorf("draft %+v", d)
		}
	})
}

// TestTheLastRunsOfAllAccountsAreThoseOfEach.
func TestTheLastRunsOfAllAccountsAreThoseOfEach(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		for n, id := range []string{"r1", "r2"} {
			run := store.Run{Account: "acme", ID: id, Started: noon.Add(time.Duration(n) * time.Hour)}
			ok(t, db.StartRun(ctx, l, run))
			run.Finished, run.Flows = run.Started.Add(time.Minute), []store.FlowRun{{Flow: []string{"customers", "tasks"}[n], Error: id}}
			ok(t, db.FinishRun(ctx, l, run))
		}
		ok(t, db.SaveAccount(ctx, store.Account{ID: "quiet", Settings: []byte(`{}`)}, nil))
		all := must[map[string]map[string]store.Run](t)(db.EveryLastFlowRuns(ctx))
		each := must[map[string]store.Run](t)(db.LastFlowRuns(ctx, "acme"))
		if len(all) != 1 || len(all["acme"]) != len(each) || len(each) != 2 || all["acme"]["tasks"].ID != "r2" || all["acme"]["customers"].Flows[0].Error != "r1" {
			t.Errorf("all %+v\neach %+v", all, each)
		}
		must[[]store.Sight](t)(db.SavePage(ctx, l, page("r1", false, nil, item("1", "Um"), item("2", "Dois"))))
		must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Links: []store.Link{{Kind: record.Customer, Auvo: "1", Omie: "9", How: "a"}}}))
		if h := must[store.Holdings](t)(db.Holdings(ctx, "acme")); h.Items != 2 || h.Links != 1 || h.Runs != 2 || h.Waits != 0 {
			t.Errorf("holds %+v", h)
		}
	})
}
