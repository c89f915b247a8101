package setup

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"ponte/internal/call"
	"ponte/internal/hook"
	"ponte/internal/record"
	"ponte/internal/store"
)

// An Asking is a work that somebody asked for, as it was read.
type Asking struct {
	Store  *store.DB
	Of     store.Owner
	Work   string
	Number int64
}

// FindOut does a work. A vendor's trouble is an answer, too.
func FindOut(ctx context.Context, ask Asking, s Simulation) (w store.Work, err error) {
	w = store.Work{Owner: ask.Of, Work: ask.Work, Number: ask.Number, Answered: About(ask.Work, s.Account)}
	works, err := ask.Store.Works(ctx, ask.Of)
	if err != nil {
		return w, err
	}
	was := works[ask.Work]
	if ask.Work == Hooks {
		w.Answered = was.About
	}
	found, err := ask.find(ctx, s, was)
	if call.ReactionOf(err) != "" {
		w.Said = Said("Auvo ou o Omie", err)
		return w, nil
	}
	if err != nil {
		return w, err
	}
	w.Reviews = ask.Work == Plan
	w.Answer, err = json.Marshal(found)
	return w, err
}

func (ask Asking) find(ctx context.Context, s Simulation, was store.Work) (any, error) {
	switch ask.Work {
	case Lists:
		return ask.lists(ctx, s, was)
	case Hooks:
		return ask.register(ctx, s, was.About)
	case Plan:
		var err error
		if s.Choices, err = ask.Store.DraftChoices(ctx, ask.Of.ID); err != nil {
			return nil, err
		}
		f, v, err := s.Go(ctx)
		if err != nil {
			return nil, err
		}
		f.Choices = ChoicesDigest(s.Choices)
		return f, v.Keep(ctx, ask.Store, ask.Of.ID, ask.Number)
	}
	return nil, fmt.Errorf("nobody knows the work %q", ask.Work)
}

// lists reads the catalogues. Where one cannot be read, what was read of it before
// stands, and why.
func (ask Asking) lists(ctx context.Context, s Simulation, was store.Work) ([]record.Catalogue, error) {
	before, err := ReadCatalogues(was.Answer)
	if err != nil {
		return nil, err
	}
	all := append(s.Auvo.Choices(ctx), s.Omie.Choices(ctx)...)
	for n, c := range all {
		if c.Wrong != "" && was.Answered == About(Lists, s.Account) {
			all[n].Choices = before[c.Name].Choices
		}
	}
	return all, nil
}

// register has the sides that offer it call the account's addresses under a base.
func (ask Asking) register(ctx context.Context, s Simulation, base string) (all []record.Finding, err error) {
	for _, side := range []record.System{s.Auvo, s.Omie} {
		if side.Register == nil {
			continue
		}
		token, err := hook.Token(ctx, ask.Store, ask.Of.ID, side.Side, false)
		if err != nil {
			return nil, err
		}
		found, err := side.Register(ctx, hook.Address(base, side.Side, token))
		if all = append(all, found...); err != nil {
			return all, fmt.Errorf("cannot register the webhooks of %s: %w", cmp.Or(side.Side.Title(), "a side"), err)
		}
		if err := ask.Store.RegisteredHook(ctx, ask.Of.ID, side.Side); err != nil {
			return all, err
		}
	}
	return all, nil
}
