package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"ponte/internal/config"
	"ponte/internal/flow"
	"ponte/internal/inbox"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A painelPage is an account at a glance: is it fresh, what did it do, what waits.
type painelPage struct {
	Verdict verdict
	Running string
	Fresh   moment
	LastRun moment
	Today   []total // what was made today, all flows together
	Waiting int
	Causes  []causeRow
	Holds   []holdRow
	Blocks  []blockRow
	Flows   []flowCard
	Trouble string
	Rhythm  []string      // that cycles come less often than the account asks, or more
	Recent  []recentRow   // what was made last
	Work    []progressRow // how far the run at work is
	Next    moment        // the next run; zero: one is at work, or nobody knows
	Soon    bool          // something is at work, or about to be: worth looking again soon
	Sync    string        // the page that asks for a run at once; "" not for this person
	Pause   string        // the page that pauses or resumes the account; "" not for this person
	Paused  bool
	Audit   string // what people did on the account
}

// A recentRow is something that was made a moment ago.
type recentRow struct {
	Title, Deed, Path string
	At                moment
}

// recent are the changes that were made last, a few of each flow, so that a load of one
// does not hide the others.
func (s *Site) recent(v *visit, since time.Time) ([]recentRow, error) {
	const look, most, each = 200, 6, 2
	t := v.account
	changes, err := s.Store.NewestDone(v.Context(), t.ID, since, look)
	of := map[string]int{}
	var rows []recentRow
	for _, c := range changes {
		if of[c.Flow]++; of[c.Flow] > each || len(rows) == most {
			continue
		}
		rows = append(rows, recentRow{cmp.Or(c.Title, c.Source.ID), deedDone(c), storyPath(t, c.Source), t.moments.of(c.Settled)})
	}
	return rows, err
}

// deedDone says what was made: "criado no Omie: ordem de serviço".
func deedDone(c store.Change) string {
	did := map[string]string{"create": "criado", "update": "atualizado", "cancel": "cancelado"}[c.Action]
	return did + " no " + c.To.Title() + ": " + strings.ToLower(kindTitle(c.Kind))
}

// A total is a number with its noun.
type total struct {
	Count int
	Noun  string
}

// A causeRow is what waits for one cause.
type causeRow struct {
	Cause, Title, Path string
	Count              int
	Since              moment
}

// A holdRow is a plan that a brake holds.
type holdRow struct {
	Flow, Title, Brake, Path string
	Count                    int
	Since                    moment
}

// A flowCard is one flow: how fresh, what it did today and in the week.
type flowCard struct {
	Name, Title, Way string
	On               bool
	Fresh            moment
	Tone             string
	LastRun          moment
	Created, Updated int // today
	Waiting          int
	Error            string
	Bars             []bar
	Week             int    // all bars together
	Told             string // the bars in words
}

// A bar is one day of the week's chart, in units of its drawing.
type bar struct {
	X, Y, Height int
	Today        bool
	Told         string // "ter 24/11: 3"
}

func (s *Site) painel(w http.ResponseWriter, v *visit) error {
	t := v.account
	h, err := s.healthOf(v.Context(), t)
	if err != nil {
		return err
	}
	today := midnight(s.Now().In(t.moments.zone))
	done, err := s.Store.DoneSince(v.Context(), t.ID, today.AddDate(0, 0, 1-weekDays))
	if err != nil {
		return err
	}
	page := painelPage{
		Verdict: judge(t, h, s.Now()), Running: cmp.Or(h.Running, h.Run), Fresh: t.moments.of(h.fresh(t)), LastRun: t.moments.of(lastStart(h)),
		Waiting: h.waiting(""), Causes: causeRows(t, h), Holds: holdRows(t, h), Blocks: h.Blocks, Trouble: h.trouble(), Rhythm: rhythm(t, h, s.Now()),
	}
	page.Audit = t.Path("auditoria")
	if page.Paused = t.Paused; v.manages() {
		page.Pause = t.Path("pausa")
	}
	if s.Hasten != nil && v.canAct() {
		page.Sync = t.Path("sincronizar")
	}
	work, err := s.workOf(v.Context(), t, h)
	if err != nil {
		return err
	}
	page.Work, page.Soon = work.rows(), h.Run != ""
	if next := h.Schedule.NextCycle; h.Run == "" && !t.Paused && !next.IsZero() {
		page.Next = t.moments.of(next)
		page.Next.Ago, page.Soon = ahead(s.Now(), next), next.Before(s.Now())
	}
	for _, f := range flow.All {
		page.Flows = append(page.Flows, cardOf(t, h, f, done, today, s.Now()))
	}
	page.Today = totals(done, today)
	if page.Recent, err = s.recent(v, today); err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, painelSheet, "Painel", page)
}

// rhythm says that all accounts' cycles are stretched, and which hook fell silent.
func rhythm(t *tenant, h health, now time.Time) (said []string) {
	if text := inbox.Stretched(h.Governor, h.Schedule.Every); text != "" {
		said = append(said, text)
	}
	for _, hook := range h.Hooks {
		for _, k := range hook.Silent(now) {
			said = append(said, inbox.Silent(hook.Side, k.Kind, t.moments.of(hook.Since(k)).When, h.Schedule.Asks, h.Schedule.Every))
		}
	}
	return said
}

const weekDays = 7

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

