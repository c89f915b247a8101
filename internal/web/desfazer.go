package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"ponte/internal/audit"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// An undoPage shows what an undo will do and what it cannot, before it is asked for.
type undoPage struct {
	What    string // the record, or the run
	Does    string // "cancela 1 documento no Omie, e …"; "" nothing
	Action  string
	Back    string
	Hidden  []field
	Count   int
	Changes []changeRow
	Kept    []keptRow
	Left    int // all that is not undone
	Brakes  []string
	Paused  bool
	Why     string
	Wrong   string
}

// A keptRow is something that is not undone, and why.
type keptRow struct{ Title, Path, Reason string }

// An undoAim is what a form wants undone.
type undoAim struct {
	engine.UndoScope
	what, back string
}

// undoAimOf reads ?registro=kind/side/id or ?execucao=id.
func (s *Site) undoAimOf(v *visit) (undoAim, error) {
	if err := v.ParseForm(); err != nil {
		return undoAim{}, err
	}
	aim := undoAim{UndoScope: engine.UndoScope{By: v.by(), Why: strings.TrimSpace(v.PostFormValue("motivo"))}}
	if run := v.Form.Get("execucao"); run != "" {
		return s.aimAtRun(v, aim, run)
	}
	ref, err := parseRef(v.Form.Get("registro"))
	if err != nil {
		return aim, err
	}
	item, err := s.Store.Item(v.Context(), v.account.ID, ref)
	aim.Refs, aim.what, aim.back = []record.Ref{ref}, cmp.Or(item.Title, ref.String()), storyPath(v.account, ref)
	return aim, err
}

// aimAtRun: what a long run did takes longer to undo than a page may hold the account.
func (s *Site) aimAtRun(v *visit, aim undoAim, run string) (undoAim, error) {
	changes, err := s.Store.RunChangesAfter(v.Context(), v.account.ID, run, 0, mostSelected+1)
	if err != nil {
		return aim, err
	}
	if len(changes) > mostSelected {
		return aim, &problem{
			status: http.StatusRequestEntityTooLarge, sentence: "Essa execução fez mais de " + num(mostSelected) + " mudanças, demais para desfazer por aqui.",
			hint: "No terminal do servidor: ponte undo --account " + v.account.ID + " --run " + run,
		}
	}
	if len(changes) == 0 {
		return aim, missing("Não há uma execução assim, ou ela não mudou nada.")
	}
	aim.Run, aim.back = run, v.account.Path("execucoes", url.PathEscape(run))
	aim.what = "a execução de " + v.account.moments.of(changes[0].Created).When
	return aim, nil
}

func (aim undoAim) hidden() []field {
	if aim.Run != "" {
		return []field{{"execucao", aim.Run}}
	}
	return []field{{"registro", refParam(aim.Refs[0])}}
}

func (s *Site) undoForm(w http.ResponseWriter, v *visit) error {
	aim, err := s.undoAimOf(v)
	if err != nil {
		return err
	}
	return s.showUndo(w, v, http.StatusOK, aim, "")
}

func (s *Site) showUndo(w http.ResponseWriter, v *visit, status int, aim undoAim, wrong string) error {
	t := v.account
	p, err := engine.ForeseeUndo(v.Context(), s.Store, t.settings, aim.UndoScope, s.Now)
	if err != nil {
		return err
	}
	page := undoPage{
		What: aim.what, Does: undoSummary(p), Action: t.Path("desfazer"), Back: aim.back, Hidden: append(aim.hidden(), field{"visto", p.Digest()}),
		Count: len(p.Changes), Left: len(p.Kept), Paused: t.Paused, Why: aim.Why, Wrong: wrong,
	}
	for _, c := range p.Changes[:min(len(p.Changes), pageRows)] {
		row := changeRowOf(t, c)
		row.State, row.Reason, row.At = "", "", moment{} // nothing is done yet, and all have one reason
		page.Changes = append(page.Changes, row)
	}
	for _, k := range p.Kept[:min(len(p.Kept), pageRows)] {
		page.Kept = append(page.Kept, keptRow{cmp.Or(k.Title, k.Ref.String()), storyPath(t, k.Ref), here(k.Reason)})
	}
	for _, b := range p.Brakes {
		name, why, _ := strings.Cut(b, ": ")
		page.Brakes = append(page.Brakes, flowTitle(name)+": "+why)
	}
	return show(s, w, v, status, undoSheet, "Desfazer", page)
}

// undoSummary says in one breath what a plan undoes.
func undoSummary(p engine.UndoPlan) string {
	cancelled, inactive, restored := p.Counts()
	var does []string
	if cancelled > 0 {
		does = append(does, "cancela "+count(cancelled, "", "1 documento", "documentos")+" no Omie")
	}
	if inactive > 0 {
		does = append(does, "inativa "+count(inactive, "", "1 cadastro", "cadastros")+" que o Ponte criou")
	}
	if restored > 0 {
		does = append(does, "devolve a "+count(restored, "", "1 cadastro", "cadastros")+" os valores de antes")
	}
	return strings.Join(does, "; ")
}

// undo leaves exactly what was shown to the next cycle.
func (s *Site) undo(w http.ResponseWriter, v *visit) error {
	aim, err := s.undoAimOf(v)
	if err != nil {
		return err
	}
	if record.Runes(aim.Why) > 200 {
		return s.showUndo(w, v, http.StatusUnprocessableEntity, aim, "Escreva o motivo em até 200 letras.")
	}
	t := v.account
	aim.Act = s.actOf(v, audit.UndoAsked(aim.Run, aim.Refs))
	return s.settle(w, v, store.Act{}, aim.back, func(ctx context.Context, lease store.Lease) (string, error) {
		p, err := engine.AskUndo(ctx, s.Store, t.settings, lease, strings.ToUpper(newID()), aim.UndoScope, s.Now, func(p engine.UndoPlan) error {
			switch {
			case len(p.Changes) == 0:
				return refused(http.StatusConflict, "Não há (mais) nada a desfazer aí.")
			case p.Digest() != v.PostForm.Get("visto"):
				return refused(http.StatusConflict, "O que se pode desfazer mudou enquanto você olhava, e nada foi pedido. Olhe de novo.")
			}
			return nil
		})
		if _, taken := errors.AsType[*store.KeyTakenError](err); taken {
			return "", refused(http.StatusConflict, "Isso já está sendo desfeito.")
		}
		return count(len(p.Changes), "", "Pedido: a próxima rodada desfaz 1 gravação.", "gravações serão desfeitas pela próxima rodada."), err
	})
}
