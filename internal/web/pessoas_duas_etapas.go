package web

import (
	"net/http"

	"ponte/internal/audit"
	"ponte/internal/store"
)

func (s *Site) requireTwoStepsForm(w http.ResponseWriter, v *visit) error {
	required, err := s.required(v)
	if err != nil {
		return err
	}
	page := confirmPage{
		Title: "Exigir duas etapas", Back: "/pessoas", Action: v.URL.Path, Button: "Exigir de todas as pessoas", Hidden: []field{{"fazer", "exigir"}},
		Lead:   "Todas as pessoas passam a entrar também com um código do celular.",
		Points: []string{"Quem ainda não o ligou é levado a ligá-lo na próxima entrada, e antes disso não vê mais nada.", "As sessões abertas continuam; encerre-as em cada pessoa, se for preciso.", "Ninguém desliga o seu enquanto for exigido. Quem perder o aparelho entra com um código de recuperação, ou pede a outra pessoa que administra."},
	}
	if required {
		page.Title, page.Button, page.Hidden = "Deixar de exigir duas etapas", "Deixar de exigir", []field{{"fazer", "dispensar"}}
		page.Lead = "Cada pessoa volta a escolher se entra também com um código do celular."
		page.Points = []string{"Quem já o ligou continua com ele até desligá-lo."}
	}
	return show(s, w, v, http.StatusOK, confirmSheet, page.Title, page)
}

func (s *Site) requireTwoSteps(w http.ResponseWriter, v *visit) error {
	value, said, required := "yes", "A verificação em duas etapas passa a ser exigida de todas as pessoas.", true
	switch v.PostFormValue("fazer") {
	case "exigir":
	case "dispensar":
		value, said, required = "no", "A verificação em duas etapas deixou de ser exigida.", false
	default:
		return refused(http.StatusUnprocessableEntity, "Diga se as duas etapas são exigidas ou não.")
	}
	now, err := s.required(v)
	if err != nil {
		return err
	}
	if now == required {
		return refused(http.StatusConflict, "Já está assim, e nada foi mudado.")
	}
	if err := s.Store.SetInstallation(s.acting(v.Context(), v, audit.TwoStepsRequired(required)), store.SettingTwoSteps, value); err != nil {
		return err
	}
	s.Log.Info("the second step was required or waived", "required", required, "person", v.person.Email)
	return s.back(w, v, "/pessoas", said)
}
