package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"ponte/internal/flow"
	"ponte/internal/inbox"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// A pendenciasPage is all that waits for a person, by cause.
type pendenciasPage struct {
	Open, Hidden int
	Holds        []holdRow
	Unclear      []unclearRow
	Groups       []waitGroup
	CanAct       bool
}

// A waitGroup is what waits for one cause: the next step once, and the first records.
type waitGroup struct {
	Cause, Title, Path string
	Hint               string
	Open, Hidden       int
	Since              moment
	Rows               []waitRow
}

// An unclearRow is a write of which nobody knows whether it was made.
type unclearRow struct {
	Title, Flow, Path string
	Asked, Why, How   string
	Looked            string // "procurada 2 vezes, a última há 3 min: …"; "" not yet
	Next              string
	Since             moment
	Settle            string // the page where a person says that it was not made; "" it is still looked up
}

// fewRows is how many records a group shows before one opens it.
const fewRows = 3

func (v *visit) canAct() bool { return signin.Role(v.person.Role).Covers(signin.Operator) }

func (s *Site) pendencias(w http.ResponseWriter, v *visit) error {
	t := v.account
	h, err := s.healthOf(v.Context(), t)
	if err != nil {
		return err
	}
	page := pendenciasPage{Holds: holdRows(t, h), CanAct: v.canAct()}
	if page.Unclear, err = s.unclearRows(v); err != nil {
		return err
	}
	for _, c := range h.Waits {
		page.Open, page.Hidden = page.Open+c.Open, page.Hidden+c.Hidden
	}
	for _, g := range groupsOf(t, h) {
		if g.Hint, g.Rows, _, err = s.waitRows(v, store.WaitPage{Cause: g.Cause, At: s.Now(), Most: fewRows}); err != nil {
			return err
		}
		page.Groups = append(page.Groups, g)
	}
	return show(s, w, v, http.StatusOK, pendenciasSheet, "Pendências", page)
}

// groupsOf are the causes, the most pressing first: what holds many back, then
// what has waited longest. What is told apart (brakes, unclear writes) is left out.
func groupsOf(t *tenant, h health) []waitGroup {
	var groups []waitGroup
	oldest := map[string]time.Time{}
	for _, c := range h.Waits {
		if toldApart[c.Cause] {
			continue
		}
		i := slices.IndexFunc(groups, func(g waitGroup) bool { return g.Cause == c.Cause })
		if i < 0 {
			i = len(groups)
			groups = append(groups, waitGroup{Cause: c.Cause, Title: flow.CauseTitle(c.Cause), Path: t.Path("pendencias", c.Cause)})
		}
		groups[i].Open, groups[i].Hidden = groups[i].Open+c.Open, groups[i].Hidden+c.Hidden
		if was := oldest[c.Cause]; c.Open > 0 && (was.IsZero() || c.Since.Before(was)) {
			oldest[c.Cause], groups[i].Since = c.Since, t.moments.of(c.Since)
		}
	}
	slices.SortStableFunc(groups, func(a, b waitGroup) int {
		return cmp.Or(cmp.Compare(min(b.Open, 1), min(a.Open, 1)), oldest[a.Cause].Compare(oldest[b.Cause]))
	})
	return groups
}

// toldApart are the causes that have a section of their own.
var toldApart = map[string]bool{"held-by-brake": true, "unknown-outcome": true}

// waitRows are a page's rows under their common hint; next is the key at which the following page begins, 0 when there is none.
func (s *Site) waitRows(v *visit, p store.WaitPage) (hint string, rows []waitRow, next int64, err error) {
	most := p.Most
	p.Most++
	waits, err := s.Store.WaitsPage(v.Context(), v.account.ID, p)
	if err != nil {
		return "", nil, 0, err
	}
	if len(waits) > most {
		waits = waits[:most]
		next = waits[most-1].Key
	}
	for i, w := range waits {
		if i == 0 {
			hint = here(flow.Say(w.Cause, w.Detail).Hint)
		}
		row, err := s.rowOf(v.Context(), v.account, w.Wait, hint)
		if err != nil {
			return "", nil, 0, err
		}
		rows = append(rows, row)
	}
	return hint, rows, next, nil
}

func (s *Site) unclearRows(v *visit) ([]unclearRow, error) {
	t := v.account
	open, err := s.Store.UnclearWrites(v.Context(), t.ID)
	if err != nil {
		return nil, err
	}
	var rows []unclearRow
	for _, u := range open {
		rows = append(rows, unclearRowOf(t, u, s.Now()))
	}
	return rows, nil
}

func unclearRowOf(t *tenant, u store.Unclear, now time.Time) unclearRow {
	told := inbox.UnclearOf(u, now)
	r := unclearRow{
		Title: cmp.Or(told.Title, told.Source), Flow: flowTitle(told.Flow), Path: storyPath(t, u.Change.Source), Asked: told.Asked, Why: told.Why, How: told.ByWhat,
		Next: here(told.Next), Since: t.moments.of(u.Since),
	}
	if u.Looked > 0 {
		r.Looked = "procurada " + count(u.Looked, "", "1 vez", "vezes") + ", a última " + t.moments.of(u.Last).Ago + ": " + u.Found
	}
	if u.ForPerson() {
		r.Settle = t.Path("incertas", strconv.FormatInt(u.Change.ID, 10))
	}
	return r
}
