// Package engine runs the flows of an account: pull, decide, brake, apply,
// link. It knows no vendor and no record kind: sides are record.Systems, and
// what shall happen is decided by the pure rules of flow and reconcile.
//
// A run walks each flow in this order:
//
//	pull    each feed's window, page by page; item, payload and cursor in one transaction (P2)
//	decide  what changed: match, merge or derive; the plan is written to the ledger
//	brake   the whole plan is looked at before anything is sent (P9)
//	apply   one change, one vendor write; link and item in one transaction right after the answer
//
// The states of a change are drawn in store.Planned. What a death leaves
// behind is settled by the next run before anything else (settle.go, P1).
package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ponte/internal/call"
	"ponte/internal/config"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/span"
	"ponte/internal/store"
)

// An Engine runs one account.
type Engine struct {
	Store   *store.DB
	Auvo    record.System
	Omie    record.System
	Account config.Account
	// Now is the run's clock: windows, dates, fault budget and back-off. Redundancy uses real time.
	Now func() time.Time
	// Progress, when set, hears of every settled change (demo's live table).
	Progress func(store.Change)
}

// Options of a run.
type Options struct {
	Flows []string // only these; empty: all that are on
	Full  bool     // read everything, whatever the cursors say: the sweep on demand
	Hints bool     // only what open hints and what is already to be decided ask for

	// Thrift has what costs many calls and tells of no changes read hourly, not in every cycle.
	Thrift bool

	// Yield, when set, is asked where nothing is half done; true ends the slice
	// with a *MoreError. Start is when the run that goes on began; zero: now.
	Yield func() bool
	Start time.Time
}

// word names such a run.
func (o Options) word() string {
	switch {
	case o.Hints:
		return "hints"
	case o.Full:
		return "sweep"
	}
	return "cycle"
}

// A run is one pass over an account's flows.
type run struct {
	*Engine
	lease  store.Lease
	opts   Options
	id     string
	start  time.Time     // on the run's clock
	every  time.Duration // the interval in force: the account's, or the longer one that its last cycle was given
	place  *time.Location
	prior  store.Run // the run before this one; zero when there was none
	tally  map[string]*tally
	halted map[record.Side]error           // sides that take no more calls in this run
	paused map[string]time.Time            // methods whose fault budget is used up, by change class
	fresh  map[record.Ref]bool             // sources read again in this run, just before export
	refuse map[string]int                  // refusals by text in this run
	unlike map[string]bool                 // likenesses of refused records: they come last
	sought map[record.Side]map[string]bool // codes looked up just before making them
	filed  map[string]int                  // orders made in this run, by flow: the brake counts them
	unread map[string]bool                 // sides of mirrors that this run could not read to their end
	back   store.Recovery                  // what the account recovers from; zero: nothing
	looked bool                            // the sweep looked again at the orders
	indexd bool                            // the orders' index was read in this run
	orders map[record.Kind]bool            // kinds of order whose index was read in this run
	hints  hints                           // open ones about the flow at work
	listed map[string]bool                 // feeds of which this run read the window
	unseen error                           // why the orders that changed could not be read in this run
	sights map[record.Ref]sighting         // records read again before something of them is undone
	undoes bool                            // only what undoes is sent
	stored bool                            // an undo is planned by what was last read: no side is there

	earlier map[string]store.FlowRun // what the run's slices before this one counted
}

// Run makes one pass over the account's flows under the lease. The returned
// run is finished and stored, with whatever was done; the error says why
// nothing could be done at all.
func (e *Engine) Run(ctx context.Context, lease store.Lease, id string, opts Options) (store.Run, error) {
	ctx, told := span.Start(call.About(call.About(ctx, "account", e.Account.ID), "run", id), opts.word(), "")
	done, err := e.pass(ctx, lease, id, opts)
	told.Say("complete", strconv.FormatBool(done.Complete))
	told.End(err)
	return done, err
}

func (e *Engine) pass(ctx context.Context, lease store.Lease, id string, opts Options) (store.Run, error) {
	r, err := e.begin(ctx, lease, id, opts)
	if err != nil {
		return store.Run{}, err
	}
	done := store.Run{ID: id, Account: e.Account.ID, Started: r.start}
	if err := e.Store.StartRun(ctx, lease, done); err != nil {
		return done, fmt.Errorf("cannot start the run: %w", err)
	}
	runErr := r.flows(ctx)
	if runErr == nil {
		runErr = r.refused()
	}
	done.Flows, done.Complete = r.flowRuns(), runErr == nil && r.complete()
	if _, more := gaveBack(runErr); more {
		return done, errors.Join(runErr, e.Store.StartRun(context.WithoutCancel(ctx), lease, done))
	}
	done.Finished = e.Now()
	if err := r.recovered(context.WithoutCancel(ctx), done); err != nil {
		return done, errors.Join(runErr, err)
	}
	if runErr != nil {
		done.Error = runErr.Error()
	}
	// The record of the run is kept even when the run was told to stop.
	if err := e.Store.FinishRun(context.WithoutCancel(ctx), lease, done); err != nil {
		return done, errors.Join(runErr, fmt.Errorf("cannot finish the run: %w", err))
	}
	return done, runErr
}

