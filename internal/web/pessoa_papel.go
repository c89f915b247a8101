package web

import (
	"errors"
	"net/http"
	"slices"

	"ponte/internal/audit"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// A rolesForm is what a person may be: something to all accounts, or to some.
type rolesForm struct {
	All      []roleChoice
	Apart    bool // to some
	Accounts []accountChoice
}

// A roleChoice is a role that a person may have, and what it lets them do.
type roleChoice struct {
	Value, Title, Does string
	Chosen             bool
}

// An accountChoice is a person's role on one account.
type accountChoice struct {
	Field, Name string
	Roles       []formOption
}

// rolesForSome is what the form says instead of a role for all accounts.
const rolesForSome = "contas"

// roleDoes says what each role lets a person do.
var roleDoes = map[signin.Role]string{
	signin.Reader:        "Vê todas as contas, sem mudar nada.",
	signin.Operator:      "Também resolve pendências, liga registros e pede rodadas.",
	signin.Administrator: "Também muda regras, chaves, contas e pessoas.",
}

// rolesFormOf offers roles; some of the accounts may have one.
func (s *Site) rolesFormOf(v *visit, role string, some []store.AccountRole, apart bool) (rolesForm, error) {
	form := rolesForm{Apart: apart}
	for _, r := range signin.Roles() {
		form.All = append(form.All, roleChoice{string(r), r.Title(), roleDoes[r], !apart && string(r) == role})
	}
	names, err := s.accountNames(v)
	for _, a := range names {
		c := accountChoice{Field: "conta:" + a.ID, Name: a.Name, Roles: []formOption{{"", "nenhum", true}}}
		for _, r := range signin.Roles() {
			chosen := slices.Contains(some, store.AccountRole{Account: a.ID, Role: string(r)})
			c.Roles = append(c.Roles, formOption{string(r), r.Title(), chosen})
			if chosen {
				c.Roles[0].Chosen = false
			}
		}
		form.Accounts = append(form.Accounts, c)
	}
	return form, err
}

// A roleAsked is what a form would have a person be.
type roleAsked struct {
	role  string // for all accounts; "": for some
	some  []store.AccountRole
	apart bool
}

// rolesAsked reads the form; wrong is what is missing in it.
func (s *Site) rolesAsked(v *visit) (asked roleAsked, wrong string, err error) {
	switch role := v.PostFormValue("papel"); {
	case role == rolesForSome:
		asked.apart = true
	case slices.Contains(signin.Roles(), signin.Role(role)):
		asked.role = role
		return asked, "", nil
	default:
		return asked, "Escolha um dos papéis.", nil
	}
	names, err := s.accountNames(v)
	for _, a := range names {
		if role := v.PostFormValue("conta:" + a.ID); slices.Contains(signin.Roles(), signin.Role(role)) {
			asked.some = append(asked.some, store.AccountRole{Account: a.ID, Role: role})
		}
	}
	if len(asked.some) == 0 {
		wrong = "Escolha um papel em pelo menos uma conta."
	}
	return asked, wrong, err
}

// title says what a person is for people.
func (a roleAsked) title() string {
	if a.role == "" {
		return rolesApart + " (" + count(len(a.some), "nenhuma conta", "1 conta", "contas") + ")"
	}
	return signin.Role(a.role).Title()
}

func (s *Site) roleForm(w http.ResponseWriter, v *visit) error {
	m, err := s.anotherOf(v)
	if err != nil {
		return err
	}
	some, err := s.Store.AccountRoles(v.Context(), m.ID)
	if err != nil {
		return err
	}
	return s.showRole(w, v, http.StatusOK, m, roleAsked{m.Role, some, m.Role == ""}, "")
}

func (s *Site) showRole(w http.ResponseWriter, v *visit, status int, m store.Member, asked roleAsked, wrong string) error {
	form, err := s.rolesFormOf(v, asked.role, asked.some, asked.apart)
	if err != nil {
		return err
	}
	return s.showPersonDeed(w, v, status, m, personDeedPage{
		Title: "Mudar o papel", Button: "Mudar o papel", Roles: &form, Wrong: wrong,
		Does: "Vale na próxima página que a pessoa abrir; ela continua com a mesma senha e as mesmas sessões. As contas em que ela não tem papel não existem para ela.",
	})
}

func (s *Site) setRole(w http.ResponseWriter, v *visit) error {
	m, err := s.anotherOf(v)
	if err != nil {
		return err
	}
	asked, wrong, err := s.rolesAsked(v)
	if err != nil {
		return err
	}
	before, err := s.Store.AccountRoles(v.Context(), m.ID)
	if err != nil {
		return err
	}
	if wrong == "" && asked.role == m.Role && slices.Equal(asked.some, before) {
		wrong = "Esse já é o papel de " + m.Name + "."
	}
	if wrong != "" {
		return s.showRole(w, v, http.StatusUnprocessableEntity, m, asked, wrong)
	}
	act := audit.RoleChanged(m.Person, before, asked.role, asked.some)
	if err := s.Store.SetRoles(s.acting(v.Context(), v, act), m.ID, asked.role, asked.some...); err != nil {
		return roleRefused(err)
	}
	s.Log.Info("a role was changed", "about", m.Email, "role", asked.role, "accounts", len(asked.some), "person", v.person.Email)
	return s.back(w, v, personPath(m.ID), "O papel de "+m.Name+" agora é "+asked.title()+".")
}

// roleRefused tells why a role was not given; other errors stay as they are.
func roleRefused(err error) error {
	if errors.Is(err, store.ErrNoAccount) {
		return refused(http.StatusConflict, "Uma dessas contas foi removida enquanto você escolhia, e nada foi mudado.")
	}
	return lastAdmin(err)
}
