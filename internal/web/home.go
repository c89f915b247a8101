package web

import "net/http"

// home goes to the only account's Painel; with several, to the list.
func (s *Site) home(w http.ResponseWriter, v *visit) error {
	all, err := s.Store.Accounts(v.Context())
	if err != nil {
		return err
	}
	to := "/contas"
	if len(all) == 1 {
		to = accountPath(all[0].ID)
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}
