package storetest

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/secret"
	"ponte/internal/store"
)

func customer(id string) record.Ref {
	return record.Ref{Kind: record.Customer, Side: record.Omie, ID: id}
}

// many returns n customers with payloads of about 2 kB.
func many(n int) []record.Item {
	items := make([]record.Item, n)
	for i := range items {
		items[i] = item(strconv.Itoa(i+1), "Cliente número "+strconv.Itoa(i+1))
		items[i].Fields = items[i].Fields.With(record.Fields{record.FieldEmail: "a@b.example", record.FieldPhone: "1133334444", record.FieldActive: "true"})
		items[i].Raw = []byte(`{"observacao":"` + strings.Repeat("x", 2000) + `"}`)
	}
	return items
}

func benched(b *testing.B) (*store.DB, store.Lease) {
	b.Helper()
	keys, err := secret.Open(secret.Options{Database: filepath.Join(b.TempDir(), "keys")})
	if err != nil {
		b.Fatal(err)
	}
	db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "ponte.db"), keys)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	if err := db.SaveAccount(b.Context(), store.Account{ID: "acme"}, nil); err != nil {
		b.Fatal(err)
	}
	l, err := db.Acquire(b.Context(), "acme", "bench", time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	return db, l
}

func TestALinkWakesWhatTheSameBatchLeavesWaiting(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, page("r1", true, nil, item("1", "Um"), item("2", "Dois"))))
		links := store.Decision{
			Run: "r1", Flow: "customers", Settles: []record.Ref{customer("1")},
			Links: []store.Link{{Kind: record.Customer, Auvo: "55", Omie: "1"}},
		}
		waits := store.Decision{Run: "r1", Flow: "customers", Settles: []record.Ref{customer("2")}, Waits: []store.Wait{{
			Flow: "customers", Ref: customer("2"), Cause: "missing-customer", Needs: []string{store.TokenLink(record.Customer, record.Omie, "1")},
		}}}
		must[[]store.Change](t)(db.Decide(t.Context(), l, links, waits))
		if s := must[store.ItemState](t)(db.ItemState(t.Context(), "acme", customer("2"))); !s.Dirty {
			t.Error("the record waits for a link that is there")
		}
	})
}

func TestAKeyThatIsTakenLeavesNothingOfTheDecisions(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, page("r1", true, nil, item("1", "Um"))))
		sent := must[[]store.Change](t)(db.Decide(t.Context(), l, store.Decision{Plan: []store.Change{change("taken")}}))[0]
		must[store.Change](t)(db.Send(t.Context(), l, sent.ID, time.Now()))
		planned, err := db.Decide(t.Context(), l,
			store.Decision{Settles: []record.Ref{customer("1")}, Outcome: store.OutcomeUnchanged, Plan: []store.Change{change("free")}},
			store.Decision{Plan: []store.Change{change("taken")}})
		if err == nil || planned != nil {
			t.Errorf("planned %+v, %v", planned, err)
		}
		if s := must[store.ItemState](t)(db.ItemState(t.Context(), "acme", customer("1"))); !s.Dirty || s.Outcome != "" {
			t.Errorf("state = %+v", s)
		}
		if n := len(must[[]store.Change](t)(db.Planned(t.Context(), "acme", "customers"))); n != 0 {
			t.Errorf("%d planned", n)
		}
	})
}

func TestADoneChangeStaysDone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		c := must[[]store.Change](t)(db.Decide(t.Context(), l, store.Decision{Plan: []store.Change{change("k")}}))[0]
		c.State = store.Done
		ok(t, db.Settle(t.Context(), l, store.Settlement{Change: c}))
		c.State = store.Unknown
		if err := db.Settle(t.Context(), l, store.Settlement{Change: c}); err == nil {
			t.Error("a done change became unknown")
		}
		if _, err := db.Send(t.Context(), l, c.ID, time.Now()); err == nil {
			t.Error("a done change was sent again")
		}
		if n := must[int](t)(db.CountDone(t.Context(), "acme", "create", record.Customer)); n != 1 {
			t.Errorf("%d done", n)
		}
	})
}

func TestADeathAroundASettlementKeepsLedgerAndItemTogether(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		for point, made := range map[string]bool{"before Settle": false, "after Settle": true} {
			c := must[[]store.Change](t)(db.Decide(t.Context(), l, store.Decision{Plan: []store.Change{change(point)}}))[0]
			c = must[store.Change](t)(db.Send(t.Context(), l, c.ID, time.Now()))
			id := strconv.FormatInt(c.ID, 10)
			c.State, c.Omie = store.Done, id
			diesAt(t, db, point, func() error {
				return db.Settle(t.Context(), l, store.Settlement{
					Change: c, Items: []record.Item{item(id, "Um")},
					Links: []store.Link{{Kind: record.Customer, Auvo: "a" + id, Omie: id}},
				})
			})
			state := must[store.Change](t)(db.Change(t.Context(), "acme", c.ID)).State
			_, linkErr := db.Link(t.Context(), "acme", record.Customer, record.Omie, id)
			if (state == store.Done) != made || (linkErr == nil) != made || (!made && state != store.Sending) {
				t.Errorf("%s: change %s, link %v", point, state, linkErr)
			}
		}
	})
}

