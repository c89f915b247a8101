package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"ponte/internal/signin"
	"ponte/internal/store"
)

// A pessoaPage is one person: how they come in, and what can be done about it.
type pessoaPage struct {
	memberRow
	Since    moment
	Open     []sessionRow
	Deeds    []personDeed
	Acts     string // what they did
	Self     bool
	HasLink  bool
	Password bool // they chose one
	Apart    []accountRole
}

// An accountRole is what a person is to one account.
type accountRole struct{ Name, Role string }

// A personDeed is something that can be done about a person, and the page that shows it first.
type personDeed struct{ Title, Path string }

func personPath(id string, parts ...string) string {
	path := "/pessoas/" + url.PathEscape(id)
	for _, p := range parts {
		path += "/" + p
	}
	return path
}

// memberOf is the person of the address.
func (s *Site) memberOf(v *visit) (store.Member, error) {
	all, err := s.Store.Members(v.Context(), s.Now())
	if err != nil {
		return store.Member{}, err
	}
	i := slices.IndexFunc(all, func(m store.Member) bool { return m.ID == v.PathValue("pessoa") })
	if i < 0 {
		return store.Member{}, missing("Essa pessoa não está (mais) cadastrada.")
	}
	return all[i], nil
}

// anotherOf is memberOf for what nobody does to themselves: so whoever does it
// stays, and with them an administrator.
func (s *Site) anotherOf(v *visit) (store.Member, error) {
	m, err := s.memberOf(v)
	if err == nil && m.ID == v.person.ID {
		err = &problem{
			status: http.StatusConflict, sentence: "Isso ninguém faz consigo mesmo.",
			hint: "Peça a outra pessoa que administra o Ponte. A sua senha e as suas sessões estão em “Minha conta”.",
		}
	}
	return m, err
}

func (s *Site) pessoa(w http.ResponseWriter, v *visit) error {
	m, err := s.memberOf(v)
	if err != nil {
		return err
	}
	sessions, err := s.Store.Sessions(v.Context(), m.ID, s.Now())
	if err != nil {
		return err
	}
	clock := s.clock()
	page := pessoaPage{
		memberRow: s.memberRowOf(v, m), Since: clock.of(m.Created), Password: m.Password != "", HasLink: !m.Invited.IsZero(), Self: m.ID == v.person.ID,
		Acts: withQuery("/auditoria", url.Values{"pessoa": {m.ID}}),
	}
	for _, x := range sessions {
		page.Open = append(page.Open, sessionRow{Browser: browser(x.Agent), Address: x.Address, Since: clock.of(x.Created), Seen: clock.of(x.Seen)})
	}
	if page.Apart, err = s.rolesApartOf(v, m); err != nil {
		return err
	}
	if !page.Self {
		page.Deeds = deedsAbout(m)
	}
	return show(s, w, v, http.StatusOK, pessoaSheet, m.Name, page)
}

// rolesApartOf are a person's roles for single accounts, by the accounts' names.
func (s *Site) rolesApartOf(v *visit, m store.Member) (out []accountRole, err error) {
	roles, err := s.Store.AccountRoles(v.Context(), m.ID)
	if err != nil || len(roles) == 0 {
		return nil, err
	}
	names, err := s.accountNames(v)
	for _, r := range roles {
		name := r.Account
		if i := slices.IndexFunc(names, func(a store.AccountName) bool { return a.ID == r.Account }); i >= 0 {
			name = names[i].Name
		}
		out = append(out, accountRole{name, signin.Role(r.Role).Title()})
	}
	return out, err
}

func deedsAbout(m store.Member) []personDeed {
	deeds := []personDeed{{"Mudar o papel…", personPath(m.ID, "papel")}, {"Fazer um novo convite…", personPath(m.ID, "convite")}}
	if !m.Invited.IsZero() {
		deeds = append(deeds, personDeed{"Cancelar o convite…", personPath(m.ID, "cancelar-convite")})
	}
	if m.Sessions > 0 {
		deeds = append(deeds, personDeed{"Encerrar as sessões…", personPath(m.ID, "sessoes")})
	}
	if m.TwoSteps {
		deeds = append(deeds, personDeed{"Tirar as duas etapas…", personPath(m.ID, "duas-etapas")})
	}
	return append(deeds, personDeed{"Remover…", personPath(m.ID, "remover")})
}

// A personDeedPage shows what an action about a person does, before it is done.
type personDeedPage struct {
	Title, Does, Button string
	Name, Email         string
	Action, Back        string
	Roles               *rolesForm // to choose from; nil: nothing is chosen
	Wrong               string
}

func (s *Site) showPersonDeed(w http.ResponseWriter, v *visit, status int, m store.Member, page personDeedPage) error {
	page.Name, page.Email, page.Action, page.Back = m.Name, m.Email, v.URL.Path, personPath(m.ID)
	return show(s, w, v, status, personDeedSheet, page.Title, page)
}

// lastAdmin tells why an administrator stays; other errors stay as they are.
func lastAdmin(err error) error {
	if errors.Is(err, store.ErrLastAdmin) {
		return &problem{
			status: http.StatusConflict, sentence: "É a última pessoa que administra o Ponte, e nada foi mudado.",
			hint: "Antes, dê esse papel a outra pessoa.",
		}
	}
	return err
}
