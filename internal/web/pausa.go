package web

import (
	"net/http"

	"ponte/internal/audit"
)

// A pausaPage shows what pausing or resuming an account does, before it is done.
type pausaPage struct {
	Paused  bool
	Action  string
	Back    string
	Running string // who works on it now; "" nobody
}

func (s *Site) pausa(w http.ResponseWriter, v *visit) error {
	holder, err := s.Store.Holder(v.Context(), v.account.ID)
	if err != nil {
		return err
	}
	page := pausaPage{Paused: v.account.Paused, Action: v.account.Path("pausa"), Back: v.account.Path(), Running: holder}
	title := "Pausar a conta"
	if page.Paused {
		title = "Retomar a conta"
	}
	return show(s, w, v, http.StatusOK, pausaSheet, title, page)
}

func (s *Site) setPaused(w http.ResponseWriter, v *visit) error {
	paused, said := false, "A conta foi retomada: volta a rodar no seu ritmo."
	switch v.PostFormValue("fazer") {
	case "pausar":
		paused, said = true, "A conta está pausada: nenhuma rodada começa até alguém retomá-la."
	case "retomar":
	default:
		return refused(http.StatusUnprocessableEntity, "Diga se a conta pausa ou volta.")
	}
	if err := s.Store.SetPaused(s.acting(v.Context(), v, audit.AccountPaused(paused)), v.account.ID, paused); err != nil {
		return err
	}
	s.Log.Info("an account was paused or resumed", "account", v.account.ID, "paused", paused, "person", v.person.Email)
	return s.back(w, v, v.account.Path(), said)
}
