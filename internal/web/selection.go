package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"ponte/internal/record"
	"ponte/internal/store"
)

// A selection is the waits that a form names: ticked ones, or all of a cause.
type selection struct {
	Cause, Flow string
	Hidden      bool // of the ignored ones
	All         bool
	Upto        int64 // with All: none that came later
	Waits       []store.Wait
	Named       []record.Ref // records named themselves, whether they wait or not
	Gone        int          // ticked ones that wait no more, or for something else
	More        bool
}

// mostSelected bounds what one action does: an account's lease is not held for ever.
const mostSelected = 200

func (s *Site) selected(v *visit) (sel selection, err error) {
	if err := v.ParseForm(); err != nil {
		return sel, err
	}
	sel = selection{Cause: v.Form.Get("causa"), Flow: v.Form.Get("fluxo"), Hidden: v.Form.Get("ignoradas") != "", All: v.Form.Get("todos") != ""}
	if sel.All {
		return sel, s.selectAll(v, &sel)
	}
	for _, text := range v.Form["registro"] {
		ref, err := parseRef(text)
		if err != nil {
			return sel, err
		}
		sel.Named = append(sel.Named, ref)
	}
	tokens := v.Form["r"]
	if len(tokens) == 0 && len(sel.Named) == 0 {
		return sel, &problem{status: http.StatusUnprocessableEntity, sentence: "Nenhum registro foi marcado.", hint: "Volte e marque os registros, ou escolha “todos”."}
	}
	if len(tokens)+len(sel.Named) > mostSelected {
		return sel, refused(http.StatusRequestEntityTooLarge, "São registros demais de uma vez: marque até "+strconv.Itoa(mostSelected)+".")
	}
	for _, token := range tokens {
		w, err := s.waitOf(v.Context(), v.account, token)
		switch {
		case errors.Is(err, store.ErrNotFound):
			sel.Gone++
		case err != nil:
			return sel, err
		default:
			sel.Waits = append(sel.Waits, w)
		}
	}
	return sel, sel.check()
}

func (s *Site) selectAll(v *visit, sel *selection) error {
	sel.Upto, _ = strconv.ParseInt(v.Form.Get("ate"), 10, 64) // 0: as many as there are now
	rows, err := s.Store.WaitsPage(v.Context(), v.account.ID, store.WaitPage{
		Cause: sel.Cause, Flow: sel.Flow, Hidden: sel.Hidden, At: s.Now(), Upto: sel.Upto, Most: mostSelected + 1,
	})
	if err != nil {
		return err
	}
	if sel.More = len(rows) > mostSelected; sel.More {
		rows = rows[:mostSelected]
	}
	for _, w := range rows {
		sel.Waits, sel.Upto = append(sel.Waits, w.Wait), w.Key
	}
	return sel.check()
}

func (sel selection) check() error {
	if len(sel.Waits)+len(sel.Named) == 0 {
		return &problem{status: http.StatusConflict, sentence: "Nada mais espera aí.", hint: "O que você viu mudou enquanto isso; olhe as pendências de novo."}
	}
	return nil
}

// hidden are the form's fields that name this selection again.
func (sel selection) hidden() []field {
	out := []field{{"causa", sel.Cause}}
	if sel.Flow != "" {
		out = append(out, field{"fluxo", sel.Flow})
	}
	if sel.Hidden {
		out = append(out, field{"ignoradas", "1"})
	}
	if sel.All {
		return append(out, field{"todos", "1"}, field{"ate", strconv.FormatInt(sel.Upto, 10)})
	}
	for _, ref := range sel.Named {
		out = append(out, field{"registro", refParam(ref)})
	}
	for _, w := range sel.Waits {
		out = append(out, field{"r", tokenOf(w)})
	}
	return out
}

// A field is a hidden one of a form.
type field struct{ Name, Value string }

// back is the list that the selection came from.
func (sel selection) back(t *tenant) string {
	if len(sel.Named) == 1 {
		return storyPath(t, sel.Named[0])
	}
	if sel.Cause == "" {
		return t.Path("pendencias")
	}
	return causaPage{Path: t.Path("pendencias", url.PathEscape(sel.Cause)), Flow: sel.Flow, Hidden: sel.Hidden}.address()
}
