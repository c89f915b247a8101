package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"ponte/internal/config"
	"ponte/internal/store"
)

// A regrasPage is what the account decided, who changed it, and the words of the two systems.
type regrasPage struct {
	Blocks  []ruleBlock
	NewRule string // where a rule is added; "" not for this person
	Rules   int
	History []settingsChange
	Tables  []wordTable
}

// A ruleBlock is a block of settings, and where it is changed.
type ruleBlock struct {
	settingBlock
	Edit string // "" not for this person
}

// A settingsChange is one time that somebody changed the settings.
type settingsChange struct {
	At      moment
	By      string
	Changes []fieldRow
}

// mostChanges is how many of them the page shows, the newest.
const mostChanges = 30

func (s *Site) regras(w http.ResponseWriter, v *visit) error {
	t := v.account
	blocks, err := settingsOf(t.settings)
	if err != nil {
		return err
	}
	lists, err := s.accountLists(v.Context(), t.ID)
	if err != nil {
		return err
	}
	page := regrasPage{Tables: glossary, Rules: len(t.settings.Orders.Rules)}
	for _, b := range blocks {
		for n, r := range b.Rows {
			b.Rows[n].Value = lists.name(b.Path, r.Key, r.Value)
		}
		row := ruleBlock{settingBlock: b}
		if v.manages() {
			row.Edit = t.Path("regras", "mudar") + "?" + url.Values{"bloco": {b.Path}}.Encode()
		}
		page.Blocks = append(page.Blocks, row)
	}
	if v.manages() {
		page.NewRule = t.Path("regras", "mudar") + "?" + url.Values{"bloco": {"orders.rules[" + strconv.Itoa(page.Rules) + "]"}}.Encode()
	}
	events, err := s.Store.Events(v.Context(), t.ID, store.SettingsRef(t.ID))
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(events[max(0, len(events)-mostChanges):]) {
		var changes []config.Changed
		if err := json.Unmarshal(e.Detail, &changes); err != nil {
			return err
		}
		row := settingsChange{At: t.moments.of(e.At), By: e.Text}
		for _, c := range changes {
			row.Changes = append(row.Changes, lists.nameRow(c.Path, changedRow(c)))
		}
		page.History = append(page.History, row)
	}
	return show(s, w, v, http.StatusOK, regrasSheet, "Regras e padrões", page)
}
