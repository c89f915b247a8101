package web

import (
	"context"
	"net/http"
)

// A Rehearsal lets a demo's visitor begin with the assistant, and go back.
type Rehearsal struct {
	// Keys open the simulators, by setting ("auvo.api_key"): a visitor has no others.
	Keys map[string]string
	// Begin takes everything away that the demo made so far; walk leaves the company to
	// be connected with the assistant, else it is connected again.
	Begin func(ctx context.Context, walk bool) error
}

// A rehearsalPage shows what beginning anew does, before it is done.
type rehearsalPage struct {
	Action, Back string
	Walking      bool // the visitor has begun with the assistant already
}

func (s *Site) rehearsalForm(w http.ResponseWriter, v *visit) error {
	if s.Rehearsal == nil {
		return missing("Isto só existe na demonstração.")
	}
	accounts, err := s.Store.Accounts(v.Context())
	if err != nil {
		return err
	}
	page := rehearsalPage{Action: "/demonstracao", Back: "/", Walking: len(accounts) == 0}
	return show(s, w, v, http.StatusOK, rehearsalSheet, "Recomeçar a demonstração", page)
}

func (s *Site) rehearse(w http.ResponseWriter, v *visit) error {
	if s.Rehearsal == nil {
		return missing("Isto só existe na demonstração.")
	}
	walk, to, said := true, "/assistente", "A demonstração recomeçou: dê um nome à empresa e siga os passos."
	switch v.PostFormValue("fazer") {
	case "assistente":
	case "pronta":
		walk, to, said = false, "/", "A demonstração está ligada de novo; a primeira rodada começa agora."
	default:
		return refused(http.StatusUnprocessableEntity, "Diga como a demonstração recomeça.")
	}
	if err := s.Rehearsal.Begin(v.Context(), walk); err != nil {
		return err
	}
	return s.back(w, v, to, said)
}

// rehearsed sends a demo's visitor who would connect a second company to where the
// demo begins anew: both would call the simulators with one key.
func (s *Site) rehearsed(w http.ResponseWriter, v *visit) (bool, error) {
	if s.Rehearsal == nil {
		return false, nil
	}
	accounts, err := s.Store.Accounts(v.Context())
	if err != nil || len(accounts) == 0 {
		return false, err
	}
	http.Redirect(w, v.Request, "/demonstracao", http.StatusSeeOther)
	return true, nil
}

// A sampleKey is a key of the demo's, for a field of a form.
type sampleKey struct{ Label, Name, Value string }

func (s *Site) samples(fields []formField) (out []sampleKey) {
	if s.Rehearsal == nil {
		return nil
	}
	for _, f := range fields {
		out = append(out, sampleKey{f.Label, f.Name, s.Rehearsal.Keys[f.Name]})
	}
	return out
}
