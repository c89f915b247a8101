package web

import (
	"errors"
	"net/http"
	"time"

	"ponte/internal/audit"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// A codePage asks for the second step of a sign-in.
type codePage struct {
	Name  string
	Wrong string
}

// passageLasts is how long somebody has for the next step.
const passageLasts = 10 * time.Minute

// passageCookie holds the token of a sign-in of which a step is missing.
func (s *Site) passageCookie() string { return s.cookieName() + "-passo" }

// beginPassage keeps what is missing and gives the browser the token to go on with.
func (s *Site) beginPassage(w http.ResponseWriter, v *visit, p store.Passage) (token string, err error) {
	token = signin.NewToken()
	p.Digest, p.Expires = signin.Digest(token), s.Now().Add(passageLasts)
	if err := s.Store.AddPassage(v.Context(), p, s.Now()); err != nil {
		return "", err
	}
	s.giveCookie(w, s.passageCookie(), token, passageLasts)
	return token, nil
}

// passageOf is what the visit's browser goes on with, and the token for it;
// store.ErrNotFound when it began nothing of the kind, or too long ago.
func (s *Site) passageOf(v *visit) (p store.Passage, token string, err error) {
	c, err := v.Cookie(s.passageCookie())
	if err != nil || c.Value == "" {
		return p, "", store.ErrNotFound
	}
	p, err = s.Store.Passage(v.Context(), signin.Digest(c.Value), s.Now())
	return p, c.Value, err
}

// endPassage uses a passage up.
func (s *Site) endPassage(w http.ResponseWriter, v *visit, p store.Passage) error {
	s.giveCookie(w, s.passageCookie(), "", -time.Second)
	return s.Store.EndPassage(v.Context(), p.Digest, s.Now())
}

// toCode goes on with the code of a person who showed the first step.
func (s *Site) toCode(w http.ResponseWriter, v *visit, p store.Person, to string) error {
	if _, err := s.beginPassage(w, v, store.Passage{Kind: store.PassageCode, Person: p.ID, Target: to}); err != nil {
		return err
	}
	http.Redirect(w, v.Request, "/entrar/codigo", http.StatusSeeOther)
	return nil
}

// whoseCode is whose code is missing; without any the sign-in begins anew.
func (s *Site) whoseCode(w http.ResponseWriter, v *visit) (store.Passage, store.Person, error) {
	pass, _, err := s.passageOf(v)
	if err == nil && pass.Kind != store.PassageCode {
		err = store.ErrNotFound
	}
	var p store.Person
	if err == nil {
		p, err = s.Store.PersonByID(v.Context(), pass.Person)
	}
	if errors.Is(err, store.ErrNotFound) {
		http.Redirect(w, v.Request, "/entrar", http.StatusSeeOther)
	}
	return pass, p, err
}

func (s *Site) codeForm(w http.ResponseWriter, v *visit) error {
	_, p, err := s.whoseCode(w, v)
	if err != nil {
		return already(err)
	}
	return show(s, w, v, http.StatusOK, codeSheet, "Entrar: código", codePage{Name: p.Name})
}

// already is for an error that was answered.
func already(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

func (s *Site) giveCode(w http.ResponseWriter, v *visit) error {
	pass, p, err := s.whoseCode(w, v)
	if err != nil {
		return already(err)
	}
	wrong, err := s.checkCode(v, p, v.PostFormValue("codigo"), true)
	if err != nil {
		return err
	}
	if wrong != "" {
		return show(s, w, v, http.StatusUnprocessableEntity, codeSheet, "Entrar: código", codePage{Name: p.Name, Wrong: wrong})
	}
	if err := s.endPassage(w, v, pass); err != nil {
		if errors.Is(err, store.ErrNotFound) { // another request went on with it
			http.Redirect(w, v.Request, "/entrar", http.StatusSeeOther)
		}
		return already(err)
	}
	return s.enterAs(w, v, p, pass.Target, "")
}

const wrongCode = "O código não confere, ou já foi usado. Espere o aplicativo mostrar o próximo."

// checkCode tells why what was typed is no code of the person's; recovery: one of
// those counts, too. It counts as attempts to sign in do, before anything is looked
// at, and a code that was right counts no second time.
func (s *Site) checkCode(v *visit, p store.Person, typed string, recovery bool) (wrong string, err error) {
	allowances := signin.CodeAllowances(p.Email, addressOf(v.Request))
	if wrong, err := s.attempt(v, allowances); wrong != "" || err != nil {
		return wrong, err
	}
	right, err := s.useCode(v, p, typed, recovery)
	if err != nil {
		return "", err
	}
	if !right {
		s.Log.Warn("a wrong code", "from", addressOf(v.Request))
		return wrongCode, nil
	}
	return "", s.forgive(v, allowances)
}

// forgive forgets what was counted of a person and of their codes: it was the right one.
func (s *Site) forgive(v *visit, allowances []store.Allowance) error {
	for _, a := range []store.Allowance{allowances[0], allowances[len(allowances)-1]} {
		if err := s.Store.ForgetAttempts(v.Context(), a.Key); err != nil {
			return err
		}
	}
	return nil
}

func (s *Site) useCode(v *visit, p store.Person, typed string, recovery bool) (bool, error) {
	if signin.IsRecovery(typed) {
		if !recovery {
			return false, nil
		}
		by := *v // who comes in is not in yet
		by.person = p
		return s.Store.UseRecoveryCode(s.acting(v.Context(), &by, audit.RecoveryCodeUsed(p)), p.ID, signin.RecoveryDigest(p.ID, typed))
	}
	t, err := s.Store.TOTP(v.Context(), p.ID)
	if _, sealed := errors.AsType[*store.SealedError](err); sealed || errors.Is(err, store.ErrNotFound) {
		if sealed {
			s.Log.Error("a person's secret for codes does not open", "person", p.Email, "error", err)
		}
		return false, nil
	}
	if err != nil {
		return false, err
	}
	step, ok := signin.StepOf(t.Secret, typed, s.Now())
	if !ok || t.Since.IsZero() {
		return false, nil
	}
	return s.Store.UseTOTP(v.Context(), p.ID, step)
}
