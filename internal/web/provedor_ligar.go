package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"ponte/internal/audit"
	"ponte/internal/identity"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// Who has a password and no invitation is not let in by the provider until they say,
// signed in by that password, that the identity there is theirs: an address at the
// provider may have become somebody else's. They go there (GET /eu/provedor), come
// back with an answer that is kept for this browser (taking), see whose it is,
// and take it (POST).

const bindPath = "/eu/provedor"

// taking begins the target of a proof that is back from the provider: who they are
// there follows, and what is missing is that they take it. No address begins so.
const taking = "take "

// bindForm leads to the provider, and shows what was vouched for when it is back.
func (s *Site) bindForm(w http.ResponseWriter, v *visit) error {
	if err := s.mayBind(v); err != nil {
		return err
	}
	if _, _, err := s.offeredTo(v); errors.Is(err, store.ErrNotFound) {
		http.Redirect(w, v.Request, withQuery("/entrar/provedor", url.Values{"para": {bindPath}}), http.StatusSeeOther)
		return nil
	} else if err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, confirmSheet, "Ligar a conta da empresa", confirmPage{
		Title: "Ligar a conta da empresa", Back: "/eu", Action: bindPath, Button: "Ligar",
		Lead: "O provedor confirmou a conta da empresa de " + v.person.Email + ".",
		Points: []string{
			"Depois de ligada, quem entra com essa conta da empresa entra aqui como você.",
			"A senha continua valendo, e a verificação em duas etapas, quando ligada, também é pedida.",
		},
	})
}

func (s *Site) mayBind(v *visit) error {
	if s.Identity == nil {
		return missing("Aqui se entra com e-mail e senha.")
	}
	if v.person.Subject != "" {
		return refused(http.StatusConflict, "Você já entra com a conta da empresa.")
	}
	return nil
}

// offeredTo is the identity that the provider vouched for in this browser, for who is
// signed in; store.ErrNotFound when there is none, or no longer.
func (s *Site) offeredTo(v *visit) (pass store.Passage, subject string, err error) {
	pass, _, err = s.passageOf(v)
	subject, back := strings.CutPrefix(pass.Target, taking)
	if err == nil && (pass.Kind != store.PassageProof || !back || pass.Person != v.person.ID) {
		err = store.ErrNotFound
	}
	return pass, subject, err
}

// offer keeps what the provider vouches for until who is signed in takes it.
func (s *Site) offer(w http.ResponseWriter, v *visit, pass store.Passage, c identity.Claim) error {
	if v.person.ID == "" || v.person.ID != pass.Person {
		return s.notByProvider(w, v, pass, &notLet{"O provedor confirmou outra pessoa."})
	}
	if email, ok := signin.Email(c.Email); !ok || !c.Verified || email != v.person.Email {
		return s.notByProvider(w, v, pass, &notLet{"O e-mail que o provedor garante não é o seu aqui."})
	}
	if _, err := s.beginPassage(w, v, store.Passage{Kind: store.PassageProof, Person: v.person.ID, Target: taking + c.Subject}); err != nil {
		return err
	}
	http.Redirect(w, v.Request, bindPath, http.StatusSeeOther)
	return nil
}

// bind takes the identity that was shown.
func (s *Site) bind(w http.ResponseWriter, v *visit) error {
	if err := s.mayBind(v); err != nil {
		return err
	}
	pass, subject, err := s.offeredTo(v)
	if err == nil {
		err = s.endPassage(w, v, pass)
	}
	if errors.Is(err, store.ErrNotFound) {
		return refused(http.StatusConflict, "A resposta do provedor venceu ou já foi usada. Comece de novo em “Minha conta”.")
	}
	if err != nil {
		return err
	}
	err = s.Store.BindOwnSubject(s.acting(v.Context(), v, audit.IdentityTaken(v.person)), v.person.ID, subject, s.Now())
	if errors.Is(err, store.ErrBound) {
		return refused(http.StatusConflict, "Você já entra com a conta da empresa.")
	}
	if err != nil {
		return err
	}
	s.Log.Info("an identity was taken", "person", v.person.Email)
	return s.back(w, v, "/eu", "Pronto: você também entra com a conta da empresa.")
}
