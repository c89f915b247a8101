package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"ponte/internal/audit"
	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A holdPage is what a flow's brakes hold: exactly what would be done on release.
type holdPage struct {
	Flow, Action string
	Brakes       []holdRow
	Plans        []string // what the button releases, by digest
	Count        int
	Changes      []changeRow
	CanAct       bool
}

// A changeRow is one outward write.
type changeRow struct {
	Title, Path string
	Does        string // "Criar ordem de serviço no Omie"
	Reason      string
	State       string // in words; "" where all have one
	Tone        string
	Text        string // the vendor's words
	Answer      string
	Fields      []fieldRow
	Code        string
	Tries       int
	At          moment
}

// A fieldRow is one field of a change.
type fieldRow struct{ Title, From, To string }

func (s *Site) hold(w http.ResponseWriter, v *visit) error {
	t, f, err := s.flowOf(v)
	if err != nil {
		return err
	}
	held, err := s.heldOf(v.Context(), t, f.Name)
	if err != nil {
		return err
	}
	page := holdPage{Flow: f.Title, Action: t.Path("freios", f.Name), CanAct: v.canAct()}
	var ids []int64
	for _, x := range held {
		page.Brakes = append(page.Brakes, holdRow{Flow: f.Name, Title: f.Title, Brake: brakeTitle(x.Brake), Count: x.Count, Since: t.moments.of(x.Since)})
		page.Plans, page.Count, ids = append(page.Plans, planOf(x)), page.Count+x.Count, append(ids, x.Changes...)
	}
	changes, err := s.Store.ChangesByID(v.Context(), t.ID, ids[:min(len(ids), pageRows)])
	for _, c := range changes {
		row := changeRowOf(t, c)
		row.State = "" // all are held
		page.Changes = append(page.Changes, row)
	}
	if err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, holdSheet, "Freio: "+f.Title, page)
}

func (s *Site) flowOf(v *visit) (*tenant, flow.Flow, error) {
	f, ok := flow.Named(v.PathValue("flow"))
	if !ok {
		return nil, f, missing("Não há um fluxo com esse nome.")
	}
	return v.account, f, nil
}

func (s *Site) heldOf(ctx context.Context, t *tenant, flowName string) ([]store.Held, error) {
	all, err := s.Store.Holds(ctx, t.ID)
	return slices.DeleteFunc(all, func(x store.Held) bool { return x.Flow != flowName || x.Release != "" }), err
}

func planOf(h store.Held) string { return h.Brake + "~" + h.Plan }

// release lets go exactly what the page showed (P9).
func (s *Site) release(w http.ResponseWriter, v *visit) error {
	t, f, err := s.flowOf(v)
	if err != nil {
		return err
	}
	if err := v.ParseForm(); err != nil {
		return err
	}
	return s.settle(w, v, audit.Released(f.Name), t.Path("pendencias"), func(ctx context.Context, lease store.Lease) (string, error) {
		held, err := s.heldOf(ctx, t, f.Name)
		if err != nil {
			return "", err
		}
		for _, x := range held {
			if !slices.Contains(v.PostForm["plano"], planOf(x)) {
				return "", refused(http.StatusConflict, "O que o freio segura mudou enquanto você olhava, e nada foi liberado. Olhe de novo.")
			}
		}
		n, err := s.Store.ReleaseHold(ctx, lease, f.Name, v.by())
		if err == nil && n == 0 {
			return "", refused(http.StatusConflict, "O freio não segura mais nada desse fluxo.")
		}
		return count(n, "", "1 mudança segue", "mudanças seguem") + " na próxima rodada.", err
	})
}

func changeRowOf(t *tenant, c store.Change) changeRow {
	state := stateWords[c.State]
	r := changeRow{
		Title: cmp.Or(c.Title, c.Source.String()), Path: storyPath(t, c.Source), Does: flow.ActionTitle(c.Action) + " " + flow.KindTitle(c.Kind) + " no " + c.To.Title(),
		Reason: c.Reason, State: cmp.Or(state.Text, c.State), Tone: state.Tone, Text: t.text(c.Text), Answer: t.text(c.Answer), Code: c.Code, Tries: c.Attempts, At: t.moments.of(cmp.Or(c.Settled, c.Sent, c.Created)),
	}
	if c.State == store.Planned && c.Cause != "" {
		r.State, r.Tone = "Planejada, espera", "warn"
	}
	names := lineNames(c.Order)
	for _, f := range c.Fields {
		if !engine.Hidden(f.Name) && f.From != f.To {
			r.Fields = append(r.Fields, fieldRowOf(t, f, names))
		}
	}
	return r
}

func fieldRowOf(t *tenant, f store.FieldChange, names map[string]string) fieldRow {
	row := fieldRow{flow.FieldTitle(f.Name), t.shown(f.Name, f.From), t.shown(f.Name, f.To)}
	if isLines := f.Name == record.FieldServices || f.Name == record.FieldProducts; isLines && f.To != "" {
		row.To = orderLines(f.To, names)
	}
	return row
}

// lineNames are what an order's items are called, by id.
func lineNames(o *record.Order) map[string]string {
	names := map[string]string{}
	if o == nil {
		return names
	}
	for _, l := range slices.Concat(o.Services, o.Products) {
		names[l.ID] = l.Description
	}
	return names
}

// stateWords are the states of a change for people.
var stateWords = map[string]verdict{
	store.Planned: {"", "Planejada"}, store.Sending: {"", "Sendo enviada"}, store.Unknown: {"warn", "Sem resposta"}, store.Done: {"good", "Feita"},
	store.Waiting: {"warn", "Espera"}, store.Failed: {"bad", "Falhou"}, store.Superseded: {"", "Substituída"},
}
