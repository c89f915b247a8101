package storetest

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// polo is the draft of drafted.
var polo = store.Owner{ID: "polo", Draft: true}

// drafted is a store with one draft of an Auvo key.
func drafted(t *testing.T, p place) (*store.DB, store.Draft) {
	t.Helper()
	db := p.open()
	ok(t, db.AddDraft(t.Context(), store.Draft{ID: "polo", Settings: []byte(`{"id":"polo"}`)}))
	d := must[store.Draft](t)(db.Draft(t.Context(), "polo"))
	d.Tests = []byte(`{"auvo":{}}`)
	ok(t, db.ChangeDraft(t.Context(), d, map[string]string{store.SecretAuvoKey: "clear-canary"}))
	return db, must[store.Draft](t)(db.Draft(t.Context(), "polo"))
}

func TestADraftIsChangedOnlyFromWhatWasReadAndKeepsItsSecretsSealed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, d := drafted(t, p)
		ctx := t.Context()
		if d.Version != 2 || string(d.Tests) != `{"auvo":{}}` || d.Created.IsZero() {
			t.Errorf("%+v", d)
		}
		if err := db.AddDraft(ctx, store.Draft{ID: "polo"}); !errors.Is(err, store.ErrIDTaken) {
			t.Errorf("a second draft of one id: %v", err)
		}
		ok(t, db.SaveAccount(ctx, store.Account{ID: "acme", Name: "ACME", Settings: []byte(`{}`)}, nil))
		if err := db.AddDraft(ctx, store.Draft{ID: "acme"}); !errors.Is(err, store.ErrIDTaken) {
			t.Errorf("a draft of an account's id: %v", err)
		}
		old := d
		old.Version--
		if err := db.ChangeDraft(ctx, old, map[string]string{store.SecretAuvoKey: "other"}); !errors.Is(err, store.ErrDraftChanged) {
			t.Errorf("saved over somebody's change: %v", err)
		}
		if got := must[map[string]string](t)(db.DraftSecrets(ctx, "polo")); got[store.SecretAuvoKey] != "clear-canary" || len(got) != 1 {
			t.Error("the credential did not come back")
		}
		ok(t, p.ring.Rotate())
		if n := must[int](t)(db.Reseal(ctx)); n != 1 {
			t.Errorf("%d resealed", n)
		}
		if got := must[map[string]string](t)(db.DraftSecrets(ctx, "polo")); got[store.SecretAuvoKey] != "clear-canary" {
			t.Error("the credential was lost with the old key")
		}
		ok(t, db.RemoveDraft(ctx, "polo"))
		if got := must[map[string]string](t)(db.DraftSecrets(ctx, "polo")); len(got) != 0 {
			t.Error("the credentials outlived the draft")
		}
	})
}

func TestTheNewestAskingAloneIsAnswered(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := drafted(t, p)
		ctx := t.Context()
		var numbers []int64
		put := func(_ context.Context, _ any, _ store.Owner, _ string, number int64) error {
			numbers = append(numbers, number)
			return nil
		}
		ok(t, db.AskWork(ctx, polo, "plan", "first", put))
		ok(t, db.AskWork(ctx, polo, "plan", "second", put))
		if len(numbers) != 2 || numbers[1] != 2 {
			t.Fatalf("numbers %v", numbers)
		}
		ok(t, db.EndWork(ctx, store.Work{Owner: polo, Work: "plan", Number: 1, Answered: "first", Answer: []byte("1")}))
		if w := must[map[string]store.Work](t)(db.Works(ctx, polo))["plan"]; !w.Pending() || len(w.Answer) != 0 {
			t.Errorf("an old asking was answered: %+v", w)
		}
		ok(t, db.EndWork(ctx, store.Work{Owner: polo, Work: "plan", Number: 2, Answered: "second", Said: "s", Answer: []byte("2")}))
		w := must[map[string]store.Work](t)(db.Works(ctx, polo))["plan"]
		if w.Pending() || string(w.Answer) != "2" || w.Answered != "second" || w.Said != "s" || w.Ended.IsZero() || time.Since(w.Asked) > time.Minute {
			t.Errorf("%+v", w)
		}
		failing := func(context.Context, any, store.Owner, string, int64) error { return errors.New("no queue") }
		if err := db.AskWork(ctx, polo, "plan", "third", failing); err == nil {
			t.Error("asked without a job")
		}
		if w := must[map[string]store.Work](t)(db.Works(ctx, polo))["plan"]; w.Pending() {
			t.Error("an asking without a job was kept")
		}
		if err := db.AskWork(ctx, store.Owner{ID: "nobody", Draft: true}, "plan", "x", put); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("asked about nobody: %v", err)
		}
	})
}

