package web

import (
	"encoding/json"
	"net/http"
	"time"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/setup"
)

// A planoPage shows what the first cycle would do.
type planoPage struct {
	draftHead
	Action   string
	Blocking []stepLink
	Gaps     []string
	Pending  bool
	Slow     bool
	Asked    moment
	Trouble  string
	Stale    bool   // the choices changed since
	Review   string // where its pairs are reviewed; "" not yet
	Plan     planView
}

// A planView is a forecast for people.
type planView struct {
	Shown    bool
	When     moment
	Auvo     int
	Omie     int
	Takes    string
	Trouble  string
	Partial  bool
	Holds    []string
	Flows    []planFlow
	Waits    []planWait
	Waiting  int
	Changes  int
	Pairs    int
	PairsFor []planFlow // flows of which pairs were found
}

// A planFlow is a flow's part.
type planFlow struct {
	Title, Error                                                      string
	Read, Linked, Created, Updated, Unchanged, Excluded, Waits, Fails int
	Examples                                                          []planExample
	Pairs                                                             []planExample
}

// A planExample is one change that it would make, or a pair.
type planExample struct {
	Deed, Title string
	Fields      []fieldRow
}

// A planWait is what would wait for one cause.
type planWait struct {
	Title    string
	Examples []string
}

// slowWork is after how long a person may ask again.
const slowWork = time.Minute

func (s *Site) plano(w http.ResponseWriter, v *visit) error {
	d, err := s.draftingOf(v)
	if err != nil {
		return err
	}
	here := d.Path("plano")
	work := d.works[setup.Plan]
	times := moments{s.Now(), zoneOf(d.account)}
	page := planoPage{
		draftHead: d.head(here), Action: here, Pending: work.Pending(), Slow: work.Pending() && s.Now().Sub(work.Asked) > slowWork,
		Asked: times.of(work.Asked), Trouble: work.Said,
	}
	page.Blocking, page.Gaps = d.blocking()
	if !work.Pending() && len(work.Answer) > 0 {
		f, err := d.forecast()
		if err != nil {
			return err
		}
		page.Plan = foreseen(f)
		page.Plan.When = times.of(work.Ended)
		page.Stale = !d.fresh(setup.Plan)
		if d.ready(f) {
			page.Review = d.Path("conferencia")
		}
	}
	return show(s, w, v, http.StatusOK, planoSheet, "Simular", page)
}

// blocking are the steps without which nothing can be simulated.
func (d *drafting) blocking() (steps []stepLink, gaps []string) {
	for _, st := range d.steps() {
		if st.Path == d.Path("plano") {
			break
		}
		if !st.Done {
			steps = append(steps, st)
		}
	}
	for _, p := range d.gaps() {
		gaps = append(gaps, gapSaid(p))
	}
	return steps, gaps
}

// forecast is what the last plan found; nothing before there is one.
func (d *drafting) forecast() (f setup.Forecast, err error) {
	if answer := d.works[setup.Plan].Answer; len(answer) > 0 {
		err = json.Unmarshal(answer, &f)
	}
	return f, err
}

// ready tells whether the account may be activated by a plan.
func (d *drafting) ready(f setup.Forecast) bool {
	return d.fresh(setup.Plan) && d.connected() && len(d.gaps()) == 0 && f.Trouble == ""
}

func (s *Site) askPlan(w http.ResponseWriter, v *visit) error {
	d, err := s.draftingOf(v)
	if err != nil {
		return err
	}
	if !d.connected() || len(d.gaps()) > 0 {
		return refused(http.StatusConflict, "Ainda falta algo antes de simular.")
	}
	if work := d.works[setup.Plan]; !work.Pending() || s.Now().Sub(work.Asked) > slowWork {
		if err := s.Store.AskWork(v.Context(), d.owner(), setup.Plan, d.about[setup.Plan], s.Assistant.Ask); err != nil {
			return err
		}
	}
	http.Redirect(w, v.Request, d.Path("plano"), http.StatusSeeOther)
	return nil
}

func foreseen(f setup.Forecast) planView {
	p := planView{Shown: true, Auvo: f.Auvo, Omie: f.Omie, Takes: duration(f.Seconds), Trouble: f.Trouble, Partial: !f.Complete, Holds: f.Holds}
	for _, r := range f.Flows {
		row := planFlow{
			Title: flowTitle(r.Name), Error: r.Error, Read: r.Read, Linked: r.Linked, Created: r.Created, Updated: r.Updated, Unchanged: r.Unchanged, Excluded: r.Excluded,
			Waits: r.Waits, Fails: r.Fails,
		}
		for _, e := range r.Examples {
			example := planExample{Deed: deedOf(e), Title: e.Title}
			for _, field := range e.Fields {
				example.Fields = append(example.Fields, fieldRow{flow.FieldTitle(field.Name), shownBefore(field.Name, field.From), shown(field.Name, field.To)})
			}
			if e.Action == setup.ActionLink {
				row.Pairs = append(row.Pairs, planExample{Deed: e.How, Title: e.Title})
				continue
			}
			row.Examples = append(row.Examples, example)
		}
		p.Changes += r.Created + r.Updated
		if p.Pairs += r.Linked; r.Linked > 0 {
			p.PairsFor = append(p.PairsFor, row)
		}
		p.Flows = append(p.Flows, row)
	}
	for _, c := range f.Waits {
		p.Waiting += c.Count
		p.Waits = append(p.Waits, planWait{headline(c.Cause, c.Count), c.Examples})
	}
	return p
}

func deedOf(e setup.Example) string {
	return flow.ActionTitle(e.Action) + " " + flow.KindTitle(e.Kind) + map[record.Side]string{record.Auvo: " no Auvo", record.Omie: " no Omie"}[e.To]
}

// shownBefore is shown of what stood there; "" where nothing did.
func shownBefore(name, value string) string {
	if value == "" {
		return ""
	}
	return shown(name, value)
}
