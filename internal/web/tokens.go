package web

import (
	"net/http"
	"net/url"
	"strings"

	"ponte/internal/store"
	"ponte/internal/token"
)

// A tokensPage lists the programs that use the API.
type tokensPage struct {
	Tokens []tokenRow
	New    string
	Back   string
}

// A tokenRow is a program at a glance.
type tokenRow struct {
	Name, ID string
	Scopes   string
	Accounts string // "todas as contas"
	By       string
	Made     moment
	Seen     moment
	State    verdict // of its end
	Acts     string  // what it did
	Revoke   string
}

const tokensPath = "/ajustes/tokens"

func (s *Site) tokens(w http.ResponseWriter, v *visit) error {
	all, err := s.Store.APITokens(v.Context())
	if err != nil {
		return err
	}
	page := tokensPage{New: tokensPath + "/novo", Back: "/ajustes"}
	for _, t := range all {
		page.Tokens = append(page.Tokens, s.tokenRowOf(t))
	}
	return show(s, w, v, http.StatusOK, tokensSheet, "Tokens da API", page)
}

func (s *Site) tokenRowOf(t store.APIToken) tokenRow {
	clock := s.clock()
	row := tokenRow{
		Name: t.Name, ID: t.ID, Scopes: token.Titles(t.Scopes), Accounts: accountsOfToken(t), By: t.By, Made: clock.of(t.Created), Seen: clock.of(t.Seen),
		Acts: withQuery("/auditoria", url.Values{"pessoa": {"token:" + t.ID}}), Revoke: tokensPath + "/" + url.PathEscape(t.ID) + "/revogar",
	}
	switch {
	case t.Expires.IsZero():
		row.State = verdict{"warn", "não vence"}
	case !t.Expires.After(s.Now()):
		row.State = verdict{"bad", "vencido"}
	default:
		row.State = verdict{"good", "vale até " + clock.of(t.Expires).When}
	}
	return row
}

func accountsOfToken(t store.APIToken) string {
	if len(t.Accounts) == 0 {
		return "todas as contas"
	}
	return strings.Join(t.Accounts, ", ")
}
