package web

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"time"

	"ponte/internal/store"
)

// An instalacaoPage is how the installation is set: whom alerts reach, its copies, itself.
type instalacaoPage struct {
	Accounts []accountAlerts
	Backup   string // the page that makes a copy
	Tokens   string // the page of the API's tokens
	Last     lastBackup
	Facts    []wordPair
	Many     bool // there are more accounts than are shown
}

// A wordPair is a fact and its name.
type wordPair struct{ Name, Text string }

// A lastBackup is who made the last copy, and when.
type lastBackup struct {
	At      moment
	By      string // "": Ponte by itself
	Nightly bool   // copies are made each night by themselves
}

// An accountAlerts is whom an account's alerts reach, what is wrong, and what did not arrive.
type accountAlerts struct {
	ID, Name    string
	Email       []string
	Hooked      bool
	Digest      string
	After       string
	Open        []openAlert
	Undelivered []undelivered
	Edit        string // where addresses are changed
	Webhook     string
	Try         string // "" nobody would be told
}

// An openAlert is what is wrong with an account.
type openAlert struct {
	Title string
	Began moment
}

// An undelivered message was given up, or waits to be sent again.
type undelivered struct {
	What  string // "E-mail para ana@…"
	State verdict
	Made  moment
	Said  string
}

// mostAlerting is how many accounts the page shows, the ones with trouble first.
const mostAlerting = 50

func (s *Site) instalacao(w http.ResponseWriter, v *visit) error {
	rows, err := s.Store.Accounts(v.Context())
	if err != nil {
		return err
	}
	page := instalacaoPage{Backup: "/ajustes/copia", Tokens: tokensPath}
	for _, row := range rows[:min(len(rows), mostAlerting)] {
		a, err := s.accountAlertsOf(v.Context(), row)
		if err != nil {
			return err
		}
		page.Accounts = append(page.Accounts, a)
	}
	page.Many = len(rows) > mostAlerting
	slices.SortStableFunc(page.Accounts, func(a, b accountAlerts) int {
		return len(b.Open) + len(b.Undelivered) - len(a.Open) - len(a.Undelivered)
	})
	if page.Last, err = s.lastBackupOf(v.Context()); err != nil {
		return err
	}
	if page.Facts, err = s.facts(v.Context(), len(rows)); err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, instalacaoSheet, "Ajustes", page)
}

func (s *Site) accountAlertsOf(ctx context.Context, row store.Account) (a accountAlerts, err error) {
	t, err := s.tenantOf(row)
	if err != nil {
		return a, err
	}
	set := t.settings.Alerts
	a = accountAlerts{
		ID: t.ID, Name: t.Name, Email: set.Email, Digest: set.Digest, After: valueOf("after", set.After.String()),
		Edit: t.Path("regras", "mudar") + "?bloco=alerts", Webhook: t.Path("avisos", "webhook"),
	}
	if a.Hooked, err = s.hooked(ctx, t.ID); err != nil {
		return a, err
	}
	if s.Post != nil && (a.Hooked || len(a.Email) > 0) {
		a.Try = t.Path("avisos", "teste")
	}
	open, err := s.Store.OpenAlerts(ctx, t.ID)
	if err != nil {
		return a, err
	}
	for _, o := range open {
		a.Open = append(a.Open, openAlert{o.Title, t.moments.of(o.Began)})
	}
	a.Undelivered, err = s.undeliveredOf(ctx, t)
	return a, err
}

const alertSecret = "alerts.webhook.url"

// hooked tells whether an account's alerts call a webhook.
func (s *Site) hooked(ctx context.Context, account string) (bool, error) {
	names, err := s.Store.SecretNames(ctx, account)
	return slices.Contains(names, alertSecret), err
}

// What did not arrive is shown for a week, as long as it is among the newest.
const (
	undeliveredLasts = 7 * 24 * time.Hour
	newestMessages   = 50
)

func (s *Site) undeliveredOf(ctx context.Context, t *tenant) (out []undelivered, err error) {
	messages, err := s.Store.Messages(ctx, t.ID, newestMessages)
	for _, m := range messages {
		if m.State == store.MessageSent || s.Now().Sub(m.Made) > undeliveredLasts {
			continue
		}
		u := undelivered{What: "Webhook", State: verdict{"warn", "ainda não entregue"}, Made: t.moments.of(m.Made), Said: m.Said}
		if m.Channel == "email" {
			u.What = "E-mail para " + m.To
		}
		if m.State == store.MessageFailed {
			u.State = verdict{"bad", "não foi entregue"}
		}
		out = append(out, u)
	}
	return out, err
}

func (s *Site) lastBackupOf(ctx context.Context) (lastBackup, error) {
	last := lastBackup{Nightly: s.Nightly != nil}
	var at time.Time
	if last.Nightly {
		var err error
		if at, err = s.Nightly(); err != nil {
			return last, err
		}
	}
	acts, err := s.Store.Acts(ctx, store.ActFilter{What: "backup-made"}, 0, 1)
	if len(acts) > 0 && acts[0].At.After(at) {
		at, last.By = acts[0].At, acts[0].By
	}
	last.At = s.clock().of(at)
	return last, err
}

func (s *Site) facts(ctx context.Context, accounts int) ([]wordPair, error) {
	about, err := s.Store.About(ctx)
	if err != nil {
		return nil, err
	}
	database := "SQLite, um arquivo"
	if about.Postgres {
		database = "PostgreSQL"
	}
	return []wordPair{
		{"Versão", s.Version},
		{"Feito com", runtime.Version()},
		{"Banco de dados", database + ", " + megabytes(about.Bytes)},
		{"Contas", num(accounts)},
		{"Atos na auditoria", num(int(about.Acts)) + ", guardados para sempre"},
		{"Avisos encerrados", "guardados por 100 dias"},
		{"Convite", "vale uma vez, por um dia"},
		{"Sessão", "acaba após um dia sem uso, ou duas semanas"},
	}, nil
}

// megabytes writes a size as Brazil does.
func megabytes(n int64) string {
	tenths := (n + 50_000) / 100_000
	return num(int(tenths/10)) + "," + string(rune('0'+tenths%10)) + " MB"
}
