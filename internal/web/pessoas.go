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
}

// A memberRow is a person at a glance.
type memberRow struct {
	Name, Email, Role string
	Path              string
	Here              bool    // it is the one who looks
	State             verdict // of their way in; no text: they have a password and no link
	Seen              moment  // the last use of an open session
	Sessions          int
}

func (s *Site) pessoas(w http.ResponseWriter, v *visit) error {
	all, err := s.Store.Members(v.Context(), s.Now())
	if err != nil {
		return err
	}
	page := pessoasPage{Invite: "/pessoas/convidar"}
	for _, m := range all {
		page.People = append(page.People, s.memberRowOf(v, m))
	}
	return show(s, w, v, http.StatusOK, pessoasSheet, "Pessoas", page)
}

func (s *Site) memberRowOf(v *visit, m store.Member) memberRow {
	return memberRow{
		Name: m.Name, Email: m.Email, Role: signin.Role(m.Role).Title(), Path: personPath(m.ID), Here: m.ID == v.person.ID,
		State: s.wayIn(m), Seen: s.clock().of(m.Seen), Sessions: m.Sessions,
	}
}

// wayIn says what is open of a person's invitation.
func (s *Site) wayIn(m store.Member) verdict {
	until := s.clock().of(m.Invited).When
	switch {
	case m.Password == "" && m.Sessions > 0: // in a demo they came in by themselves
	case !m.Invited.IsZero() && m.Invited.After(s.Now()):
		return verdict{"warn", "convite até " + until}
	case m.Password == "" && m.Invited.IsZero():
		return verdict{"bad", "sem senha e sem convite"}
	case m.Password == "":
		return verdict{"bad", "convite vencido"}
	}
	return verdict{}
}
