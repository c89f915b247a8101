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

// decideDerive decides every dirty source of a derive flow.
func (r *run) decideDerive(ctx context.Context, f flow.Flow) error {
	from, err := r.startFrom(ctx, f)
	if err != nil {
		return err
	}
	return r.eachDirty(ctx, f.Kind, record.Auvo, func(items []record.Item) error {
		for _, i := range items {
			d, err := r.decideSource(ctx, f, i, from)
			if err != nil {
				if err := r.spare(ctx, f, err); err != nil {
					return err
				}
				continue
			}
			r.tally[f.Name].failures = 0
			if _, err := r.Store.Decide(ctx, r.lease, d); err != nil {
				return err
			}
			if err := r.yield(); err != nil {
				return err
			}
		}
		return nil
	})
}

// startFrom is the day before which sources are excluded: the account's, or
// the day on which the flow was first enabled.
func (r *run) startFrom(ctx context.Context, f flow.Flow) (time.Time, error) {
	day, known, err := r.firstDay(ctx, f, r.Account)
	if err != nil || known {
		return day, err
	}
	today := midnight(r.start.In(r.place))
	return today, r.Store.SetMark(ctx, r.lease, firstEnabled+f.Name, today.Format(time.DateOnly))
}

// firstEnabled is the mark of the day on which a flow was first enabled.
const firstEnabled = "first-enabled/"

// firstDay is startFrom under some settings of the account; not known while the flow was never on.
func (r *run) firstDay(ctx context.Context, f flow.Flow, a config.Account) (day time.Time, known bool, err error) {
	if day, given := f.Derive.Settings(a).StartFrom.In(r.place); given {
		return day, true, nil
	}
	first, err := r.Store.Mark(ctx, a.ID, firstEnabled+f.Name)
	if err != nil || first == "" {
		return day, false, err
	}
	day, err = time.ParseInLocation(time.DateOnly, first, r.place)
	return day, true, err
}

// decideSource decides one source: excluded, waiting, or the orders it becomes.
func (r *run) decideSource(ctx context.Context, f flow.Flow, i record.Item, from time.Time) (store.Decision, error) {
	if d := r.unreadable(f, i); d != nil {
		return *d, nil
	}
	i, err := r.wholeSource(ctx, i)
	if err != nil {
		return store.Decision{}, err
	}
	i, err = r.confirmDeleted(ctx, i)
	if err != nil {
		return store.Decision{}, err
	}
	in, err := r.gather(ctx, f, i, from)
	if err != nil {
		return store.Decision{}, err
	}
	d, err := r.follow(ctx, f, in)
	if err != nil {
		return d, err
	}
	looked, err := r.lookForOrders(ctx, f, in, d)
	if err != nil || !looked {
		return d, err
	}
	if in, err = r.gather(ctx, f, i, from); err != nil {
		return store.Decision{}, err
	}
	return r.follow(ctx, f, in)
}

// follow turns what the rules say of a source into a decision.
func (r *run) follow(ctx context.Context, f flow.Flow, in flow.In) (store.Decision, error) {
	out := f.Derive.Decide(r.Account, in)
	switch {
	case out.Excluded != "":
		return r.verdict(f, in.Item, store.OutcomeExcluded, out.Excluded), nil
	case out.Wait != nil && out.Wait.Parts:
		return r.partOrders(ctx, f, in.Item, in, *out.Wait)
	case out.Wait != nil:
		return r.sourceWait(f, in.Item, *out.Wait), nil
	}
	return r.planOrders(ctx, f, in.Item, in, out)
}

// wholeSource reads a source by id when its list row lacks members.
func (r *run) wholeSource(ctx context.Context, i record.Item) (record.Item, error) {
	if i.Fact(record.FactPartial) == "" || i.Source.Deleted {
		return i, nil
	}
	again, found, err := r.readAgain(ctx, i.Ref())
	if err != nil || !found {
		return i, err
	}
	r.fresh[i.Ref()] = true
	return again, nil
}

