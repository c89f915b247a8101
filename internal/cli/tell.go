package cli

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"ponte/internal/alert"
	"ponte/internal/config"
	"ponte/internal/store"
)

// telling is how people are told what is wrong.
type telling struct {
	MailFrom       string `env:"PONTE_MAIL_FROM" help:"The sender of alerts (PONTE_SMTP_URL: smtp://user:password@host:587, the server that takes them)."`
	WebhookPrivate bool   `env:"PONTE_WEBHOOK_PRIVATE" help:"Let alerts' webhooks go to private addresses and over plain http."`
}

// watcher and sender for the queue's jobs. The mail server has no flag: its
// password would stand on the command line (P10).
func (s *session) telling(t telling, known *knownAccounts) (*alert.Watcher, *alert.Sender, error) {
	server, _ := s.world.Getenv("PONTE_SMTP_URL")
	mail := alert.Mail{Server: config.NewSecret(server), From: t.MailFrom}
	if err := mail.Check(); err != nil {
		return nil, nil, errors.Join(errors.New("cannot send e-mail as PONTE_SMTP_URL and PONTE_MAIL_FROM say"), err)
	}
	return &alert.Watcher{
		Store: s.db, Log: s.log, Keys: s.world.MemoryKeys, Account: known.of,
		Link: func(account string) string { return strings.TrimRight(s.publicURL(), "/") + "/contas/" + account },
	}, &alert.Sender{
		Store: s.db, Log: s.log, Mail: mail, Hook: alert.NewHook(t.WebhookPrivate),
		Account: func(_ context.Context, id string) (config.Account, error) { return s.account(id) },
	}, nil
}

// knownAccounts are accounts as they were last read, until they change: each is
// looked at every minute, and whenever somebody asks for the metrics.
type knownAccounts struct {
	session *session
	mu      sync.Mutex
	all     map[string]knownAccountRow
}

type knownAccountRow struct {
	updated time.Time
	account config.Account
}

func newKnownAccounts(s *session) *knownAccounts {
	return &knownAccounts{session: s, all: map[string]knownAccountRow{}}
}

// keys names, by side, the keys under which an account's limits are remembered.
func (k *knownAccounts) keys(ctx context.Context, row store.Account) (map[string]string, error) {
	a, err := k.of(ctx, row)
	if err == nil {
		err = k.session.sealedError(row.ID)
	}
	if err != nil {
		return nil, err
	}
	return k.session.world.MemoryKeys(a), nil
}

// of reads an account where it changed. Whose time is over reads no more of them, and the next
// look goes on with those that were read.
func (k *knownAccounts) of(ctx context.Context, row store.Account) (config.Account, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return config.Account{}, err
	}
	if known, ok := k.all[row.ID]; ok && known.updated.Equal(row.Updated) {
		return known.account, nil
	}
	a, err := k.session.account(row.ID)
	if err == nil {
		k.all[row.ID] = knownAccountRow{row.Updated, a}
	}
	return a, err
}