// TestAnAccountHasWorksOfItsOwn, apart from those of a draft of the same name, and they end with it.
func TestAnAccountHasWorksOfItsOwn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := drafted(t, p)
		ctx, account := t.Context(), store.Owner{ID: "polo"}
		var asked []store.Owner
		put := func(_ context.Context, _ any, of store.Owner, _ string, _ int64) error {
			asked = append(asked, of)
			return nil
		}
		if err := db.AskWork(ctx, account, "lists", "x", put); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("asked for a draft's account: %v", err)
		}
		ok(t, db.AskWork(ctx, polo, "lists", "draft's", put))
		ok(t, db.SaveAccount(ctx, store.Account{ID: "polo", Settings: []byte(`{}`)}, nil))
		ok(t, db.AskWork(ctx, account, "lists", "account's", put))
		ok(t, db.EndWork(ctx, store.Work{Owner: account, Work: "lists", Number: 1, Answered: "account's", Answer: []byte("1")}))
		if w := must[map[string]store.Work](t)(db.Works(ctx, polo))["lists"]; !w.Pending() || w.About != "draft's" || w.Owner != polo {
			t.Errorf("the draft's: %+v", w)
		}
		if w := must[map[string]store.Work](t)(db.Works(ctx, account))["lists"]; w.Pending() || string(w.Answer) != "1" || w.Owner != account {
			t.Errorf("the account's: %+v", w)
		}
		if len(asked) != 2 || asked[0] != polo || asked[1] != account {
			t.Errorf("jobs for %v", asked)
		}
		ok(t, db.RemoveAccount(ctx, "polo"))
		if got := must[map[string]store.Work](t)(db.Works(ctx, account)); len(got) != 0 {
			t.Error("works outlived their account")
		}
	})
}

func TestActivationMakesTheAccountItsCredentialsAndItsFirstJobOrNothing(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, d := drafted(t, p)
		ctx := t.Context()
		a := store.Account{Name: "Polo", Settings: []byte(`{"id":"polo","every":"10m"}`)}
		said := store.Event{Ref: store.SettingsRef("polo"), What: "settings", Text: "Ana"}
		var jobs []store.Job
		put := func(_ context.Context, _ any, all ...store.Job) error { jobs = append(jobs, all...); return nil }
		failing := func(context.Context, any, ...store.Job) error { return errors.New("no queue") }
		none := func(context.Context, any, store.Owner, string, int64) error { return nil }
		ok(t, db.AskWork(ctx, polo, store.WorkInherited, "keys", none))
		ok(t, db.EndWork(ctx, store.Work{Owner: polo, Work: store.WorkInherited, Number: 1, Answered: "keys", Answer: []byte(`[7]`)}))
		ok(t, db.AskWork(ctx, polo, "plan", "x", none))
		if err := db.Activate(ctx, d, a, failing, nil, said); err == nil {
			t.Error("activated without a job")
		}
		old := d
		old.Version--
		if err := db.Activate(ctx, old, a, put, nil, said); !errors.Is(err, store.ErrDraftChanged) {
			t.Errorf("a changed draft was activated: %v", err)
		}
		if all := must[[]store.Account](t)(db.Accounts(ctx)); len(all) != 0 {
			t.Fatalf("accounts %v", all)
		}
		ok(t, db.Activate(ctx, d, a, put, map[string]string{"apart/x": "1"}, said))
		row := must[store.Account](t)(db.Account(ctx, "polo"))
		secrets := must[map[string]string](t)(db.Secrets(ctx, "polo"))
		events := must[[]store.Event](t)(db.Events(ctx, "polo", store.SettingsRef("polo")))
		if row.Name != "Polo" || row.Paused || secrets[store.SecretAuvoKey] != "clear-canary" || len(events) != 1 || len(jobs) != 1 || jobs[0].Account != "polo" {
			t.Errorf("%+v, %d secrets, %v, %v", row, len(secrets), events, jobs)
		}
		works := must[map[string]store.Work](t)(db.Works(ctx, store.Owner{ID: "polo"}))
		if w := works[store.WorkInherited]; len(works) != 1 || string(w.Answer) != `[7]` || w.Answered != "keys" || w.Ended.IsZero() {
			t.Errorf("inherited: %+v", works)
		}
		if _, err := db.Draft(ctx, "polo"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the draft is still there: %v", err)
		}
	})
}

