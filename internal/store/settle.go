package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ponte/internal/record"
)

// A Settlement is how a change went.
type Settlement struct {
	// Change with its new State, Cause, Text, Answer, NotUntil, Auvo, Omie and Settled.
	Change   Change
	Items    []record.Item // the records as their side now holds them
	Links    []Link
	Waits    []Wait // added to those of the change's source
	Outcome  string // of the source; "" leaves it
	Redecide []record.Ref
	Events   []Event
	Wake     []string  // further tokens
	At       time.Time // of the history; zero: Change.Settled, or now
}

// Settle writes how a change went, with all that follows from it: called right
// after the vendor's answer, so that a death in between is the only time at
// which the ledger knows less than the vendor, and that leaves the change as
// sending (P1). A change that is done or superseded stays so: that is an error.
//
// Items are stored as they are, so that our own write does not come back as
// somebody's change (P3); they keep their dirty mark. Waits that an earlier
// settlement of the change added go.
func (db *DB) Settle(ctx context.Context, l Lease, s Settlement) error {
	return db.under(ctx, l, "Settle", func(q query) error {
		s.At = s.time()
		if err := settleChange(q, l, s); err != nil {
			return err
		}
		tokens, err := saveLinks(q, l.Account, s.Links)
		if err != nil {
			return err
		}
		changed, err := holdItems(q, l.Account, s)
		if err != nil {
			return err
		}
		if err := changeWaits(q, l.Account, s); err != nil {
			return err
		}
		if err := wake(q, l.Account, append(append(tokens, changed...), s.Wake...)); err != nil {
			return err
		}
		if err := redecide(q, l.Account, s.Redecide); err != nil {
			return err
		}
		return addEvents(q, l.Account, dated(s.Events, s.Change.Run, s.At))
	})
}

func (s Settlement) time() time.Time {
	if s.At.IsZero() {
		return orNow(s.Change.Settled)
	}
	return s.At
}

func settleChange(q query, l Lease, s Settlement) error {
	c := s.Change
	old, err := findChange(q, l.Account, `id = $2`, c.ID)
	if err != nil {
		return err
	}
	if old.State == Done || old.State == Superseded {
		return fmt.Errorf("change %d is %s and stays so", c.ID, old.State)
	}
	_, err = q.exec(`update changes set state = $3, cause = $4, said = $5, answer = $6, not_until = $7, auvo = $8, omie = $9,
		settled = $10, epoch = $11 where account = $1 and id = $2`,
		l.Account, c.ID, c.State, c.Cause, c.Text, c.Answer, c.NotUntil, c.Auvo, c.Omie, c.Settled, l.Epoch)
	if err != nil || s.Outcome == "" {
		return err
	}
	_, err = q.exec(`update items set outcome = $5 where account = $1 and side = $2 and kind = $3 and id = $4`,
		l.Account, c.Source.Side, c.Source.Kind, c.Source.ID, s.Outcome)
	return err
}

// holdItems stores what a side now holds and returns the tokens that it wakes.
func holdItems(q query, account string, s Settlement) ([]string, error) {
	var tokens []string
	for _, it := range s.Items {
		old, row, err := heldBefore(q, account, it)
		if err != nil {
			return nil, err
		}
		row.item.Fields = row.laid.With(it.Fields)
		row.fingerprint, row.run = row.item.Fingerprint(), orText(row.run, s.Change.Run)
		if len(it.Raw) == 0 {
			row.item.Raw = old.Raw
		}
		if err := dropKeys(q, account, old); err != nil {
			return nil, err
		}
		if err := putItems(q, account, []itemRow{row}); err != nil {
			return nil, err
		}
		tokens = append(append(tokens, itemTokens(old)...), itemTokens(row.item)...)
	}
	return tokens, nil
}

// heldBefore returns the item as it was stored and the row of its successor.
func heldBefore(q query, account string, it record.Item) (record.Item, itemRow, error) {
	row := itemRow{item: it}
	old, err := findItem(q, account, it.Ref())
	if errors.Is(err, ErrNotFound) {
		return it, row, nil
	}
	if err != nil {
		return it, row, err
	}
	var laid string
	err = q.one([]any{&row.seq, &row.run, &row.dirty, &laid}, `select seq, seen_run, dirty, laid from items
		where account = $1 and side = $2 and kind = $3 and id = $4`, account, it.Side, it.Kind, it.ID)
	if err != nil {
		return it, row, err
	}
	return old, row, decode(laid, &row.laid)
}
