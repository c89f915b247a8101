package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ponte/internal/store"
)

// looks is an account that is looked at, and what was put on the queue.
type looks struct {
	t      *testing.T
	db     *store.DB
	posted []int64
}

func (l *looks) look(at time.Time, also []store.Message, abouts ...string) {
	l.t.Helper()
	w := store.Watched{
		At: at, Linger: 20 * time.Minute, Also: also,
		Tell: func(a store.Alert) []store.Message {
			return []store.Message{{Key: a.Key() + "/email", Channel: "email", To: "ana@acme.test", Subject: a.About}}
		},
		Over: func(a store.Alert) []store.Message {
			return []store.Message{{Key: a.Key() + "/over/email", Channel: "email", To: "ana@acme.test", Subject: "-" + a.About}}
		},
		Post: func(_ context.Context, tx any, _ string, messages ...int64) error {
			if tx == nil {
				return errors.New("no transaction")
			}
			l.posted = append(l.posted, messages...)
			return nil
		},
	}
	for _, about := range abouts {
		w.Found = append(w.Found, store.Alert{Rule: "waiting", About: about, Title: "T " + about, Text: "x"})
	}
	ok(l.t, l.db.Watch(l.t.Context(), "acme", w))
}

// told are the subjects of all messages, the oldest first.
func (l *looks) told() string {
	l.t.Helper()
	var out []string
	for _, m := range must[[]store.Message](l.t)(l.db.Messages(l.t.Context(), "acme", 99)) {
		out = append([]string{m.Subject}, out...)
	}
	return strings.Join(out, " ")
}

func TestWhatIsWrongIsToldOnceAndAgainOnlyAfterItEnded(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		l := &looks{t: t, db: db}
		at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
		l.look(at(0), nil)
		l.look(at(1), nil, "refused", "conflict")
		l.look(at(2), nil, "refused", "conflict")
		l.look(at(3), nil, "refused")              // conflict is gone …
		l.look(at(10), nil, "refused", "conflict") // … and back before it ended
		if l.told() != "refused conflict" || len(l.posted) != 2 {
			t.Fatalf("told %q, %d jobs", l.told(), len(l.posted))
		}
		l.look(at(11), nil, "refused")
		l.look(at(30), nil, "refused") // 19 minutes gone
		if open := must[[]store.Alert](t)(db.OpenAlerts(t.Context(), "acme")); len(open) != 2 || !open[1].Gone.Equal(at(11)) {
			t.Errorf("open: %+v", open)
		}
		if l.told() != "refused conflict" {
			t.Errorf("told %q before anything ended", l.told())
		}
		l.look(at(31), nil, "refused")
		l.look(at(32), nil, "refused")
		if open := must[[]store.Alert](t)(db.OpenAlerts(t.Context(), "acme")); len(open) != 1 || open[0].About != "refused" || !open[0].Began.Equal(at(1)) {
			t.Errorf("open: %+v", open)
		}
		l.look(at(40), nil, "refused", "conflict")
		if l.told() != "refused conflict -conflict conflict" || len(l.posted) != 4 {
			t.Errorf("told %q, %d jobs", l.told(), len(l.posted))
		}
	})
}

// TestAMessageThatNoJobIsAboutIsTakenUpAgain: a restored backup has messages, and
// no jobs. What lasts is told however late; what is over, within a day or not at all.
func TestAMessageThatNoJobIsAboutIsTakenUpAgain(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		ctx, now := t.Context(), time.Now().Truncate(time.Second) // an attempt is stamped with the real time
		l := &looks{t: t, db: db}
		digest := []store.Message{{Key: "digest/2026-03-09/email", Channel: "email", To: "ana@acme.test", Subject: "D"}}
		l.look(now, digest, "refused", "conflict")
		all := slices.Clone(l.posted)                                // refused, conflict, D
		must[store.Message](t)(db.BeginMessage(ctx, "acme", all[0])) // and its process died
		must[store.Message](t)(db.BeginMessage(ctx, "acme", all[1]))
		ok(t, db.EndMessage(ctx, "acme", all[1], store.MessageSent, ""))

		for _, step := range []struct {
			at   time.Duration
			want []int64
		}{
			{2 * time.Hour, nil}, // a job pauses as long as that
			{3 * time.Hour, []int64{all[0], all[2]}},
			{25 * time.Hour, []int64{all[0]}}, // the digest is old
			{26 * time.Hour, []int64{all[0]}},
		} {
			l.posted = nil
			l.look(now.Add(step.at), nil, "refused", "conflict")
			if !slices.Equal(l.posted, step.want) {
				t.Errorf("after %s %v were put on the queue, want %v", step.at, l.posted, step.want)
			}
		}
		if _, err := db.BeginMessage(ctx, "acme", all[2]); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the old digest is sent: %v", err)
		}
		// Nobody is told that something is wrong which is over.
		l.look(now.Add(27*time.Hour), nil, "conflict")
		l.posted = nil
		l.look(now.Add(28*time.Hour), nil, "conflict")
		l.look(now.Add(29*time.Hour), nil, "conflict")
		if _, err := db.BeginMessage(ctx, "acme", all[0]); !errors.Is(err, store.ErrNotFound) || l.told() != "refused conflict D -refused" {
			t.Errorf("%v, told %q", err, l.told())
		}
	})
}

func TestADigestIsToldOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		l := &looks{t: t, db: db}
		digest := []store.Message{{Key: "digest/2026-03-09/email", Channel: "email", To: "ana@acme.test", Subject: "D"}}
		l.look(noon, digest)
		l.look(noon.Add(time.Minute), digest)
		l.look(noon.Add(2*time.Minute), digest, "refused")
		if l.told() != "D refused" || len(l.posted) != 2 {
			t.Errorf("told %q, %d jobs", l.told(), len(l.posted))
		}
	})
}

func TestAMessageThatWasSentOrGivenUpIsNotBegunAgain(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		l, ctx := &looks{t: t, db: db}, t.Context()
		l.look(noon, nil, "a", "b")
		first, second := l.posted[0], l.posted[1]
		for attempt := 1; attempt <= 2; attempt++ { // the second as after a death in the middle of the first
			if m := must[store.Message](t)(db.BeginMessage(ctx, "acme", first)); m.Attempts != attempt || m.State != store.MessageSending || m.To != "ana@acme.test" {
				t.Errorf("%+v", m)
			}
		}
		ok(t, db.EndMessage(ctx, "acme", first, store.MessageDue, "the server is down"))
		must[store.Message](t)(db.BeginMessage(ctx, "acme", first))
		ok(t, db.EndMessage(ctx, "acme", first, store.MessageSent, ""))
		must[store.Message](t)(db.BeginMessage(ctx, "acme", second))
		ok(t, db.EndMessage(ctx, "acme", second, store.MessageFailed, "no such user"))
		for _, seq := range l.posted {
			if _, err := db.BeginMessage(ctx, "acme", seq); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("message %d begins again: %v", seq, err)
			}
		}
		all := must[[]store.Message](t)(db.Messages(ctx, "acme", 9))
		if len(all) != 2 || all[0].State != store.MessageFailed || all[0].Said != "no such user" || all[1].State != store.MessageSent || all[1].Settled.IsZero() || all[1].Attempts != 3 {
			t.Errorf("%+v", all)
		}
	})
}

func TestTwoLooksAtOnceTellOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		done := make(chan error)
		for range 4 {
			go func() {
				done <- db.Watch(context.Background(), "acme", store.Watched{
					At: noon, Found: []store.Alert{{Rule: "waiting", About: "refused"}},
					Tell: func(a store.Alert) []store.Message {
						return []store.Message{{Key: fmt.Sprint("alert/", a.Seq), Channel: "email", To: "ana@acme.test"}}
					},
					Post: func(context.Context, any, string, ...int64) error { return nil },
				})
			}()
		}
		for range 4 {
			ok(t, <-done)
		}
		if all := must[[]store.Message](t)(db.Messages(t.Context(), "acme", 9)); len(all) != 1 {
			t.Errorf("%d messages", len(all))
		}
	})
}

func TestASecretThatIsNoLongerGivenIsDropped(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		ctx, a := t.Context(), store.Account{ID: "acme", Name: "ACME", Settings: []byte(`{"id":"acme"}`)}
		ok(t, db.SaveAccount(ctx, a, map[string]string{"alerts.webhook.url": "https://x.example"}))
		ok(t, db.SaveAccount(ctx, a, map[string]string{"alerts.webhook.url": ""}))
		got := must[map[string]string](t)(db.Secrets(ctx, "acme"))
		if _, kept := got["alerts.webhook.url"]; kept || got[store.SecretAuvoKey] != "clear-canary" {
			t.Errorf("secrets %v", got)
		}
	})
}

func TestMessagesAreQueuedWithTheirRowsOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		var posted []int64
		post := func(_ context.Context, _ any, _ string, messages ...int64) error {
			posted = append(posted, messages...)
			return nil
		}
		m := store.Message{Key: "test/1/email/ana", Channel: "email", To: "ana@example.test", Subject: "s", Body: "b"}
		for range 2 {
			ok(t, db.AddMessages(t.Context(), "acme", time.Now(), post, m))
		}
		fails := errors.New("no queue")
		m.Key = "test/2/email/ana"
		if err := db.AddMessages(t.Context(), "acme", time.Now(), func(context.Context, any, string, ...int64) error { return fails }, m); !errors.Is(err, fails) {
			t.Errorf("without a queue: %v", err)
		}
		if got := must[[]store.Message](t)(db.Messages(t.Context(), "acme", 9)); len(got) != 1 || len(posted) != 1 || got[0].Seq != posted[0] || got[0].State != store.MessageDue {
			t.Errorf("messages = %+v, posted %v", got, posted)
		}
	})
}