func cardOf(t *tenant, h health, f flow.Flow, done []store.DoneCount, today, now time.Time) flowCard {
	fresh, run := f.Fresh(h.Done), h.Runs[f.Name]
	c := flowCard{
		Name: f.Name, Title: f.Title, Way: wayOf(t, f), On: f.On(t.settings), Fresh: t.moments.of(fresh), LastRun: t.moments.of(run.Started),
		Waiting: h.waiting(f.Name), Error: flowRunOf(run, f.Name).Error,
	}
	switch {
	case c.Error != "":
		c.Tone = "bad"
	case fresh.IsZero():
	case now.Sub(fresh) > h.late(t):
		c.Tone = "warn"
	default:
		c.Tone = "good"
	}
	days := make([]int, weekDays)
	for _, d := range done {
		if d.Flow != f.Name {
			continue
		}
		day := dayOf(d.Hour, today)
		if day < 0 || day >= weekDays {
			continue
		}
		days[day] += d.Count
		if day == weekDays-1 {
			if d.Action == "create" {
				c.Created += d.Count
			} else {
				c.Updated += d.Count
			}
		}
	}
	c.Bars, c.Told, c.Week = chart(days, today)
	return c
}

// dayOf is the place of an hour in the week that ends today: 6 is today.
func dayOf(hour, today time.Time) int {
	n := weekDays - 1
	for day := today; hour.Before(day) && n >= 0; n-- {
		day = day.AddDate(0, 0, -1)
	}
	return n
}

// The chart's drawing: bars of 10 units, 4 apart, at most 30 high.
const (
	barStep = 14
	barMost = 30
)

var weekdays = [...]string{"dom", "seg", "ter", "qua", "qui", "sex", "sáb"}

func chart(days []int, today time.Time) (bars []bar, told string, all int) {
	most := max(1, slices.Max(days))
	for i, n := range days {
		day := today.AddDate(0, 0, i+1-len(days))
		b := bar{X: i * barStep, Height: n * barMost / most, Today: i == len(days)-1, Told: fmt.Sprintf("%s %s: %s", weekdays[day.Weekday()], day.Format("02/01"), num(n))}
		if n > 0 {
			b.Height = max(b.Height, 3)
		} else {
			b.Height = 1
		}
		b.Y = barMost - b.Height
		bars, told, all = append(bars, b), told+", "+b.Told, all+n
	}
	return bars, "Gravações por dia – " + told[2:], all
}

// wayOf is which way a flow's changes cross.
func wayOf(t *tenant, f flow.Flow) string {
	switch {
	case f.Derive != nil:
		return "Auvo → Omie"
	case f.Kind != record.Customer:
		return "Omie → Auvo"
	case t.settings.Flows.Customers == nil:
		return ways[config.BothWays]
	}
	return ways[t.settings.Flows.Customers.Direction]
}

var ways = map[config.Direction]string{
	config.BothWays: "Auvo ⇄ Omie", config.OmieToAuvo: "Omie → Auvo", config.AuvoToOmie: "Auvo → Omie",
}

func causeRows(t *tenant, h health) []causeRow {
	var rows []causeRow
	at := map[string]time.Time{}
	for _, w := range h.Waits {
		if w.Open == 0 || w.Cause == "held-by-brake" { // the brake itself is told above
			continue
		}
		i := slices.IndexFunc(rows, func(r causeRow) bool { return r.Cause == w.Cause })
		if i < 0 {
			rows, i = append(rows, causeRow{Cause: w.Cause, Path: t.Path("pendencias", w.Cause)}), len(rows)
		}
		rows[i].Count += w.Open
		rows[i].Title = headline(w.Cause, rows[i].Count)
		if was := at[w.Cause]; was.IsZero() || w.Since.Before(was) {
			at[w.Cause], rows[i].Since = w.Since, t.moments.of(w.Since)
		}
	}
	slices.SortStableFunc(rows, func(a, b causeRow) int { return cmp.Compare(b.Count, a.Count) })
	return rows
}

var brakeTitles = map[string]string{
	"documents": "documentos demais de uma vez", "inactivations": "inativações demais de uma vez", "stock": "estoque de tudo a zero", "empty-side": "um lado ficaria vazio",
}

func brakeTitle(name string) string { return cmp.Or(brakeTitles[name], name) }

func holdRows(t *tenant, h health) []holdRow {
	var rows []holdRow
	for _, x := range h.Holds {
		rows = append(rows, holdRow{Flow: x.Flow, Title: flowTitle(x.Flow), Brake: brakeTitle(x.Brake), Path: t.Path("freios", x.Flow), Count: x.Count, Since: t.moments.of(x.Since)})
	}
	return rows
}

// doneNouns name what was made, by flow and action.
func doneNoun(flowName, action string) string {
	switch {
	case action != "create":
		return "atualizações"
	case flowName == "customers":
		return "clientes novos"
	case flowName == "products", flowName == "services":
		return "itens novos no catálogo"
	}
	return "documentos criados"
}

func totals(done []store.DoneCount, today time.Time) []total {
	out := []total{{Noun: "documentos criados"}, {Noun: "clientes novos"}, {Noun: "itens novos no catálogo"}, {Noun: "atualizações"}}
	for _, d := range done {
		if d.Hour.Before(today) {
			continue
		}
		noun := doneNoun(d.Flow, d.Action)
		for i := range out {
			if out[i].Noun == noun {
				out[i].Count += d.Count
			}
		}
	}
	return out
}
