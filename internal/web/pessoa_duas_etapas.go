package web

import (
	"errors"
	"net/http"

	"ponte/internal/audit"
	"ponte/internal/store"
)

func (s *Site) resetTwoStepsForm(w http.ResponseWriter, v *visit) error {
	m, err := s.twoStepsOf(v)
	if err != nil {
		return err
	}
	return s.showPersonDeed(w, v, http.StatusOK, m, personDeedPage{
		Title: "Tirar as duas etapas", Button: "Tirar as duas etapas",
		Does: "Para quem perdeu o aparelho e os códigos de recuperação. A pessoa passa a entrar só com a primeira etapa, e as suas sessões são encerradas agora. Confira antes, de viva voz, que é ela quem pede.",
	})
}

// twoStepsOf is the person of the address, who has a second step.
func (s *Site) twoStepsOf(v *visit) (store.Member, error) {
	m, err := s.anotherOf(v)
	if err == nil && !m.TwoSteps {
		err = refused(http.StatusConflict, "Essa pessoa não tem a verificação em duas etapas ligada.")
	}
	return m, err
}

func (s *Site) resetTwoSteps(w http.ResponseWriter, v *visit) error {
	m, err := s.twoStepsOf(v)
	if err != nil {
		return err
	}
	err = s.Store.DropTOTP(s.acting(v.Context(), v, audit.TwoStepsReset(m.Person)), m.ID, true)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	s.Log.Info("a second step was reset", "about", m.Email, "person", v.person.Email)
	return s.back(w, v, personPath(m.ID), "A verificação em duas etapas de "+m.Name+" foi tirada.")
}
