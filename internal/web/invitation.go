package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"ponte/internal/audit"
	"ponte/internal/record"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// An invitationPage lets the bearer of a link choose a password; the first
// administrator says who they are, too.
type invitationPage struct {
	Token string
	First bool
	Email string
	Name  string
	Wrong string
}

func (s *Site) invitationForm(w http.ResponseWriter, v *visit) error {
	page, err := s.invitationOf(v)
	if err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, invitationSheet, page.title(), page)
}

func (p invitationPage) title() string {
	if p.First {
		return "Primeiro acesso"
	}
	return "Escolha a sua senha"
}

// invitationOf finds whom the link is for. Links are counted like attempts to sign in.
func (s *Site) invitationOf(v *visit) (invitationPage, error) {
	p, err := s.Store.Invited(v.Context(), signin.Digest(v.PathValue("token")), s.Now())
	if errors.Is(err, store.ErrNotFound) {
		return invitationPage{}, &problem{
			status: http.StatusNotFound, sentence: "Este endereço já foi usado ou venceu.",
			hint: "Peça outro a quem cuida do Ponte: “ponte user link” escreve um novo.",
		}
	}
	return invitationPage{Token: v.PathValue("token"), First: p.ID == "", Email: p.Email, Name: p.Name}, err
}

func (s *Site) acceptInvitation(w http.ResponseWriter, v *visit) error {
	page, err := s.invitationOf(v)
	if err != nil {
		return err
	}
	if page.First {
		page.Email, page.Name = v.PostFormValue("email"), strings.TrimSpace(v.PostFormValue("nome"))
	}
	if page.Wrong = page.check(v.PostFormValue("senha"), v.PostFormValue("senha2")); page.Wrong != "" {
		return show(s, w, v, http.StatusUnprocessableEntity, invitationSheet, page.title(), page)
	}
	p, err := s.accept(v, page)
	if err != nil {
		return err
	}
	s.Log.Info("an invitation was used", "person", p.Email)
	return s.comeIn(w, v, p, "/", "Bem-vindo, "+p.Name+".") // a link is one step: it takes no code's place
}

func (p invitationPage) check(password, again string) string {
	email, ok := signin.Email(p.Email)
	switch {
	case !ok:
		return "Esse e-mail não parece um e-mail."
	case p.Name == "" || record.Runes(p.Name) > 80:
		return "Escreva o seu nome, com até 80 letras."
	case password != again:
		return "As duas senhas não são iguais."
	}
	return signin.Weak(password, email)
}

func (s *Site) accept(v *visit, page invitationPage) (store.Person, error) {
	hash, err := signin.Hash(v.PostFormValue("senha"))
	if err != nil {
		return store.Person{}, err
	}
	digest := signin.Digest(page.Token)
	if !page.First {
		invited, err := s.Store.Invited(v.Context(), digest, s.Now())
		if err != nil {
			return invited, err
		}
		return s.Store.Accept(s.cameIn(v, invited), digest, hash, s.Now())
	}
	email, _ := signin.Email(page.Email)
	p := store.Person{ID: newID(), Email: email, Name: page.Name, Role: string(signin.Administrator), Password: hash, Created: s.Now()}
	return p, s.Store.AcceptFirst(s.cameIn(v, p), digest, p, s.Now())
}

// cameIn is for the act of somebody who comes in by a link.
func (s *Site) cameIn(v *visit, p store.Person) context.Context {
	v.person = p
	return s.acting(v.Context(), v, audit.InvitationUsed(p))
}
