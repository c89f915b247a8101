package web

import (
	"context"
	"net/http"
	"time"

	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/setup"
)

// A keysPage takes one side's keys, which it never shows.
type keysPage struct {
	draftHead
	Side   string
	Where  string // to find the keys
	Action string
	Fields []formField
	Sample []sampleKey // the demo's keys, which a visitor may use; nil elsewhere
	Kept   string      // what the keys that are kept open; "" none are
	When   moment
	Next   string
	Wrong  string
}

// keyFields are each side's keys, as its own pages call them.
var keyFields = map[record.Side]struct {
	title, where string
	labels       map[string]string // by config.Credential.Key
}{
	record.Auvo: {"Auvo", "No Auvo, abra Menu > Integração, com um usuário que administra a conta.", map[string]string{"auvo.api_key": "API Key", "auvo.api_token": "API Token"}},
	record.Omie: {"Omie", "No Omie, abra o Portal do Desenvolvedor (developer.omie.com.br), no aplicativo da empresa.", map[string]string{"omie.app_key": "App Key", "omie.app_secret": "App Secret"}},
}

// testLasts bounds the test of a key: a person waits for it.
const testLasts = 40 * time.Second

func (s *Site) keysForm(w http.ResponseWriter, v *visit) error {
	d, err := s.draftingOf(v)
	if err != nil {
		return err
	}
	return s.showKeys(w, v, http.StatusOK, d, "")
}

func (s *Site) showKeys(w http.ResponseWriter, v *visit, status int, d *drafting, wrong string) error {
	side := record.Side(v.PathValue("lado"))
	of, known := keyFields[side]
	if !known {
		return missing("Esta página não existe.")
	}
	here := d.Path("chaves", string(side))
	page := keysPage{draftHead: d.head(here), Side: of.title, Where: of.where, Action: here, Next: d.after(here), Wrong: wrong}
	if test, ok := d.tests[side]; ok {
		page.Kept = "A chave guardada foi aceita"
		if test.Name != "" {
			page.Kept += " e abre “" + test.Name + "”"
		}
		page.When = moments{s.Now(), time.Local}.of(test.At)
	}
	page.Fields = keyForm(d.account, side)
	page.Sample = s.samples(page.Fields)
	return show(s, w, v, status, keysSheet, "Chaves do "+of.title, page)
}

// testKeys asks the vendor at once, and keeps keys that it accepts.
func (s *Site) testKeys(w http.ResponseWriter, v *visit) error {
	d, err := s.draftingOf(v)
	if err != nil {
		return err
	}
	side := record.Side(v.PathValue("lado"))
	a := d.account
	typed, ok := typedKeys(v, &a, side)
	if !ok {
		return s.showKeys(w, v, http.StatusUnprocessableEntity, d, "Cole as duas chaves: uma sozinha não abre nada.")
	}
	name, err := s.tryKeys(v.Context(), a, side)
	if err != nil {
		return s.showKeys(w, v, http.StatusUnprocessableEntity, d, setup.Said(keyFields[side].title, err))
	}
	d.tests[side] = keyTest{Name: name, At: s.Now()}
	if err := s.keepDraft(s.Store.WithAct(v.Context(), s.actOn(v, d.ID, audit.DraftKeysKept(side))), d, typed); err != nil {
		return err
	}
	s.Log.Info("a key was tested and kept", "account", d.ID, "side", side, "person", v.person.Email)
	said := "O " + keyFields[side].title + " aceitou a chave."
	if name != "" {
		said = "O " + keyFields[side].title + " aceitou a chave, que abre “" + name + "”."
	}
	if err := s.askLists(v, d.ID); err != nil {
		return err
	}
	return s.back(w, v, d.after(d.Path("chaves", string(side))), said)
}

func (s *Site) tryKeys(ctx context.Context, a config.Account, side record.Side) (string, error) {
	auvo, omie, err := s.Assistant.Connect(a)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, testLasts)
	defer cancel()
	if side == record.Auvo {
		return auvo.Open(ctx)
	}
	return omie.Open(ctx)
}

// askLists has a worker read the catalogues once both keys are there.
func (s *Site) askLists(v *visit, id string) error {
	row, err := s.Store.Draft(v.Context(), id)
	if err != nil {
		return err
	}
	d, err := s.read(v.Context(), row)
	if err != nil || !d.connected() {
		return err
	}
	return s.Store.AskWork(v.Context(), d.owner(), setup.Lists, d.about[setup.Lists], s.Assistant.Ask)
}

// readLists asks for the catalogues again.
func (s *Site) readLists(w http.ResponseWriter, v *visit) error {
	d, err := s.draftingOf(v)
	if err != nil {
		return err
	}
	if !d.connected() {
		return refused(http.StatusConflict, "Falta uma das chaves: as listas são lidas depois que as duas forem aceitas.")
	}
	if err := s.askLists(v, d.ID); err != nil {
		return err
	}
	http.Redirect(w, v.Request, d.Path("ajustes", settingSteps[1].path), http.StatusSeeOther)
	return nil
}
