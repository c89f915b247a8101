package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/store"
)

// An importPage shows what a file changes, before it is applied.
type importPage struct {
	Accounts  []importRow // those that change
	Same      int         // stand in the file as they are
	Untouched int         // do not stand in it
	Action    string
	Back      string
	Text      string
	Seen      string
}

// An importRow is one account of the file.
type importRow struct {
	ID, Name string
	New      bool // it is put together in the assistant
	Begun    bool // somebody is putting it together: the file leaves it alone
	Changes  []fieldRow
}

// An importPlan is what a file does.
type importPlan struct {
	accounts  []importedAccount
	untouched int
	seen      string // names the file and what it was compared with
}

// An importedAccount is one account of a file, and the account that stands.
type importedAccount struct {
	row     store.Account // zero: there is none
	will    config.Account
	changes []config.Changed
	fresh   bool
	begun   bool
}

// planImport compares a file with what stands; wrong is what must be mended first.
func (s *Site) planImport(v *visit, text string) (plan importPlan, wrong *arquivoPage, err error) {
	rows, err := s.Store.Accounts(v.Context())
	if err != nil {
		return plan, nil, err
	}
	drafts, err := s.Store.Drafts(v.Context())
	if err != nil {
		return plan, nil, err
	}
	stands := map[string]config.Account{}
	for _, row := range rows {
		if stands[row.ID], err = config.Restore(string(row.Settings)); err != nil {
			return plan, nil, err
		}
	}
	// An address that the account has already is the operator's word.
	base := func(id, key, url string) bool {
		was, there := stands[id]
		return s.mayReach(url) || there && baseOf(was, key) == url
	}
	file, err := config.Upload{Base: base}.Parse(strings.NewReader(text))
	if err != nil {
		page := fileWrong(err)
		return plan, &page, nil
	}
	digest := []string{text}
	for _, a := range file.Accounts {
		one := importedAccount{will: a}
		at := slices.IndexFunc(rows, func(r store.Account) bool { return r.ID == a.ID })
		if one.fresh = at < 0; !one.fresh {
			one.row, one.changes = rows[at], a.Changes(stands[a.ID])
		}
		one.begun = one.fresh && slices.ContainsFunc(drafts, func(d store.Draft) bool { return d.ID == a.ID })
		digest = append(digest, string(one.row.Settings), fmt.Sprint(one.begun))
		plan.accounts = append(plan.accounts, one)
	}
	for _, row := range rows {
		if !slices.ContainsFunc(file.Accounts, func(a config.Account) bool { return a.ID == row.ID }) {
			plan.untouched++
		}
	}
	if s.Assistant == nil && slices.ContainsFunc(plan.accounts, func(a importedAccount) bool { return a.fresh }) {
		return plan, &arquivoPage{Trouble: "O arquivo traz uma conta nova, e aqui contas novas são feitas só com ponte apply, no servidor."}, nil
	}
	plan.seen = record.Digest(digest)
	return plan, nil, nil
}

// does tells whether the file changes an account.
func (a importedAccount) does() bool { return len(a.changes) > 0 || a.fresh && !a.begun }

func (p importPlan) page(text string) importPage {
	page := importPage{Untouched: p.untouched, Action: "/arquivo/aplicar", Back: "/arquivo", Text: text, Seen: p.seen}
	for _, a := range p.accounts {
		if !a.does() && !a.begun {
			page.Same++
			continue
		}
		row := importRow{ID: a.will.ID, Name: a.will.Name, New: a.fresh && !a.begun, Begun: a.begun}
		for _, c := range a.changes {
			row.Changes = append(row.Changes, changedRow(c))
		}
		page.Accounts = append(page.Accounts, row)
	}
	if !slices.ContainsFunc(p.accounts, importedAccount.does) {
		page.Action = ""
	}
	return page
}

// applyFile does what was shown: all of it, or nothing.
func (s *Site) applyFile(w http.ResponseWriter, v *visit) error {
	if err := v.ParseMultipartForm(mostFile); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return err
	}
	plan, wrong, err := s.planImport(v, plainLines(v.PostFormValue("texto")))
	if err != nil {
		return err
	}
	const stale = "As contas mudaram enquanto você olhava, e nada foi mudado. Mande o arquivo de novo."
	if wrong != nil {
		return s.showArquivo(w, v, http.StatusUnprocessableEntity, *wrong)
	}
	if plan.seen != v.PostFormValue("visto") || !slices.ContainsFunc(plan.accounts, importedAccount.does) {
		return refused(http.StatusConflict, stale)
	}
	changes, drafts, acts, err := s.importOf(v, plan)
	if err != nil {
		return err
	}
	err = s.Store.ChangeAccounts(v.Context(), changes, drafts, acts...)
	if errors.Is(err, store.ErrAccountChanged) || errors.Is(err, store.ErrIDTaken) {
		return refused(http.StatusConflict, stale)
	}
	if err != nil {
		return err
	}
	s.Log.Info("an accounts file was applied", "changed", len(changes), "begun", len(drafts), "person", v.person.Email)
	said := count(len(changes), "Nenhuma conta mudou", "1 conta mudou, e vale a partir da próxima rodada", "contas mudaram, e valem a partir da próxima rodada") + "."
	if len(drafts) > 0 {
		said += " " + count(len(drafts), "", "1 conta nova está em preparo: faltam as chaves e a simulação.", "contas novas estão em preparo: faltam as chaves e a simulação.")
	}
	return s.back(w, v, "/contas", said)
}

func (s *Site) importOf(v *visit, plan importPlan) (changes []store.AccountChange, drafts []store.Draft, acts []store.Act, err error) {
	for _, a := range plan.accounts {
		switch {
		case !a.does():
		case a.fresh:
			drafts = append(drafts, store.Draft{ID: a.will.ID, Settings: []byte(a.will.Settings())})
			acts = append(acts, s.actOn(v, a.will.ID, audit.AccountMade("em preparo, com um arquivo de contas", a.will)))
		default:
			detail, err := json.Marshal(a.changes)
			if err != nil {
				return nil, nil, nil, err
			}
			now := a.row
			now.Name, now.Settings = a.will.Name, json.RawMessage(a.will.Settings())
			event := store.Event{At: s.Now(), Ref: store.SettingsRef(a.row.ID), What: "settings", Text: v.by() + ", com um arquivo de contas", Detail: detail}
			acts = append(acts, s.actOn(v, a.row.ID, audit.SettingsChanged("mudou as regras da conta com um arquivo de contas", a.changes)))
			changes = append(changes, store.AccountChange{Was: a.row, Now: now, Events: []store.Event{event}})
		}
	}
	return changes, drafts, acts, nil
}

// actOn is an act of the visit's person on an account that the address does not name.
func (s *Site) actOn(v *visit, account string, a store.Act) store.Act {
	a = s.actOf(v, a)
	a.Account = account
	return a
}
