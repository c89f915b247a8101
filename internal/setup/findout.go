package setup

import (
	"context"
	"encoding/json"
	"fmt"

	"ponte/internal/call"
	"ponte/internal/store"
)

// An Asking is a work that somebody asked for about a draft, as it was read.
type Asking struct {
	Store  *store.DB
	Draft  store.Draft
	Work   string
	Number int64
}

// FindOut does a work. A vendor's trouble is an answer, too.
func FindOut(ctx context.Context, ask Asking, s Simulation) (w store.DraftWork, err error) {
	w = store.DraftWork{Draft: ask.Draft.ID, Work: ask.Work, Number: ask.Number, Answered: About(ask.Work, s.Account)}
	found, err := ask.find(ctx, s)
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

func (ask Asking) find(ctx context.Context, s Simulation) (any, error) {
	switch ask.Work {
	case Lists:
		return append(s.Auvo.Choices(ctx), s.Omie.Choices(ctx)...), nil
	case Plan:
		var err error
		if s.Choices, err = ask.Store.DraftChoices(ctx, ask.Draft.ID); err != nil {
			return nil, err
		}
		f, v, err := s.Go(ctx)
		if err != nil {
			return nil, err
		}
		f.Choices = ChoicesDigest(s.Choices)
		return f, v.Keep(ctx, ask.Store, ask.Draft.ID, ask.Number)
	}
	return nil, fmt.Errorf("nobody knows the work %q", ask.Work)
}
