package web

import (
	"net/http"

	"ponte/internal/signin"
	"ponte/internal/store"
)

// A pessoasPage is everybody who may come in.
type pessoasPage struct {
	People []memberRow
	Invite string

	Required string // of the second step: what is asked of everybody
	Require  string // where that is changed
}

// A memberRow is a person at a glance.
type memberRow struct {
	Name, Email, Role string
	Path              string
	Here              bool    // it is the one who looks
	State             verdict // of their way in; no text: they have a password and no link
	Seen              moment  // the last use of an open session
	Sessions          int
	TwoSteps          bool
}

func (s *Site) pessoas(w http.ResponseWriter, v *visit) error {
	all, err := s.Store.Members(v.Context(), s.Now())
	if err != nil {
		return err
	}
	required, err := s.required(v)
	if err != nil {
		return err
	}
	page := pessoasPage{Invite: "/pessoas/convidar", Required: "Cada pessoa escolhe se entra também com um código do celular.", Require: "/pessoas/duas-etapas"}
	if required {
		page.Required = "Todas as pessoas entram também com um código do celular."
	}
	for _, m := range all {
		page.People = append(page.People, s.memberRowOf(v, m))
	}
	return show(s, w, v, http.StatusOK, pessoasSheet, "Pessoas", page)
}

func (s *Site) memberRowOf(v *visit, m store.Member) memberRow {
	return memberRow{
		Name: m.Name, Email: m.Email, Role: memberRole(m), TwoSteps: m.TwoSteps, Path: personPath(m.ID), Here: m.ID == v.person.ID,
		State: s.wayIn(m), Seen: s.clock().of(m.Seen), Sessions: m.Sessions,
	}
}

func memberRole(m store.Member) string {
	if m.Role == "" {
		return count(m.Accounts, "nenhuma conta", "1 conta", "contas")
	}
	return signin.Role(m.Role).Title()
}

// wayIn says what is open of a person's invitation.
func (s *Site) wayIn(m store.Member) verdict {
	until := s.clock().of(m.Invited).When
	switch {
	case m.Password == "" && m.Sessions > 0: // in a demo they came in by themselves
	case m.Password == "" && m.Subject != "" && m.Invited.IsZero(): // by the provider of identities
	case !m.Invited.IsZero() && m.Invited.After(s.Now()):
		return verdict{"warn", "convite até " + until}
	case m.Password == "" && m.Invited.IsZero():
		return verdict{"bad", "sem senha e sem convite"}
	case m.Password == "":
		return verdict{"bad", "convite vencido"}
	}
	return verdict{}
}
