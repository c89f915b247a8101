package audit

import (
	"strings"

	"ponte/internal/store"
)

// TokenMade lets a program use the API; scopes and lasts are its words for people.
func TokenMade(t store.APIToken, scopes, lasts string) store.Act {
	a := aboutToken("token-made", t, "criou o token "+t.Name+" para a API")
	a.Fields = []store.ActField{{Name: "permissões", After: scopes}, {Name: "contas", After: accountsOf(t)}, {Name: "vale até", After: lasts}}
	return a
}

// TokenRevoked ends it.
func TokenRevoked(t store.APIToken, scopes string) store.Act {
	a := aboutToken("token-revoked", t, "revogou o token "+t.Name+" da API")
	a.Fields = []store.ActField{{Name: "permissões", Before: scopes}, {Name: "contas", Before: accountsOf(t)}}
	return a
}

func aboutToken(what string, t store.APIToken, said string) store.Act {
	return store.Act{What: what, About: "token:" + t.ID, Said: said}
}

func accountsOf(t store.APIToken) string {
	if len(t.Accounts) == 0 {
		return "todas"
	}
	return strings.Join(t.Accounts, ", ")
}

// ByToken has a program be the one who does an act.
func ByToken(t store.APIToken, a store.Act) store.Act {
	a.Person, a.By = "token:"+t.ID, "programa "+t.Name+" (token "+t.ID+")"
	return a
}

// PlanAsked has a dry run of an account's next cycle made.
func PlanAsked() store.Act {
	return store.Act{What: "plan-asked", Said: "pediu uma simulação da próxima rodada"}
}
