package web

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"ponte/internal/record"
	"ponte/internal/store"
)

// A contasPage is the list of accounts.
type contasPage struct {
	Accounts []accountRow
	Query    string
	Find     bool // there are many: the filter helps
	States   []stateChip
	State    string
	Next     string // the page behind this one; "" this is the last
	New      bool   // this person may connect a company here
	File     string // the page of the accounts file; "" not for this person
	Drafts   []draftRow
	Apart    bool // this person has roles for some accounts alone
}

// An accountRow is an account at a glance.
type accountRow struct {
	ID, Name, Path string
	Verdict        verdict
	Fresh          moment
	LastRun        moment
	Waiting        int
}

// A stateChip is how many accounts are in a state, and where they are listed.
type stateChip struct {
	Title, Path string
	Tone        string
	Count       int
	Chosen      bool
}

// fewAccounts need no filter, and pageAccounts stand on a page.
const (
	fewAccounts  = 8
	pageAccounts = 30
)

// accountStates are the states that accounts are sorted by, with the tones of their verdicts.
var accountStates = []struct{ name, tone, title string }{
	{"erro", "bad", "Com problema"}, {"atencao", "warn", "Pedem atenção"}, {"em-dia", "good", "Em dia"}, {"parada", "", "Sem rodar"},
}

func (s *Site) contas(w http.ResponseWriter, v *visit) error {
	all, err := s.everyAccount(v)
	if err != nil {
		return err
	}
	page := contasPage{Query: v.FormValue("q"), State: v.FormValue("estado"), Find: len(all) > fewAccounts, Apart: v.person.Role == ""}
	if page.New = s.Assistant != nil && v.administers(); page.New {
		if page.Drafts, err = s.drafts(v); err != nil {
			return err
		}
	}
	if v.administers() {
		page.File = "/arquivo"
	}
	page.fill(all, v.FormValue("depois"))
	return show(s, w, v, http.StatusOK, contasSheet, "Contas", page)
}

// fill keeps the accounts that match, from the one behind the key on.
func (page *contasPage) fill(all []accountRow, after string) {
	all = slices.DeleteFunc(all, func(a accountRow) bool { return !matches(page.Query, a.ID, a.Name) })
	tone, known := "", false
	for _, st := range accountStates {
		n := 0
		for _, a := range all {
			if a.Verdict.Tone == st.tone {
				n++
			}
		}
		chosen := page.State == st.name
		if chosen {
			tone, known = st.tone, true
		}
		if n > 0 || chosen {
			page.States = append(page.States, stateChip{st.title, page.path(st.name, ""), st.tone, n, chosen})
		}
	}
	page.States = append([]stateChip{{"Todas", page.path("", ""), "", len(all), !known}}, page.States...)
	for _, a := range all {
		switch {
		case known && a.Verdict.Tone != tone, a.ID <= after:
		case len(page.Accounts) == pageAccounts:
			page.Next = page.path(page.State, page.Accounts[pageAccounts-1].ID)
			return
		default:
			page.Accounts = append(page.Accounts, a)
		}
	}
}

func (page *contasPage) path(state, after string) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": page.Query, "estado": state, "depois": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/contas"
	}
	return "/contas?" + q.Encode()
}

// everyAccount is each account that the person sees at a glance, by id, from a few questions for all.
func (s *Site) everyAccount(v *visit) ([]accountRow, error) {
	ctx, now := v.Context(), s.Now()
	census, err := s.Store.Census(ctx, now, false)
	if err != nil {
		return nil, err
	}
	runs, err := s.Store.EveryLastFlowRuns(ctx)
	if err != nil {
		return nil, err
	}
	var rows []accountRow
	for _, a := range census.Accounts {
		if !v.sees(a.ID) {
			continue
		}
		t, err := s.tenantOf(a.Account)
		if err != nil {
			return nil, err
		}
		h := health{Schedule: a.Schedule, Run: a.Schedule.Run, Runs: runs[a.ID], Done: a.Done, Waits: a.Waits, Holds: a.Held, Blocks: s.blocksIn(t, census)}
		rows = append(rows, accountRow{
			ID: t.ID, Name: t.Name, Path: t.Path(), Verdict: judge(t, h, now), Fresh: t.moments.of(h.fresh(t)), LastRun: t.moments.of(lastStart(h)), Waiting: h.waiting(""),
		})
	}
	return rows, nil
}

// blocksIn are the sides that refuse an account's key, by a census.
func (s *Site) blocksIn(t *tenant, c store.Census) (out []blockRow) {
	if s.MemoryKeys == nil || len(c.Blocks) == 0 {
		return nil
	}
	keys := s.MemoryKeys(t.settings)
	for _, side := range slices.SortedFunc(maps.Keys(keys), cmp.Compare[string]) {
		if until, blocked := c.Blocks[keys[side]]; blocked {
			out = append(out, blockRow{record.Side(side).Title(), t.moments.of(until)})
		}
	}
	return out
}
