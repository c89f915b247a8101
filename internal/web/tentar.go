package web

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"ponte/internal/audit"
	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A deedPage shows what a button will do with waits, before it does.
type deedPage struct {
	Title, Does string
	Action      string // where the form goes
	Button      string
	Back        string
	Hidden      []field
	Rows        []waitRow
	Count       int
	Notes       []string // what it does beside, and what it leaves out
	Ignore      bool     // asks why and until when
	Why, Until  string
	Today       string
	Wrong       string
}

func (s *Site) deedOf(v *visit, sel selection) (deedPage, error) {
	page := deedPage{Hidden: sel.hidden(), Back: sel.back(v.account), Count: len(sel.Waits)}
	if sel.Gone > 0 {
		page.Notes = append(page.Notes, count(sel.Gone, "", "1 registro marcado não espera mais, ou espera por outra coisa, e fica de fora.", "registros marcados não esperam mais, ou esperam por outra coisa, e ficam de fora."))
	}
	if sel.More {
		page.Notes = append(page.Notes, "São muitos: esta vez alcança os primeiros "+num(mostSelected)+". Repita para os outros.")
	}
	for _, w := range sel.Waits[:min(len(sel.Waits), pageRows)] {
		row, err := s.rowOf(v.Context(), v.account, w)
		if err != nil {
			return page, err
		}
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

// A retrial is what trying again does with a selection.
type retrial struct {
	selection
	refs    []record.Ref
	again   []engine.Remake
	undid   []store.Link // of which undone fields are written again
	unclear []store.Unclear
}

// retrialOf leaves out what has a write of unknown outcome (P1), and of the named
// records those that neither wait nor have anything to bring back.
func (s *Site) retrialOf(v *visit) (r retrial, err error) {
	if r.selection, err = s.selected(v); err != nil {
		return r, err
	}
	for _, w := range r.Waits {
		if !slices.Contains(r.refs, w.Ref) {
			r.refs = append(r.refs, w.Ref)
		}
	}
	waiting := slices.Clone(r.refs)
	for _, ref := range r.Named {
		if !slices.Contains(r.refs, ref) {
			r.refs = append(r.refs, ref)
		}
	}
	if r.unclear, err = engine.UnclearAbout(v.Context(), s.Store, v.account.ID, r.refs...); err != nil {
		return r, err
	}
	r.refs = slices.DeleteFunc(r.refs, func(ref record.Ref) bool {
		return slices.ContainsFunc(r.unclear, func(u store.Unclear) bool { return u.Change.Source == ref })
	})
	if len(r.refs) == 0 {
		return r, refused(http.StatusConflict, "De todos esses há uma gravação de que não se sabe se foi feita: o Ponte procura por ela antes de qualquer outra coisa.")
	}
	if r.again, err = engine.RemakesOf(v.Context(), s.Store, v.account.ID, r.refs...); err != nil {
		return r, err
	}
	if r.undid, err = engine.UndidOf(v.Context(), s.Store, v.account.ID, r.refs...); err != nil {
		return r, err
	}
	r.refs = slices.DeleteFunc(r.refs, func(ref record.Ref) bool { return !slices.Contains(waiting, ref) && !r.bringsBack(ref) })
	if len(r.refs) == 0 {
		return r, refused(http.StatusConflict, "Nada foi desfeito aí, e nada espera: não há o que tentar de novo.")
	}
	return r, nil
}

// bringsBack tells whether something of a record was undone, cancelled or removed.
func (r retrial) bringsBack(ref record.Ref) bool {
	return slices.ContainsFunc(r.again, func(m engine.Remake) bool { return m.Source == ref }) ||
		slices.ContainsFunc(r.undid, func(l store.Link) bool { return l.On(ref.Side) == ref })
}

func (s *Site) retryForm(w http.ResponseWriter, v *visit) error {
	r, err := s.retrialOf(v)
	if err != nil {
		return err
	}
	page, err := s.deedOf(v, r.selection)
	if err != nil {
		return err
	}
	page.Title, page.Button, page.Action = "Tentar de novo", "Tentar de novo", v.account.Path("tentar")
	page.Does = "A próxima rodada decide " + count(len(r.refs), "", "este registro", "registros") + " de novo, com os dados como estiverem. O que estiver ignorado volta a aparecer."
	for _, m := range r.again {
		page.Notes = append(page.Notes, "Uma nova "+flow.KindTitle(m.Kind)+" será feita com o código "+m.Code()+", no lugar de "+m.Was+".")
	}
	for _, l := range r.undid {
		page.Notes = append(page.Notes, "O que foi desfeito volta a ser gravado: "+flow.FieldTitles(slices.Sorted(maps.Keys(l.Undone)))+".")
	}
	if n := len(r.unclear); n > 0 {
		page.Notes = append(page.Notes, count(n, "", "1 registro fica de fora", "registros ficam de fora")+": não se sabe ainda se a gravação anterior foi feita.")
	}
	return show(s, w, v, http.StatusOK, deedSheet, page.Title, page)
}

func (s *Site) retry(w http.ResponseWriter, v *visit) error {
	r, err := s.retrialOf(v)
	if err != nil {
		return err
	}
	return s.settle(w, v, audit.Retried(r.refs), r.back(v.account), func(ctx context.Context, lease store.Lease) (string, error) {
		said := count(len(r.refs), "", "1 registro será decidido", "registros serão decididos") + " de novo na próxima rodada."
		if err := engine.WriteAgain(ctx, s.Store, lease, r.undid...); err != nil {
			return "", err
		}
		return said, engine.Retry(ctx, s.Store, lease, r.refs, r.again, v.by())
	})
}
