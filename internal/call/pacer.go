package call

import (
	"context"
	"sync"
	"time"
)

// A Pacer is a key's Pace, kept in memory so that the next process begins with it.
// A memory that fails leaves what was known: it costs a pause, never a call.
type Pacer struct {
	memory Memory
	key    string

	mu   sync.Mutex
	pace Pace
	read time.Time
}

// NewPacer returns the pacer of a key.
func NewPacer(memory Memory, key string) *Pacer { return &Pacer{memory: memory, key: key} }

// readAgain is after how long memory is asked what another process noticed.
const readAgain = 30 * time.Second

// Pace returns the key's pace.
func (p *Pacer) Pace(ctx context.Context) Pace {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); p.read.IsZero() || now.Sub(p.read) >= readAgain {
		p.read = now
		if kept, err := p.memory.Pace(ctx, p.key); err == nil {
			p.pace = kept
		}
	}
	return p.pace
}

// Yield slows the key down, since its vendor said why, and returns the share of its
// rate that it uses from here on; 0 where that was done a moment ago.
func (p *Pacer) Yield(ctx context.Context, why string) (share float64) {
	was, now := p.Pace(ctx), time.Now()
	cut := was.Yielded(now, why)
	if cut == was {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pace = cut
	_ = p.memory.SetPace(context.WithoutCancel(ctx), p.key, cut)
	return cut.Share
}
