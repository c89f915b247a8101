package web

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"ponte/internal/audit"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A changePage shows what a change of settings does, before it is saved.
type changePage struct {
	Title, Action, Back, Again string
	Hidden                     []field
	Changes                    []fieldRow
	Orders                     bool // it is about documents
	Seen                       int
	More                       bool
	Touched                    int
	Made                       int
	Examples                   []touchRow
}

// A touchRow is a source that the change treats otherwise.
type touchRow struct{ Title, Path, Was, Will string }

// documentBlock tells whether a block decides what becomes of tasks and quotations.
func documentBlock(block string) bool {
	return strings.HasPrefix(block, "orders.") || block == "flows.tasks" || block == "flows.quotations"
}

// mostTouched is how many sources of each flow a change is tried on: more take
// longer than a person waits.
const mostTouched = 60

// checkChange shows what a change does and whom it would have touched.
func (s *Site) checkChange(w http.ResponseWriter, v *visit) error {
	e, err := s.editOf(v)
	if err != nil {
		return err
	}
	if len(e.wrong) > 0 {
		return s.showForm(w, v, http.StatusUnprocessableEntity, e)
	}
	t := v.account
	page := changePage{Title: blockTitle(e.block), Action: t.Path("regras", "mudar"), Back: t.Path("regras"), Again: t.Path("regras", "mudar") + "?" + e.query().Encode(), Hidden: e.hidden()}
	lists, err := s.accountLists(v.Context(), t.ID)
	if err != nil {
		return err
	}
	for _, c := range e.will.Changes(e.was) {
		page.Changes = append(page.Changes, lists.nameRow(c.Path, changedRow(c)))
	}
	if page.Orders = documentBlock(e.block) && len(page.Changes) > 0; page.Orders {
		touched, err := engine.TouchedBy(v.Context(), s.Store, e.was, e.will, s.Now, mostTouched)
		if err != nil {
			return err
		}
		page.add(t, touched)
	}
	return show(s, w, v, http.StatusOK, changeSheet, "Conferir a mudança", page)
}

func (page *changePage) add(t *tenant, touched engine.Touched) {
	const examples = 8
	page.Seen, page.More, page.Touched = touched.Seen, touched.More, len(touched.All)
	for n, x := range touched.All {
		if x.Made {
			page.Made++
		}
		if n < examples {
			page.Examples = append(page.Examples, touchRow{cmp.Or(x.Title, x.Source.String()), storyPath(t, x.Source), x.Was.Says(), x.Will.Says()})
		}
	}
}

func (e edit) query() url.Values {
	q := url.Values{"bloco": {e.block}}
	for name, text := range e.values {
		q.Set(formPrefix+name, text)
	}
	return q
}

// hidden name the change again, and the settings that it was shown on.
func (e edit) hidden() []field {
	out := []field{{"bloco", e.block}, {"fazer", e.do}, {"escolhas", "1"}, {"visto", record.Digest(string(e.row.Settings))}}
	for name, text := range e.values {
		out = append(out, field{formPrefix + name, text})
	}
	return out
}

// change saves exactly what was shown, if the settings still are those it was shown on.
func (s *Site) change(w http.ResponseWriter, v *visit) error {
	e, err := s.editOf(v)
	if err != nil {
		return err
	}
	if len(e.wrong) > 0 {
		return s.showForm(w, v, http.StatusUnprocessableEntity, e)
	}
	changes := e.will.Changes(e.was)
	if record.Digest(string(e.row.Settings)) != v.PostForm.Get("visto") {
		return refused(http.StatusConflict, "As regras mudaram enquanto você olhava, e nada foi salvo. Olhe de novo.")
	}
	if len(changes) == 0 {
		return refused(http.StatusConflict, "Isso não muda nada.")
	}
	detail, err := json.Marshal(changes)
	if err != nil {
		return err
	}
	said := store.Event{At: s.Now(), Ref: store.SettingsRef(v.account.ID), What: "settings", Text: v.by(), Detail: detail}
	act := audit.SettingsChanged("", changes)
	if e.block == "alerts" {
		act = audit.AlertsChanged(changes, "")
	}
	return s.settle(w, v, act, v.account.Path("regras"), func(ctx context.Context, lease store.Lease) (string, error) {
		now := e.row
		now.Name, now.Settings = e.will.Name, json.RawMessage(e.will.Settings())
		saved, err := s.Store.ChangeSettings(ctx, lease, e.row, now, said)
		if err == nil && !saved {
			return "", refused(http.StatusConflict, "As regras mudaram enquanto você olhava, e nada foi salvo. Olhe de novo.")
		}
		return "Salvo. Vale a partir da próxima rodada.", err
	})
}
