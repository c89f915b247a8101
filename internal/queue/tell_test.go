package queue_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"ponte/internal/alert"
	"ponte/internal/alert/alerttest"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/queue"
	"ponte/internal/record"
	"ponte/internal/store"
)

// TestWhatIsWrongIsToldOnceByMailAndWebhook has two processes look many times a
// second at an account in which two records wait for one cause.
func TestWhatIsWrongIsToldOnceByMailAndWebhook(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn, "acme")
		box := alerttest.NewMailbox(t)
		hook := alerttest.NewWebhook(t, 503) // its first answer asks for a repeat, which comes after a minute: not here
		a := h.sides["acme"].account
		a.Name, a.Alerts = "ACME", *config.New[config.Alerts]()
		a.Alerts.Email, a.Alerts.After = []string{"ana@acme.test", "bia@acme.test"}, 0
		a.Alerts.Webhook = config.Webhook{URL: config.NewSecret(hook.URL), Secret: config.NewSecret("0123456789abcdef")}
		h.waits(record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "1"}, record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "2"})

		account := func(context.Context, string) (config.Account, error) { return a, nil }
		log := slog.New(slog.DiscardHandler)
		watcher := &alert.Watcher{
			Store: h.db, Log: log, Link: func(string) string { return "https://ponte.test/contas/acme" },
			Account: func(context.Context, store.Account) (config.Account, error) { return a, nil },
			Keys:    func(config.Account) map[string]string { return nil },
		}
		sender := &alert.Sender{
			Store: h.db, Log: log, Account: account, Hook: alert.NewHook(true),
			Mail: alert.Mail{Server: config.NewSecret("smtp://" + box.Address), From: "ponte@acme.test"},
		}
		for _, name := range []string{"one", "two"} {
			h.process(name, queue.Config{Watch: watcher.Watch, Send: sender.Send, Look: 200 * time.Millisecond})
		}
		h.eventually("three messages", func() bool { return len(box.Letters()) == 2 && len(hook.Calls()) == 1 })
		time.Sleep(2 * time.Second) // ten looks more
		letters, calls := box.Letters(), hook.Calls()
		if len(letters) != 2 || letters[0].To == letters[1].To || len(calls) != 1 {
			t.Errorf("%d letters, %d calls", len(letters), len(calls))
		}
		if !strings.Contains(letters[0].Text, "2 registros foram recusados") || !strings.Contains(calls[0].Body, `"rule":"waiting"`) || calls[0].Header.Get("Ponte-Signature") == "" {
			t.Errorf("%s\n%s", letters[0].Text, calls[0].Body)
		}
		state := map[string]int{}
		all, err := h.db.Messages(t.Context(), "acme", 9)
		for _, m := range all {
			state[m.Channel+" "+m.State]++
		}
		if err != nil || state["email sent"] != 2 || state["webhook due"] != 1 {
			t.Errorf("%v %v", state, err)
		}
	})
}

// TestAMessageOfABackupIsSentAfterTheRestore: a backup has the message and not its
// job. Two processes look, and it is sent once.
func TestAMessageOfABackupIsSentAfterTheRestore(t *testing.T) {
	eachDatabase(t, func(t *testing.T, dsn string) {
		h := newHouse(t, dsn, "acme")
		box := alerttest.NewMailbox(t)
		a := h.sides["acme"].account
		a.Name, a.Alerts = "ACME", *config.New[config.Alerts]()
		a.Alerts.Email = []string{"ana@acme.test"}
		err := h.db.Watch(t.Context(), "acme", store.Watched{
			At:   time.Now(),
			Also: []store.Message{{Key: "digest/2026-03-09/email/ana@acme.test", Channel: "email", To: "ana@acme.test", Subject: "resumo de antes", Body: "x"}},
			Post: func(context.Context, any, string, ...int64) error { return nil }, // left behind
		})
		if err != nil {
			t.Fatal(err)
		}
		log := slog.New(slog.DiscardHandler)
		watcher := &alert.Watcher{
			Store: h.db, Log: log, Link: func(string) string { return "" }, Now: func() time.Time { return time.Now().Add(3 * time.Hour) },
			Account: func(context.Context, store.Account) (config.Account, error) { return a, nil },
			Keys:    func(config.Account) map[string]string { return nil },
		}
		sender := &alert.Sender{Store: h.db, Log: log, Mail: alert.Mail{Server: config.NewSecret("smtp://" + box.Address), From: "ponte@acme.test"}}
		for _, name := range []string{"one", "two"} {
			h.process(name, queue.Config{Watch: watcher.Watch, Send: sender.Send, Look: 200 * time.Millisecond})
		}
		sent := func() (n int) {
			for _, l := range box.Letters() {
				if strings.Contains(l.Text, "Subject: resumo de antes") {
					n++
				}
			}
			return n
		}
		h.eventually("the letter", func() bool { return sent() > 0 })
		time.Sleep(time.Second) // five looks more
		if n := sent(); n != 1 {
			t.Errorf("%d letters", n)
		}
	})
}

// waits has records wait for a person.
func (h *house) waits(refs ...record.Ref) {
	h.t.Helper()
	err := engine.WithLease(h.t.Context(), h.db, "acme", "test", time.Second, func(ctx context.Context, l store.Lease) error {
		d := store.Decision{Flow: "customers", Settles: refs}
		for _, r := range refs {
			d.Waits = append(d.Waits, store.Wait{Flow: "customers", Ref: r, Cause: "refused", Since: time.Now().Add(-time.Minute)})
		}
		_, err := h.db.Decide(ctx, l, d)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}
