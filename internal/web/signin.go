package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ponte/internal/signin"
	"ponte/internal/store"
)

// A signInPage is the door.
type signInPage struct {
	Email string
	To    string // where to go afterwards
	Wrong string // what was wrong; "" nothing yet
	Empty bool   // there is nobody yet: the setup link comes first
	Other string // the way in by the provider of identities; "" there is none
}

func (s *Site) signInForm(w http.ResponseWriter, v *visit) error {
	if v.person.ID != "" {
		http.Redirect(w, v.Request, inside(v.FormValue("para")), http.StatusSeeOther)
		return nil
	}
	has, err := s.Store.HasPeople(v.Context())
	if err != nil {
		return err
	}
	return s.showSignIn(w, v, http.StatusOK, signInPage{To: inside(v.FormValue("para")), Empty: !has})
}

func (s *Site) showSignIn(w http.ResponseWriter, v *visit, status int, page signInPage) error {
	if s.Identity != nil {
		page.Other = withQuery("/entrar/provedor", url.Values{"para": {page.To}})
	}
	return show(s, w, v, status, signInSheet, "Entrar", page)
}

const wrongPair = "E-mail ou senha não conferem."

func (s *Site) signIn(w http.ResponseWriter, v *visit) error {
	email, _ := signin.Email(v.PostFormValue("email"))
	page := signInPage{Email: email, To: inside(v.PostFormValue("para"))}
	p, wrong, err := s.let(v, email, v.PostFormValue("senha"))
	if err != nil {
		return err
	}
	if page.Wrong = wrong; wrong != "" {
		return s.showSignIn(w, v, http.StatusUnprocessableEntity, page)
	}
	return s.comeIn(w, v, p, page.To, "")
}

// comeIn lets a person in who showed who they are, as far as the first step goes:
// whoever has a second one goes on with it, whichever way the first one went.
func (s *Site) comeIn(w http.ResponseWriter, v *visit, p store.Person, to, notice string) error {
	second, err := s.Store.HasTOTP(v.Context(), p.ID)
	if err != nil {
		return err
	}
	if second {
		return s.toCode(w, v, p, to)
	}
	return s.enterAs(w, v, p, to, notice)
}

// enterAs begins the session of a person who took every step.
func (s *Site) enterAs(w http.ResponseWriter, v *visit, p store.Person, to, notice string) error {
	if v.session.ID != "" { // who signs in again leaves nothing open behind
		if err := s.Store.EndSession(v.Context(), v.session.Person, v.session.ID); err != nil {
			return err
		}
	}
	if err := s.begin(w, v, p, notice); err != nil {
		return err
	}
	s.Log.Info("signed in", "person", p.Email, "from", addressOf(v.Request))
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}

// let tells who comes in, or why nobody does. An attempt counts before the
// password is looked at, and a person who does not exist takes as long as one who does.
func (s *Site) let(v *visit, email, password string) (p store.Person, wrong string, err error) {
	allowances := signin.Allowances(email, addressOf(v.Request))
	if wrong, err := s.attempt(v, allowances); wrong != "" || err != nil {
		return p, wrong, err
	}
	p, err = s.Store.PersonByEmail(v.Context(), email)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return p, "", err
	}
	right, err := signin.Verify(password, p.Password)
	if err != nil {
		return p, "", err
	}
	if !right {
		s.Log.Warn("a wrong password", "from", addressOf(v.Request))
		return p, wrongPair, nil
	}
	return p, "", s.Store.ForgetAttempts(v.Context(), allowances[0].Key)
}

// attempt counts one, and says why there may be none now.
func (s *Site) attempt(v *visit, allowances []store.Allowance) (wrong string, err error) {
	until, err := s.Store.Attempt(v.Context(), allowances, s.Now(), signin.AttemptsLast)
	if err != nil || until.IsZero() {
		return "", err
	}
	s.Log.Warn("too many attempts to sign in", "from", addressOf(v.Request))
	minutes := max(1, int(until.Sub(s.Now()).Round(time.Minute).Minutes()))
	return "Foram tentativas demais. Espere " + count(minutes, "", "1 minuto", "minutos") + " e tente de novo.", nil
}

// inside is an address of this site; any other becomes the first page.
func inside(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") || strings.HasPrefix(to, "/entrar") {
		return "/"
	}
	return to
}

func (s *Site) signOut(w http.ResponseWriter, v *visit) error {
	if err := s.Store.EndSession(v.Context(), v.person.ID, v.session.ID); err != nil {
		return err
	}
	s.setCookie(w, "")
	http.Redirect(w, v.Request, "/entrar", http.StatusSeeOther)
	return nil
}

// demoEmail names the person that visitors of a demo are.
const demoEmail = "visita@demo.ponte.local"

// welcome signs a demo's visitor in.
func (s *Site) welcome(w http.ResponseWriter, v *visit) error {
	p := store.Person{ID: newID(), Email: demoEmail, Name: "Visita", Role: string(signin.Administrator), Created: s.Now()}
	if err := s.Store.AddPerson(v.Context(), p); err != nil && !errors.Is(err, store.ErrEmailTaken) {
		return err
	}
	p, err := s.Store.PersonByEmail(v.Context(), demoEmail)
	if err != nil {
		return err
	}
	return s.begin(w, v, p, "")
}
