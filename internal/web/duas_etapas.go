package web

import (
	"errors"
	"net/http"
	"strings"

	"ponte/internal/audit"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// A twoStepsPage is the second step of one's own sign-in: off, being set up, or on.
type twoStepsPage struct {
	On       bool
	Since    moment
	Codes    int            // recovery codes that are left
	Required bool           // of everybody
	Owes     bool           // this session does nothing else
	Secret   string         // while it is set up: for an application without a camera
	Picture  signin.Picture // the same, for one with
	Wrong    string
}

// A codesPage shows recovery codes, this once.
type codesPage struct {
	Codes []string
	Back  string
}

// issuer is how applications call us.
const issuer = "Ponte"

// owes tells whether a person who comes in must set the second step up first.
func (s *Site) owes(v *visit, p store.Person) (bool, error) {
	required, err := s.required(v)
	if err != nil || !required || s.Demo {
		return false, err
	}
	has, err := s.Store.HasTOTP(v.Context(), p.ID)
	return !has, err
}

func (s *Site) required(v *visit) (bool, error) {
	value, err := s.Store.Installation(v.Context(), store.SettingTwoSteps)
	return value == "yes", err
}

// settlesWhatIsOwed tells whether a route serves who must set the second step up.
func settlesWhatIsOwed(pattern string) bool {
	switch pattern {
	case "GET /eu/duas-etapas", "POST /eu/duas-etapas", "POST /eu/duas-etapas/confirmar", "GET /eu/provar", "POST /eu/provar", "POST /sair":
		return true
	}
	return false
}

// toTwoSteps leads who must set the second step up to where it is done.
func (s *Site) toTwoSteps(w http.ResponseWriter, v *visit) error {
	if v.Method != http.MethodGet {
		return &problem{
			status: http.StatusForbidden, sentence: "Antes, ligue a verificação em duas etapas: aqui ela é exigida. Nada foi mudado.", to: link{"Ligar agora", "/eu/duas-etapas"},
		}
	}
	lead(w, v, "/eu/duas-etapas")
	return nil
}

// noDemo refuses what a demo has no person for.
func (s *Site) noDemo() error {
	if s.Demo {
		return refused(http.StatusConflict, "Na demonstração não há senha nem código: cada visita entra sozinha.")
	}
	return nil
}

func (s *Site) twoStepsForm(w http.ResponseWriter, v *visit) error {
	page := twoStepsPage{Owes: v.session.Owes}
	t, err := s.Store.TOTP(v.Context(), v.person.ID)
	if _, sealed := errors.AsType[*store.SealedError](err); err != nil && !sealed && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	page.On, page.Since, page.Codes = !t.Since.IsZero(), s.clock().of(t.Since), t.Codes
	return s.showTwoSteps(w, v, http.StatusOK, page)
}

func (s *Site) showTwoSteps(w http.ResponseWriter, v *visit, status int, page twoStepsPage) error {
	err := s.noDemo()
	if err == nil {
		page.Required, err = s.required(v)
	}
	if err != nil {
		return err
	}
	return show(s, w, v, status, twoStepsSheet, "Verificação em duas etapas", page)
}

// beginTwoSteps makes a secret and shows it. It counts for nothing until a code of it is shown.
func (s *Site) beginTwoSteps(w http.ResponseWriter, v *visit) error {
	if err := s.noDemo(); err != nil {
		return err
	}
	key, err := signin.NewKey(issuer, v.person.Email)
	if err != nil {
		return err
	}
	err = s.Store.BeginTOTP(v.Context(), v.person.ID, key.Secret)
	if errors.Is(err, store.ErrExists) {
		return refused(http.StatusConflict, "A verificação em duas etapas já está ligada.")
	}
	if err != nil {
		return err
	}
	return s.showKey(w, v, http.StatusOK, key, "")
}

func (s *Site) showKey(w http.ResponseWriter, v *visit, status int, key signin.Key, wrong string) error {
	picture, err := signin.PictureOf(key.URI)
	if err != nil {
		return err
	}
	return s.showTwoSteps(w, v, status, twoStepsPage{Owes: v.session.Owes, Secret: inFours(key.Secret), Picture: picture, Wrong: wrong})
}

// inFours is a secret as people type it. (pure)
func inFours(secret string) string {
	var out strings.Builder
	for n, r := range secret {
		if n > 0 && n%4 == 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// confirmTwoSteps turns the second step on: the person showed a code of the secret.
func (s *Site) confirmTwoSteps(w http.ResponseWriter, v *visit) error {
	t, err := s.Store.TOTP(v.Context(), v.person.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !t.Since.IsZero() {
		return refused(http.StatusConflict, "Não há nada a confirmar: comece de novo em “Minha conta”.")
	}
	if err != nil {
		return err
	}
	allowances := signin.CodeAllowances(v.person.Email, addressOf(v.Request))
	wrong, err := s.attempt(v, allowances)
	if err != nil {
		return err
	}
	step, ok := signin.StepOf(t.Secret, v.PostFormValue("codigo"), s.Now())
	if !ok && wrong == "" {
		wrong = "Esse código não é o que o aplicativo mostra agora. Confira a hora do aparelho."
	}
	if wrong != "" {
		key, err := signin.KeyOf(issuer, v.person.Email, t.Secret)
		if err != nil {
			return err
		}
		return s.showKey(w, v, http.StatusUnprocessableEntity, key, wrong)
	}
	if err := s.forgive(v, allowances); err != nil {
		return err
	}
	codes, digests := signin.NewRecoveryCodes(v.person.ID)
	if err := s.Store.ConfirmTOTP(s.acting(v.Context(), v, audit.TwoStepsOn(v.person)), v.person.ID, v.session.ID, step, digests, s.Now()); err != nil {
		return err
	}
	v.session.Owes = false
	s.Log.Info("a second step was turned on", "person", v.person.Email)
	return show(s, w, v, http.StatusOK, codesSheet, "Códigos de recuperação", codesPage{codes, "/eu"})
}
