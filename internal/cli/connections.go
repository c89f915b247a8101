package cli

import (
	"context"
	"sync"
	"time"

	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/setup"
)

// connections are the accounts' engines, kept as long as the process runs: a
// client's limits start full, so that one made for each cycle would keep to none
// (P7). New settings or credentials make a new one. An account to be has its
// connection already while its settings are put together.
type connections struct {
	session *session
	mu      sync.Mutex
	all     map[string]connection
}

type connection struct {
	digest     string // of settings and credentials
	auvo, omie record.System
}

func newConnections(s *session) *connections {
	s.budgets()
	return &connections{session: s, all: map[string]connection{}}
}

// engine returns an account's engine.
func (c *connections) engine(_ context.Context, id string) (*engine.Engine, error) {
	a, err := c.session.account(id)
	if err != nil {
		return nil, err
	}
	at, err := c.of(a)
	if err != nil {
		return nil, err
	}
	return &engine.Engine{Store: c.session.db, Auvo: at.auvo, Omie: at.omie, Account: a, Now: time.Now}, nil
}

func (c *connections) of(a config.Account) (connection, error) {
	digest := setup.Digest(a)
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, ok := c.all[a.ID]; ok && at.digest == digest {
		return at, nil
	}
	auvo, omie, err := c.session.connect(a, time.Now)
	if err != nil {
		return connection{}, err
	}
	at := connection{digest, auvo, omie}
	c.all[a.ID] = at
	return at, nil
}
