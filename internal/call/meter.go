package call

import (
	"context"
	"sync"
)

// A Meter counts calls by side: those made on behalf of one flow, without logins, or what a Toll counts.
type Meter struct {
	mu     sync.Mutex
	counts map[string]int
}

// Add counts one call to side.
func (m *Meter) Add(side string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.counts == nil {
		m.counts = map[string]int{}
	}
	m.counts[side]++
}

// Count returns how many calls were made to side.
func (m *Meter) Count(side string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counts[side]
}

type meterKey struct{}

// WithMeter returns a context whose calls are counted by m.
func WithMeter(ctx context.Context, m *Meter) context.Context {
	return context.WithValue(ctx, meterKey{}, m)
}

// Count counts one call to side on the context's meter, if it has one. Clients
// call it right before a request other than a login leaves.
func Count(ctx context.Context, side string) {
	if m, ok := ctx.Value(meterKey{}).(*Meter); ok {
		m.Add(side)
	}
}
