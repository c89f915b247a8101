package web

import (
	"slices"

	"ponte/internal/store"
)

// An otherAccount is one that a person may go to from where they are.
type otherAccount struct{ Name, Path string }

// mostOthers is how many other accounts the layout names; the list has all.
const mostOthers = 12

// others are the accounts beside the visit's, around it by id, each at the page that
// the visit is on as far as every account has it.
func (v *visit) others(sheet string) (out []otherAccount) {
	if v.account == nil || len(v.all) < 2 {
		return nil
	}
	here := slices.IndexFunc(v.all, func(a store.AccountName) bool { return a.ID == v.account.ID })
	from := max(0, min(here-mostOthers/2, len(v.all)-mostOthers-1))
	for _, a := range v.all[from:min(len(v.all), from+mostOthers+1)] {
		if a.ID == v.account.ID {
			continue
		}
		path := accountPath(a.ID)
		if tab := tabOf(sheet); tab != "painel" && slices.Contains(accountTabs, tab) {
			path = accountPath(a.ID, tab)
		}
		out = append(out, otherAccount{a.Name, path})
	}
	return out
}

// accountTabs are the pages in the navigation that every account has.
var accountTabs = []string{"painel", "pendencias", "busca", "conferencia", "execucoes", "regras", "conexoes"}
