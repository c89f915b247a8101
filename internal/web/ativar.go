package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"ponte/internal/audit"
	"ponte/internal/engine"
	"ponte/internal/setup"
	"ponte/internal/store"
)

// An activatePage shows what activation does, before it is done.
type activatePage struct {
	draftHead
	Ready    bool
	Plan     string
	Review   string
	Reviewed bool
	Linked   int // by a person
	Apart    int
	Stale    bool // something was said of pairs after the simulation
	Action   string
	Seen     string // names what is activated: the plan and what was said of pairs
	Forecast planView
}

// seen names exactly what a person was shown.
func (d *drafting) seen() string {
	return d.works[setup.Plan].Answered + "." + strconv.FormatInt(d.Chosen, 10)
}

func (s *Site) activateForm(w http.ResponseWriter, v *visit) error {
	d, err := s.draftingOf(v)
	if err != nil {
		return err
	}
	f, err := d.forecast()
	if err != nil {
		return err
	}
	choices, err := s.Store.DraftChoices(v.Context(), d.ID)
	if err != nil {
		return err
	}
	here := d.Path("ativar")
	page := activatePage{
		draftHead: d.head(here), Ready: d.ready(f), Plan: d.Path("plano"), Review: d.Path("conferencia"), Reviewed: d.reviewed(), Action: here, Seen: d.seen(),
		Stale: f.Choices != setup.ChoicesDigest(choices),
	}
	for _, c := range choices {
		if c.Choice == store.ChoiceApart {
			page.Apart++
		} else {
			page.Linked++
		}
	}
	if page.Ready {
		page.Forecast = foreseen(f)
		page.Forecast.When = moments{s.Now(), zoneOf(d.account)}.of(d.works[setup.Plan].Ended)
	}
	return show(s, w, v, http.StatusOK, activateSheet, "Ativar", page)
}

// reviewed tells whether a person has looked at the pairs of the present simulation.
func (d *drafting) reviewed() bool { return d.fresh(setup.Plan) && d.Reviewed == d.number() }

// activate makes the account of exactly what the plan was for, with what was said of
// its pairs, and has its first cycle start.
func (s *Site) activate(w http.ResponseWriter, v *visit) error {
	d, err := s.draftingOf(v)
	if err != nil {
		return err
	}
	f, err := d.forecast()
	if err != nil {
		return err
	}
	if !d.ready(f) || v.PostFormValue("visto") != d.seen() {
		return refused(http.StatusConflict, "Algo mudou desde que isto foi mostrado, e nada foi ativado. Abra a página de novo e confira.")
	}
	choices, err := s.Store.DraftChoices(v.Context(), d.ID)
	if err != nil {
		return err
	}
	marks, events, err := engine.ChoiceMarks(choices)
	if err != nil {
		return err
	}
	events = append(events, store.Event{At: s.Now(), Ref: store.SettingsRef(d.ID), What: "settings", Text: v.by() + ", no assistente", Detail: json.RawMessage(`[]`)})
	made := audit.AccountMade("no assistente", d.account)
	made.Account = d.ID
	err = s.Store.Activate(s.acting(v.Context(), v, made), d.Draft, store.Account{Name: d.account.Name, Settings: json.RawMessage(d.account.Settings())}, s.Assistant.Enqueue, marks, events...)
	switch {
	case errors.Is(err, store.ErrDraftChanged):
		return refused(http.StatusConflict, "Outra pessoa mudou esta conta em preparo enquanto você olhava, e nada foi ativado. Abra a página de novo.")
	case errors.Is(err, store.ErrIDTaken):
		return refused(http.StatusConflict, "Já existe uma conta com o código “"+d.ID+"”, feita com ponte apply, e nada foi ativado.")
	case err != nil:
		return err
	}
	s.Log.Info("an account was activated", "account", d.ID, "person", v.person.Email)
	return s.back(w, v, accountPath(d.ID), "Conta ativada: a primeira rodada começa agora. Em Conferir você vê o que foi ligado dos dois lados, e em Pendências o que espera por você.")
}
