package web

import (
	"context"
	"errors"
	"net/http"

	"ponte/internal/engine"
	"ponte/internal/store"
)

// settle does an act on the visit's account, under its lease, and goes to another
// page, which says what was done. A change that do leaves undone leaves no act.
func (s *Site) settle(w http.ResponseWriter, v *visit, act store.Act, to string, do func(context.Context, store.Lease) (said string, err error)) error {
	var said string
	// The holder is this visit alone: a lease is given again to whoever has it.
	holder := v.person.Name + ", nas páginas do Ponte (" + newID()[20:] + ")"
	err := engine.WithLease(v.Context(), s.Store, v.account.ID, holder, s.LeaseWait, func(ctx context.Context, lease store.Lease) (err error) {
		said, err = do(s.acting(ctx, v, act), lease) // without an act do brings one of its own
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
	return s.back(w, v, to, said)
}

// back goes to a page, which says what was done.
func (s *Site) back(w http.ResponseWriter, v *visit, to, said string) error {
	if err := s.notice(v, said); err != nil {
		return err
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}

// acting has the first change under the context write what the visit's person does.
func (s *Site) acting(ctx context.Context, v *visit, a store.Act) context.Context {
	return s.Store.WithAct(ctx, s.actOf(v, a))
}

// actOf is an act of the visit's person, on the visit's account if it has one.
func (s *Site) actOf(v *visit, a store.Act) store.Act {
	a.At, a.Person, a.By = s.Now(), v.person.ID, v.person.Name+" ("+v.person.Email+")"
	if v.account != nil {
		a.Account = v.account.ID
	}
	return a
}

// by names the visit's person in a record's history.
func (v *visit) by() string { return v.person.Name + ", " + v.person.Email }
