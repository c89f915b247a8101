package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"ponte/internal/signin"
)

// A provarPage asks who sits there to show again who they are.
type provarPage struct {
	To       string
	Back     string
	Email    string
	Password bool   // they have one
	Code     bool   // they have an application for codes
	Other    string // the way by the provider of identities; "" not for them
	Wrong    string
}

// proofLasts is how long a proof is fresh.
const proofLasts = 10 * time.Minute

// proved tells whether who sits there showed lately who they are. A demo has nobody to prove.
func (s *Site) proved(v *visit) bool { return s.Demo || s.Now().Sub(v.session.Proven) < proofLasts }

// askProof leads to the proof, and from there back to where the form stands. What was
// sent without is not done: its sender sees why, and has it still in the form behind.
func (s *Site) askProof(w http.ResponseWriter, v *visit, rt route) error {
	if v.Method == http.MethodGet || v.Method == http.MethodHead {
		http.Redirect(w, v.Request, provePath(v.URL.RequestURI()), http.StatusSeeOther)
		return nil
	}
	to, page := "/eu", func(path string) bool {
		return slices.ContainsFunc(routes(), func(r route) bool { return r.pattern == "GET "+path })
	}
	_, path, _ := strings.Cut(rt.pattern, " ")
	switch above := path[:strings.LastIndex(path, "/")]; {
	case page(path):
		to = v.URL.RequestURI()
	case page(above) && !strings.Contains(above, "{"): // the form stands one step above
		to = above
	}
	return &problem{
		status: http.StatusForbidden, sentence: "Antes disso, confirme quem você é. Nada foi mudado.",
		hint: "Faz mais de dez minutos que você mostrou a senha ou um código. Confirme, e volte ao formulário.", to: link{"Confirmar quem eu sou", provePath(to)},
	}
}

func provePath(to string) string { return withQuery("/eu/provar", url.Values{"para": {to}}) }

func (s *Site) proveForm(w http.ResponseWriter, v *visit) error {
	return s.showProve(w, v, http.StatusOK, "")
}

func (s *Site) showProve(w http.ResponseWriter, v *visit, status int, wrong string) error {
	page := provarPage{To: inside(v.FormValue("para")), Back: "/", Email: v.person.Email, Password: v.person.Password != "", Wrong: wrong}
	if s.Demo { // nothing there asks for a proof
		http.Redirect(w, v.Request, page.To, http.StatusSeeOther)
		return nil
	}
	var err error
	if page.Code, err = s.Store.HasTOTP(v.Context(), v.person.ID); err != nil {
		return err
	}
	if s.Identity != nil && v.person.Subject != "" {
		page.Other = withQuery("/entrar/provedor", url.Values{"para": {page.To}})
	}
	return show(s, w, v, status, provarSheet, "Confirme quem você é", page)
}

// prove takes the password or a code of who is signed in, and counts as the door does.
func (s *Site) prove(w http.ResponseWriter, v *visit) error {
	wrong, err := s.checkProof(v)
	if err != nil {
		return err
	}
	if wrong != "" {
		return s.showProve(w, v, http.StatusUnprocessableEntity, wrong)
	}
	return s.proven(w, v, inside(v.PostFormValue("para")))
}

func (s *Site) checkProof(v *visit) (wrong string, err error) {
	if code := v.PostFormValue("codigo"); code != "" {
		return s.checkCode(v, v.person, code, false)
	}
	p, wrong, err := s.let(v, v.person.Email, v.PostFormValue("senha"))
	if wrong == wrongPair || wrong == "" && p.ID != v.person.ID {
		wrong = "A senha não confere."
	}
	return wrong, err
}

// proven keeps the proof under another token, and goes on.
func (s *Site) proven(w http.ResponseWriter, v *visit, to string) error {
	token := signin.NewToken()
	if err := s.Store.ProveSession(v.Context(), v.session, signin.Digest(token), s.Now()); err != nil {
		return err
	}
	s.setCookie(w, token)
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}
