package web

import (
	"net/http"

	"ponte/internal/audit"
)

// A discardPage shows what is forgotten with a draft, before it is.
type discardPage struct {
	draftHead
	Action, Back string
}

func (s *Site) discardForm(w http.ResponseWriter, v *visit) error {
	d, err := s.draftingOf(v)
	if err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, discardSheet, "Descartar", discardPage{d.head(""), d.Path("descartar"), d.Path()})
}

func (s *Site) discard(w http.ResponseWriter, v *visit) error {
	d, err := s.draftingOf(v)
	if err != nil {
		return err
	}
	gone := audit.DraftDiscarded()
	gone.Account = d.ID
	if err := s.Store.RemoveDraft(s.acting(v.Context(), v, gone), d.ID); err != nil {
		return err
	}
	s.Log.Info("an account to be was discarded", "account", d.ID, "person", v.person.Email)
	return s.back(w, v, "/assistente", "Descartado: as chaves e as escolhas foram apagadas.")
}
