package web

import (
	"net/http"

	"ponte/internal/audit"
)

func (s *Site) removePersonForm(w http.ResponseWriter, v *visit) error {
	m, err := s.anotherOf(v)
	if err != nil {
		return err
	}
	return s.showPersonDeed(w, v, http.StatusOK, m, personDeedPage{
		Title: "Remover", Button: "Remover",
		Does: "A pessoa não entra mais: as suas sessões e o seu convite acabam agora. O que ela fez continua na auditoria, com o nome dela.",
	})
}

func (s *Site) removePerson(w http.ResponseWriter, v *visit) error {
	m, err := s.anotherOf(v)
	if err != nil {
		return err
	}
	roles, err := s.Store.AccountRoles(v.Context(), m.ID)
	if err != nil {
		return err
	}
	if err := s.Store.RemovePerson(s.acting(v.Context(), v, audit.PersonRemoved(m.Person, roles)), m.ID); err != nil {
		return lastAdmin(err)
	}
	s.Log.Info("a person was removed", "about", m.Email, "person", v.person.Email)
	return s.back(w, v, "/pessoas", m.Name+" não entra mais.")
}
