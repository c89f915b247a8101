package cli

import (
	"context"
	"net/http"
	"slices"
	"time"

	"ponte/internal/api"
	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// mostTold is how many records one request may settle.
const mostTold = 1000

// apiWait is how long a request waits for a busy account.
const apiWait = 20 * time.Second

// RetryAsked names what is decided again: one of record, cause and run.
type RetryAsked struct {
	Record  string `json:"record,omitempty" maxLength:"200" doc:"task:812, customer:auvo:55, …"`
	Cause   string `json:"cause,omitempty" maxLength:"60" doc:"All that wait for this cause"`
	Run     string `json:"run,omitempty" maxLength:"64" doc:"All that this run did or left waiting"`
	Ignored bool   `json:"ignored,omitempty" doc:"With cause or run: also those that are ignored"`
	DryRun  bool   `json:"dry_run,omitempty" doc:"Say what would be done, and change nothing"`
}

// A RetryAnswer says what the next cycle decides again.
type RetryAnswer struct {
	Account string          `json:"account"`
	Records []string        `json:"records" doc:"They are decided again"`
	Again   []OrderAgain    `json:"made_again" doc:"Orders that are made again under the next code"`
	Undone  []string        `json:"written_again" doc:"Records of which what was undone is written again"`
	Unclear []string        `json:"unclear" doc:"Left out: whether a write about them was made is looked up first"`
	More    bool            `json:"more" doc:"There are others: ask again"`
	DryRun  bool            `json:"dry_run"`
	refs    []record.Ref    // as Records
	again   []engine.Remake // as Again
	undid   []store.Link    // as Undone
}

// An OrderAgain is an order that is made in the place of another.
type OrderAgain struct {
	Source string `json:"source"`
	Kind   string `json:"kind"`
	Code   string `json:"code"`
	Was    string `json:"was"`
}

func (s *surface) retry(ctx context.Context, v *api.Visit, account string, in *RetryAsked) (out RetryAnswer, err error) {
	if in.DryRun {
		return s.retrial(ctx, account, in)
	}
	err = s.under(ctx, v, account, func(ctx context.Context, lease store.Lease) error {
		if out, err = s.retrial(ctx, account, in); err != nil {
			return err
		}
		out, err = api.Commit(ctx, v, account, audit.Retried(out.refs), func(ctx context.Context) (RetryAnswer, error) {
			if err := engine.WriteAgain(ctx, s.db, lease, out.undid...); err != nil {
				return out, err
			}
			return out, engine.Retry(ctx, s.db, lease, out.refs, out.again, v.By())
		})
		return err
	})
	return out, err
}

// under runs do under the account's lease.
func (s *surface) under(ctx context.Context, v *api.Visit, account string, do func(context.Context, store.Lease) error) error {
	return engine.WithLease(ctx, s.db, account, v.Holder(), apiWait, do)
}

// retrial is what trying again does with what is named.
func (s *surface) retrial(ctx context.Context, account string, in *RetryAsked) (out RetryAnswer, err error) {
	out = RetryAnswer{Account: account, Records: []string{}, Again: []OrderAgain{}, Undone: []string{}, Unclear: []string{}, DryRun: in.DryRun}
	waits, named, err := s.picked(ctx, account, in.Record, in.Cause, in.Run, in.Ignored)
	if err != nil {
		return out, err
	}
	waiting := refsOf(waits)
	all := slices.Clone(waiting)
	for _, ref := range named {
		if !slices.Contains(all, ref) {
			all = append(all, ref)
		}
	}
	all, out.More = atMost(all, mostTold)
	unclear, err := engine.UnclearAbout(ctx, s.db, account, all...)
	if err != nil {
		return out, err
	}
	for _, u := range unclear {
		out.Unclear = append(out.Unclear, u.Change.Source.String())
		all = slices.DeleteFunc(all, func(r record.Ref) bool { return r == u.Change.Source })
	}
	if out.again, err = engine.RemakesOf(ctx, s.db, account, all...); err != nil {
		return out, err
	}
	if out.undid, err = engine.UndidOf(ctx, s.db, account, all...); err != nil {
		return out, err
	}
	out.refs = slices.DeleteFunc(all, func(r record.Ref) bool { return !slices.Contains(waiting, r) && !out.bringsBack(r) })
	switch {
	case len(out.refs) == 0 && len(unclear) > 0:
		return out, api.Refuse(http.StatusConflict, "nobody knows yet whether a write was made: it is looked up before anything else is done")
	case len(out.refs) == 0:
		return out, api.Refuse(http.StatusNotFound, "nothing there waits, and nothing of it was undone")
	}
	out.tell()
	return out, nil
}

// bringsBack tells whether something of a record was undone, cancelled or removed.
func (a RetryAnswer) bringsBack(ref record.Ref) bool {
	return slices.ContainsFunc(a.again, func(m engine.Remake) bool { return m.Source == ref }) ||
		slices.ContainsFunc(a.undid, func(l store.Link) bool { return l.On(ref.Side) == ref })
}

// tell puts what is done into words.
func (a *RetryAnswer) tell() {
	for _, r := range a.refs {
		a.Records = append(a.Records, r.String())
	}
	for _, m := range a.again {
		a.Again = append(a.Again, OrderAgain{m.Source.String(), string(m.Kind), m.Code(), m.Was})
	}
	for _, l := range a.undid {
		a.Undone = append(a.Undone, l.On(record.Auvo).String())
	}
}

// picked are the waits that a request names, and the records that it names whether
// they wait or not. In bulk those that are ignored stay out, unless they are asked for.
func (s *surface) picked(ctx context.Context, account, what, cause, run string, ignored bool) (waits []store.Wait, named []record.Ref, err error) {
	given := 0
	for _, text := range []string{what, cause, run} {
		if text != "" {
			given++
		}
	}
	if given != 1 {
		return nil, nil, api.Refuse(http.StatusUnprocessableEntity, "name one of record, cause and run")
	}
	if run != "" {
		waits, named, err = s.ofRun(ctx, account, run)
	} else if waits, err = s.db.Waits(ctx, account); err == nil && cause != "" {
		waits = slices.DeleteFunc(waits, func(w store.Wait) bool { return w.Cause != cause })
	}
	if err != nil {
		return nil, nil, err
	}
	if what != "" {
		item, err := s.theRecord(ctx, account, what)
		if err != nil {
			return nil, nil, err
		}
		return slices.DeleteFunc(waits, func(w store.Wait) bool { return w.Ref != item.Ref() && !concerns(w, item) }), []record.Ref{item.Ref()}, nil
	}
	if !ignored {
		waits = shown(waits)
	}
	return waits, named, nil
}

// ofRun are the waits that a run left, and the sources of what it did.
func (s *surface) ofRun(ctx context.Context, account, run string) ([]store.Wait, []record.Ref, error) {
	waits, err := s.db.RunWaits(ctx, account, run)
	if err != nil {
		return nil, nil, err
	}
	changes, err := s.db.RunChanges(ctx, account, run)
	var refs []record.Ref
	for _, c := range changes {
		if !slices.Contains(refs, c.Source) {
			refs = append(refs, c.Source)
		}
	}
	return waits, refs, err
}

// daysOf is where an account's days begin.
func (s *surface) daysOf(account string) (a config.Account, place *time.Location, err error) {
	if a, err = s.account(account); err != nil {
		return a, nil, err
	}
	place, err = placeOf(a)
	return a, place, err
}
