package web

import (
	"errors"
	"net/http"

	"ponte/internal/audit"
	"ponte/internal/store"
	"ponte/internal/token"
)

// apiTokenOf is the token of the address.
func (s *Site) apiTokenOf(v *visit) (store.APIToken, error) {
	t, err := s.Store.APITokenByID(v.Context(), v.PathValue("token"))
	if errors.Is(err, store.ErrNotFound) {
		err = missing("Esse token não existe (mais).")
	}
	return t, err
}

func (s *Site) revokeForm(w http.ResponseWriter, v *visit) error {
	t, err := s.apiTokenOf(v)
	if err != nil {
		return err
	}
	page := confirmPage{
		Title: "Revogar o token " + t.Name, Back: tokensPath, Action: v.URL.Path, Button: "Revogar",
		Lead:   "O próximo pedido que o trouxer é recusado. Isso não volta atrás: para o programa entrar de novo, crie outro token.",
		Points: []string{"Pode: " + token.Titles(t.Scopes), "Contas: " + accountsOfToken(t)},
	}
	if !t.Seen.IsZero() {
		page.Points = append(page.Points, "Usado pela última vez em "+s.clock().of(t.Seen).When)
	}
	return show(s, w, v, http.StatusOK, confirmSheet, page.Title, page)
}

func (s *Site) revokeToken(w http.ResponseWriter, v *visit) error {
	t, err := s.apiTokenOf(v)
	if err != nil {
		return err
	}
	if err := s.Store.RevokeAPIToken(s.acting(v.Context(), v, audit.TokenRevoked(t, token.Titles(t.Scopes))), t.ID); err != nil {
		return err
	}
	s.Log.Info("a token was revoked", "token", t.ID, "person", v.person.Email)
	return s.back(w, v, tokensPath, "O token "+t.Name+" não vale mais.")
}
