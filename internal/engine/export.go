package engine

import (
	"context"
	"slices"
	"strconv"
	"time"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// orderKinds are the kinds of order that a source may have, one of each.
var orderKinds = []record.Kind{record.ServiceOrder, record.SalesOrder}

// orderFields are the mapped fields of an order, in the order of design.md §1.
var orderFields = []string{record.FieldCustomer, record.FieldForecast, record.FieldNotes, record.FieldServices, record.FieldProducts}

// planOrders plans the orders of a source: those that it lacks are made, those
// that it has are revised while they are open (design.md §7, After export).
func (r *run) planOrders(ctx context.Context, f flow.Flow, i record.Item, in flow.In, out flow.Out) (store.Decision, error) {
	d := store.Decision{Run: r.id, Flow: f.Name, Settles: []record.Ref{i.Ref()}, Outcome: store.OutcomeUnchanged, Reason: out.Reason}
	for _, draft := range out.Orders {
		made := madeOf(in.Made, draft.Kind)
		if made == nil {
			if err := r.planOrder(ctx, &d, f, i, draft); err != nil {
				return d, err
			}
			continue
		}
		if err := r.revise(ctx, &d, f, i, draft, *made); err != nil {
			return d, err
		}
	}
	if err := r.lostOrders(ctx, &d, f, i, in, out); err != nil {
		return d, err
	}
	r.countSource(&d, f, i)
	return d, nil
}

func madeOf(made []flow.Made, kind record.Kind) *flow.Made {
	n := slices.IndexFunc(made, func(m flow.Made) bool { return m.Kind == kind })
	if n < 0 {
		return nil
	}
	return &made[n]
}

func (r *run) countSource(d *store.Decision, f flow.Flow, i record.Item) {
	switch {
	case len(d.Waits) > 0:
		d.Outcome = store.OutcomeWaiting
	case len(d.Plan) > 0:
		d.Outcome = outcomePlanned
	}
	r.tally[f.Name].decide(refKey(i.Ref()), d.Outcome)
}

// planOrder plans to make one order, unless something is known to be refused.
func (r *run) planOrder(ctx context.Context, d *store.Decision, f flow.Flow, i record.Item, draft flow.Draft) error {
	order := draft.Order
	troubles := r.Omie.Of(draft.Kind).Write.Check(record.Draft{Kind: draft.Kind, Code: draft.Code, Order: &order})
	for _, t := range troubles {
		d.Waits = append(d.Waits, r.wait(f, onePair(i), t.Cause, troubleDetail(t)))
	}
	if len(draft.Code) > record.MostCode { // a code that is cut would be another's
		troubles = append(troubles, record.Trouble{})
		d.Waits = append(d.Waits, r.wait(f, onePair(i), "too-long", map[string]string{
			"what": "code", "code": draft.Code, "length": strconv.Itoa(len(draft.Code)), "limit": strconv.Itoa(record.MostCode),
		}))
	}
	if len(troubles) > 0 {
		return nil
	}
	c := r.change(f, onePair(i), record.Omie, "create")
	c.Kind, c.Source, c.Code, c.Order, c.Reason = draft.Kind, i.Ref(), draft.Code, &order, d.Reason
	c.Key = CreateKey(record.Omie, draft.Kind, draft.Code)
	fields := order.Fields()
	for _, name := range orderFields {
		if fields[name] != "" {
			c.Fields = append(c.Fields, store.FieldChange{Name: name, To: fields[name]})
		}
	}
	// The extra base fields ride along, to be kept with the link.
	for _, name := range draft.Base.Names() {
		c.Fields = append(c.Fields, store.FieldChange{Name: extraPrefix + name, To: draft.Base[name]})
	}
	planned, err := r.unlessTaken(ctx, f, i, *d, c)
	*d = planned
	return err
}

// extraPrefix marks fields of a change that are kept with the link and sent nowhere.
const extraPrefix = "~"

func troubleDetail(t record.Trouble) map[string]string {
	return map[string]string{"field": t.Field, "value": t.Value, "limit": strconv.Itoa(t.Limit), "length": strconv.Itoa(record.Runes(t.Value))}
}

// recoveryDue tells whether the orders must be indexed before a decision may
// stand: it would make an order, or finds one cancelled or gone, which may have been
// made again since; and the ledger is empty, or the last run is older than two
// cycles (design.md §5, After a restore).
func (r *run) recoveryDue(ctx context.Context, d store.Decision) bool {
	if r.indexd || (!makesOrder(d) && !slices.ContainsFunc(d.Waits, isClosed)) {
		return false
	}
	mark, err := r.Store.Mark(ctx, r.Account.ID, ordersIndexed)
	old := r.prior.Started.IsZero() || r.start.Sub(r.prior.Started) > 2*r.every
	return err != nil || mark == "" || old
}

// forgotten tells whether a backup that was put back may know nothing of the orders
// of a source that asks for none by now: it changed since, give or take a day, as Auvo
// stamps quotations by days.
func (r *run) forgotten(i record.Item) bool {
	return r.back.On() && !r.indexd && (i.Source.Deleted || i.Changed.After(r.back.State.AddDate(0, 0, -1)))
}

// makesOrder tells whether an order is about to be made.
func makesOrder(d store.Decision) bool {
	return slices.ContainsFunc(d.Plan, func(c store.Change) bool { return c.Action == "create" && c.Order != nil })
}

// isClosed tells whether a wait says that an order is cancelled, or gone from Omie.
func isClosed(w store.Wait) bool {
	return w.Cause == "deleted-in-omie" || w.Detail["what"] == string(flow.Cancelled)
}

// recoverOrders pages the orders of a year each way and takes back the links
// of our integration codes. It tells whether there was something left to read.
func (r *run) recoverOrders(ctx context.Context, f flow.Flow) (read bool, err error) {
	read, err = r.readKinds(ctx, f, orderKinds)
	if err != nil {
		return read, err
	}
	r.indexd = true
	return read, r.Store.SetMark(ctx, r.lease, ordersIndexed, r.start.UTC().Format(time.RFC3339))
}

// readKinds reads the orders of those kinds that this run has not read yet.
func (r *run) readKinds(ctx context.Context, f flow.Flow, kinds []record.Kind) (read bool, err error) {
	for _, kind := range kinds {
		if r.orders[kind] {
			continue
		}
		read = true
		if err := r.readOrders(ctx, f, kind, ignorePage); err != nil {
			return read, err
		}
	}
	return read, nil
}

// ordersIndexed is the mark that says when the orders were read to take them back.
const ordersIndexed = "orders-indexed"

// An orderPage looks at a page of orders, and at what became of each in the store.
type orderPage func(record.Page, []store.Sight) error

func ignorePage(record.Page, []store.Sight) error { return nil }

// ordersWindow reaches from the earlier of start_from and a year ago to a year
// ahead: by which of an order's dates Omie selects is disputed (docs/apis/omie.md §7.5).
func (r *run) ordersWindow(f flow.Flow) record.Window {
	from := r.start.AddDate(-1, 0, 0)
	if day, given := f.Derive.Settings(r.Account).StartFrom.In(r.place); given {
		from = earlier(from, day)
	}
	return record.Window{Since: from, Until: r.start.AddDate(1, 0, 0)}
}

// makes are the kinds of order that the account's settings make: the list of
// another may be empty, which is a fault.
func (r *run) makes() (kinds []record.Kind) {
	service, sales := r.Account.Makes()
	if service {
		kinds = append(kinds, record.ServiceOrder)
	}
	if sales {
		kinds = append(kinds, record.SalesOrder)
	}
	return kinds
}

// readOrders pages the orders of a kind and takes back those of our codes.
func (r *run) readOrders(ctx context.Context, f flow.Flow, kind record.Kind, page orderPage) error {
	for _, feed := range r.Omie.Of(kind).Feeds {
		if err := r.halted[record.Omie]; err != nil {
			return err
		}
		if err := r.recoverFeed(ctx, f, kind, feed, r.ordersWindow(f), page); err != nil {
			return err
		}
	}
	r.orders[kind] = true
	return nil
}

// recoverFeed reads a feed of orders and moves its cursor once it added up (P2).
func (r *run) recoverFeed(ctx context.Context, f flow.Flow, kind record.Kind, feed record.Feed, w record.Window, page orderPage) error {
	c, err := r.Store.Cursor(ctx, r.Account.ID, cursorName(record.Omie, feed))
	if err != nil {
		return err
	}
	rows := 0
	err = feed.List(ctx, w, func(p record.Page) error {
		rows += p.Received
		if err := addsUp(c.Feed, p, rows); err != nil {
			return err
		}
		for _, i := range p.Items {
			if i.Changed.After(c.Newest) {
				c.Newest = i.Changed
			}
		}
		sights, err := r.takeBack(ctx, f, kind, p.Items)
		if err != nil {
			return err
		}
		return page(p, sights)
	})
	if err != nil {
		return err
	}
	c.Done = r.start
	_, err = r.Store.SavePage(ctx, r.lease, store.PageWrite{Run: r.id, Kind: kind, Side: record.Omie, Cursor: &c})
	return err
}

// takeBack stores the orders that carry one of our codes or mention a source. Of
// ours, each source is linked to the newest, where the ledger does not know it; a
// source that this run decided before is decided again. Those that mention a
// source are offered (adopt.go).
func (r *run) takeBack(ctx context.Context, f flow.Flow, kind record.Kind, items []record.Item) ([]store.Sight, error) {
	write := store.PageWrite{Run: r.id, Feed: "omie/orders", Kind: kind, Side: record.Omie}
	newest := map[record.OrderKey]record.Item{} // by the key of epoch 0
	for _, o := range items {
		if len(o.Mentions) > 0 {
			write.Seen = append(write.Seen, store.Seen{Item: o})
		}
		key, ours := record.ParseOrderCode(o.Code)
		if !ours || key.Kind != kind {
			continue
		}
		write.Seen = append(write.Seen, store.Seen{Item: o})
		first := record.OrderKey{Source: key.Source, Kind: kind}
		if was, _ := record.ParseOrderCode(newest[first].Code); key.Epoch >= was.Epoch {
			newest[first] = o
		}
	}
	if len(write.Seen) == 0 {
		return nil, nil
	}
	d := store.Decision{Run: r.id, Flow: f.Name}
	var found []record.Ref
	for _, o := range newest {
		source, err := r.takeBackOne(ctx, &d, o)
		if err != nil {
			return nil, err
		}
		found = append(found, source...)
	}
	sights, err := r.Store.SavePage(ctx, r.lease, write)
	if err != nil {
		return nil, err
	}
	for _, s := range sights { // what was decided of one that seemed gone is decided again
		if key, ours := record.ParseOrderCode(itemOf(items, s.Ref).Code); ours && s.Back {
			found = append(found, key.Source)
		}
	}
	d.Events = append(d.Events, r.becameOf(write.Seen, sights)...)
	if _, err := r.Store.Decide(ctx, r.lease, d); err != nil {
		return nil, err
	}
	return sights, r.Store.Redecide(ctx, r.lease, found...)
}

// takeBackOne links an order to its source, which it returns, unless the ledger
// knows the order, knows a newer one, or knows that a person undid it. An epoch
// above the one known says that those below it are used up.
func (r *run) takeBackOne(ctx context.Context, d *store.Decision, o record.Item) ([]record.Ref, error) {
	key, _ := record.ParseOrderCode(o.Code)
	lives, err := r.Store.Lives(ctx, r.Account.ID, key.Source)
	if err != nil {
		return nil, err
	}
	links, err := r.Store.Links(ctx, r.Account.ID, key.Kind, record.Auvo, key.Source.String())
	life := lives[key.Kind]
	switch {
	case err != nil, key.Epoch < life.Epoch:
		return nil, err
	case key.Epoch > life.Epoch:
		d.Unlink = append(d.Unlink, links...)
		d.Lives = append(d.Lives, store.Life{Source: key.Source, Kind: key.Kind, Life: record.Life{Epoch: key.Epoch}})
	case len(links) > 0, !life.Undone.IsZero():
		return nil, nil
	}
	d.Links = append(d.Links, store.Link{
		Kind: key.Kind, Auvo: key.Source.String(), Omie: o.ID, Role: store.RoleMain,
		Code: o.Code, How: "encontrado no Omie pelo código de integração",
	})
	d.Events = append(d.Events, store.Event{
		At: r.Now(), Run: r.id, Ref: key.Source, What: "linked",
		Text: "Documento " + o.Title + " encontrado no Omie pelo código " + o.Code + ".",
	})
	return []record.Ref{key.Source}, nil
}
