package web

import (
	"errors"
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // the day's boundary, on a machine without zones

	"ponte/internal/config"
	"ponte/internal/store"
)

// A tenant is the account that an address names: /contas/{conta}/….
type tenant struct {
	ID      string
	Name    string
	Paused  bool
	Waiting int  // open waits, for the navigation
	covers  bool // who looks sees what is personal covered (covered.go)

	settings config.Account
	moments  moments
}

// Path is the address of one of the account's pages.
func (t *tenant) Path(parts ...string) string { return accountPath(t.ID, parts...) }

func accountPath(id string, parts ...string) string {
	p := "/contas/" + id
	for _, part := range parts {
		p += "/" + part
	}
	return p
}

// choose finds the account of the address. One that the person has no role for is
// none to them: nothing tells it from one that does not exist.
func (s *Site) choose(v *visit, id string) error {
	if !v.sees(id) {
		return noAccount(id)
	}
	row, err := s.Store.Account(v.Context(), id)
	if errors.Is(err, store.ErrNotFound) {
		return noAccount(id)
	}
	if err != nil {
		return err
	}
	if v.account, err = s.tenantOf(row); err != nil {
		return err
	}
	v.account.covers = !v.canAct()
	waits, err := s.Store.CountWaits(v.Context(), id, s.Now())
	if err != nil {
		return err
	}
	v.account.Waiting = health{Waits: waits}.waiting("")
	v.all, err = s.accountNames(v)
	return err
}

func noAccount(id string) error { return missing("Não há uma conta “" + id + "”.") }

// settingsRead keeps accounts' settings as they were last read: a list of hundreds
// would spend most of its time on reading them. Nobody changes what it returns.
type settingsRead struct {
	mu  sync.Mutex
	all map[string]readSettings
}

type readSettings struct {
	text     string
	settings config.Account
}

func (r *settingsRead) of(row store.Account) (config.Account, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if was, ok := r.all[row.ID]; ok && was.text == string(row.Settings) {
		return was.settings, nil
	}
	settings, err := config.Restore(string(row.Settings))
	if err != nil {
		return settings, err
	}
	if r.all == nil {
		r.all = map[string]readSettings{}
	}
	r.all[row.ID] = readSettings{string(row.Settings), settings}
	return settings, nil
}

func (s *Site) tenantOf(row store.Account) (*tenant, error) {
	settings, err := s.parsed.of(row)
	if err != nil {
		return nil, fmt.Errorf("settings of account %s: %w", row.ID, err)
	}
	zone, err := time.LoadLocation(settings.Timezone)
	if err != nil {
		return nil, fmt.Errorf("time zone of account %s: %w", row.ID, err)
	}
	return &tenant{ID: row.ID, Name: row.Name, Paused: row.Paused, settings: settings, moments: moments{s.Now(), zone}}, nil
}
