package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"ponte/internal/audit"
	"ponte/internal/identity"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// ProviderReturn is the page that the provider of identities sends browsers back to.
const ProviderReturn = "/entrar/provedor/volta"

// toProvider sends the browser to the provider, with what binds the answer to it. Who
// is signed in already shows there again who they are.
func (s *Site) toProvider(w http.ResponseWriter, v *visit) error {
	if s.Identity == nil {
		return missing("Aqui se entra com e-mail e senha.")
	}
	pass := store.Passage{Kind: store.PassageProvider, Target: inside(v.FormValue("para"))}
	if v.person.ID != "" {
		pass.Kind, pass.Person = store.PassageProof, v.person.ID
	}
	if wrong, err := s.attempt(v, signin.ProviderAllowances(addressOf(v.Request))); wrong != "" || err != nil {
		return cmp.Or(err, refused(http.StatusTooManyRequests, wrong))
	}
	token, err := s.beginPassage(w, v, pass)
	if err != nil {
		return err
	}
	door, err := s.Identity.Door(v.Context(), identity.HandshakeOf(token), pass.Kind == store.PassageProof)
	if err != nil {
		return s.notByProvider(w, v, pass, err)
	}
	http.Redirect(w, v.Request, door, http.StatusSeeOther)
	return nil
}

// fromProvider takes the provider's answer. It counts once, in the browser that
// asked, for a person who was invited: nobody is added by it.
func (s *Site) fromProvider(w http.ResponseWriter, v *visit) error {
	if s.Identity == nil {
		return missing("Aqui se entra com e-mail e senha.")
	}
	pass, token, err := s.passageOf(v)
	if err == nil && pass.Kind == store.PassageCode {
		err = store.ErrNotFound
	}
	if err == nil {
		err = s.endPassage(w, v, pass)
	}
	if errors.Is(err, store.ErrNotFound) {
		return s.notByProvider(w, v, store.Passage{}, &notLet{"Esta entrada já foi usada, venceu ou começou em outro navegador. Comece de novo."})
	}
	if err != nil {
		return err
	}
	claim, err := s.claimOf(v, identity.HandshakeOf(token))
	if err != nil {
		return s.notByProvider(w, v, pass, err)
	}
	if pass.Kind == store.PassageProof {
		return s.provenByProvider(w, v, pass, claim)
	}
	p, err := s.invitedByClaim(v, claim)
	if err != nil {
		return s.notByProvider(w, v, pass, err)
	}
	return s.comeIn(w, v, p, pass.Target, "")
}

// A notLet says to who came from the provider why they are not let in.
type notLet struct{ sentence string }

func (e *notLet) Error() string { return e.sentence }

// claimOf is what the provider vouches for in its answer.
func (s *Site) claimOf(v *visit, h identity.Handshake) (identity.Claim, error) {
	switch {
	case !h.Answers(v.FormValue("state")):
		return identity.Claim{}, &notLet{"A resposta do provedor é de outra entrada. Comece de novo."}
	case v.FormValue("error") != "" || v.FormValue("code") == "":
		return identity.Claim{}, &notLet{"O provedor não confirmou quem você é."}
	}
	wrong, err := s.attempt(v, signin.ProviderAllowances(addressOf(v.Request)))
	if wrong != "" || err != nil {
		return identity.Claim{}, cmp.Or(err, error(&notLet{wrong}))
	}
	return s.Identity.Redeem(v.Context(), h, v.FormValue("code"))
}

// invitedByClaim is the person that the provider vouches for.
func (s *Site) invitedByClaim(v *visit, c identity.Claim) (store.Person, error) {
	const unknown = "Ninguém com o seu e-mail foi convidado. Peça um convite a quem administra o Ponte."
	email, ok := signin.Email(c.Email)
	if !c.Verified || !ok {
		return store.Person{}, &notLet{"O provedor não garante que o e-mail é seu."}
	}
	p, err := s.Store.PersonByEmail(v.Context(), email)
	if errors.Is(err, store.ErrNotFound) {
		return p, &notLet{unknown}
	}
	if err != nil || p.Subject == c.Subject {
		return p, err
	}
	err = s.Store.BindSubject(s.boundBy(v, p), p.ID, c.Subject, s.Now())
	if errors.Is(err, store.ErrBound) {
		switch {
		case p.Subject == "" && p.Password != "": // the address may be somebody else's by now
			return p, &notLet{"Você já tem senha aqui. Entre com ela e, em “Minha conta”, ligue a conta da empresa."}
		case p.Subject == "": // their invitation is over, or was cancelled
			return p, &notLet{unknown}
		}
		return p, &notLet{"Quem tem esse e-mail entra aqui com outra identidade do provedor. Peça um novo convite a quem administra o Ponte."}
	}
	p.Subject = c.Subject
	return p, err
}

// boundBy is for the act of somebody who is not in yet.
func (s *Site) boundBy(v *visit, p store.Person) context.Context {
	by := *v
	by.person = p
	return s.acting(v.Context(), &by, audit.IdentityBound(p))
}

// provenByProvider takes the provider's word that who is signed in showed it again,
// just now, who they are.
func (s *Site) provenByProvider(w http.ResponseWriter, v *visit, pass store.Passage, c identity.Claim) error {
	if pass.Target == bindPath && v.person.Subject == "" {
		return s.offer(w, v, pass, c)
	}
	if v.person.ID == "" || v.person.ID != pass.Person || v.person.Subject != c.Subject {
		return s.notByProvider(w, v, pass, &notLet{"O provedor confirmou outra pessoa."})
	}
	if age := s.Now().Sub(c.Showed); age > proofLasts || age < -time.Minute {
		return s.notByProvider(w, v, pass, &notLet{"O provedor não pediu de novo que você mostrasse quem é."})
	}
	return s.proven(w, v, pass.Target)
}

// notByProvider shows the door, where a password works whatever the provider does.
func (s *Site) notByProvider(w http.ResponseWriter, v *visit, pass store.Passage, err error) error {
	page, status := signInPage{To: cmp.Or(pass.Target, "/")}, http.StatusForbidden
	if no, ok := errors.AsType[*notLet](err); ok {
		page.Wrong = no.sentence
		s.Log.Warn("not let in by the provider of identities", "from", addressOf(v.Request))
	} else if e, ok := errors.AsType[*identity.Error](err); ok {
		s.Log.Error("the provider of identities failed", "error", e)
		page.Wrong = "A resposta do provedor não vale. Entre com e-mail e senha, ou comece de novo."
		if e.Away {
			status, page.Wrong = http.StatusBadGateway, "O provedor de identidade não responde. Entre com e-mail e senha, ou tente de novo mais tarde."
		}
	} else {
		return err
	}
	if v.person.ID != "" { // they are in: the proof's page has the other ways
		return s.showProve(w, v, status, page.Wrong)
	}
	return s.showSignIn(w, v, status, page)
}
