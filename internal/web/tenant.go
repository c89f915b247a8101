package web

import (
	"errors"
	"fmt"
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
	Waiting int // open waits, for the navigation

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

func (s *Site) choose(v *visit, id string) error {
	row, err := s.Store.Account(v.Context(), id)
	if errors.Is(err, store.ErrNotFound) {
		return missing("Não há uma conta “" + id + "”.")
	}
	if err != nil {
		return err
	}
	if v.account, err = s.tenantOf(row); err != nil {
		return err
	}
	waits, err := s.Store.CountWaits(v.Context(), id, s.Now())
	if err != nil {
		return err
	}
	v.account.Waiting = health{Waits: waits}.waiting("")
	v.all, err = s.Store.Accounts(v.Context())
	return err
}

func (s *Site) tenantOf(row store.Account) (*tenant, error) {
	settings, err := config.Restore(string(row.Settings))
	if err != nil {
		return nil, fmt.Errorf("settings of account %s: %w", row.ID, err)
	}
	zone, err := time.LoadLocation(settings.Timezone)
	if err != nil {
		return nil, fmt.Errorf("time zone of account %s: %w", row.ID, err)
	}
	return &tenant{ID: row.ID, Name: row.Name, Paused: row.Paused, settings: settings, moments: moments{s.Now(), zone}}, nil
}
