package web

import "net/http"

// A contasPage is the list of accounts.
type contasPage struct {
	Accounts []accountRow
	Query    string
	Find     bool // there are many: the filter helps
	New      bool // this person may connect a company here
	Drafts   []draftRow
}

// An accountRow is an account at a glance.
type accountRow struct {
	ID, Name, Path string
	Verdict        verdict
	Fresh          moment
	LastRun        moment
	Waiting        int
}

// fewAccounts need no filter.
const fewAccounts = 8

func (s *Site) contas(w http.ResponseWriter, v *visit) error {
	rows, err := s.Store.Accounts(v.Context())
	if err != nil {
		return err
	}
	page := contasPage{Query: v.FormValue("q"), Find: len(rows) > fewAccounts}
	if page.New = s.Assistant != nil && v.administers(); page.New {
		if page.Drafts, err = s.drafts(v); err != nil {
			return err
		}
	}
	for _, row := range rows {
		if !matches(page.Query, row.ID, row.Name) {
			continue
		}
		t, err := s.tenantOf(row)
		if err != nil {
			return err
		}
		h, err := s.healthOf(v.Context(), t)
		if err != nil {
			return err
		}
		page.Accounts = append(page.Accounts, accountRow{
			ID: t.ID, Name: t.Name, Path: t.Path(), Verdict: judge(t, h, s.Now()), Fresh: t.moments.of(h.fresh(t)), LastRun: t.moments.of(lastStart(h)), Waiting: h.waiting(""),
		})
	}
	return show(s, w, v, http.StatusOK, contasSheet, "Contas", page)
}
