package web

import (
	"slices"

	"ponte/internal/signin"
	"ponte/internal/store"
)

// readRoles reads what the visit's person is to single accounts. Who is something to
// all of them is nothing more to one.
func (s *Site) readRoles(v *visit) error {
	if v.person.Role != "" {
		return nil
	}
	roles, err := s.Store.AccountRoles(v.Context(), v.person.ID)
	v.roles = map[string]signin.Role{}
	for _, r := range roles {
		v.roles[r.Account] = signin.Role(r.Role)
	}
	return err
}

// roleOn is what the visit's person is to an account, "" nothing: to them it does not exist.
func (v *visit) roleOn(account string) signin.Role {
	if v.person.Role != "" {
		return signin.Role(v.person.Role)
	}
	return v.roles[account]
}

// role is what the visit's person is where they are: to the account of the address,
// or else to the installation.
func (v *visit) role() signin.Role {
	if v.account != nil {
		return v.roleOn(v.account.ID)
	}
	return signin.Role(v.person.Role)
}

// roleTitle says the role for people.
func (v *visit) roleTitle() string {
	if title := v.role().Title(); title != "" {
		return title
	}
	return rolesApart
}

// rolesApart stands for the role of somebody who has one for some accounts alone.
const rolesApart = "papel por conta"

// sees tells whether an account exists for the visit's person.
func (v *visit) sees(account string) bool { return v.roleOn(account) != "" }

// administers tells whether they may see to people, to the installation and to every account.
func (v *visit) administers() bool {
	return signin.Role(v.person.Role).Covers(signin.Administrator)
}

// manages tells whether they may see to where they are: an account's rules, keys and rest.
func (v *visit) manages() bool { return v.role().Covers(signin.Administrator) }

// accountNames are the accounts that the visit's person sees, by id.
func (s *Site) accountNames(v *visit) ([]store.AccountName, error) {
	all, err := s.Store.AccountNames(v.Context())
	return slices.DeleteFunc(all, func(a store.AccountName) bool { return !v.sees(a.ID) }), err
}
