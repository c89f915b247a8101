package web

import "net/http"

// A confirmPage says what a button does, before it is pressed.
type confirmPage struct {
	Title, Back string
	Lead        string
	Points      []string
	Action      string
	Button      string
	Hidden      []field
}

// back goes to a page, which says what was done.
func (s *Site) back(w http.ResponseWriter, v *visit, to, said string) error {
	if err := s.notice(v, said); err != nil {
		return err
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}
