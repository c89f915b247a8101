package engine

import (
	"context"
	"slices"
	"strconv"
	"time"

	"ponte/internal/flow"
	"ponte/internal/reconcile"
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
	r.lostOrders(&d, f, i, in, out)
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

// revise compares what a source asks for now with what Ponte last wrote, and
// reads the order only when they differ.
func (r *run) revise(ctx context.Context, d *store.Decision, f flow.Flow, i record.Item, draft flow.Draft, made flow.Made) error {
	if made.ID == "" {
		d.Waits = append(d.Waits, r.wait(f, onePair(i), "unknown-outcome", map[string]string{"side": "omie"}))
		return nil
	}
	want := draft.Order.Fields()
	link := store.Link{Kind: draft.Kind, Auvo: i.Ref().String(), Omie: made.ID, Role: store.RoleMain, Code: made.Code, Base: made.Base}
	if !made.Compared() { // taken back after a restore, or adopted: what Ponte would write now counts as written
		link.Base = made.Base.With(want).With(draft.Base)
		d.Links = append(d.Links, link)
		return nil
	}
	if sameFields(want, made.Base) {
		return nil
	}
	held, found, err := r.readAgain(ctx, record.Ref{Kind: draft.Kind, Side: record.Omie, ID: made.ID})
	if err != nil {
		return err
	}
	shared, err := r.shared(ctx, draft.Kind, made.ID)
	if err != nil {
		return err
	}
	if wait := r.frozen(f, i, held, found, made, shared); wait != nil {
		if wait.Cause == "changed-after-billing" { // a further edit is one that nobody has seen
			wait.About = flow.About(wait.Cause, wait.Detail, record.Digest(want))
		}
		d.Waits = append(d.Waits, *wait)
		return nil
	}
	return r.planRevision(ctx, d, f, i, draft, link, held)
}

func sameFields(a, b record.Fields) bool {
	return !slices.ContainsFunc(orderFields, func(f string) bool { return !record.Same(f, a[f], b[f]) })
}

// shared tells whether a person adopted an order for more than one source: what
// one of them asks for says nothing about the whole of it.
func (r *run) shared(ctx context.Context, kind record.Kind, id string) (bool, error) {
	links, err := r.Store.Links(ctx, r.Account.ID, kind, record.Omie, id)
	return len(links) > 1, err
}

// frozen says why an order is not altered any more: gone, billed, cancelled,
// shared by several sources, or in a stage that the account freezes (P8).
func (r *run) frozen(f flow.Flow, i record.Item, held record.Item, found bool, made flow.Made, shared bool) *store.Wait {
	detail := map[string]string{"orders": orderName(made.Kind, held.Title, made.Code), "code": made.Code}
	cause := "changed-after-billing"
	switch {
	case !found:
		cause = "deleted-in-omie"
	case held.Fact(record.FactBilled) == "true":
		detail["state"] = "faturado no Omie"
	case held.Fact(record.FactCancelled) == "true":
		detail["state"], detail["cancelled"] = "cancelado no Omie", "true"
	case shared:
		detail["state"] = "ligado também a outro registro do Auvo"
	case slices.Contains(f.Derive.Settings(r.Account).FrozenStages, held.Fact(record.FactStage)):
		detail["state"] = "levado a um estágio que a conta não altera"
	default:
		return nil
	}
	w := r.wait(f, onePair(i), cause, detail)
	w.Omie = made.ID
	return &w
}

func orderName(kind record.Kind, title, code string) string {
	if title != "" {
		return title
	}
	if kind == record.ServiceOrder {
		return "a OS " + code
	}
	return "o pedido " + code
}

// planRevision plans the fields that only the source changed; a person's edits
// stay, and a field that both changed is a conflict (P4).
func (r *run) planRevision(ctx context.Context, d *store.Decision, f flow.Flow, i record.Item, draft flow.Draft, link store.Link, held record.Item) error {
	want, has := draft.Order.Fields(), held.Order.Fields()
	p := pair{auvo: i, omie: held}
	taken, err := r.taken(ctx, f.Kind, p, want, has)
	if err != nil {
		return err
	}
	rev := reconcile.Revise(link.Base, want, has, orderFields, taken)
	r.noteConflicts(d, f, p, rev.Conflicts)
	base := link.Base.With(draft.Base)
	if openConflict(rev.Conflicts, record.FieldForecast) { // the source's date is not settled yet
		base[flow.BaseSourceDate] = link.Base[flow.BaseSourceDate]
	}
	for _, name := range append(rev.Agreed, rev.Left...) {
		base[name] = want[name]
	}
	link.Base = base
	d.Links = append(d.Links, link)
	if len(rev.Write) == 0 {
		return nil
	}
	order := mergedOrder(*held.Order, draft.Order, rev.Write)
	c := r.change(f, p, record.Omie, "update")
	c.Kind, c.Source, c.Code, c.Order, c.Omie, c.Auvo = draft.Kind, i.Ref(), link.Code, &order, held.ID, i.ID
	c.Reason = "Mudou no Auvo depois de exportado."
	for _, ch := range rev.Write {
		c.Fields = append(c.Fields, store.FieldChange{Name: ch.Field, From: ch.From, To: ch.To})
	}
	c.Key = "update:omie:" + string(draft.Kind) + ":" + held.ID + ":" + r.id + ":" + record.Digest(c.Fields)
	d.Plan = append(d.Plan, c)
	return nil
}

// openConflict tells whether a field waits in conflict.
func openConflict(conflicts []reconcile.Conflict, field string) bool {
	return slices.ContainsFunc(conflicts, func(c reconcile.Conflict) bool { return c.Field == field && c.Settled == "" })
}

// mergedOrder is the order as Omie holds it with the changed fields laid over;
// in the notes only Ponte's own lines are replaced.
func mergedOrder(held, want record.Order, changes []reconcile.Change) record.Order {
	out := held
	for _, c := range changes {
		switch c.Field {
		case record.FieldCustomer:
			out.Customer = want.Customer
		case record.FieldForecast:
			out.Forecast = want.Forecast
		case record.FieldNotes:
			out.Notes = record.ReplaceOwnNotes(held.Notes, want.Notes)
		case record.FieldServices:
			out.Services = want.Services
		case record.FieldProducts:
			out.Products = want.Products
			out.UsedProducts, out.UsedProductsCategory = want.UsedProducts, want.UsedProductsCategory
		}
	}
	return out
}

// lostOrders: an order that the source no longer asks for is left alone and waits.
func (r *run) lostOrders(d *store.Decision, f flow.Flow, i record.Item, in flow.In, out flow.Out) {
	for _, m := range in.Made {
		if !m.Compared() && m.Adopted(i.Ref()) {
			continue // a person said that it bills the work
		}
		asked := slices.ContainsFunc(out.Orders, func(o flow.Draft) bool { return o.Kind == m.Kind })
		if !asked {
			d.Waits = append(d.Waits, r.wait(f, onePair(i), "no-longer-ready", map[string]string{
				"orders": orderName(m.Kind, "", m.Code), "why": "não tem mais itens para esse documento.",
			}))
		}
	}
}

// confirmDeleted reads a source that stands among the deleted ones by id: only
// what is gone there too is deleted. gone is false while it is not confirmed.
func (r *run) confirmDeleted(ctx context.Context, i record.Item) (record.Item, bool, error) {
	if !i.Source.Deleted {
		return i, false, nil
	}
	made, err := r.made(ctx, i.Ref())
	if err != nil || len(made) == 0 {
		return i, true, err
	}
	again, found, err := r.readAgain(ctx, i.Ref())
	if err != nil || found {
		return again, false, err
	}
	return i, true, nil
}

// deleted is the decision about a deleted source with orders: they wait, or
// are cancelled where the account says so and they are open.
func (r *run) deleted(ctx context.Context, f flow.Flow, i record.Item, in flow.In, w *flow.Wait) (store.Decision, error) {
	adopted := slices.ContainsFunc(in.Made, func(m flow.Made) bool { return m.Adopted(i.Ref()) })
	if f.Derive.Settings(r.Account).OnDelete != "cancel" || adopted { // a person's document is theirs to cancel
		return r.sourceWait(f, i, *w), nil
	}
	d := store.Decision{
		Run: r.id, Flow: f.Name, Settles: []record.Ref{i.Ref()}, Outcome: store.OutcomeUnchanged,
		Reason: "Foi excluída no Auvo; a conta cancela o documento aberto.",
	}
	for _, m := range in.Made {
		held, found, err := r.readAgain(ctx, record.Ref{Kind: m.Kind, Side: record.Omie, ID: m.ID})
		if err != nil {
			return d, err
		}
		if found && held.Fact(record.FactCancelled) == "true" {
			continue
		}
		if wait := r.frozen(f, i, held, found, m, false); wait != nil {
			d.Waits = append(d.Waits, *wait)
			continue
		}
		c := r.change(f, pair{auvo: i, omie: held}, record.Omie, "cancel")
		c.Kind, c.Source, c.Code, c.Omie, c.Reason = m.Kind, i.Ref(), m.Code, m.ID, d.Reason
		c.Key = "cancel:omie:" + string(m.Kind) + ":" + m.ID
		d.Plan = append(d.Plan, c)
	}
	r.countSource(&d, f, i)
	return d, nil
}

// recoveryDue tells whether the orders must be indexed before a decision may
// stand: it would make an order, or finds one cancelled or gone, which may have been
// made again since; and the ledger is empty, or the last run is older than two
// cycles (design.md §5, After a restore).
func (r *run) recoveryDue(ctx context.Context, d store.Decision) bool {
	if r.indexd || (!makesOrder(d) && !slices.ContainsFunc(d.Waits, isClosed)) {
		return false
	}
	mark, err := r.Store.Mark(ctx, r.Account.ID, "orders-indexed")
	old := r.prior.Started.IsZero() || r.start.Sub(r.prior.Started) > 2*r.Account.Every.Std()
	return err != nil || mark == "" || old
}

// makesOrder tells whether an order is about to be made.
func makesOrder(d store.Decision) bool {
	return slices.ContainsFunc(d.Plan, func(c store.Change) bool { return c.Action == "create" && c.Order != nil })
}

// isClosed tells whether a wait says that an order is cancelled, or gone from Omie.
func isClosed(w store.Wait) bool {
	return w.Cause == "deleted-in-omie" || w.Detail["cancelled"] == "true"
}

// recoverOrders pages the orders of a year each way and takes back the links
// of our integration codes.
func (r *run) recoverOrders(ctx context.Context, f flow.Flow) error {
	from := r.start.AddDate(-1, 0, 0)
	if day, given := f.Derive.Settings(r.Account).StartFrom.In(r.place); given {
		from = earlier(from, day)
	}
	w := record.Window{Since: from, Until: r.start.AddDate(1, 0, 0)}
	err := r.eachOrderFeed(func(kind record.Kind, feed record.Feed) error { return r.recoverFeed(ctx, f, kind, feed, w) })
	if err != nil {
		return err
	}
	r.indexd = true
	return r.Store.SetMark(ctx, r.lease, "orders-indexed", r.start.UTC().Format(time.RFC3339))
}

// recoverFeed reads a feed of orders and moves its cursor once it added up (P2).
func (r *run) recoverFeed(ctx context.Context, f flow.Flow, kind record.Kind, feed record.Feed, w record.Window) error {
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
		return r.takeBack(ctx, f, kind, p.Items)
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
func (r *run) takeBack(ctx context.Context, f flow.Flow, kind record.Kind, items []record.Item) error {
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
		return nil
	}
	d := store.Decision{Run: r.id, Flow: f.Name}
	var found []record.Ref
	for _, o := range newest {
		source, err := r.takeBackOne(ctx, &d, o)
		if err != nil {
			return err
		}
		found = append(found, source...)
	}
	if _, err := r.Store.SavePage(ctx, r.lease, write); err != nil {
		return err
	}
	if _, err := r.Store.Decide(ctx, r.lease, d); err != nil {
		return err
	}
	return r.Store.Redecide(ctx, r.lease, found...)
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
