package web

import (
	"net/http"
	"strings"
	"time"

	"ponte/internal/audit"
	"ponte/internal/signin"
)

// A mePage is one's own account: password and sessions.
type mePage struct {
	Email    string
	Wrong    string // of the password form
	Sessions []sessionRow
	Password bool // they have one
	TwoSteps bool // they sign in by a code, too
	Provider bool // there is a provider of identities
	Bound    bool // they come in by it
}

// A sessionRow is one browser that is signed in.
type sessionRow struct {
	ID      string
	Here    bool
	Browser string
	Address string
	Since   moment
	Seen    moment
}

func (s *Site) me(w http.ResponseWriter, v *visit) error { return s.showMe(w, v, http.StatusOK, "") }

func (s *Site) showMe(w http.ResponseWriter, v *visit, status int, wrong string) error {
	sessions, err := s.Store.Sessions(v.Context(), v.person.ID, s.Now())
	if err != nil {
		return err
	}
	page, m := mePage{Email: v.person.Email, Wrong: wrong, Password: v.person.Password != "", Provider: s.Identity != nil, Bound: v.person.Subject != ""}, s.clock()
	if page.TwoSteps, err = s.Store.HasTOTP(v.Context(), v.person.ID); err != nil {
		return err
	}
	for _, x := range sessions {
		page.Sessions = append(page.Sessions, sessionRow{
			ID: x.ID, Here: x.ID == v.session.ID, Browser: browser(x.Agent), Address: x.Address, Since: m.of(x.Created), Seen: m.of(x.Seen),
		})
	}
	return show(s, w, v, status, meSheet, "Minha conta", page)
}

// clock is for pages that belong to no account.
func (s *Site) clock() moments {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		zone = time.UTC
	}
	return moments{s.Now(), zone}
}

// changePassword asks for the old one: a browser left open is not its owner.
func (s *Site) changePassword(w http.ResponseWriter, v *visit) error {
	wrong := "As duas senhas novas não são iguais."
	if v.PostFormValue("nova") == v.PostFormValue("nova2") {
		wrong = signin.Weak(v.PostFormValue("nova"), v.person.Email)
	}
	if wrong == "" {
		p, why, err := s.let(v, v.person.Email, v.PostFormValue("atual"))
		switch {
		case err != nil:
			return err
		case why == wrongPair || p.ID != v.person.ID && why == "":
			wrong = "A senha atual não confere."
		default:
			wrong = why
		}
	}
	if wrong != "" {
		return s.showMe(w, v, http.StatusUnprocessableEntity, wrong)
	}
	hash, err := signin.Hash(v.PostFormValue("nova"))
	if err != nil {
		return err
	}
	if err := s.Store.SetPassword(s.acting(v.Context(), v, audit.PasswordChanged(v.person)), v.person.ID, hash, ""); err != nil {
		return err
	}
	s.Log.Info("a password was changed", "person", v.person.Email)
	// A new session: whoever had this one's token is out, too.
	if err := s.begin(w, v, v.person, "Senha trocada. As outras sessões foram encerradas."); err != nil {
		return err
	}
	http.Redirect(w, v.Request, "/eu", http.StatusSeeOther)
	return nil
}

// endSessions ends the one that the form names, or all others.
func (s *Site) endSessions(w http.ResponseWriter, v *visit) error {
	err, said := error(nil), "As outras sessões foram encerradas."
	ctx := s.acting(v.Context(), v, audit.SessionsEnded(v.person, true))
	if id := v.PostFormValue("sessao"); id != "" {
		said, err = "A sessão foi encerrada.", s.Store.EndSession(ctx, v.person.ID, id)
	} else {
		err = s.Store.EndOtherSessions(ctx, v.person.ID, v.session.ID)
	}
	if err != nil {
		return err
	}
	return s.back(w, v, "/eu", said)
}

// browser says in few words what a User-Agent is, as far as people care.
func browser(agent string) string {
	pick := func(table [][2]string) string {
		for _, t := range table {
			if strings.Contains(agent, t[0]) {
				return t[1]
			}
		}
		return ""
	}
	what := pick([][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}})
	on := pick([][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "Mac"}, {"Linux", "Linux"}})
	switch {
	case what == "":
		return "Navegador desconhecido"
	case on == "":
		return what
	}
	return what + " em " + on
}