// sourceWait is a source that waits.
func (r *run) sourceWait(f flow.Flow, i record.Item, w flow.Wait) store.Decision {
	d := r.verdict(f, i, store.OutcomeWaiting, flow.Say(w.Cause, w.Detail).Message)
	sw := r.wait(f, onePair(i), w.Cause, w.Detail)
	for _, l := range w.Lacks {
		sw.Needs = append(sw.Needs, tokenOf(l.Side, l.Kind, l.Key))
		if l.Key.Name == record.KeyID {
			sw.Needs = append(sw.Needs, store.TokenLink(l.Kind, l.Side, l.Key.Value))
		}
	}
	d.Waits = []store.Wait{sw}
	return d
}

// gather looks up all that the decision about a source looks at.
func (r *run) gather(ctx context.Context, f flow.Flow, i record.Item, from time.Time) (flow.In, error) {
	in, others, err := r.gatherWork(ctx, i)
	in.StartFrom = from
	if err != nil || in.Undone() != "" {
		return in, err
	}
	if err = r.gatherCustomer(ctx, f, &in); err != nil {
		return in, err
	}
	// What the rules turn away needs no look at its lines.
	if f.Derive.Unready(r.Account, in) != "" || i.Source.Deleted {
		return in, nil
	}
	if err = r.gatherLines(ctx, &in); err != nil {
		return in, err
	}
	if err = r.gatherDocuments(ctx, &in, others); err != nil {
		return in, err
	}
	in.TaskDate, err = r.taskDate(ctx, i)
	return in, err
}

// gatherWork looks up what became of a source, and of the other sources of the same
// work, which it returns; nothing more of one whose documents a person undid.
func (r *run) gatherWork(ctx context.Context, i record.Item) (in flow.In, others []record.Ref, err error) {
	in = flow.In{Item: i, Now: r.Now().In(r.place)}
	if in.Made, err = r.made(ctx, i.Ref()); err != nil {
		return in, nil, err
	}
	if in.Lives, err = r.Store.Lives(ctx, r.Account.ID, i.Ref()); err != nil || in.Undone() != "" {
		return in, nil, err
	}
	if others, err = r.sameWork(ctx, i); err != nil {
		return in, nil, err
	}
	in.Billed, err = r.billed(ctx, others)
	return in, others, err
}

// made are the orders that a source has, or may have: those linked, and those
// whose create is on its way or unclear.
func (r *run) made(ctx context.Context, ref record.Ref) ([]flow.Made, error) {
	var out []flow.Made
	lives, err := r.Store.Lives(ctx, r.Account.ID, ref)
	if err != nil {
		return nil, err
	}
	for _, kind := range orderKinds {
		links, err := r.Store.Links(ctx, r.Account.ID, kind, record.Auvo, ref.String())
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			m, err := r.linkedOrder(ctx, ref, l)
			if err != nil {
				return nil, err
			}
			out = append(out, m)
		}
		if len(links) > 0 {
			continue
		}
		order := record.OrderKey{Source: ref, Kind: kind, Epoch: lives[kind].Epoch}
		c, err := r.Store.ChangeByKey(ctx, r.Account.ID, CreateKey(record.Omie, kind, order.Code()))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if c.State == store.Sending || c.State == store.Unknown {
			out = append(out, flow.Made{Kind: kind, Code: c.Code, Base: wrote(c)})
		}
	}
	return out, nil
}

// linkedOrder is an order that a source has. One that was taken back after a
// restore, or that a person adopted, comes with what it holds.
func (r *run) linkedOrder(ctx context.Context, source record.Ref, l store.Link) (flow.Made, error) {
	m := flow.Made{Kind: l.Kind, ID: l.Omie, Code: l.Code, Base: l.Base}
	if m.Compared() && !m.Adopted(source) {
		return m, nil
	}
	i, err := r.Store.Item(ctx, r.Account.ID, l.On(record.Omie))
	if errors.Is(err, store.ErrNotFound) {
		return m, nil
	}
	if !m.Compared() {
		m.Held = i.Order
	}
	if m.Adopted(source) {
		m.Title = i.Title
	}
	return m, err
}

// sameWork are the other sources of the same work: quotations that name this
// task, or tasks that this quotation names.
func (r *run) sameWork(ctx context.Context, i record.Item) ([]record.Ref, error) {
	return sameWork(ctx, r.Store, r.Account.ID, i)
}

