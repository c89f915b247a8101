package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"ponte/internal/store"
)

// An execucoesPage is the list of runs, newest first.
type execucoesPage struct {
	Rows []runRow
	Next string
	CSV  string
}

// A runRow is one pass over the flows.
type runRow struct {
	ID, Path string
	Started  moment
	Lasted   string
	State    verdict
	Read     int
	Created  int
	Updated  int
	Waiting  int
	Failed   int
	Calls    int
	Error    string
}

func (s *Site) execucoes(w http.ResponseWriter, v *visit) error {
	t := v.account
	runs, err := s.Store.RunsBefore(v.Context(), t.ID, v.FormValue("antes"), pageRows+1)
	if err != nil {
		return err
	}
	page := execucoesPage{CSV: t.Path("execucoes.csv")}
	if len(runs) > pageRows {
		runs = runs[:pageRows]
		page.Next = t.Path("execucoes") + "?" + url.Values{"antes": {runs[pageRows-1].ID}}.Encode()
	}
	for _, r := range runs {
		page.Rows = append(page.Rows, runRowOf(t, r))
	}
	return show(s, w, v, http.StatusOK, execucoesSheet, "Execuções", page)
}

func runRowOf(t *tenant, r store.Run) runRow {
	row := runRow{ID: r.ID, Path: t.Path("execucoes", url.PathEscape(r.ID)), Started: t.moments.of(r.Started), State: runState(r), Error: r.Error}
	if !r.Finished.IsZero() {
		row.Lasted = lasted(r.Finished.Sub(r.Started))
	}
	for _, f := range r.Flows {
		row.Read, row.Created, row.Updated, row.Waiting, row.Failed = row.Read+f.Read, row.Created+f.Created, row.Updated+f.Updated, row.Waiting+f.Waiting, row.Failed+f.Failed
		row.Calls += callsOf(f)
	}
	return row
}

func callsOf(f store.FlowRun) int {
	n := 0
	for _, c := range f.Calls {
		n += c
	}
	return n
}

func runState(r store.Run) verdict {
	switch {
	case r.Finished.IsZero() && r.Complete:
		return verdict{"", "Pedida por uma pessoa"}
	case r.Finished.IsZero():
		return verdict{"", "Sem fim anotado"}
	case r.Error != "":
		return verdict{"bad", "Com erro"}
	case !r.Complete:
		return verdict{"warn", "Incompleta"}
	}
	return verdict{"good", "Completa"}
}

// An execucaoPage is one run: its result by flow, and its changes.
type execucaoPage struct {
	runRow
	Complete bool
	Flows    []flowRunRow
	Changes  []changeRow
	Next     string
	CSV      string
	Undo     string // the address that shows what undoing it does; "" nothing of it can be undone
}

// A flowRunRow is what a run did in one flow.
type flowRunRow struct {
	Title string
	store.FlowRun
	Auvo, Omie int // calls
}

func (s *Site) execucao(w http.ResponseWriter, v *visit) error {
	t := v.account
	r, err := s.runOf(v)
	if err != nil {
		return err
	}
	page := execucaoPage{runRow: runRowOf(t, r), Complete: r.Complete, CSV: t.Path("execucoes", url.PathEscape(r.ID), "csv")}
	for _, f := range r.Flows {
		page.Flows = append(page.Flows, flowRunRow{flowTitle(f.Flow), f, f.Calls["auvo"], f.Calls["omie"]})
	}
	after, _ := strconv.ParseInt(v.FormValue("depois"), 10, 64) // anything else begins the list
	changes, err := s.Store.RunChangesAfter(v.Context(), t.ID, r.ID, after, pageRows+1)
	if err != nil {
		return err
	}
	if len(changes) > pageRows {
		changes = changes[:pageRows]
		page.Next = page.Path + "?" + url.Values{"depois": {strconv.FormatInt(changes[pageRows-1].ID, 10)}}.Encode()
	}
	for _, c := range changes {
		page.Changes = append(page.Changes, changeRowOf(t, c))
		if c.State == store.Done && !c.Undo && v.canAct() {
			page.Undo = t.Path("desfazer") + "?" + url.Values{"execucao": {r.ID}}.Encode()
		}
	}
	return show(s, w, v, http.StatusOK, execucaoSheet, "Execução de "+page.Started.When, page)
}

// runOf is the run of an address. What a person asked to be undone has a number in
// the ledger and is no run: the cycles after it do it.
func (s *Site) runOf(v *visit) (store.Run, error) {
	id := v.PathValue("run")
	r, err := s.Store.Run(v.Context(), v.account.ID, id)
	if !errors.Is(err, store.ErrNotFound) {
		return r, err
	}
	changes, err := s.Store.RunChangesAfter(v.Context(), v.account.ID, id, 0, 1)
	if err == nil && len(changes) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return r, err
	}
	return store.Run{ID: id, Account: v.account.ID, Started: changes[0].Created, Complete: true}, nil
}

// lasted writes a duration in few words.
func lasted(d time.Duration) string {
	switch {
	case d < time.Second:
		return "menos de 1 s"
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " min " + strconv.Itoa(int(d.Seconds())%60) + " s"
	}
	return strconv.Itoa(int(d.Hours())) + " h " + strconv.Itoa(int(d.Minutes())%60) + " min"
}
