package queue_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"ponte/internal/engine"
	"ponte/internal/queue"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
	"ponte/internal/store"
)

// A hook that was heard falls silent while the office works on: its account is read
// twice as often until it is heard again.
func TestPollingTightensWhileAHookIsSilentAndRelaxesWhenItSpeaks(t *testing.T) {
	inBubble(t, func(t *testing.T, db *store.DB) {
		a := accountOf(t, "alfa")
		if err := db.SaveAccount(t.Context(), store.Account{ID: "alfa", Settings: []byte(a.Settings())}, nil); err != nil {
			t.Fatal(err)
		}
		auvo, omie := &recordtest.Memory{Side: record.Auvo, Now: time.Now}, &recordtest.Memory{Side: record.Omie, Now: time.Now}
		for n := range 3 {
			omie.Put(customer(fmt.Sprint(7001+n), fmt.Sprint("Academia ", n)))
		}
		hooked := omie.System()
		customers := *hooked.Customers
		customers.Feeds[0].Hooked = true
		hooked.Customers = &customers
		e := &engine.Engine{Store: db, Auvo: auvo.System(), Omie: hooked, Account: a, Now: time.Now}
		q, err := queue.New(t.Context(), queue.Config{Store: db, Holder: "bubble", Poll: 5 * time.Second, Engine: func(context.Context, string) (*engine.Engine, error) { return e, nil }})
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		speak := func(about ...record.Notice) {
			t.Helper()
			if _, err := db.AddHints(t.Context(), "alfa", store.Delivery{Source: record.Omie, Body: []byte(fmt.Sprint(about)), Notices: about, Enqueue: q.Enqueue}); err != nil {
				t.Fatal(err)
			}
		}
		every := func() time.Duration {
			s, err := db.Schedule(t.Context(), "alfa")
			if err != nil {
				t.Fatal(err)
			}
			return s.Every
		}
		time.Sleep(time.Minute)
		if err := db.SetHook(t.Context(), "alfa", record.Omie, "token"); err != nil {
			t.Fatal(err)
		}
		speak()
		for n := range 8 { // an edit every ten minutes, of which no hook tells
			omie.Edit(record.Ref{Kind: record.Customer, Side: record.Omie, ID: fmt.Sprint(7001 + n%3)}, record.Fields{record.FieldPhone: fmt.Sprint("119999000", n)})
			time.Sleep(10 * time.Minute)
			if n == 4 && every() != 10*time.Minute {
				t.Errorf("within the hour it is read every %s", every())
			}
		}
		if every() != 5*time.Minute {
			t.Errorf("while its hook is silent it is read every %s", every())
		}
		speak(record.Notice{Topic: "ClienteFornecedor.Alterado", Ref: record.Ref{Kind: record.Customer, Side: record.Omie, ID: "7001"}})
		time.Sleep(6 * time.Minute)
		if got := every(); got < 10*time.Minute {
			t.Errorf("its hook speaks again, and it is read every %s", got)
		}
		if err := q.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}
