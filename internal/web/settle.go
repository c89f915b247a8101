package web

import (
	"context"
	"errors"
	"net/http"

	"ponte/internal/engine"
	"ponte/internal/store"
)

// settle changes something of the visit's account, under its lease, and goes to
// another page, which says what was done.
func (s *Site) settle(w http.ResponseWriter, v *visit, to string, do func(context.Context, store.Lease) (said string, err error)) error {
	var said string
	// The holder is this visit alone: a lease is given again to whoever has it.
	holder := v.person.Name + ", nas páginas do Ponte (" + newID()[20:] + ")"
	err := engine.WithLease(v.Context(), s.Store, v.account.ID, holder, s.LeaseWait, func(ctx context.Context, lease store.Lease) (err error) {
		said, err = do(ctx, lease)
		return err
	})
	if held, ok := errors.AsType[*engine.HeldError](err); ok {
		return busy(held.Holder)
	}
	if errors.Is(err, store.ErrLeaseLost) {
		return busy("outro processo")
	}
	if err != nil {
		return err
	}
	if err := s.notice(v, said); err != nil {
		return err
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}

// by names the visit's person in a record's history.
func (v *visit) by() string { return v.person.Name + ", " + v.person.Email }
