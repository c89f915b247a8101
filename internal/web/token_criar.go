package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"ponte/internal/audit"
	"ponte/internal/store"
	"ponte/internal/token"
)

// A tokenNovoPage asks what a program may do.
type tokenNovoPage struct {
	Action, Back string
	Name         string
	Scopes       []scopeChoice
	Accounts     string // as typed
	Lasts        []lastsChoice
	Wrong        string
}

// A scopeChoice is something that a token may let a program do.
type scopeChoice struct {
	Value, Title, Does string
	Chosen             bool
}

// A lastsChoice is how long a token is good.
type lastsChoice struct {
	Value, Title string
	Chosen       bool
}

// A tokenFeitoPage shows a token, this once.
type tokenFeitoPage struct {
	Name, Text, Back string
	Until            string
}

// A lasting is how long a token may be good, in days; 0 is for ever.
type lasting struct {
	days  int
	title string
}

var tokenLasts = []lasting{{30, "30 dias"}, {90, "90 dias"}, {365, "um ano"}, {0, "não vence"}}

func (s *Site) tokenForm(w http.ResponseWriter, v *visit) error {
	return s.showTokenForm(w, v, http.StatusOK, store.APIToken{Scopes: []string{string(token.Read)}}, "90", "")
}

func (s *Site) showTokenForm(w http.ResponseWriter, v *visit, status int, t store.APIToken, days, wrong string) error {
	page := tokenNovoPage{Action: tokensPath + "/novo", Back: tokensPath, Name: t.Name, Accounts: strings.Join(t.Accounts, ", "), Wrong: wrong}
	for _, scope := range token.Scopes() {
		page.Scopes = append(page.Scopes, scopeChoice{string(scope), scope.Title(), scope.Does(), slices.Contains(t.Scopes, string(scope))})
	}
	for _, l := range tokenLasts {
		value := strconv.Itoa(l.days)
		page.Lasts = append(page.Lasts, lastsChoice{value, l.title, value == days})
	}
	return show(s, w, v, status, tokenNovoSheet, "Criar um token", page)
}

// makeToken keeps a token's digest and shows the token: no other page can.
func (s *Site) makeToken(w http.ResponseWriter, v *visit) error {
	days := v.PostFormValue("validade")
	t := store.APIToken{Name: v.PostFormValue("nome"), Scopes: v.PostForm["permissao"], By: v.by()}
	t.Accounts = strings.FieldsFunc(v.PostFormValue("contas"), func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
	wrong, err := s.tokenAsked(v, &t, days)
	if err != nil {
		return err
	}
	if wrong != "" {
		return s.showTokenForm(w, v, http.StatusUnprocessableEntity, t, days, wrong)
	}
	t, text := token.New(t, s.Now())
	lasts := "não vence"
	if !t.Expires.IsZero() {
		lasts = s.clock().of(t.Expires).When
	}
	err = s.Store.AddAPIToken(s.acting(v.Context(), v, audit.TokenMade(t, token.Titles(t.Scopes), lasts)), t)
	if errors.Is(err, store.ErrNameTaken) {
		return s.showTokenForm(w, v, http.StatusUnprocessableEntity, t, days, "Já existe um token com esse nome: escolha outro.")
	}
	if err != nil {
		return err
	}
	s.Log.Info("a token was made", "token", t.ID, "person", v.person.Email)
	return show(s, w, v, http.StatusOK, tokenFeitoSheet, "Token de "+t.Name, tokenFeitoPage{Name: t.Name, Text: text, Until: lasts, Back: tokensPath})
}

// tokenAsked reads the rest of the form, and says what is wrong with it.
func (s *Site) tokenAsked(v *visit, t *store.APIToken, days string) (wrong string, err error) {
	for _, id := range t.Accounts {
		if _, err := s.Store.Account(v.Context(), id); errors.Is(err, store.ErrNotFound) {
			return "Não há conta com o código “" + id + "”.", nil
		} else if err != nil {
			return "", err
		}
	}
	n, err := strconv.Atoi(days)
	if err != nil || !slices.ContainsFunc(tokenLasts, func(l lasting) bool { return l.days == n }) {
		return "Escolha até quando o token vale.", nil
	}
	if n > 0 {
		t.Expires = s.Now().Add(time.Duration(n) * 24 * time.Hour)
	}
	switch token.FlawOf(*t, s.Now()) {
	case token.NoName:
		return "Escreva o nome do programa, com até " + num(token.Most) + " letras.", nil
	case token.NoScope:
		return "Marque o que o programa pode fazer.", nil
	}
	return "", nil
}
