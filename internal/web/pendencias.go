package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
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

// A waitGroup is what waits for one cause: each next step once, and the first records.
type waitGroup struct {
	Cause, Title, Path string
	Open, Hidden       int
	Since              moment
	Steps              []stepBlock
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

func (v *visit) canAct() bool { return v.role().Covers(signin.Operator) }

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
		if g.Steps, _, err = s.waitSteps(v, store.WaitPage{Cause: g.Cause, At: s.Now(), Most: fewRows}); err != nil {
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
			groups = append(groups, waitGroup{Cause: c.Cause, Path: t.Path("pendencias", c.Cause)})
		}
		groups[i].Open, groups[i].Hidden = groups[i].Open+c.Open, groups[i].Hidden+c.Hidden
		groups[i].Title = headline(c.Cause, max(groups[i].Open, 1))
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

// A stepBlock is one next step, with the settings that may end the waits, and the
// records that it is for (inbox.Step).
type stepBlock struct {
	Hint     string
	Settings []settingRow
	Rows     []waitRow
}

// waitSteps are a page's rows under their next steps; next is the key at which
// the following page begins, 0 when there is none.
func (s *Site) waitSteps(v *visit, p store.WaitPage) (steps []stepBlock, next int64, err error) {
	most := p.Most
	p.Most++
	keyed, err := s.Store.WaitsPage(v.Context(), v.account.ID, p)
	if err != nil {
		return nil, 0, err
	}
	if len(keyed) > most {
		keyed, next = keyed[:most], keyed[most-1].Key
	}
	waits := make([]store.Wait, 0, len(keyed))
	for _, w := range keyed {
		waits = append(waits, w.Wait)
	}
	for _, g := range inbox.Groups(v.account.settings, waits) {
		for _, step := range g.Steps {
			b, err := s.stepOf(v, step, waits)
			if err != nil {
				return nil, 0, err
			}
			steps = append(steps, b)
		}
	}
	return steps, next, nil
}

func (s *Site) stepOf(v *visit, step inbox.Step, waits []store.Wait) (stepBlock, error) {
	b := stepBlock{Hint: here(step.Hint)}
	for _, r := range step.Settings {
		b.Settings = append(b.Settings, remedyRow(r))
	}
	for _, told := range step.Waits {
		i := slices.IndexFunc(waits, func(w store.Wait) bool { return w.Ref == told.Ref && w.Flow == told.Flow && w.Cause == told.Cause })
		row, err := s.rowOf(v.Context(), v.account, waits[i])
		if err != nil {
			return b, err
		}
		row.Hint = "" // the block says it
		b.Rows = append(b.Rows, row)
	}
	return b, nil
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

// headline is what a group is about, as a heading.
func headline(cause string, n int) string { return strings.TrimSuffix(flow.Headline(cause, n), ".") }
