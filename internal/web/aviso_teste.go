package web

import (
	"net/http"
	"strings"

	"ponte/internal/alert"
	"ponte/internal/audit"
)

// A testePage shows whom a test message goes to, before it does.
type testePage struct {
	Email        []string
	Hooked       bool
	Action, Back string
}

func (s *Site) tryAlertsForm(w http.ResponseWriter, v *visit) error {
	page, err := s.testePageOf(v)
	if err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, testeSheet, "Mensagem de teste", page)
}

func (s *Site) testePageOf(v *visit) (testePage, error) {
	if s.Post == nil {
		return testePage{}, missing("Aqui ninguém manda mensagens.")
	}
	t := v.account
	page := testePage{Email: t.settings.Alerts.Email, Action: t.Path("avisos", "teste"), Back: "/ajustes"}
	var err error
	if page.Hooked, err = s.hooked(v.Context(), t.ID); err != nil {
		return page, err
	}
	if !page.Hooked && len(page.Email) == 0 {
		return page, &problem{status: http.StatusConflict, sentence: "Os avisos desta conta não vão a ninguém.", hint: "Em Ajustes, diga antes quem os recebe."}
	}
	return page, nil
}

// tryAlerts has a worker send the messages: what is said to the outside is said by
// one hand, and tried again when it fails.
func (s *Site) tryAlerts(w http.ResponseWriter, v *visit) error {
	page, err := s.testePageOf(v)
	if err != nil {
		return err
	}
	t := v.account
	link := strings.TrimRight(s.PublicURL, "/") + t.Path()
	messages := alert.Try(t.settings, page.Hooked, newID(), v.person.Name, link, s.Now())
	if err := s.Store.AddMessages(s.acting(v.Context(), v, audit.AlertTested()), t.ID, s.Now(), s.Post, messages...); err != nil {
		return err
	}
	return s.back(w, v, "/ajustes", count(len(messages), "", "1 mensagem está a caminho", "mensagens estão a caminho")+". O que não chegar aparece aqui, com o motivo.")
}
