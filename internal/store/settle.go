package store

import (
	"context"
	"errors"
	"fmt"

	"ponte/internal/record"
)

// A Settlement is what became of a change, and all that follows from it.
type Settlement struct {
	Change      Change        // with its new state
	Items       []record.Item // as their side now holds them
	Links       []Link
	Unlink      []Link
	Lives       []Life
	Waits       []Wait // added to the source's
	ClearCauses bool   // the source's waits that this change made are over
	Outcome     string // of the source; "" leaves it
	Redecide    []record.Ref
	Events      []Event
	Wake        []string
	Look        Look // with a change that was unclear or becomes so
}

// Settle keeps what became of a change: its state, the items as they are now,
// links and waits, in one transaction, right after the vendor's answer. A death
// before it leaves the change sending, which is looked up (P1); a change that
// is done stays done, whatever a later settlement says: that is an error.
func (db *DB) Settle(ctx context.Context, l Lease, s Settlement) error {
	return db.under(ctx, l, "Settle", func(q query) error { return settle(q, l, s) })
}

func settle(q query, l Lease, s Settlement) error {
	if err := settleChange(q, l, s.Change, s.Look); err != nil {
		return err
	}
	changed, err := keepItems(q, l.Account, s.Change.Run, s.Items)
	if err != nil {
		return err
	}
	if err := dropLinks(q, l.Account, s.Unlink); err != nil {
		return err
	}
	linked, err := saveLinks(q, l.Account, s.Links)
	if err != nil {
		return err
	}
	if err := saveLives(q, l.Account, s.Lives); err != nil {
		return err
	}
	if err := changeWaits(q, l.Account, s); err != nil {
		return err
	}
	if s.Outcome != "" {
		src := s.Change.Source
		if _, err := q.exec(`update items set outcome = $5 where account = $1 and side = $2 and kind = $3 and id = $4`, l.Account, src.Side, src.Kind, src.ID, s.Outcome); err != nil {
			return err
		}
	}
	if err := wake(q, l.Account, append(append(changed, linked...), s.Wake...)); err != nil {
		return err
	}
	if err := markDirty(q, l.Account, s.Redecide); err != nil {
		return err
	}
	return addEvents(q, l.Account, s.Events)
}

func settleChange(q query, l Lease, c Change, look Look) error {
	was, err := first(q, scanChange, `select `+changeColumns+` from changes where account = $1 and id = $2`, l.Account, c.ID)
	if err != nil {
		return fmt.Errorf("change %d: %w", c.ID, err)
	}
	if was.State == Done && c.State != Done {
		return fmt.Errorf("change %d is done and cannot become %s", c.ID, c.State)
	}
	if err := noteUnclear(q, l.Account, was.State, c, look); err != nil {
		return err
	}
	c.Account, c.Epoch = l.Account, l.Epoch
	return putChange(q, c)
}

// keepItems stores items as a vendor's answer gave them, so that our own write
// does not come back as somebody's change (P3), and returns the tokens that
// they wake. Dirty marks stay as they are; so do the payload where the answer
// has none, the run that read the item last, and what partial pages laid over it.
func keepItems(q query, account, run string, items []record.Item) ([]string, error) {
	var tokens []string
	for _, it := range items {
		r := itemRow{item: it, run: run}
		old, err := findItem(q, account, it.Ref())
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		if err == nil {
			if err := succeed(q, account, old, &r); err != nil {
				return nil, err
			}
			tokens = append(tokens, itemTokens(old)...)
		}
		r.fingerprint = r.item.Fingerprint()
		if err := putItems(q, account, []itemRow{r}); err != nil {
			return nil, err
		}
		tokens = append(tokens, itemTokens(it)...)
	}
	return tokens, nil
}

// succeed makes r the row that takes the place of old's.
func succeed(q query, account string, old record.Item, r *itemRow) error {
	var laid string
	err := q.one([]any{&r.seq, &r.run, &r.dirty, &laid}, `select seq, seen_run, dirty, laid from items where account = $1 and side = $2 and kind = $3 and id = $4`,
		account, old.Side, old.Kind, old.ID)
	if err != nil {
		return err
	}
	if err := decode(laid, &r.laid); err != nil {
		return err
	}
	for name, value := range r.laid {
		if now, says := r.item.Fields[name]; says {
			value = now
		}
		r.laid[name] = value
	}
	if len(r.laid) > 0 {
		r.item.Fields = r.laid.With(r.item.Fields)
	}
	if len(r.item.Raw) == 0 {
		r.item.Raw = old.Raw
	}
	return dropKeys(q, account, old)
}
