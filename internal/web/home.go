package web

import "net/http"

// home goes to the only account's Painel, with several to the list, and with none
// to the assistant, for who may use it.
func (s *Site) home(w http.ResponseWriter, v *visit) error {
	all, err := s.accountNames(v)
	if err != nil {
		return err
	}
	to := "/contas"
	switch {
	case len(all) == 1:
		to = accountPath(all[0].ID)
	case len(all) == 0 && s.Assistant != nil && v.administers():
		to = "/assistente"
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}