func sameWork(ctx context.Context, db *store.DB, account string, i record.Item) ([]record.Ref, error) {
	var others []record.Ref
	if i.Kind == record.Quotation {
		for _, id := range i.Source.TaskIDs {
			others = append(others, record.Ref{Kind: record.Task, Side: record.Auvo, ID: id})
		}
		return others, nil
	}
	items, err := db.ItemsByKey(ctx, account, record.Auvo, record.Quotation, record.Key{Name: record.KeyTask, Value: i.ID})
	for _, q := range items {
		others = append(others, q.Ref())
	}
	return others, err
}

// billed are those of the other sources of the same work that have an order.
func (r *run) billed(ctx context.Context, others []record.Ref) ([]record.Ref, error) {
	var billed []record.Ref
	for _, ref := range others {
		made, err := r.made(ctx, ref)
		if err != nil {
			return nil, err
		}
		if len(made) > 0 {
			billed = append(billed, ref)
		}
	}
	return billed, nil
}

// taskDate is the date of the first task that a quotation names, read again
// where no flow keeps it.
func (r *run) taskDate(ctx context.Context, i record.Item) (time.Time, error) {
	if i.Kind != record.Quotation || len(i.Source.TaskIDs) == 0 {
		return time.Time{}, nil
	}
	ref := record.Ref{Kind: record.Task, Side: record.Auvo, ID: i.Source.TaskIDs[0]}
	if tasks, _ := flow.Of(record.Task); !tasks.On(r.Account) {
		if _, _, err := r.readAgain(ctx, ref); err != nil {
			return time.Time{}, err
		}
	}
	task, found, err := r.lookUp(ctx, ref)
	if err != nil || !found {
		return time.Time{}, err
	}
	return task.Source.Date, nil
}

// gatherCustomer finds a source's customer and its link, and has it linked or
// made first when it is not (design.md §5, dependencies first).
func (r *run) gatherCustomer(ctx context.Context, f flow.Flow, in *flow.In) error {
	if in.Item.Source.CustomerID == "" {
		return nil
	}
	ref := record.Ref{Kind: record.Customer, Side: record.Auvo, ID: in.Item.Source.CustomerID}
	customer, found, err := r.lookUp(ctx, ref)
	if err != nil || !found {
		return err
	}
	in.Customer = &customer
	in.City = customer.Fact(record.FactCity)
	if f.Derive.Unready(r.Account, *in) != "" && len(in.Made) == 0 {
		return nil
	}
	link, err := r.customerLink(ctx, f, customer)
	if err != nil || link == nil {
		return err
	}
	return r.partnerOf(ctx, *link, in)
}

// partnerOf adds what the store knows of the customer's partner in Omie.
func (r *run) partnerOf(ctx context.Context, link store.Link, in *flow.In) error {
	in.Omie = link.Omie
	omie, err := r.Store.Item(ctx, r.Account.ID, link.On(record.Omie))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	in.Inactive = inactive(omie)
	if city := omie.Fact(record.FactCity); city != "" {
		in.City = city
	}
	return err
}