func TestADraftIsLeasedLikeTheAccountThatItBecomes(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, d := drafted(t, p)
		ctx := t.Context()
		l := must[store.Lease](t)(db.Acquire(ctx, "polo", "one", time.Minute))
		if _, err := db.Acquire(ctx, "polo", "two", time.Minute); err == nil {
			t.Error("two hold one draft")
		}
		ok(t, db.Renew(ctx, l, time.Minute))
		ok(t, db.Activate(ctx, d, store.Account{Name: "Polo", Settings: []byte(`{}`)}, func(context.Context, any, ...store.Job) error { return nil }, nil))
		if _, err := db.Acquire(ctx, "polo", "two", time.Minute); err == nil {
			t.Error("the account is free while somebody still works on its draft")
		}
		ok(t, db.Release(ctx, l))
		if next := must[store.Lease](t)(db.Acquire(ctx, "polo", "two", time.Minute)); next.Epoch <= l.Epoch {
			t.Errorf("epoch %d after %d", next.Epoch, l.Epoch)
		}
	})
}

func TestABackupHoldsDrafts(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := drafted(t, p)
		ok(t, db.AskWork(t.Context(), polo, "plan", "x", func(context.Context, any, store.Owner, string, int64) error { return nil }))
		file := filepath.Join(t.TempDir(), "backup.db")
		must[store.BackupInfo](t)(db.Backup(t.Context(), file, false))
		p.dsn = file
		back := p.open()
		if got := must[map[string]string](t)(back.DraftSecrets(t.Context(), "polo")); got[store.SecretAuvoKey] != "clear-canary" {
			t.Error("the credential is not in the backup")
		}
		if w := must[map[string]store.Work](t)(back.Works(t.Context(), polo))["plan"]; w.Number != 1 {
			t.Errorf("%+v", w)
		}
	})
}

func TestActivationTakesNoAccountsPlace(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, d := drafted(t, p)
		ok(t, db.SaveAccount(t.Context(), store.Account{ID: "polo", Name: "applied", Settings: []byte(`{}`)}, nil))
		err := db.Activate(t.Context(), d, store.Account{Name: "drafted", Settings: []byte(`{}`)}, func(context.Context, any, ...store.Job) error { return nil }, nil)
		if !errors.Is(err, store.ErrIDTaken) {
			t.Errorf("activated over an account: %v", err)
		}
		if row := must[store.Account](t)(db.Account(t.Context(), "polo")); row.Name != "applied" {
			t.Errorf("%+v", row)
		}
	})
}

