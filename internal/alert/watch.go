package alert

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"ponte/internal/call"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A Watcher looks at all accounts and has their people told.
type Watcher struct {
	Store *store.DB
	// Account returns an account with its credentials: the webhook is one.
	Account func(ctx context.Context, row store.Account) (config.Account, error)
	// Keys names, by side, the keys under which an account's limits are remembered.
	Keys func(config.Account) map[string]string
	// Link is where an account's page is, "" nowhere.
	Link func(account string) string
	Now  func() time.Time // nil: the real clock
	Log  *slog.Logger

	begin sync.Once
	awake time.Time // when it first looked
}

// Watch looks once at each account that has somebody to tell. One account's
// trouble stops no other's.
func (w *Watcher) Watch(ctx context.Context, post store.Poster) error {
	now := time.Now()
	if w.Now != nil {
		now = w.Now()
	}
	w.begin.Do(func() { w.awake = now })
	census, err := w.Store.Census(ctx, now, false)
	if err != nil {
		return err
	}
	for _, a := range census.Accounts {
		ctx := call.About(ctx, "account", a.ID)
		if err := w.look(ctx, a, census, post); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			w.Log.ErrorContext(ctx, "cannot look for what people must be told", "error", err)
		}
	}
	return nil
}

func (w *Watcher) look(ctx context.Context, a store.AccountCensus, census store.Census, post store.Poster) error {
	settings, err := w.Account(ctx, a.Account)
	if err != nil || !settings.Alerts.On() {
		return err
	}
	f, err := w.facts(ctx, a, settings, census)
	if err != nil {
		return err
	}
	link, found := w.Link(a.ID), Find(f)
	watched := store.Watched{
		At: f.Now, Found: found, Linger: Linger(settings), Post: post,
		Tell: func(al store.Alert) []store.Message { return alertMessages(f, al, link) },
		Over: func(al store.Alert) []store.Message { return overMessages(f, al, link) },
	}
	if day, due := digestDue(f); due {
		if f.Did, err = w.Store.DoneSince(ctx, a.ID, day); err != nil {
			return err
		}
		watched.Also = digestMessages(f, day, found, link)
	}
	return w.Store.Watch(ctx, a.ID, watched)
}

func (w *Watcher) facts(ctx context.Context, a store.AccountCensus, settings config.Account, census store.Census) (Facts, error) {
	place, err := time.LoadLocation(settings.Timezone)
	if err != nil {
		return Facts{}, err
	}
	f := Facts{AccountCensus: a, Settings: settings, Now: census.At, Awake: w.awake, Place: place, Blocks: map[record.Side]time.Time{}, Refused: engine.RefusedSide(a.Last.Error)}
	f.Settings.Every = max(f.Settings.Every, config.Duration(a.Schedule.Every)) // stretched alike by all accounts, cycles are not late
	for side, key := range w.Keys(settings) {
		if until, ok := census.Blocks[key]; ok {
			f.Blocks[record.Side(side)] = until
		}
	}
	if !asksWork(f) {
		return f, nil
	}
	today, err := w.Store.DoneSince(ctx, a.ID, midnight(f.Now.In(place)))
	if err != nil {
		return f, err
	}
	if f.Made = today; len(missingCandidates(f)) == 0 { // the long history is read only where it may say something
		return f, nil
	}
	f.Made, err = w.Store.DoneSince(ctx, a.ID, workSince(f))
	return f, err
}

// A Sender sends messages that are written down.
type Sender struct {
	Store   *store.DB
	Account func(ctx context.Context, id string) (config.Account, error)
	Mail    Mail
	Hook    Hook
	Log     *slog.Logger
}

// errForGood marks a failure that no repeat mends.
var errForGood = errors.New("it will not be tried again")

// Send sends one message, unless it was. What failed is due again, or failed when
// this was the last time or no repeat can mend it; an error asks for a repeat.
//
// A death between the receiver's answer and EndMessage sends it once more, under
// the same Message-ID or delivery number.
func (s *Sender) Send(ctx context.Context, account string, message int64, last bool) error {
	ctx = call.About(ctx, "account", account)
	m, err := s.Store.BeginMessage(ctx, account, message)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	sendErr := s.send(ctx, m)
	state, said := store.MessageSent, ""
	if sendErr != nil {
		state, said = store.MessageDue, call.Shorten(sendErr.Error())
		if last || errors.Is(sendErr, errForGood) {
			state = store.MessageFailed
			s.Log.ErrorContext(ctx, "a message was not delivered", "message", m.Seq, "channel", m.Channel, "attempts", m.Attempts, "error", said)
		}
	}
	// What the receiver answered is kept even when this process was told to stop.
	if err := s.Store.EndMessage(context.WithoutCancel(ctx), account, message, state, said); err != nil {
		return err
	}
	if state == store.MessageDue {
		return fmt.Errorf("message %d of account %s: %w", message, account, sendErr)
	}
	return nil
}

func (s *Sender) send(ctx context.Context, m store.Message) error {
	if m.Channel == "email" {
		return s.Mail.send(ctx, m)
	}
	a, err := s.Account(ctx, m.Account)
	if err != nil {
		return err
	}
	if a.Alerts.Webhook.IsZero() {
		return fmt.Errorf("the account has no webhook any more: %w", errForGood)
	}
	return s.Hook.send(ctx, m, a.Alerts.Webhook)
}
