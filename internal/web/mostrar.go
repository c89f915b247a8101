package web

import (
	"net/http"

	"ponte/internal/audit"
)

// reveal shows a record's story with the personal data of what came, and writes down
// who saw it, before it is shown. Secrets stay covered. An operator may: who mends a
// record in the vendors' screens sees the same there.
func (s *Site) reveal(w http.ResponseWriter, v *visit) error {
	told, err := s.toldOf(v)
	if err != nil {
		return err
	}
	page, err := s.historiaOf(v, told)
	if err != nil {
		return err
	}
	if len(told.Item.Raw) == 0 {
		return refused(http.StatusConflict, "Deste registro não há dados guardados como vieram.")
	}
	if err := s.Store.AddAct(v.Context(), s.actOf(v, audit.PayloadRevealed(told.Item.Ref()))); err != nil {
		return err
	}
	s.Log.Info("a payload was revealed", "account", v.account.ID, "record", told.Item.Ref().String(), "person", v.person.Email)
	page.Payload, page.Revealed, page.Reveal = uncovered(told.Item.Raw), true, ""
	return show(s, w, v, http.StatusOK, historiaSheet, page.Title, page)
}
