package engine

import (
	"context"
	"errors"

	"ponte/internal/call"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// sweepMissing looks, after a whole read, for records that it did not show. One
// that a second read by id does not find either is marked missing and decided: a
// linked one waits for a person, nothing is deleted (design.md §7); an unlinked one
// is no match of any other from then on.
func (r *run) sweepMissing(ctx context.Context, f flow.Flow, rd *reading) error {
	if f.Mirror == nil {
		return r.sweepSources(ctx, f, rd)
	}
	finder := r.side(rd.side).Of(f.Kind).Find
	unseen, err := r.Store.Unseen(ctx, r.Account.ID, f.Kind, rd.side, r.id)
	if err != nil || len(unseen) == 0 || finder == nil {
		return err
	}
	known, err := r.knownSeen(ctx, f.Kind, rd.side)
	if err != nil || known == "" {
		return err
	}
	var all []record.Item
	for _, i := range unseen {
		gone, err := r.confirmMissing(ctx, finder, i, known)
		if err != nil {
			return err
		}
		if gone {
			all = append(all, i)
		}
	}
	return rd.noteGone(ctx, all)
}

// sweepSources takes tasks and quotations that a whole read did not show, and a read
// by id does not find, as deleted: Auvo tells of no deleted quotation. A whole
// read that shows nothing of many proves nothing (P9).
func (r *run) sweepSources(ctx context.Context, f flow.Flow, rd *reading) error {
	if !rd.feed.Windowed { // the list of deleted tasks shows no others
		return nil
	}
	unseen, err := r.Store.Unseen(ctx, r.Account.ID, f.Kind, rd.side, r.id)
	if err != nil || (rd.rows == 0 && len(unseen) >= fewRecords) {
		return err
	}
	for _, i := range unseen {
		concerns, err := r.concerns(ctx, i)
		if err != nil {
			return err
		}
		if !concerns {
			continue
		}
		_, found, err := r.readAgain(ctx, i.Ref())
		if err != nil {
			return err
		}
		if !found {
			if err := r.sourceGone(ctx, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// concerns tells whether it matters that a source is gone: it has orders, or is to have some.
func (r *run) concerns(ctx context.Context, i record.Item) (bool, error) {
	if i.Source.Deleted {
		return false, nil
	}
	state, err := r.Store.ItemState(ctx, r.Account.ID, i.Ref())
	if err != nil || state.Outcome != store.OutcomeExcluded {
		return err == nil, err
	}
	made, err := r.made(ctx, i.Ref())
	return len(made) > 0, err
}

// follows tells whether an edit of a source would change something: it waits, or
// has an order that stands open as far as the store knows.
func (r *run) follows(ctx context.Context, source record.Ref) (bool, error) {
	state, err := r.Store.ItemState(ctx, r.Account.ID, source)
	if err != nil || state.Outcome == store.OutcomeWaiting {
		return err == nil, err
	}
	for _, kind := range orderKinds {
		links, err := r.Store.Links(ctx, r.Account.ID, kind, record.Auvo, source.String())
		if err != nil {
			return false, err
		}
		for _, l := range links {
			order, err := r.Store.Item(ctx, r.Account.ID, l.On(record.Omie))
			if err != nil {
				return false, err
			}
			gone, err := r.Store.MissingSince(ctx, r.Account.ID, order.Ref())
			if err != nil || flow.StandingOf(order, gone.IsZero(), false, nil) == flow.Open {
				return err == nil, err
			}
		}
	}
	return false, nil
}

func (r *run) confirmMissing(ctx context.Context, finder record.Finder, i record.Item, known string) (gone bool, err error) {
	found, err := finder.Find(ctx, []record.Key{{Name: record.KeyID, Value: i.ID}}, record.Near{KnownID: known})
	if errors.Is(err, record.ErrNoLookup) {
		return false, nil
	}
	if err != nil || len(found) > 0 {
		return false, err
	}
	return true, r.Store.MarkMissing(ctx, r.lease, []record.Ref{i.Ref()}, r.Now())
}

// knownSeen is a record of the kind that was just seen, for a look-up that
// must carry one code known to exist.
func (r *run) knownSeen(ctx context.Context, kind record.Kind, side record.Side) (string, error) {
	known := ""
	stop := errors.New("found")
	err := r.Store.EachItem(ctx, r.Account.ID, side, kind, func(o record.Item) error {
		state, err := r.Store.ItemState(ctx, r.Account.ID, o.Ref())
		if err != nil {
			return err
		}
		if state.Seen == r.id {
			known = o.ID
			return stop
		}
		return nil
	})
	if errors.Is(err, stop) {
		err = nil
	}
	return known, err
}

// strand says, of each change that this run could not send, why it waits:
// a blocked or refused key, or a paused method (contract.md, Causes).
func (r *run) strand(ctx context.Context, f flow.Flow) error {
	changes, err := r.Store.Planned(ctx, r.Account.ID, f.Name)
	if err != nil {
		return err
	}
	for _, c := range changes {
		cause, detail := r.stranded(c)
		if cause == "" || c.Cause == causeHeld || c.Cause == cause {
			if c.Cause == cause && cause != "" {
				r.countDone(f, c, store.OutcomeWaiting)
			}
			continue
		}
		c.Cause = cause
		waits, err := r.changeWaits(ctx, f, c, cause, detail)
		if err != nil {
			return err
		}
		if err := r.Store.Settle(ctx, r.lease, store.Settlement{Change: c, Waits: waits, Outcome: store.OutcomeWaiting}); err != nil {
			return err
		}
		r.countDone(f, c, store.OutcomeWaiting)
	}
	return nil
}

func (r *run) stranded(c store.Change) (cause string, detail map[string]string) {
	detail = map[string]string{"side": string(c.To)}
	if e, ok := errors.AsType[*call.Error](r.halted[c.To]); ok {
		if !e.Until.IsZero() {
			detail["until"] = e.Until.In(r.place).Format("15:04")
		}
		return causeOf[e.Reaction], detail
	}
	if until := r.paused[pauseClass(c)]; until.After(r.Now()) {
		detail["method"], detail["until"] = pauseClass(c), until.In(r.place).Format("15:04")
		return "paused", detail
	}
	return "", detail
}
