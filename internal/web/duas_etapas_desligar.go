package web

import (
	"errors"
	"net/http"

	"ponte/internal/audit"
	"ponte/internal/store"
)

// A dropPage turns the second step off, by both steps.
type dropPage struct {
	Email    string
	Password bool // they have one
	Wrong    string
}

func (s *Site) dropTwoStepsForm(w http.ResponseWriter, v *visit) error {
	return s.showDrop(w, v, http.StatusOK, "")
}

func (s *Site) showDrop(w http.ResponseWriter, v *visit, status int, wrong string) error {
	if err := s.mayDrop(v); err != nil {
		return err
	}
	return show(s, w, v, status, dropSheet, "Desligar as duas etapas", dropPage{v.person.Email, v.person.Password != "", wrong})
}

func (s *Site) mayDrop(v *visit) error {
	if err := s.hasTwoSteps(v); err != nil {
		return err
	}
	required, err := s.required(v)
	if err == nil && required {
		err = refused(http.StatusConflict, "Aqui a verificação em duas etapas é exigida de todas as pessoas: ela fica ligada.")
	}
	return err
}

// dropTwoSteps asks for both steps: a browser left open is not its owner.
func (s *Site) dropTwoSteps(w http.ResponseWriter, v *visit) error {
	if err := s.mayDrop(v); err != nil {
		return err
	}
	wrong, err := s.bothSteps(v)
	if err != nil {
		return err
	}
	if wrong != "" {
		return s.showDrop(w, v, http.StatusUnprocessableEntity, wrong)
	}
	err = s.Store.DropTOTP(s.acting(v.Context(), v, audit.TwoStepsOff(v.person)), v.person.ID, false)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	s.Log.Info("a second step was turned off", "person", v.person.Email)
	return s.back(w, v, "/eu", "A verificação em duas etapas está desligada.")
}

// bothSteps tells what is wrong with the password, where there is one, and the code.
func (s *Site) bothSteps(v *visit) (wrong string, err error) {
	if v.person.Password != "" {
		_, wrong, err = s.let(v, v.person.Email, v.PostFormValue("senha"))
		if wrong == wrongPair {
			wrong = "A senha não confere."
		}
		if wrong != "" || err != nil {
			return wrong, err
		}
	}
	return s.checkCode(v, v.person, v.PostFormValue("codigo"), true)
}
