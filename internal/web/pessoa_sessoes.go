package web

import (
	"net/http"

	"ponte/internal/audit"
)

func (s *Site) endTheirSessionsForm(w http.ResponseWriter, v *visit) error {
	m, err := s.anotherOf(v)
	if err != nil {
		return err
	}
	return s.showPersonDeed(w, v, http.StatusOK, m, personDeedPage{
		Title: "Encerrar as sessões", Button: "Encerrar as sessões",
		Does: count(m.Sessions, "Não há sessão aberta.", "1 sessão é encerrada agora.", "sessões são encerradas agora.") + " A pessoa entra de novo com a sua senha.",
	})
}

func (s *Site) endTheirSessions(w http.ResponseWriter, v *visit) error {
	m, err := s.anotherOf(v)
	if err != nil {
		return err
	}
	if err := s.Store.EndOtherSessions(s.acting(v.Context(), v, audit.SessionsEnded(m.Person, false)), m.ID, ""); err != nil {
		return err
	}
	s.Log.Info("sessions were ended", "about", m.Email, "person", v.person.Email)
	return s.back(w, v, personPath(m.ID), "As sessões de "+m.Name+" foram encerradas.")
}