// customerLink is the link of a customer; where there is none, the customers
// flow decides and applies this one customer now.
func (r *run) customerLink(ctx context.Context, f flow.Flow, customer record.Item) (*store.Link, error) {
	link, err := r.Store.Link(ctx, r.Account.ID, record.Customer, record.Auvo, customer.ID)
	if err == nil {
		return &link, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if err := r.ensure(ctx, f, customer); err != nil {
		return nil, err
	}
	link, err = r.Store.Link(ctx, r.Account.ID, record.Customer, record.Auvo, customer.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &link, err
}

// ensure runs the customers mirror for one customer, out of turn. Without that
// flow it is only matched, never made.
func (r *run) ensure(ctx context.Context, f flow.Flow, customer record.Item) error {
	mirror, _ := flow.Of(customer.Kind)
	if !mirror.On(r.Account) {
		return r.matchOnly(ctx, mirror, customer)
	}
	if r.opts.Hints {
		if err := r.readTarget(ctx, mirror, record.Omie); err != nil {
			return err
		}
	}
	if ready, err := r.bothIndexed(ctx, mirror); err != nil || !ready {
		return errors.Join(err, &readError{mirror.Name, "both sides are not read whole yet; its customer cannot be made or linked before"})
	}
	if r.tally[mirror.Name] == nil {
		r.tally[mirror.Name] = newTally()
	}
	state, err := r.Store.ItemState(ctx, r.Account.ID, customer.Ref())
	if err != nil || (state.Outcome == store.OutcomeWaiting && !state.Dirty) {
		return err // it waits for a person; nothing new to decide
	}
	const passes = 3 // make it, then write its external id back
	for range passes {
		again, err := r.decideNow(ctx, mirror, customer)
		if err != nil || !again {
			return err
		}
	}
	return nil
}

// decideNow decides and applies one record of a mirror, and tells whether that
// left something to decide.
func (r *run) decideNow(ctx context.Context, mirror flow.Flow, i record.Item) (again bool, err error) {
	d, err := r.decidePair(ctx, mirror, i)
	if err != nil {
		return false, err
	}
	plan, err := r.Store.Decide(ctx, r.lease, d)
	if err != nil {
		return false, err
	}
	for _, c := range plan {
		if err := r.applyOne(ctx, mirror, c); err != nil {
			return false, err
		}
	}
	state, err := r.Store.ItemState(ctx, r.Account.ID, i.Ref())
	return state.Dirty, err
}

// lookUp returns a record from the store, or reads it by id from its side.
func (r *run) lookUp(ctx context.Context, ref record.Ref) (record.Item, bool, error) {
	i, err := r.Store.Item(ctx, r.Account.ID, ref)
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return i, err == nil, err
	}
	return r.readAgain(ctx, ref)
}

// readAgain reads one record by id from its side and stores it.
func (r *run) readAgain(ctx context.Context, ref record.Ref) (record.Item, bool, error) {
	items, err := r.find(ctx, ref.Side, ref.Kind, []record.Key{{Name: record.KeyID, Value: ref.ID}}, time.Time{})
	if err != nil || len(items) == 0 {
		return record.Item{}, false, err
	}
	return items[0], true, nil
}

// find looks records up by keys on a side and stores what it finds; where the
// vendor has no such look-up it finds nothing.
func (r *run) find(ctx context.Context, side record.Side, kind record.Kind, keys []record.Key, since time.Time) ([]record.Item, error) {
	items, err := r.search(ctx, side, kind, keys, record.Near{Since: since})
	if errors.Is(err, record.ErrNoLookup) {
		return nil, nil
	}
	return items, err
}

// search is find, but for record.ErrNoLookup, which proves nothing.
func (r *run) search(ctx context.Context, side record.Side, kind record.Kind, keys []record.Key, near record.Near) ([]record.Item, error) {
	access := r.side(side).Of(kind)
	if access == nil || access.Find == nil {
		return nil, record.ErrNoLookup
	}
	if err := r.halted[side]; err != nil {
		return nil, err
	}
	const few = 3
	known, err := r.Store.KnownIDs(ctx, r.Account.ID, side, kind, few)
	if err != nil {
		return nil, err
	}
	if len(known) > 0 {
		near.KnownID, near.Others = known[0], known[1:]
	}
	if near.Numbers, err = r.numbersOf(ctx, side, kind, keys); err != nil {
		return nil, err
	}
	items, err := access.Find.Find(ctx, keys, near)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	_, err = r.savePage(ctx, record.Feed{}, r.lookedUp(kind, side, items...))
	return items, err
}

// lookedUp is what a look-up found, as a page.
func (r *run) lookedUp(kind record.Kind, side record.Side, items ...record.Item) store.PageWrite {
	write := store.PageWrite{Run: r.id, Feed: string(side) + "/look-up", Kind: kind, Side: side, Rows: true}
	for _, i := range items {
		write.Seen = append(write.Seen, store.Seen{Item: i, Carry: true})
	}
	return write
}

// numbersOf are the numbers by which people know the orders that are looked up by
// id, as far as they were read before.
func (r *run) numbersOf(ctx context.Context, side record.Side, kind record.Kind, keys []record.Key) (map[string]string, error) {
	numbers := map[string]string{}
	for _, k := range keys {
		if k.Name != record.KeyID || !isOrder(kind) {
			continue
		}
		number, err := r.numberOf(ctx, record.Ref{Kind: kind, Side: side, ID: k.Value})
		if err != nil {
			return nil, err
		}
		numbers[k.Value] = number
	}
	return numbers, nil
}

func (r *run) numberOf(ctx context.Context, order record.Ref) (string, error) {
	i, err := r.Store.Item(ctx, r.Account.ID, order)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return i.Fact(record.FactNumber), err
}
