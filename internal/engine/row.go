package engine

import (
	"context"

	"ponte/internal/flow"
	"ponte/internal/store"
)

// withoutRow reads a record again before a change that is sent whole, from its row,
// when that is kept no more (docs/lgpd.md): nothing is written from nothing, and no
// member is lost. One that was edited meanwhile is decided again.
func (r *run) withoutRow(ctx context.Context, f flow.Flow, c store.Change) (stale bool, err error) {
	access, ref := r.side(c.To).Of(c.Kind), targetRef(c)
	if c.Action != "update" || access == nil || !access.Whole {
		return false, nil
	}
	was, err := r.Store.Item(ctx, r.Account.ID, ref)
	if err != nil || len(was.Raw) > 0 {
		return false, err
	}
	again, found, err := r.readAgain(ctx, ref)
	switch {
	case err != nil:
		return true, r.note(ctx, r.tally[f.Name], err) // unread, unsent: it stays planned
	case !found && c.Undo:
		return true, r.dropUndo(ctx, c, flow.Kept("vanished", map[string]string{"side": string(c.To)}))
	case !found:
		return true, r.settleWaiting(ctx, f, c, "vanished", map[string]string{"side": string(c.To)})
	case again.Fingerprint() == was.Fingerprint():
		return false, nil
	case c.Undo:
		return r.restoreStale(ctx, f, c)
	}
	return true, r.supersede(ctx, c, "Mudou no "+c.To.Title()+" enquanto era decidida.")
}
