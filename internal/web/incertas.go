package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"ponte/internal/audit"
	"ponte/internal/engine"
	"ponte/internal/store"
)

// An unclearPage asks a person whether a write was made.
type unclearPage struct {
	unclearRow
	Action, Story string
}

func (s *Site) unclearOf(v *visit) (store.Unclear, error) {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return store.Unclear{}, missing("Não há uma gravação assim.")
	}
	open, err := s.Store.UnclearWrites(v.Context(), v.account.ID)
	if err != nil {
		return store.Unclear{}, err
	}
	i := slices.IndexFunc(open, func(u store.Unclear) bool { return u.Change.ID == id })
	if i < 0 {
		mine, err := s.Store.ChangesByID(v.Context(), v.account.ID, []int64{id})
		if err != nil {
			return store.Unclear{}, err
		}
		if len(mine) == 0 { // another account's is none here
			return store.Unclear{}, missing("Não há uma gravação assim.")
		}
		return store.Unclear{}, refused(http.StatusConflict, "Já se sabe se essa gravação foi feita; veja a história do registro.")
	}
	if !open[i].ForPerson() {
		return store.Unclear{}, refused(http.StatusConflict, "O Ponte ainda vai procurar por essa gravação; espere a próxima rodada.")
	}
	return open[i], nil
}

func (s *Site) unclear(w http.ResponseWriter, v *visit) error {
	u, err := s.unclearOf(v)
	if err != nil {
		return err
	}
	page := unclearPage{unclearRowOf(v.account, u, s.Now()), v.account.Path("incertas", v.PathValue("id")), storyPath(v.account, u.Change.Source)}
	return show(s, w, v, http.StatusOK, unclearSheet, "Foi feita?", page)
}

func (s *Site) notMade(w http.ResponseWriter, v *visit) error {
	u, err := s.unclearOf(v)
	if err != nil {
		return err
	}
	return s.settle(w, v, audit.NotMade(u.Change), storyPath(v.account, u.Change.Source), func(ctx context.Context, lease store.Lease) (string, error) {
		return "Anotado: não foi feita. A próxima rodada decide de novo.", engine.NotMade(ctx, s.Store, lease, u, v.by())
	})
}
