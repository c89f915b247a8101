package web

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A progressRow is how far the run at work is with something that takes long.
type progressRow struct {
	Title   string // "Clientes"
	Text    string // "lidos 3.200 de cerca de 10.000 no Omie"
	Left    string // "faltam uns 9 min"; "" nobody knows
	Percent int
}

// feedTitles name the lists that are read.
var feedTitles = map[string]string{
	"customers": "Clientes", "products": "Produtos", "stock": "Estoque", "services": "Serviços", "tasks": "Tarefas", "deleted-tasks": "Tarefas excluídas",
	"quotations": "Orçamentos", "service-orders": "Ordens de serviço", "sales-orders": "Pedidos de venda",
}

// A workload is what the run at work has read, and has yet to send.
type workload struct {
	readings []store.Reading
	outgoing map[string]store.Outgoing // by flow
}

// workOf is how far the run that began at an instant is; nothing when none is at work.
func (s *Site) workOf(ctx context.Context, t *tenant, h health) (w workload, err error) {
	if h.Run == "" {
		return w, nil
	}
	if w.readings, err = s.Store.Readings(ctx, t.ID); err != nil {
		return w, err
	}
	w.readings = slices.DeleteFunc(w.readings, func(r store.Reading) bool { return r.Run != h.Run }) // a dead run's
	w.outgoing, err = s.Store.Outgoing(ctx, t.ID, h.Began)
	return w, err
}

// rows are the lists that are not read to their end, and the flows of which
// something is on its way out.
func (w workload) rows() []progressRow {
	var rows []progressRow
	for _, r := range w.readings {
		rows = append(rows, readingRow(r))
	}
	for _, name := range slices.SortedFunc(maps.Keys(w.outgoing), byFlow) {
		if x := w.outgoing[name]; x.Planned > 0 {
			rows = append(rows, sendingRow(x))
		}
	}
	return rows
}

func byFlow(a, b string) int {
	at := func(name string) int {
		return slices.IndexFunc(flow.All, func(f flow.Flow) bool { return f.Name == name })
	}
	return at(a) - at(b)
}

func readingRow(r store.Reading) progressRow {
	side, name, _ := strings.Cut(r.Feed, "/")
	row := progressRow{Title: name, Text: "lidos " + num(r.Received) + " no " + record.Side(side).Title()}
	if title := feedTitles[name]; title != "" {
		row.Title = title
	}
	if all := r.Window.After.Declared; all >= r.Received && all > 0 {
		row.Text = "lidos " + num(r.Received) + " de cerca de " + num(all) + " no " + record.Side(side).Title()
		row.Percent = 100 * r.Received / all
		row.Left = left(all-r.Received, r.Received, r.Saved.Sub(r.Began))
	}
	return row
}

func sendingRow(x store.Outgoing) progressRow {
	all := x.Made + x.Planned
	return progressRow{
		Title: flowTitle(x.Flow), Text: "gravados " + num(x.Made) + " de " + num(all) + " já decididos", Percent: 100 * x.Made / all,
		Left: left(x.Planned, x.Made-1, x.Last.Sub(x.First)),
	}
}

// fewDone say nothing yet about how long the rest takes.
const fewDone = 5

// left is how long the rest takes at the pace so far; "" while there is none to speak of.
func left(rest, done int, took time.Duration) string {
	if done < fewDone || took <= 0 {
		return ""
	}
	switch d := took / time.Duration(done) * time.Duration(rest); {
	case d < time.Minute:
		return "falta menos de 1 min"
	case d < 2*time.Hour:
		return fmt.Sprintf("faltam uns %d min", int((d+time.Minute-1)/time.Minute))
	default:
		return fmt.Sprintf("faltam umas %d h", int((d+time.Hour-1)/time.Hour))
	}
}

// atWork finds which run works on an account now, and when it began: the one that
// the queue holds, else the newest that has not ended, while somebody has the lease.
func (s *Site) atWork(ctx context.Context, t *tenant, h *health) error {
	var err error
	h.Schedule, err = s.Store.Schedule(ctx, t.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if h.Schedule.Run != "" {
		h.Run, h.Began = h.Schedule.Run, h.Schedule.Started
		return nil
	}
	if h.Running == "" {
		return nil
	}
	newest, err := s.Store.Runs(ctx, t.ID, 1)
	if err == nil && len(newest) > 0 && newest[0].Finished.IsZero() {
		h.Run, h.Began = newest[0].ID, newest[0].Started
	}
	return err
}
