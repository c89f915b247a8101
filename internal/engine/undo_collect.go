package engine

import (
	"context"
	"errors"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// collect finds the orders and the pairs that the scope is about.
func (u *undoing) collect(ctx context.Context) error {
	if u.scope.Run != "" {
		changes, err := u.Store.RunChanges(ctx, u.Account.ID, u.scope.Run)
		if err != nil {
			return err
		}
		for _, c := range changes {
			if err := u.collectChange(ctx, c); err != nil {
				return err
			}
		}
	}
	for _, ref := range u.scope.Refs {
		if err := u.collectRecord(ctx, ref); err != nil {
			return err
		}
	}
	return nil
}

// collectChange finds what a change of the run to be undone made.
func (u *undoing) collectChange(ctx context.Context, c store.Change) error {
	switch {
	case c.Undo:
		return nil
	case c.State == store.Sending, c.State == store.Unknown:
		u.keep(c.Source, c.Title, "unclear", nil)
		return nil
	case c.State != store.Done:
		return nil
	case isOrder(c.Kind) && c.Action == "create":
		return u.collectOrder(ctx, c.Source, c.Kind, c.Code)
	case isOrder(c.Kind):
		u.keep(c.Source, c.Title, "only-edited", flow.OrderDetail(c.Kind, "", c.Code, flow.Open))
		return nil
	}
	return u.collectPair(ctx, c.Source)
}

func isOrder(kind record.Kind) bool { return kind == record.ServiceOrder || kind == record.SalesOrder }

// collectOrder finds the order that a run made, if it is still the source's.
func (u *undoing) collectOrder(ctx context.Context, source record.Ref, kind record.Kind, code string) error {
	links, err := u.Store.Links(ctx, u.Account.ID, kind, record.Auvo, source.String())
	if err != nil {
		return err
	}
	if len(links) > 0 && links[0].Code == code {
		u.orders = append(u.orders, links[0])
		return nil
	}
	lives, err := u.Store.Lives(ctx, u.Account.ID, source)
	reason := "made-again"
	if key, _ := record.ParseOrderCode(code); len(links) == 0 && lives[kind].Epoch == key.Epoch {
		reason = "already"
	}
	u.keep(source, "", reason, flow.OrderDetail(kind, "", code, flow.Open))
	return err
}

// collectRecord finds what a named record has: a source its orders, a record of a
// mirror its newest writes.
func (u *undoing) collectRecord(ctx context.Context, ref record.Ref) error {
	if f, _ := flow.Of(ref.Kind); f.Derive == nil {
		return u.collectPair(ctx, ref)
	}
	made, err := u.made(ctx, ref)
	if err != nil {
		return err
	}
	for _, m := range made {
		key, ours := record.ParseOrderCode(m.Code)
		switch {
		case m.ID == "":
			u.keep(ref, "", "unclear", nil)
		case !ours || key.Source != ref:
			u.keep(ref, "", "not-ours", flow.OrderDetail(m.Kind, "", m.Code, flow.Open))
		default:
			u.orders = append(u.orders, store.Link{Kind: m.Kind, Auvo: ref.String(), Omie: m.ID, Code: m.Code})
		}
	}
	if len(made) > 0 {
		return nil
	}
	lives, err := u.Store.Lives(ctx, u.Account.ID, ref)
	reason := "not-made"
	if (flow.In{Lives: lives}).Undone() != "" {
		reason = "already"
	}
	u.keep(ref, "", reason, nil)
	return err
}

// collectPair finds the writes of a pair that the scope is about, once.
func (u *undoing) collectPair(ctx context.Context, ref record.Ref) error {
	link, err := u.Store.Link(ctx, u.Account.ID, ref.Kind, ref.Side, ref.ID)
	if errors.Is(err, store.ErrNotFound) {
		u.keep(ref, "", "unlinked", nil)
		return nil
	}
	if err != nil {
		return err
	}
	for _, w := range u.pairs {
		if w.link.Kind == link.Kind && w.link.Auvo == link.Auvo {
			return nil
		}
	}
	changes, unclear, err := u.changesOfPair(ctx, link)
	if err != nil {
		return err
	}
	picked := pickTraces(traces(changes), u.scope.Run)
	switch {
	case unclear:
		u.keep(ref, "", "unclear", nil)
	case len(picked) == 0:
		u.keep(ref, "", "nothing", nil)
	default:
		u.pairs = append(u.pairs, undoPair{link, picked})
	}
	return nil
}
