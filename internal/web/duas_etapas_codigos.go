package web

import (
	"net/http"

	"ponte/internal/audit"
	"ponte/internal/signin"
)

// hasTwoSteps refuses what only makes sense once the second step is on.
func (s *Site) hasTwoSteps(v *visit) error {
	has, err := s.Store.HasTOTP(v.Context(), v.person.ID)
	if err == nil && !has {
		err = refused(http.StatusConflict, "A verificação em duas etapas não está ligada.")
	}
	return err
}

func (s *Site) newCodesForm(w http.ResponseWriter, v *visit) error {
	if err := s.hasTwoSteps(v); err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, confirmSheet, "Novos códigos de recuperação", confirmPage{
		Title: "Novos códigos de recuperação", Back: "/eu/duas-etapas", Action: v.URL.Path, Button: "Fazer novos códigos",
		Lead:   "A próxima página mostra, só uma vez, dez códigos para o dia em que o aparelho faltar.",
		Points: []string{"Cada código vale uma entrada.", "Os códigos de antes deixam de valer agora."},
	})
}

// newCodes replaces the codes and shows them: only their digests are kept.
func (s *Site) newCodes(w http.ResponseWriter, v *visit) error {
	if err := s.hasTwoSteps(v); err != nil {
		return err
	}
	codes, digests := signin.NewRecoveryCodes(v.person.ID)
	if err := s.Store.SetRecoveryCodes(s.acting(v.Context(), v, audit.RecoveryCodesMade(v.person)), v.person.ID, digests); err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, codesSheet, "Códigos de recuperação", codesPage{codes, "/eu/duas-etapas"})
}
