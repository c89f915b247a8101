package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/call"
	"ponte/internal/cli"
	"ponte/internal/company"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/store"
	"ponte/internal/web"
)

// A visitor may begin the demo anew with the assistant: the company is founded again,
// nothing of it is connected, and the account is the one that the visitor makes.

// demoSides are both sides of an account; its limits of calls are theirs.
type demoSides struct{ auvo, omie record.System }

// An asking is of something to find out for an account, or for one to be.
type asking struct {
	of     store.Owner
	work   string
	number int64
}

// sim serves a simulator of the company that is there now.
func (p *demo) sim(of func(*company.Company) http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		h := of(p.company)
		p.mu.Unlock()
		h.ServeHTTP(w, r)
	})
}

// engine is the one account's, as the store has it; nil while there is none that runs.
func (p *demo) engine(ctx context.Context) (*engine.Engine, error) {
	rows, err := p.store.Accounts(ctx)
	if err != nil || len(rows) == 0 || rows[0].Paused {
		return nil, err
	}
	a, err := setup.Owned(ctx, p.store, store.Owner{ID: rows[0].ID})
	if err != nil {
		return nil, err
	}
	at, err := p.join(a)
	return &engine.Engine{Store: p.store, Auvo: at.auvo, Omie: at.omie, Account: a, Now: time.Now, Progress: p.story.change}, err
}

// join connects an account, once: its limits start full.
func (p *demo) join(a config.Account) (demoSides, error) {
	p.joining.Lock()
	defer p.joining.Unlock()
	digest := setup.Digest(a)
	at, ok := p.joined[digest]
	if ok {
		return at, nil
	}
	var err error
	if at.auvo, at.omie, err = p.connect(a); err == nil {
		p.joined[digest] = at
	}
	return at, err
}

func (p *demo) connect(a config.Account) (auvo, omie record.System, err error) {
	return p.world.Connect(cli.Connection{
		Account: a, Memory: p.store.Memory(),
		AuvoIP: call.NewBudget("auvo", a.Auvo.RatePerMinute).Share(), OmieIP: call.NewBudget("omie", 4*a.Omie.RatePerMinute).Share(), Now: time.Now,
	})
}

// hasten has the next cycle begin at once (web.Options.Hasten).
func (p *demo) hasten(ctx context.Context, account string) (store.Schedule, error) {
	row, err := p.store.Account(ctx, account)
	if err != nil || row.Paused {
		return store.Schedule{Paused: row.Paused}, err
	}
	holder, err := p.store.Holder(ctx, account)
	p.wake()
	return store.Schedule{Run: holder}, err
}

func (p *demo) wake() {
	select {
	case p.kick <- struct{}{}:
	default:
	}
}

// keys are those that open the simulators, by setting.
func (*demo) keys() map[string]string {
	return map[string]string{
		store.SecretAuvoKey: auvosim.DefaultAPIKey, store.SecretAuvoToken: auvosim.DefaultAPIToken,
		store.SecretOmieKey: omiesim.DefaultAppKey, store.SecretOmieSecret: omiesim.DefaultAppSecret,
	}
}

func (p *demo) assistant() *web.Assistant {
	return &web.Assistant{
		New: func() config.Account {
			a := *config.New[config.Account]()
			a.Auvo.BaseURL, a.Omie.BaseURL, a.Omie.RedundancyWindow, a.Every = p.template.Auvo.BaseURL, p.template.Omie.BaseURL, p.template.Omie.RedundancyWindow, p.template.Every
			return a
		},
		Connect: p.connect,
		Ask: func(ctx context.Context, _ any, of store.Owner, work string, number int64) error {
			select {
			case p.asked <- asking{of, work, number}:
				return nil
			default:
				return errors.New("too much is asked at once")
			}
		},
		Enqueue: func(context.Context, any, ...store.Job) error {
			p.wake()
			return nil
		},
	}
}

// answerAskings finds out what is asked for accounts and for accounts to be, as a worker does.
func (p *demo) answerAskings(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case ask := <-p.asked:
			if err := p.answer(ctx, ask); err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrNotFound) {
				p.story.cycled(store.Run{}, nil, fmt.Errorf("%s for %s: %w", ask.work, ask.of.ID, err))
			}
		}
	}
}

func (p *demo) answer(ctx context.Context, ask asking) error {
	if asked, err := p.wasAsked(ctx, ask); err != nil || !asked {
		return err
	}
	a, err := setup.Owned(ctx, p.store, ask.of)
	if err != nil {
		return err
	}
	at, err := p.join(a)
	if err != nil {
		return err
	}
	w, err := setup.FindOut(ctx, setup.Asking{Store: p.store, Of: ask.of, Work: ask.work, Number: ask.number}, setup.Simulation{
		Sealer: p.ring, Account: a, Auvo: at.auvo, Omie: at.omie, Holder: "ponte demo", Run: "plan",
	})
	if err != nil {
		w.Said = "A leitura parou: " + err.Error()
	}
	return p.store.EndWork(ctx, w)
}

// wasAsked waits for the transaction that asks; false when it was undone, or asked again.
func (p *demo) wasAsked(ctx context.Context, ask asking) (bool, error) {
	for range 50 {
		works, err := p.store.Works(ctx, ask.of)
		if err != nil || works[ask.work].Number >= ask.number {
			return err == nil && works[ask.work].Number == ask.number, err
		}
		if err := call.Pause(ctx, 100*time.Millisecond); err != nil {
			return false, err
		}
	}
	return false, nil
}

// reset founds the company again and takes away what was connected; with the account
// back at once, or for the visitor to make with the assistant (web.Rehearsal).
func (p *demo) reset(ctx context.Context, walk bool) error {
	for !p.cycling.TryLock() {
		if cut := p.cut.Load(); cut != nil {
			(*cut)()
		}
		if err := call.Pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	defer p.cycling.Unlock()
	defer p.wake()
	rows, err := p.store.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := p.store.RemoveAccount(ctx, row.ID); err != nil {
			return err
		}
	}
	drafts, err := p.store.Drafts(ctx)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if err := p.store.RemoveDraft(ctx, d.ID); err != nil {
			return err
		}
	}
	past := p.violations()
	p.mu.Lock()
	p.company, p.past, p.walked = company.New(p.opts.Seed, p.opts.Scale, time.Now()), past, true
	p.mu.Unlock()
	if walk {
		return nil
	}
	return p.apply(ctx)
}
