package web

import (
	"net/http"
	"slices"

	"ponte/internal/audit"
	"ponte/internal/signin"
)

// A roleChoice is a role that a person may have, and what it lets them do.
type roleChoice struct {
	Value, Title, Does string
	Chosen             bool
}

// roleDoes says what each role lets a person do.
var roleDoes = map[signin.Role]string{
	signin.Reader:        "Vê todas as contas, sem mudar nada.",
	signin.Operator:      "Também resolve pendências, liga registros e pede rodadas.",
	signin.Administrator: "Também muda regras, chaves, contas e pessoas.",
}

func roleChoices(chosen string) []roleChoice {
	var out []roleChoice
	for _, r := range signin.Roles() {
		out = append(out, roleChoice{string(r), r.Title(), roleDoes[r], string(r) == chosen})
	}
	return out
}

// roleAsked is the role that a form names, "" none.
func roleAsked(v *visit) string {
	role := signin.Role(v.PostFormValue("papel"))
	if !slices.Contains(signin.Roles(), role) {
		return ""
	}
	return string(role)
}

func (s *Site) roleForm(w http.ResponseWriter, v *visit) error {
	return s.showRole(w, v, http.StatusOK, "")
}

func (s *Site) showRole(w http.ResponseWriter, v *visit, status int, wrong string) error {
	m, err := s.anotherOf(v)
	if err != nil {
		return err
	}
	return s.showPersonDeed(w, v, status, m, personDeedPage{
		Title: "Mudar o papel", Button: "Mudar o papel", Roles: roleChoices(m.Role), Wrong: wrong,
		Does: "Vale na próxima página que a pessoa abrir; ela continua com a mesma senha e as mesmas sessões.",
	})
}

func (s *Site) setRole(w http.ResponseWriter, v *visit) error {
	m, err := s.anotherOf(v)
	if err != nil {
		return err
	}
	role := roleAsked(v)
	switch role {
	case "":
		return s.showRole(w, v, http.StatusUnprocessableEntity, "Escolha um dos papéis.")
	case m.Role:
		return s.showRole(w, v, http.StatusUnprocessableEntity, "Esse já é o papel de "+m.Name+".")
	}
	if err := s.Store.SetRole(s.acting(v.Context(), v, audit.RoleChanged(m.Person, role)), m.ID, role); err != nil {
		return lastAdmin(err)
	}
	s.Log.Info("a role was changed", "about", m.Email, "role", role, "person", v.person.Email)
	return s.back(w, v, personPath(m.ID), "O papel de "+m.Name+" agora é "+signin.Role(role).Title()+".")
}
