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
	Roles       []roleChoice
	Wrong       string
}

func (s *Site) inviteForm(w http.ResponseWriter, v *visit) error {
	return show(s, w, v, http.StatusOK, convidarSheet, "Convidar", convidarPage{Roles: roleChoices(string(signin.Reader))})
}

// invite adds a person and shows the link. Who dies in between has a person
// without one, whose page offers to make it.
func (s *Site) invite(w http.ResponseWriter, v *visit) error {
	page := convidarPage{Email: strings.TrimSpace(v.PostFormValue("email")), Name: strings.TrimSpace(v.PostFormValue("nome")), Roles: roleChoices(roleAsked(v))}
	email, ok := signin.Email(page.Email)
	switch {
	case !ok:
		page.Wrong = "Esse e-mail não parece um e-mail."
	case page.Name == "" || record.Runes(page.Name) > 80:
		page.Wrong = "Escreva o nome da pessoa, com até 80 letras."
	case roleAsked(v) == "":
		page.Wrong = "Escolha um dos papéis."
	}
	if page.Wrong != "" {
		return show(s, w, v, http.StatusUnprocessableEntity, convidarSheet, "Convidar", page)
	}
	p := store.Person{ID: newID(), Email: email, Name: page.Name, Role: roleAsked(v), Created: s.Now()}
	err := s.Store.AddPerson(s.acting(v.Context(), v, audit.PersonInvited(p)), p)
	if errors.Is(err, store.ErrEmailTaken) {
		page.Wrong = "Já existe alguém com esse e-mail: procure na lista de pessoas."
		return show(s, w, v, http.StatusUnprocessableEntity, convidarSheet, "Convidar", page)
	}
	if err != nil {
		return err
	}
	return s.showLink(w, v, p, store.Act{}) // the act of adding tells it
}
