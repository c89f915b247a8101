package web

import (
	"errors"
	"net/http"
	"strings"

	"ponte/internal/audit"
	"ponte/internal/record"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// A convidarPage invites somebody new.
type convidarPage struct {
	Email, Name string
	Roles       rolesForm
	Wrong       string
}

func (s *Site) inviteForm(w http.ResponseWriter, v *visit) error {
	form, err := s.rolesFormOf(v, string(signin.Reader), nil, false)
	if err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, convidarSheet, "Convidar", convidarPage{Roles: form})
}

// invite adds a person and shows the link. Who dies in between has a person
// without one, whose page offers to make it.
func (s *Site) invite(w http.ResponseWriter, v *visit) error {
	asked, wrong, err := s.rolesAsked(v)
	if err != nil {
		return err
	}
	page := convidarPage{Email: strings.TrimSpace(v.PostFormValue("email")), Name: strings.TrimSpace(v.PostFormValue("nome")), Wrong: wrong}
	if page.Roles, err = s.rolesFormOf(v, asked.role, asked.some, asked.apart); err != nil {
		return err
	}
	email, ok := signin.Email(page.Email)
	switch {
	case !ok:
		page.Wrong = "Esse e-mail não parece um e-mail."
	case page.Name == "" || record.Runes(page.Name) > 80:
		page.Wrong = "Escreva o nome da pessoa, com até 80 letras."
	}
	if page.Wrong != "" {
		return show(s, w, v, http.StatusUnprocessableEntity, convidarSheet, "Convidar", page)
	}
	p := store.Person{ID: newID(), Email: email, Name: page.Name, Role: asked.role, Created: s.Now()}
	err = s.Store.AddPerson(s.acting(v.Context(), v, audit.PersonInvited(p, asked.some...)), p, asked.some...)
	if errors.Is(err, store.ErrEmailTaken) {
		page.Wrong = "Já existe alguém com esse e-mail: procure na lista de pessoas."
		return show(s, w, v, http.StatusUnprocessableEntity, convidarSheet, "Convidar", page)
	}
	if err != nil {
		return roleRefused(err)
	}
	return s.showLink(w, v, p, store.Act{}) // the act of adding tells it
}
