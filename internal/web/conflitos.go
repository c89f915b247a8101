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

// A conflictPage is a record that changed on both sides, field by field.
type conflictPage struct {
	Title, Story string
	Action       string
	Fields       []conflictRow
	CanAct       bool
	Ignore       []field // what the third button ignores; none: it waits for nothing
	IgnoreAction string
}

// A conflictRow is one field with both values.
type conflictRow struct {
	Field, Title       string
	Base, Auvo, Omie   string
	TakeAuvo, TakeOmie string // what each button will do
	Since              moment
	Seen               string // names exactly these two values
}

func (s *Site) conflict(w http.ResponseWriter, v *visit) error {
	ref, err := refOf(v)
	if err != nil {
		return err
	}
	t := v.account
	item, err := s.Store.Item(v.Context(), t.ID, ref)
	if err != nil {
		return err
	}
	open, err := engine.OpenConflicts(v.Context(), s.Store, t.ID, ref)
	if err != nil {
		return err
	}
	page := conflictPage{Title: cmp.Or(item.Title, ref.String()), Story: storyPath(t, ref), Action: t.Path("conflitos", refPath(ref)), CanAct: v.canAct(), IgnoreAction: t.Path("ignorar")}
	for _, c := range open {
		page.Fields = append(page.Fields, conflictRowOf(t, c))
	}
	slices.SortFunc(page.Fields, func(a, b conflictRow) int { return cmp.Compare(a.Title, b.Title) })
	waits, err := s.Store.WaitsOf(v.Context(), t.ID, ref)
	for _, x := range waits {
		if x.Cause == "conflict" {
			page.Ignore = append(page.Ignore, field{"r", tokenOf(x)}, field{"causa", "conflict"})
		}
	}
	if err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, conflictSheet, "Mudou dos dois lados", page)
}

func conflictRowOf(t *tenant, c store.Conflict) conflictRow {
	auvo, omie := t.shown(c.Field, c.InAuvo), t.shown(c.Field, c.InOmie)
	base := ""
	if c.Base != "" {
		base = t.shown(c.Field, c.Base)
	}
	return conflictRow{
		Field: c.Field, Title: flow.FieldTitle(c.Field), Base: base, Auvo: auvo, Omie: omie, Since: t.moments.of(c.At), Seen: sightOf(c),
		TakeAuvo: "O Ponte grava “" + auvo + "” no Omie.", TakeOmie: takeOmie(c.Kind, omie),
	}
}

// takeOmie: what a document holds goes nowhere else.
func takeOmie(kind record.Kind, omie string) string {
	if f, ok := flow.Of(kind); ok && f.Mirror != nil {
		return "O Ponte grava “" + omie + "” no Auvo."
	}
	return "O documento no Omie fica como está: “" + omie + "”."
}

func (s *Site) resolve(w http.ResponseWriter, v *visit) error {
	ref, err := refOf(v)
	if err != nil {
		return err
	}
	side := record.Side(v.PostFormValue("lado"))
	if side != record.Auvo && side != record.Omie {
		return refused(http.StatusUnprocessableEntity, "Escolha o valor de um dos dois lados.")
	}
	if _, err := s.Store.Item(v.Context(), v.account.ID, ref); err != nil { // another account's is none here
		return err
	}
	var fields []string
	if name := v.PostFormValue("campo"); name != "" {
		fields = []string{name}
	}
	return s.settle(w, v, audit.Resolved(ref, side, fields...), storyPath(v.account, ref), func(ctx context.Context, lease store.Lease) (string, error) {
		open, err := engine.OpenConflicts(ctx, s.Store, v.account.ID, ref)
		if err != nil {
			return "", err
		}
		if !seen(open, fields, v.PostForm["visto"]) {
			return "", refused(http.StatusConflict, "Os valores mudaram enquanto você olhava, e nada foi escolhido. Olhe de novo.")
		}
		settled, err := engine.Resolve(ctx, s.Store, lease, ref, open, side, v.by(), fields...)
		if err == nil && len(settled) == 0 {
			return "", refused(http.StatusConflict, "Este conflito já foi resolvido.")
		}
		return takenSaid(len(settled), side), err
	})
}

// seen tells whether the open conflicts of the fields are those that the page showed.
func seen(open []store.Conflict, fields, shown []string) bool {
	for _, c := range open {
		if len(fields) > 0 && !slices.Contains(fields, c.Field) {
			continue
		}
		if !slices.Contains(shown, sightOf(c)) {
			return false
		}
	}
	return true
}

// sightOf names a conflict with both its values.
func sightOf(c store.Conflict) string {
	return record.Digest([]string{c.Field, c.InAuvo, c.InOmie})
}

func takenSaid(n int, side record.Side) string {
	if n == 1 {
		return "O valor do " + side.Title() + " vale a partir da próxima rodada."
	}
	return "Os " + num(n) + " valores do " + side.Title() + " valem a partir da próxima rodada."
}
