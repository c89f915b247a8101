package web

import (
	"net/http"

	"ponte/internal/audit"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// A convitePage shows an invitation's link, this once.
type convitePage struct {
	Name, Email, Link string
	Until             moment
	Back              string
}

func (s *Site) inviteAgainForm(w http.ResponseWriter, v *visit) error {
	m, err := s.anotherOf(v)
	if err != nil {
		return err
	}
	does := "Faz um endereço que vale uma vez, por um dia, para a pessoa escolher a senha. Um convite anterior deixa de valer."
	if m.Password != "" {
		does += " A senha de hoje vale até a nova ser escolhida; então as sessões abertas são encerradas."
	}
	return s.showPersonDeed(w, v, http.StatusOK, m, personDeedPage{Title: "Fazer um novo convite", Button: "Fazer o convite", Does: does})
}

func (s *Site) inviteAgain(w http.ResponseWriter, v *visit) error {
	m, err := s.anotherOf(v)
	if err != nil {
		return err
	}
	return s.showLink(w, v, m.Person, audit.InvitationRenewed(m.Person))
}

// showLink makes a person's link and shows it: it is kept nowhere, so that no
// other page can.
func (s *Site) showLink(w http.ResponseWriter, v *visit, p store.Person, act store.Act) error {
	now := s.Now()
	link, err := Invite(s.acting(v.Context(), v, act), s.Store, s.PublicURL, p.ID, now)
	if err != nil {
		return err
	}
	s.Log.Info("an invitation was made", "about", p.Email, "person", v.person.Email)
	page := convitePage{Name: p.Name, Email: p.Email, Link: link, Until: s.clock().of(now.Add(signin.InvitationLasts)), Back: personPath(p.ID)}
	return show(s, w, v, http.StatusOK, conviteSheet, "Convite de "+p.Name, page)
}

func (s *Site) cancelInvitationForm(w http.ResponseWriter, v *visit) error {
	m, err := s.anotherOf(v)
	if err != nil {
		return err
	}
	return s.showPersonDeed(w, v, http.StatusOK, m, personDeedPage{
		Title: "Cancelar o convite", Button: "Cancelar o convite",
		Does: "O endereço que foi entregue a esta pessoa deixa de valer agora. Quem já escolheu uma senha continua com ela.",
	})
}

func (s *Site) cancelInvitation(w http.ResponseWriter, v *visit) error {
	m, err := s.anotherOf(v)
	if err != nil {
		return err
	}
	if m.Invited.IsZero() {
		return refused(http.StatusConflict, "Não há convite (mais): já foi usado ou cancelado.")
	}
	if err := s.Store.CancelInvitation(s.acting(v.Context(), v, audit.InvitationCancelled(m.Person)), m.ID); err != nil {
		return err
	}
	s.Log.Info("an invitation was cancelled", "about", m.Email, "person", v.person.Email)
	return s.back(w, v, personPath(m.ID), "O convite de "+m.Name+" não vale mais.")
}