func TestTheReviewOfADraftIsPagedSearchedAndReplacedWhole(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, d := drafted(t, p)
		ctx := t.Context()
		put := func(context.Context, any, store.Owner, string, int64) error { return nil }
		record1 := func(side record.Side, id, name string) record.Item {
			return record.Item{Kind: record.Customer, Side: side, ID: id, Title: name, Fields: record.Fields{record.FieldName: name, record.FieldDocument: "11222333000181"}}
		}
		pair := func(seq int64, auvo, omie string) store.DraftPair {
			return store.DraftPair{Kind: record.Customer, Level: "certain", Seq: seq, Auvo: auvo, Omie: omie, Score: 7, Reasons: []string{"a", "b"}}
		}
		for n := int64(1); n <= 2; n++ {
			ok(t, db.AskWork(ctx, polo, "plan", "x", put))
			ok(t, db.DropReview(ctx, "polo", n))
			ok(t, db.SaveReview(ctx, "polo", n, []record.Item{record1(record.Auvo, "1", "Água 100%"), record1(record.Omie, "71", "Água Ltda")}, []store.DraftPair{pair(1, "1", "71"), pair(2, "2", "72"), pair(3, "3", "")}))
			ok(t, db.SaveReview(ctx, "polo", n, []record.Item{record1(record.Auvo, "1", "Água 100%")}, nil)) // a job that is run twice
		}
		ok(t, db.EndWork(ctx, store.Work{Owner: polo, Work: "plan", Number: 2, Reviews: true}))
		if got := must[map[string]int](t)(db.CountDraftPairs(ctx, "polo", 1, record.Customer)); len(got) != 0 {
			t.Errorf("what an older asking found is there: %v", got)
		}
		some := must[[]store.DraftPair](t)(db.DraftPairs(ctx, "polo", 2, record.Customer, "certain", 1, 1))
		if len(some) != 1 || some[0].Auvo != "2" || len(some[0].Reasons) != 2 || some[0].Score != 7 {
			t.Errorf("%+v", some)
		}
		for what, want := range map[string]int{"agua": 1, "ÁGUA 100%": 1, "1": 1, "11.222.333/0001-81": 1, "fogo": 0} {
			if got := must[[]record.Item](t)(db.FindDraftRecords(ctx, "polo", 2, record.Customer, record.Auvo, what, 5)); len(got) != want {
				t.Errorf("%q finds %+v", what, got)
			}
		}
		if n := must[int](t)(db.ChooseLevel(ctx, "polo", 2, record.Customer, "certain", true, "Ana")); n != 2 {
			t.Errorf("%d chosen", n)
		}
		ok(t, db.Choose(ctx, "polo", store.DraftChoice{Kind: record.Customer, Auvo: "9", Omie: "71", Choice: store.RoleMain, By: "Eva"}, store.DraftChoice{Kind: record.Customer, Auvo: "1", Omie: "71", Choice: store.ChoiceApart}))
		all := must[[]store.DraftChoice](t)(db.DraftChoices(ctx, "polo"))
		if len(all) != 3 || all[0].Choice != store.ChoiceApart || all[2].Auvo != "9" || all[1].By != "Ana" || !all[1].Known {
			t.Errorf("%+v", all)
		}
		if got := must[[]store.DraftChoice](t)(db.SomeDraftChoices(ctx, "polo", record.Customer, false, all[1], 5)); len(got) != 1 || got[0].Auvo != "9" {
			t.Errorf("%+v", got)
		}
		if got := must[map[string]int](t)(db.CountDraftChoices(ctx, "polo", record.Customer)); got["main"] != 2 || got["apart"] != 1 {
			t.Errorf("%v", got)
		}
		if got := must[map[string]int](t)(db.CountDraftPairs(ctx, "polo", 2, record.Customer)); got["certain"] != 1 {
			t.Errorf("%v is left to say", got)
		}
		if err := db.Activate(ctx, d, store.Account{Settings: []byte(`{}`)}, func(context.Context, any, ...store.Job) error { return nil }, nil); !errors.Is(err, store.ErrDraftChanged) {
			t.Errorf("activated without what was said since: %v", err)
		}
		ok(t, db.Unchoose(ctx, "polo", all...))
		if err := db.Choose(ctx, "nobody", all...); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("said of nobody: %v", err)
		}
		ok(t, db.ReviewDraft(ctx, "polo", 2))
		if now := must[store.Draft](t)(db.Draft(ctx, "polo")); now.Reviewed != 2 || now.Chosen != d.Chosen+3 {
			t.Errorf("%+v", now)
		}
	})
}
