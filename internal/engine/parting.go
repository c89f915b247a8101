package engine

import (
	"context"
	"slices"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// confirmDeleted reads a source that stands among the deleted ones by id: only
// what is gone there too is deleted. One without orders needs no confirmation.
func (r *run) confirmDeleted(ctx context.Context, i record.Item) (record.Item, error) {
	if !i.Source.Deleted {
		return i, nil
	}
	made, err := r.made(ctx, i.Ref())
	if err != nil || len(made) == 0 {
		return i, err
	}
	again, found, err := r.readAgain(ctx, i.Ref())
	if err != nil || found {
		return again, err
	}
	return i, nil
}

// partOrders is the decision about the orders of a source that was deleted, or
// no longer meets the rules.
func (r *run) partOrders(ctx context.Context, f flow.Flow, i record.Item, in flow.In, w flow.Wait) (store.Decision, error) {
	d := store.Decision{Run: r.id, Flow: f.Name, Settles: []record.Ref{i.Ref()}, Outcome: store.OutcomeUnchanged, Reason: w.Detail["why"]}
	for _, m := range in.Made {
		if err := r.part(ctx, &d, f, i, m, w.Cause, w.Detail["why"]); err != nil {
			return d, err
		}
	}
	r.countSource(&d, f, i)
	return d, nil
}

// lostOrders: an order that the source no longer asks for has parted from it.
func (r *run) lostOrders(ctx context.Context, d *store.Decision, f flow.Flow, i record.Item, in flow.In, out flow.Out) error {
	for _, m := range in.Made {
		if !m.Compared() && m.Adopted(i.Ref()) {
			continue // a person said that it bills the work
		}
		if slices.ContainsFunc(out.Orders, func(o flow.Draft) bool { return o.Kind == m.Kind }) {
			continue
		}
		if err := r.part(ctx, d, f, i, m, "no-longer-ready", "não tem mais itens para esse documento."); err != nil {
			return err
		}
	}
	return nil
}

// part decides about one order that parted from its source: it is left alone
// and waits for a person, or is cancelled where the account says so. The order
// is read first: one that is cancelled or gone already needs nobody.
func (r *run) part(ctx context.Context, d *store.Decision, f flow.Flow, i record.Item, m flow.Made, cause, why string) error {
	if m.ID == "" {
		d.Waits = append(d.Waits, r.wait(f, onePair(i), "unknown-outcome", map[string]string{"side": "omie"}))
		return nil
	}
	held, standing, err := r.orderNow(ctx, f, m)
	if err != nil {
		return err
	}
	onDelete := string(f.Derive.Settings(r.Account).OnDelete)
	if m.Adopted(i.Ref()) { // a person's document is theirs to cancel
		onDelete = ""
	}
	switch flow.Part(cause, standing, onDelete) {
	case flow.TellOf:
		detail, err := r.orderDetail(ctx, m, standing)
		if err != nil {
			return err
		}
		detail["why"] = why
		d.Waits = append(d.Waits, r.orderWait(f, i, m.ID, cause, detail))
	case flow.CancelIt:
		c := r.change(f, pair{auvo: i, omie: held}, record.Omie, "cancel")
		c.Kind, c.Source, c.Code, c.Omie, c.Reason = m.Kind, i.Ref(), m.Code, m.ID, "Não existe mais no Auvo; a conta cancela o documento aberto."
		c.Key = "cancel:omie:" + string(m.Kind) + ":" + m.ID
		d.Plan = append(d.Plan, c)
	case flow.LeaveIt:
	}
	return nil
}