func (e *Engine) begin(ctx context.Context, lease store.Lease, id string, opts Options) (*run, error) {
	place, err := time.LoadLocation(e.Account.Timezone)
	if err != nil {
		return nil, fmt.Errorf("time zone of account %s: %w", e.Account.ID, err)
	}
	prior, err := e.Store.LastRun(ctx, e.Account.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	back, err := e.Store.Recovery(ctx, e.Account.ID)
	if err != nil {
		return nil, err
	}
	every, err := e.inForce(ctx)
	if err != nil {
		return nil, err
	}
	e, err = e.veiled(ctx)
	if err != nil {
		return nil, err
	}
	start := e.Now()
	if !opts.Start.IsZero() {
		start = opts.Start
	}
	r := &run{
		back: back, Engine: e, lease: lease, opts: opts, id: id, start: start.Truncate(time.Millisecond), every: every, place: place, prior: prior, // to be found again as it is stored
		tally: map[string]*tally{}, halted: map[record.Side]error{}, paused: map[string]time.Time{},
		fresh: map[record.Ref]bool{}, refuse: map[string]int{}, unlike: map[string]bool{}, unread: map[string]bool{}, filed: map[string]int{}, orders: map[record.Kind]bool{}, sights: map[record.Ref]sighting{},
		listed: map[string]bool{}, sought: map[record.Side]map[string]bool{},
	}
	return r, r.earlierSlices(ctx)
}

// inForce is the interval that the account's last cycle was given: longer than its
// own where all are stretched. What lies within it is no gap.
func (e *Engine) inForce(ctx context.Context) (time.Duration, error) {
	s, err := e.Store.Schedule(ctx, e.Account.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return 0, err
	}
	return max(e.Account.Every.Std(), s.Every), nil
}

// flows runs each selected flow; one flow's trouble does not stop the next,
// unless the store itself fails or the run was told to stop.
func (r *run) flows(ctx context.Context) error {
	if err := r.outlastWindow(ctx); err != nil {
		return err
	}
	selected := r.selected()
	if !r.opts.Hints { // which walks no flow that has nothing to do
		for _, f := range selected {
			r.tally[f.Name] = newTally()
		}
		if _, err := r.Store.EndIgnores(ctx, r.lease, r.id, r.start); err != nil {
			return err
		}
		if err := r.settings(ctx); err != nil {
			return err
		}
	}
	if err := r.settleLeftovers(ctx); err != nil {
		return err
	}
	if err := r.dropHints(ctx); err != nil {
		return err
	}
	for _, f := range selected {
		if err := r.flow(ctx, f); err != nil {
			return err
		}
	}
	return r.settleUnknown(ctx, selected)
}

// selected are the flows that are on and asked for, in the table's order.
func (r *run) selected() []flow.Flow {
	var out []flow.Flow
	for _, f := range flow.All {
		if f.On(r.Account) && (len(r.opts.Flows) == 0 || slices.Contains(r.opts.Flows, f.Name)) {
			out = append(out, f)
		}
	}
	return out
}

// flow runs one flow. A vendor's failure ends up in the flow's error; only a
// failing store, a lost lease or the end of ctx is returned.
func (r *run) flow(ctx context.Context, f flow.Flow) error {
	if idle, err := r.takeHints(ctx, f); idle || err != nil {
		return err
	}
	t := r.tally[f.Name]
	ctx, told := span.Start(call.About(call.WithUrgency(call.WithMeter(ctx, &t.meter), f.Urgency), "flow", f.Name), "flow", f.Name)
	err := r.walk(ctx, f, t)
	told.End(cmp.Or(err, t.err))
	return err
}

// walk takes a flow through its parts.
func (r *run) walk(ctx context.Context, f flow.Flow, t *tally) error {
	if err := r.note(ctx, t, part(ctx, "pull", func(ctx context.Context) error { return r.pull(ctx, f) })); err != nil {
		return err
	}
	if err := r.note(ctx, t, r.sweepOrders(ctx, f)); err != nil {
		return err
	}
	if err := r.note(ctx, t, r.recoverKnown(ctx, f)); err != nil {
		return err
	}
	return r.note(ctx, t, r.work(ctx, f))
}

// part does one part of a flow's work, as a span of its own.
func part(ctx context.Context, what string, do func(context.Context) error) error {
	ctx, told := span.Start(ctx, what, "")
	err := do(ctx)
	told.End(err)
	return err
}

// work decides and applies until a pass changes nothing: what a create leaves
// to do (an external id to write back, a price) is decided again.
func (r *run) work(ctx context.Context, f flow.Flow) error { return r.carryOut(ctx, f, r.decide) }

// carryOut is work with another decide; nil: what is planned is applied.
func (r *run) carryOut(ctx context.Context, f flow.Flow, decide func(context.Context, flow.Flow) error) error {
	const passes = 6 // create, price or external id, and what those wake
	for pass := 0; pass < passes; pass++ {
		if decide != nil {
			if err := part(ctx, "decide", func(ctx context.Context) error { return decide(ctx, f) }); err != nil {
				return err
			}
		}
		if err := r.brakes(ctx, f); err != nil {
			return err
		}
		applied, more, err := r.apply(ctx, f)
		if err != nil {
			return err
		}
		if more { // the pass goes on
			pass--
		}
		if applied > 0 {
			continue
		}
		again, err := r.waitOut(ctx, f)
		if err != nil {
			return err
		}
		if !again {
			break
		}
	}
	return r.strand(ctx, f)
}

// waitOut waits for a change that the vendor asked to be sent a little later;
// false when there is none.
func (r *run) waitOut(ctx context.Context, f flow.Flow) (bool, error) {
	changes, err := r.Store.Planned(ctx, r.Account.ID, f.Name)
	if err != nil {
		return false, err
	}
	for _, c := range changes {
		if d := c.NotUntil.Sub(r.Now()); d > 0 && d <= patience && c.Cause == "" && r.halted[c.To] == nil {
			return true, r.waitUntil(ctx, r.realNow().Add(d))
		}
	}
	return false, nil
}

func (r *run) decide(ctx context.Context, f flow.Flow) error {
	if f.Mirror != nil {
		return r.decideMirror(ctx, f)
	}
	return r.decideDerive(ctx, f)
}

// note puts a vendor's failure on the flow and lets everything else through.
func (r *run) note(ctx context.Context, t *tally, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if more, ok := gaveBack(err); ok {
		return more
	}
	if e, ok := errors.AsType[*call.Error](err); ok {
		r.halt(e)
		t.fail(err)
		return nil
	}
	if e, ok := errors.AsType[*readError](err); ok {
		t.fail(e)
		return nil
	}
	return err
}

// spare notes a vendor's failure while one record was decided. The record stays
// to be decided, and the others go on (P5), unless the side itself is down: its
// key is blocked or refused, or it failed three times in a row.
func (r *run) spare(ctx context.Context, f flow.Flow, err error) error {
	const most = 3
	t := r.tally[f.Name]
	if err := r.note(ctx, t, err); err != nil {
		return err
	}
	if call.ReactionOf(err) == call.Retry {
		t.failures++
	}
	if len(r.halted) > 0 || t.failures >= most {
		return err
	}
	return nil
}

// halt stops calling a side whose key is blocked or refused.
func (r *run) halt(e *call.Error) {
	switch e.Reaction {
	case call.Blocked, call.Credentials:
		r.halted[record.Side(e.Side)] = e
	}
}

// refused is the error of a run that met a refused key: the account can do
// nothing until a person mends it.
func (r *run) refused() error {
	for _, side := range []record.Side{record.Auvo, record.Omie} {
		if err := r.halted[side]; call.ReactionOf(err) == call.Credentials {
			return fmt.Errorf("%s; check the credentials and apply the account again: %w", refusedText(side), err)
		}
	}
	return nil
}

func refusedText(side record.Side) string { return "the " + side.Title() + " key is refused" }

// RefusedSide tells from a run's error which side's key it met refused, "" neither.
func RefusedSide(runError string) record.Side {
	for _, side := range []record.Side{record.Auvo, record.Omie} {
		if strings.HasPrefix(runError, refusedText(side)) {
			return side
		}
	}
	return ""
}

// side returns the system of a side.
func (r *run) side(s record.Side) record.System {
	if s == record.Auvo {
		return r.Auvo
	}
	return r.Omie
}

// settings has what waits or was excluded decided again when the account's
// settings changed since the last run (contract.md, Outcomes).
func (r *run) settings(ctx context.Context) error {
	deciding := r.Account
	deciding.Alerts = config.Alerts{} // decide nothing
	now := record.Digest(deciding.Settings())
	was, err := r.Store.Mark(ctx, r.Account.ID, "settings")
	if err != nil || was == now {
		return err
	}
	if was != "" {
		for _, f := range flow.All {
			if _, err := r.Store.RedecideOutcomes(ctx, r.lease, f.Kind, store.OutcomeWaiting, store.OutcomeExcluded); err != nil {
				return err
			}
		}
	}
	return r.Store.SetMark(ctx, r.lease, "settings", now)
}
