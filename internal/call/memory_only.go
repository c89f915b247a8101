package call

import (
	"context"
	"sync"
	"time"
)

// MemoryOnly is a Memory that forgets with the process. Its zero value works.
type MemoryOnly struct {
	mu     sync.Mutex
	faults map[[2]string][]time.Time
	blocks map[string]time.Time
	made   map[[2]string]time.Time
	tokens map[string]heldToken
	paces  map[string]Pace
}

type heldToken struct {
	token   string
	expires time.Time
}

func (m *MemoryOnly) init() {
	if m.faults == nil {
		m.faults = map[[2]string][]time.Time{}
		m.blocks = map[string]time.Time{}
		m.made = map[[2]string]time.Time{}
		m.tokens = map[string]heldToken{}
		m.paces = map[string]Pace{}
	}
}

// AddFault records one faulted answer.
func (m *MemoryOnly) AddFault(_ context.Context, key, method string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.init()
	k := [2]string{key, method}
	m.faults[k] = append(m.faults[k], at)
	return nil
}

// Faults returns the faults after since.
func (m *MemoryOnly) Faults(_ context.Context, key, method string, since time.Time) ([]time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var recent []time.Time
	for _, at := range m.faults[[2]string{key, method}] {
		if at.After(since) {
			recent = append(recent, at)
		}
	}
	return recent, nil
}

// SetBlock records a block.
func (m *MemoryOnly) SetBlock(_ context.Context, key string, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.init()
	m.blocks[key] = until
	return nil
}

// Block returns until when key is refused.
func (m *MemoryOnly) Block(_ context.Context, key string) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.blocks[key], nil
}

// Remember records a request.
func (m *MemoryOnly) Remember(_ context.Context, key, digest string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.init()
	m.made[[2]string{key, digest}] = at
	return nil
}

// LastMade returns when a request was last made.
func (m *MemoryOnly) LastMade(_ context.Context, key, digest string) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.made[[2]string{key, digest}], nil
}

// SetPace keeps a pace.
func (m *MemoryOnly) SetPace(_ context.Context, key string, p Pace) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.init()
	m.paces[key] = p
	return nil
}

// Pace returns the pace kept.
func (m *MemoryOnly) Pace(_ context.Context, key string) (Pace, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.paces[key], nil
}

// SetToken keeps a token.
func (m *MemoryOnly) SetToken(_ context.Context, key, token string, expires time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.init()
	m.tokens[key] = heldToken{token, expires}
	return nil
}

// Token returns the token kept.
func (m *MemoryOnly) Token(_ context.Context, key string) (string, time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.tokens[key]
	return t.token, t.expires, nil
}