// diesAt runs write and has it die at a point of its transaction.
func diesAt(t *testing.T, db *store.DB, point string, write func() error) {
	t.Helper()
	db.Seam(func(at string) {
		if at == point {
			panic(point)
		}
	})
	defer db.Seam(nil)
	defer func() {
		if recover() == nil {
			t.Errorf("survived %s", point)
		}
	}()
	ok(t, write())
}

func TestASettledItemKeepsWhatTheAnswerDoesNotSay(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		must[[]store.Sight](t)(db.SavePage(ctx, l, page("r2", true, nil, item("1", "Um"))))
		stock := page("r2", false, nil, record.Item{ID: "1", Fields: record.Fields{record.FieldStock: "5"}})
		stock.Partial = true
		must[[]store.Sight](t)(db.SavePage(ctx, l, stock))
		c := must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Run: "r1", Settles: []record.Ref{customer("1")}, Plan: []store.Change{change("k")}}))[0]
		c.State, c.Run = store.Done, "r1"
		answer := item("1", "Dois")
		answer.Raw, answer.Keys = nil, nil
		ok(t, db.Settle(ctx, l, store.Settlement{Change: c, Items: []record.Item{answer}}))
		got := must[record.Item](t)(db.Item(ctx, "acme", customer("1")))
		if got.Fields[record.FieldName] != "Dois" || got.Fields[record.FieldStock] != "5" || len(got.Raw) == 0 {
			t.Errorf("item = %+v", got)
		}
		state := must[store.ItemState](t)(db.ItemState(ctx, "acme", customer("1")))
		if state.Seen != "r2" || state.Dirty {
			t.Errorf("state = %+v", state)
		}
		answer.Raw = []byte(`{"razao_social":"Dois"}`)
		if s := must[[]store.Sight](t)(db.SavePage(ctx, l, page("r3", true, nil, answer))); s[0].Changed {
			t.Error("our own write came back as somebody's change")
		}
		byOldKey := must[[]record.Item](t)(db.ItemsByKey(ctx, "acme", record.Omie, record.Customer, record.Key{Name: record.KeyDocument, Value: "doc1"}))
		if len(byOldKey) != 0 {
			t.Errorf("found by a key it lost: %+v", byOldKey)
		}
	})
}

func TestAPartialPageIsNoSightOfTheWholeRecord(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		gone := time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC)
		must[[]store.Sight](t)(db.SavePage(ctx, l, page("r1", true, nil, item("1", "Um"))))
		ok(t, db.MarkMissing(ctx, l, []record.Ref{customer("1")}, gone))
		stock := page("r2", false, nil, record.Item{ID: "1", Fields: record.Fields{record.FieldStock: "5"}})
		stock.Partial = true
		must[[]store.Sight](t)(db.SavePage(ctx, l, stock))
		if s := must[store.ItemState](t)(db.ItemState(ctx, "acme", customer("1"))); s.Seen != "r1" || !s.Missing.Equal(gone) {
			t.Errorf("state = %+v", s)
		}
		must[[]store.Sight](t)(db.SavePage(ctx, l, page("r3", true, nil, item("1", "Um"))))
		if since := must[time.Time](t)(db.MissingSince(ctx, "acme", customer("1"))); !since.IsZero() {
			t.Errorf("missing since %v", since)
		}
	})
}

func TestAChangedRecordWakesWhatNeedsItOrAKeyOfIt(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		document := func(v string) string {
			return store.TokenKey(record.Omie, record.Customer, record.Key{Name: record.KeyDocument, Value: v})
		}
		must[[]store.Sight](t)(db.SavePage(ctx, l, page("r1", true, nil, item("1", "Um"), item("2", "Dois"))))
		for token, news := range map[string]record.Item{
			store.TokenItem(customer("1")): item("1", "Outro"),
			document("doc1"):               {ID: "1", Title: "lost its key"},
			document("doc7"):               item("7", "gained a key"),
		} {
			wait := store.Wait{Flow: "customers", Ref: customer("2"), Cause: "ambiguous-match", Needs: []string{token, token}}
			must[[]store.Change](t)(db.Decide(ctx, l, store.Decision{Flow: "customers", Settles: []record.Ref{customer("2")}, Waits: []store.Wait{wait}}))
			must[[]store.Sight](t)(db.SavePage(ctx, l, page("r2", false, nil, news)))
			if s := must[store.ItemState](t)(db.ItemState(ctx, "acme", customer("2"))); !s.Dirty {
				t.Errorf("%s woke nobody", token)
			}
			must[[]store.Sight](t)(db.SavePage(ctx, l, page("r1", false, nil, item("1", "Um"))))
		}
	})
}

func TestEmptyListsAreQuestionsWithoutAnswer(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		must[int](t)(db.RedecideOutcomes(t.Context(), l, record.Customer))
		must[int](t)(db.CountDone(t.Context(), "acme", "create"))
		ok(t, db.Wake(t.Context(), l))
		ok(t, db.AddEvents(t.Context(), l))
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, page("r1", true, &store.Cursor{}, []record.Item{}...)))
	})
}
