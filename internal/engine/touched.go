package engine

import (
	"context"
	"errors"
	"time"

	"ponte/internal/config"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A Touch is a source that other settings treat otherwise.
type Touch struct {
	Source    record.Ref
	Title     string
	Was, Will flow.Treatment
	Made      bool // it has a document, which stays as it is filled in
}

// Touched are the sources seen so far that other settings would have treated otherwise.
type Touched struct {
	Seen int // that were compared
	More bool
	All  []Touch
}

// TouchedBy compares what two settings of an account say of the sources that
// changed last, at most so many of each flow, from the store alone.
func TouchedBy(ctx context.Context, db *store.DB, was, will config.Account, now func() time.Time, most int) (Touched, error) {
	var out Touched
	e := &Engine{Store: db, Account: was, Now: now}
	r, err := e.begin(ctx, store.Lease{}, "", Options{})
	if err != nil {
		return out, err
	}
	for _, f := range flow.All {
		if f.Derive == nil || !f.On(was) && !f.On(will) {
			continue
		}
		items, err := db.NewestItems(ctx, was.ID, record.Auvo, f.Kind, most+1)
		if err != nil {
			return out, err
		}
		if len(items) > most {
			out.More, items = true, items[:most]
		}
		for _, i := range items {
			if err := r.touch(ctx, f, i, will, &out); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

func (r *run) touch(ctx context.Context, f flow.Flow, i record.Item, will config.Account, out *Touched) error {
	if i.Source == nil {
		return nil
	}
	in, err := r.seenSource(ctx, i)
	if err != nil || in.Undone() != "" {
		return err
	}
	out.Seen++
	before, err := r.treat(ctx, f, r.Account, in)
	if err != nil {
		return err
	}
	after, err := r.treat(ctx, f, will, in)
	if err != nil || record.Digest(before) == record.Digest(after) {
		return err
	}
	out.All = append(out.All, Touch{Source: i.Ref(), Title: i.Title, Was: before, Will: after, Made: len(in.Made) > 0})
	return nil
}

func (r *run) treat(ctx context.Context, f flow.Flow, a config.Account, in flow.In) (flow.Treatment, error) {
	if !f.On(a) {
		return flow.Treat(f, a, in), nil
	}
	from, known, err := r.firstDay(ctx, f, a)
	if err != nil {
		return flow.Treatment{}, err
	}
	if !known { // never on yet: from today
		from = midnight(in.Now)
	}
	in.StartFrom = from
	return flow.Treat(f, a, in), nil
}

// seenSource is what a treatment looks at of a source, from the store alone.
func (r *run) seenSource(ctx context.Context, i record.Item) (in flow.In, err error) {
	if in, _, err = r.gatherWork(ctx, i); err != nil || in.Undone() != "" {
		return in, err
	}
	customer, err := r.Store.Item(ctx, r.Account.ID, record.Ref{Kind: record.Customer, Side: record.Auvo, ID: i.Source.CustomerID})
	if errors.Is(err, store.ErrNotFound) {
		return in, nil
	}
	if err != nil {
		return in, err
	}
	in.Customer, in.City = &customer, customer.Fact(record.FactCity)
	link, err := r.Store.Link(ctx, r.Account.ID, record.Customer, record.Auvo, customer.ID)
	if errors.Is(err, store.ErrNotFound) {
		return in, nil
	}
	if err != nil {
		return in, err
	}
	err = r.partnerOf(ctx, link, &in)
	return in, err
}
