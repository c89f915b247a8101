package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/store"
)

// A newKeysPage takes other keys of an account's side, which it never shows.
type newKeysPage struct {
	Side, Where  string
	Action, Back string
	Fields       []formField
	Wrong        string
	Anyway       string // what a tick says: keep them though they were not accepted; "" there is no such choice
	Other        string // likewise, though they open another company
}

func (s *Site) newKeysForm(w http.ResponseWriter, v *visit) error {
	return s.showNewKeys(w, v, http.StatusOK, newKeysPage{})
}

func (s *Site) showNewKeys(w http.ResponseWriter, v *visit, status int, page newKeysPage) error {
	side, err := sideOfPath(v)
	if err != nil {
		return err
	}
	if s.Assistant == nil {
		return missing("As chaves não são trocadas aqui.")
	}
	of, t := keyFields[side], v.account
	page.Side, page.Where, page.Action, page.Back = of.title, of.where, t.Path("conexoes", string(side), "chaves"), t.Path("conexoes")
	page.Fields = keyForm(t.settings, side)
	return show(s, w, v, status, newKeysSheet, "Trocar as chaves do "+of.title, page)
}

// keyForm are the fields for a side's keys.
func keyForm(a config.Account, side record.Side) (fields []formField) {
	for _, c := range a.Credentials() {
		if label := keyFields[side].labels[c.Key]; label != "" {
			fields = append(fields, formField{ID: strings.ReplaceAll(c.Key, ".", "-"), Name: c.Key, Label: label})
		}
	}
	return fields
}

// typedKeys puts a side's keys that were typed into an account; ok: both were.
func typedKeys(v *visit, a *config.Account, side record.Side) (typed map[string]string, ok bool) {
	typed = map[string]string{}
	for _, c := range a.Credentials() {
		if keyFields[side].labels[c.Key] == "" {
			continue
		}
		if typed[c.Key] = strings.TrimSpace(v.PostFormValue(c.Key)); typed[c.Key] == "" {
			return typed, false
		}
		*c.Value = config.NewSecret(typed[c.Key])
	}
	return typed, true
}

// replaceKeys tests keys at once and keeps those that the vendor accepts and that
// open the company that the account is of. A person may say otherwise of either, by
// pasting them once more with a tick: what was typed is never shown.
func (s *Site) replaceKeys(w http.ResponseWriter, v *visit) error {
	side, err := sideOfPath(v)
	if err != nil {
		return err
	}
	if s.Assistant == nil {
		return missing("As chaves não são trocadas aqui.")
	}
	a, title := v.account.settings, keyFields[side].title
	typed, ok := typedKeys(v, &a, side)
	if !ok {
		return s.showNewKeys(w, v, http.StatusUnprocessableEntity, newKeysPage{Wrong: "Cole as duas chaves: uma sozinha não abre nada."})
	}
	name, err := s.tryKeys(v.Context(), a, side)
	accepted := err == nil
	if !accepted && v.PostFormValue("mesmo-assim") == "" {
		page := newKeysPage{Wrong: setup.Said(title, err), Anyway: "Guardar mesmo sem o " + title + " aceitar (as de agora são apagadas)"}
		return s.showNewKeys(w, v, http.StatusUnprocessableEntity, page)
	}
	before, err := s.companyOf(v, side)
	if err != nil {
		return err
	}
	if accepted && v.PostFormValue("outra") == "" && opensAnother(before, name) {
		return s.showNewKeys(w, v, http.StatusUnprocessableEntity, newKeysPage{
			Wrong: "O " + title + " aceitou a chave, mas ela abre “" + name + "”, e esta conta está ligada a “" + strings.Join(before, "”, “") + "”. Com outra empresa, o que já foi ligado pareceria ter sumido, e documentos sairiam no lugar errado. Nada foi guardado.",
			Other: "É isso mesmo: ligar esta conta a “" + name + "”",
		})
	}
	return s.keepKeys(w, v, side, typed, accepted, name)
}

// companyOf are the names of the companies that the keys of now open, as far as a
// worker has read them.
func (s *Site) companyOf(v *visit, side record.Side) (names []string, err error) {
	if side != record.Omie { // Auvo names none
		return nil, nil
	}
	lists, err := s.accountLists(v.Context(), v.account.ID)
	for _, c := range lists.Catalogues[record.Companies].Choices {
		names = append(names, c.Title)
	}
	return names, err
}

// opensAnother tells whether a key's company is none of those that were known. (pure)
func opensAnother(before []string, name string) bool {
	return name != "" && len(before) > 0 && !slices.ContainsFunc(before, func(b string) bool { return record.Fold(b) == record.Fold(name) })
}

func (s *Site) keepKeys(w http.ResponseWriter, v *visit, side record.Side, typed map[string]string, accepted bool, name string) error {
	title := keyFields[side].title
	text, said := v.by()+": trocou as chaves do "+title, "O "+title+" aceitou as chaves, e elas valem a partir da próxima rodada."
	switch {
	case !accepted:
		text, said = text+", sem que fossem aceitas no teste", "As chaves foram guardadas sem que o "+title+" as aceitasse no teste."
	case name != "":
		said = "O " + title + " aceitou as chaves, que abrem “" + name + "”. Elas valem a partir da próxima rodada."
	}
	event := store.Event{At: s.Now(), Ref: store.SettingsRef(v.account.ID), What: "settings", Text: text, Detail: json.RawMessage(`[]`)}
	if err := s.Store.SaveCredentials(s.acting(v.Context(), v, audit.KeysReplaced(side)), v.account.ID, typed, event); err != nil {
		return err
	}
	s.Log.Info("an account's keys were replaced", "account", v.account.ID, "side", side, "accepted", accepted, "person", v.person.Email)
	if err := s.askAccountLists(v.Context(), v.account.ID); err != nil {
		if _, told := errors.AsType[*problem](err); !told { // the other side's keys may not open; these are kept
			return err
		}
	}
	return s.back(w, v, v.account.Path("conexoes"), said)
}
